/*
 * upload.c - files that come in, see upload.h.
 *
 * Called by helper.c as the user. What a failed upload leaves is only ever
 * touched if it still is the very file that this session made.
 */
#include "config.h"

#include "helpers/upload.h"

#include "helpers/files.h"
#include "helpers/rights.h"
#include "helpers/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define UNIQUE_TRIES 100
#define SUFFIX_LENGTH 6 /* random characters of a made-up name */

static void
forget(struct upload *upload)
{
	if (upload->parent >= 0)
		close(upload->parent);
	*upload = (struct upload){ .parent = -1 };
}

static unsigned
needed_rights(enum wire_open how, uint64_t offset, bool exists)
{
	unsigned rights = WIRE_MAY_UPLOAD;

	if (exists || offset > 0 || how == WIRE_OPEN_APPEND ||
	    how == WIRE_OPEN_APPEND_CHECK)
		rights |= WIRE_MAY_OVERWRITE;
	return rights;
}

/*
 * Opens the parent and learns whether the target exists. A last name that is
 * a symbolic link is followed below the root, as any other path is; but where
 * it leads to nothing, nothing is made there.
 */
static int
find_target(struct helper *h, const char *path, enum wire_open how,
    struct place *ret_place, char name[NAME_MAX + 1], bool *ret_exists)
{
	struct stat st;
	int fd, parent = files_open_parent(h, path, name);
	int r;

