/*
 * database.c - the reader of virtual_users_db, see database.h.
 *
 * The library maps the file and checks each position against its size, so a
 * damaged one gives errors or lines that record_parse() then refuses. The
 * file is only ever replaced, never cut, by who may write it.
 */
#include "config.h"

#include "helpers/database.h"

#include "conf/conf.h"
#include "conf/trusted.h"
#include "helpers/record.h"

#include <cdb.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The value of key, copied. 1, 0, or -errno. */
static int
get(struct cdb *db, const char *key, struct slurp *ret_value)
{
	int r = cdb_find(db, key, (unsigned)strlen(key));
	struct slurp value = { 0 };
	const void *data;

	if (r < 0)
		return -EBADMSG;
	if (r == 0)
		return 0;
	value.length = cdb_datalen(db);
	/* Samples are longer than a line, but not without end. */
	if (value.length > (size_t)DATABASE_SAMPLES * RECORD_LINE_MAX)
		return -EBADMSG;
	data = cdb_getdata(db);
	if (!data)
		return -EBADMSG;
	value.bytes = malloc(value.length + 1);
	if (!value.bytes)
		return -ENOMEM;
	memcpy(value.bytes, data, value.length);
	*ret_value = value;
	return 1;
}

int
database_find_in(int fd, const char *name, struct slurp *ret_line,
    struct slurp *ret_samples)
{
	struct cdb db;
	int r, found;

	*ret_line = (struct slurp){ 0 };
	*ret_samples = (struct slurp){ 0 };
	if (cdb_init(&db, fd) < 0)
		return -EBADMSG;
	found = get(&db, name, ret_line);
	r = get(&db, "", ret_samples);
	cdb_free(&db);
	if (found >= 0 && r < 0)
		slurp_done(ret_line);
	if (found < 0 && r >= 0)
		slurp_done(ret_samples);
	return r < 0 ? r : found;
}

int
database_find(const char *path, const char *name, struct slurp *ret_line,
    struct slurp *ret_samples, struct conf_error *ret_error)
{
	int fd = trusted_open(path, O_RDONLY, ret_error);
	int r;

	*ret_line = (struct slurp){ 0 };
	*ret_samples = (struct slurp){ 0 };
	if (fd < 0)
		return fd;
	r = database_find_in(fd, name, ret_line, ret_samples);
	close(fd);
	if (r < 0)
		snprintf(ret_error->text, sizeof ret_error->text,
		    "%s: no database, or a damaged one; make it anew with "
		    "inftpd-user compile",
		    path);
	return r;
}
