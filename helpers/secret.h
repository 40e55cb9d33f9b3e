/*
 * secret.h - a new password for inftpd-user: asked for, and hashed.
 */
#ifndef HELPERS_SECRET_H
#define HELPERS_SECRET_H

#include <stddef.h>

#define SECRET_MAX 511 /* bytes of a password; crypt(3) takes no more */

/*
 * A password into buffer, of SECRET_MAX + 1 bytes: from the terminal, twice
 * and without echo; or, where standard input is none, the first line of that.
 * NULL, or why there is none, in words.
 */
const char *secret_read(const char *name, char *buffer);

/*
 * The hash of password, of the kind that crypt(3) takes for new ones
 * (yescrypt), into buffer of size bytes. NULL, or what is wrong, in words.
 */
const char *secret_hash(const char *password, char *buffer, size_t size);

#endif
