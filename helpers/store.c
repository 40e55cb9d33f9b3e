/*
 * store.c - drop-ins and files of virtual users on the disk, see store.h.
 *
 * The lock is on the directory, which is always there and leaves nothing
 * behind. Temporary files begin with a dot, so that no drop-in is made of one
 * that a power cut left.
 */
#include "config.h"

#include "helpers/store.h"

#include "conf/conf.h"
#include "helpers/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRIES 50 /* of a tenth of a second */

static int
fail(struct conf_error *error, int result, const char *path, const char *what)
{
	snprintf(error->text, sizeof error->text, "%.700s: %s", path,
	    what ? what : strerror(-result));
	return result;
}

static int
lock(int dir)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(dir, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			return -errno;
		nanosleep(&pause, NULL);
	}
	return -EWOULDBLOCK;
}

int
store_open(struct store *ret_store, enum entry_kind kind, const char *path,
    struct conf_error *error)
{
	struct store *s = ret_store;
	char parent[PATH_MAX];
	char *slash;
	int r;

	*s = (struct store){ .kind = kind, .dir = -1 };
	if (strlen(path) >= sizeof s->path)
		return fail(error, -ENAMETOOLONG, path, NULL);
	strcpy(s->path, path);
	strcpy(parent, path);
	if (kind == ENTRY_LINE) {
		slash = strrchr(parent, '/');
		s->base = slash ? s->path + (slash - parent) + 1 : s->path;
		strcpy(slash ? slash + (slash == parent) : parent,
		    slash ? "" : ".");
	}
	s->dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir == -1)
		return fail(error, -errno, parent, NULL);
	r = lock(s->dir);
	if (r == 0 && kind == ENTRY_LINE) {
		r = slurp_at(s->dir, s->base, O_NOFOLLOW, &s->text);
		r = r == -ENOENT ? 0 : r;
	}
	if (r == 0)
		return 0;
	store_close(s);
	if (r == -ELOOP)
		return fail(error, r, path, "is a symbolic link; not touched");
	return fail(error, r, path,
	    r == -EWOULDBLOCK ? "somebody else is changing it" : NULL);
}

void
store_close(struct store *s)
{
	slurp_done(&s->text);
	if (s->dir >= 0)
		close(s->dir);
	s->dir = -1;
}

/* Owner, group and mode of the file that is replaced; without it, 0600. */
static int
keep_mode(int dir, const char *base, int fd)
{
	struct stat st;

	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(st.st_mode))
		return -ELOOP;
	if (fchown(fd, st.st_uid, st.st_gid) == -1 && geteuid() == 0)
		return -errno;
	/* Never wider than others may not write. */
	return fchmod(fd, st.st_mode & 0755) == -1 ? -errno : 0;
}

