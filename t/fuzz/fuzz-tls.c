/*
 * fuzz-tls.c - the module tls.so (ftpd/tls.c) with any bytes on its socket: in
 * place of a handshake, or behind one that a real client has made. And
 * ftpd/certname.c with any certificate.
 */
#include "config.h"

#include "ftpd/certname.h"
#include "ftpd/selfsign.h"
#include "ftpd/tls.h"

#include "t/fuzz/fuzz.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

extern const struct tls_calls tls_calls;
extern const struct selfsign_calls selfsign_calls;

/* What the first byte of an input says. */
enum { HANDSHAKE = 1, OLD = 2, DATA = 4, LAX = 8, CERTIFICATE = 16 };

static int
no_host(void *context, const char *name, struct tls_settings *ret_settings)
{
	(void)context;
	(void)name;
	(void)ret_settings;
	return 0;
}

static struct tls *
open_tls(bool strict)
{
	int certificate = memfd_create("certificate", 0);
	int key = memfd_create("key", 0);
	char pin[SELFSIGN_PIN_MAX], error[200];
	struct tls_settings settings = { .certificate = { certificate, -1 },
		.key = { key, -1 },
		.response = { -1, -1 },
		.authorities = -1,
		.strict_eof = strict,
		.choose = no_host };
	struct tls *tls;

	HOLDS(selfsign_calls.make(certificate, key, "127.0.0.1", pin) == 0);
	tls = tls_calls.open(&settings, error, sizeof error);
	HOLDS(tls != NULL);
	tls_close_files(&settings);
	return tls;
}

/* The contract of tls.h, whatever has come; true while it may go on. */
static bool
check(const struct tls_conn *conn, ssize_t r, bool ended)
{
	char text[200] = "";

	tls_calls.describe(conn, text, sizeof text);
	HOLDS(strlen(text) > 0);
	HOLDS(r >= 0 || r == -EAGAIN || r == -EPROTO || r == -ECONNRESET);
	if (r == -EAGAIN) {
		short events = tls_calls.events(conn);

		HOLDS(events == POLLIN || events == POLLOUT);
		/* Who has hung up is not waited for. */
		HOLDS(!ended || events == POLLOUT);
	}
	return r >= 0 || r == -EAGAIN;
}

/* As the session does it: false at the end. */
static bool
serve(struct tls_conn *conn, bool *shaken, bool ended)
{
	char buffer[5000];
	ssize_t r;

	if (!*shaken) {
		r = tls_calls.handshake(conn);
		HOLDS(r <= 0 && r != -ECONNRESET);
		if (!check(conn, r, ended))
			return false;
		*shaken = r == 0;
		if (!*shaken)
			return true;
	}
	do {
		r = tls_calls.read(conn, buffer, sizeof buffer);
		HOLDS(r <= (ssize_t)sizeof buffer);
		if (!check(conn, r, ended) || r == 0)
			return false;
	} while (r > 0);
	HOLDS(!tls_calls.pending(conn));
	return true;
}

/* A client of OpenSSL's shakes hands, and says a line. */
static void
shake_hands(struct tls_conn *conn, int fd, bool *shaken, bool old)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl;

	SSL_CTX_set_max_proto_version(
	    context, old ? TLS1_2_VERSION : TLS1_3_VERSION);
	ssl = SSL_new(context);
	HOLDS(ssl && SSL_set_fd(ssl, fd));
	for (int i = 0; i < 10 && SSL_connect(ssl) != 1; i++)
		HOLDS(serve(conn, shaken, false));
	HOLDS(SSL_write(ssl, "NOOP\r\n", 6) == 6);
	HOLDS(serve(conn, shaken, false) && *shaken);
	SSL_free(ssl);
	SSL_CTX_free(context);
}

static void
run(const uint8_t *data, size_t size, unsigned how, unsigned cut)
{
	static struct tls *tls[2];
	struct tls **mine = &tls[how & LAX ? 1 : 0];
	struct tls_conn *conn;
	bool shaken = false, going = true;
	int pair[2];

	if (!*mine)
		*mine = open_tls(!(how & LAX));
	signal(SIGPIPE, SIG_IGN); /* as serve.c does */
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	conn = tls_calls.start(
	    *mine, pair[0], how & DATA ? TLS_DATA : TLS_CONTROL);
	HOLDS(conn != NULL);
	if (how & HANDSHAKE)
		shake_hands(conn, pair[1], &shaken, how & OLD);
	while (going && size > 0) {
		size_t n = size < cut ? size : cut;
		ssize_t sent = send(pair[1], data, n, MSG_NOSIGNAL);

		going = sent > 0 && serve(conn, &shaken, false);
		data += sent > 0 ? sent : 0;
		size -= sent > 0 ? (size_t)sent : 0;
	}
	close(pair[1]);
	if (going)
		serve(conn, &shaken, true);
	if (shaken)
		tls_calls.shutdown(conn, false);
	tls_calls.end(conn);
	close(pair[0]);
}

static void
name(const uint8_t *data, size_t size)
{
	X509 *certificate = d2i_X509(NULL, &data, (long)size);
	static const char *const fields[] = { "cn", "email", "upn", "other" };

	for (size_t i = 0; certificate && i < 4; i++) {
		HOLDS(!certname_is(certificate, fields[i], "nobody at all"));
		certname_is(certificate, fields[i], "alice");
	}
	X509_free(certificate);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (data[0] & CERTIFICATE)
		name(data + 1, size - 1);
	else
		run(data + 2, size - 2, data[0], 1U + data[1] * 64U);
	return 0;
}
