/*
 * data.c - the data connection, see data.h.
 *
 * Owned by struct session; cmd_data.c prepares it, transfer.c opens, uses and
 * closes it. A listener lives until its one transfer is over or the next PASV
 * or PORT comes, so that no port stays open behind it.
 */
#include "config.h"

#include "ftpd/data.h"

#include "ftpd/clock.h"
#include "ftpd/session.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define REFUSED_KEPT 400 /* milliseconds; curl looks at 550 after 200 */
#define TOLD_MAX 100 /* strangers that are worth an entry, in a session */
#define BACKLOG 16 /* a thief's early connections must not fill it */

void
data_init(struct data *d)
{
	*d = (struct data){ .listener = -1, .fd = -1 };
}

static void
close_connection(struct data *d)
{
	if (d->tls)
		d->calls->end(d->tls);
	if (d->fd >= 0)
		close(d->fd);
	d->tls = NULL;
	d->fd = -1;
}

void
data_reset(struct data *d)
{
	close_connection(d);
	if (d->listener >= 0)
		close(d->listener);
	data_init(d);
}

/*
 * A client that begins TLS on the data connection before it reads what has
 * become of its command (curl) would make a failure of that connection of it,
 * and never tell its user why the transfer was refused. Others (Net::FTP) read
 * nothing until the connection has ended: it is not kept for long.
 */
void
data_refuse(struct session *s)
{
	if (s->secure.protect && s->data.mode != DATA_NONE)
		s->data.expires = clock_now() + REFUSED_KEPT;
	else
		data_reset(&s->data);
}

int64_t
data_deadline(const struct session *s)
{
	return s->data.expires ? s->data.expires : INT64_MAX;
}

/* Tries the whole range from a random start; a guessed port is no use. */
static int
bind_in_range(
    int fd, union addr *local, unsigned least, unsigned most)
{
	unsigned count = most - least + 1, start = 0;

	if (getrandom(&start, sizeof start, 0) != (ssize_t)sizeof start)
		return -EAGAIN;
	for (unsigned i = 0; i < count; i++) {
		addr_set_port(local, least + (start % count + i) % count);
		/*
		 * listen() may fail where bind() did not: two sockets may be
		 * bound with SO_REUSEADDR, but only one listens.
		 */
		if (bind(fd, &local->any, addr_length(local)) == 0)
			return listen(fd, BACKLOG) == 0 ? 0 : -errno;
		if (errno != EADDRINUSE)
			return -errno;
	}
	return -EADDRINUSE;
}

static int
bind_listener(struct session *s, int fd)
{
	union addr local = s->here;
	unsigned least = (unsigned)s->conf.pasv_min_port;
	unsigned most = (unsigned)s->conf.pasv_max_port;
	int on = 1;

	if (most == 0 && least == 0) {
		addr_set_port(&local, 0);
		if (bind(fd, &local.any, addr_length(&local)) == -1 ||
		    listen(fd, BACKLOG) == -1)
			return -errno;
		return 0;
	}
	/* A port of a small range is wanted again while in TIME_WAIT. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	return bind_in_range(
	    fd, &local, least < 1024 ? 1024 : least, most ? most : 65535);
}

int
data_listen(struct session *s, unsigned *ret_port)
{
	union addr bound;
	socklen_t length = sizeof bound;
	int fd, r;

	data_reset(&s->data);
	fd = socket(s->here.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -errno;
	r = bind_listener(s, fd);
	if (r == 0 && getsockname(fd, &bound.any, &length) == -1)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	s->data.mode = DATA_PASSIVE;
	s->data.listener = fd;
	*ret_port = addr_port(&bound);
	return 0;
}

void
data_target(struct session *s, const union addr *target)
{
	data_reset(&s->data);
	s->data.mode = DATA_ACTIVE;
	s->data.target = *target;
}

/* Anybody may try the port: the log hears of some. */
static void
refuse_stranger(struct session *s, int fd, const char *who)
{
	close(fd);
	if (s->strangers++ >= TOLD_MAX)
		return;
	log_event(&s->log, LOG_WARNING, "data-refused",
	    "data connection from another address: %s", who);
}

/* The one that is to be used: nobody else may come. */
static int
take_connection(struct data *d)
{
	close(d->listener);
	d->listener = -1;
	return 0;
}

/* Is the connection that came by the proxy the client's? */
static int
check_header(struct session *s)
{
	struct data *d = &s->data;
	int r = proxied_data(s, d->fd);

	if (r == -EAGAIN)
		return r;
	d->headed = false;
	if (r == 0)
		return take_connection(d);
	refuse_stranger(s, d->fd, "a PROXY header of somebody else's");
	d->fd = -1;
	return -EAGAIN;
}

/* Takes the client's connection and turns everybody else's away. */
static int
accept_client(struct session *s)
{
	struct data *d = &s->data;

	for (;;) {
		union addr from;
		socklen_t length = sizeof from;
		int fd = accept4(d->listener, &from.any, &length,
		    SOCK_CLOEXEC | SOCK_NONBLOCK);
		char text[ADDR_TEXT_MAX];

		if (fd == -1 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd == -1)
			return -errno;
		if (addr_same_host(&from, &s->via)) {
			d->fd = fd;
			d->headed = true;
			s->proxied.have = 0;
			return check_header(s);
		}
		if (s->conf.pasv_promiscuous ||
		    addr_same_host(&from, &s->peer)) {
			d->fd = fd;
			return take_connection(d);
		}
		addr_text(&from, text);
		refuse_stranger(s, fd, text);
	}
}

static int
connect_client(struct session *s)
{
	const unsigned char *bytes = NULL;
	size_t length = addr_bytes(&s->data.target, &bytes);
	int fd = agent_connect(
	    &s->agent, bytes, length, addr_port(&s->data.target));

	if (fd < 0)
		return fd;
	s->data.fd = fd;
	s->data.connecting = true;
	return -EAGAIN;
}

/* Has the connection that was begun come about? */
static int
check_connected(struct data *d)
{
	struct pollfd p = { .fd = d->fd, .events = POLLOUT };
	int error = 0;
	socklen_t length = sizeof error;

	if (poll(&p, 1, 0) == 0)
		return -EAGAIN;
	if (getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &length) == -1)
		return -errno;
	if (error == 0)
		d->connecting = false;
	return -error;
}

