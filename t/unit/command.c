/*
 * command.c - unit tests of ftpd/command.c: the table is sorted and whole, and
 * the gate refuses in its one order: 500/502, 530, 550, 501.
 */
#include "config.h"

#include "ftpd/command.h"

#include "t/unit/unit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct session *s;
static int client = -1;

static int
begin(void **state)
{
	int pair[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	s = calloc(1, sizeof *s);
	if (s == NULL || conf_init(&s->conf) < 0)
		return -1;
	s->control = pair[0];
	client = pair[1];
	s->agent.wire = -1; /* nothing here gets as far as the helper */
	s->host.banner = -1;
	data_init(&s->data);
	s->state = IN_NEW;
	strcpy(s->cwd, "/");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close(s->control);
	close(client);
	conf_done(&s->conf);
	free(s);
	return 0;
}

/* Runs one line; what the client hears of it. */
static const char *
say(const char *text)
{
	static char answer[65536];
	char line[LINE_MAX_LENGTH + 1];
	ssize_t n;

	snprintf(line, sizeof line, "%s", text);
	command_run(s, line);
	assert_true(reply_flush_all(s));
	n = recv(client, answer, sizeof answer - 1, MSG_DONTWAIT);
	answer[n > 0 ? n : 0] = '\0';
	return answer;
}

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &commands[i];

		if (i > 0 && strcmp(commands[i - 1].verb, c->verb) >= 0)
			fail_msg("%s is not sorted", c->verb);
		for (const char *p = c->verb; *p != '\0'; p++)
			if (islower((unsigned char)*p))
				fail_msg("%s is not upper case", c->verb);
		if (c->help == NULL)
			fail_msg("%s has no help", c->verb);
		if (!(c->when & (IN_NEW | IN_USER | IN_SESSION)))
			fail_msg("%s is never legal", c->verb);
		if (c->run == NULL && c->feat != NULL)
			fail_msg("%s is announced and not there", c->verb);
	}
}

/* RFC 1123 section 4.1.2.13 and RFC 3659: what every server has. */
static void
test_minimum(void **state)
{
	static const char *const verbs[] = { "TYPE", "MODE", "STRU", "RETR",
		"STOR", "APPE", "RNFR", "RNTO", "DELE", "CWD", "CDUP", "RMD",
		"MKD", "PWD", "LIST", "NLST", "SYST", "STAT", "HELP", "NOOP",
		"USER", "PASS", "ACCT", "QUIT", "PORT", "PASV", "EPRT", "EPSV",
		"MDTM", "SIZE", "REST", "MLST", "MLSD", "FEAT", "OPTS",
		"ABOR", "XCUP", "XCWD", "XMKD", "XPWD", "XRMD" };

	(void)state;
	for (size_t i = 0; i < LENGTH(verbs); i++) {
		const struct command *c =
		    command_find(commands, command_count, verbs[i]);

		if (c == NULL || c->run == NULL)
			fail_msg("%s is missing", verbs[i]);
	}
}

static void
test_find(void **state)
{
	static const char *const none[] = { "", "A", "ABO", "ABORT", "ZZZZ",
		"0", "NOOP ", " NOOP", "N\xd0OP", "\xff" };

	(void)state;
	for (size_t i = 0; i < command_count; i++)
		for (unsigned bits = 0; bits < 16; bits++) {
			char verb[8] = "";

			for (size_t j = 0; commands[i].verb[j] != '\0'; j++)
				verb[j] = (char)(bits >> j & 1
				    ? tolower(commands[i].verb[j])
				    : commands[i].verb[j]);
			if (command_find(commands, command_count, verb) !=
			    &commands[i])
				fail_msg("%s", verb);
		}
	for (size_t i = 0; i < LENGTH(none); i++)
		if (command_find(commands, command_count, none[i]) != NULL)
			fail_msg("\"%s\"", none[i]);
}

