/*
 * examine.h - what is wrong with a certificate and its key, in words. A part
 * of the module tls.so, for --check-config; no session calls it.
 */
#ifndef FTPD_EXAMINE_H
#define FTPD_EXAMINE_H

#include <stdbool.h>

/* What the module exports, by this name. */
#define EXAMINE_SYMBOL "examine_calls"

/* The directive that a finding is about. */
enum examine_subject {
	EXAMINE_CERTIFICATE,
	EXAMINE_KEY,
	EXAMINE_CIPHERS,
	EXAMINE_AUTHORITIES,
	EXAMINE_NAME, /* ssl_sni_hostname */
};

/* severity is enum check_severity. */
typedef void examine_say(void *context, int severity,
    enum examine_subject subject, const char *text);

struct examine_pair {
	int certificate, key;    /* PEM files; key -1: cannot be seen */
	int authorities;         /* ca_certs_file, or -1 */
	const char *certificate_path, *key_path;
	const char *ciphers;     /* ssl_ciphers; they set the level, too */
	const char *name;        /* that it should be for, or NULL */
	bool name_only;          /* the rest has been examined */
	examine_say *say;
	void *context;           /* say's */
};

struct examine_calls {
	void (*pair)(const struct examine_pair *pair);

	/* How many certificates there are in a PEM file. */
	int (*count)(int fd);
};

#endif
