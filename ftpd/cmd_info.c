/*
 * cmd_info.c - FEAT HELP SYST NOOP OPTS LANG CLNT CSID and the table of SITE
 * commands. What they tell comes from the command tables, never from a list
 * of its own.
 */
#include "config.h"

#include "ftpd/command.h"

#include "ftpd/parse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct command site_commands[] = {
	{ "CHMOD", ARG_STRING, IN_SESSION, WIRE_MAY_CHMOD, cmd_site_chmod,
	    "<mode> <path>", NULL },
	{ "HELP", ARG_OPTIONAL, IN_SESSION, 0, cmd_site_help, "[<command>]",
	    NULL },
	{ "IDLE", ARG_OPTIONAL, IN_SESSION, 0, cmd_site_idle, "[<seconds>]",
	    NULL },
	{ "UMASK", ARG_OPTIONAL, IN_SESSION, WIRE_MAY_CHMOD, cmd_site_umask,
	    "[<mask>]", NULL },
	{ "UTIME", ARG_STRING, IN_SESSION, WIRE_MAY_UTIME, cmd_site_utime,
	    "<YYYYMMDDhhmmss> <path>", NULL },
};
#define SITE_COUNT (sizeof site_commands / sizeof *site_commands)

/* Facts in the order in which OPTS MLST and FEAT name them. */
static const struct {
	const char *name;
	unsigned fact;
} fact_names[] = {
	{ "type", WIRE_FACT_TYPE },
	{ "size", WIRE_FACT_SIZE },
	{ "modify", WIRE_FACT_MODIFY },
	{ "create", WIRE_FACT_CREATE },
	{ "perm", WIRE_FACT_PERM },
	{ "unique", WIRE_FACT_UNIQUE },
	{ "UNIX.mode", WIRE_FACT_MODE },
	{ "UNIX.owner", WIRE_FACT_OWNER },
	{ "UNIX.uid", WIRE_FACT_UID },
	{ "UNIX.group", WIRE_FACT_GROUP },
	{ "UNIX.gid", WIRE_FACT_GID },
};
#define FACT_COUNT (sizeof fact_names / sizeof *fact_names)

/* "MLST type*;size*;..." of RFC 3659 section 7.8: * marks what is on. */
static void
feat_mlst(const struct session *s, char *line, size_t size)
{
	int n = snprintf(line, size, "MLST ");

	for (size_t i = 0; i < FACT_COUNT && n > 0; i++)
		n += snprintf(line + n, size - (size_t)n, "%s%s;",
		    fact_names[i].name,
		    s->facts & fact_names[i].fact ? "*" : "");
}

/* Of MFF's facts those that this session may set. */
static void
feat_mff(const struct session *s, char *line)
{
	if (s->state == IN_SESSION && !(s->rights & WIRE_MAY_CHMOD))
		strcpy(line, "MFF Modify;");
}

/* "HASH SHA-256*;SHA-512;...": * marks what OPTS HASH chose. */
static void
feat_hash(const struct session *s, char *line, size_t size)
{
	int n = snprintf(line, size, "HASH ");

	for (int i = 0; i < DIGEST_COUNT && n > 0; i++)
		n += snprintf(line + n, size - (size_t)n, "%s%s%s",
		    i > 0 ? ";" : "", hash_names[i],
		    s->hash.chosen == (enum digest_kind)i ? "*" : "");
}

int
cmd_feat(struct session *s, const struct arg_value *arg)
{
	char line[256];

	(void)arg;
	reply_begin(s, 211, "Features:");
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &commands[i];

		if (!c->feat || !command_there(s, c))
			continue;
		strcpy(line, c->feat);
		if (c->run == cmd_mlst)
			feat_mlst(s, line, sizeof line);
		else if (c->run == cmd_mff)
			feat_mff(s, line);
		else if (c->run == cmd_hash)
			feat_hash(s, line, sizeof line);
		reply_line(s, line);
	}
	if (s->conf.mode_z_enable)
		reply_line(s, "MODE Z");
	reply_line(s, "TVFS");
	reply_line(s, "UTF8");
	return reply_end(s, 211, "End");
}

int
cmd_help(struct session *s, const struct arg_value *arg)
{
	if (strncasecmp(arg->text, "SITE", 4) == 0 &&
	    (arg->text[4] == ' ' || arg->text[4] == '\0') &&
	    s->state == IN_SESSION)
		return command_help(s, site_commands, SITE_COUNT,
		    arg->text[4] == ' ' ? arg->text + 5 : "");
	return command_help(s, commands, command_count, arg->text);
}

/* The first name that the client gives itself; for those who read the log. */
static void
note_client(struct session *s, const char *name)
{
	if (s->client_known)
		return;
	s->client_known = true;
	log_event(&s->log, LOG_INFO, "client", "the client is \"%.100s\"", name);
}

int
cmd_clnt(struct session *s, const struct arg_value *arg)
{
	note_client(s, arg->text);
	return reply(s, 200, "Noted.");
}

/* What a client has to know of us; name and version are nobody's business. */
int
cmd_csid(struct session *s, const struct arg_value *arg)
{
	note_client(s, arg->text);
	return reply(s, 200, "CaseSensitive=1; DirSep=/;");
}

