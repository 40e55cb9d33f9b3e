/*
 * database.h - virtual_users_db: the lines of a virtual_users_file in a
 * constant database, for very many users.
 *
 * A name is the key of its line (record.h). The key of no bytes has samples
 * of the hashes, for what unknown users cost. The helper reads, inftpd-user
 * writes; database_none.c stands in where configure was told --without-cdb.
 */
#ifndef HELPERS_DATABASE_H
#define HELPERS_DATABASE_H

#include "helpers/slurp.h"

#include <stddef.h>

struct conf_error;

/* Hashes among the samples. */
#define DATABASE_SAMPLES 32

/*
 * Looks for name in the database at path, a trusted one (trusted.h). 1 with the
 * line in *ret_line, the caller's to free by slurp_done(); 0 if there is
 * none; -errno with *ret_error filled. Unless it fails, *ret_samples has the
 * samples as lines ":HASH:", or nothing, and is the caller's, too.
 */
int database_find(const char *path, const char *name,
    struct slurp *ret_line, struct slurp *ret_samples,
    struct conf_error *ret_error);

/* The same in the open file fd, -EBADMSG for a damaged one. */
int database_find_in(int fd, const char *name, struct slurp *ret_line,
    struct slurp *ret_samples);

/*
 * Writes the accounts of text (which is changed) as a database to the file
 * fd, which is empty. The text must have no line that record_parse() refuses
 * and no name twice. The number of accounts, or -errno.
 */
int database_write(int fd, char *text, size_t length);

#endif
