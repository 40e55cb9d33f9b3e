/*
 * staple.h - what an authority says of a certificate at this time (OCSP), read
 * from a file so that the handshake can carry it. Part of the module tls.so.
 */
#ifndef FTPD_STAPLE_H
#define FTPD_STAPLE_H

#include <openssl/ssl.h>

/* A response and the certificate that it is about; one of a list. */
struct staple {
	struct staple *next;
	X509 *certificate;    /* a reference of its own */
	unsigned char *bytes; /* DER */
	int length;           /* of bytes */
};

/*
 * Takes the response of a file into the list. NULL, or why it is of no use:
 * not one, of another certificate, out of date, or not "good". Who signed it
 * is for clients to judge.
 */
const char *staple_add(
    struct staple **list, X509 *certificate, const char *bytes, long length);

void staple_free(struct staple *list);

/* Gives it to a client who asks, if there is one for the certificate shown. */
int staple_show(SSL *ssl, const struct staple *list);

#endif
