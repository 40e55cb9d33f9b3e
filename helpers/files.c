/*
 * files.c - file requests below the session's root, see files.h.
 *
 * Runs as the user, after become.c. Every path is resolved by the kernel
 * below the root's descriptor (openat2), and what is then checked and used is
 * the opened object or the last name in an opened directory, so nobody can
 * swap a link in between.
 */
#include "config.h"

#include "helpers/files.h"

#include "helpers/below.h"
#include "helpers/match.h"
#include "helpers/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

int
files_refuse(const struct helper *h, const char *directive)
{
	if (h->blame)
		*h->blame = directive;
	return -EACCES;
}

int
files_permit(const struct helper *h, unsigned rights)
{
	unsigned missing = rights & ~h->rights;

	if (missing == 0)
		return 0;
	/* Of several the lowest bit: who may not make may not replace. */
	return files_refuse(h, rights_refused_by(&h->conf, h->account.kind,
	                           missing & -missing));
}

static bool
denied(const struct helper *h, const char *path)
{
	char name[NAME_MAX + 1];

	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n > 0 && n <= NAME_MAX) {
			memcpy(name, path, n);
			name[n] = '\0';
			if (match_list(h->conf.deny_file, name))
				return true;
		}
		path += n;
		path += strspn(path, "/");
	}
	return false;
}

int
files_name_fits(
    const struct helper *h, const char *path, const char *pattern)
{
	const char *slash = strrchr(path, '/');

	if (!pattern || match_list(pattern, slash ? slash + 1 : path))
		return 0;
	return files_refuse(h, pattern == h->conf.download_file
	                           ? "download_file" : "upload_file");
}

/* Has the session rules about the names behind links? */
static bool
names_matter(const struct conf *conf)
{
	return conf->deny_file || conf->download_file || conf->upload_file;
}

static int
find_place(const struct helper *h, const char *path, bool follow, bool real,
    struct place *ret_place)
{
	int r;

	if (path[0] != '/')
		return -EINVAL;
	ret_place->path[0] = '\0';
	ret_place->resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
	r = below_normalise(ret_place->path, path);
	if (r == 0 && real) {
		r = below_follow(h, ret_place->path, follow);
		if (r == 0 && h->conf.deny_file && denied(h, ret_place->path))
			r = files_refuse(h, "deny_file");
		/* A link made since then must not lead past the check. */
		ret_place->resolve |= RESOLVE_NO_SYMLINKS;
	}
	if (r == 0 && ret_place->path[0] == '\0')
		strcpy(ret_place->path, ".");
	return r;
}

int
files_place(const struct helper *h, const char *path, bool follow,
    struct place *ret_place)
{
	return find_place(h, path, follow, names_matter(&h->conf), ret_place);
}

int
files_real_place(const struct helper *h, const char *path, bool follow,
    struct place *ret_place)
{
	return find_place(h, path, follow, true, ret_place);
}

unsigned
files_mode_bits(const struct helper *h, uid_t uid, gid_t gid, mode_t mode)
{
	const struct account *a = &h->account;

	if (uid == a->uid)
		return (mode >> 6) & 7;
	if (gid == a->gid)
		return (mode >> 3) & 7;
	for (size_t i = 0; i < a->group_count; i++)
		if (a->groups[i] == gid)
			return (mode >> 3) & 7;
	return mode & 7;
}

int
files_open_place(
    const struct helper *h, const struct place *place, int flags, mode_t mode)
{
	/* openat2() takes O_PATH with few other flags, O_NOCTTY not among them. */
	int always = flags & O_PATH ? O_CLOEXEC : O_CLOEXEC | O_NOCTTY;
	struct open_how how = {
		.flags = (uint64_t)(flags | always),
		.mode = (flags & O_CREAT) ? mode : 0,
		.resolve = place->resolve
	};

	return below_open(h, place->path, &how);
}

static int
open_path(
    const struct helper *h, const char *path, bool follow, int flags)
{
	struct place place;
	int r = files_place(h, path, follow, &place);

	return r < 0 ? r : files_open_place(h, &place, flags, 0);
}

