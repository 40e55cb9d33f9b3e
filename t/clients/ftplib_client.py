#!/usr/bin/env python3
# ftplib_client.py - Python's ftplib, for t/clients-python.t: settings in the
# environment, steps on standard input. With FTP_REUSE set, data connections
# resume the control connection's session, by the subclass that everybody uses.

import calendar
import ftplib
import os
import ssl
import sys
import time

setting = {k: os.environ.get("FTP_" + k.upper(), "") for k in
           ("host", "user", "password", "active", "tls", "ca", "reuse", "named")}


class Reusing(ftplib.FTP_TLS):
    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            conn = self.context.wrap_socket(
                conn, server_hostname=self.host, session=self.sock.session)
        return conn, size


class Implicit:
    """TLS from the first byte, which ftplib has not."""

    def connect(self, host):
        self.host = host
        self.sock = self.context.wrap_socket(
            __import__("socket").create_connection((host, 21), 20),
            server_hostname=host)
        self.af = self.sock.family
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()


def connect():
    if not setting["tls"]:
        ftp = ftplib.FTP(timeout=20)
    else:
        kind = Reusing if setting["reuse"] else ftplib.FTP_TLS
        if setting["tls"] == "implicit":
            kind = type("ImplicitTLS", (Implicit, kind), {})
        ftp = kind(timeout=20, context=ssl.create_default_context(
            cafile=setting["ca"]))
    ftp.connect(setting["host"])
    ftp.set_pasv(not setting["active"])
    if setting["named"]:
        ftp.voidcmd("HOST " + setting["named"])
    ftp.login(setting["user"], setting["password"])
    if setting["tls"]:
        ftp.prot_p()
    return ftp


def get(ftp, remote, local, mode="wb", rest=None):
    with open(local, mode) as out:
        ftp.retrbinary("RETR " + remote, out.write, rest=rest)


def reget(ftp, remote, local):
    get(ftp, remote, local, "ab", os.path.getsize(local))


def put(ftp, local, remote, rest=None):
    with open(local, "rb") as source:
        source.seek(rest or 0)
        ftp.storbinary("STOR " + remote, source, rest=rest)


def reput(ftp, local, remote):
    put(ftp, local, remote, ftp.size(remote))


# ftplib has no calls for times: programs send the commands themselves.
def get_time(ftp, remote, local):
    get(ftp, remote, local)
    when = calendar.timegm(time.strptime(
        ftp.sendcmd("MDTM " + remote)[4:], "%Y%m%d%H%M%S"))
    os.utime(local, (when, when))


def put_time(ftp, local, remote):
    put(ftp, local, remote)
    when = time.strftime("%Y%m%d%H%M%S", time.gmtime(os.path.getmtime(local)))
    ftp.voidcmd("MFMT " + when + " " + remote)


def abort(ftp, remote, local):
    data = ftp.transfercmd("RETR " + remote)
    with open(local, "wb") as out:
        out.write(data.recv(1000))
    ftp.abort()
    data.close()
    try:
        ftp.voidresp()  # abort() has taken the 426
    except ftplib.error_temp:
        ftp.voidresp()


steps = {
    "list": lambda ftp, name: [print(n) for n in ftp.nlst(name)] and
    [ftp.dir(name), [print(n) for n in ftp.mlsd(name)]],
    "get": get, "reget": reget, "put": put, "reput": reput, "abort": abort,
    "get_time": get_time, "put_time": put_time,
    "rename": lambda ftp, old, new: ftp.rename(old, new),
    "remove": lambda ftp, name: ftp.delete(name),
    "mkdir": lambda ftp, name: ftp.mkd(name),
    "rmdir": lambda ftp, name: ftp.rmd(name),
}

if sys.argv[1:] == ["--version"]:
    print(sys.version)
    sys.exit(0)
session = connect()
for line in sys.stdin:
    verb, *args = line.rstrip("\n").split("\t")
    steps[verb](session, *args)
session.quit()
