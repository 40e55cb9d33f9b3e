/*
 * command.c - the command table, the gate before every handler, and the
 * parsers of arguments, see command.h.
 *
 * Called by session.c with one line at a time. A handler gets a parsed
 * argument and never asks whether it may run: a verb without a row, or a row
 * without the right flags, is refused here.
 */
#include "config.h"

#include "conf/policy.h"
#include "ftpd/command.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ALWAYS (IN_NEW | IN_USER | IN_SESSION)
#define DOWNLOAD WIRE_MAY_DOWNLOAD
#define LISTS WIRE_MAY_LIST
#define UPLOAD WIRE_MAY_UPLOAD
#define MKDIR WIRE_MAY_MKDIR
#define DELETE WIRE_MAY_DELETE
#define VERB_MAX 16 /* longer than any */
#define CHECKSUM "<file> [<start> [<end>]]"

const struct command commands[] = {
	{ "ABOR", ARG_NONE, IN_SESSION | IN_TRANSFER, 0, cmd_abor, "", NULL },
	{ "ACCT", ARG_STRING, ALWAYS, 0, cmd_acct, "<account>", NULL },
	{ "ALLO", ARG_STRING, IN_SESSION | KEEPS, 0, cmd_allo, "<bytes>", NULL },
	{ "APPE", ARG_PATH, IN_SESSION | NEEDS_DATA,
	    UPLOAD | WIRE_MAY_OVERWRITE, cmd_appe, "<file>", NULL },
	{ "AUTH", ARG_STRING, ALWAYS | NEEDS_TLS, 0, cmd_auth, "TLS", "AUTH TLS" },
	{ "AVBL", ARG_OPT_PATH, IN_SESSION | KEEPS, UPLOAD, cmd_avbl,
	    "[<directory>]", "AVBL" },
	{ "CCC", ARG_NONE, ALWAYS | NEEDS_TLS, 0, cmd_ccc, "", NULL },
	{ "CDUP", ARG_NONE, IN_SESSION, 0, cmd_cdup, "", NULL },
	{ "CLNT", ARG_STRING, ALWAYS | KEEPS, 0, cmd_clnt, "<name>", "CLNT" },
	{ "CSID", ARG_STRING, ALWAYS | KEEPS, 0, cmd_csid, "<fact>;...",
	    "CSID" },
	{ "CWD", ARG_PATH, IN_SESSION, 0, cmd_cwd, "<directory>", NULL },
	{ "DELE", ARG_PATH, IN_SESSION, DELETE, cmd_dele, "<file>", NULL },
	{ "EPRT", ARG_EPRT, IN_SESSION | KEEPS | ACTIVE, 0, cmd_port,
	    "|<family>|<address>|<port>|", "EPRT" },
	{ "EPSV", ARG_OPTIONAL, IN_SESSION | KEEPS | PASSIVE, 0, cmd_epsv,
	    "[<family>|ALL]", "EPSV" },
	{ "FEAT", ARG_NONE, ALWAYS | KEEPS, 0, cmd_feat, "", NULL },
	{ "HASH", ARG_PATH, IN_SESSION | TAKES_RANGE | NEEDS_HASH | DENIED_552,
	    DOWNLOAD, cmd_hash, "<file>", "HASH" },
	{ "HELP", ARG_OPTIONAL, ALWAYS | KEEPS, 0, cmd_help, "[<verb>]", NULL },
	{ "HOST", ARG_STRING, ALWAYS, 0, cmd_host, "<name>", "HOST" },
	{ "LANG", ARG_OPTIONAL, ALWAYS | KEEPS, 0, cmd_lang, "[EN]", "LANG EN*" },
	{ "LIST", ARG_LIST, IN_SESSION | NEEDS_DATA, LISTS, cmd_list,
	    "[-aAdFlrRSt] [<path>]", NULL },
	{ "MDTM", ARG_PATH, IN_SESSION | KEEPS, 0, cmd_mdtm,
	    "[<YYYYMMDDHHMMSS>] <file>", "MDTM" },
	{ "MFF", ARG_STRING, IN_SESSION, WIRE_MAY_UTIME, cmd_mff,
	    "<fact>=<value>;... <path>", "MFF Modify;UNIX.mode;" },
	{ "MFMT", ARG_STRING, IN_SESSION, WIRE_MAY_UTIME, cmd_mfmt,
	    "<YYYYMMDDHHMMSS> <file>", "MFMT" },
	{ "MKD", ARG_PATH, IN_SESSION, MKDIR, cmd_mkd, "<directory>", NULL },
	{ "MLSD", ARG_OPT_PATH, IN_SESSION | NEEDS_DATA, LISTS, cmd_mlsd,
	    "[<directory>]", NULL },
	{ "MLST", ARG_OPT_PATH, IN_SESSION | KEEPS, LISTS, cmd_mlst,
	    "[<path>]", "MLST" },
	{ "MODE", ARG_STRING, IN_SESSION | KEEPS, 0, cmd_mode, "S|Z", NULL },
	{ "NLST", ARG_LIST, IN_SESSION | NEEDS_DATA, LISTS, cmd_nlst,
	    "[<path>]", NULL },
	{ "NOOP", ARG_OPTIONAL, ALWAYS | IN_TRANSFER | KEEPS, 0, cmd_noop, "",
	    NULL },
	{ "OPTS", ARG_STRING, ALWAYS | KEEPS, 0, cmd_opts,
	    "<verb> [<options>]", NULL },
	{ "PASS", ARG_OPTIONAL, ALWAYS | SECRET, 0, cmd_pass, "<password>",
	    NULL },
	{ "PASV", ARG_NONE, IN_SESSION | KEEPS | PASSIVE, 0, cmd_pasv, "",
	    "PASV" },
	{ "PBSZ", ARG_NUMBER, ALWAYS | KEEPS | NEEDS_TLS, 0, cmd_pbsz, "0", "PBSZ" },
	{ "PORT", ARG_PORT, IN_SESSION | KEEPS | ACTIVE, 0, cmd_port,
	    "<h1>,<h2>,<h3>,<h4>,<p1>,<p2>", NULL },
	{ "PROT", ARG_STRING, ALWAYS | KEEPS | NEEDS_TLS, 0, cmd_prot, "P|C", "PROT" },
	{ "PWD", ARG_NONE, IN_SESSION | KEEPS, 0, cmd_pwd, "", NULL },
	{ "QUIT", ARG_NONE, ALWAYS | IN_TRANSFER, 0, cmd_quit, "", NULL },
	{ "RANG", ARG_STRING, IN_SESSION | KEEPS | DENIED_552, 0, cmd_rang,
	    "<start> <end>", "RANG STREAM" },
	{ "REIN", ARG_NONE, ALWAYS, 0, cmd_rein, "", NULL },
	{ "REST", ARG_NUMBER, IN_SESSION | KEEPS, 0, cmd_rest, "<offset>",
	    "REST STREAM" },
	{ "RETR", ARG_PATH, IN_SESSION | NEEDS_DATA, DOWNLOAD, cmd_retr,
	    "<file>", NULL },
	{ "RMD", ARG_PATH, IN_SESSION, DELETE, cmd_rmd, "<directory>", NULL },
	{ "RNFR", ARG_PATH, IN_SESSION | KEEPS_RNFR, DELETE, cmd_rnfr,
	    "<path>", NULL },
	{ "RNTO", ARG_PATH, IN_SESSION | KEEPS_RNFR, DELETE, cmd_rnto,
	    "<path>", NULL },
	{ "SITE", ARG_STRING, IN_SESSION, 0, cmd_site,
	    "<command> [<argument>]", NULL },
	{ "SIZE", ARG_PATH, IN_SESSION | KEEPS, 0, cmd_size, "<file>",
	    "SIZE" },
	{ "SMNT", ARG_STRING, IN_SESSION, 0, NULL, "<path>", NULL },
	{ "STAT", ARG_LIST, ALWAYS | IN_TRANSFER | KEEPS, 0, cmd_stat,
	    "[<path>]", NULL },
	{ "STOR", ARG_PATH, IN_SESSION | NEEDS_DATA, UPLOAD, cmd_stor,
	    "<file>", NULL },
	{ "STOU", ARG_OPT_PATH, IN_SESSION | NEEDS_DATA, UPLOAD, cmd_stou,
	    "[<name>]", NULL },
	{ "STRU", ARG_STRING, IN_SESSION | KEEPS, 0, cmd_stru, "F", NULL },
	{ "SYST", ARG_NONE, ALWAYS | KEEPS, 0, cmd_syst, "", NULL },
	{ "TYPE", ARG_STRING, IN_SESSION | KEEPS, 0, cmd_type, "A|I|L 8",
	    NULL },
	{ "USER", ARG_STRING, ALWAYS, 0, cmd_user, "<name>", NULL },
	{ "XCRC", ARG_PATH, IN_SESSION | NEEDS_HASH, DOWNLOAD, cmd_xcrc,
	    CHECKSUM, "XCRC" },
	{ "XCUP", ARG_NONE, IN_SESSION, 0, cmd_cdup, "", NULL },
	{ "XCWD", ARG_PATH, IN_SESSION, 0, cmd_cwd, "<directory>", NULL },
	{ "XMD5", ARG_PATH, IN_SESSION | NEEDS_HASH, DOWNLOAD, cmd_xmd5,
	    CHECKSUM, "XMD5" },
	{ "XMKD", ARG_PATH, IN_SESSION, MKDIR, cmd_mkd, "<directory>", NULL },
	{ "XPWD", ARG_NONE, IN_SESSION | KEEPS, 0, cmd_pwd, "", NULL },
	{ "XRMD", ARG_PATH, IN_SESSION, DELETE, cmd_rmd, "<directory>", NULL },
	{ "XSHA", ARG_PATH, IN_SESSION | NEEDS_HASH, DOWNLOAD, cmd_xsha1,
	    CHECKSUM, "XSHA" },
	{ "XSHA1", ARG_PATH, IN_SESSION | NEEDS_HASH, DOWNLOAD, cmd_xsha1,
	    CHECKSUM, "XSHA1" },
	{ "XSHA256", ARG_PATH, IN_SESSION | NEEDS_HASH, DOWNLOAD, cmd_xsha256,
	    CHECKSUM, "XSHA256" },
	{ "XSHA512", ARG_PATH, IN_SESSION | NEEDS_HASH, DOWNLOAD, cmd_xsha512,
	    CHECKSUM, "XSHA512" },
};
const size_t command_count = sizeof commands / sizeof *commands;

