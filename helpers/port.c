/*
 * port.c - the active data connection, see port.h.
 *
 * The helper connects as well as binds: an unconnected socket on port 20 in
 * the hands of a taken-over ftpd could reach any host that trusts that port.
 * So ftpd needs no connect() at all, and its sandbox has none.
 */
#include "config.h"

#include "helpers/port.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The address bytes of a, and how many; 0 for no internet address. */
static size_t
address_bytes(const union address *a, const void **ret_bytes)
{
	if (a->any.sa_family == AF_INET) {
		*ret_bytes = &a->v4.sin_addr;
		return sizeof a->v4.sin_addr;
	}
	if (a->any.sa_family == AF_INET6) {
		*ret_bytes = &a->v6.sin6_addr;
		return sizeof a->v6.sin6_addr;
	}
	return 0;
}

/*
 * The peer with another port. An IPv4 client of an IPv6 socket names its
 * address in PORT in 4 bytes, and that is the same host.
 */
static int
make_target(const struct helper *h, const unsigned char *address,
    size_t length, union address *ret_target)
{
	const void *own = NULL;
	size_t own_length = address_bytes(&h->peer, &own);
	size_t skip = 0;

	if (own_length == 16 && length == 4 &&
	    IN6_IS_ADDR_V4MAPPED(&h->peer.v6.sin6_addr))
		skip = 12;
	*ret_target = h->peer;
	if (own_length == 0 || own_length - skip != length)
		return -EAFNOSUPPORT;
	if (memcmp((const char *)own + skip, address, length) == 0)
		return 0;
	if (!h->conf.port_promiscuous)
		return -EPERM;
	if (own_length == 4)
		memcpy(&ret_target->v4.sin_addr, address, 4);
	else
		memcpy((char *)&ret_target->v6.sin6_addr + skip, address,
		    length);
	return 0;
}

static socklen_t
set_port(union address *a, unsigned port)
{
	if (a->any.sa_family == AF_INET) {
		a->v4.sin_port = htons((uint16_t)port);
		return sizeof a->v4;
	}
	a->v6.sin6_port = htons((uint16_t)port);
	return sizeof a->v6;
}

/*
 * Where the control connection came to; any address where that is a proxy's,
 * since the client is connected to from here.
 */
static union address
own_address(const struct helper *h)
{
	union address any = { .any.sa_family = h->peer.any.sa_family };

	return h->proxied ? any : h->local;
}

static int
bind_and_connect(struct helper *h, int fd, union address *target,
    unsigned port)
{
	union address local = own_address(h);
	int on = 1;
	socklen_t length = set_port(&local, h->conf.connect_from_port_20
	    ? (unsigned)h->conf.ftp_data_port : 0);

	/* Port 20 is shared by all sessions; the four-tuple tells them apart. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, &local.any, length) == -1)
		return -errno;
	length = set_port(target, port);
	if (connect(fd, &target->any, length) == -1 && errno != EINPROGRESS)
		return -errno;
	return 0;
}

int
port_connect(struct helper *h, const unsigned char *address, size_t length,
    unsigned port)
{
	union address target;
	int fd, r;

	if (!h->conf.port_enable || port < 1024 || port > 65535)
		return -EPERM;
	r = make_target(h, address, length, &target);
	if (r < 0)
		return r;
	fd = socket(own_address(h).any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -errno;
	r = bind_and_connect(h, fd, &target, port);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}
