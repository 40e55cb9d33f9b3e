/*
 * staple.c - OCSP stapling (RFC 6066 section 8), see staple.h. Called by tls.c.
 */
#include "config.h"

#include "ftpd/staple.h"

#include <openssl/ocsp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_SKEW 300 /* seconds that the authority's clock may be ahead */

/* The hash of the issuer's name; that of its key may not be known here. */
static bool
is_issuer(const ASN1_OCTET_STRING *name, const ASN1_OBJECT *algorithm,
    const X509 *certificate)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	const EVP_MD *hash = EVP_get_digestbyobj(algorithm);

	return hash &&
	    X509_NAME_digest(X509_get_issuer_name(certificate), hash, digest,
	        &length) &&
	    ASN1_STRING_length(name) == (int)length &&
	    memcmp(ASN1_STRING_get0_data(name), digest, length) == 0;
}

static bool
is_about(const OCSP_SINGLERESP *single, const X509 *certificate)
{
	OCSP_CERTID *id = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(single));
	ASN1_OCTET_STRING *name;
	ASN1_OBJECT *algorithm;
	ASN1_INTEGER *serial;
	bool same = id &&
	    OCSP_id_get0_info(&name, &algorithm, NULL, &serial, id) &&
	    ASN1_INTEGER_cmp(
	        serial, X509_get0_serialNumber(certificate)) == 0 &&
	    is_issuer(name, algorithm, certificate);

	OCSP_CERTID_free(id);
	return same;
}

static const char *
judge(OCSP_BASICRESP *basic, const X509 *certificate)
{
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		ASN1_GENERALIZEDTIME *from = NULL, *to = NULL;
		int status;

		if (!is_about(single, certificate))
			continue;
		status = OCSP_single_get0_status(
		    single, NULL, NULL, &from, &to);
		if (!OCSP_check_validity(from, to, CLOCK_SKEW, -1))
			return "the response is out of date";
		return status == V_OCSP_CERTSTATUS_GOOD
		    ? NULL
		    : "the authority calls the certificate revoked or unknown";
	}
	return "the response is for another certificate";
}

static const char *
examine(const X509 *certificate, const unsigned char *bytes, long length)
{
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &bytes, length);
	OCSP_BASICRESP *basic = NULL;
	const char *fault = "no OCSP response (DER) in it";

	if (response) {
		fault = "the response is an error";
		basic = OCSP_response_get1_basic(response);
	}
	if (basic)
		fault = judge(basic, certificate);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return fault;
}

const char *
staple_add(
    struct staple **list, X509 *certificate, const char *bytes, long length)
{
	const char *fault =
	    examine(certificate, (const unsigned char *)bytes, length);
	struct staple *staple;

	if (fault)
		return fault;
	staple = calloc(1, sizeof *staple);
	if (staple)
		staple->bytes = OPENSSL_memdup(bytes, (size_t)length);
	if (!staple || !staple->bytes) {
		free(staple);
		return "out of memory";
	}
	staple->length = (int)length;
	staple->certificate = certificate;
	X509_up_ref(certificate);
	staple->next = *list;
	*list = staple;
	return NULL;
}

void
staple_free(struct staple *list)
{
	while (list) {
		struct staple *next = list->next;

		X509_free(list->certificate);
		OPENSSL_free(list->bytes);
		free(list);
		list = next;
	}
}

int
staple_show(SSL *ssl, const struct staple *list)
{
	const X509 *shown = SSL_get_certificate(ssl);
	unsigned char *copy;

	while (list && (!shown || X509_cmp(list->certificate, shown) != 0))
		list = list->next;
	copy = list ? OPENSSL_memdup(list->bytes, (size_t)list->length) : NULL;
	if (!copy)
		return SSL_TLSEXT_ERR_NOACK;
	/* OpenSSL frees it with the connection. */
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, list->length);
	return SSL_TLSEXT_ERR_OK;
}
