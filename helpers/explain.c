/*
 * explain.c - inftpd-explain, the administrator's "why?", see explain.h.
 * `inftpd --explain' starts it.
 *
 * Walks through what a session would meet, up to the first refusal: what a
 * super-server allows (explain_net.c), the settings, TLS, the login
 * (explain_login.c), the command and its data connection, and as the user the
 * path (explain_path.c). It changes nothing and wants no password. It is no
 * set-uid program: run by root it answers for anybody, else for its caller.
 */
#include "config.h"

#include "helpers/explain.h"

#include "conf/policy.h"
#include "helpers/rights.h"

#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
    "usage: inftpd --explain [--user NAME] [--from ADDRESS] [--host NAME]\n"
    "                        [--tls] [--active] [--ask] [--instance NAME]\n"
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
	char site[40];

	if (strncmp(verb, "SITE ", 5) == 0) {
		snprintf(site, sizeof site, "SITE and %s", verb + 5);
		verb = site;
	}
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
	else if (strcmp(directive, "ssl_cert_login") == 0)
		snprintf(text, size, "let the client use TLS and show a "
				     "certificate, or leave it empty");
	else if (strcmp(directive, "hash_max_bytes") == 0)
		snprintf(text, size, "set hash_max_bytes to more, or to 0 for "
				     "no limit");
	else if (strncmp(directive, "force_", 6) == 0)
		snprintf(text, size, "let the client use TLS (AUTH TLS, and "
				     "PROT P for data), or set %s=NO%s",
		    directive,
		    e->tls ? "" : "; if it does already, ask with --tls");
	else
		snprintf(text, size, "set %s=YES%s%s%s", directive,
		    row && row->where & CONF_USER
		    ? ", for all in conf.d or in user.d/" : "",
		    row && row->where & CONF_USER ? e->user : "",
		    row && row->where & CONF_USER ? ".conf" : "");
}

int
explain_refuse_by(struct explain *e, const char *step, const char *why,
    const char *directive)
{
	char change[512];

	explain_line("refused", step, "%s", why);
	explain_change(e, directive, change, sizeof change);
	return explain_refuse(e, why, directive, NULL, change);
}

/* --- before the login ---------------------------------------------------- */

static int
check_tls(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	bool anonymous = policy_is_anonymous(conf, e->user);
	const char *directive;

	if (e->tls && !conf->ssl_enable)
		return explain_refuse_by(e, "TLS", "AUTH TLS is not offered",
		    "ssl_enable");
	directive = policy_login(conf, anonymous, e->tls);
	if (directive)
		return explain_refuse_by(e, "TLS", e->tls
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
	directive = policy_certificate(conf, anonymous);
	if (directive && !e->tls)
		return explain_refuse_by(e, "TLS", "a certificate of this "
					 "user's is required (530)", directive);
	if (directive)
		explain_line("note", "TLS", "%s: the client's certificate must "
			     "name %s there (openssl x509 -noout -subject "
			     "-ext subjectAltName), else USER is refused "
			     "(530); it is not judged here",
		    explain_directive(e, directive), e->user);
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
			return explain_refuse_by(e, "commands", why, directive);
	}
	return EXPLAIN_YES;
}

/* --- the command --------------------------------------------------------- */

static int
switched_off(struct explain *e, bool is_on, const char *directive,
    const char *module)
{
	char path[EXPLAIN_MODULE_MAX], behind[EXPLAIN_MODULE_MAX + 32];

	if (!is_on)
		return explain_refuse_by(e, "command",
		    "there is no such command (502, 504)", directive);
	if (explain_module(module, path))
		return EXPLAIN_YES;
	snprintf(behind, sizeof behind, "there is no %s", path);
	explain_line("refused", "command", "%s", behind);
	return explain_refuse(e, "a module is missing (431, 502, 504)", NULL,
	    behind, "install it, or build it: it needs OpenSSL or zlib");
}

/* Some verbs are there with a directive only, and in a module. */
static int
check_there(struct explain *e)
{
	const struct conf *conf = &e->h.conf;

	if (e->verb->flags & EXPLAIN_SSL)
		return switched_off(e, conf->ssl_enable, "ssl_enable", "tls.so");
	if (e->verb->flags & EXPLAIN_HASH)
		return switched_off(
		    e, conf->hash_enable, "hash_enable", "digest.so");
	if (strcmp(e->verb->name, "MODE") == 0 &&
	    strcasecmp(e->path, "Z") == 0)
		return switched_off(
		    e, conf->mode_z_enable, "mode_z_enable", "deflate.so");
	return EXPLAIN_YES;
}

