/*
 * below.h - paths below the session's root: made plain, opened, and their
 * symbolic links followed by hand. Relative ones, "" or "." for the root.
 */
#ifndef HELPERS_BELOW_H
#define HELPERS_BELOW_H

#include "helpers/helper.h"

#include <linux/openat2.h>

/*
 * Appends the components of path to out, which has room for PATH_MAX bytes,
 * resolving "." and "..". 0 or -ENAMETOOLONG.
 */
int below_normalise(char *out, const char *path);

/* openat2() below the root. A descriptor, the caller's, or -errno. */
int below_open(
    const struct helper *h, const char *path, const struct open_how *how);

/*
 * Puts what each link in path, the last component's only if last, leads to in
 * its place, so that deny_file and its like see the real names. What is not
 * there stays as it is. 0, -ELOOP or -ENAMETOOLONG. Slow, and done for
 * sessions with one of these only.
 */
int below_follow(const struct helper *h, char path[PATH_MAX], bool last);

#endif
