/*
 * proxy.h - the header that a proxy puts in front of a connection to say for
 * whom it is: HAProxy's PROXY protocol, versions 1 (text) and 2 (binary).
 *
 * Pure, and linked by both sides: ftpd asks how many bytes to read, so that
 * none of the client's is taken; the helper says what they mean.
 */
#ifndef HELPERS_PROXY_H
#define HELPERS_PROXY_H

#include <stddef.h>

/* Longest header that is taken: version 2 may have fields behind. */
#define PROXY_HEADER_MAX 4096

/* One end of the connection to the proxy. */
struct proxy_end {
	unsigned char bytes[16]; /* of the address, network order */
	size_t length;           /* 4, 16; or 0 if the header names none */
	unsigned port;
};

struct proxy_header {
	struct proxy_end from; /* the client */
	struct proxy_end to;   /* where it connected to */
};

/*
 * How many bytes more than the `have` first ones surely belong to the header;
 * 0 when it is complete, -EPROTO when this is none.
 */
int proxy_missing(const unsigned char *bytes, size_t have);

/*
 * A complete header. 0 or -EPROTO. Without addresses (LOCAL, UNKNOWN,
 * UNSPEC) the connection is the proxy's own.
 */
int proxy_parse(const unsigned char *bytes, size_t length,
    struct proxy_header *ret_header);

#endif
