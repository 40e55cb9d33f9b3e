/*
 * verify.h - is this the password? A room of its own, so that inftpd-explain,
 * which asks nobody for a password, can be linked with another one
 * (explain_verify.c) while the helper has no way past this.
 */
#ifndef HELPERS_VERIFY_H
#define HELPERS_VERIFY_H

#include "helpers/standin.h"

#include <stdbool.h>

/*
 * Does password match hash? Takes the time that hash takes whatever the
 * answer; an empty, locked or unusable hash never matches, and costs what
 * `stand_in`, a hash too, costs; so does one that crypt(3) cannot read.
 */
bool verify_hash(const char *password, const char *hash, const char *stand_in);

/*
 * Is it the password of the local user? field is the second of his passwd(5)
 * entry, NULL if there is none. NULL if so and his shadow(5) entry lets him
 * in, else why not, in words for the log. The hashes of shadow(5) are added
 * to standin, and if there is no such user he costs what that then has.
 */
const char *verify_local(const char *user, const char *password,
    const char *field, struct standin *standin);

#endif
