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

#endif