	if (parent < 0)
		return parent == -EBUSY ? -EISDIR : parent;
	r = files_place(h, path, true, ret_place);
	if (r == 0 && how != WIRE_OPEN_UNIQUE)
		r = files_name_fits(
		    h, ret_place->path, h->conf.upload_file);
	if (r == 0) {
		fd = files_open_place(h, ret_place, O_PATH, 0);
		*ret_exists = fd >= 0;
		if (fd >= 0)
			close(fd);
		else if (fd != -ENOENT)
			r = fd;
		else if (how != WIRE_OPEN_UNIQUE &&
		    fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			r = -EEXIST;
	}
	if (r == 0)
		return parent;
	close(parent);
	return r;
}

static int
lock_exclusive(struct helper *h, int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (!h->conf.lock_upload_files ||
	    fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EAGAIN || errno == EACCES ? -EAGAIN : 0;
}

static int
check_existing(struct helper *h, const struct place *place, bool locks,
    uint64_t offset, mode_t *ret_mode)
{
	struct stat st;
	int fd = files_open_place(h, place, O_WRONLY | O_NONBLOCK, 0);
	int r = 0;

	if (fd < 0)
		return fd == -ENXIO ? -EINVAL : fd;
	if (fstat(fd, &st) == -1)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	else if (offset > (uint64_t)st.st_size)
		r = -ERANGE;
	else if (locks)
		r = lock_exclusive(h, fd); /* until close() */
	if (r == 0)
		*ret_mode = st.st_mode & 0777;
	close(fd);
	return r;
}

/*
 * The parent of the file that path leads to by links, which a rename would not
 * follow; ret_path is its own path. -errno otherwise. The parent that path
 * had is closed.
 */
static int
follow_links(struct helper *h, const char *path, int parent,
    char ret_path[PATH_MAX + 1], char name[NAME_MAX + 1])
{
	struct place place;
	int r = files_real_place(h, path, true, &place);

	close(parent);
	if (r < 0)
		return r;
	ret_path[0] = '/';
	strcpy(ret_path + 1, place.path);
	return files_open_parent(h, ret_path, name);
}

/* Appends '.' and random letters to as much of base as fits a name. */
static int
make_name(char name[NAME_MAX + 1], const char *prefix, const char *base)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char random[SUFFIX_LENGTH];
	char suffix[SUFFIX_LENGTH + 1] = "";

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return -EAGAIN;
	for (size_t i = 0; i < SUFFIX_LENGTH; i++)
		suffix[i] = letters[random[i] & 31];
	snprintf(name, NAME_MAX + 1, "%s%.*s.%s", prefix,
	    NAME_MAX - SUFFIX_LENGTH - 1 - (int)strlen(prefix), base, suffix);
	return 0;
}

/* The directory must take a new name, if need be one that is made up. */
static int
check_directory(struct helper *h, int parent, const char *base, bool made_up)
{
	char name[NAME_MAX + 1];
	int r = made_up ? make_name(name, "", base) : 0;

	if (r == 0 && made_up)
		r = files_name_fits(h, name, h->conf.upload_file);
	if (r == 0 && faccessat(parent, ".", W_OK | X_OK, 0) == -1)
		r = -errno;
	return r;
}

int
upload_check(struct helper *h, const char *path, enum wire_open how,
    uint64_t offset)
{
	char name[NAME_MAX + 1], real[PATH_MAX + 1];
	struct place place;
	bool exists = false, unique = how == WIRE_OPEN_UNIQUE;
	bool atomic = h->conf.upload_atomic && offset == 0 &&
	    how == WIRE_OPEN_STORE_CHECK;
	mode_t mode;
	int r, parent = files_permit(h, WIRE_MAY_UPLOAD);

	if (parent == 0)
		parent = find_target(h, path, how, &place, name, &exists);
	if (parent < 0)
		return parent;
	r = files_permit(h, needed_rights(how, offset, exists && !unique));
	if (r == 0 && exists && !unique)
		r = check_existing(h, &place,
		    how != WIRE_OPEN_APPEND_CHECK && !atomic, offset, &mode);
	else if (r == 0 && !exists && offset > 0)
		r = -ERANGE;
	if (r == 0 && exists && atomic)
		parent = follow_links(h, path, parent, real, name);
	if (parent < 0)
		return parent;
	if (r == 0 && (!exists || unique || atomic))
		r = check_directory(h, parent, name, unique);
	close(parent);
	return r;
}

/* Creates a file that nobody has yet, in place of `base`. */
static int
create_new(struct helper *h, int parent, const char *prefix,
    const char *base, const char *pattern, char name[NAME_MAX + 1])
{
	int fd = -1, r;

	for (int i = 0; i < UNIQUE_TRIES && fd == -1; i++) {
		r = make_name(name, prefix, base);
		if (r == 0)
			r = files_name_fits(h, name, pattern);
		if (r < 0)
			return r;
		fd = openat(parent, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    (mode_t)h->conf.file_open_mode);
		if (fd == -1 && errno != EEXIST)
			return -errno;
	}
	return fd == -1 ? -EEXIST : fd;
}

static int
open_target(struct helper *h, int parent, const struct place *place,
    const char *name, int flags, bool *ret_created)
{
	int fd = -ENOENT;

	*ret_created = false;
	/* Without the right to replace, only a name not there will do. */
	if (files_permit(h, WIRE_MAY_OVERWRITE) == 0)
		fd = files_open_place(h, place, flags, 0);
	if (fd != -ENOENT)
		return fd == -ENXIO ? -EINVAL : fd;
	fd = openat(parent, name,
	    flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    (mode_t)h->conf.file_open_mode);
	*ret_created = fd != -1;
	return fd == -1 ? -errno : fd;
}

/* What must be true of the opened file before a byte goes into it. */
static int
prepare(struct helper *h, int fd, enum wire_open how, uint64_t offset)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	/* No hole is left in front of what comes (RFC 3659 section 5.3). */
	if (offset > (uint64_t)st.st_size)
		return -ERANGE;
	/* Appends need no lock: O_APPEND keeps parallel ones whole. */
	if (how != WIRE_OPEN_APPEND) {
		r = lock_exclusive(h, fd);
		if (r < 0)
			return r;
	}
	if (how == WIRE_OPEN_STORE && offset == 0 && st.st_size > 0 &&
	    ftruncate(fd, 0) == -1)
		return -errno;
	h->upload.device = st.st_dev;
	h->upload.inode = st.st_ino;
	return 0;
}

/* chown_uploads: the fresh file goes to its owner before any byte is in it. */
static int
give_away(struct helper *h, int fd)
{
	if (!h->account.chown_uploads || !h->upload.created)
		return 0;
	/* The mode first: afterwards it is somebody else's file. */
	if (fchmod(fd, (mode_t)h->conf.chown_upload_mode) == -1 ||
	    fchown(fd, h->account.upload_owner, (gid_t)-1) == -1)
		return -errno;
	return 0;
}

static int
open_upload(struct helper *h, const struct place *place, const char *base,
    enum wire_open how, uint64_t offset)
{
	struct upload *u = &h->upload;
	bool atomic = h->conf.upload_atomic && offset == 0;
	int flags = O_WRONLY | O_NONBLOCK;

