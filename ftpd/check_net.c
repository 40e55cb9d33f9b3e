/*
 * check_net.c - part of --check-config: passive ports and the address told
 * for them, and super-servers that cut clients off before max_clients does,
 * see check.h.
 */
#include "config.h"

#include "conf/announce.h"
#include "conf/units.h"
#include "ftpd/check.h"
#include "ftpd/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROC "/proc/sys/net/ipv4/"

struct range {
	unsigned least, most;
};

/* Are all ports of r in a list of the kernel's form, "8080,9000-9100"? */
static bool
is_reserved(struct range r)
{
	char line[4096] = "", *next = line;
	FILE *file = fopen(PROC "ip_local_reserved_ports", "re");
	unsigned covered = r.least;

	if (file && !fgets(line, sizeof line, file))
		line[0] = '\0';
	if (file)
		fclose(file);
	/* The kernel prints it in order. */
	while (*next >= '0' && *next <= '9' && covered <= r.most) {
		unsigned from = (unsigned)strtoul(next, &next, 10), to = from;

		if (*next == '-')
			to = (unsigned)strtoul(next + 1, &next, 10);
		if (from <= covered && covered <= to)
			covered = to + 1;
		next += *next == ',';
	}
	return covered > r.most;
}

static void
check_local_range(struct check *c, struct range r)
{
	FILE *file = fopen(PROC "ip_local_port_range", "re");
	struct range local = { 0 };
	int n = file ? fscanf(file, "%u %u", &local.least, &local.most) : 0;

	if (file)
		fclose(file);
	if (n != 2 || r.most < local.least || r.least > local.most ||
	    is_reserved(r))
		return;
	check_say(c, CHECK_WARNING, "pasv_min_port",
	    "this machine takes its own connections' ports from %u to %u, "
	    "some of which are passive ports, too, and may be in use; "
	    "sysctl net.ipv4.ip_local_reserved_ports=%u-%u, or choose others",
	    local.least, local.most, r.least, r.most);
}

static void
check_passive(struct check *c)
{
	const struct conf *conf = c->conf;
	struct range r = { (unsigned)conf->pasv_min_port,
		(unsigned)conf->pasv_max_port };

	if (!conf->pasv_enable && !conf->port_enable)
		check_say(c, CHECK_ERROR, "pasv_enable",
		    "neither passive nor active data connections are allowed, "
		    "so nothing can be transferred; set pasv_enable=YES");
	if (!conf->pasv_enable || (r.least == 0 && r.most == 0))
		return;
	if (r.least < 1024)
		r.least = 1024;
	if (r.most == 0)
		r.most = 65535;
	check_local_range(c, r);
	if (r.least > r.most)
		check_say(c, CHECK_ERROR, "pasv_max_port",
		    "no port from 1024 up is in the range; set it higher");
	else if (r.most - r.least + 1 < conf->max_clients)
		check_say(c, CHECK_WARNING, "pasv_max_port",
		    "%u passive ports for max_clients=%" PRId64 ": when all "
		    "transfer at a time some get 425; set pasv_max_port=%" PRId64
		    " or more", r.most - r.least + 1, conf->max_clients,
		    r.least + conf->max_clients - 1);
}

/* --- pasv_address ------------------------------------------------------ */

static bool
is_private(uint32_t address)
{
	static const struct {
		uint32_t net, mask;
	} nets[] = { { 0x0a000000, 0xff000000 }, { 0xac100000, 0xfff00000 },
		{ 0xc0a80000, 0xffff0000 }, { 0x7f000000, 0xff000000 },
		{ 0xa9fe0000, 0xffff0000 }, { 0x64400000, 0xffc00000 } };

	for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
		if ((address & nets[i].mask) == nets[i].net)
			return true;
	return false;
}

/* Is the address one of this machine's? And has it any public one? */
static bool
is_local(uint32_t address, bool *ret_public)
{
	struct ifaddrs *all = NULL;
	bool found = false;

	*ret_public = false;
	if (getifaddrs(&all) == -1)
		return true;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct sockaddr_in v4;
		uint32_t own;

		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(&v4, i->ifa_addr, sizeof v4);
		own = ntohl(v4.sin_addr.s_addr);
		found = found || own == address;
		*ret_public = *ret_public || !is_private(own);
	}
	freeifaddrs(all);
	return found;
}

