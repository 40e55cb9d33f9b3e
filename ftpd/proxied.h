/*
 * proxied.h - clients that come through a proxy, which tells in a header
 * (PROXY protocol) who they are: proxy_protocol and proxy_trusted.
 */
#ifndef FTPD_PROXIED_H
#define FTPD_PROXIED_H

#include "helpers/proxy.h"

#include <stdbool.h>
#include <stddef.h>

struct session;

/* A header on its way in. */
struct proxied {
	unsigned char bytes[PROXY_HEADER_MAX];
	size_t have;
};

/*
 * Reads the header in front of the control connection, has the helper say
 * what it means and takes that over: the client's address, the one that it
 * called, and the settings for them. Waits for some seconds at most. 0, or
 * -errno, which is logged; then the connection is nobody's.
 */
int proxied_begin(struct session *s);

/*
 * Goes on with the header of a data connection that came through the proxy.
 * 0 when it is the client's; -EAGAIN; -EPERM when it is somebody else's,
 * -EPROTO for no header, or -errno.
 */
int proxied_data(struct session *s, int fd);

#endif
