/*
 * digest.h - digests of files. They are OpenSSL's, in a module of their own
 * (digest.so), which is loaded at the first HASH or one of its kin and which
 * no other session maps. digest.c alone includes OpenSSL for it.
 */
#ifndef FTPD_DIGEST_H
#define FTPD_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/* What the module digest.so exports, by this name. */
#define DIGEST_SYMBOL "digest_calls"

#define DIGEST_MAX 64 /* bytes of the longest one */

enum digest_kind {
	DIGEST_SHA256,
	DIGEST_SHA512,
	DIGEST_SHA1,
	DIGEST_MD5,
	DIGEST_CRC32,
	DIGEST_COUNT,
};

struct digest; /* one being computed */

struct digest_calls {
	/* NULL where the library refuses this kind, or without memory. */
	struct digest *(*begin)(enum digest_kind kind);

	/* More bytes; false when the library fails. */
	bool (*update)(struct digest *digest, const void *bytes, size_t length);

	/* The result, and its length; 0 when the library fails. */
	size_t (*result)(
	    struct digest *digest, unsigned char ret_bytes[DIGEST_MAX]);

	void (*free)(struct digest *digest);
};

#endif
