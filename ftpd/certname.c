/*
 * certname.c - names in certificates, see certname.h. Called by tls.c for a
 * certificate that was verified; what is in it, the client still chose.
 */
#include "config.h"

#include "ftpd/certname.h"

#include <openssl/x509v3.h>
#include <string.h>

/* A NUL inside is a difference: lengths are compared, too. */
static bool
is_string(const ASN1_STRING *string, const char *text)
{
	unsigned char *utf8 = NULL;
	int length = string ? ASN1_STRING_to_UTF8(&utf8, string) : -1;
	bool same = length >= 0 && (size_t)length == strlen(text) &&
	    memcmp(utf8, text, (size_t)length) == 0;

	OPENSSL_free(utf8);
	return same;
}

static bool
is_common_name(const X509 *certificate, const char *user)
{
	const X509_NAME *subject = X509_get_subject_name(certificate);
	int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	return first >= 0 &&
	    X509_NAME_get_index_by_NID(subject, NID_commonName, first) < 0 &&
	    is_string(X509_NAME_ENTRY_get_data(
	                  X509_NAME_get_entry(subject, first)),
	        user);
}

static bool
is_principal(const GENERAL_NAME *name, const char *user)
{
	const OTHERNAME *other;

	if (name->type != GEN_OTHERNAME)
		return false;
	other = name->d.otherName;
	return OBJ_obj2nid(other->type_id) == NID_ms_upn &&
	    other->value->type == V_ASN1_UTF8STRING &&
	    is_string(other->value->value.utf8string, user);
}

static bool
is_email(const GENERAL_NAME *name, const char *user)
{
	return name->type == GEN_EMAIL &&
	    is_string(name->d.rfc822Name, user);
}

static bool
is_alternative_name(const X509 *certificate, const char *user,
    bool (*matches)(const GENERAL_NAME *name, const char *user))
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++)
		found = matches(sk_GENERAL_NAME_value(names, i), user);
	GENERAL_NAMES_free(names);
	return found;
}

bool
certname_is(const X509 *certificate, const char *field, const char *user)
{
	if (strcmp(field, "cn") == 0)
		return is_common_name(certificate, user);
	if (strcmp(field, "email") == 0)
		return is_alternative_name(certificate, user, is_email);
	return strcmp(field, "upn") == 0 &&
	    is_alternative_name(certificate, user, is_principal);
}
