/*
 * load.c - which files make up a configuration, and in which order.
 *
 * An optional main file, then the *.conf of up to three drop-in directories
 * in the order of their base names; user drop-ins on request; what layers.c
 * needs of files and directories. Runs at every connection in two processes,
 * one of them root: so one open, fstat and read a file, and nothing but
 * regular files below a size limit that nobody but their owner can write.
 */
#include "config.h"

#include "conf/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A configuration is written by hand; more than this is a mistake. */
#define FILE_SIZE_MAX (1024 * 1024)

#define SUFFIX ".conf"

/* The text of a file; NULL for a masked one. */
struct text {
	char *bytes;
	size_t length;
};

int
conf_fail_errno(struct conf_error *error, int result, const char *path)
{
	return conf_fail(
	    error, result, "%s: cannot be read: %s", path, strerror(-result));
}

/* A path of the system's places; instance may be empty. */
static void
place_path(
    char path[256], const char *base, const char *instance, const char *leaf)
{
	snprintf(path, 256, "%s%s%s/%s", base,
	    *instance != '\0' ? "/instances/" : "", instance, leaf);
}

static bool
is_instance_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return length <= CONF_INSTANCE_MAX && name[length] == '\0';
}

/* The directories are chosen at configure; they must leave a name room. */
_Static_assert(
    sizeof SYSCONFDIR "/inftpd/instances//inftpd.conf" + CONF_INSTANCE_MAX <=
	256,
    "sysconfdir is too long");
_Static_assert(sizeof VENDORDIR "/instances//conf.d" + CONF_INSTANCE_MAX <= 256,
    "prefix is too long");
_Static_assert(
    sizeof RUNSTATEDIR "/instances//conf.d" + CONF_INSTANCE_MAX <= 256,
    "runstatedir is too long");

int
conf_place_system(struct conf_place *ret_place, const char *instance)
{
	struct conf_place place = {0};

	if (instance == NULL)
		instance = "";
	if (!is_instance_name(instance))
		return -EINVAL;
	place_path(place.file, SYSCONFDIR "/inftpd", instance, "inftpd.conf");
	place_path(place.dropins[0], VENDORDIR, instance, "conf.d");
	place_path(place.dropins[1], SYSCONFDIR "/inftpd", instance, "conf.d");
	place_path(place.dropins[2], RUNSTATEDIR, instance, "conf.d");
	place_path(place.net_dir, SYSCONFDIR "/inftpd", instance, "net.d");
	place_path(place.host_dir, SYSCONFDIR "/inftpd", instance, "host.d");
	place_path(place.group_dir, SYSCONFDIR "/inftpd", instance, "group.d");
	place_path(place.user_dir, SYSCONFDIR "/inftpd", instance, "user.d");
	/* Not beside conf.d: ftpd's user may write here, and only here. */
	place_path(place.slots, RUNSTATEDIR "/sessions", "",
	    *instance != '\0' ? instance : "default");
	place_path(place.resolved, RUNSTATEDIR "/resolved", "",
	    *instance != '\0' ? instance : "default");
	*ret_place = place;
	return 0;
}

int
conf_place_private(struct conf_place *ret_place, const char *dir)
{
	struct conf_place place = {0};

	/* The longest of the three; if it has room, all have. */
	if (strlen(dir) + sizeof "/inftpd.conf" > sizeof place.file)
		return -ENAMETOOLONG;
	place_path(place.file, dir, "", "inftpd.conf");
	place_path(place.dropins[0], dir, "", "conf.d");
	place_path(place.net_dir, dir, "", "net.d");
	place_path(place.host_dir, dir, "", "host.d");
	place_path(place.group_dir, dir, "", "group.d");
	place_path(place.user_dir, dir, "", "user.d");
	place_path(place.slots, dir, "", "slots");
	place_path(place.resolved, dir, "", "resolved");
	*ret_place = place;
	return 0;
}

/*
 * Who can write what a helper with privilege reads is root. Without privilege
 * the caller's own files will do. 0 or -EPERM.
 */
static int
check_owner(const struct stat *st, const char *path, struct conf_error *error)
{
	/* Who we are is asked only where it matters: it is a call a file. */
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return conf_fail(error, -EPERM,
		    "%s: belongs to uid %u; make it %s", path, st->st_uid,
		    geteuid() == 0
			? "root's own (chown 0)"
			: "root's (chown 0); with --config your own will do");
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return conf_fail(error, -EPERM,
		    "%s: writable by group or others; take that away "
		    "(chmod go-w)",
		    path);
	return 0;
}

/* 1 to read it, 0 for a link to /dev/null, -errno for what is no text. */
static int
check_file(const struct stat *st, const char *path, struct conf_error *error)
{
	int r;

	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3))
		return 0;
	if (!S_ISREG(st->st_mode))
		return conf_fail(error, -EINVAL,
		    "%s: not a regular file; only those and links to "
		    "/dev/null may be here",
		    path);
	r = check_owner(st, path, error);
	if (r < 0)
		return r;
	if (st->st_size > FILE_SIZE_MAX)
		return conf_fail(error, -EFBIG,
		    "%s: larger than 1 MiB; no configuration is", path);
	return 1;
}

