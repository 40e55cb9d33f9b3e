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
	int fd;        /* -1: none is held */
	int64_t index;
};

enum slots_result {
	SLOTS_OK,
	SLOTS_FULL,     /* max_clients are there */
	SLOTS_FULL_FOR, /* max_per_ip of this address are there */
};

/*
 * Takes a record of the table at path for the client peer, unless max_clients
 * or max_per_ip (0: no limit) are reached. An enum slots_result, or -errno
 * when the table cannot be used.
 */
int slots_take(struct slots *ret_slots, const char *path,
    const union addr *peer, int64_t max_clients, int64_t max_per_ip);

/* Gives it back. */
void slots_release(struct slots *slots);

#endif
