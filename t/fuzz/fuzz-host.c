/*
 * fuzz-host.c - conf/layers.c and conf/address.c with any bytes: names of
 * hosts, which clients choose, and of networks.
 */
#include "config.h"

#include "conf/announce.h"
#include "conf/internal.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

/* A name goes into a path: nothing in it may lead elsewhere. */
static void
try_host(const char *text)
{
	char name[CONF_HOST_MAX + 1], again[CONF_HOST_MAX + 1];

	if (conf_host_name(text, name) < 0)
		return;
	HOLDS(name[0] != '\0' && name[0] != '.' && name[0] != '-');
	HOLDS(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") ==
	    strlen(name));
	HOLDS(strstr(name, "..") == NULL);
	HOLDS(strlen(name) + 1 >= strlen(text));
	HOLDS(conf_host_name(name, again) == 0 && strcmp(name, again) == 0);
}

static void
try_address(const char *text)
{
	struct conf_address address, again;
	char back[46];

	if (conf_address_parse(text, &address) < 0)
		return;
	HOLDS(address.length == 4 || address.length == 16);
	conf_address_text(&address, back);
	HOLDS(conf_address_parse(back, &again) == 0);
	HOLDS(memcmp(&address, &again, sizeof address) == 0);
}

static void
try_network(const char *text, size_t length)
{
	struct conf_network network;

	if (conf_network_parse(text, length, '_', &network) < 0)
		return;
	HOLDS(network.bits <= network.address.length * 8);
	HOLDS(conf_network_has(&network, &network.address));
	network.bits = 0;
	HOLDS(conf_network_has(&network, &network.address));
}

/* Rules come to their end, and so do lines. */
static void
try_rules(const char *text)
{
	struct conf_address client, address;
	char target[ANNOUNCE_TARGET_SIZE];
	const char *rules = text;
	bool holds;

	HOLDS(conf_address_parse("192.0.2.1", &client) == 0);
	while (announce_next(&rules, &client, target, &holds) > 0) {
		HOLDS(rules > text && rules <= text + strlen(text));
		if (*target != '\0' && !announce_is_name(target))
			HOLDS(conf_address_parse(target, &address) == 0 &&
			    address.length == 4);
	}
	if (announce_lookup(text, "a", &address) == 0)
		HOLDS(address.length == 4 && strstr(text, "a ") != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	HOLDS(text != NULL);
	try_host(text);
	try_address(text);
	try_network(text, strlen(text));
	try_network((const char *)data, size);
	try_rules(text);
	free(text);
	return 0;
}