static int
check_rights(struct explain *e)
{
	const struct conf *conf = &e->h.conf;
	unsigned rights = e->verb->rights;
	const char *directive = policy_command(conf, e->verb->name);

	/* The gate asks for SITE, then for what is behind it. */
	if (strncmp(e->verb->name, "SITE ", 5) == 0) {
		directive = policy_command(conf, "SITE");
		if (!directive)
			directive = policy_command(conf, e->verb->name + 5);
	}
	if (directive)
		return explain_refuse_by(e, "command", "the command is not allowed",
		    directive);
	for (unsigned right = 1; right != 0 && right <= rights; right <<= 1) {
		directive = rights & right
		    ? rights_refused_by(conf, e->h.account.kind, right) : NULL;
		if (directive)
			return explain_refuse_by(e, "command", "the session has not "
					 "the right to that", directive);
	}
	return EXPLAIN_YES;
}

/* What is no question of settings. */
static int
check_sense(struct explain *e)
{
	const struct explain_verb *v = e->verb;

	if (v->flags & EXPLAIN_NEVER)
		return explain_refuse(e, v->remark, NULL,
		    "no directive: it is so for everybody",
		    "the client has to do without it");
	if (v->flags & EXPLAIN_TLS && !e->tls)
		return explain_refuse(e, "it comes after AUTH TLS (503)", NULL,
		    "a connection in the clear",
		    "let the client use TLS; if it does already, ask with "
		    "--tls");
	if (v->remark)
		explain_line("note", "command", "%s %s", v->name, v->remark);
	return EXPLAIN_YES;
}

