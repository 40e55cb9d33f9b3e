/*
 * become.h - turn into the user for good, and prove it.
 */
#ifndef HELPERS_BECOME_H
#define HELPERS_BECOME_H

#include "helpers/helper.h"

/*
 * Loads what later needs files outside the root (time zone), enters the
 * account's root, becomes its user and gives up every capability that the
 * session's configuration does not call for; then reads all of it back.
 * Without privilege it confines itself to the root by Landlock instead.
 * Sets h->root. 0, -ENOENT or other -errno while still itself when the root
 * cannot be entered; after the first step that cannot be undone any failure
 * ends the process.
 */
int become_account(struct helper *h, const struct account *account);

/*
 * Opens the regular file path for reading with no more rights than uid and gid
 * have, and is root again. The descriptor, or -errno. Without privilege it
 * opens the file and that is all. Ends the process if there is no way back.
 */
int become_open(struct helper *h, uid_t uid, gid_t gid, const char *path);

#endif
