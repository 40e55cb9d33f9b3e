/*
 * virtual.h - virtual users that no drop-in is for: those of
 * virtual_users_file and virtual_users_db.
 *
 * Called by auth.c before login. What a record says is handed on as lines of
 * a drop-in, so that one parser judges whatever users may have.
 */
#ifndef HELPERS_VIRTUAL_H
#define HELPERS_VIRTUAL_H

#include "helpers/helper.h"
#include "helpers/record.h"
#include "helpers/standin.h"
#include "helpers/users.h"

/* A virtual user found. */
struct virtual_user {
	char hash[USERS_HASH_MAX + 1];
	char settings[RECORD_SETTINGS_MAX]; /* as of a drop-in */
	char where[PATH_MAX + 16];          /* FILE:LINE, for the log */
};

/*
 * Looks for user in the file, then in the database, in both in any case. 1
 * with *ret_user filled; 0 if there is none; -EACCES when a source cannot be
 * read or the account is disabled, with *ret_reason for the log, and file
 * and line in the log already. Adds the hashes of others to stand_in.
 */
int virtual_find(struct helper *h, const char *user,
    struct virtual_user *ret_user, struct standin *stand_in,
    const char **ret_reason);

#endif
