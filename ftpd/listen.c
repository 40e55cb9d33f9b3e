/*
 * listen.c - accept and fork, see listen.h.
 *
 * For quick mode, and for machines without a super-server. It runs as the
 * unprivileged user from before the first accept(); main.c sees to that.
 */
#include "config.h"

#include "ftpd/listen.h"

#include "ftpd/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128

static volatile sig_atomic_t stopping;

static void
stop(int number)
{
	(void)number;
	stopping = 1;
}

static int
parse_address(const char *address, union addr *ret_addr)
{
	memset(ret_addr, 0, sizeof *ret_addr);
	if (!address) {
		ret_addr->v6.sin6_family = AF_INET6;
		return 0;
	}
	if (inet_pton(AF_INET, address, &ret_addr->v4.sin_addr) == 1)
		ret_addr->any.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, address, &ret_addr->v6.sin6_addr) == 1)
		ret_addr->any.sa_family = AF_INET6;
	else
		return -EINVAL;
	return 0;
}

/* "Any" is one IPv6 socket that takes IPv4, or IPv4 where there is no 6. */
static int
open_socket(union addr *addr, bool any)
{
	int on = 1, off = 0, only = any ? off : on;
	int fd = socket(
	    addr->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 && errno == EAFNOSUPPORT && any) {
		unsigned port = addr_port(addr);

		memset(addr, 0, sizeof *addr);
		addr->any.sa_family = AF_INET;
		addr_set_port(addr, port);
		return open_socket(addr, false);
	}
	if (fd == -1)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (addr->any.sa_family == AF_INET6)
		setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
	return fd;
}

int
listen_bind(struct listen *l, const char *address, unsigned port,
    struct conf_error *ret_error)
{
	union addr addr;
	int fd, r = parse_address(address, &addr);

	if (r < 0) {
		snprintf(ret_error->text, sizeof ret_error->text,
		    "\"%s\" is not a numeric IPv4 or IPv6 address", address);
		return r;
	}
	addr_set_port(&addr, port);
	fd = open_socket(&addr, address == NULL);
	r = fd < 0 ? fd : 0;
	if (r == 0 &&
	    (bind(fd, &addr.any, addr_length(&addr)) == -1 ||
	        listen(fd, BACKLOG) == -1)) {
		r = -errno;
		close(fd);
	}
	if (r < 0) {
		snprintf(ret_error->text, sizeof ret_error->text,
		    "cannot listen on %s port %u: %s",
		    address ? address : "any address", port, strerror(-r));
		return r;
	}
	l->sockets[l->count++] = fd;
	return 0;
}

unsigned
listen_port(const struct listen *l)
{
	union addr addr = { 0 };
	socklen_t length = sizeof addr;

	getsockname(l->sockets[0], &addr.any, &length);
	return addr_port(&addr);
}

static void
handle_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGHUP, SIG_IGN);
	/* Children end by themselves and are not waited for. */
	signal(SIGCHLD, SIG_IGN);
}

/* In the child: nothing of the listener's is left. */
static int
serve_child(struct listen *l, const struct service *service, int client)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	for (size_t i = 0; i < l->count; i++)
		close(l->sockets[i]);
	if (dup2(client, STDIN_FILENO) == -1)
		return 1;
	if (client != STDIN_FILENO)
		close(client);
	return serve_client(service);
}

/* True in a child, with its exit status. */
static bool
accept_one(struct listen *l, size_t i, const struct service *service,
    int *ret_status)
{
	int client = accept4(l->sockets[i], NULL, NULL, SOCK_CLOEXEC);
	pid_t child;

	if (client == -1)
		return false;
	child = fork();
	if (child == 0) {
		*ret_status = serve_child(l, service, client);
		return true;
	}
	if (child == -1) {
		static const char busy[] = "421 Too busy, try later.\r\n";
		ssize_t ignored =
		    send(client, busy, sizeof busy - 1, MSG_NOSIGNAL);

		(void)ignored;
	}
	close(client);
	return false;
}

int
listen_run(struct listen *l, const struct service *service)
{
	struct pollfd p[LISTEN_MAX];
	int status = 0;

	handle_signals();
	while (!stopping) {
		for (size_t i = 0; i < l->count; i++)
			p[i] = (struct pollfd){ .fd = l->sockets[i],
				.events = POLLIN };
		if (poll(p, l->count, -1) == -1)
			continue;
		for (size_t i = 0; i < l->count; i++)
			if (p[i].revents &&
			    accept_one(l, i, service, &status))
				return status;
	}
	return 0;
}
