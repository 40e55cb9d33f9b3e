/*
 * spool.h - upload_spool_dir: a record of each upload that is complete, for
 * others to find and consume.
 */
#ifndef HELPERS_SPOOL_H
#define HELPERS_SPOOL_H

#include <sys/stat.h>

struct helper;

/*
 * Opens the directory, before the change of identity. 0, also where none is
 * configured, or -errno, logged: then nobody is let in.
 */
int spool_open(struct helper *h);

/*
 * Writes the record of a file, which path names as the session sees it and st
 * describes. It appears whole or not at all. 0 or -errno, logged.
 */
int spool_record(struct helper *h, const char *path, const struct stat *st);

#endif
