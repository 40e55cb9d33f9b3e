/*
 * listen.c - accept and fork, see listen.h.
 *
 * For quick mode, and for machines without a super-server. It runs as the
 * unprivileged user from before the first accept(); main.c sees to that.
 */
#include "config.h"

#include "ftpd/listen.h"

#include "ftpd/addr.h"
#include "ftpd/deflate.h"
#include "ftpd/digest.h"
#include "ftpd/module.h"
#include "ftpd/tls.h"
#include "ftpd/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG SOMAXCONN /* a burst waits, and is not turned away */

static volatile sig_atomic_t stopping, reloading;

static void
note_signal(int number)
{
	if (number == SIGHUP)
		reloading = 1;
	else
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
	if (listen_add(l, fd))
		return 0;
	close(fd);
	snprintf(ret_error->text, sizeof ret_error->text,
	    "more than %d addresses to listen on", LISTEN_MAX);
	return -E2BIG;
}

bool
listen_add(struct listen *l, int socket)
{
	if (l->count == LISTEN_MAX)
		return false;
	l->sockets[l->count++] = socket;
	return true;
}

unsigned
listen_port(const struct listen *l)
{
	union addr addr = { 0 };
	socklen_t length = sizeof addr;

	getsockname(l->sockets[0], &addr.any, &length);
	return addr_port(&addr);
}

/* They arrive in ppoll() and nowhere else, so that none is missed. */
static void
handle_signals(sigset_t *ret_outside)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGHUP);
	sigprocmask(SIG_BLOCK, &blocked, ret_outside);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	/* Children end by themselves and are not waited for. */
	signal(SIGCHLD, SIG_IGN);
}

/* What the loop works with. */
struct loop {
	struct listen *listen;
	struct service *service;
	const struct manager *manager;
	struct conf conf;      /* what service->conf points to */
	int watch;             /* of its files, or -1 */
	sigset_t outside;      /* signal mask of the children, and of ppoll() */
};

static void
print_warning(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "inftpd: warning: %s\n", text);
}

/*
 * Once for all: each child would else load and link OpenSSL and zlib anew.
 * Where that fails the child tries, too, and tells its log.
 */
static void
load_modules(struct service *service)
{
	const struct conf *conf = service->conf;
	char error[600];

	if (!conf)
		return;
	if (!service->tls && conf->ssl_enable)
		service->tls =
		    module_load("tls.so", TLS_SYMBOL, error, sizeof error);
}

/* A configuration with an error is nobody's: each client then hears 421. */
static void
reload(struct loop *loop)
{
	struct conf conf;
	struct conf_error error;

	if (loop->watch < 0)
		return;
	watch_renew(loop->watch, &loop->service->place);
	manager_notify(loop->manager, "RELOADING=1");
	if (loop->service->conf)
		conf_done(&loop->conf);
	loop->service->conf = NULL;
	if (serve_load_conf(
	        loop->service, &conf, print_warning, NULL, &error) < 0) {
		fprintf(stderr, "inftpd: %s; clients are turned away\n",
		    error.text);
	} else {
		loop->conf = conf;
		loop->service->conf = &loop->conf;
		load_modules(loop->service);
	}
	manager_notify(loop->manager, "READY=1");
}

/* In the child: nothing of the listener's is left. */
static int
serve_child(struct loop *loop, int client)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigprocmask(SIG_SETMASK, &loop->outside, NULL);
	for (size_t i = 0; i < loop->listen->count; i++)
		close(loop->listen->sockets[i]);
	if (loop->watch >= 0)
		close(loop->watch);
	/* The manager is told of the listener, not of each session. */
	unsetenv("NOTIFY_SOCKET");
	if (dup2(client, STDIN_FILENO) == -1)
		return 1;
	if (client != STDIN_FILENO)
		close(client);
	return serve_client(loop->service);
}

/* True in a child, with its exit status. */
static bool
accept_one(struct loop *loop, int socket, int *ret_status)
{
	int client = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
	pid_t child;

	if (client == -1) {
		/* Out of descriptors or memory: no reason to spin. */
		if (errno != EAGAIN && errno != EINTR &&
		    errno != ECONNABORTED)
			poll(NULL, 0, 100);
		return false;
	}
	child = fork();
	if (child == 0) {
		*ret_status = serve_child(loop, client);
		return true;
	}
	if (child == -1)
		serve_refuse(client, loop->service->implicit ||
		        (loop->service->conf && loop->conf.implicit_ssl),
		    "421 Too busy, please try later.\r\n");
	close(client);
	return false;
}

/* One turn: waits, then does what is there. True in a child. */
static bool
turn(struct loop *loop, int *ret_status)
{
	struct pollfd p[LISTEN_MAX + 1];
	size_t count = loop->listen->count;

	for (size_t i = 0; i < count; i++)
		p[i] = (struct pollfd){ .fd = loop->listen->sockets[i],
			.events = POLLIN };
	p[count] = (struct pollfd){ .fd = loop->watch, .events = POLLIN };
	if (ppoll(p, count + 1, NULL, &loop->outside) == -1)
		return false;
	if (p[count].revents && watch_take(loop->watch))
		reloading = 1;
	for (size_t i = 0; i < count; i++)
		if (p[i].revents &&
		    accept_one(loop, p[i].fd, ret_status))
			return true;
	return false;
}

int
listen_run(struct listen *l, struct service *service,
    const struct manager *manager)
{
	struct loop loop = { .listen = l,
		.service = service,
		.manager = manager,
		.watch = -1 };
	int status = 0;

	handle_signals(&loop.outside);
	if (service->conf) {
		loop.conf = *service->conf;
		service->conf = &loop.conf;
		loop.watch = watch_open(&service->place);
		load_modules(service);
	}
	manager_notify(manager, "READY=1");
	while (!stopping) {
		if (reloading) {
			reloading = 0;
			reload(&loop);
		}
		if (turn(&loop, &status))
			return status;
	}
	manager_notify(manager, "STOPPING=1");
	return 0;
}
