/*
 * below.c - paths below the session's root, see below.h. Called by files.c.
 *
 * The kernel resolves them below the root's descriptor (openat2). Nothing is
 * believed of a path that was looked at before: what is opened in the end is
 * opened without links, if it was they that were followed here.
 */
#include "config.h"

#include "helpers/below.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RENAMES_MAX 100 /* that may get in the way of one path */
#define LINKS_MAX 40 /* symbolic links in one path, as the kernel has it */

int
below_normalise(char *out, const char *path)
{
	size_t used = strlen(out);

	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n == 2 && memcmp(path, "..", 2) == 0) {
			while (used > 0 && out[--used] != '/')
				;
		} else if (n > 0 && !(n == 1 && *path == '.')) {
			if (n > NAME_MAX || used + n + 2 > PATH_MAX)
				return -ENAMETOOLONG;
			if (used > 0)
				out[used++] = '/';
			memcpy(out + used, path, n);
			used += n;
		}
		out[used] = '\0';
		path += n;
		path += strspn(path, "/");
	}
	return 0;
}

/*
 * The kernel gives ".." in a link up with EAGAIN where anything on the machine
 * was renamed meanwhile: it asks to be asked again, and that has an end.
 */
int
below_open(
    const struct helper *h, const char *path, const struct open_how *how)
{
	int fd = -1;

	for (int i = 0; i < RENAMES_MAX; i++) {
		fd = (int)syscall(SYS_openat2, h->root, path, how, sizeof *how);
		if (fd != -1 || errno != EAGAIN)
			break;
	}
	return fd == -1 ? -errno : fd;
}

/*
 * Opens the name that ends at end, where no link may be on the way; one at
 * its end is opened itself.
 */
static int
open_without_links(const struct helper *h, char *path, size_t end)
{
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	char next = path[end];
	int fd;

	path[end] = '\0';
	fd = below_open(h, path, &how);
	path[end] = next;
	return fd;
}

static bool
leads_by_link(const struct helper *h, char *path, size_t end)
{
	int fd = open_without_links(h, path, end);

	if (fd >= 0)
		close(fd);
	return fd == -ELOOP;
}

/* The target if the name that ends at end is a link, and its length. */
static ssize_t
read_link(
    const struct helper *h, char *path, size_t end, char target[PATH_MAX])
{
	int fd = open_without_links(h, path, end);
	ssize_t n;

	if (fd < 0)
		return 0;
	n = readlinkat(fd, "", target, PATH_MAX - 1);
	close(fd);
	if (n <= 0)
		return 0;
	target[n] = '\0';
	return n;
}

/* Replaces the link that ends path[0..end) by its target; rest follows. */
static int
splice_link(char path[PATH_MAX], size_t end, const char *target)
{
	char out[PATH_MAX] = "", rest[PATH_MAX];
	int r = 0;

	strcpy(rest, path + end);
	if (target[0] != '/') {
		size_t parent = end;

		while (parent > 0 && path[parent - 1] != '/')
			parent--;
		path[parent] = '\0';
		r = below_normalise(out, path);
	}
	if (r == 0)
		r = below_normalise(out, target);
	if (r == 0)
		r = below_normalise(out, rest);
	if (r == 0)
		strcpy(path, out);
	return r;
}

/*
 * Where the first link of path ends, or else path, which may end in one.
 * Whether one is on the way to a name is also known for all behind it, so it
 * is searched by halves: a deep path with links is not to cost a look at each
 * part for each of them.
 */
static size_t
find_link(const struct helper *h, char *path)
{
	uint16_t ends[PATH_MAX / 2 + 1];
	size_t length = strlen(path), low = 0, high = 0;

	for (size_t i = 1; i <= length; i++)
		if (path[i] == '/' || path[i] == '\0')
			ends[high++] = (uint16_t)i;
	if (high == 0 || !leads_by_link(h, path, length))
		return length;
	/* No link is on the way to low, one is on that to high. */
	for (high--; high - low > 1;) {
		size_t middle = (low + high) / 2;

		if (leads_by_link(h, path, ends[middle]))
			high = middle;
		else
			low = middle;
	}
	return ends[low];
}

int
below_follow(const struct helper *h, char path[PATH_MAX], bool last)
{
	char target[PATH_MAX];

	for (int links = 0;; links++) {
		size_t end = find_link(h, path);

		if ((path[end] == '\0' && !last) ||
		    read_link(h, path, end, target) == 0)
			return 0;
		if (links == LINKS_MAX)
			return -ELOOP;
		if (splice_link(path, end, target) < 0)
			return -ENAMETOOLONG;
	}
}
