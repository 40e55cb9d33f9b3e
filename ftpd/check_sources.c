/*
 * check_sources.c - part of --check-config: where virtual users come from,
 * and where records of uploads go, see check.h. The helper opens these as
 * root and believes them, so they must be nobody else's.
 */
#include "config.h"

#include "conf/trusted.h"
#include "ftpd/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
check_trusted(struct check *c, const char *directive, const char *path,
    int flags, const char *outcome)
{
	struct conf_error error;
	int fd = path ? trusted_open(path, flags, &error) : -ENOENT;

	if (fd >= 0)
		close(fd);
	else if (path && fd == -EACCES && !c->sees_all && !c->service->quick)
		check_say(c, CHECK_NOTE, directive,
		    "%s; only root could look into it", error.text);
	else if (path)
		check_say(c, CHECK_ERROR, directive, "%s; %s", error.text,
		    outcome);
}

/* As spool_open() of the helper has it. */
static void
check_spool(struct check *c)
{
	const char *path = c->conf->upload_spool_dir;
	struct stat own, above;
	char parent[4200];

	if (!path)
		return;
	snprintf(parent, sizeof parent, "%s/..", path);
	if (stat(path, &own) == -1 || stat(parent, &above) == -1)
		check_say(c, errno == EACCES && !c->sees_all ? CHECK_NOTE
							     : CHECK_ERROR,
		    "upload_spool_dir", "%s: %s; nobody can log in until it "
		    "is a directory", path, strerror(errno));
	else if (!S_ISDIR(own.st_mode))
		check_say(c, CHECK_ERROR, "upload_spool_dir",
		    "%s is no directory; nobody can log in until it is", path);
	else if (c->service->quick)
		return;
	else if (!(own.st_mode & S_ISVTX) || (own.st_mode & 0003) != 0003)
		check_say(c, CHECK_ERROR, "upload_spool_dir",
		    "%s: sessions of all users write here, and must not "
		    "remove each other's records; chmod 1733 %s", path, path);
	else if (above.st_uid != 0 || (above.st_mode & S_IRWXO) != 0)
		check_say(c, CHECK_ERROR, "upload_spool_dir",
		    "%s: the directory above it must be root's and closed to "
		    "others; chown root %s; chmod o= %s", path, parent, parent);
}

void
check_sources(struct check *c)
{
	const struct conf *conf = c->conf;

	if (conf->virtual_enable) {
		check_trusted(c, "virtual_users_file",
		    conf->virtual_users_file, O_RDONLY,
		    "users without a drop-in cannot log in until this is "
		    "mended");
		check_trusted(c, "virtual_users_db", conf->virtual_users_db,
		    O_RDONLY, "users without a drop-in cannot log in until "
			      "this is mended");
		check_trusted(c, "auth_socket", conf->auth_socket, O_PATH,
		    "users that are not listed here cannot log in until the "
		    "authenticator is there");
	}
	check_spool(c);
}
