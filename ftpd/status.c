/*
 * status.c - STATUS= lines for the service manager, see status.h.
 *
 * By hand and not by sd_notify(), which opens a socket at each call: the
 * sandbox refuses that, and mapping libsystemd would cost a session more than
 * all its own start.
 */
#include "config.h"

#include "ftpd/status.h"

#include "conf/log.h"
#include "ftpd/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATUS_MAX 512 /* bytes of one message; longer names are cut */

void
status_open(struct status *status)
{
	const char *path = getenv("NOTIFY_SOCKET");

	status->fd = path ? log_connect(path) : -1;
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
	text_safe(name, safe, sizeof safe);
	n = snprintf(text, sizeof text, "STATUS=%.60s%s", what, safe);
	ignored = write(status->fd, text,
	    n < (int)sizeof text ? (size_t)n : sizeof text - 1);
	(void)ignored;
}
