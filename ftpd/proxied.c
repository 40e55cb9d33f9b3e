/*
 * proxied.c - clients behind a proxy, see proxied.h. serve.c calls it before
 * the greeting, data.c for connections that come from the proxy's address.
 *
 * The bytes are read after the sandbox has closed, no more of them than the
 * header has, so that TLS or a command may follow at once. For the control
 * connection it is the helper that parses them, and decides by the true peer
 * of the socket whether they are to be believed.
 */
#include "config.h"

#include "ftpd/proxied.h"

#include "ftpd/session.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* A proxy sends it first thing; the rest is for lost packets. */
#define HEADER_MS 10000

/* 0 when the header is complete, -EAGAIN, -EPROTO, or -errno. */
static int
read_header(int fd, struct proxied *p)
{
	int missing;

	while ((missing = proxy_missing(p->bytes, p->have)) > 0) {
		ssize_t n = recv(fd, p->bytes + p->have, (size_t)missing,
		    MSG_DONTWAIT);

		if (n == 0)
			return -ECONNRESET;
		if (n == -1)
			return errno == EINTR ? -EAGAIN : -errno;
		p->have += (size_t)n;
	}
	return missing;
}

/* The same, waiting. */
static int
await_header(struct session *s)
{
	struct pollfd client = { .fd = s->control, .events = POLLIN };
	int64_t most = s->conf.login_timeout * 1000;
	int64_t until = clock_now() + (most < HEADER_MS ? most : HEADER_MS);
	int r;

	s->proxied.have = 0;
	while ((r = read_header(s->control, &s->proxied)) == -EAGAIN) {
		int64_t left = until - clock_now();

		if (left <= 0 || poll(&client, 1, (int)left) == 0)
			return -ETIMEDOUT;
	}
	return r;
}

static bool
is_trusted(const struct session *s)
{
	struct conf_address from;

	conf_address_take(&from, &s->peer.any);
	return conf_networks_have(s->conf.proxy_trusted, &from) == 1;
}

/* What the helper has read of net.d and host.d for the client's address. */
static int
take_settings(struct session *s, const struct agent_proxy *answer)
{
	struct conf_error error = { "out of memory" };
	int r = conf_read_text(&s->conf, "net.d", answer->net_settings,
	    CONF_NET, NULL, NULL, &error);

	if (r == 0)
		r = conf_copy(&s->host.without, &s->conf);
	if (r == 0)
		r = conf_read_text(&s->conf, "host.d", answer->host_settings,
		    CONF_HOST, NULL, NULL, &error);
	if (r < 0)
		log_event(&s->log, LOG_ERR, "configuration", "%s",
		    error.text);
	return r;
}

static const char *
reason(int error)
{
	switch (error) {
	case -ETIMEDOUT:
		return "no PROXY header came in time";
	case -EPROTO:
		return "what came first is no PROXY header";
	case -EPERM:
		return "proxy_protocol is set, and this address is not in "
		       "proxy_trusted";
	default:
		return strerror(-error);
	}
}

static int
take_client(struct session *s)
{
	struct agent_proxy answer;
	int r = agent_proxy(
	    &s->agent, s->proxied.bytes, s->proxied.have, &answer);

	if (r < 0)
		return r;
	r = take_settings(s, &answer);
	if (r < 0 || answer.from.length == 0)
		return r;
	s->via = s->peer;
	addr_make(&s->peer, answer.from.bytes, answer.from.length,
	    answer.from.port);
	addr_make(&s->local, answer.to.bytes, answer.to.length,
	    answer.to.port);
	addr_text(&s->peer, s->log.peer);
	return 0;
}

int
proxied_begin(struct session *s)
{
	int r = is_trusted(s) ? await_header(s) : -EPERM;

	if (r == 0)
		r = take_client(s);
	if (r < 0)
		log_event(&s->log, LOG_WARNING, "proxy", "%s", reason(r));
	return r;
}

int
proxied_data(struct session *s, int fd)
{
	struct proxy_header header;
	const unsigned char *bytes = NULL;
	size_t length = addr_bytes(&s->peer, &bytes);
	int r = read_header(fd, &s->proxied);

	if (r == 0)
		r = proxy_parse(s->proxied.bytes, s->proxied.have, &header);
	if (r < 0)
		return r;
	if (header.from.length != length ||
	    memcmp(header.from.bytes, bytes, length) != 0)
		return -EPERM;
	return 0;
}