static int
read_bytes(int fd, size_t size, const char *path, struct text *ret_text,
    struct conf_error *error)
{
	/* One more than is read: the parser ends the last line there. */
	char *bytes = malloc(size + 1);
	ssize_t n;

	if (bytes == NULL)
		return conf_fail(error, -ENOMEM, "%s: out of memory", path);
	n = read(fd, bytes, size);
	if (n < 0) {
		n = -errno;
		free(bytes);
		return conf_fail_errno(error, (int)n, path);
	}
	ret_text->bytes = bytes;
	ret_text->length = (size_t)n;
	return 0;
}

/*
 * The whole of the file name in the directory at; messages call it path. A
 * masked one is {NULL, 0}. -ENOENT if there is none; the caller knows whether
 * that is an error, so error is filled for all others only.
 */
static int
read_file(int at, const char *name, const char *path, struct text *ret_text,
    struct conf_error *error)
{
	struct text text = {0};
	struct stat st;
	int fd, r;

	/* A fifo or terminal in the way must not make us wait. */
	fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0)
		return conf_fail_errno(error, -errno, path);
	if (fstat(fd, &st) < 0)
		r = conf_fail_errno(error, -errno, path);
	else
		r = check_file(&st, path, error);
	if (r > 0)
		r = read_bytes(fd, (size_t)st.st_size, path, &text, error);
	close(fd);
	if (r == 0)
		*ret_text = text;
	return r;
}

/* Reads name in at over reader->conf. 1, 0 for a masked one, -errno. */
static int
load_at(
    struct conf_reader *reader, int at, const char *name, const char *path)
{
	struct text text = {0};
	size_t mark = 0;
	int r;

	r = read_file(at, name, path, &text, reader->error);
	if (r < 0 || text.bytes == NULL)
		return r;
	/* Windows' editors put a byte order mark in front; nobody else does. */
	if (text.length >= 3 && memcmp(text.bytes, "\xef\xbb\xbf", 3) == 0)
		mark = 3;
	r = conf_parse(
	    reader, path, text.bytes + mark, text.length - mark);
	explicit_bzero(text.bytes, text.length);
	free(text.bytes);
	return r < 0 ? r : 1;
}

/* A formatted print would be a tenth of what a file costs. */
static int
join(char path[PATH_MAX], const char *directory, const char *name,
    struct conf_error *error)
{
	size_t length = strlen(directory), room = PATH_MAX - 2;

	if (length > room || strlen(name) > room - length)
		return conf_fail(error, -ENAMETOOLONG,
		    "%.200s: directory name too long", directory);
	memcpy(path, directory, length);
	path[length] = '/';
	strcpy(path + length + 1, name);
	return 0;
}

static int
load_file(
    struct conf_reader *reader, const char *directory, const char *name)
{
	char path[PATH_MAX];
	int r = join(path, directory, name, reader->error);

	return r < 0 ? r : load_at(reader, AT_FDCWD, path, path);
}

int
conf_load_listed(struct conf_reader *reader, const struct conf_dropins *list,
    const struct conf_dropin *item)
{
	const struct conf_directory *directory =
	    &list->directories[item->directory];
	char path[PATH_MAX];
	int r = join(path, directory->path, item->name, reader->error);

	if (r == 0)
		r = load_at(reader, dirfd(directory->open), item->name, path);
	if (r == -ENOENT)
		conf_fail(reader->error, r,
		    "%s: a link to what is not there; remove it, or have it "
		    "lead to /dev/null",
		    path);
	return r;
}

static bool
is_dropin_name(const char *name)
{
	size_t length = strlen(name), suffix = sizeof SUFFIX - 1;

	return name[0] != '.' && length > suffix &&
	       strcmp(name + length - suffix, SUFFIX) == 0;
}

static int
add_dropin(struct conf_dropins *list, const char *name)
{
	struct conf_dropin *item;

	if (list->count == list->room) {
		size_t room = list->room == 0 ? 32 : list->room * 2;
		void *items =
		    reallocarray(list->items, room, sizeof *list->items);

		if (items == NULL)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	item = &list->items[list->count++];
	item->directory = list->directory_count - 1;
	item->rank = item->directory;
	/* A base name has at most NAME_MAX bytes. */
	strcpy(item->name, name);
	return 0;
}

static int
list_dropins(struct conf_dropins *list, DIR *dir)
{
	int r = 0;

	while (r == 0) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			return -errno;
		if (is_dropin_name(entry->d_name))
			r = add_dropin(list, entry->d_name);
	}
	return r;
}