int
files_open_parent(const struct helper *h, const char *path,
    char ret_name[NAME_MAX + 1])
{
	struct place place;
	char *slash;
	int r = files_place(h, path, false, &place);

	if (r < 0)
		return r;
	if (strcmp(place.path, ".") == 0)
		return -EBUSY; /* the root itself: no name to work on */
	slash = strrchr(place.path, '/');
	strcpy(ret_name, slash ? slash + 1 : place.path);
	if (slash)
		*slash = '\0';
	else
		strcpy(place.path, ".");
	return files_open_place(h, &place, O_PATH | O_DIRECTORY, 0);
}

/* A lock on the open file itself: it travels with the descriptor. */
static int
lock_shared(const struct helper *h, int fd)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	if (!h->conf.lock_upload_files ||
	    fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	/* A file system without locks is no reason to refuse. */
	return errno == EAGAIN || errno == EACCES ? -EAGAIN : 0;
}

static int
check_readable(struct helper *h, int fd, struct stat *ret_st)
{
	if (fstat(fd, ret_st) == -1)
		return -errno;
	if (S_ISDIR(ret_st->st_mode))
		return -EISDIR;
	if (!S_ISREG(ret_st->st_mode))
		return -EINVAL;
	if (h->account.kind == WIRE_ANONYMOUS &&
	    h->conf.anon_world_readable_only &&
	    !(ret_st->st_mode & S_IROTH))
		return files_refuse(h, "anon_world_readable_only");
	return lock_shared(h, fd);
}

/* A regular file whose name fits pattern. */
static int
open_plain(struct helper *h, const char *path, const char *pattern,
    struct stat *ret_st)
{
	struct place place;
	int fd, r = files_place(h, path, true, &place);

	if (r == 0)
		r = files_name_fits(h, place.path, pattern);
	if (r < 0)
		return r;
	/* Non-blocking, or a FIFO would keep the session waiting. */
	fd = files_open_place(h, &place, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return fd == -ENXIO ? -EINVAL : fd;
	r = check_readable(h, fd, ret_st);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int
files_open_read(struct helper *h, const char *path, struct stat *ret_st)
{
	int r = files_permit(h, WIRE_MAY_DOWNLOAD);

	return r < 0 ? r
		     : open_plain(h, path, h->conf.download_file, ret_st);
}

int
files_open_message(struct helper *h, const char *path, struct stat *ret_st)
{
	char whole[PATH_MAX + NAME_MAX + 2] = "";

	if (!h->conf.message_file || strchr(h->conf.message_file, '/') ||
	    strlen(path) + strlen(h->conf.message_file) + 2 > PATH_MAX)
		return -ENOENT;
	strcpy(whole, path);
	strcat(whole, "/");
	strcat(whole, h->conf.message_file);
	return open_plain(h, whole, NULL, ret_st);
}

int
files_stat_place(
    const struct helper *h, const struct place *place, struct stat *ret_st)
{
	int fd = files_open_place(h, place, O_PATH, 0);
	int r = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, ret_st) == -1)
		r = -errno;
	close(fd);
	return r;
}

int
files_stat(struct helper *h, const char *path, struct stat *ret_st)
{
	struct place place;
	int r = files_place(h, path, true, &place);

	return r < 0 ? r : files_stat_place(h, &place, ret_st);
}

int
files_chdir(struct helper *h, const char *path)
{
	int fd = open_path(h, path, true, O_PATH | O_DIRECTORY);
	int r = 0;

	if (fd < 0)
		return fd;
	/* Opened by path only: may it be entered, too? */
	if (faccessat(fd, ".", X_OK, 0) == -1)
		r = -errno;
	close(fd);
	return r;
}

/* Runs `act` on the last name of path in its opened parent directory. */
static int
with_parent(struct helper *h, const char *path, unsigned rights,
    int (*act)(int parent, const char *name))
{
	char name[NAME_MAX + 1];
	int parent, r = files_permit(h, rights);

	if (r < 0)
		return r;
	parent = files_open_parent(h, path, name);
	if (parent < 0)
		return parent;
	if (act(parent, name) == -1)
		r = -errno;
	close(parent);
	return r;
}

static int
make_directory(int parent, const char *name)
{
	return mkdirat(parent, name, 0777);
}

static int
remove_directory(int parent, const char *name)
{
	return unlinkat(parent, name, AT_REMOVEDIR);
}

