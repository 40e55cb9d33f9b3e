/*
 * announce.c - the rules of pasv_address, see announce.h. Called by conf.c to
 * check them, by ftpd at PASV and by --resolve.
 */
#include "config.h"

#include "conf/announce.h"

#include "conf/internal.h"

#include <errno.h>
#include <string.h>

#define BETWEEN ", \t" /* rules */

/* An IPv4 address, a host's name or nothing. */
static bool
is_target(const char *target)
{
	struct conf_address address;
	char name[CONF_HOST_MAX + 1];

	if (*target == '\0')
		return true;
	if (conf_address_parse(target, &address) == 0)
		return address.length == 4;
	/* Digits and dots that are no address are a slip, not a name. */
	return conf_host_name(target, name) == 0 &&
	       target[strspn(target, "0123456789.")] != '\0';
}

int
announce_next(const char **rules, const struct conf_address *client,
    char ret_target[ANNOUNCE_TARGET_SIZE], bool *ret_holds)
{
	struct conf_network network;
	const char *rule, *target;
	size_t length;

	rule = *rules != NULL ? *rules + strspn(*rules, BETWEEN) : "";
	if (*rule == '\0')
		return 0;
	length = strcspn(rule, BETWEEN);
	*rules = rule + length;
	target = memchr(rule, '=', length);
	*ret_holds = true;
	if (target != NULL) {
		if (conf_network_parse(
			rule, (size_t)(target - rule), '/', &network) < 0)
			goto bad;
		if (client != NULL)
			*ret_holds = conf_network_has(&network, client);
		target++;
	} else {
		target = rule;
	}
	if ((size_t)(rule + length - target) >= ANNOUNCE_TARGET_SIZE)
		goto bad;
	memcpy(ret_target, target, (size_t)(rule + length - target));
	ret_target[rule + length - target] = '\0';
	if (is_target(ret_target))
		return 1;
bad:
	if (length >= ANNOUNCE_TARGET_SIZE)
		length = ANNOUNCE_TARGET_SIZE - 1;
	memcpy(ret_target, rule, length);
	ret_target[length] = '\0';
	return -EINVAL;
}

void
announce_find(const char *rules, const struct conf_address *client,
    char ret_target[ANNOUNCE_TARGET_SIZE])
{
	bool holds;

	while (announce_next(&rules, client, ret_target, &holds) > 0)
		if (holds)
			return;
	*ret_target = '\0';
}

bool
announce_is_name(const char *target)
{
	struct conf_address address;

	return *target != '\0' && conf_address_parse(target, &address) < 0;
}

int
announce_lookup(
    const char *lines, const char *name, struct conf_address *ret_address)
{
	size_t length = strlen(name);

	for (const char *line = lines; *line != '\0';) {
		size_t n = strcspn(line, "\n");
		char text[46];

		if (n > length && n - length - 1 < sizeof text &&
		    memcmp(line, name, length) == 0 && line[length] == ' ') {
			memcpy(text, line + length + 1, n - length - 1);
			text[n - length - 1] = '\0';
			if (conf_address_parse(text, ret_address) == 0 &&
			    ret_address->length == 4)
				return 0;
		}
		line += n + (line[n] == '\n');
	}
	return -ENOENT;
}
