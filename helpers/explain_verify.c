/*
 * explain_verify.c - stands in for verify.c in inftpd-explain, which asks for
 * no password: every usable hash is taken as answered rightly. What the
 * account's state is, users.c judges as in a session.
 *
 * This room is linked to no other program.
 */
#include "config.h"

#include "helpers/verify.h"

#include "helpers/explain.h"
#include "helpers/slurp.h"
#include "helpers/users.h"

#include <crypt.h>
#include <errno.h>
#include <string.h>
#include <time.h>

bool explain_shadow_unseen;

bool
verify_hash(const char *password, const char *hash, const char *stand_in)
{
	(void)password;
	(void)stand_in;
	return users_hash_usable(hash) &&
	    crypt_checksalt(hash) != CRYPT_SALT_INVALID &&
	    crypt_checksalt(hash) != CRYPT_SALT_METHOD_DISABLED;
}

const char *
verify_local(const char *user, const char *password, const char *field,
    struct standin *standin)
{
	struct slurp text = { 0 };
	const char *hash = NULL, *reason;
	int r;

	(void)password;
	(void)standin;
	if (!field)
		return "no such user";
	if (strcmp(field, "x") != 0)
		return *field == '\0'              ? "empty password"
		    : users_hash_usable(field) ? NULL
						   : "no usable password";
	r = slurp("/etc/shadow", &text);
	if (r == -EACCES) {
		explain_shadow_unseen = true;
		return NULL;
	}
	if (r < 0)
		return "/etc/shadow cannot be read";
	reason = users_shadow(text.bytes, text.length, user,
	    (long)(time(NULL) / 86400), &hash);
	slurp_done(&text);
	return reason;
}
