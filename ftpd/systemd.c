/*
 * systemd.c - the module systemd.so: the one place that uses libsystemd. The
 * listener loads it, once; sessions never do.
 */
#include "config.h"

#include "ftpd/manager.h"

#include <errno.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

extern const struct manager_calls manager_calls;

/* Only sockets that listen for streams are of use. */
static int
take_sockets(int *ret_sockets, size_t max)
{
	int n = sd_listen_fds(1);
	size_t count = 0;

	if (n < 0)
		return n;
	for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + n; fd++) {
		if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
			return -ENOTSOCK;
		if (count == max)
			return -E2BIG;
		ret_sockets[count++] = fd;
	}
	return (int)count;
}

static void
tell(const char *state)
{
	sd_notify(0, state);
}

const struct manager_calls manager_calls = { .listen_fds = take_sockets,
	.notify = tell };
