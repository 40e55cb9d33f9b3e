/*
 * address.c - internet addresses and networks, as directives and the names of
 * drop-ins in net.d write them.
 *
 * Pure but for the one look at a struct sockaddr. Called by layers.c and, by
 * way of conf.h, by both sides.
 */
#include "config.h"

#include "conf/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* The longest text of an address, without its NUL. */
#define ADDRESS_TEXT_MAX (INET6_ADDRSTRLEN - 1)

/* From 16 bytes of IPv6, which may hold an IPv4 address. */
static void
take_v6(struct conf_address *ret_address, const unsigned char bytes[16])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(bytes, mapped, sizeof mapped) == 0) {
		memcpy(ret_address->bytes, bytes + 12, 4);
		ret_address->length = 4;
	} else {
		memcpy(ret_address->bytes, bytes, 16);
		ret_address->length = 16;
	}
}

void
conf_address_take(struct conf_address *ret_address, const struct sockaddr *from)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memset(ret_address, 0, sizeof *ret_address);
	if (from->sa_family == AF_INET) {
		memcpy(&v4, from, sizeof v4);
		memcpy(ret_address->bytes, &v4.sin_addr, 4);
		ret_address->length = 4;
	} else if (from->sa_family == AF_INET6) {
		memcpy(&v6, from, sizeof v6);
		take_v6(ret_address, v6.sin6_addr.s6_addr);
	}
}

int
conf_address_parse(const char *text, struct conf_address *ret_address)
{
	unsigned char bytes[16];

	memset(ret_address, 0, sizeof *ret_address);
	if (inet_pton(AF_INET, text, bytes) == 1) {
		memcpy(ret_address->bytes, bytes, 4);
		ret_address->length = 4;
		return 0;
	}
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return -EINVAL;
	take_v6(ret_address, bytes);
	return 0;
}

void
conf_address_text(const struct conf_address *address, char text[46])
{
	*text = '\0';
	if (address->length > 0)
		inet_ntop(address->length == 4 ? AF_INET : AF_INET6,
		    address->bytes, text, INET6_ADDRSTRLEN);
}

/* The first bits of both, whatever is behind them. */
static bool
same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(a, b, whole) == 0 &&
	       (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

bool
conf_network_has(
    const struct conf_network *network, const struct conf_address *address)
{
	return network->address.length == address->length &&
	       same_bits(network->address.bytes, address->bytes, network->bits);
}

/* Bits of the address behind the prefix would be a mistake of somebody's. */
static bool
is_network(const struct conf_network *network)
{
	for (unsigned i = network->bits; i < network->address.length * 8; i++)
		if (network->address.bytes[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

int
conf_network_parse(const char *text, size_t length, char separator,
    struct conf_network *ret_network)
{
	char address[ADDRESS_TEXT_MAX + 1];
	const char *mark = memchr(text, separator, length);
	size_t n = mark ? (size_t)(mark - text) : length;
	unsigned bits = 0, digits = 0;

	if (n > ADDRESS_TEXT_MAX)
		return -EINVAL;
	memcpy(address, text, n);
	address[n] = '\0';
	if (conf_address_parse(address, &ret_network->address) < 0)
		return -EINVAL;
	ret_network->bits = ret_network->address.length * 8;
	if (!mark)
		return 0;
	for (const char *p = mark + 1; p < text + length; p++) {
		if (*p < '0' || *p > '9' || ++digits > 3)
			return -EINVAL;
		bits = bits * 10 + (unsigned)(*p - '0');
	}
	if (digits == 0 || (digits > 1 && mark[1] == '0') ||
	    bits > ret_network->bits)
		return -EINVAL;
	ret_network->bits = bits;
	return is_network(ret_network) ? 0 : -ERANGE;
}

int
conf_networks_have(const char *list, const struct conf_address *address)
{
	static const char between[] = ", \t";
	struct conf_network network;
	int found = 0;

	while (list && *(list += strspn(list, between)) != '\0') {
		size_t n = strcspn(list, between);

		if (conf_network_parse(list, n, '/', &network) < 0)
			return -EINVAL;
		if (conf_network_has(&network, address))
			found = 1;
		list += n;
	}
	return found;
}
