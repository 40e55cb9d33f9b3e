/*
 * addr.c - internet addresses as FTP writes them, see addr.h. The parsers
 * read a client's bytes: strict grammar, no sscanf(), fuzzed.
 */
#include "config.h"

#include "ftpd/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WORD_SIZE 8 /* a number of 16 bits, and more for what is none */

/* A decimal of 1 to `digits` digits at *text, at most max. -1 if none. */
static long
number(const char **text, int digits, long max)
{
	long value = 0;
	int n = 0;

	while (**text >= '0' && **text <= '9') {
		if (++n > digits)
			return -1;
		value = value * 10 + (*(*text)++ - '0');
	}
	return n > 0 && value <= max ? value : -1;
}

int
addr_parse_port(const char *text, union addr *ret_addr)
{
	unsigned char byte[6];

	for (int i = 0; i < 6; i++) {
		long value = number(&text, 3, 255);

		if (value < 0 || *text != (i < 5 ? ',' : '\0'))
			return -EINVAL;
		byte[i] = (unsigned char)value;
		if (i < 5)
			text++;
	}
	memset(ret_addr, 0, sizeof *ret_addr);
	ret_addr->v4.sin_family = AF_INET;
	memcpy(&ret_addr->v4.sin_addr, byte, 4);
	memcpy(&ret_addr->v4.sin_port, byte + 4, 2);
	return 0;
}

/* All of text as a number of 16 bits. */
static long
whole_number(const char *text)
{
	long value = number(&text, 5, 65535);

	return *text == '\0' ? value : -1;
}

/* The text up to the delimiter, which is skipped. */
static int
field(const char **text, char delimiter, char *out, size_t size)
{
	const char *end = strchr(*text, delimiter);
	size_t n = end ? (size_t)(end - *text) : 0;

	if (!end || n >= size)
		return -EINVAL;
	memcpy(out, *text, n);
	out[n] = '\0';
	*text = end + 1;
	return 0;
}

int
addr_parse_eprt(const char *text, union addr *ret_addr)
{
	char delimiter = *text, host[INET6_ADDRSTRLEN], digits[WORD_SIZE];
	union addr addr;
	long protocol, port;
	int ok;

	/* RFC 2428: one of the ASCII characters 33 to 126, digits among them. */
	if (delimiter < 33 || delimiter > 126)
		return -EINVAL;
	text++;
	if (field(&text, delimiter, digits, sizeof digits) < 0)
		return -EINVAL;
	protocol = whole_number(digits);
	if (protocol < 0)
		return -EINVAL;
	if (protocol != 1 && protocol != 2)
		return -EAFNOSUPPORT;
	if (field(&text, delimiter, host, sizeof host) < 0 ||
	    field(&text, delimiter, digits, sizeof digits) < 0 ||
	    *text != '\0')
		return -EINVAL;
	port = whole_number(digits);
	if (port < 0)
		return -EINVAL;
	memset(&addr, 0, sizeof addr);
	addr.any.sa_family = protocol == 1 ? AF_INET : AF_INET6;
	ok = protocol == 1
	    ? inet_pton(AF_INET, host, &addr.v4.sin_addr)
	    : inet_pton(AF_INET6, host, &addr.v6.sin6_addr);
	if (ok != 1)
		return -EINVAL;
	addr_set_port(&addr, (unsigned)port);
	*ret_addr = addr;
	return 0;
}

void
addr_make(union addr *ret_addr, const unsigned char *bytes, size_t length,
    unsigned port)
{
	memset(ret_addr, 0, sizeof *ret_addr);
	if (length == 4) {
		ret_addr->any.sa_family = AF_INET;
		memcpy(&ret_addr->v4.sin_addr, bytes, 4);
	} else if (length == 16) {
		ret_addr->any.sa_family = AF_INET6;
		memcpy(&ret_addr->v6.sin6_addr, bytes, 16);
	}
	addr_set_port(ret_addr, port);
}

int
addr_parse_literal(const char *text, union addr *ret_addr)
{
	char host[INET6_ADDRSTRLEN];
	size_t length = strlen(text);
	bool brackets = text[0] == '[';
	union addr addr = { 0 };

	if (brackets) {
		if (text[length - 1] != ']')
			return -EINVAL;
		text++;
		length -= 2;
	} else if (strchr(text, ':')) {
		return -EINVAL;
	}
	if (length >= sizeof host)
		return brackets ? -EINVAL : 0;
	memcpy(host, text, length);
	host[length] = '\0';
	if (inet_pton(AF_INET, host, &addr.v4.sin_addr) == 1)
		addr.any.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, host, &addr.v6.sin6_addr) == 1)
		addr.any.sa_family = AF_INET6;
	else
		return brackets ? -EINVAL : 0;
	*ret_addr = addr;
	return 1;
}

unsigned
addr_port(const union addr *a)
{
	if (a->any.sa_family == AF_INET)
		return ntohs(a->v4.sin_port);
	return a->any.sa_family == AF_INET6 ? ntohs(a->v6.sin6_port) : 0;
}

void
addr_set_port(union addr *a, unsigned port)
{
	if (a->any.sa_family == AF_INET)
		a->v4.sin_port = htons((uint16_t)port);
	else if (a->any.sa_family == AF_INET6)
		a->v6.sin6_port = htons((uint16_t)port);
}

size_t
addr_bytes(const union addr *a, const unsigned char **ret_bytes)
{
	if (a->any.sa_family == AF_INET) {
		*ret_bytes = (const unsigned char *)&a->v4.sin_addr;
		return 4;
	}
	if (a->any.sa_family != AF_INET6)
		return 0;
	*ret_bytes = a->v6.sin6_addr.s6_addr;
	if (!IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr))
		return 16;
	*ret_bytes += 12;
	return 4;
}

bool
addr_same_host(const union addr *a, const union addr *b)
{
	const unsigned char *x = NULL, *y = NULL;
	size_t n = addr_bytes(a, &x);

	return n > 0 && n == addr_bytes(b, &y) && memcmp(x, y, n) == 0;
}

bool
addr_is_v4(const union addr *a)
{
	const unsigned char *bytes;

	return addr_bytes(a, &bytes) == 4;
}

socklen_t
addr_length(const union addr *a)
{
	return a->any.sa_family == AF_INET ? sizeof a->v4 : sizeof a->v6;
}

void
addr_text(const union addr *a, char out[ADDR_TEXT_MAX])
{
	const unsigned char *bytes = NULL;
	size_t n = addr_bytes(a, &bytes);

	out[0] = '\0';
	if (n > 0)
		inet_ntop(
		    n == 4 ? AF_INET : AF_INET6, bytes, out, ADDR_TEXT_MAX);
}

void
addr_pasv_text(const union addr *a, unsigned port, char out[ADDR_TEXT_MAX])
{
	const unsigned char *b = (const unsigned char *)"\0\0\0";

	addr_bytes(a, &b);
	snprintf(out, ADDR_TEXT_MAX, "%u,%u,%u,%u,%u,%u", b[0], b[1], b[2],
	    b[3], port >> 8 & 255, port & 255);
}
