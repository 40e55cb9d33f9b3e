/*
 * manager.h - what the listener needs of systemd: sockets and readiness. It is
 * libsystemd's, in a module of its own (systemd.so), which no session maps.
 */
#ifndef FTPD_MANAGER_H
#define FTPD_MANAGER_H

#include <stddef.h>

/* What the module systemd.so exports, by this name. */
#define MANAGER_SYMBOL "manager_calls"

struct manager_calls {
	/* Sockets handed over by LISTEN_FDS; their number, or -errno. */
	int (*listen_fds)(int *ret_sockets, size_t max);
	/* READY=1 and its like; without a manager nothing happens. */
	void (*notify)(const char *state);
};

struct manager {
	const struct manager_calls *calls; /* NULL: no service manager */
};

/*
 * Loads the module if a service manager has started this process (LISTEN_FDS
 * or NOTIFY_SOCKET set). 0; -ENOENT when it is needed for LISTEN_FDS and not
 * there, with a message on standard error.
 */
int manager_open(struct manager *ret_manager);

/* As the calls above; without a manager 0 and nothing. */
int manager_listen_fds(const struct manager *m, int *ret_sockets, size_t max);
void manager_notify(const struct manager *m, const char *state);

#endif