const struct command *
command_find(const struct command *table, size_t count, const char *verb)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcasecmp(verb, table[middle].verb);

		if (order == 0)
			return &table[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool
command_known(const char *verb)
{
	return command_find(commands, command_count, verb) != NULL ||
	    cmd_site_known(verb);
}

bool
command_allowed(const struct session *s, const char *verb)
{
	return policy_command(&s->conf, verb) == NULL;
}

/* Cuts "VERB argument" in two; the argument keeps its other blanks. */
static char *
split(char *line)
{
	size_t n = strcspn(line, " ");
	char *argument = line + n;

	if (*argument == ' ')
		*argument++ = '\0';
	return argument;
}

bool
command_in_transfer(const char *line)
{
	char verb[VERB_MAX];
	size_t n = strcspn(line, " ");
	const struct command *c;

	if (n >= sizeof verb)
		return false;
	memcpy(verb, line, n);
	verb[n] = '\0';
	c = command_find(commands, command_count, verb);
	return c && (c->when & IN_TRANSFER);
}

/* --- arguments -------------------------------------------------------- */

/* The bits of "-la" and its like; letters we have no use for are let be. */
static unsigned
list_options(const char *text, size_t length)
{
	static const struct {
		char letter;
		unsigned bits;
	} letters[] = {
		{ 'a', WIRE_LIST_ALL },
		{ 'A', WIRE_LIST_ALMOST },
		{ 'R', WIRE_LIST_RECURSE },
		{ 'r', WIRE_LIST_REVERSE },
		{ 't', WIRE_LIST_BY_TIME },
		{ 'S', WIRE_LIST_BY_SIZE },
		{ 'F', WIRE_LIST_CLASSIFY },
		{ 'd', WIRE_LIST_DIRECTORY },
		{ 'l', WIRE_LIST_LONG },
	};
	unsigned options = 0;

	for (size_t i = 0; i < length; i++)
		for (size_t j = 0; j < sizeof letters / sizeof *letters; j++)
			if (text[i] == letters[j].letter)
				options |= letters[j].bits;
	return options;
}

/* Options in front of a path; "--" ends them, and a lone "-" is a name. */
static const char *
take_list_options(const char *text, unsigned *ret_options)
{
	*ret_options = 0;
	text += strspn(text, " ");
	while (text[0] == '-' && text[1] != '\0' && text[1] != ' ') {
		size_t n = strcspn(text, " ");

		*ret_options |= list_options(text + 1, n - 1);
		if (n == 2 && text[1] == '-') {
			text += n;
			return text + strspn(text, " ");
		}
		text += n;
		text += strspn(text, " ");
	}
	return text;
}

int
command_path(
    const struct session *s, const char *name, char ret_path[TEXT_PATH_MAX])
{
	const char *from = s->cwd;

	if (s->conf.tilde_user_enable && name[0] == '~' &&
	    (name[1] == '\0' || name[1] == '/')) {
		from = s->home;
		name += 1 + strspn(name + 1, "/");
	}
	return text_path(from, name, ret_path);
}

/*
 * RFC 959 section 5.3: one or more blanks are between verb and argument. Of a
 * name (RFC 3659 section 2.2) and a password more than one are their own, and
 * the grammars of REST (section 5.3) and EPRT have one and no more.
 */
static const char *
skip_blanks(const struct command *c, const char *text)
{
	bool loose = c->arg == ARG_NONE || c->arg == ARG_STRING ||
	    c->arg == ARG_OPTIONAL || c->arg == ARG_PORT;

	return loose && !(c->when & SECRET) ? text + strspn(text, " ") : text;
}

/* 0; or the code of the reply that says what is wrong. */
static int
parse(const struct session *s, enum arg kind, struct arg_value *arg)
{
	bool empty = arg->text[0] == '\0';
	int r = 0;

	switch (kind) {
	case ARG_NONE:
		return empty ? 0 : 501;
	case ARG_STRING:
		return empty ? 501 : 0;
	case ARG_OPTIONAL:
		return 0;
	case ARG_LIST:
		arg->text = take_list_options(arg->text, &arg->options);
		return command_path(s, arg->text, arg->path) < 0 ? 553 : 0;
	case ARG_PATH:
		if (empty)
			return 501;
		return command_path(s, arg->text, arg->path) < 0 ? 553 : 0;
	case ARG_OPT_PATH:
		return command_path(s, arg->text, arg->path) < 0 ? 553 : 0;
	case ARG_NUMBER:
		r = text_parse_number(arg->text, &arg->number);
		break;
	case ARG_PORT:
		r = addr_parse_port(arg->text, &arg->addr);
		break;
	case ARG_EPRT:
		r = addr_parse_eprt(arg->text, &arg->addr);
		break;
	}
	if (r == -EAFNOSUPPORT)
		return 522;
	return r < 0 ? 501 : 0;
}

static int
reply_argument(struct session *s, const struct command *c, int code)
{
	char usage[128];

	if (code == 522)
		return reply(s, 522, "Protocol not supported, use (1,2)");
	if (code == 553)
		return reply(s, 553, "File name too long.");
	snprintf(usage, sizeof usage, "Usage: %s%s%s", c->verb,
	    *c->help ? " " : "", c->help);
	return reply(s, 501, usage);
}

/* --- the gate --------------------------------------------------------- */

/* 0 if the verb may run, else it has been answered. */
static int
refuse_state(struct session *s, const struct command *c)
{
	if (c->when & s->state)
		return 0;
	reply(s, 530, "Please log in with USER and PASS.");
	return 1;
}

static int
refuse_policy(struct session *s, const struct command *c)
{
	int code = c->when & DENIED_552 ? 552 : 550;

	if (!command_allowed(s, c->verb)) {
		reply(s, code, "Permission denied: this command is not "
			      "allowed here.");
		return 1;
	}
	if ((s->rights & c->rights) != c->rights) {
		/* Nothing of it may be left for another transfer. */
		data_refuse(s);
		reply(s, code, "Permission denied.");
		return 1;
	}
	return 0;
}

bool
command_data_must_be_protected(const struct session *s)
{
	return s->state == IN_SESSION &&
	    policy_clear_data(&s->conf, s->kind == WIRE_ANONYMOUS) != NULL;
}

static int
refuse_clear_data(struct session *s, const struct command *c)
{
	if (!(c->when & NEEDS_DATA) || s->secure.protect ||
	    !command_data_must_be_protected(s))
		return 0;
	data_reset(&s->data);
	reply(s, 522, "Data connections must be encrypted: PROT P.");
	return 1;
}

/* Before login there is no user yet, whatever was said. */
static void
show_command(const struct session *s, const char *verb)
{
	title_set(&s->title, s->state == IN_SESSION ? s->user : "",
	    s->log.peer, verb);
}

static void
forget_position(struct session *s)
{
	s->restart = 0;
	s->range_end = RANGE_NONE;
}

/* REST, RANG and RNFR hold for the next command only, but for a few. */
static void
clear_pending(struct session *s, const struct command *c)
{
	if (!(c->when & KEEPS_RNFR))
		s->rename_from[0] = '\0';
	if (!(c->when & (KEEPS | NEEDS_DATA | TAKES_RANGE)))
		forget_position(s);
}

/* Some are there only where the configuration has switched them on. */
static bool
is_done(const struct session *s, const struct command *c)
{
	return c->run && (!(c->when & NEEDS_TLS) || s->conf.ssl_enable) &&
	    (!(c->when & NEEDS_HASH) || s->conf.hash_enable);
}

static void
run(struct session *s, const struct command *c, const char *text)
{
	struct arg_value arg = { .text = skip_blanks(c, text) };
	int wrong;

	if (!is_done(s, c)) {
		reply(s, 502, "Command not implemented.");
		return;
	}
	if (refuse_state(s, c))
		return;
	clear_pending(s, c);
	if (!refuse_policy(s, c) && !refuse_clear_data(s, c)) {
		wrong = parse(s, c->arg, &arg);
		show_command(s, c->verb);
		if (wrong) {
			/* RNTO without a name has not come right behind RNFR. */
			s->rename_from[0] = '\0';
			reply_argument(s, c, wrong);
		} else {
			c->run(s, &arg);
		}
	}
	/* Also a refused transfer is the one that REST was for. */
	if (c->when & (NEEDS_DATA | TAKES_RANGE))
		forget_position(s);
}

/* Web browsers' and mailers' openings: somebody is being used against us. */
static bool
is_cross_protocol(const char *verb)
{
	static const char *const verbs[] = { "CONNECT", "DELETE", "EHLO",
		"GET", "HEAD", "HELO", "OPTIONS", "PATCH", "POST", "PUT",
		"TRACE" };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcasecmp(verb, verbs[i]) == 0)
			return true;
	return strncasecmp(verb, "HOST:", 5) == 0;
}