/* An address told to every client, or to those of no special network. */
static void
check_announced(struct check *c, const char *text)
{
	struct in_addr address;
	bool public, here;

	if (inet_pton(AF_INET, text, &address) != 1)
		return;
	here = is_local(ntohl(address.s_addr), &public);
	if (is_private(ntohl(address.s_addr)))
		check_say(c, public ? CHECK_WARNING : CHECK_NOTE,
		    "pasv_address", "%s is a private address, which clients "
		    "on the internet cannot reach; tell the public one", text);
	else if (!here && c->conf->pasv_max_port == 0)
		check_say(c, CHECK_WARNING, "pasv_address",
		    "%s is not this machine's, so a router has to forward the "
		    "passive ports; set pasv_min_port and pasv_max_port and "
		    "forward these", text);
	else if (!here)
		check_say(c, CHECK_NOTE, "pasv_address",
		    "%s is not this machine's; right if a router forwards "
		    "ports %" PRId64 "-%" PRId64 " to it", text,
		    c->conf->pasv_min_port, c->conf->pasv_max_port);
}

/* A name whose address a session can only read, if --resolve wrote it. */
static void
check_resolved(struct check *c, const char *name)
{
	struct conf_address address;
	char *lines = resolve_read(&c->service->place);

	if (!lines || announce_lookup(lines, name, &address) < 0)
		check_say(c, CHECK_WARNING, "pasv_address",
		    "the address of %s is not known yet, so PASV is answered "
		    "425; run inftpd --resolve as the user of the server, and "
		    "let inftpd-resolve.timer do so", name);
	free(lines);
}

/* All that there are, but for what own networks are told. */
static void
check_rules(struct check *c)
{
	const char *rules = c->conf->pasv_address;
	char target[ANNOUNCE_TARGET_SIZE];
	const struct conf_address nobody = { .length = 0 };
	bool holds;

	while (announce_next(&rules, &nobody, target, &holds) > 0)
		if (announce_is_name(target))
			check_resolved(c, target);
		else if (holds)
			check_announced(c, target);
}

/* --- the listener ------------------------------------------------------ */

/* Each of a list, as the listener takes it apart. */
static void
check_listen(struct check *c, const char *directive, const char *list)
{
	struct conf_address address;
	char text[64];

	while (list && *list != '\0') {
		size_t n = strcspn(list, ", \t");

		snprintf(text, sizeof text, "%.*s", n < 64 ? (int)n : 63, list);
		if (n > 0 && conf_address_parse(text, &address) < 0)
			check_say(c, CHECK_ERROR, directive,
			    "%s is no address, and the listener will not "
			    "start; give numeric ones, or none for all", text);
		list += n;
		list += strspn(list, ", \t");
	}
}

/* --- super-servers ----------------------------------------------------- */

static void
compare(struct check *c, const char *directive, int64_t ours,
    const struct units_limit *l, const char *key, long theirs,
    const char *origin)
{
	if (ours > 0 && theirs > 0 && theirs <= ours)
		check_say(c, CHECK_WARNING, directive,
		    "%" PRId64 " is not below %s=%ld of %s (%s), which cuts "
		    "clients off without a word; set %s above %" PRId64
		    " there, or %s below %ld", ours, key, theirs, l->name,
		    origin, key, ours, directive, theirs);
}

/* A port that two want has one; the other does not start. */
static void
check_ways_in(struct check *c)
{
	static struct units_limit limits[UNITS_MAX];
	size_t count;

	if (c->service->quick || c->service->helper.instance[0] != '\0')
		return;
	count = units_find(limits);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (limits[i].port != 0 &&
			    limits[i].port == limits[j].port)
				check_say_at(c, CHECK_WARNING, limits[i].name,
				    "port %ld is also that of %s, and one "
				    "program gets it; switch one of them off "
				    "(systemctl disable --now UNIT, or disable "
				    "= yes)",
				    limits[i].port, limits[j].name);
}

static void
check_limits(struct check *c)
{
	const struct conf *conf = c->conf;
	static struct units_limit limits[UNITS_MAX];
	size_t count;

	if (c->service->quick || c->service->helper.instance[0] != '\0' ||
	    (conf->max_clients == 0 && conf->max_per_ip == 0))
		return;
	count = units_find(limits);
	for (size_t i = 0; i < count; i++) {
		const struct units_limit *l = &limits[i];

		compare(c, "max_clients", conf->max_clients, l, l->all_key,
		    l->all, l->all_origin);
		compare(c, "max_per_ip", conf->max_per_ip, l, l->source_key,
		    l->source, l->source_origin);
	}
}

void
check_net(struct check *c)
{
	check_passive(c);
	check_listen(c, "listen_address", c->conf->listen_address);
	check_listen(c, "listen_address6", c->conf->listen_address6);
	if (c->conf->pasv_enable)
		check_rules(c);
	check_ways_in(c);
	check_limits(c);
}
