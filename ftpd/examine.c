/*
 * examine.c - certificates and keys examined, see examine.h. Linked into
 * tls.so, since it needs OpenSSL; called by check_tls.c.
 *
 * Says in words, and with what to do, what OpenSSL would say at the first
 * client in its own, and what it would not say at all.
 */
#include "config.h"

#include "ftpd/examine.h"

#include "ftpd/check.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SOON 14 /* days before its end that a certificate should be renewed */
#define DAY (24 * 60 * 60)

extern const struct examine_calls examine_calls;

/* A certificate as it is being examined. */
struct examination {
	const struct examine_pair *pair;
	X509 *leaf;
	STACK_OF(X509) *chain; /* those behind it in the file */
	int level;             /* OpenSSL's security level */
};

__attribute__((format(printf, 4, 5))) static void
say(const struct examine_pair *pair, enum check_severity severity,
    enum examine_subject subject, const char *format, ...)
{
	char text[4096];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	pair->say(pair->context, severity, subject, text);
}

/* The descriptor's bytes from their start; it stays the caller's. */
static BIO *
open_bio(int fd)
{
	return lseek(fd, 0, SEEK_SET) == 0 ? BIO_new_fd(fd, BIO_NOCLOSE) : NULL;
}

/* A name's common name, or all of it where it has none. */
static const char *
name_text(const X509_NAME *name, char *text, int size)
{
	if (X509_NAME_get_text_by_NID(
	        (X509_NAME *)(uintptr_t)name, NID_commonName, text, size) <= 0)
		X509_NAME_oneline(name, text, size);
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return text;
}

static const char *
subject_text(const X509 *certificate, char *text, int size)
{
	return name_text(X509_get_subject_name(certificate), text, size);
}

/* --- files ------------------------------------------------------------- */

