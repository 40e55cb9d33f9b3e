/*
 * slots.h - who is connected: one table, a file with a record for each
 * session, counted whatever started it.
 */
#ifndef FTPD_SLOTS_H
#define FTPD_SLOTS_H

#include "ftpd/addr.h"

#include <stdint.h>

/* This session's record, held by a lock until the process ends. */
struct slots {
	int fd;        /* of the table, or -1 */
	int64_t index; /* -1: none is held */
};

enum slots_result {
	SLOTS_OK,
	SLOTS_FULL,     /* max_clients are there */
	SLOTS_FULL_FOR, /* max_per_ip of this address are there */
};

/* Opens the table at path, which the sandbox forbids later. 0 or -errno. */
int slots_open(struct slots *slots, const char *path);

/*
 * Takes a record of the open table for the client peer, unless max_clients
 * or max_per_ip (0: no limit) are reached. An enum slots_result, or -errno
 * when the table cannot be used. But for SLOTS_OK the table is closed.
 */
int slots_take(struct slots *slots, const union addr *peer,
    int64_t max_clients, int64_t max_per_ip);

/* Gives it back. */
void slots_release(struct slots *slots);

#endif
