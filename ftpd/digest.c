/*
 * digest.c - the module digest.so, see digest.h: digests of OpenSSL, and the
 * CRC that OpenSSL has not. Loaded by hash.c.
 */
#include "config.h"

#include "ftpd/digest.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>

struct digest {
	EVP_MD_CTX *context; /* NULL for a CRC */
	uint32_t crc;        /* inverted, as it is computed */
	uint32_t table[256]; /* of the CRC: the effect of one byte */
};

/* The polynomial of Ethernet and zip, its bits from the lowest. */
static void
fill_table(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t value = i;

		for (int bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? 0xedb88320U : 0);
		table[i] = value;
	}
}

static const EVP_MD *
find(enum digest_kind kind)
{
	switch (kind) {
	case DIGEST_SHA256:
		return EVP_sha256();
	case DIGEST_SHA512:
		return EVP_sha512();
	case DIGEST_SHA1:
		return EVP_sha1();
	case DIGEST_MD5:
		return EVP_md5();
	case DIGEST_CRC32:
	case DIGEST_COUNT:
		break;
	}
	return NULL;
}

static void
digest_free(struct digest *digest)
{
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

static struct digest *
digest_begin(enum digest_kind kind)
{
	struct digest *digest = calloc(1, sizeof *digest);

	if (!digest)
		return NULL;
	if (kind == DIGEST_CRC32) {
		digest->crc = UINT32_MAX;
		fill_table(digest->table);
		return digest;
	}
	digest->context = EVP_MD_CTX_new();
	/* MD5 and SHA-1 may be forbidden by the administrator's OpenSSL. */
	if (!digest->context ||
	    EVP_DigestInit_ex(digest->context, find(kind), NULL) != 1) {
		digest_free(digest);
		return NULL;
	}
	return digest;
}

static bool
digest_update(struct digest *digest, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;
	uint32_t crc = digest->crc;

	if (digest->context)
		return EVP_DigestUpdate(digest->context, bytes, length) == 1;
	for (size_t i = 0; i < length; i++)
		crc = crc >> 8 ^ digest->table[(crc ^ byte[i]) & 0xff];
	digest->crc = crc;
	return true;
}

static size_t
digest_result(struct digest *digest, unsigned char ret_bytes[DIGEST_MAX])
{
	unsigned length = 0;

	if (!digest->context) {
		for (int i = 0; i < 4; i++)
			ret_bytes[i] =
			    (unsigned char)(~digest->crc >> (24 - 8 * i));
		return 4;
	}
	if (EVP_DigestFinal_ex(digest->context, ret_bytes, &length) != 1)
		return 0;
	return length;
}

extern const struct digest_calls digest_calls;
const struct digest_calls digest_calls = {
    .begin = digest_begin,
    .update = digest_update,
    .result = digest_result,
    .free = digest_free,
};
