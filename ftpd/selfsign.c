/*
 * selfsign.c - an ECDSA key and a certificate that it signs itself, see
 * selfsign.h. Nobody vouches for it: who knows the pin knows the key.
 */
#include "config.h"

#include "ftpd/selfsign.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define DAY (24 * 60 * 60L)
#define LIFE (30 * DAY) /* longer than anybody leaves quick mode running */

extern const struct selfsign_calls selfsign_calls;

static bool
set_number(X509 *certificate)
{
	uint64_t number;

	return RAND_bytes((unsigned char *)&number, sizeof number) == 1 &&
	    ASN1_INTEGER_set_uint64(
	        X509_get_serialNumber(certificate), number >> 1);
}

static bool
set_names(X509 *certificate, const char *address)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	X509_EXTENSION *extension;
	char text[128];
	bool good;

	snprintf(text, sizeof text, "DNS:localhost,IP:%s", address);
	extension =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, text);
	good = extension && X509_add_ext(certificate, extension, -1) &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	        (const unsigned char *)"inftpd quick mode", -1, -1, 0) &&
	    X509_set_issuer_name(certificate, name);
	X509_EXTENSION_free(extension);
	return good;
}

static X509 *
make_certificate(EVP_PKEY *key, const char *address)
{
	X509 *certificate = X509_new();

	if (certificate && X509_set_version(certificate, X509_VERSION_3) &&
	    set_number(certificate) && set_names(certificate, address) &&
	    X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY) &&
	    X509_gmtime_adj(X509_getm_notAfter(certificate), LIFE) &&
	    X509_set_pubkey(certificate, key) &&
	    X509_sign(certificate, key, EVP_sha256()))
		return certificate;
	X509_free(certificate);
	return NULL;
}

static bool
make_pin(EVP_PKEY *key, char pin[SELFSIGN_PIN_MAX])
{
	unsigned char *der = NULL, digest[EVP_MAX_MD_SIZE];
	int length = i2d_PUBKEY(key, &der);
	bool good = length > 0 &&
	    EVP_Digest(der, (size_t)length, digest, NULL, EVP_sha256(), NULL);

	if (good)
		EVP_EncodeBlock((unsigned char *)pin, digest, 32);
	OPENSSL_free(der);
	return good;
}

/* The bytes that were gathered, to a descriptor. */
static bool
put(BIO *bio, int fd)
{
	char *bytes = NULL;
	long length = BIO_get_mem_data(bio, &bytes);

	return length > 0 && write(fd, bytes, (size_t)length) == length &&
	    BIO_reset(bio) == 1;
}

static int
make(int certificate_fd, int key_fd, const char *address,
    char ret_pin[SELFSIGN_PIN_MAX])
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = key ? make_certificate(key, address) : NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	bool good = bio && certificate &&
	    PEM_write_bio_X509(bio, certificate) && put(bio, certificate_fd) &&
	    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) &&
	    put(bio, key_fd) && make_pin(key, ret_pin);

	BIO_free(bio);
	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return good ? 0 : -EIO;
}

const struct selfsign_calls selfsign_calls = { .make = make };