static int
check_command(struct explain *e)
{
	const struct explain_verb *v = e->verb;
	bool transfer = v->flags & EXPLAIN_DATA && v->rights;
	const char *directive;

	if (check_there(e) != EXPLAIN_YES)
		return EXPLAIN_NO;
	if (v->flags & EXPLAIN_DATA && explain_data(e) != EXPLAIN_YES)
		return EXPLAIN_NO;
	if (check_rights(e) != EXPLAIN_YES || check_sense(e) != EXPLAIN_YES)
		return EXPLAIN_NO;
	explain_line("ok", "command", "%s is allowed", v->name);
	directive = policy_clear_data(
	    &e->h.conf, e->h.account.kind == WIRE_ANONYMOUS);
	if (transfer && directive && !e->tls)
		return explain_refuse_by(e, "command", "transfers must be encrypted "
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

/*
 * The settings that ftpd reads, as its user: what root may read a session may
 * not. In a process of its own.
 */
static int
load_as_server(struct explain *e)
{
	const struct passwd *server = getpwnam(FTPD_USER);
	struct conf_who who = { .from = e->who.from, .to = e->who.to };
	struct conf_error error;
	struct conf conf;

	if (!server || initgroups(FTPD_USER, server->pw_gid) == -1 ||
	    setresgid(server->pw_gid, server->pw_gid, server->pw_gid) == -1 ||
	    setresuid(server->pw_uid, server->pw_uid, server->pw_uid) == -1 ||
	    conf_load_layers(&conf, &e->h.place, &who, NULL, NULL, &error) == 0)
		return EXPLAIN_YES;
	explain_line("refused", "settings", "%s", error.text);
	explain_refuse(e, "every client is turned away (421): the user "
		       FTPD_USER " cannot read the configuration", NULL,
	    error.text, "let it (chmod o+r, and o+x what leads to it)");
	return EXPLAIN_WRONG;
}

/* A process of its own: it becomes the user and there is no way back. */
static int
run_apart(struct explain *e, int (*run)(struct explain *e))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		status = run(e);
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

	if (r == EXPLAIN_YES && e->root && !e->own)
		r = run_apart(e, load_as_server);
	if (r != EXPLAIN_YES)
		return r;
	r = explain_arrival(e);
	if (r == EXPLAIN_YES)
		r = check_tls(e);
	if (r == EXPLAIN_YES)
		r = check_login_commands(e);
	if (r == EXPLAIN_YES)
		r = explain_login(e);
	if (r == EXPLAIN_YES && e->verb)
		r = check_command(e);
	return r == EXPLAIN_YES ? run_apart(e, explain_path) : r;
}

/* --- options ------------------------------------------------------------- */

enum { OPTION_USER = 256, OPTION_FROM, OPTION_HOST, OPTION_TLS,
	OPTION_ACTIVE, OPTION_ASK, OPTION_INSTANCE, OPTION_CONFIG,
	OPTION_HELP };

static const struct option long_options[] = {
	{ "user", required_argument, NULL, OPTION_USER },
	{ "from", required_argument, NULL, OPTION_FROM },
	{ "host", required_argument, NULL, OPTION_HOST },
	{ "tls", no_argument, NULL, OPTION_TLS },
	{ "active", no_argument, NULL, OPTION_ACTIVE },
	{ "ask", no_argument, NULL, OPTION_ASK },
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
	case OPTION_ASK:
		e->ask = true;
		return 0;
	case OPTION_INSTANCE:
		snprintf(e->h.instance, sizeof e->h.instance, "%s", optarg);
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

/* 1 if the word was a path and was taken. */
static int
take_path(char path[PATH_MAX], const char *word)
{
	if (!word || strlen(word) >= PATH_MAX)
		return 0;
	strcpy(path, word);
	return 1;
}

/*
 * The verb of the words, and what is in front of its path: options of a
 * listing, or mode, time or facts. The words behind it.
 */
static char **
take_verb(struct explain *e, char **words)
{
	char site[32];
	const char *name = *words++;

	if (strcasecmp(name, "SITE") == 0 && *words) {
		snprintf(site, sizeof site, "SITE %.20s", *words++);
		name = site;
	}
	/* Old clients set times so. */
	if (strcasecmp(name, "MDTM") == 0 && words[0] && words[1])
		name = "MFMT";
	e->verb = explain_verb(name);
	if (!e->verb) {
		wrong("VERB", name, "there is no such command (500)");
		return NULL;
	}
	e->argument = "";
	if (e->verb->needs == NEEDS_OWNER && words[0] && words[1])
		e->argument = *words++;
	while (e->verb->needs == NEEDS_LIST && *words && **words == '-')
		words++; /* -la and its like */
	if (strcmp(e->verb->name, "PASV") == 0 ||
	    strcmp(e->verb->name, "EPSV") == 0)
		e->active = false;
	else if (e->verb->flags & EXPLAIN_DATA && e->verb->rights == 0)
		e->active = true;
	return words;
}

/* VERB PATH, RNTO FROM TO, SITE CHMOD MODE PATH, MFMT TIME PATH. */
static int
take_command(struct explain *e, char **words)
{
	const struct explain_verb *v;

	if (!*words)
		return 0;
	words = take_verb(e, words);
	if (!words)
		return -1;
	v = e->verb;
	if (strcmp(v->name, "RNTO") == 0)
		words += take_path(e->source, *words);
	words += take_path(e->path, *words);
	if (v->flags & EXPLAIN_UP)
		strcpy(e->path, "..");
	e->start = 0;
	e->end = -1;
	if (v->flags & EXPLAIN_HASH && *words) {
		e->start = strtoll(*words++, NULL, 10);
		e->end = *words ? strtoll(*words++, NULL, 10) : -1;
	}
	/* What has no meaning for the answer. */
	while (!v->try && *words)
		words++;
	if (*words || (v->flags & EXPLAIN_PATH && e->path[0] == '\0'))
		return wrong("VERB", v->name,
		    "a path is missing, too long, or one too many");
	return 0;
}

/* Without --user, one's own name. */
static int
choose_user(struct explain *e)
{
	const struct passwd *own = getpwuid(getuid());

	if (!e->user) {
		e->user = own ? own->pw_name : "";
		explain_line("note", "user", "%s, who asks; others by --user",
		    e->user);
	}
	e->who.user = NULL;
	if (e->root || e->own || (own && strcmp(e->user, own->pw_name) == 0) ||
	    policy_means_anonymous(e->user))
		return 0;
	return wrong("--user", e->user, "only root may ask about others");
}

/* The client as a session has it, for an authenticator. */
static void
take_addresses(struct explain *e)
{
	const struct {
		const struct conf_address *from;
		union address *to;
	} pairs[] = { { &e->who.from, &e->h.peer }, { &e->who.to, &e->h.local } };

	for (size_t i = 0; i < 2; i++) {
		if (pairs[i].from->length == 4) {
			pairs[i].to->v4.sin_family = AF_INET;
			memcpy(&pairs[i].to->v4.sin_addr, pairs[i].from->bytes,
			    4);
		} else if (pairs[i].from->length == 16) {
			pairs[i].to->v6.sin6_family = AF_INET6;
			memcpy(&pairs[i].to->v6.sin6_addr,
			    pairs[i].from->bytes, 16);
		}
	}
	if (e->host)
		snprintf(e->h.host, sizeof e->h.host, "%s", e->host);
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
	take_addresses(e);
	if (e->ask && !e->root && !e->own)
		return wrong("--ask", "auth_socket", "only root may ask it");
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
