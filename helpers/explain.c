/*
 * explain.c - inftpd-explain, the administrator's "why?", see explain.h.
 * `inftpd --explain' starts it.
 *
 * Walks through what a session would meet, up to the first refusal: what a
 * super-server allows, the settings, TLS, the login (explain_login.c), the
 * command and its data connection, and as the user the path
 * (explain_path.c). It changes nothing and wants no password. It is no
 * set-uid program: run by root it answers for anybody, else for its caller.
 */
#include "config.h"

#include "helpers/explain.h"

#include "conf/announce.h"
#include "conf/policy.h"
#include "conf/units.h"
#include "conf/wrap.h"
#include "helpers/rights.h"
#include "helpers/slurp.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
    "usage: inftpd --explain [--user NAME] [--from ADDRESS] [--host NAME]\n"
    "                        [--tls] [--active] [--instance NAME]\n"
    "                        [VERB [PATH]]\n"
    "A VERB is one of";

/* --- what is printed ----------------------------------------------------- */

void
explain_line(const char *result, const char *step, const char *format, ...)
{
	va_list arguments;

	printf("%-8s %-13s ", result, step);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

const char *
explain_directive(struct explain *e, const char *name)
{
	char text[4096];

	conf_origin_text(&e->h.conf, name, e->origin, sizeof e->origin);
	conf_directive_text(&e->h.conf, name, text, sizeof text);
	snprintf(e->value, sizeof e->value, "%s (%.800s)", text, e->origin);
	return e->value;
}

int
explain_refuse(struct explain *e, const char *why, const char *directive,
    const char *behind, const char *change)
{
	printf("\nrefused: %s\n", why);
	if (directive)
		printf("because: %s\n", explain_directive(e, directive));
	else if (behind)
		printf("because: %s\n", behind);
	printf("change:  %s\n", change);
	return EXPLAIN_NO;
}

void
explain_change(const struct explain *e, const char *directive, char *text,
    size_t size)
{
	const struct directive *row = conf_find(directive);
	const char *verb = e->verb ? e->verb->name : "USER and PASS";

	if (strcmp(directive, "cmds_allowed") == 0)
		snprintf(text, size, "add %s to cmds_allowed", verb);
	else if (strcmp(directive, "cmds_denied") == 0)
		snprintf(text, size, "take %s out of cmds_denied", verb);
	else if (strcmp(directive, "deny_file") == 0)
		snprintf(text, size, "choose another name, or take the "
				     "pattern out of deny_file");
	else if (strcmp(directive, "download_file") == 0 ||
	    strcmp(directive, "upload_file") == 0)
		snprintf(text, size, "choose a name that fits the pattern, or "
				     "add another to %s", directive);
	else if (strcmp(directive, "anon_world_readable_only") == 0)
		snprintf(text, size, "let others read the file (chmod o+r), or "
				     "set anon_world_readable_only=NO");
	else if (strncmp(directive, "force_", 6) == 0)
		snprintf(text, size, "let the client use TLS (AUTH TLS, and "
				     "PROT P for data), or set %s=NO",
		    directive);
	else
		snprintf(text, size, "set %s=YES%s%s%s", directive,
		    row && row->where & CONF_USER
		    ? ", for all in conf.d or in user.d/" : "",
		    row && row->where & CONF_USER ? e->user : "",
		    row && row->where & CONF_USER ? ".conf" : "");
}

static int
refuse_by(struct explain *e, const char *step, const char *why,
    const char *directive)
{
	char change[512];

	explain_line("refused", step, "%s", why);
	explain_change(e, directive, change, sizeof change);
	return explain_refuse(e, why, directive, NULL, change);
}

/* --- before the login ---------------------------------------------------- */

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
			     "there now is not counted here",
		    explain_directive(e, "max_clients"));
	if (conf->max_per_ip > 0)
		explain_line("note", "limits", "%s: beyond it 421",
		    explain_directive(e, "max_per_ip"));
}

/* As ftpd, in a process of its own: libwrap does there what it likes. */
static int
ask_wrappers(const char *client)
{
	const struct wrap_calls *calls = NULL;
	char path[4200];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
	char *slash = NULL;
	void *module;

	if (n > 0) {
		path[n] = '\0';
		slash = strrchr(path, '/');
	}
	if (slash)
		strcpy(slash, "/../ftpd/wrap.so"); /* a build tree */
	if (!slash || access(path, R_OK) == -1)
		strcpy(path, MODULEDIR "/wrap.so");
	unsetenv("VSFTPD_LOAD_CONF");
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module)
		calls = dlsym(module, WRAP_SYMBOL);
	if (!calls)
		return EXPLAIN_WRONG;
	return calls->allow(client) && !getenv("VSFTPD_LOAD_CONF")
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