#define UNKNOWN_MAX 10 /* before login; a client that speaks FTP knows some */

static void
refuse_unknown(struct session *s, const char *verb)
{
	if (is_cross_protocol(verb)) {
		log_event(&s->log, LOG_WARNING, "cross-protocol",
		    "not an FTP client: \"%.16s\"", verb);
		s->closing = true;
		return;
	}
	reply(s, 500, "Unknown command.");
	if (s->state != IN_SESSION && ++s->unknown_commands >= UNKNOWN_MAX) {
		reply(s, 421, "Too many unknown commands.");
		s->closing = true;
	}
}

void
command_dispatch(struct session *s, const struct command *table,
    size_t count, char *line)
{
	const char *text = split(line);
	const struct command *c = command_find(table, count, line);

	if (c)
		run(s, c, text);
	else if (table == commands)
		refuse_unknown(s, line);
	else
		reply(s, 500, "Unknown SITE command.");
}

void
command_run(struct session *s, char *line)
{
	if (s->conf.log_ftp_protocol) {
		size_t n = strcspn(line, " ");
		char verb[VERB_MAX];
		const struct command *c = NULL;

		if (n < sizeof verb) {
			memcpy(verb, line, n);
			verb[n] = '\0';
			c = command_find(commands, command_count, verb);
		}
		if (c && (c->when & SECRET))
			log_event(&s->log, LOG_DEBUG, "command",
			    "%.*s <password>", (int)n, line);
		else
			log_event(&s->log, LOG_DEBUG, "command", "%s", line);
	}
	/* What was refused is not for another transfer. */
	if (s->data.expires)
		data_reset(&s->data);
	command_dispatch(s, commands, command_count, line);
	if (s->transfer.kind == TRANSFER_NONE)
		show_command(s, "idle");
}

