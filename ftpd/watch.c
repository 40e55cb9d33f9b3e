/*
 * watch.c - inotify on the configuration's directories, see watch.h.
 */
#include "config.h"

#include "ftpd/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define CHANGES \
	(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE)

/* Directories, not files: editors replace files by new ones. */
static void
watch_parent(int fd, const char *path)
{
	char directory[256];
	char *slash;

	strcpy(directory, path);
	slash = strrchr(directory, '/');
	if (!slash || slash == directory)
		return;
	*slash = '\0';
	inotify_add_watch(fd, directory, CHANGES | IN_ONLYDIR);
}

/* To watch one twice changes nothing. */
void
watch_renew(int fd, const struct conf_place *place)
{
	watch_parent(fd, place->file);
	for (size_t i = 0; i < 3; i++) {
		if (place->dropins[i][0] == '\0')
			continue;
		watch_parent(fd, place->dropins[i]);
		inotify_add_watch(
		    fd, place->dropins[i], CHANGES | IN_ONLYDIR);
	}
}

int
watch_open(const struct conf_place *place)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd == -1)
		return -errno;
	watch_renew(fd, place);
	return fd;
}

bool
watch_take(int fd)
{
	union {
		struct inotify_event event; /* for its alignment */
		char room[4096];
	} events;
	bool any = false;
	ssize_t n;

	while ((n = read(fd, &events, sizeof events)) > 0) {
		for (char *p = events.room; p < events.room + n;) {
			const struct inotify_event *event = (void *)p;

			/* A private directory has the table of sessions, too. */
			any |= event->len == 0 ||
			    strcmp(event->name, "slots") != 0;
			p += sizeof *event + event->len;
		}
	}
	return any;
}
