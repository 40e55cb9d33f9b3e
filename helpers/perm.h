/*
 * perm.h - what the session's user may do with a directory's entries, for the
 * perm fact of MLSD and MLST.
 */
#ifndef HELPERS_PERM_H
#define HELPERS_PERM_H

#include "helpers/helper.h"

#include <stdbool.h>

struct statx;

/* A directory that is listed, as far as its entries depend on it. */
struct perm_directory {
	bool read_only; /* the file system is */
	bool writable;  /* entries can be made and removed */
	bool sticky;    /* but only by their owners */
};

/* Looks at the open directory. */
struct perm_directory perm_of_directory(const struct helper *h, int fd);

/*
 * The perm fact into out (16 bytes): of an entry of the directory, entry being
 * itself and target what it leads to if it is a link, else the same. fixed:
 * it cannot be removed or renamed (".", "..", the root).
 */
void perm_fact(char *out, const struct helper *h,
    const struct perm_directory *directory, const struct statx *entry,
    const struct statx *target, bool fixed);

#endif
