/*
 * deflate.h - compression for MODE Z. It is zlib's, in a module of its own
 * (deflate.so), which is loaded when a client says MODE Z and which no other
 * session maps. deflate.c alone includes zlib.
 */
#ifndef FTPD_DEFLATE_H
#define FTPD_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What the module deflate.so exports, by this name. */
#define DEFLATE_SYMBOL "deflate_calls"

struct deflate_stream; /* one transfer's */

struct deflate_calls {
	/* To compress at a level of 0 to 9, or to expand. NULL: no memory. */
	struct deflate_stream *(*begin)(bool compress, int level);

	/*
	 * Takes of the length bytes at *in, moves *in and *length along, and
	 * gives up to room bytes to out. last: nothing will come behind these.
	 * Returns how many it gave, -EBADMSG when what came is damaged, or
	 * -ENOMEM.
	 */
	ssize_t (*run)(struct deflate_stream *stream, const char **in,
	    size_t *length, char *out, size_t room, bool last);

	/* Has all been given, or, expanding, the end been seen? */
	bool (*ended)(const struct deflate_stream *stream);

	void (*free)(struct deflate_stream *stream);
};

#endif
