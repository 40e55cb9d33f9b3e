/*
 * tls.c - the module tls.so: TLS 1.2 and 1.3 by OpenSSL, see tls.h.
 *
 * One SSL_CTX for a session: its ticket keys and its session id context are
 * made here, in the session's own process, so a ticket proves that a data
 * connection's client is the one that the control connection was opened with.
 */
#include "config.h"

#include "ftpd/tls.h"

#include "ftpd/certname.h"
#include "ftpd/staple.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PEM_MAX (256 * 1024) /* bytes of a certificate, key or CA file */

extern const struct tls_calls tls_calls;

struct tls {
	SSL_CTX *context;
	SSL_CTX *host;         /* only for the certificates in it, or NULL: */
	char *host_name;       /*   of the host that was asked for, by this name */
	char host_error[160];  /* why that cannot be served */
	char *sni_hostname;
	bool strict_eof;
	int (*choose)(void *context, const char *name,
	    struct tls_settings *ret_settings);
	void (*complain)(void *context, const char *what);
	void *callback_context;
	struct staple *staples; /* of all certificates */
};

struct tls_conn {
	SSL *ssl;
	const struct tls *tls;
	enum tls_use use;
	short events;
	char error[160];
};

/* OpenSSL's oldest complaint, in words; the queue is empty afterwards. */
static void
explain(char *error, size_t size, const char *what)
{
	unsigned long code = ERR_get_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	snprintf(error, size, "%s%s%s", what, reason ? ": " : "",
	    reason ? reason : "");
	ERR_clear_error();
}

/* --- settings --------------------------------------------------------- */

/* A file's bytes as a BIO that owns a copy of them. */
static BIO *
read_pem(int fd)
{
	char *bytes = malloc(PEM_MAX);
	BIO *bio = NULL;
	size_t used = 0;
	ssize_t n = 1;

	while (bytes && n > 0 && used < PEM_MAX) {
		n = pread(fd, bytes + used, PEM_MAX - used, (off_t)used);
		used += n > 0 ? (size_t)n : 0;
	}
	if (bytes && n == 0)
		bio = BIO_new(BIO_s_mem());
	if (bio && BIO_write(bio, bytes, (int)used) != (int)used) {
		BIO_free(bio);
		bio = NULL;
	}
	if (bytes)
		OPENSSL_cleanse(bytes, used);
	free(bytes);
	return bio;
}

/* The certificate, then those that lead to its authority. */
static int
use_chain(SSL_CTX *context, BIO *bio)
{
	X509 *certificate = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
	int ok = certificate && SSL_CTX_use_certificate(context, certificate);

	X509_free(certificate);
	while (ok && (certificate = PEM_read_bio_X509(
	                  bio, NULL, NULL, NULL)) != NULL) {
		ok = (int)SSL_CTX_add1_chain_cert(context, certificate);
		X509_free(certificate);
	}
	if (ok)
		ERR_clear_error(); /* "no more PEM" ended the loop */
	return ok;
}

static int
no_passphrase(char *buffer, int size, int writing, void *data)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)data;
	return 0;
}

static int
use_pair(SSL_CTX *context, int certificate, int key)
{
	BIO *chain = read_pem(certificate), *secret = read_pem(key);
	EVP_PKEY *pkey = NULL;
	int ok = chain && secret && use_chain(context, chain);

	if (ok)
		pkey = PEM_read_bio_PrivateKey(
		    secret, NULL, no_passphrase, NULL);
	ok = pkey && SSL_CTX_use_PrivateKey(context, pkey) &&
	    SSL_CTX_check_private_key(context);
	EVP_PKEY_free(pkey);
	BIO_free(chain);
	BIO_free(secret);
	return ok;
}