int
store_replace(int dir, const char *base,
    int (*write_it)(int fd, void *context), void *context)
{
	char name[32];
	uint64_t random;
	int fd, r;

	if (getrandom(&random, sizeof random, 0) != sizeof random)
		return -EIO;
	snprintf(name, sizeof name, ".inftpd-user.%016jx", (uintmax_t)random);
	fd = openat(
	    dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return -errno;
	r = keep_mode(dir, base, fd);
	if (r == 0)
		r = write_it(fd, context);
	if (r >= 0 && fsync(fd) == -1)
		r = -errno;
	close(fd);
	if (r >= 0 && renameat(dir, name, dir, base) == -1)
		r = -errno;
	if (r < 0)
		unlinkat(dir, name, 0);
	else if (fsync(dir) == -1)
		r = -errno;
	return r < 0 ? r : 0;
}

static int
write_text(int fd, void *context)
{
	const struct slurp *text = context;
	size_t done = 0;

	while (done < text->length) {
		ssize_t n =
		    write(fd, text->bytes + done, text->length - done);

		if (n == -1)
			return -errno;
		done += (size_t)n;
	}
	return 0;
}

/* Where the line of name is in the text. False if there is none. */
static bool
find_line(const struct slurp *text, const char *name, size_t *ret_start,
    size_t *ret_length)
{
	size_t position = 0, n, name_length = strlen(name);
	unsigned number = 0;
	char *line;

	while ((line = record_next(
	            text->bytes, text->length, &position, &number, &n))) {
		if (n <= name_length || line[name_length] != ':' ||
		    memcmp(line, name, name_length) != 0)
			continue;
		*ret_start = (size_t)(line - text->bytes);
		*ret_length = n;
		return true;
	}
	return false;
}

static int
copy_of(const char *bytes, size_t length, struct slurp *ret_text)
{
	char *copy = malloc(length + 1);

	if (!copy)
		return -ENOMEM;
	if (length > 0)
		memcpy(copy, bytes, length);
	*ret_text = (struct slurp){ copy, length };
	return 0;
}

static void
dropin_name(const char *name, char buffer[NAME_MAX + 1])
{
	snprintf(buffer, NAME_MAX + 1, "%.250s.conf", name);
}

int
store_get(struct store *s, const char *name, struct slurp *ret_entry,
    struct conf_error *error)
{
	char base[NAME_MAX + 1];
	size_t start, length;
	int r;

	if (s->kind == ENTRY_LINE) {
		if (!find_line(&s->text, name, &start, &length))
			return 0;
		r = copy_of(s->text.bytes + start, length, ret_entry);
		return r < 0 ? fail(error, r, s->path, NULL) : 1;
	}
	dropin_name(name, base);
	r = slurp_at(s->dir, base, O_NOFOLLOW, ret_entry);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return fail(error, r, base,
		    r == -ELOOP ? "is a symbolic link; not touched" : NULL);
	return 1;
}

/* The file's text with a line replaced, added or taken out. */
static int
put_line(struct store *s, const char *name, const struct slurp *entry)
{
	struct slurp text = { 0 };
	size_t start = s->text.length, length = 0, rest;
	bool found = find_line(&s->text, name, &start, &length);
	FILE *out = open_memstream(&text.bytes, &text.length);

	if (!out)
		return -ENOMEM;
	fwrite(s->text.bytes, 1, start, out);
	if (!found && start > 0 && s->text.bytes[start - 1] != '\n')
		fputc('\n', out);
	rest = start + length;
	if (entry)
		fwrite(entry->bytes, 1, entry->length, out);
	if (entry && (!found || rest == s->text.length))
		fputc('\n', out);
	if (!entry && rest < s->text.length)
		rest++; /* its line end, too */
	fwrite(s->text.bytes + rest, 1, s->text.length - rest, out);
	if (fclose(out) == EOF) {
		free(text.bytes);
		return -ENOMEM;
	}
	slurp_done(&s->text);
	s->text = text;
	s->changed = true;
	return 0;
}

int
store_put(struct store *s, const char *name, const struct slurp *entry,
    struct conf_error *error)
{
	struct slurp text = entry ? *entry : (struct slurp){ 0 };
	char base[NAME_MAX + 1];
	int r;

	dropin_name(name, base);
	if (s->kind == ENTRY_LINE)
		r = put_line(s, name, entry);
	else if (entry)
		r = store_replace(s->dir, base, write_text, &text);
	else
		r = unlinkat(s->dir, base, 0) == -1 ? -errno : 0;
	if (r < 0)
		return fail(error, r,
		    s->kind == ENTRY_LINE ? s->path : base, NULL);
	return 0;
}

int
store_commit(struct store *s, struct conf_error *error)
{
	int r = 0;

	if (s->kind == ENTRY_LINE && s->changed)
		r = store_replace(s->dir, s->base, write_text, &s->text);
	else if (s->kind == ENTRY_DROPIN && fsync(s->dir) == -1)
		r = -errno;
	if (r < 0)
		return fail(error, r, s->path, NULL);
	s->changed = false;
	return 0;
}

static int
each_line(struct store *s,
    int (*each)(void *context, const char *name, unsigned line,
        const struct slurp *entry),
    void *context)
{
	size_t position = 0, n;
	unsigned number = 0;
	int count = 0, r = 0;
	char *line;

	while (r >= 0 && (line = record_next(s->text.bytes, s->text.length,
	                      &position, &number, &n))) {
		char *colon = memchr(line, ':', n);
		char *name = colon ? strndup(line, (size_t)(colon - line))
				   : NULL;
		struct slurp entry = { line, n };

		r = each(context, name, number, &entry);
		free(name);
		count++;
	}
	return r < 0 ? r : count;
}

static int
is_dropin(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 &&
	    strcmp(entry->d_name + length - 5, ".conf") == 0;
}

int
store_each(struct store *s,
    int (*each)(void *context, const char *name, unsigned line,
        const struct slurp *entry),
    void *context, struct conf_error *error)
{
	struct dirent **list;
	int r = 0, count;

	if (s->kind == ENTRY_LINE)
		return each_line(s, each, context);
	count = scandir(s->path, &list, is_dropin, alphasort);
	if (count == -1)
		return fail(error, -errno, s->path, NULL);
	for (int i = 0; i < count; i++) {
		struct slurp entry = { 0 };

		list[i]->d_name[strlen(list[i]->d_name) - 5] = '\0';
		if (r >= 0)
			r = store_get(s, list[i]->d_name, &entry, error);
		if (r > 0)
			r = each(context, list[i]->d_name, 0, &entry);
		slurp_done(&entry);
		free(list[i]);
	}
	free(list);
	return r < 0 ? r : count;
}