	if (how == WIRE_OPEN_UNIQUE) {
		u->created = true;
		return create_new(h, u->parent, "", base,
		    h->conf.upload_file, u->name);
	}
	if (how == WIRE_OPEN_STORE && atomic) {
		u->created = true;
		strcpy(u->target, base);
		return create_new(
		    h, u->parent, ".in.", base, NULL, u->name);
	}
	strcpy(u->name, base);
	if (how == WIRE_OPEN_APPEND)
		flags |= O_APPEND;
	return open_target(h, u->parent, place, base, flags, &u->created);
}

static const char *
final_name(const struct upload *u)
{
	return u->target[0] != '\0' ? u->target : u->name;
}

/* For the record at the end: path with the name that it is stored under. */
static int
note_path(struct helper *h, const char *path)
{
	struct place place;
	char *slash;
	int r;

	if (h->spool < 0)
		return 0;
	r = files_place(h, path, false, &place);
	if (r < 0)
		return r;
	slash = strrchr(place.path, '/');
	*(slash ? slash + 1 : place.path) = '\0';
	if (snprintf(h->upload.path, PATH_MAX, "/%s%s", place.path,
	        final_name(&h->upload)) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

int
upload_open(struct helper *h, const char *path, enum wire_open how,
    uint64_t offset, const char **ret_name)
{
	struct upload *u = &h->upload;
	char base[NAME_MAX + 1], real[PATH_MAX + 1];
	struct place place;
	bool exists = false, replaces;
	mode_t mode = 0;
	int fd = -1, r = files_permit(h, WIRE_MAY_UPLOAD);

	forget(u);
	if (r == 0)
		r = find_target(h, path, how, &place, base, &exists);
	if (r < 0)
		return r;
	u->parent = r;
	r = how == WIRE_OPEN_UNIQUE
	    ? 0
	    : files_permit(h, needed_rights(how, offset, exists));
	if (r == 0 && !exists && offset > 0)
		r = -ERANGE;
	/* What takes a file's place is to be no less than what it replaces. */
	replaces = exists && how == WIRE_OPEN_STORE && offset == 0 &&
	    h->conf.upload_atomic;
	if (r == 0 && replaces)
		r = check_existing(h, &place, false, 0, &mode);
	if (r == 0 && replaces) {
		u->parent = follow_links(h, path, u->parent, real, base);
		r = u->parent < 0 ? u->parent : 0;
		path = real;
	}
	if (r == 0)
		r = fd = open_upload(h, &place, base, how, offset);
	if (r >= 0)
		r = prepare(h, fd, how, offset);
	if (r == 0 && replaces && fchmod(fd, mode) == -1)
		r = -errno;
	if (r == 0)
		r = give_away(h, fd);
	if (r == 0)
		r = note_path(h, path);
	if (r == 0) {
		*ret_name = final_name(u);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	forget(u);
	return r;
}

/* Does the name still lead to the file that was opened? */
static bool
still_ours(const struct upload *u, struct stat *ret_st)
{
	return fstatat(u->parent, u->name, ret_st, AT_SYMLINK_NOFOLLOW) ==
	    0 && ret_st->st_dev == u->device && ret_st->st_ino == u->inode;
}

/* Who may not replace files must not do so by being the last to finish. */
static int
give_name(struct helper *h, const struct upload *u)
{
	unsigned flags = files_permit(h, WIRE_MAY_OVERWRITE) == 0
	    ? 0 : RENAME_NOREPLACE;
	int r = 0;

	if (renameat2(u->parent, u->name, u->parent, u->target, flags) == -1)
		r = -errno;
	if (r < 0)
		unlinkat(u->parent, u->name, 0);
	return r;
}

/* The upload is there: others may be told. */
static int
record(struct helper *h, const struct upload *u)
{
	struct stat st;

	/* By now it may be somebody else's; that name is not to be told. */
	if (h->spool < 0 ||
	    fstatat(u->parent, final_name(u), &st, 0) == -1 ||
	    st.st_dev != u->device || st.st_ino != u->inode)
		return 0;
	return spool_record(h, u->path, &st);
}

int
upload_end(struct helper *h, bool complete)
{
	struct upload *u = &h->upload;
	bool atomic = u->target[0] != '\0';
	struct stat st;
	int r = 0;

	if (u->parent < 0)
		return -EINVAL;
	if (!still_ours(u, &st))
		r = atomic ? -ENOENT : 0;
	else if (atomic && complete)
		r = give_name(h, u);
	else if (!complete && u->created &&
	    (atomic || h->conf.delete_failed_uploads || st.st_size == 0))
		unlinkat(u->parent, u->name, 0);
	if (complete && r == 0)
		r = record(h, u);
	forget(u);
	return r;
}
