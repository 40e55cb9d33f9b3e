/*
 * status.c - STATUS= lines for the service manager, see status.h.
 *
 * By hand and not by sd_notify(), which opens a socket at each call: the
 * sandbox refuses that, and mapping libsystemd would cost a session more than
 * all its own start.
 */
#include "config.h"

#include "ftpd/status.h"

#include "ftpd/text.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STATUS_MAX 512 /* bytes of one message; longer names are cut */

static int
connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	int fd;

	if (length < 2 || length >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, length);
	/* systemd writes an abstract name with '@' in front. */
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	else if (path[0] != '/')
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&address,
	        (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	            length)) == 0)
		return fd;
	close(fd);
	return -1;
}

void
status_open(struct status *status)
{
	const char *path = getenv("NOTIFY_SOCKET");

	status->fd = path ? connect_to(path) : -1;
}

void
status_close(struct status *status)
{
	if (status->fd >= 0)
		close(status->fd);
	status->fd = -1;
}

void
status_set(const struct status *status, const char *what, const char *name)
{
	char safe[STATUS_MAX - 64], text[STATUS_MAX];
	ssize_t ignored;
	int n;

	if (status->fd < 0)
		return;
	text_safe(name, false, safe, sizeof safe);
	n = snprintf(text, sizeof text, "STATUS=%.60s%s", what, safe);
	ignored = write(status->fd, text,
	    n < (int)sizeof text ? (size_t)n : sizeof text - 1);
	(void)ignored;
}