bool
command_there(const struct session *s, const struct command *c)
{
	/* What rights there are is known after the login only. */
	if (s->state == IN_SESSION && (s->rights & c->rights) != c->rights)
		return false;
	if (((c->when & PASSIVE) && !s->conf.pasv_enable) ||
	    ((c->when & ACTIVE) && !s->conf.port_enable))
		return false;
	return is_done(s, c) && command_allowed(s, c->verb);
}

/* --- HELP ------------------------------------------------------------- */

static bool
shown(const struct session *s, const struct command *c)
{
	return command_there(s, c);
}

int
command_help(struct session *s, const struct command *table, size_t count,
    const char *verb)
{
	char line[128] = "";
	const struct command *c;

	if (verb[0] != '\0') {
		c = command_find(table, count, verb);
		if (!c || !shown(s, c))
			return reply(s, 502, "No such command here.");
		snprintf(line, sizeof line, "Syntax: %s%s%s", c->verb,
		    *c->help ? " " : "", c->help);
		return reply(s, 214, line);
	}
	reply_begin(s, 214, "The following commands are recognized.");
	for (size_t i = 0; i < count; i++) {
		if (!shown(s, &table[i]))
			continue;
		snprintf(line + strlen(line), sizeof line - strlen(line),
		    "%-8s", table[i].verb);
		if (strlen(line) > 60) {
			reply_line(s, line);
			line[0] = '\0';
		}
	}
	if (line[0] != '\0')
		reply_line(s, line);
	return reply_end(s, 214, "Help OK.");
}
