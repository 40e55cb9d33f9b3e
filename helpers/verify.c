/*
 * verify.c - passwords against hashes, see verify.h. Called by auth.c, before
 * login; the hashes are libxcrypt's business.
 */
#include "config.h"

#include "helpers/verify.h"

#include "helpers/slurp.h"
#include "helpers/users.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Without an early way out, so that the time tells nothing of the hash. */
static bool
equal(const char *a, const char *b)
{
	size_t length = strlen(a);
	unsigned char difference = 0;

	if (strlen(b) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(a[i] ^ b[i]);
	return difference == 0;
}

bool
verify_hash(const char *password, const char *hash, const char *stand_in)
{
	/* 32 KiB: too much for the stack of a set-uid program. */
	struct crypt_data *data = calloc(1, sizeof *data);
	const char *setting = users_hash_usable(hash) ? hash : stand_in;
	const char *result;
	bool match = false;

	if (!data)
		return false;
	result = crypt_r(password, setting, data);
	/* A failure token ("*0", "*1") must not equal a stored one. */
	if (result && result[0] != '*' && setting == hash)
		match = equal(result, hash);
	/* A hash that takes no time would tell that the user exists. */
	if (!result || result[0] == '*')
		crypt_r(password, stand_in, data);
	explicit_bzero(data, sizeof *data);
	free(data);
	return match;
}

/* Against shadow(5), or a hash in passwd(5) itself. */
const char *
verify_local(const char *user, const char *password, const char *field,
    struct standin *standin)
{
	struct slurp text = { 0 };
	const char *hash = NULL, *reason;
	int r = slurp("/etc/shadow", &text);

	standin_add(standin, text.bytes, text.length, user);
	if (!field) {
		reason = "no such user";
	} else if (strcmp(field, "x") != 0) {
		hash = field;
		reason = *hash == '\0' ? "empty password" : NULL;
	} else if (r < 0) {
		reason = "/etc/shadow cannot be read";
	} else {
		reason = users_shadow(text.bytes, text.length, user,
		    (long)(time(NULL) / 86400), &hash);
	}
	if (!verify_hash(password, hash, standin->hash) && hash)
		reason = "wrong password";
	else if (!hash && !reason)
		reason = "no usable password";
	slurp_done(&text);
	return reason;
}
