/*
 * import.h - users of other servers for inftpd-user: what their files say, one
 * after the other. Pure.
 */
#ifndef HELPERS_IMPORT_H
#define HELPERS_IMPORT_H

#include "helpers/record.h"
#include "helpers/secret.h"
#include "helpers/slurp.h"
#include "helpers/users.h"

#include <stdbool.h>

enum import_format {
	IMPORT_PAIRS, /* name and password, each a line: pam_userdb's source */
	IMPORT_LINES, /* htpasswd, ftpasswd, pure-pw */
};

/* Room for the names of all limits of pure-pw. */
#define IMPORT_LIMITS_MAX 256

/* A user found, or a line with a problem. */
struct import {
	unsigned line;       /* where he begins */
	const char *problem; /* in words, or NULL */
	char name[256];
	char hash[USERS_HASH_MAX + 1];
	char password[SECRET_MAX + 1]; /* where there is no hash */
	char settings[RECORD_SETTINGS_MAX];
	char left_out[IMPORT_LIMITS_MAX]; /* by drop_limits, or "" */
};

/* 0 and the format called so; or -EINVAL. */
int import_format(const char *name, enum import_format *ret_format);

/*
 * The next user of text, which is changed. *position and *line are 0 at
 * first. With drop_limits, pure-pw's limits that inftpd does not have are
 * left out, and named, instead of being a problem. False at the end.
 */
bool import_next(enum import_format format, struct slurp *text,
    bool drop_limits, size_t *position, unsigned *line,
    struct import *ret_import);

#endif
