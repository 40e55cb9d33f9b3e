/*
 * proxy.c - the PROXY protocol's header, see proxy.h. Fuzzed: the bytes may be
 * anybody's who can connect from an address of proxy_trusted.
 *
 * Nothing is guessed: what is not exactly a header for TCP, or for nobody, is
 * refused. Fields behind the addresses of version 2 are passed over.
 */
#include "config.h"

#include "helpers/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define V1_MAX 107    /* bytes of version 1, with CR LF */
#define V2_HEAD 16    /* bytes in front of version 2's addresses */
#define SIGNATURE_SIZE 12

static const unsigned char signature[SIGNATURE_SIZE] = { '\r', '\n', '\r',
	'\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n' };

static bool
is_v2(const unsigned char *bytes)
{
	return memcmp(bytes, signature, sizeof signature) == 0;
}

/* Bytes of the fields behind a version 2 head. */
static size_t
v2_length(const unsigned char *bytes)
{
	return (size_t)bytes[14] << 8 | bytes[15];
}

int
proxy_missing(const unsigned char *bytes, size_t have)
{
	size_t whole = SIGNATURE_SIZE; /* no header is shorter */

	if (have >= whole && is_v2(bytes)) {
		whole = V2_HEAD;
		if (have >= whole)
			whole += v2_length(bytes);
	} else if (have >= whole) {
		if (memcmp(bytes, "PROXY ", 6) != 0)
			return -EPROTO;
		whole = bytes[have - 1] == '\n' ? have : have + 1;
		if (whole > V1_MAX)
			return -EPROTO;
	}
	if (have > whole || whole > PROXY_HEADER_MAX)
		return -EPROTO;
	return (int)(whole - have);
}

/* --- version 1 -------------------------------------------------------- */

/* Cuts the next word off; "" if there is none, or more than one blank. */
static const char *
next_word(char **rest)
{
	char *word = *rest;

	*rest += strcspn(word, " ");
	if (**rest == ' ')
		*(*rest)++ = '\0';
	return word;
}

static int
parse_port(const char *word, unsigned *ret_port)
{
	unsigned port = 0;

	if (*word == '\0' || (word[0] == '0' && word[1] != '\0'))
		return -EPROTO;
	for (; *word != '\0'; word++) {
		if (*word < '0' || *word > '9')
			return -EPROTO;
		port = port * 10 + (unsigned)(*word - '0');
		if (port > 65535)
			return -EPROTO;
	}
	*ret_port = port;
	return 0;
}

static int
parse_addresses(int family, char *rest, struct proxy_header *header)
{
	struct proxy_end *ends[] = { &header->from, &header->to };

	for (int i = 0; i < 2; i++) {
		if (inet_pton(family, next_word(&rest), ends[i]->bytes) != 1)
			return -EPROTO;
		ends[i]->length = family == AF_INET ? 4 : 16;
	}
	for (int i = 0; i < 2; i++)
		if (parse_port(next_word(&rest), &ends[i]->port) < 0)
			return -EPROTO;
	return *rest == '\0' ? 0 : -EPROTO;
}

static int
parse_v1(const unsigned char *bytes, size_t length,
    struct proxy_header *header)
{
	char line[V1_MAX + 1], *rest = line;
	const char *word;

	if (length > V1_MAX || bytes[length - 2] != '\r' ||
	    memchr(bytes, '\0', length))
		return -EPROTO;
	memcpy(line, bytes, length - 2);
	line[length - 2] = '\0';
	/* A blank at the end would be an empty word that nobody asks for. */
	if (line[length - 3] == ' ')
		return -EPROTO;
	next_word(&rest); /* "PROXY", as proxy_missing() has seen */
	word = next_word(&rest);
	if (strcmp(word, "TCP4") == 0)
		return parse_addresses(AF_INET, rest, header);
	if (strcmp(word, "TCP6") == 0)
		return parse_addresses(AF_INET6, rest, header);
	/* What follows UNKNOWN is to be passed over. */
	return strcmp(word, "UNKNOWN") == 0 ? 0 : -EPROTO;
}

/* --- version 2 -------------------------------------------------------- */

/* Type, length and value, one after the other, up to the end. */
static bool
are_fields(const unsigned char *bytes, size_t length)
{
	while (length >= 3) {
		size_t n = 3 + ((size_t)bytes[1] << 8 | bytes[2]);

		if (n > length)
			return false;
		bytes += n;
		length -= n;
	}
	return length == 0;
}

static void
take_ends(const unsigned char *bytes, size_t size, struct proxy_header *header)
{
	const unsigned char *ports = bytes + 2 * size;

	memcpy(header->from.bytes, bytes, size);
	memcpy(header->to.bytes, bytes + size, size);
	header->from.length = header->to.length = size;
	header->from.port = (unsigned)ports[0] << 8 | ports[1];
	header->to.port = (unsigned)ports[2] << 8 | ports[3];
}

static int
parse_v2(const unsigned char *bytes, struct proxy_header *header)
{
	enum { LOCAL = 0x20, PROXY = 0x21, UNSPEC = 0, TCP4 = 0x11,
		TCP6 = 0x21 };
	const unsigned char *rest = bytes + V2_HEAD;
	size_t length = v2_length(bytes), size;

	/* Whatever stands behind these is to be passed over. */
	if (bytes[12] == LOCAL || (bytes[12] == PROXY && bytes[13] == UNSPEC))
		return 0;
	if (bytes[12] != PROXY || (bytes[13] != TCP4 && bytes[13] != TCP6))
		return -EPROTO;
	size = bytes[13] == TCP4 ? 4 : 16;
	if (length < 2 * size + 4 ||
	    !are_fields(rest + 2 * size + 4, length - 2 * size - 4))
		return -EPROTO;
	take_ends(rest, size, header);
	return 0;
}

int
proxy_parse(const unsigned char *bytes, size_t length,
    struct proxy_header *ret_header)
{
	struct proxy_header header = { { { 0 }, 0, 0 }, { { 0 }, 0, 0 } };
	int r;

	if (length < SIGNATURE_SIZE || proxy_missing(bytes, length) != 0)
		return -EPROTO;
	/* One line and no more, also of UNKNOWN, which says anything. */
	if (!is_v2(bytes) &&
	    memchr(bytes, '\n', length) != bytes + length - 1)
		return -EPROTO;
	r = is_v2(bytes) ? parse_v2(bytes, &header)
			 : parse_v1(bytes, length, &header);
	if (r == 0)
		*ret_header = header;
	return r;
}