static int
check_tls(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	bool anonymous = policy_is_anonymous(conf, e->user);
	const char *directive;

	if (e->tls && !conf->ssl_enable)
		return refuse_by(e, "TLS", "AUTH TLS is not offered",
		    "ssl_enable");
	directive = policy_login(conf, anonymous, e->tls);
	if (directive)
		return refuse_by(e, "TLS", e->tls
		        ? "anonymous sessions may not use encryption"
		        : "USER is refused (530) before encryption",
		    directive);
	if (!conf->ssl_enable)
		explain_line("ok", "TLS", "%s: no encryption",
		    explain_directive(e, "ssl_enable"));
	else if (e->tls)
		explain_line("ok", "TLS", "the client uses it");
	else
		explain_line("ok", "TLS", "%s: not demanded",
		    explain_directive(e, anonymous ? "force_anon_logins_ssl"
						   : "force_local_logins_ssl"));
	if (e->tls && conf->require_cert)
		explain_line("note", "TLS", "%s: the client must show a "
			     "certificate, which is not judged here",
		    explain_directive(e, "require_cert"));
	return EXPLAIN_YES;
}

static int
check_login_commands(struct explain *e)
{
	static const char *const verbs[] = { "USER", "PASS" };

	for (size_t i = 0; i < 2; i++) {
		const char *directive = policy_command(&e->h.conf, verbs[i]);
		char why[64];

		snprintf(why, sizeof why, "%s is not allowed", verbs[i]);
		if (directive)
			return refuse_by(e, "commands", why, directive);
	}
	return EXPLAIN_YES;
}

/* --- the command --------------------------------------------------------- */

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

/* What comes before a transfer, or PASV and PORT themselves. */
static int
check_data(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	const char *directive = e->active ? both_refused(conf, "PORT", "EPRT")
					  : both_refused(conf, "PASV", "EPSV");

	if (directive)
		return refuse_by(e, "data", "the command for a data "
				 "connection is not allowed", directive);
	if (e->active && !conf->port_enable)
		return refuse_by(e, "data", "active mode is not enabled",
		    "port_enable");
	if (!e->active && !conf->pasv_enable)
		return refuse_by(e, "data", "passive mode is not enabled",
		    "pasv_enable");
	if (!e->active)
		return check_announced(e) == EXPLAIN_YES ? check_ports(e)
							 : EXPLAIN_NO;
	explain_line("ok", "data", "active, %s",
	    explain_directive(e, "connect_from_port_20"));
	return EXPLAIN_YES;
}

static int
check_command(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	const struct explain_verb *v = e->verb;
	const char *directive;

	if (v->data && check_data(e) != EXPLAIN_YES)
		return EXPLAIN_NO;
	directive = policy_command(conf, v->name);
	if (directive)
		return refuse_by(e, "command", "the command is not allowed",
		    directive);
	for (unsigned right = 1; right != 0 && right <= v->rights; right <<= 1) {
		directive = v->rights & right
		    ? rights_refused_by(conf, e->h.account.kind, right) : NULL;
		if (directive)
			return refuse_by(e, "command", "the session has not "
					 "the right to that", directive);
	}
	explain_line("ok", "command", "%s is allowed", v->name);
	directive = policy_clear_data(
	    conf, e->h.account.kind == WIRE_ANONYMOUS);
	if (v->data && v->rights && directive && !e->tls)
		return refuse_by(e, "command", "transfers must be encrypted "
				 "(522)", directive);
	return EXPLAIN_YES;
}

/* --- all of it ----------------------------------------------------------- */

static int
load_settings(struct explain *e)
{
	struct conf_error error;
	int r = conf_load_layers(
	    &e->h.conf, &e->h.place, &e->who, NULL, NULL, &error);

	if (r == 0)
		return EXPLAIN_YES;
	if (r == -ENOENT && e->host) {
		explain_line("refused", "host", "%s: no such host (504)",
		    e->host);
		return explain_refuse(e, "the client names a host that there "
				      "is not", NULL, error.text,
		    "make its directory in host.d, or have another name used");
	}
	explain_line("refused", "settings", "%s", error.text);
	explain_refuse(e, "every client is turned away (421) for an error in "
			  "the configuration", NULL, error.text,
	    "mend this line; inftpd --check-config tells whether all is well");
	return EXPLAIN_WRONG;
}

/* A process of its own: it becomes the user and there is no way back. */
static int
run_as_user(struct explain *e)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		status = explain_path(e);
		fflush(stdout);
		_exit(status);
	}
	if (child == -1 || waitpid(child, &status, 0) == -1 ||
	    !WIFEXITED(status)) {
		fprintf(stderr, "inftpd-explain: the attempt failed\n");
		return EXPLAIN_WRONG;
	}
	return WEXITSTATUS(status);
}

static int
explain(struct explain *e)
{
	int r = load_settings(e);

	if (r != EXPLAIN_YES)
		return r;
	show_super_servers(e);
	show_limits(e);
	r = check_wrappers(e);
	if (r == EXPLAIN_YES)
		r = check_tls(e);
	if (r == EXPLAIN_YES)
		r = check_login_commands(e);
	if (r == EXPLAIN_YES)
		r = explain_login(e);
	if (r == EXPLAIN_YES && e->verb)
		r = check_command(e);
	return r == EXPLAIN_YES ? run_as_user(e) : r;
}