static void
load_certificates(struct examination *e)
{
	BIO *bio = open_bio(e->pair->certificate);
	X509 *next;

	e->chain = sk_X509_new_null();
	if (bio)
		e->leaf = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
	while (e->leaf && e->chain &&
	    (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		if (!sk_X509_push(e->chain, next))
			X509_free(next);
	BIO_free(bio);
	ERR_clear_error();
	if (!e->leaf)
		say(e->pair, CHECK_ERROR, EXAMINE_CERTIFICATE,
		    "%s: no certificate as PEM text (BEGIN CERTIFICATE) in it; "
		    "openssl x509 -inform DER converts a binary one",
		    e->pair->certificate_path);
}

static int
note_passphrase(char *buffer, int size, int writing, void *asked)
{
	(void)buffer;
	(void)size;
	(void)writing;
	*(int *)asked = 1;
	return 0;
}

static void
check_key(const struct examination *e)
{
	const struct examine_pair *p = e->pair;
	BIO *bio = open_bio(p->key);
	int asked = 0;
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(
	                          bio, NULL, note_passphrase, &asked) : NULL;

	BIO_free(bio);
	ERR_clear_error();
	if (!key && asked)
		say(p, CHECK_ERROR, EXAMINE_KEY,
		    "%s: the key wants a passphrase, and nobody is there to "
		    "type it; openssl pkey -in %s -out NEW writes it without",
		    p->key_path, p->key_path);
	else if (!key)
		say(p, CHECK_ERROR, EXAMINE_KEY,
		    "%s: no private key as PEM text (BEGIN PRIVATE KEY) in it; "
		    "name the certificate's key in rsa_private_key_file",
		    p->key_path);
	else if (!X509_check_private_key(e->leaf, key))
		say(p, CHECK_ERROR, EXAMINE_KEY,
		    "%s: this is not the key of the certificate in %s; name "
		    "the key that it was made with", p->key_path,
		    p->certificate_path);
	EVP_PKEY_free(key);
	ERR_clear_error();
}

/* --- strength ---------------------------------------------------------- */

/* Bits of security that a level asks for, and RSA keys that have them. */
static const struct {
	int bits, rsa;
} levels[] = { { 0, 0 }, { 80, 1024 }, { 112, 2048 }, { 128, 3072 },
	{ 192, 7680 }, { 256, 15360 } };

static int
level_of(const struct examine_pair *pair)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	int level = 0;

	if (context && pair->ciphers &&
	    strncmp(pair->ciphers, "TLS_", 4) != 0 &&
	    !SSL_CTX_set_cipher_list(context, pair->ciphers))
		say(pair, CHECK_ERROR, EXAMINE_CIPHERS,
		    "this OpenSSL has none of these ciphers; `openssl ciphers "
		    "-v' lists them all, DEFAULT is what it chooses itself");
	if (context)
		level = SSL_CTX_get_security_level(context);
	SSL_CTX_free(context);
	ERR_clear_error();
	return level < 6 ? level : 5;
}

/* The way round it, for who cannot have a new key. */
static const char *
weaker(const struct examine_pair *pair, char *text, size_t size)
{
	snprintf(text, size, "ssl_ciphers=%s%s@SECLEVEL=1",
	    pair->ciphers ? pair->ciphers : "DEFAULT", ":");
	return text;
}

static void
check_strength(const struct examination *e, const X509 *certificate)
{
	const struct examine_pair *p = e->pair;
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	char name[256], way[512];
	int hash, bits = 0;
	bool own = X509_get_extension_flags(
	               (X509 *)(uintptr_t)certificate) & EXFLAG_SS;

	subject_text(certificate, name, sizeof name);
	weaker(p, way, sizeof way);
	if (key && EVP_PKEY_security_bits(key) < levels[e->level].bits)
		say(p, CHECK_ERROR, EXAMINE_CERTIFICATE,
		    "%s: the %s key of \"%s\" has %d bits and is too weak for "
		    "this OpenSSL, which at its security level %d takes RSA "
		    "keys from %d bits up: make a new key and certificate "
		    "(openssl req -newkey rsa:3072), or allow weak ones with "
		    "%s", p->certificate_path,
		    EVP_PKEY_base_id(key) == EVP_PKEY_RSA ? "RSA" : "public",
		    name, EVP_PKEY_bits(key), e->level,
		    levels[e->level].rsa, way);
	if (own || !X509_get_signature_info((X509 *)(uintptr_t)certificate,
	               &hash, NULL, &bits, NULL))
		return;
	if (bits < levels[e->level].bits)
		say(p, CHECK_ERROR, EXAMINE_CERTIFICATE,
		    "%s: \"%s\" is signed with %s, which is too weak for this "
		    "OpenSSL at its security level %d: have it signed anew "
		    "with SHA-256, or allow weak ones with %s",
		    p->certificate_path, name, OBJ_nid2ln(hash), e->level, way);
}

/* --- dates ------------------------------------------------------------- */

static const char *
date_text(const ASN1_TIME *date, char *text, size_t size)
{
	struct tm tm = { 0 };

	if (!ASN1_TIME_to_tm(date, &tm) ||
	    strftime(text, size, "%Y-%m-%d %H:%M UTC", &tm) == 0)
		snprintf(text, size, "a date that cannot be read");
	return text;
}

static void
check_dates(const struct examination *e, const X509 *certificate)
{
	const ASN1_TIME *from = X509_get0_notBefore(certificate);
	const ASN1_TIME *until = X509_get0_notAfter(certificate);
	time_t soon = time(NULL) + SOON * DAY;
	char name[256], date[64];

	subject_text(certificate, name, sizeof name);
	if (X509_cmp_time(until, NULL) < 0)
		say(e->pair, CHECK_ERROR, EXAMINE_CERTIFICATE,
		    "%s: \"%s\" expired on %s, and clients refuse it; put a "
		    "new certificate in its place, which the next client gets",
		    e->pair->certificate_path, name,
		    date_text(until, date, sizeof date));
	else if (X509_cmp_time(until, &soon) < 0)
		say(e->pair, CHECK_WARNING, EXAMINE_CERTIFICATE,
		    "%s: \"%s\" expires on %s; renew it before",
		    e->pair->certificate_path, name,
		    date_text(until, date, sizeof date));
	if (X509_cmp_time(from, NULL) > 0)
		say(e->pair, CHECK_ERROR, EXAMINE_CERTIFICATE,
		    "%s: \"%s\" is not valid before %s, and clients refuse "
		    "it; is this machine's clock right?",
		    e->pair->certificate_path, name,
		    date_text(from, date, sizeof date));
}

/* --- names ------------------------------------------------------------- */

static size_t
add_name(char *text, size_t used, size_t size, const char *name, int length)
{
	int n = snprintf(text + used, size - used, "%s%.*s",
	    used ? ", " : "", length, name);

	for (char *p = text + used; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return n > 0 && used + (size_t)n < size ? used + (size_t)n : size - 1;
}

static void
check_names(const struct examination *e)
{
	const struct examine_pair *p = e->pair;
	GENERAL_NAMES *names = X509_get_ext_d2i(
	    e->leaf, NID_subject_alt_name, NULL, NULL);
	char text[1024] = "", common[256];
	size_t used = 0;

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS)
			used = add_name(text, used, sizeof text,
			    (const char *)ASN1_STRING_get0_data(
			        name->d.dNSName),
			    ASN1_STRING_length(name->d.dNSName));
	}
	GENERAL_NAMES_free(names);
	if (used == 0)
		add_name(text, 0, sizeof text,
		    subject_text(e->leaf, common, sizeof common), 255);
	if (!p->name_only)
		say(p, CHECK_NOTE, EXAMINE_CERTIFICATE, "%s: is for %s",
		    p->certificate_path, text);
	if (p->name && X509_check_host(e->leaf, p->name, 0, 0, NULL) != 1)
		say(p, CHECK_WARNING, EXAMINE_NAME,
		    "%s is not among the names of %s (%s), so clients that "
		    "ask for it refuse the certificate; get one with this "
		    "name", p->name, p->certificate_path, text);
}

