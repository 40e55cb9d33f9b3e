/*
 * zip.h - MODE Z of a session (draft-preston-ftpext-deflate): the module, and
 * what the client has chosen.
 */
#ifndef FTPD_ZIP_H
#define FTPD_ZIP_H

#include "ftpd/deflate.h"

#include <stdbool.h>

struct session;

#define ZIP_LEVEL 6 /* zlib's own choice */

struct zip {
	const struct deflate_calls *calls; /* the module, once it is loaded */
	char module[512]; /* its path, found before the sandbox */
	bool on;          /* MODE Z */
	int level;        /* OPTS MODE Z LEVEL, for what is sent */
};

/* Loads the module and switches to MODE Z. 0, or -ENOENT, which is logged. */
int zip_start(struct session *s);

#endif
