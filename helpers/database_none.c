/*
 * database_none.c - in place of database.c and database_make.c where there is
 * no library for constant databases: virtual_users_db then lets nobody in,
 * and says why.
 */
#include "config.h"

#include "helpers/database.h"

#include "conf/conf.h"

#include <errno.h>

int
database_find(const char *path, const char *name, struct slurp *ret_line,
    struct slurp *ret_samples, struct conf_error *ret_error)
{
	(void)name;
	*ret_line = (struct slurp){ 0 };
	*ret_samples = (struct slurp){ 0 };
	snprintf(ret_error->text, sizeof ret_error->text,
	    "%s: this inftpd was built without cdb; use virtual_users_file",
	    path);
	return -EOPNOTSUPP;
}

int
database_find_in(int fd, const char *name, struct slurp *ret_line,
    struct slurp *ret_samples)
{
	(void)fd;
	(void)name;
	*ret_line = (struct slurp){ 0 };
	*ret_samples = (struct slurp){ 0 };
	return -EOPNOTSUPP;
}

int
database_write(int fd, char *text, size_t length)
{
	(void)fd;
	(void)text;
	(void)length;
	return -EOPNOTSUPP;
}
