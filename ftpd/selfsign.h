/*
 * selfsign.h - a certificate for one run of quick mode. Part of the module
 * tls.so; quick.c calls it.
 */
#ifndef FTPD_SELFSIGN_H
#define FTPD_SELFSIGN_H

#include <stddef.h>

/* What the module tls.so exports, by this name. */
#define SELFSIGN_SYMBOL "selfsign_calls"

#define SELFSIGN_PIN_MAX 64 /* bytes of the pin, with its NUL */

struct selfsign_calls {
	/*
	 * Writes a new certificate and its key, as PEM, for the numeric address
	 * and localhost. 0 and the key's pin, the SHA-256 of the public key in
	 * base64 as curl's --pinnedpubkey has it; -EIO on failure.
	 */
	int (*make)(int certificate, int key, const char *address,
	    char ret_pin[SELFSIGN_PIN_MAX]);
};

#endif
