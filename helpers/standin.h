/*
 * standin.h - the hash that checking an unknown user costs.
 *
 * One of those that known users have, chosen by the name: so names that do
 * not exist take the times of names that do, in the same proportion, and
 * each always the same. Pure: works on text that somebody else has read.
 */
#ifndef HELPERS_STANDIN_H
#define HELPERS_STANDIN_H

#include "helpers/users.h"

#include <stddef.h>
#include <stdint.h>

struct standin {
	uint64_t weight; /* of the hash chosen so far */
	char hash[USERS_HASH_MAX + 1];
};

/* Starts with a hash that serves where there are no others: yescrypt. */
void standin_init(struct standin *standin);

/*
 * Takes the usable hashes of text, lines with the hash in the second field,
 * into the choice for name. Texts may be added in any order. The choice does
 * not change when lines come or go, but for the one chosen.
 */
void standin_add(struct standin *standin, const char *text, size_t length,
    const char *name);

/* Takes hash, if crypt(3) can compute it, and no other any more. */
void standin_prefer(struct standin *standin, const char *hash);

#endif
