/*
 * manager.c - loads systemd.so for the listener, see manager.h.
 */
#include "config.h"

#include "ftpd/manager.h"

#include "ftpd/module.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int
manager_open(struct manager *ret_manager)
{
	char error[256];

	ret_manager->calls = NULL;
	if (!getenv("LISTEN_FDS") && !getenv("NOTIFY_SOCKET"))
		return 0;
	ret_manager->calls =
	    module_load("systemd.so", MANAGER_SYMBOL, error, sizeof error);
	if (ret_manager->calls || !getenv("LISTEN_FDS"))
		return 0;
	fprintf(stderr, "inftpd: sockets were handed over (LISTEN_FDS), but "
			"%s\n", error);
	return -ENOENT;
}

int
manager_listen_fds(const struct manager *m, int *ret_sockets, size_t max)
{
	return m->calls ? m->calls->listen_fds(ret_sockets, max) : 0;
}

void
manager_notify(const struct manager *m, const char *state)
{
	if (m->calls)
		m->calls->notify(state);
}
