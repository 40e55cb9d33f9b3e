/*
 * database_make.c - the writer of virtual_users_db, see database.h. For
 * inftpd-user; the helper does not link it.
 */
#include "config.h"

#include "helpers/database.h"

#include "helpers/record.h"
#include "helpers/users.h"

#include <cdb.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds the accounts; and of every step-th one the hash to the samples. */
static int
add_all(struct cdb_make *db, char *text, size_t length, size_t step,
    struct slurp *samples)
{
	size_t position = 0, n;
	unsigned number = 0;
	int count = 0;
	char *line;

	while ((line = record_next(text, length, &position, &number, &n))) {
		char *colon = memchr(line, ':', n);
		char copy[RECORD_LINE_MAX + 1];
		struct record record;

		if (!colon || n > RECORD_LINE_MAX)
			return -EINVAL;
		if (cdb_make_add(db, line, (unsigned)(colon - line), line,
		        (unsigned)n) < 0)
			return -errno;
		memcpy(copy, line, n);
		if ((size_t)count++ % step == 0 &&
		    !record_parse(copy, n, &record))
			samples->length += (size_t)sprintf(
			    samples->bytes + samples->length, ":%s:\n",
			    record.hash);
		explicit_bzero(copy, n);
	}
	return count;
}

static size_t
count_lines(char *text, size_t length)
{
	size_t position = 0, n, count = 0;
	unsigned number = 0;

	while (record_next(text, length, &position, &number, &n))
		count++;
	return count;
}

int
database_write(int fd, char *text, size_t length)
{
	size_t step = count_lines(text, length) / DATABASE_SAMPLES + 1;
	struct slurp samples = { .bytes =
		malloc(DATABASE_SAMPLES * (USERS_HASH_MAX + 4)) };
	struct cdb_make db;
	int r;

	if (!samples.bytes)
		return -ENOMEM;
	cdb_make_start(&db, fd);
	r = add_all(&db, text, length, step, &samples);
	if (r >= 0 &&
	    cdb_make_add(&db, "", 0, samples.bytes,
	        (unsigned)samples.length) < 0)
		r = -errno;
	if (cdb_make_finish(&db) < 0 && r >= 0)
		r = -errno;
	slurp_done(&samples);
	return r;
}
