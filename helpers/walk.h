/*
 * walk.h - the walk over a directory that feeds a listing into a pipe.
 */
#ifndef HELPERS_WALK_H
#define HELPERS_WALK_H

#include "helpers/helper.h"

/* What is to be listed. */
struct walk_request {
	char path[PATH_MAX];     /* absolute, seen from the root */
	char shown[PATH_MAX];    /* the argument as typed; "" for none */
	enum wire_format format;
	unsigned options;        /* WIRE_LIST_ bits */
	unsigned facts;          /* WIRE_FACT_ bits */
};

/*
 * Checks rights, opens what path names (a directory, one file, or a directory
 * and a pattern) and makes the pipe. Returns the pipe's read end, the
 * caller's, or -errno; -ENOTDIR for MLSD of a file.
 */
int walk_begin(struct helper *h, const struct walk_request *request);

/*
 * Writes the listing that walk_begin() prepared and closes the pipe. Ends
 * early when nobody reads any more. Memory grows with the number of names
 * only where they have to be sorted.
 */
void walk_run(struct helper *h);

#endif
