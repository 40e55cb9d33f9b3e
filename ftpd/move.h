/*
 * move.h - one step of a transfer: bytes between a file or pipe and the data
 * connection, converted on the way.
 */
#ifndef FTPD_MOVE_H
#define FTPD_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

/* What a step says; less than 0 is the errno that ends the transfer. */
enum {
	MOVE_WAIT = 0,  /* for poll() */
	MOVE_AGAIN = 1, /* there may be more to do at once */
	MOVE_DONE = 2,  /* all has been moved */
};

/* Does it send a file as it is, so that nobody here has to see the bytes? */
bool move_whole(const struct session *s);

/* Gets the buffers, if this transfer needs some. 0 or -errno. */
int move_prepare(struct session *s);

/* Frees what move_prepare() got. */
void move_done(struct session *s);

/* Is there something to do that the network need not be waited for? */
bool move_pending(const struct session *s);

/* Bytes of the file, without compression, so far. */
int64_t move_file_bytes(const struct session *s);

/* Moves about most bytes, counted as the network sees them. */
int move_step(struct session *s, size_t most);

#endif