static int
use_authorities(SSL_CTX *context, int fd)
{
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	BIO *bio = read_pem(fd);
	X509 *certificate;
	int count = 0;

	while (bio && (certificate = PEM_read_bio_X509(
	                   bio, NULL, NULL, NULL)) != NULL) {
		count += X509_STORE_add_cert(store, certificate);
		SSL_CTX_add_client_CA(context, certificate);
		X509_free(certificate);
	}
	BIO_free(bio);
	ERR_clear_error();
	return count > 0;
}

static int
version_number(const char *name, int preset)
{
	if (!name)
		return preset;
	if (strcasecmp(name, "TLSv1.3") == 0)
		return TLS1_3_VERSION;
	return strcasecmp(name, "TLSv1.2") == 0 ? TLS1_2_VERSION : -1;
}

/*
 * No overlap is a fatal alert: a browser that was led here by somebody else
 * offers "http/1.1" and must not be spoken to.
 */
static int
choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_length,
    const unsigned char *in, unsigned in_length, void *data)
{
	static const unsigned char ours[] = "\3ftp";
	unsigned char *chosen;

	(void)ssl;
	(void)data;
	if (SSL_select_next_proto(&chosen, out_length, ours, sizeof ours - 1,
	        in, in_length) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* Without validate_cert any certificate will do: its owner is not believed. */
static int
accept_any(int ok, X509_STORE_CTX *context)
{
	(void)ok;
	(void)context;
	return 1;
}

static void
set_verification(SSL_CTX *context, const struct tls_settings *settings)
{
	int mode = SSL_VERIFY_NONE;

	if (settings->request_certificate)
		mode = SSL_VERIFY_PEER;
	if (settings->require_certificate)
		mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(
	    context, mode, settings->verify ? NULL : accept_any);
}

static int
set_limits(SSL_CTX *context, const struct tls_settings *settings)
{
	int least = version_number(settings->min_version, TLS1_2_VERSION);
	int most = version_number(settings->max_version, 0);

	return least >= 0 && most >= 0 &&
	    SSL_CTX_set_min_proto_version(context, least) &&
	    SSL_CTX_set_max_proto_version(context, most);
}

/* A list of those names that begin with TLS_, or of the others. */
static char *
pick_ciphers(const char *list, bool suites)
{
	static const char between[] = ":,; ";
	char *picked = calloc(1, strlen(list) + 1), *end = picked;

	for (list += strspn(list, between); picked && *list != '\0';
	     list += strspn(list, between)) {
		size_t n = strcspn(list, between);

		if ((strncmp(list, "TLS_", 4) == 0) == suites) {
			if (end != picked)
				*end++ = ':';
			memcpy(end, list, n);
			end += n;
		}
		list += n;
	}
	return picked;
}

/* Old names go to TLS 1.2, TLS_... ones to 1.3; one directive has both. */
static bool
set_ciphers(SSL_CTX *context, const char *ciphers)
{
	char *suites, *others;
	bool done;

	if (!ciphers)
		return true;
	suites = pick_ciphers(ciphers, true);
	others = pick_ciphers(ciphers, false);
	done = suites && others &&
	    (*suites == '\0' || SSL_CTX_set_ciphersuites(context, suites)) &&
	    (*others == '\0' || SSL_CTX_set_cipher_list(context, others));
	free(suites);
	free(others);
	return done;
}

/* OpenSSL takes the list as one that it might write to. */
static bool
set_groups(SSL_CTX *context, const char *groups)
{
	char *copy = strdup(groups);
	bool done = copy && SSL_CTX_set1_groups_list(context, copy);

	free(copy);
	return done;
}

/*
 * The sessions that the control connection gives are marked: with TLS 1.2 a
 * data connection makes sessions of its own, which prove nothing.
 */
#define MARK "control"

static int
mark(SSL_SESSION *session)
{
	return SSL_SESSION_set1_ticket_appdata(session, MARK, sizeof MARK);
}

static bool
is_marked(SSL_SESSION *session)
{
	void *data;
	size_t length;

	return SSL_SESSION_get0_ticket_appdata(session, &data, &length) &&
	    length == sizeof MARK && memcmp(data, MARK, sizeof MARK) == 0;
}

/* Called for each ticket that is made. */
static int
mark_ticket(SSL *ssl, void *unused)
{
	const struct tls_conn *conn = SSL_get_app_data(ssl);

	(void)unused;
	return conn->use != TLS_CONTROL || mark(SSL_get_session(ssl));
}

static int
set_sessions(SSL_CTX *context)
{
	unsigned char id[16];

	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
	SSL_CTX_set_timeout(context, 24 * 60 * 60);
	/* No early data, ever: a replayed command is a command. */
	SSL_CTX_set_max_early_data(context, 0);
	return RAND_bytes(id, sizeof id) == 1 &&
	    SSL_CTX_set_session_id_context(context, id, sizeof id) &&
	    SSL_CTX_set_session_ticket_cb(
	        context, mark_ticket, NULL, NULL);
}

/* What to staple to the pair that was read last. */
static void
use_response(struct tls *tls, SSL_CTX *context, int fd, const char *directive)
{
	X509 *certificate = SSL_CTX_get0_certificate(context);
	BIO *bio = read_pem(fd);
	char *bytes = NULL, text[160];
	long length = bio ? BIO_get_mem_data(bio, &bytes) : 0;
	const char *fault =
	    staple_add(&tls->staples, certificate, bytes, length);

	BIO_free(bio);
	ERR_clear_error();
	if (!fault)
		return;
	snprintf(text, sizeof text, "%s is not stapled: %s", directive, fault);
	tls->complain(tls->callback_context, text);
}

/* How many of the pairs can be used; error has what is wrong with one. */
static int
use_pairs(struct tls *tls, SSL_CTX *context,
    const struct tls_settings *settings, char *error, size_t size)
{
	static const char *const responses[TLS_PAIRS] = { "rsa_ocsp_file",
		"ecdsa_ocsp_file" };
	static const char *const names[TLS_PAIRS] = {
		"rsa_cert_file, rsa_private_key_file",
		"ecdsa_cert_file, ecdsa_private_key_file" };
	int count = 0;

	for (int i = 0; i < TLS_PAIRS; i++) {
		if (settings->certificate[i] < 0)
			continue;
		if (!use_pair(context, settings->certificate[i],
		        settings->key[i])) {
			explain(error, size, names[i]);
			continue;
		}
		count++;
		if (settings->response[i] >= 0)
			use_response(tls, context, settings->response[i],
			    responses[i]);
	}
	return count;
}

/* --- virtual hosts ---------------------------------------------------- */

/* The host's pairs in place of those that the connection has. */
static bool
show_host(SSL *ssl, SSL_CTX *host)
{
	bool more = SSL_CTX_set_current_cert(host, SSL_CERT_SET_FIRST);
	int count = 0;

	SSL_certs_clear(ssl);
	while (more) {
		STACK_OF(X509) *chain = NULL;

		SSL_CTX_get0_chain_certs(host, &chain);
		count += SSL_use_cert_and_key(ssl,
		    SSL_CTX_get0_certificate(host),
		    SSL_CTX_get0_privatekey(host), chain, 1);
		more = SSL_CTX_set_current_cert(host, SSL_CERT_SET_NEXT);
	}
	return count > 0;
}

/* 1 if name is a host's, whose pairs are ready; 0 if not; or -errno. */
static int
open_host(struct tls *tls, const char *name)
{
	struct tls_settings settings;
	int r = tls->choose(tls->callback_context, name, &settings);

	if (r <= 0)
		return r;
	tls->host = SSL_CTX_new(TLS_server_method());
	tls->host_name = strdup(name);
	if (tls->host)
		SSL_CTX_set_security_level(tls->host,
		    SSL_CTX_get_security_level(tls->context));
	if (!tls->host || !tls->host_name ||
	    use_pairs(tls, tls->host, &settings, tls->host_error,
	        sizeof tls->host_error) == 0)
		r = -ENOENT;
	tls_close_files(&settings);
	return r;
}

static int
refuse_name(int *alert, int which)
{
	*alert = which;
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Is it the one name, where ssl_sni_hostname says that there is one? */
static bool
is_wanted(const struct tls *tls, const char *name)
{
	return !tls->sni_hostname ||
	    (name && strcasecmp(name, tls->sni_hostname) == 0);
}

/*
 * The name that a client asks for: on the control connection it may be that
 * of a virtual host. Data connections have the host of that one.
 */
static int
check_sni(SSL *ssl, int *alert, void *data)
{
	struct tls *tls = data;
	struct tls_conn *conn = SSL_get_app_data(ssl);
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	int r = 0;

	if (conn->use == TLS_CONTROL && name && !tls->host)
		r = open_host(tls, name);
	if (r < 0)
		return refuse_name(alert, SSL_AD_UNRECOGNIZED_NAME);
	if (tls->host) {
		if (name && strcasecmp(name, tls->host_name) != 0)
			return refuse_name(alert, SSL_AD_UNRECOGNIZED_NAME);
		return show_host(ssl, tls->host)
		    ? SSL_TLSEXT_ERR_OK
		    : refuse_name(alert, SSL_AD_INTERNAL_ERROR);
	}
	return is_wanted(tls, name)
	    ? SSL_TLSEXT_ERR_OK
	    : refuse_name(alert, SSL_AD_UNRECOGNIZED_NAME);
}

/* Called when the certificate has been chosen, if the client asks. */
static int
show_staple(SSL *ssl, void *data)
{
	const struct tls *tls = data;

	return staple_show(ssl, tls->staples);
}

/* --- all settings ----------------------------------------------------- */

/* False with what it is that cannot be used; NULL if that is in error. */
static bool
configure(struct tls *tls, const struct tls_settings *settings, char *error,
    size_t size, const char **ret_what)
{
	SSL_CTX *context = tls->context;

	*ret_what = "ssl_min_version, ssl_max_version";
	if (!set_limits(context, settings))
		return false;
	*ret_what = "ssl_ciphers";
	if (!set_ciphers(context, settings->ciphers))
		return false;
	*ret_what = "ecdh_param_file";
	if (settings->groups && !set_groups(context, settings->groups))
		return false;
	*ret_what = NULL;
	if (use_pairs(tls, context, settings, error, size) == 0) {
		if (error[0] == '\0')
			*ret_what = "no certificate: rsa_cert_file is not "
				    "set or cannot be opened";
		return false;
	}
	*ret_what = "ca_certs_file";
	if (settings->authorities >= 0 &&
	    !use_authorities(context, settings->authorities))
		return false;
	*ret_what = "session id";
	return set_sessions(context);
}

static void
close_tls(struct tls *tls)
{
	if (!tls)
		return;
	SSL_CTX_free(tls->context);
	SSL_CTX_free(tls->host);
	staple_free(tls->staples);
	free(tls->host_name);
	free(tls->sni_hostname);
	free(tls);
}

static struct tls *
open_tls(const struct tls_settings *settings, char *error, size_t size)
{
	struct tls *tls = calloc(1, sizeof *tls);
	const char *what = "out of memory";

	error[0] = '\0';
	if (tls) {
		tls->context = SSL_CTX_new(TLS_server_method());
		tls->choose = settings->choose;
		tls->complain = settings->complain;
		tls->callback_context = settings->context;
	}
	if (!tls || !tls->context ||
	    !configure(tls, settings, error, size, &what)) {
		if (what)
			explain(error, size, what);
		close_tls(tls);
		return NULL;
	}
	tls->strict_eof = settings->strict_eof;
	if (settings->sni_hostname)
		tls->sni_hostname = strdup(settings->sni_hostname);
	SSL_CTX_set_options(tls->context, SSL_OP_CIPHER_SERVER_PREFERENCE |
	        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(tls->context, SSL_MODE_ENABLE_PARTIAL_WRITE |
	        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_alpn_select_cb(tls->context, choose_alpn, NULL);
	SSL_CTX_set_tlsext_servername_callback(tls->context, check_sni);
	SSL_CTX_set_tlsext_servername_arg(tls->context, tls);
	SSL_CTX_set_tlsext_status_cb(tls->context, show_staple);
	SSL_CTX_set_tlsext_status_arg(tls->context, tls);
	set_verification(tls->context, settings);
	return tls;
}

/* --- connections ------------------------------------------------------ */

static void
end_conn(struct tls_conn *conn)
{
	if (!conn)
		return;
	SSL_free(conn->ssl);
	free(conn);
}

/*
 * SSL_set_fd() asks the kernel for its TLS, which only SSL_sendfile() is worth:
 * what is read and written through OpenSSL is as fast without.
 */
static int
attach(SSL *ssl, int fd, enum tls_use use)
{
	BIO *bio;

	if (use == TLS_SENDFILE) {
		SSL_set_options(ssl, SSL_OP_ENABLE_KTLS);
		if (!SSL_set_fd(ssl, fd))
			return 0;
		/*
		 * This kind reads without the kernel's TLS: with it OpenSSL
		 * would ask for that, too, and the sandbox refuse it each time.
		 */
		bio = BIO_new_fd(fd, BIO_NOCLOSE);
		if (bio)
			SSL_set0_rbio(ssl, bio);
		return bio != NULL;
	}
	bio = BIO_new_socket(fd, BIO_NOCLOSE);
	if (bio)
		SSL_set_bio(ssl, bio, bio);
	return bio != NULL;
}

static struct tls_conn *
start_conn(struct tls *tls, int fd, enum tls_use use)
{
	struct tls_conn *conn = calloc(1, sizeof *conn);

	if (!conn)
		return NULL;
	conn->tls = tls;
	conn->use = use;
	conn->events = POLLIN;
	conn->ssl = SSL_new(tls->context);
	if (!conn->ssl || !attach(conn->ssl, fd, use)) {
		end_conn(conn);
		return NULL;
	}
	SSL_set_app_data(conn->ssl, conn);
	/* An unread ticket turns the client's close() into a reset. */
	if (use != TLS_CONTROL)
		SSL_set_num_tickets(conn->ssl, 0);
	SSL_set_accept_state(conn->ssl);
	return conn;
}

/* What a failed SSL_ call means; n is what it returned. */
static int
outcome(struct tls_conn *conn, int n)
{
	int saved = errno;

	switch (SSL_get_error(conn->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		conn->events = POLLIN;
		return -EAGAIN;
	case SSL_ERROR_WANT_WRITE:
		conn->events = POLLOUT;
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		ERR_clear_error();
		snprintf(conn->error, sizeof conn->error, "%s",
		    saved ? strerror(saved) : "ended without close_notify");
		return -ECONNRESET;
	default:
		/* OpenSSL 3 tells a missing close_notify in this way. */
		if (ERR_GET_REASON(ERR_peek_error()) ==
		    SSL_R_UNEXPECTED_EOF_WHILE_READING) {
			ERR_clear_error();
			strcpy(conn->error, "ended without close_notify");
			return -ECONNRESET;
		}
		explain(conn->error, sizeof conn->error, "TLS");
		return -EPROTO;
	}
}

static int
shake_hands(struct tls_conn *conn)
{
	int n;

	ERR_clear_error();
	n = SSL_do_handshake(conn->ssl);
	if (n == 1) {
		if (conn->use == TLS_CONTROL)
			mark(SSL_get_session(conn->ssl));
		return 0;
	}
	n = outcome(conn, n);
	if (conn->tls->host_error[0] != '\0')
		strcpy(conn->error, conn->tls->host_error);
	return n == 0 || n == -ECONNRESET ? -EPROTO : n;
}

static ssize_t
read_conn(struct tls_conn *conn, void *buffer, size_t size)
{
	size_t n = 0;
	int r;

	ERR_clear_error();
	errno = 0;
	conn->events = POLLIN;
	if (SSL_read_ex(conn->ssl, buffer, size, &n))
		return (ssize_t)n;
	r = outcome(conn, 0);
	if (r == -ECONNRESET && errno == 0 && !conn->tls->strict_eof)
		return 0;
	return r;
}

static ssize_t
write_conn(struct tls_conn *conn, const void *buffer, size_t size)
{
	size_t n = 0;
	int r;

	ERR_clear_error();
	conn->events = POLLOUT;
	if (SSL_write_ex(conn->ssl, buffer, size, &n))
		return (ssize_t)n;
	r = outcome(conn, 0);
	return r == 0 ? -ECONNRESET : r;
}

static bool
is_by_kernel(const struct tls_conn *conn)
{
	return BIO_get_ktls_send(SSL_get_wbio(conn->ssl));
}

static ssize_t
send_file(struct tls_conn *conn, int file, off_t offset, size_t size)
{
	ssize_t n;
	int r;

	ERR_clear_error();
	conn->events = POLLOUT;
	n = SSL_sendfile(conn->ssl, file, offset, size, 0);
	if (n >= 0)
		return n;
	if (errno == EIO) /* the file's fault, not the connection's */
		return -EIO;
	r = outcome(conn, -1);
	return r == 0 ? -ECONNRESET : r;
}

static int
shut_down(struct tls_conn *conn, bool wait)
{
	int n;

	ERR_clear_error();
	n = SSL_shutdown(conn->ssl);
	if (n == 1 || (n == 0 && !wait))
		return 0;
	/* Ours is out; the client's is read by a second call. */
	if (n == 0)
		n = SSL_shutdown(conn->ssl);
	return n == 1 ? 0 : outcome(conn, n);
}

static short
wanted_events(const struct tls_conn *conn)
{
	return conn->events;
}

static bool
has_pending(const struct tls_conn *conn)
{
	/* Half a record is nothing yet: SSL_has_pending() would count it. */
	return SSL_pending(conn->ssl) > 0;
}

static bool
was_resumed(const struct tls_conn *conn)
{
	return SSL_session_reused(conn->ssl) &&
	    is_marked(SSL_get_session(conn->ssl));
}

static bool
names_user(const struct tls_conn *conn, const char *field, const char *user)
{
	X509 *certificate = SSL_get1_peer_certificate(conn->ssl);
	bool named = certificate &&
	    SSL_get_verify_mode(conn->ssl) & SSL_VERIFY_PEER &&
	    SSL_get_verify_result(conn->ssl) == X509_V_OK &&
	    certname_is(certificate, field, user);

	X509_free(certificate);
	return named;
}

static void
renew_ticket(struct tls_conn *conn)
{
	/* TLS 1.2's are not used up; there is nothing to send outside 1.3. */
	if (SSL_version(conn->ssl) == TLS1_3_VERSION &&
	    SSL_is_init_finished(conn->ssl))
		SSL_new_session_ticket(conn->ssl);
}

static void
describe(const struct tls_conn *conn, char *text, size_t size)
{
	if (conn->error[0] != '\0')
		snprintf(text, size, "%s", conn->error);
	else
		snprintf(text, size, "%s %s%s%s", SSL_get_version(conn->ssl),
		    SSL_get_cipher_name(conn->ssl),
		    SSL_session_reused(conn->ssl) ? ", resumed" : "",
		    is_by_kernel(conn) ? ", by the kernel" : "");
}

const struct tls_calls tls_calls = {
	.open = open_tls,
	.close = close_tls,
	.start = start_conn,
	.end = end_conn,
	.handshake = shake_hands,
	.read = read_conn,
	.write = write_conn,
	.by_kernel = is_by_kernel,
	.send_file = send_file,
	.shutdown = shut_down,
	.events = wanted_events,
	.pending = has_pending,
	.names = names_user,
	.resumed = was_resumed,
	.renew_ticket = renew_ticket,
	.describe = describe,
};