/* RFC 2640 section 4.1; without a tag it is back to the default. */
int
cmd_lang(struct session *s, const struct arg_value *arg)
{
	if (arg->text[0] != '\0' && !parse_is_language(arg->text))
		return reply(s, 501, "Usage: LANG [<language>]");
	if (arg->text[0] != '\0' && strcasecmp(arg->text, "EN") != 0)
		return reply(s, 504, "Replies are in English only: LANG EN.");
	return reply(s, 200, "Replies are in English.");
}

int
cmd_noop(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	return reply(s, 200, "NOOP ok.");
}

int
cmd_syst(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	return reply(s, 215, "UNIX Type: L8");
}

static unsigned
find_fact(const char *name, size_t length)
{
	for (size_t i = 0; i < FACT_COUNT; i++)
		if (strlen(fact_names[i].name) == length &&
		    strncasecmp(fact_names[i].name, name, length) == 0)
			return fact_names[i].fact;
	return 0;
}

/* RFC 3659 section 7.9: unknown facts are passed over, the answer tells. */
static int
opts_mlst(struct session *s, const char *list)
{
	char line[256] = "MLST OPTS";
	int n;

	if (strchr(list, ' '))
		return reply(s, 501, "Usage: OPTS MLST <fact>;<fact>;...");
	s->facts = 0;
	while (*list != '\0') {
		size_t length = strcspn(list, ";");

		s->facts |= find_fact(list, length);
		list += length;
		list += *list == ';';
	}
	n = (int)strlen(line);
	if (s->facts != 0)
		line[n++] = ' ';
	for (size_t i = 0; i < FACT_COUNT; i++)
		if (s->facts & fact_names[i].fact)
			n += snprintf(line + n, sizeof line - (size_t)n,
			    "%s;", fact_names[i].name);
	line[n] = '\0';
	return reply(s, 200, line);
}

static int
opts_hash(struct session *s, const char *name)
{
	for (int i = 0; i < DIGEST_COUNT; i++)
		if (strcasecmp(name, hash_names[i]) == 0)
			s->hash.chosen = (enum digest_kind)i;
	if (name[0] != '\0' &&
	    strcasecmp(name, hash_names[s->hash.chosen]) != 0)
		return reply(s, 501, "No such digest, see FEAT.");
	return reply(s, 200, hash_names[s->hash.chosen]);
}

/* "Z ENGINE ZLIB LEVEL 9", the last two as often as one likes. */
static int
opts_mode(struct session *s, const char *text)
{
	int level;

	if (parse_mode_z(text, &level) < 0)
		return reply(s, 501, "Usage: OPTS MODE Z LEVEL <0 to 9>");
	if (level >= 0)
		s->zip.level = level;
	return reply_number(s, 200, "MODE Z LEVEL set to ", s->zip.level, ".");
}

int
cmd_opts(struct session *s, const struct arg_value *arg)
{
	const char *options = strchr(arg->text, ' ');
	size_t length = strcspn(arg->text, " ");

	options = options ? options + 1 : "";
	if (length == 4 && strncasecmp(arg->text, "MLST", 4) == 0)
		return opts_mlst(s, options);
	if (length == 4 && strncasecmp(arg->text, "HASH", 4) == 0 &&
	    s->conf.hash_enable)
		return opts_hash(s, options);
	if (length == 4 && strncasecmp(arg->text, "MODE", 4) == 0 &&
	    s->conf.mode_z_enable)
		return opts_mode(s, options);
	/* Names are bytes, so there is nothing to switch off. */
	if (length == 4 && strncasecmp(arg->text, "UTF8", 4) == 0) {
		if (*options == '\0' || strcasecmp(options, "ON") == 0)
			return reply(s, 200, "Always in UTF8 mode.");
		return reply(s, 501, "UTF8 is always on.");
	}
	return reply(s, 501, "Option not understood.");
}

/* SITE's argument begins with a verb of its own, behind the same gate. */
int
cmd_site(struct session *s, const struct arg_value *arg)
{
	char line[LINE_MAX_LENGTH + 1];

	strcpy(line, arg->text);
	command_dispatch(s, site_commands, SITE_COUNT, line);
	return 0;
}

bool
cmd_site_known(const char *verb)
{
	return command_find(site_commands, SITE_COUNT, verb) != NULL;
}

int
cmd_site_help(struct session *s, const struct arg_value *arg)
{
	return command_help(s, site_commands, SITE_COUNT, arg->text);
}

int
cmd_site_idle(struct session *s, const struct arg_value *arg)
{
	int64_t seconds;
	const int64_t most = 7200;

	if (arg->text[0] == '\0')
		return reply_number(s, 200, "Idle time-out is ",
		    s->conf.idle_session_timeout, " seconds.");
	if (text_parse_number(arg->text, &seconds) < 0 || seconds < 30 ||
	    seconds > most)
		return reply(s, 501, "Seconds: 30 to 7200.");
	s->conf.idle_session_timeout = seconds;
	return reply(s, 200, "Idle time-out set.");
}
