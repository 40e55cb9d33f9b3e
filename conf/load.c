/*
 * load.c - which files make up a configuration, and in which order.
 *
 * An optional main file, then the *.conf of up to three drop-in directories
 * in the order of their base names; user drop-ins on request. Runs at every
 * connection in two processes, one of them root: so one open, fstat and read
 * a file, and nothing but regular files below a size limit.
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

/* A directory of struct conf_place, '/' and any base name. */
#define DROPIN_PATH_SIZE (256 + 1 + NAME_MAX)

#define SUFFIX ".conf"

/* A drop-in found: its base name, and which directory it is in. */
struct dropin {
	unsigned place; /* index of conf_place.dropins */
	char name[NAME_MAX + 1];
};

struct dropin_list {
	struct dropin *items;
	size_t count, room;
};

/* The text of a file; NULL for a masked one. */
struct text {
	char *bytes;
	size_t length;
};

static int
fail_errno(struct conf_error *error, int result, const char *path)
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
	place_path(place.user_dir, SYSCONFDIR "/inftpd", instance, "user.d");
	/* Not beside conf.d: ftpd's user may write here, and only here. */
	place_path(place.slots, RUNSTATEDIR "/sessions", "",
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
	place_path(place.user_dir, dir, "", "user.d");
	place_path(place.slots, dir, "", "slots");
	*ret_place = place;
	return 0;
}

/* 1 to read it, 0 for a link to /dev/null, -errno for what is no text. */
static int
check_file(const struct stat *st, const char *path, mode_t forbidden,
    struct conf_error *error)
{
	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3))
		return 0;
	if (!S_ISREG(st->st_mode))
		return conf_fail(error, -EINVAL,
		    "%s: not a regular file; only those and links to "
		    "/dev/null may be here",
		    path);
	if ((st->st_mode & forbidden) != 0)
		return conf_fail(error, -EPERM,
		    "%s: writable by group or others; take that away "
		    "(chmod go-w)",
		    path);
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
		return fail_errno(error, (int)n, path);
	}
	ret_text->bytes = bytes;
	ret_text->length = (size_t)n;
	return 0;
}

/*
 * The whole of a file. A masked one is {NULL, 0}. Modes with a bit of
 * forbidden are refused. -ENOENT if there is none; the caller knows whether
 * that is an error, so error is filled for all others only.
 */
static int
read_file(const char *path, mode_t forbidden, struct text *ret_text,
    struct conf_error *error)
{
	struct text text = {0};
	struct stat st;
	int fd, r;

	/* A fifo or terminal in the way must not make us wait. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0)
		return fail_errno(error, -errno, path);
	if (fstat(fd, &st) < 0)
		r = fail_errno(error, -errno, path);
	else
		r = check_file(&st, path, forbidden, error);
	if (r > 0)
		r = read_bytes(fd, (size_t)st.st_size, path, &text, error);
	close(fd);
	if (r == 0)
		*ret_text = text;
	return r;
}

/* Reads the file at path over reader->conf. 1, 0 for a masked one, -errno. */
static int
load_file(struct conf_reader *reader, const char *path, mode_t forbidden)
{
	struct text text = {0};
	int r;

	r = read_file(path, forbidden, &text, reader->error);
	if (r < 0 || text.bytes == NULL)
		return r;
	r = conf_parse(reader, path, text.bytes, text.length);
	explicit_bzero(text.bytes, text.length);
	free(text.bytes);
	return r < 0 ? r : 1;
}

static bool
is_dropin_name(const char *name)
{
	size_t length = strlen(name), suffix = sizeof SUFFIX - 1;

	return name[0] != '.' && length > suffix &&
	       strcmp(name + length - suffix, SUFFIX) == 0;
}

static int
add_dropin(struct dropin_list *list, unsigned place, const char *name)
{
	if (list->count == list->room) {
		size_t room = list->room == 0 ? 32 : list->room * 2;
		void *items =
		    reallocarray(list->items, room, sizeof *list->items);

		if (items == NULL)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	list->items[list->count].place = place;
	/* A base name has at most NAME_MAX bytes, so this cannot cut. */
	snprintf(list->items[list->count].name, NAME_MAX + 1, "%s", name);
	list->count++;
	return 0;
}

/* Adds the drop-ins of one directory, which may be missing. */
static int
scan_directory(struct dropin_list *list, unsigned place, const char *path)
{
	DIR *dir = opendir(path);
	int r = 0;

	if (dir == NULL)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL) {
			r = -errno;
			break;
		}
		if (is_dropin_name(entry->d_name))
			r = add_dropin(list, place, entry->d_name);
	}
	closedir(dir);
	return r;
}

/* By name, bytewise; of equal names the one that counts is last. */
static int
compare_dropins(const void *left, const void *right)
{
	const struct dropin *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (order != 0)
		return order;
	return (a->place > b->place) - (a->place < b->place);
}

static int
load_dropins(struct conf_reader *reader, const struct conf_place *place,
    const struct dropin_list *list)
{
	char path[DROPIN_PATH_SIZE];
	int r = 0;

	for (size_t i = 0; i < list->count && r >= 0; i++) {
		const struct dropin *item = &list->items[i];

		if (i + 1 < list->count &&
		    strcmp(item->name, item[1].name) == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s",
		    place->dropins[item->place], item->name);
		r = load_file(reader, path, 0);
		/* Listed, but not there: a link to nowhere. */
		if (r == -ENOENT)
			fail_errno(reader->error, r, path);
	}
	return r < 0 ? r : 0;
}

static int
load_directories(struct conf_reader *reader, const struct conf_place *place)
{
	struct dropin_list list = {0};
	int r = 0;

	for (unsigned i = 0; i < 3 && r == 0; i++) {
		if (place->dropins[i][0] == '\0')
			continue;
		r = scan_directory(&list, i, place->dropins[i]);
		if (r < 0)
			fail_errno(reader->error, r, place->dropins[i]);
	}
	if (r == 0 && list.count > 0) {
		qsort(list.items, list.count, sizeof *list.items,
		    compare_dropins);
		r = load_dropins(reader, place, &list);
	}
	free(list.items);
	return r;
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
		r = load_file(&reader, place->file, 0);
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
	char path[PATH_MAX];
	int length, r;

	if (!is_user_file_name(user))
		return 0;
	length = snprintf(path, sizeof path, "%s/%s" SUFFIX, dir, user);
	if (length < 0 || (size_t)length >= sizeof path)
		return conf_fail(ret_error, -ENAMETOOLONG,
		    "%.200s: directory name too long", dir);
	r = load_file(&reader, path, S_IWGRP | S_IWOTH);
	/*
	 * vsftpd's way is for settings only. Were a password taken from it,
	 * every backup copy in the directory would be an account, and
	 * "bob.conf" would be bob under a name that no list denies.
	 */
	if (r == -ENOENT && !is_dropin_name(user)) {
		path[(size_t)length - (sizeof SUFFIX - 1)] = '\0';
		reader.no_secrets = true;
		r = load_file(&reader, path, S_IWGRP | S_IWOTH);
	}
	if (r == -ENOENT)
		return 0;
	if (r > 0 && conf_check(conf, ret_error) < 0)
		return -EINVAL;
	return r;
}