int
conf_dropins_scan(
    struct conf_dropins *list, const char *path, struct conf_error *error)
{
	DIR *dir = opendir(path);
	struct stat st;
	int r;

	if (dir == NULL)
		return errno == ENOENT ? 0
		                       : conf_fail_errno(error, -errno, path);
	/* Kept open: what is judged here is where the files are read. */
	list->directories[list->directory_count++] =
	    (struct conf_directory){.open = dir, .path = path};
	if (fstat(dirfd(dir), &st) < 0)
		return conf_fail_errno(error, -errno, path);
	r = check_owner(&st, path, error);
	if (r < 0)
		return r;
	r = list_dropins(list, dir);
	return r < 0 ? conf_fail_errno(error, r, path) : 1;
}

static int
compare_dropins(const void *left, const void *right)
{
	const struct conf_dropin *a = left, *b = right;

	if (a->rank != b->rank)
		return (a->rank > b->rank) - (a->rank < b->rank);
	return strcmp(a->name, b->name);
}

/* For conf.d: by name; of equal names the one that counts is last. */
static int
compare_names(const void *left, const void *right)
{
	const struct conf_dropin *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order != 0 ? order : compare_dropins(left, right);
}

void
conf_dropins_sort(struct conf_dropins *list)
{
	if (list->count > 0)
		qsort(list->items, list->count, sizeof *list->items,
		    compare_dropins);
}

void
conf_dropins_done(struct conf_dropins *list)
{
	for (unsigned i = 0; i < list->directory_count; i++)
		closedir(list->directories[i].open);
	free(list->items);
	*list = (struct conf_dropins){0};
}

/* Of equal names in several directories the last hides the others. */
static int
load_dropins(struct conf_reader *reader, const struct conf_dropins *list)
{
	int r = 0;

	for (size_t i = 0; i < list->count && r >= 0; i++) {
		const struct conf_dropin *item = &list->items[i];

		if (i + 1 == list->count || strcmp(item->name, item[1].name) != 0)
			r = conf_load_listed(reader, list, item);
	}
	return r < 0 ? r : 0;
}

static int
load_directories(struct conf_reader *reader, const struct conf_place *place)
{
	struct conf_dropins list = {0};
	int r = 0;

	for (unsigned i = 0; i < 3 && r >= 0; i++)
		if (place->dropins[i][0] != '\0')
			r = conf_dropins_scan(
			    &list, place->dropins[i], reader->error);
	if (r >= 0 && list.count > 0) {
		qsort(
		    list.items, list.count, sizeof *list.items, compare_names);
		r = load_dropins(reader, &list);
	}
	conf_dropins_done(&list);
	return r < 0 ? r : 0;
}

int
conf_load(struct conf *ret_conf, const struct conf_place *place,
    conf_warn_fn *warn, void *context, struct conf_error *ret_error)
{
	struct conf_reader reader = {
	    .conf = ret_conf,
	    .scope = CONF_GLOBAL,
	    .warn = warn,
	    .context = context,
	    .error = ret_error,
	};
	int r;

	r = conf_init(ret_conf);
	if (r < 0)
		return conf_fail(ret_error, r, "configuration: out of memory");
	if (place->file[0] != '\0') {
		r = load_at(&reader, AT_FDCWD, place->file, place->file);
		if (r == -ENOENT)
			r = 0;
	}
	if (r >= 0)
		r = load_directories(&reader, place);
	if (r == 0)
		r = conf_check(ret_conf, ret_error);
	if (r < 0)
		conf_done(ret_conf);
	return r;
}

/* A name that is safe as a base name and leaves room for ".conf". */
static bool
is_user_file_name(const char *user)
{
	size_t length = strlen(user);

	if (length == 0 || length > NAME_MAX - (sizeof SUFFIX - 1) ||
	    user[0] == '.')
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)user[i];

		if (c == '/' || c < 0x20 || c == 0x7f)
			return false;
	}
	return true;
}

int
conf_read_user(struct conf *conf, const char *dir, const char *user,
    struct conf_error *ret_error)
{
	struct conf_reader reader = {
	    .conf = conf,
	    .scope = CONF_USER,
	    .error = ret_error,
	};
	char name[NAME_MAX + 1];
	int r;

	if (!is_user_file_name(user))
		return 0;
	snprintf(name, sizeof name, "%s" SUFFIX, user);
	r = load_file(&reader, dir, name);
	/*
	 * vsftpd's way is for settings only. Were a password taken from it,
	 * every backup copy in the directory would be an account, and
	 * "bob.conf" would be bob under a name that no list denies.
	 */
	if (r == -ENOENT && !is_dropin_name(user)) {
		reader.no_secrets = true;
		r = load_file(&reader, dir, user);
	}
	if (r == -ENOENT)
		return 0;
	if (r > 0 && conf_check(conf, ret_error) < 0)
		return -EINVAL;
	return r;
}
