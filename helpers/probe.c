/*
 * probe.c - changes that are not made, see probe.h. Called by explain_path.c.
 *
 * The kernel looks at permissions before it looks at kinds: rmdir() of a file
 * and unlink() of a directory fail for want of permission, or else with
 * ENOTDIR and EISDIR, and remove nothing either way. Where there is no such
 * call, permission is asked for by faccessat().
 */
#include "config.h"

#include "helpers/probe.h"

#include "helpers/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int
open_parent(struct helper *h, const char *path, unsigned right,
    char name[NAME_MAX + 1])
{
	int r = files_permit(h, right);

	return r < 0 ? r : files_open_parent(h, path, name);
}

static int
may_add(int parent)
{
	return faccessat(parent, ".", W_OK | X_OK, 0) == -1 ? -errno : 0;
}

/* May this name be taken out of its directory? By asking for the wrong. */
static int
may_remove(int parent, const char *name, bool *ret_directory)
{
	struct stat st;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -errno;
	*ret_directory = S_ISDIR(st.st_mode);
	if (unlinkat(parent, name, *ret_directory ? 0 : AT_REMOVEDIR) == 0)
		return -EAGAIN; /* somebody has just put another there */
	return errno == (*ret_directory ? EISDIR : ENOTDIR) ? 0 : -errno;
}

static bool
is_empty(int parent, const char *name)
{
	int fd = openat(parent, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool empty = true;

	if (!dir && fd != -1)
		close(fd);
	while (dir && (entry = readdir(dir)) != NULL)
		empty = empty && (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0);
	if (dir)
		closedir(dir);
	return empty;
}

int
probe_mkdir(struct helper *h, const char *path)
{
	char name[NAME_MAX + 1];
	struct stat st;
	int r, parent = open_parent(h, path, WIRE_MAY_MKDIR, name);

	if (parent < 0)
		return parent == -EBUSY ? -EEXIST : parent;
	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		r = -EEXIST;
	else
		r = errno == ENOENT ? may_add(parent) : -errno;
	close(parent);
	return r;
}

/* May the last name of path be removed, which is a directory or is none? */
static int
may_remove_path(struct helper *h, const char *path, bool wants_directory)
{
	char name[NAME_MAX + 1];
	bool directory = false;
	int r, parent = open_parent(h, path, WIRE_MAY_DELETE, name);

	if (parent < 0)
		return parent;
	r = may_remove(parent, name, &directory);
	if (r == 0 && directory != wants_directory)
		r = directory ? -EISDIR : -ENOTDIR;
	if (r == 0 && directory && !is_empty(parent, name))
		r = -ENOTEMPTY;
	close(parent);
	return r;
}

int
probe_rmdir(struct helper *h, const char *path)
{
	return may_remove_path(h, path, true);
}

int
probe_unlink(struct helper *h, const char *path)
{
	return may_remove_path(h, path, false);
}

/* The name that it is to bear: what is there must go, or room be made. */
static int
may_replace(struct helper *h, const char *path, bool with_directory)
{
	char name[NAME_MAX + 1];
	bool directory = false;
	int r, parent = files_open_parent(h, path, name);

	if (parent < 0)
		return parent;
	r = may_remove(parent, name, &directory);
	if (r == 0 && directory && !with_directory)
		r = -EISDIR;
	else if (r == 0 && !directory && with_directory)
		r = -ENOTDIR;
	else if (r == 0 && directory && !is_empty(parent, name))
		r = -ENOTEMPTY;
	else if (r == -ENOENT)
		r = may_add(parent);
	if (r == 0 && !with_directory)
		r = files_name_fits(h, name, h->conf.upload_file);
	close(parent);
	return r;
}

int
probe_rename(struct helper *h, const char *from, const char *to)
{
	char name[NAME_MAX + 1];
	bool directory = false;
	int r, parent = open_parent(h, from, WIRE_MAY_DELETE, name);

	if (parent < 0)
		return parent;
	r = may_remove(parent, name, &directory);
	close(parent);
	if (r == 0 && to[0] != '\0')
		r = may_replace(h, to, directory);
	return r;
}

/* Only its owner may change what a file's status says. */
static int
must_own(struct helper *h, const char *path, unsigned right)
{
	struct stat st;
	int r = files_permit(h, right);

	if (r == 0)
		r = files_stat(h, path, &st);
	if (r == 0 && st.st_uid != geteuid())
		r = -EPERM;
	return r;
}

int
probe_chmod(struct helper *h, const char *path)
{
	return must_own(h, path, WIRE_MAY_CHMOD);
}

int
probe_utime(struct helper *h, const char *path)
{
	return must_own(h, path, WIRE_MAY_UTIME);
}
