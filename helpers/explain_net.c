/*
 * explain_net.c - part of inftpd-explain: may this address connect, and may it
 * have a data connection? See explain.h.
 */
#include "config.h"

#include "helpers/explain.h"

#include "conf/announce.h"
#include "conf/policy.h"
#include "conf/units.h"
#include "conf/wrap.h"
#include "helpers/slurp.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- before the greeting ------------------------------------------------- */

static void
show_super_servers(const struct explain *e)
{
	static struct units_limit limits[UNITS_MAX];
	size_t count = units_find(limits);

	if (e->own)
		return;
	for (size_t i = 0; i < count; i++)
		explain_line("ok", "super-server", "%s: %s=%ld (%s), %s=%ld "
						   "(%s)", limits[i].name,
		    limits[i].all_key, limits[i].all, limits[i].all_origin,
		    limits[i].source_key, limits[i].source,
		    limits[i].source_origin);
	if (count == 0)
		explain_line("note", "super-server", "no socket unit and no "
			     "entry of xinetd is switched on here");
}

static void
show_limits(struct explain *e)
{
	const struct conf *conf = &e->h.conf;

	if (conf->max_clients > 0)
		explain_line("note", "limits", "%s: beyond it 421; who is "
			     "there now is not counted here (ss -tn)",
		    explain_directive(e, "max_clients"));
	if (conf->proxy_protocol)
		explain_line("note", "proxy", "%s: --from is taken for the "
			     "client behind it",
		    explain_directive(e, "proxy_protocol"));
	if (conf->max_per_ip > 0)
		explain_line("note", "limits", "%s: beyond it 421; who is "
			     "there now is not counted here (ss -tn)",
		    explain_directive(e, "max_per_ip"));
}

bool
explain_module(const char *name, char path[EXPLAIN_MODULE_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, EXPLAIN_MODULE_MAX - 64);
	char *slash = NULL;

	if (n > 0) {
		path[n] = '\0';
		slash = strrchr(path, '/');
	}
	if (slash)
		sprintf(slash, "/../ftpd/%s", name);
	if (slash && access(path, R_OK) == 0)
		return true;
	snprintf(path, EXPLAIN_MODULE_MAX, MODULEDIR "/%s", name);
	return access(path, R_OK) == 0;
}

/*
 * As ftpd, in a process of its own, but for what the files would have it run:
 * libwrap's own switch keeps it from that, and turns itself off when a
 * program would take the connection over.
 */
static int
ask_wrappers(const char *client)
{
	char path[EXPLAIN_MODULE_MAX];
	void *module = explain_module("wrap.so", path)
	    ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	const struct wrap_calls *calls =
	    module ? dlsym(module, WRAP_SYMBOL) : NULL;
	int *dry_run = module ? dlsym(module, "dry_run") : NULL;

	if (!calls || !dry_run)
		return EXPLAIN_WRONG;
	unsetenv("VSFTPD_LOAD_CONF");
	*dry_run = 1;
	return calls->allow(client) && *dry_run != 0 &&
	        !getenv("VSFTPD_LOAD_CONF")
	    ? EXPLAIN_YES : EXPLAIN_NO;
}

static int
check_wrappers(struct explain *e)
{
	int status;
	pid_t child;

	if (!e->h.conf.tcp_wrappers)
		return EXPLAIN_YES;
	if (!e->from) {
		explain_line("note", "tcp_wrappers", "%s: not asked without "
			     "--from", explain_directive(e, "tcp_wrappers"));
		return EXPLAIN_YES;
	}
	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(ask_wrappers(e->from));
	if (child == -1 || waitpid(child, &status, 0) == -1 ||
	    !WIFEXITED(status))
		status = EXPLAIN_WRONG << 8;
	if (WEXITSTATUS(status) == EXPLAIN_YES) {
		explain_line("ok", "tcp_wrappers", "%s lets %s in",
		    explain_directive(e, "tcp_wrappers"), e->from);
		return EXPLAIN_YES;
	}
	explain_line("refused", "tcp_wrappers", "%s", e->from);
	return explain_refuse(e, WEXITSTATUS(status) == EXPLAIN_NO
	        ? "tcp_wrappers turn this address away (421)"
	        : "tcp_wrappers cannot be asked: every client is turned away",
	    "tcp_wrappers", NULL,
	    "let \"vsftpd\" in for this address in /etc/hosts.allow, or take "
	    "it out of /etc/hosts.deny (tcpdmatch vsftpd ADDRESS)");
}