/* Each row asked for the reason that comes first, then for the next. */
static void
test_gate(void **state)
{
	static const struct {
		const char *line;
		enum state state;
		unsigned rights;
		const char *denied; /* cmds_denied */
		int code;
	} cases[] = {
		/* Unknown comes before everything. */
		{ "NONE", IN_NEW, 0, NULL, 500 },
		{ "NONE", IN_SESSION, 0, "NONE", 500 },
		{ "REIN x", IN_NEW, 0, NULL, 501 },
		{ "REIN", IN_SESSION, 0, NULL, 502 },
		{ "SMNT", IN_NEW, 0, "SMNT", 502 },
		/* Not logged in comes before rights, lists and arguments. */
		{ "STOR", IN_NEW, 0, "STOR", 530 },
		{ "STOR", IN_USER, 0xff, NULL, 530 },
		{ "PORT x", IN_NEW, 0, NULL, 530 },
		{ "SITE", IN_NEW, 0, NULL, 530 },
		/* May not comes before how. */
		{ "STOR", IN_SESSION, 0, NULL, 550 },
		{ "STOR /f", IN_SESSION, 0, NULL, 550 },
		{ "APPE", IN_SESSION, WIRE_MAY_UPLOAD, NULL, 550 },
		{ "RETR", IN_SESSION, 0xfe, NULL, 550 },
		{ "LIST", IN_SESSION, 0xfd, NULL, 550 },
		{ "PWD", IN_SESSION, 0xff, "PWD", 550 },
		{ "PWD", IN_SESSION, 0xff, "CWD, pwd ,MKD", 550 },
		{ "CWD", IN_SESSION, 0xff, "CWD", 550 },
		{ "RANG 0 1", IN_SESSION, 0xff, "RANG", 552 },
		/* Then what it is about. */
		{ "STOR", IN_SESSION, 0xff, NULL, 501 },
		{ "APPE", IN_SESSION, 0xff, NULL, 501 },
		{ "RETR", IN_SESSION, 0xff, NULL, 501 },
		{ "CWD", IN_SESSION, 0, NULL, 501 },
		{ "MKD ", IN_SESSION, 0xff, NULL, 501 },
		{ "PWD now", IN_SESSION, 0, NULL, 501 },
		{ "REST", IN_SESSION, 0, NULL, 501 },
		{ "REST -1", IN_SESSION, 0, NULL, 501 },
		{ "REST 9223372036854775808", IN_SESSION, 0, NULL, 501 },
		{ "PORT 1,2,3,4,5", IN_SESSION, 0, NULL, 501 },
		{ "EPRT |1|x|1|", IN_SESSION, 0, NULL, 501 },
		{ "EPRT |3|x|1|", IN_SESSION, 0, NULL, 522 },
		{ "USER", IN_NEW, 0, NULL, 501 },
		/* And then it runs. */
		{ "PWD", IN_SESSION, 0, "PW,PWDX", 257 },
		{ "pWd", IN_SESSION, 0, NULL, 257 },
		{ "NOOP", IN_NEW, 0, NULL, 200 },
		{ "SYST", IN_NEW, 0, NULL, 215 },
		{ "TYPE I", IN_SESSION, 0, NULL, 200 },
		/* Blanks in front mean nothing, but to a path, REST and EPRT. */
		{ "TYPE   I", IN_SESSION, 0, NULL, 200 },
		{ "PWD  ", IN_SESSION, 0, NULL, 257 },
		{ "USER  ", IN_NEW, 0, NULL, 501 },
		{ "REST  1", IN_SESSION, 0, NULL, 501 },
		{ "EPRT  |3|x|1|", IN_SESSION, 0, NULL, 501 },
		{ "SITE NONE", IN_SESSION, 0xff, NULL, 500 },
		{ "SITE CHMOD 600 f", IN_SESSION, 0xbf, NULL, 550 },
		{ "SITE CHMOD", IN_SESSION, 0xff, NULL, 501 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *answer;

		s->state = cases[i].state;
		s->rights = cases[i].rights;
		free(s->conf.cmds_denied);
		s->conf.cmds_denied =
		    cases[i].denied ? strdup(cases[i].denied) : NULL;
		answer = say(cases[i].line);
		if (atoi(answer) != cases[i].code)
			fail_msg("\"%s\" in state %d, rights 0x%x: %s",
			    cases[i].line, cases[i].state, cases[i].rights,
			    answer);
	}
}

/* Every row before login: only those say anything but 502 and 530. */
static void
test_before_login(void **state)
{
	static const char *const open[] = { "ACCT", "FEAT", "HELP", "NOOP",
		"OPTS", "PASS", "QUIT", "REIN", "STAT", "SYST", "USER",
		/* of later rooms, should they be built in */
		"HOST", "LANG", "CLNT", "CSID" };

	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		bool may = false;
		const char *answer;

		for (size_t j = 0; j < LENGTH(open); j++)
			may |= strcmp(open[j], commands[i].verb) == 0;
		if (may)
			continue;
		s->state = IN_NEW;
		s->rights = 0xff;
		answer = say(commands[i].verb);
		/* Some are not there without ssl_enable. */
		if (atoi(answer) != (commands[i].run &&
		    !(commands[i].when & NEEDS_TLS) ? 530 : 502))
			fail_msg("%s: %s", commands[i].verb, answer);
	}
}