/* --- options ------------------------------------------------------------- */

enum { OPTION_USER = 256, OPTION_FROM, OPTION_HOST, OPTION_TLS,
	OPTION_ACTIVE, OPTION_INSTANCE, OPTION_CONFIG, OPTION_HELP };

static const struct option long_options[] = {
	{ "user", required_argument, NULL, OPTION_USER },
	{ "from", required_argument, NULL, OPTION_FROM },
	{ "host", required_argument, NULL, OPTION_HOST },
	{ "tls", no_argument, NULL, OPTION_TLS },
	{ "active", no_argument, NULL, OPTION_ACTIVE },
	{ "instance", required_argument, NULL, OPTION_INSTANCE },
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
wrong(const char *option, const char *value, const char *allowed)
{
	fprintf(stderr, "inftpd-explain: %s %s: %s\n", option, value, allowed);
	return -1;
}

static int
take_option(struct explain *e, int option)
{
	static char name[CONF_HOST_MAX + 1];

	switch (option) {
	case OPTION_USER:
		e->user = optarg;
		return 0;
	case OPTION_FROM:
		e->from = optarg;
		return conf_address_parse(optarg, &e->who.from) < 0
		    ? wrong("--from", optarg, "not an address") : 0;
	case OPTION_HOST:
		if (conf_address_parse(optarg, &e->who.to) == 0)
			return 0;
		if (conf_host_name(optarg, name) < 0)
			return wrong("--host", optarg, "not a host's name");
		e->host = e->who.host = name;
		return 0;
	case OPTION_TLS:
		e->tls = true;
		return 0;
	case OPTION_ACTIVE:
		e->active = true;
		return 0;
	case OPTION_INSTANCE:
		return conf_place_system(&e->h.place, optarg) < 0
		    ? wrong("--instance", optarg,
			  "letters, digits and '-' only") : 0;
	case OPTION_CONFIG:
		e->own = true;
		return conf_place_private(&e->h.place, optarg) < 0
		    ? wrong("--config", optarg, "path too long") : 0;
	default:
		return -1;
	}
}

/* VERB PATH, RNTO FROM TO, SITE CHMOD MODE PATH, MFMT TIME PATH. */
static int
take_command(struct explain *e, char **words)
{
	char site[32];
	const char *name = *words;

	if (!name)
		return 0;
	words++;
	if (strcasecmp(name, "SITE") == 0 && *words) {
		snprintf(site, sizeof site, "SITE %.20s", *words++);
		name = site;
	}
	e->verb = explain_verb(name);
	if (!e->verb)
		return wrong("VERB", name, "not one that can be explained");
	if (e->verb->needs == NEEDS_OWNER && words[0] && words[1])
		words++; /* the mode or time: any will do */
	if (*words && strlen(*words) < PATH_MAX)
		strcpy(e->path, *words++);
	if (*words && strlen(*words) < PATH_MAX &&
	    strcmp(e->verb->name, "RNTO") == 0)
		strcpy(e->to, *words++);
	if (*words || (e->verb->path && e->path[0] == '\0') ||
	    (strcmp(e->verb->name, "RNTO") == 0 && e->to[0] == '\0'))
		return wrong("VERB", e->verb->name,
		    "a path is missing, or there is one too many");
	return 0;
}

/* Without --user, one's own name. */
static int
choose_user(struct explain *e)
{
	const struct passwd *own = getpwuid(getuid());

	if (!e->user)
		e->user = own ? own->pw_name : "";
	e->who.user = NULL;
	if (e->root || e->own || (own && strcmp(e->user, own->pw_name) == 0) ||
	    policy_is_anonymous(&(struct conf){ .anonymous_enable = true },
	        e->user))
		return 0;
	return wrong("--user", e->user, "only root may ask about others");
}

static int
parse(struct explain *e, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "+", long_options, NULL)) !=
	    -1) {
		if (option == OPTION_HELP) {
			fputs(usage, stdout);
			explain_list_verbs();
			exit(0);
		}
		if (take_option(e, option) < 0)
			return -1;
	}
	e->root = geteuid() == 0;
	return take_command(e, argv + optind) < 0 ? -1 : choose_user(e);
}

int
main(int argc, char **argv)
{
	static struct explain e;
	int status;

	conf_place_system(&e.h.place, "");
	e.h.root = e.h.wire = e.h.upload.parent = e.h.spool = -1;
	e.h.blame = &e.blame;
	log_open(&e.h.log, "inftpd-explain", true);
	if (parse(&e, argc, argv) < 0) {
		fputs(usage, stderr);
		fputs(" those of inftpd --explain --help.\n", stderr);
		return EXPLAIN_WRONG;
	}
	status = explain(&e);
	conf_done(&e.h.conf);
	return status;
}
