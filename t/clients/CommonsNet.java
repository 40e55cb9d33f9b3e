/*
 * CommonsNet - Apache commons-net, for t/clients-java.t: settings in the
 * environment, steps on standard input. With FTP_REUSE set, a data connection
 * is given the control connection's newest session under its own port.
 */

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.Socket;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.ftp.FTPSClient;
import org.apache.commons.net.util.TrustManagerUtils;

public class CommonsNet {
	/* The cache of the context knows sessions by "host:port". */
	static class Reusing extends FTPSClient {
		Reusing(boolean implicit)
		{
			super("TLS", implicit);
		}

		@Override
		protected void _prepareDataSocket_(Socket socket) throws IOException
		{
			SSLSession session = ((SSLSocket)_socket_).getSession();
			SSLSessionContext context = session.getSessionContext();
			String port = ":" + socket.getPort();

			try {
				Field field = context.getClass().getDeclaredField(
				    "sessionHostPortCache");
				field.setAccessible(true);
				Object cache = field.get(context);
				Method put = cache.getClass().getDeclaredMethod(
				    "put", Object.class, Object.class);
				put.setAccessible(true);
				// A ticket of TLS 1.3 has come since, for one use.
				Method get = cache.getClass().getDeclaredMethod(
				    "get", Object.class);
				get.setAccessible(true);
				Object newest = get.invoke(cache, (_socket_
				    .getInetAddress().getHostAddress() + ":" +
				    _socket_.getPort()).toLowerCase(Locale.ROOT));
				Object used = newest != null ? newest : session;
				for (String host : new String[] {
				         socket.getInetAddress().getHostName(),
				         socket.getInetAddress().getHostAddress() })
					put.invoke(cache, (host + port).toLowerCase(
					    Locale.ROOT), used);
			} catch (ReflectiveOperationException e) {
				throw new IOException(e);
			}
		}
	}

	static String setting(String name)
	{
		String value = System.getenv("FTP_" + name);

		return value == null ? "" : value;
	}

	static FTPClient connect() throws IOException
	{
		String tls = setting("TLS");
		boolean implicit = tls.equals("implicit");
		FTPClient ftp = tls.isEmpty() ? new FTPClient() :
		    setting("REUSE").isEmpty() ? new FTPSClient("TLS", implicit) :
		    new Reusing(implicit);

		ftp.setControlEncoding("UTF-8");
		ftp.setDefaultTimeout(20000);
		if (ftp instanceof FTPSClient) {
			((FTPSClient)ftp).setTrustManager(
			    TrustManagerUtils.getAcceptAllTrustManager());
			// It looks for the name in the certificate, not for who
			// has signed that.
			((FTPSClient)ftp).setEndpointCheckingEnabled(true);
		}
		ftp.connect(setting("HOST"), 21);
		if (!setting("NAMED").isEmpty())
			check(ftp, FTPReply.isPositiveCompletion(
			    ftp.sendCommand("HOST", setting("NAMED"))));
		check(ftp, ftp.login(setting("USER"), setting("PASSWORD")));
		if (ftp instanceof FTPSClient) {
			((FTPSClient)ftp).execPBSZ(0);
			((FTPSClient)ftp).execPROT("P");
		}
		if (setting("ACTIVE").isEmpty())
			ftp.enterLocalPassiveMode();
		ftp.setFileType(FTP.BINARY_FILE_TYPE);
		return ftp;
	}

	static void check(FTPClient ftp, boolean ok) throws IOException
	{
		if (!ok)
			throw new IOException(ftp.getReplyString());
	}

	static void list(FTPClient ftp, String name) throws IOException
	{
		for (FTPFile file : ftp.listFiles(name))
			System.out.println(file.getName());
		for (FTPFile file : ftp.mlistDir(name))
			System.out.println(file.getName());
	}

	static void get(FTPClient ftp, String remote, String local, boolean more)
	    throws IOException
	{
		if (more)
			ftp.setRestartOffset(new File(local).length());
		try (OutputStream out = new FileOutputStream(local, more)) {
			check(ftp, ftp.retrieveFile(remote, out));
		}
	}

	static void put(FTPClient ftp, String local, String remote, boolean more)
	    throws IOException
	{
		long offset = more ? Long.parseLong(ftp.getSize(remote)) : 0;

		ftp.setRestartOffset(offset);
		try (InputStream in = new FileInputStream(local)) {
			in.skipNBytes(offset);
			check(ftp, ftp.storeFile(remote, in));
		}
	}

	static void getTime(FTPClient ftp, String remote, String local)
	    throws IOException
	{
		get(ftp, remote, local, false);
		new File(local).setLastModified(
		    ftp.mdtmInstant(remote).toEpochMilli());
	}

	static void putTime(FTPClient ftp, String local, String remote)
	    throws IOException
	{
		put(ftp, local, remote, false);
		check(ftp, ftp.setModificationTime(remote,
		    DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
		    .withZone(ZoneOffset.UTC).format(Instant.ofEpochMilli(
		    new File(local).lastModified()))));
	}

	static void abort(FTPClient ftp, String remote, String local)
	    throws IOException
	{
		InputStream in = ftp.retrieveFileStream(remote);

		try (OutputStream out = new FileOutputStream(local)) {
			out.write(in.readNBytes(1000));
		}
		ftp.abort(); // it takes the 426
		in.close();
		ftp.completePendingCommand();
	}

	static void step(FTPClient ftp, String[] a) throws IOException
	{
		switch (a[0]) {
		case "list": list(ftp, a[1]); break;
		case "get": get(ftp, a[1], a[2], false); break;
		case "reget": get(ftp, a[1], a[2], true); break;
		case "put": put(ftp, a[1], a[2], false); break;
		case "reput": put(ftp, a[1], a[2], true); break;
		case "get_time": getTime(ftp, a[1], a[2]); break;
		case "put_time": putTime(ftp, a[1], a[2]); break;
		case "rename": check(ftp, ftp.rename(a[1], a[2])); break;
		case "remove": check(ftp, ftp.deleteFile(a[1])); break;
		case "mkdir": check(ftp, ftp.makeDirectory(a[1])); break;
		case "rmdir": check(ftp, ftp.removeDirectory(a[1])); break;
		case "abort": abort(ftp, a[1], a[2]); break;
		default: throw new IOException("no " + a[0]);
		}
	}

	public static void main(String[] args) throws IOException
	{
		FTPClient ftp = connect();
		BufferedReader in = new BufferedReader(
		    new InputStreamReader(System.in, "UTF-8"));
		String line;

		while ((line = in.readLine()) != null)
			step(ftp, line.split("\t"));
		ftp.logout();
		ftp.disconnect();
	}
}