/* --- chain ------------------------------------------------------------- */

static void
add_authorities(X509_STORE *store, int fd)
{
	BIO *bio = fd >= 0 ? open_bio(fd) : NULL;
	X509 *certificate;

	while (bio && (certificate = PEM_read_bio_X509(
	                   bio, NULL, NULL, NULL)) != NULL) {
		X509_STORE_add_cert(store, certificate);
		X509_free(certificate);
	}
	BIO_free(bio);
}

/* Nobody here knows who signed the last of them. */
static void
say_incomplete(const struct examination *e, X509 *last)
{
	STACK_OF(OPENSSL_STRING) *ocsp = X509_get1_ocsp(last);
	bool public = ocsp != NULL ||
	    X509_get_ext_by_NID(last, NID_info_access, -1) >= 0;
	char name[256], issuer[256];

	X509_email_free(ocsp);
	subject_text(last, name, sizeof name);
	name_text(X509_get_issuer_name(last), issuer, sizeof issuer);
	/* Whose certificates say where the next is to be had are public. */
	if (public)
		say(e->pair, CHECK_WARNING, EXAMINE_CERTIFICATE,
		    "%s: the chain is not complete: the certificate of \"%s\", "
		    "who signed \"%s\", is missing; append it to the file",
		    e->pair->certificate_path, issuer, name);
	else
		say(e->pair, CHECK_NOTE, EXAMINE_CERTIFICATE,
		    "%s: signed by \"%s\", whom this machine does not know; "
		    "if clients do not have that certificate either, append "
		    "it to the file", e->pair->certificate_path, issuer);
}

static void
check_chain(const struct examination *e)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();

	if (!store || !context || !X509_STORE_set_default_paths(store) ||
	    !X509_STORE_CTX_init(context, store, e->leaf, e->chain))
		goto out;
	add_authorities(store, e->pair->authorities);
	/* Dates and strength were looked at by themselves. */
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_NO_CHECK_TIME);
	X509_verify_cert(context);
	switch (X509_STORE_CTX_get_error(context)) {
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		say(e->pair, CHECK_NOTE, EXAMINE_CERTIFICATE,
		    "%s: signed by itself, so clients must be told to trust it",
		    e->pair->certificate_path);
		break;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		say_incomplete(e, X509_STORE_CTX_get_current_cert(context));
		break;
	default:
		break;
	}
out:
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	ERR_clear_error();
}

static void
examine(const struct examine_pair *pair)
{
	struct examination e = { .pair = pair, .level = level_of(pair) };

	load_certificates(&e);
	if (e.leaf && pair->name_only) {
		check_names(&e);
	} else if (e.leaf) {
		if (pair->key >= 0)
			check_key(&e);
		check_strength(&e, e.leaf);
		check_dates(&e, e.leaf);
		for (int i = 0; i < sk_X509_num(e.chain); i++) {
			check_strength(&e, sk_X509_value(e.chain, i));
			check_dates(&e, sk_X509_value(e.chain, i));
		}
		check_names(&e);
		check_chain(&e);
	}
	X509_free(e.leaf);
	sk_X509_pop_free(e.chain, X509_free);
}

static int
count(int fd)
{
	BIO *bio = open_bio(fd);
	X509 *certificate;
	int n = 0;

	while (bio && (certificate = PEM_read_bio_X509(
	                   bio, NULL, NULL, NULL)) != NULL) {
		X509_free(certificate);
		n++;
	}
	BIO_free(bio);
	ERR_clear_error();
	return n;
}

const struct examine_calls examine_calls = {
	.pair = examine,
	.count = count,
};
