/*
 * certname.h - whom a client's certificate names. Part of the module tls.so.
 */
#ifndef FTPD_CERTNAME_H
#define FTPD_CERTNAME_H

#include <openssl/x509.h>
#include <stdbool.h>

/*
 * Is user named by the certificate, byte for byte, in the field: "cn", the
 * common name, of which there may be but one; "email" or "upn" (Microsoft's
 * user principal name), one of the alternative names?
 */
bool certname_is(const X509 *certificate, const char *field, const char *user);

#endif
