/*
 * trusted.c - paths that lead through root's directories only, see trusted.h.
 *
 * The path is walked one component at a time, each opened relative to the one
 * before and judged by its descriptor: what was judged is what is used.
 */
#include "config.h"

#include "conf/trusted.h"

#include "conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For `return fail(...)`: the part of path up to end, and what it is. */
static int
fail(struct conf_error *error, int result, const char *path, const char *end,
    const char *what)
{
	snprintf(error->text, sizeof error->text, "%.*s: %s",
	    (int)(end > path ? end - path : 1), path, what);
	return result;
}

/* Could anybody but root (or, without privilege, the caller) change it? */
static const char *
judge(int fd, bool last, bool is_socket)
{
	uid_t caller = geteuid();
	struct stat st;

	if (fstat(fd, &st) == -1)
		return "cannot be examined";
	if (S_ISLNK(st.st_mode))
		return "is a symbolic link; name the real path";
	if (!last && !S_ISDIR(st.st_mode))
		return "is no directory";
	if (last && is_socket && !S_ISSOCK(st.st_mode))
		return "is no socket";
	if (last && !is_socket && !S_ISREG(st.st_mode))
		return "is no regular file";
	if (st.st_uid != 0 && st.st_uid != caller)
		return "belongs to somebody else than root (chown root)";
	/* Anybody may connect to a socket; it is in nobody's hand but its owner's. */
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !(last && is_socket) &&
	    !(!last && (st.st_mode & S_ISVTX)))
		return "is writable by group or others; take that away "
		       "(chmod go-w)";
	return NULL;
}

int
trusted_open(const char *path, int flags, struct conf_error *ret_error)
{
	int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *problem = at >= 0 ? judge(at, false, false) : NULL;
	const char *part = path + strspn(path, "/"), *end = part;

	while (at >= 0 && !problem && *part != '\0') {
		char name[NAME_MAX + 1];
		size_t length = strcspn(part, "/");
		bool last = part[length + strspn(part + length, "/")] == '\0';
		int fd = -1;

		end = part + length;
		if (length <= NAME_MAX) {
			memcpy(name, part, length);
			name[length] = '\0';
			fd = openat(at, name,
			    O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
			        (last ? flags : O_PATH));
		} else {
			errno = ENAMETOOLONG;
		}
		if (fd == -1 && errno == ELOOP)
			problem = "is a symbolic link; name the real path";
		close(at);
		at = fd;
		if (at >= 0)
			problem = judge(at, last, (flags & O_PATH) != 0);
		part = end + strspn(end, "/");
	}
	if (!problem && at >= 0 && end > path + strspn(path, "/"))
		return at;
	if (!problem)
		return fail(ret_error, -errno, path, end, strerror(errno));
	if (at >= 0)
		close(at);
	return fail(ret_error, -EPERM, path, end, problem);
}