int
explain_arrival(struct explain *e)
{
	show_super_servers(e);
	show_limits(e);
	return check_wrappers(e);
}

/* --- data connections ---------------------------------------------------- */

/* Both names of a thing must be refused for it to be out of reach. */
static const char *
both_refused(const struct conf *conf, const char *one, const char *other)
{
	const char *directive = policy_command(conf, one);

	return directive && policy_command(conf, other) ? directive : NULL;
}

static bool
try_port(const struct explain *e, unsigned port)
{
	union address a = { .v4 = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port) } };
	socklen_t length = sizeof a.v4;
	int fd, on = 1;
	bool free_port;

	if (e->who.from.length == 16 || e->who.to.length == 16) {
		a = (union address){ .v6 = { .sin6_family = AF_INET6,
			.sin6_port = htons((uint16_t)port) } };
		length = sizeof a.v6;
	}
	fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	free_port = bind(fd, &a.any, length) == 0 && listen(fd, 1) == 0;
	close(fd);
	return free_port;
}

static int
check_ports(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	unsigned least = (unsigned)conf->pasv_min_port;
	unsigned most = (unsigned)conf->pasv_max_port;
	char why[128];

	if (least == 0 && most == 0) {
		explain_line("ok", "data", "passive, any port that is free");
		return EXPLAIN_YES;
	}
	least = least < 1024 ? 1024 : least;
	most = most ? most : 65535;
	for (unsigned port = least; port <= most; port++)
		if (try_port(e, port)) {
			explain_line("ok", "data", "passive, ports %u to %u; a "
				     "firewall must let them in", least, most);
			return EXPLAIN_YES;
		}
	snprintf(why, sizeof why,
	    "none of the passive ports %u to %u is free (425)", least, most);
	explain_line("refused", "data", "%s", why);
	return explain_refuse(e, why, "pasv_max_port", NULL,
	    "widen pasv_min_port and pasv_max_port, or end what holds the "
	    "ports (ss -ltnp)");
}

/*
 * The address that PASV tells. One that is a name with no address yet is an
 * error for PASV; EPSV tells none.
 */
static int
check_announced(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	char target[ANNOUNCE_TARGET_SIZE], why[ANNOUNCE_TARGET_SIZE + 64];
	struct conf_address address;
	struct slurp lines = { 0 };
	int r = 0;

	announce_find(conf->pasv_address, &e->who.from, target);
	if (target[0] == '\0')
		return EXPLAIN_YES;
	if (announce_is_name(target)) {
		r = slurp(e->h.place.resolved, &lines);
		if (r == 0) {
			lines.bytes[lines.length] = '\0';
			r = announce_lookup(lines.bytes, target, &address);
		}
		slurp_done(&lines);
	}
	snprintf(why, sizeof why, "the address of %s is not known", target);
	explain_line(r < 0 ? "note" : "ok", "data", "PASV tells the client %s",
	    target);
	if (r == 0 || strcmp(e->verb->name, "PASV") != 0)
		return EXPLAIN_YES;
	explain_line("refused", "data", "%s", why);
	return explain_refuse(e, why, "pasv_address", NULL,
	    "let inftpd --resolve look it up (inftpd-resolve.timer)");
}

int
explain_data(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	const char *directive = e->active ? both_refused(conf, "PORT", "EPRT")
					  : both_refused(conf, "PASV", "EPSV");

	if (directive)
		return explain_refuse_by(e, "data", "the command for a data "
				 "connection is not allowed", directive);
	if (e->active && !conf->port_enable)
		return explain_refuse_by(e, "data", "active mode is not enabled",
		    "port_enable");
	if (!e->active && !conf->pasv_enable)
		return explain_refuse_by(e, "data", "passive mode is not enabled",
		    "pasv_enable");
	if (!e->active)
		return check_announced(e) == EXPLAIN_YES ? check_ports(e)
							 : EXPLAIN_NO;
	explain_line("ok", "data", "active, %s",
	    explain_directive(e, "connect_from_port_20"));
	return EXPLAIN_YES;
}