/* The bare connection, before any TLS. */
static int
open_plain(struct session *s)
{
	struct data *d = &s->data;
	int r;

	if (d->headed)
		return check_header(s);
	if (d->fd >= 0)
		return d->connecting ? check_connected(d) : 0;
	if (d->mode == DATA_PASSIVE)
		return accept_client(s);
	if (d->mode == DATA_NONE)
		return -ENOTCONN;
	r = connect_client(s);
	return r == -EAGAIN ? check_connected(d) : r;
}

/*
 * PROT P: the client's handshake, which he begins when he has seen 150, or as
 * soon as he has connected; of what is to come a download is the better guess
 * then, and his going is his affair.
 */
static int
protect(struct session *s)
{
	struct data *d = &s->data;
	bool early = s->transfer.kind == TRANSFER_NONE;
	int r;

	if (!d->tls) {
		bool sends = early ? s->conf.use_sendfile : d->whole;

		d->calls = s->secure.calls;
		d->tls = d->calls->start(s->secure.tls, d->fd,
		    sends ? TLS_SENDFILE : TLS_DATA);
	}
	if (!d->tls)
		return -ENOMEM;
	r = d->calls->handshake(d->tls);
	if (r == -EAGAIN)
		control_quick_ack(d->fd);
	else if (r < 0)
		control_log_tls(s, d->tls, early ? LOG_INFO : LOG_WARNING,
		    "data connection failed");
	if (r < 0)
		return r;
	d->shaken = true;
	if (s->conf.debug_ssl)
		control_log_tls(s, d->tls, LOG_INFO, "data connection");
	if (!s->conf.require_ssl_reuse || d->calls->resumed(d->tls))
		return 0;
	control_log_tls(s, d->tls, LOG_WARNING,
	    "data connection refused by require_ssl_reuse=YES, since it did "
	    "not resume the control connection's session");
	/* So that clients tell of the 522, and not of a broken connection. */
	data_finish(d, false);
	return -EKEYREJECTED;
}

int
data_open(struct session *s)
{
	struct data *d = &s->data;
	int r = d->failed ? d->failed : open_plain(s);

	return r == 0 && s->secure.protect && !d->shaken ? protect(s) : r;
}

/* Has the client said something? He may wait for 150, and that is as well. */
static bool
has_spoken(const struct data *d)
{
	struct pollfd p = { .fd = d->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

bool
data_is_awaited(const struct session *s)
{
	const struct data *d = &s->data;

	return s->secure.protect && d->mode == DATA_PASSIVE && !d->shaken &&
	    !d->failed;
}

void
data_advance(struct session *s)
{
	struct data *d = &s->data;
	int r = open_plain(s);

	/* Once begun, TLS says itself what it waits for. */
	if (r == 0 && (d->tls || has_spoken(d)))
		r = protect(s);
	if (r == 0 || r == -EAGAIN)
		return;
	d->failed = r;
	close_connection(d);
}

void
data_unprotect(struct data *d)
{
	if (d->tls || d->failed)
		data_reset(d);
}

void
data_poll(const struct data *d, struct pollfd *ret_poll)
{
	ret_poll->fd = d->fd >= 0 ? d->fd : d->listener;
	if (d->tls)
		ret_poll->events = d->calls->events(d->tls);
	else
		ret_poll->events = d->connecting ? POLLOUT : POLLIN;
}

short
data_events(const struct data *d, bool writing)
{
	if (d->tls)
		return d->calls->events(d->tls);
	return writing ? POLLOUT : POLLIN;
}

bool
data_pending(const struct data *d)
{
	return d->tls && d->shaken && d->calls->pending(d->tls);
}

int
data_finish(struct data *d, bool wait)
{
	int on = 1;

	if (!d->tls)
		return 0;
	/* What is awaited must have left before; else the close sends it. */
	if (wait)
		setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return d->calls->shutdown(d->tls, wait);
}

void
data_shut(struct data *d)
{
	shutdown(d->fd, SHUT_WR);
}

bool
data_direct(const struct data *d)
{
	return d->whole && (!d->tls || d->calls->by_kernel(d->tls));
}

ssize_t
data_send_file(struct data *d, int file, off_t offset, size_t size)
{
	ssize_t n;

	if (d->tls)
		return d->calls->send_file(d->tls, file, offset, size);
	n = sendfile(d->fd, file, &offset, size);
	return n == -1 ? -errno : n;
}

ssize_t
data_read(struct data *d, void *buffer, size_t size)
{
	ssize_t n;

	if (d->tls) {
		n = d->calls->read(d->tls, buffer, size);
		if (n == -EAGAIN)
			control_quick_ack(d->fd);
		return n;
	}
	n = recv(d->fd, buffer, size, 0);
	return n == -1 ? -errno : n;
}

ssize_t
data_write(struct data *d, const void *buffer, size_t size)
{
	ssize_t n;

	if (d->tls)
		return d->calls->write(d->tls, buffer, size);
	n = send(d->fd, buffer, size, MSG_NOSIGNAL);
	return n == -1 ? -errno : n;
}