/* No rights: what changes or shows files says so whatever the argument. */
static void
test_no_rights(void **state)
{
	(void)state;
	s->state = IN_SESSION;
	s->rights = 0;
	for (size_t i = 0; i < command_count; i++) {
		char line[32];
		int code = commands[i].when & DENIED_552 ? 552 : 550;

		if (commands[i].rights == 0)
			continue;
		snprintf(line, sizeof line, "%s /f", commands[i].verb);
		if (atoi(say(line)) != code)
			fail_msg("%s", line);
		if (atoi(say(commands[i].verb)) != code)
			fail_msg("%s", commands[i].verb);
	}
}

static void
test_allowed(void **state)
{
	(void)state;
	assert_true(command_allowed(s, "PWD"));
	s->conf.cmds_allowed = strdup("USER,PASS, pwd");
	assert_true(command_allowed(s, "PWD"));
	assert_false(command_allowed(s, "CWD"));
	assert_false(command_allowed(s, "PASSX"));
	assert_false(command_allowed(s, "PAS"));
	s->conf.cmds_denied = strdup("PWD");
	assert_false(command_allowed(s, "PWD"));
}

/* Browsers and mailers are sent away without a word of theirs. */
static void
test_cross_protocol(void **state)
{
	static const char *const lines[] = { "GET / HTTP/1.1", "POST /x",
		"Host: example.org", "EHLO example.org", "PUT /x",
		"OPTIONS *", "CONNECT a:1", "head /" };

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		const char *answer;

		s->closing = false;
		answer = say(lines[i]);
		if (!s->closing || strstr(answer, lines[i]) != NULL)
			fail_msg("%s: %s", lines[i], answer);
	}
}

static void
test_unknown_limit(void **state)
{
	int tries = 0;

	(void)state;
	while (!s->closing && tries++ < 1000)
		assert_int_equal(atoi(say("WHAT")), 500);
	assert_true(tries < 100);
	s->closing = false;
	s->state = IN_SESSION;
	s->unknown_commands = 0;
	for (int i = 0; i < 200; i++)
		say("WHAT");
	assert_false(s->closing);
}

static void
test_in_transfer(void **state)
{
	static const struct {
		const char *line;
		bool want;
	} cases[] = {
		{ "ABOR", true },
		{ "abor", true },
		{ "STAT", true },
		{ "STAT /f", true },
		{ "QUIT", true },
		{ "NOOP", true },
		{ "RETR f", false },
		{ "PWD", false },
		{ "NONE", false },
		{ "", false },
		{ "ABORABORABOR", false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (command_in_transfer(cases[i].line) != cases[i].want)
			fail_msg("\"%s\"", cases[i].line);
}

/* REST and RNFR hold for the next command only, save for some. */
static void
test_pending(void **state)
{
	(void)state;
	s->state = IN_SESSION;
	s->rights = 0xff;
	assert_int_equal(atoi(say("REST 100")), 350);
	assert_int_equal(s->restart, 100);
	say("TYPE I");
	assert_int_equal(s->restart, 100);
	say("SITE IDLE");
	assert_int_equal(s->restart, 0);
	strcpy(s->rename_from, "/f");
	say("NOOP");
	assert_string_equal(s->rename_from, "");
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_minimum),
		cmocka_unit_test(test_find),
		WITH(test_gate),
		WITH(test_before_login),
		WITH(test_no_rights),
		WITH(test_allowed),
		WITH(test_cross_protocol),
		WITH(test_unknown_limit),
		WITH(test_in_transfer),
		WITH(test_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
