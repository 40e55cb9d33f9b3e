/*
 * sandbox_none.c - no sandbox, see sandbox.h.
 *
 * Linked instead of sandbox.c into the build that runs under valgrind,
 * AddressSanitizer and LeakSanitizer: they start threads, read /proc and
 * trace themselves, all of which the sandbox is there to refuse. That build
 * is never installed, and *ret_have says what it is.
 */
#include "config.h"

#include "ftpd/sandbox.h"

#include "helpers/filter.h"

int
sandbox_enter(const char *const *readable_exec_dirs,
    const char *const *readable_files, bool tls, unsigned *ret_have)
{
	(void)readable_exec_dirs;
	(void)readable_files;
	(void)tls;
	*ret_have = 0;
	return 0;
}

void
sandbox_policy(bool may_open, bool tls, struct filter_policy *ret_policy)
{
	(void)may_open;
	(void)tls;
	*ret_policy = (struct filter_policy){0};
}