static int
remove_file(int parent, const char *name)
{
	return unlinkat(parent, name, 0);
}

int
files_mkdir(struct helper *h, const char *path)
{
	return with_parent(h, path, WIRE_MAY_MKDIR, make_directory);
}

int
files_rmdir(struct helper *h, const char *path)
{
	return with_parent(h, path, WIRE_MAY_DELETE, remove_directory);
}

int
files_unlink(struct helper *h, const char *path)
{
	return with_parent(h, path, WIRE_MAY_DELETE, remove_file);
}

/* What was no upload must not become one by its new name. */
static int
check_new_name(
    const struct helper *h, int parent, const char *from, const char *to)
{
	struct stat st;

	if (!h->conf.upload_file ||
	    (fstatat(parent, from, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	        S_ISDIR(st.st_mode)))
		return 0;
	return files_name_fits(h, to, h->conf.upload_file);
}

int
files_rename(struct helper *h, const char *from, const char *to)
{
	char from_name[NAME_MAX + 1], to_name[NAME_MAX + 1];
	int from_parent, to_parent, r = files_permit(h, WIRE_MAY_DELETE);

	if (r < 0)
		return r;
	from_parent = files_open_parent(h, from, from_name);
	if (from_parent < 0)
		return from_parent;
	to_parent = files_open_parent(h, to, to_name);
	if (to_parent < 0)
		r = to_parent;
	else
		r = check_new_name(h, from_parent, from_name, to_name);
	if (r == 0 &&
	    renameat(from_parent, from_name, to_parent, to_name) == -1)
		r = -errno;
	close(from_parent);
	if (to_parent >= 0)
		close(to_parent);
	return r;
}

/*
 * A set-uid program would be a way out, for any local user who starts it: of
 * a jail, or to the account that all virtual users act as.
 */
static int
check_mode(const struct helper *h, int fd, mode_t mode)
{
	struct stat st;

	if (!(mode & (S_ISUID | S_ISGID)) ||
	    (h->account.kind == WIRE_LOCAL && !h->account.jailed))
		return 0;
	if (fstat(fd, &st) == -1)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -EPERM;
}

/* Kernels before 6.6: only what can be opened can be changed safely. */
static int
chmod_opened(struct helper *h, const char *path, mode_t mode)
{
	int fd = open_path(h, path, true, O_RDONLY | O_NONBLOCK);
	int r = 0;

	if (fd == -EACCES)
		fd = open_path(h, path, true, O_WRONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	r = check_mode(h, fd, mode);
	if (r == 0 && fchmod(fd, mode) == -1)
		r = -errno;
	close(fd);
	return r;
}

int
files_chmod(struct helper *h, const char *path, mode_t mode)
{
	int fd, r = files_permit(h, WIRE_MAY_CHMOD);

	if (r < 0)
		return r;
	if (mode > 07777)
		return -EINVAL;
	fd = open_path(h, path, true, O_PATH);
	if (fd < 0)
		return fd;
	r = check_mode(h, fd, mode);
	if (r == 0 &&
	    syscall(SYS_fchmodat2, fd, "", mode, AT_EMPTY_PATH) == -1)
		r = -errno;
	close(fd);
	return r == -ENOSYS ? chmod_opened(h, path, mode) : r;
}

int
files_space(struct helper *h, const char *path, uint64_t *ret_bytes)
{
	struct statfs st;
	int fd, r = files_permit(h, WIRE_MAY_UPLOAD);

	if (r < 0)
		return r;
	fd = open_path(h, path, true, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	if (fstatfs(fd, &st) == -1)
		r = -errno;
	else
		*ret_bytes = (uint64_t)st.f_bavail * (uint64_t)st.f_bsize;
	close(fd);
	return r;
}

int
files_utime(struct helper *h, const char *path, int64_t mtime)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		{ .tv_sec = (time_t)mtime } };
	int fd, r = files_permit(h, WIRE_MAY_UTIME);

	if (r < 0)
		return r;
	fd = open_path(h, path, true, O_PATH);
	if (fd < 0)
		return fd;
	if (utimensat(fd, "", times, AT_EMPTY_PATH) == -1)
		r = -errno;
	close(fd);
	return r;
}
