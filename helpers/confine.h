/*
 * confine.h - what is left to the privileged helper before it hears the
 * first request: the calls of a process that reads account files, becomes a
 * user and works on that user's files; none that starts a program, reaches
 * another process or changes the machine.
 *
 * helper.c calls it. confine_none.c has the same functions with nothing in
 * them, for the build that runs under valgrind and the sanitizers and is
 * never installed.
 */
#ifndef HELPERS_CONFINE_H
#define HELPERS_CONFINE_H

#include <stdbool.h>

#include "helpers/filter.h"

/*
 * Sets no_new_privs and the system call filter for good; one filter serves
 * before login and after. 0 or -errno: then the helper must end.
 */
int confine_helper(void);

/*
 * Of the file system only what is below the directory root_fd stays usable,
 * to read, write, make, move and remove, not to execute; and spool_fd, unless
 * that is -1, to make files in. Descriptors that are already open stay as
 * they are. 0; 1 when the kernel has no Landlock, and nothing has changed;
 * or -errno. The first version of Landlock forbids moves between directories:
 * unless it must be, that one is not used either.
 */
int confine_below(int root_fd, int spool_fd, bool must);

/* The system call policy of confine_helper(). For the unit test. */
extern const struct filter_policy confine_policy;

#endif
