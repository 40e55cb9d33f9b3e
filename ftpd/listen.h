/*
 * listen.h - the listener of --listen and --serve: accept and fork, no threads.
 */
#ifndef FTPD_LISTEN_H
#define FTPD_LISTEN_H

#include "ftpd/manager.h"
#include "ftpd/serve.h"

#include <stdbool.h>
#include <stddef.h>

#define LISTEN_MAX 16 /* sockets of one listener */

struct listen {
	int sockets[LISTEN_MAX];
	size_t count;
};

/*
 * Binds address (numeric, IPv4 or IPv6; NULL: any of both families) and port.
 * 0, or -errno with a text in *ret_error.
 */
int listen_bind(struct listen *l, const char *address, unsigned port,
    struct conf_error *ret_error);

/* Takes a socket that listens already; false when there are LISTEN_MAX. */
bool listen_add(struct listen *l, int socket);

/* The port of the first socket, for port 0. */
unsigned listen_port(const struct listen *l);

/*
 * Accepts until SIGTERM or SIGINT and serves each client in a process of its
 * own. service->conf, if set, is read again at SIGHUP and when its files
 * change; while it has an error, clients hear 421. Returns the exit status,
 * in the listener and in the children.
 */
int listen_run(struct listen *l, struct service *service,
    const struct manager *manager);

#endif
