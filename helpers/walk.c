/*
 * walk.c - listings: from a directory to lines in a pipe, see walk.h.
 *
 * Called by helper.c, as the user. MLSD is streamed in the directory's own
 * order; LIST and NLST are sorted as ls does, so their names (not their
 * status) are held in memory until all are read, or as many as it bears.
 */
#include "config.h"

#include "helpers/walk.h"

#include "helpers/files.h"
#include "helpers/listing.h"
#include "helpers/match.h"
#include "helpers/perm.h"
#include "helpers/rights.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OUT_SIZE 65536     /* bytes gathered before they go into the pipe */
#define PENDING_MAX (16 << 20) /* bytes of what -R has before it */
#define SORTED_MAX (16 << 20)  /* bytes of names that are sorted at once */
#define ITEM_COST 40           /* bytes of an item, but for its name */

/* A name of the directory being listed, with what -t and -S sort by. */
struct item {
	int64_t key;
	char name[];
};

struct items {
	struct item **list;
	size_t count, room;
	size_t bytes; /* that all take */
};

/* One listing: WIRE_LIST's arguments and where its walk is. */
struct listing {
	struct walk_request request;
	struct listing_style style;
	struct helper *h;
	int pipe;
	int directory;           /* the directory being listed */
	const char *single;      /* one name in it, or NULL */
	char last[NAME_MAX + 1]; /* last component: single or pattern */
	bool pattern;            /* `last` is a pattern */
	bool broken;             /* nobody reads any more */
	struct perm_directory perm; /* of the directory that has `single` or all */
	char prefix[PATH_MAX];   /* printed before each name */
	struct items pending;    /* directories still to come, for -R */
	size_t used;
	char out[OUT_SIZE + LISTING_LINE_MAX];
};

