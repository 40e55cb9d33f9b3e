/*
 * tls.h - what ftpd needs of TLS. It is OpenSSL's, in a module of its own
 * (tls.so), which is loaded at AUTH TLS or for implicit TLS and which no plain
 * session maps. tls.c alone includes OpenSSL.
 */
#ifndef FTPD_TLS_H
#define FTPD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

/* What the module tls.so exports, by this name. */
#define TLS_SYMBOL "tls_calls"

#define TLS_PAIRS 2 /* certificates side by side: RSA and ECDSA */

/* Settings as the directives have them; descriptors are -1 where not set. */
struct tls_settings {
	int certificate[TLS_PAIRS]; /* PEM files, chain included */
	int key[TLS_PAIRS];
	int response[TLS_PAIRS];    /* OCSP responses to staple, DER */
	int authorities;            /* ca_certs_file */
	const char *ciphers, *min_version, *max_version;
	char *groups;               /* OpenSSL's macro wants it without const */
	const char *sni_hostname;
	bool request_certificate, require_certificate, verify;
	bool strict_eof;            /* an end without close_notify is an error */
	/*
	 * Called with the name that the client asks for on the control
	 * connection (SNI). 1, and then *ret_settings has certificates and
	 * keys, which are closed when they were read; 0 to go on with those
	 * that are there; -errno for a name that is refused.
	 */
	int (*choose)(void *context, const char *name,
	    struct tls_settings *ret_settings);
	/* Told what is wrong with something that can be done without. */
	void (*complain)(void *context, const char *what);
	void *context; /* of both */
};

/* Both the module and its user close them, and share no other code. */
static inline void
tls_close_files(const struct tls_settings *settings)
{
	for (int i = 0; i < TLS_PAIRS; i++) {
		if (settings->certificate[i] >= 0)
			close(settings->certificate[i]);
		if (settings->key[i] >= 0)
			close(settings->key[i]);
		if (settings->response[i] >= 0)
			close(settings->response[i]);
	}
	if (settings->authorities >= 0)
		close(settings->authorities);
}

/* What a connection is for. */
enum tls_use {
	TLS_CONTROL,
	TLS_DATA,     /* issues no tickets */
	TLS_SENDFILE, /* TLS_DATA, and sends by send_file() where it can */
};

struct tls;      /* the settings of one session, ready for use */
struct tls_conn; /* one connection under TLS */

struct tls_calls {
	/*
	 * NULL with a reason in error. Reads the descriptors to their end. Of
	 * two certificates one suffices: what is wrong with the other is then
	 * in error, which is "" when all is well.
	 */
	struct tls *(*open)(const struct tls_settings *settings, char *error,
	    size_t size);
	void (*close)(struct tls *tls);

	/*
	 * A connection as the server's end of fd, which stays the caller's and
	 * must not block.
	 */
	struct tls_conn *(*start)(struct tls *tls, int fd, enum tls_use use);
	void (*end)(struct tls_conn *conn);

	/* 0 when done, -EAGAIN to be called again, -EPROTO on failure. */
	int (*handshake)(struct tls_conn *conn);

	/* Bytes, 0 at close_notify, -EAGAIN, -ECONNRESET or -EPROTO. */
	ssize_t (*read)(struct tls_conn *conn, void *buffer, size_t size);
	ssize_t (*write)(
	    struct tls_conn *conn, const void *buffer, size_t size);

	/*
	 * Does the kernel encrypt what is sent? Then send_file() sends bytes
	 * of a file, with results as of write(), but 0 at the file's end.
	 */
	bool (*by_kernel)(const struct tls_conn *conn);
	ssize_t (*send_file)(
	    struct tls_conn *conn, int file, off_t offset, size_t size);

	/*
	 * Sends close_notify; if wait, 0 only after the client's has come,
	 * -EAGAIN until then.
	 */
	int (*shutdown)(struct tls_conn *conn, bool wait);

	/* poll() events that the last -EAGAIN waits for, or what to go on. */
	short (*events)(const struct tls_conn *conn);
	/* Bytes that read() would give without the network. */
	bool (*pending)(const struct tls_conn *conn);
	/*
	 * Does the verified certificate of the client name the user in this
	 * field (see certname.h)? False without such a certificate.
	 */
	bool (*names)(const struct tls_conn *conn, const char *field,
	    const char *user);
	/* Did it resume the control connection's session? */
	bool (*resumed)(const struct tls_conn *conn);
	/* Sends a fresh ticket with the next write: clients use one once. */
	void (*renew_ticket)(struct tls_conn *conn);
	/* "TLSv1.3 TLS_AES_256_GCM_SHA384", or why the last call failed. */
	void (*describe)(
	    const struct tls_conn *conn, char *text, size_t size);
};

#endif
