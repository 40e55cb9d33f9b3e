/*
 * move.h - one step of a transfer: bytes between a file or pipe and the data
 * connection, converted on the way.
 */
#ifndef FTPD_MOVE_H
#define FTPD_MOVE_H

#include <stdbool.h>
#include <stddef.h>

struct session;

/* What a step says; less than 0 is the errno that ends the transfer. */
enum {
	MOVE_WAIT = 0,  /* for poll() */
	MOVE_AGAIN = 1, /* there may be more to do at once */
	MOVE_DONE = 2,  /* all has been moved */
};

/* Does it send a file as it is, so that nobody here has to see the bytes? */
bool move_whole(const struct session *s);

/* Gets the buffer, if this transfer needs one. 0 or -errno. */
int move_prepare(struct session *s);

/* Moves about most bytes, counted as the network sees them. */
int move_step(struct session *s, size_t most);

#endif