static void
flush(struct listing *l)
{
	size_t done = 0;

	while (done < l->used && !l->broken) {
		ssize_t n = write(l->pipe, l->out + done, l->used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			l->broken = true;
	}
	l->used = 0;
}

static int
add_item(struct items *items, const char *name, int64_t key)
{
	size_t length = strlen(name) + 1;
	struct item *item;

	if (items->count == items->room) {
		size_t room = items->room ? 2 * items->room : 256;
		struct item **list =
		    realloc(items->list, room * sizeof *list);

		if (!list)
			return -ENOMEM;
		items->list = list;
		items->room = room;
	}
	item = malloc(sizeof *item + length);
	if (!item)
		return -ENOMEM;
	item->key = key;
	memcpy(item->name, name, length);
	items->list[items->count++] = item;
	items->bytes += ITEM_COST + length;
	return 0;
}

static void
items_done(struct items *items)
{
	for (size_t i = 0; i < items->count; i++)
		free(items->list[i]);
	free(items->list);
	*items = (struct items){ 0 };
}

static unsigned
wanted_fields(const struct listing *l)
{
	return STATX_BASIC_STATS |
	    (l->request.facts & WIRE_FACT_CREATE ? STATX_BTIME : 0);
}

/* MLSx tells what a link leads to; one that leads nowhere stays a link. */
static void
follow_link(struct listing *l, const char *name, struct statx *st)
{
	struct place place;
	char path[2 * PATH_MAX];
	size_t length = strlen(l->request.path);
	int fd;

	if (l->single)
		strcpy(path, l->request.path);
	else if (length + strlen(name) + 2 > PATH_MAX)
		return;
	else {
		memcpy(path, l->request.path, length + 1);
		strcat(path, "/");
		strcat(path, name);
	}
	if (files_place(l->h, path, true, &place) < 0)
		return;
	fd = files_open_place(l->h, &place, O_PATH, 0);
	if (fd < 0)
		return;
	statx(fd, "", AT_EMPTY_PATH, wanted_fields(l), st);
	close(fd);
}

static const char *
special_type(const struct listing *l, const char *name)
{
	if (l->single)
		return NULL;
	if (strcmp(name, ".") == 0)
		return "cdir";
	return strcmp(name, "..") == 0 ? "pdir" : NULL;
}

static void
put_facts(struct listing *l, struct listing_entry *entry, struct statx *st)
{
	char perm[16];
	struct statx target = *st;
	bool root = l->single && strcmp(l->single, ".") == 0;

	if (S_ISLNK(st->stx_mode))
		follow_link(l, entry->name, &target);
	perm_fact(perm, l->h, &l->perm, st, &target,
	    root || special_type(l, entry->name) != NULL);
	*st = target;
	entry->perm = perm;
	entry->type = special_type(l, entry->name);
	if (l->request.format == WIRE_FORMAT_MLST) {
		entry->prefix = "";
		entry->name = l->request.path;
	}
	l->used += listing_facts(l->out + l->used, entry, &l->style);
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Where a link leads to, unless that tells a name that is not to be known. */
static bool
read_target(
    const struct listing *l, const char *name, char target[PATH_MAX])
{
	const struct conf *conf = &l->h->conf;
	ssize_t n = readlinkat(l->directory, name, target, PATH_MAX - 1);
	char part[PATH_MAX];

	if (n <= 0)
		return false;
	target[n] = '\0';
	for (const char *p = target + strspn(target, "/"); *p != '\0';) {
		size_t length = strcspn(p, "/");

		memcpy(part, p, length);
		part[length] = '\0';
		if (!is_dots(part) && (match_list(conf->hide_file, part) ||
		    match_list(conf->deny_file, part)))
			return false;
		p += length;
		p += strspn(p, "/");
	}
	return true;
}

/* One entry of the directory as a line. */
static void
put_entry(struct listing *l, const char *name)
{
	struct statx st;
	char target[PATH_MAX];
	struct listing_entry entry = { .prefix = l->prefix,
		.name = name,
		.st = &st,
		.owner = "ftp",
		.group = "ftp" };
	/* Nothing is above the root, also where there is no chroot. */
	const char *real = strcmp(name, "..") == 0 &&
		strcmp(l->request.path, "/") == 0 ? "." : name;

	if (statx(l->directory, real, AT_SYMLINK_NOFOLLOW, wanted_fields(l),
	        &st) == -1)
		return; /* gone since the directory was read */
	if (!l->h->conf.hide_ids)
		names_find(&l->h->names, st.stx_uid, st.stx_gid,
		    &entry.owner, &entry.group);
	if (l->request.format >= WIRE_FORMAT_MLSD) {
		put_facts(l, &entry, &st);
	} else if (l->request.format == WIRE_FORMAT_NLST) {
		l->used += listing_name(l->out + l->used, &entry, &l->style);
	} else {
		if (S_ISLNK(st.stx_mode) && read_target(l, name, target))
			entry.target = target;
		l->used += listing_long(l->out + l->used, &entry, &l->style);
	}
	if (l->used >= OUT_SIZE)
		flush(l);
}

/* Plain names need no status at all: NLST of 10^6 files makes no statx(). */
static void
put_line(struct listing *l, const char *name)
{
	struct statx none = { 0 };
	struct listing_entry entry = { .prefix = l->prefix,
		.name = name,
		.st = &none };

	if (l->request.format != WIRE_FORMAT_NLST || l->style.classify) {
		put_entry(l, name);
		return;
	}
	l->used += listing_name(l->out + l->used, &entry, &l->style);
	if (l->used >= OUT_SIZE)
		flush(l);
}

/* Is this name to be shown? */
static bool
shown(const struct listing *l, const char *name)
{
	const struct conf *conf = &l->h->conf;
	unsigned options = l->request.options;

	/* Nothing but the type fact tells that they are no entries (RFC 3659). */
	if (is_dots(name) && l->request.format == WIRE_FORMAT_MLSD &&
	    !(l->request.facts & WIRE_FACT_TYPE))
		return false;
	if (is_dots(name))
		return (options & WIRE_LIST_ALL) && !l->pattern;
	if (match_list(conf->hide_file, name) ||
	    match_list(conf->deny_file, name))
		return false;
	if (l->pattern && !match_name(l->last, name))
		return false;
	if (name[0] != '.')
		return true;
	return (options & (WIRE_LIST_ALL | WIRE_LIST_ALMOST)) ||
	    conf->force_dot_files || (l->pattern && l->last[0] == '.');
}

static int64_t
sort_key(const struct listing *l, const char *name)
{
	struct statx st;
	unsigned options = l->request.options;

	if (!(options & (WIRE_LIST_BY_TIME | WIRE_LIST_BY_SIZE)))
		return 0;
	if (statx(l->directory, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS,
	        &st) == -1)
		return 0;
	if (options & WIRE_LIST_BY_SIZE)
		return -(int64_t)st.stx_size;
	/* Newest first; nanoseconds would overflow in the year 2262 only. */
	return -(st.stx_mtime.tv_sec * INT64_C(1000000000) +
	    st.stx_mtime.tv_nsec);
}

static int
compare(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
add_pending(struct listing *l, const char *name)
{
	struct statx st;
	char path[PATH_MAX];
	size_t length = strlen(l->request.path);

	if (!(l->request.options & WIRE_LIST_RECURSE) || is_dots(name) ||
	    l->pending.bytes >= PENDING_MAX ||
	    length + strlen(name) + 2 > sizeof path)
		return;
	if (statx(l->directory, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) ==
	        -1 ||
	    !S_ISDIR(st.stx_mode))
		return;
	memcpy(path, l->request.path, length);
	if (length > 0 && path[length - 1] != '/')
		path[length++] = '/';
	strcpy(path + length, name);
	add_item(&l->pending, path, 0);
}

/* Sorts and shows them, and is done with them. */
static void
put_sorted(struct listing *l, struct items *items)
{
	bool reverse = l->request.options & WIRE_LIST_REVERSE;

	if (items->count > 0)
		qsort(items->list, items->count, sizeof *items->list, compare);
	for (size_t i = 0; i < items->count && !l->broken; i++)
		put_line(l,
		    items->list[reverse ? items->count - 1 - i : i]->name);
	/* The last to come goes on the stack first. */
	for (size_t i = items->count; i > 0; i--)
		add_pending(l, items->list[i - 1]->name);
	items_done(items);
}

/* The open directory, all of it. */
static void
put_directory(struct listing *l)
{
	struct items items = { 0 };
	bool stream = l->request.format == WIRE_FORMAT_MLSD;
	int fd = openat(l->directory, ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd != -1)
			close(fd);
		return;
	}
	while (!l->broken && (entry = readdir(dir)) != NULL) {
		if (!shown(l, entry->d_name))
			continue;
		if (stream)
			put_entry(l, entry->d_name);
		else if (add_item(&items, entry->d_name,
		             sort_key(l, entry->d_name)) < 0)
			break;
		/* Of more than that, each piece is sorted for itself. */
		if (items.bytes >= SORTED_MAX)
			put_sorted(l, &items);
	}
	if (!stream)
		put_sorted(l, &items);
	closedir(dir);
}

/* "./sub:" between the directories of -R, relative to where it began. */
static void
put_heading(struct listing *l, const char *path, size_t base)
{
	const char *text[] = { "\r\n", l->request.shown[0] != '\0'
		    ? l->request.shown : ".",
		path + base, ":\r\n" };

	for (size_t i = 0; i < 4; i++)
		for (const char *p = text[i]; *p != '\0'; p++)
			l->out[l->used++] = i == 2 && (*p == '\r' ||
			    *p == '\n') ? '?' : *p;
	if (l->used >= OUT_SIZE)
		flush(l);
}

static void
put_tree(struct listing *l)
{
	size_t base = strlen(l->request.path);
	struct place place;

	if (base == 1)
		base = 0;
	while (l->pending.count > 0 && !l->broken) {
		struct item *item = l->pending.list[--l->pending.count];
		int fd = files_place(l->h, item->name, false, &place);

		strcpy(l->request.path, item->name);
		l->pending.bytes -= ITEM_COST + strlen(item->name) + 1;
		free(item);
		if (fd == 0)
			fd = files_open_place(
			    l->h, &place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
		if (fd < 0)
			continue;
		close(l->directory);
		l->directory = fd;
		put_heading(l, l->request.path, base);
		put_directory(l);
	}
}

void
walk_run(struct helper *h)
{
	struct listing *l = h->listing;

	if (l->single)
		put_entry(l, l->single);
	else
		put_directory(l);
	put_tree(l);
	flush(l);
	close(l->pipe);
	close(l->directory);
	items_done(&l->pending);
	free(l);
	h->listing = NULL;
}

/* What is printed before each name, so that NLST's names can be used. */
static void
choose_prefix(struct listing *l)
{
	char *slash;

	strcpy(l->prefix, l->request.shown);
	slash = strrchr(l->prefix, '/');
	if (l->single || l->pattern) {
		if (slash)
			slash[1] = '\0';
		else
			l->prefix[0] = '\0';
		return;
	}
	if (l->request.format != WIRE_FORMAT_NLST ||
	    (l->request.options & WIRE_LIST_RECURSE))
		l->prefix[0] = '\0';
	if (l->prefix[0] != '\0' && (!slash || slash[1] != '\0') &&
	    strlen(l->prefix) + 1 < sizeof l->prefix)
		strcat(l->prefix, "/");
}

/* One name in its parent: a file, or a directory under -d or MLST. */
static int
open_single(struct listing *l)
{
	struct statx st;
	int fd = files_open_parent(l->h, l->request.path, l->last);

	if (fd == -EBUSY) {
		struct place root = { .path = "." };

		strcpy(l->last, ".");
		fd = files_open_place(l->h, &root, O_PATH | O_DIRECTORY, 0);
	}
	if (fd < 0)
		return fd;
	if (statx(fd, l->last, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == -1) {
		int saved = errno;

		close(fd);
		return -saved;
	}
	l->directory = fd;
	l->single = l->last;
	return 0;
}

static int
open_directory(struct listing *l, int flags)
{
	struct place place;
	int r = files_place(l->h, l->request.path, true, &place);

	if (r == 0)
		r = files_open_place(l->h, &place, flags | O_DIRECTORY, 0);
	if (r < 0)
		return r;
	l->directory = r;
	return 0;
}

/* -d of ".": the directory calls itself that, as for ls. */
static int
open_itself(struct listing *l)
{
	strcpy(l->last, ".");
	l->single = l->last;
	return open_directory(l, O_PATH);
}

/* The last component may be a pattern if nothing bears it as a name. */
static int
open_pattern(struct listing *l)
{
	char *slash = strrchr(l->request.path, '/');
	size_t length = slash ? strlen(slash + 1) : 0;

	if (!slash || length > NAME_MAX || !match_is_pattern(slash + 1) ||
	    (l->request.options & WIRE_LIST_LITERAL))
		return -ENOENT;
	strcpy(l->last, slash + 1);
	slash[slash == l->request.path ? 1 : 0] = '\0';
	l->pattern = true;
	return open_directory(l, O_RDONLY | O_NONBLOCK);
}

static int
open_target(struct listing *l)
{
	bool alone = l->request.options & WIRE_LIST_DIRECTORY;
	int r = -ENOTDIR;

	if (l->request.format == WIRE_FORMAT_MLSD)
		return open_directory(l, O_RDONLY | O_NONBLOCK);
	if (alone && strcmp(l->request.shown, ".") == 0)
		return open_itself(l);
	if (l->request.format != WIRE_FORMAT_MLST && !alone)
		r = open_directory(l, O_RDONLY | O_NONBLOCK);
	/* A file, or a link that leads nowhere. */
	if (r == -ENOTDIR || r == -ENOENT)
		r = open_single(l);
	if (r == -ENOENT && l->request.format != WIRE_FORMAT_MLST)
		r = open_pattern(l);
	return r;
}

static void
choose_style(struct listing *l)
{
	struct helper *h = l->h;

	if (!h->conf.ls_recurse_enable || l->pattern || l->single)
		l->request.options &= ~(unsigned)WIRE_LIST_RECURSE;
	if (l->request.format == WIRE_FORMAT_MLSD)
		l->request.options = WIRE_LIST_ALL;
	if (l->request.format == WIRE_FORMAT_NLST &&
	    (l->request.options & WIRE_LIST_LONG))
		l->request.format = WIRE_FORMAT_LIST;
	/* Numbers would tell what the names keep back. */
	if (h->conf.hide_ids)
		l->request.facts &= ~(unsigned)(WIRE_FACT_UID | WIRE_FACT_GID);
	l->style = (struct listing_style){ .now = time(NULL),
		.local_time = h->conf.use_localtime,
		.classify = l->request.options & WIRE_LIST_CLASSIFY,
		.facts = l->request.facts };
	l->perm = perm_of_directory(h, l->directory);
	choose_prefix(l);
}

static int
make_pipe(struct listing *l)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		return -errno;
	/* ftpd never waits in read(); this end may wait in write(). */
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	l->pipe = fds[1];
	return fds[0];
}

int
walk_begin(struct helper *h, const struct walk_request *request)
{
	struct listing *l;
	int r = files_permit(h, WIRE_MAY_LIST);

	if (r < 0)
		return r;
	l = malloc(sizeof *l);
	if (!l)
		return -ENOMEM;
	memset(l, 0, offsetof(struct listing, out));
	l->request = *request;
	l->h = h;
	l->directory = -1;
	r = open_target(l);
	if (r == 0) {
		choose_style(l);
		r = make_pipe(l);
	}
	if (r < 0) {
		if (l->directory >= 0)
			close(l->directory);
		free(l);
		return r;
	}
	h->listing = l;
	return r;
}
