/*
 * reply.c - unit tests of ftpd/reply.c: the bytes that reach the client. The
 * errors are those of RFC 959 section 4.2 as the design has them.
 */
#include "config.h"

#include "ftpd/session.h"

#include "t/unit/unit.h"

#include <errno.h>
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
	if (s == NULL)
		return -1;
	s->control = pair[0];
	client = pair[1];
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close(s->control);
	if (client >= 0)
		close(client);
	free(s);
	return 0;
}

/* What the client has got by now. */
static const char *
got(void)
{
	static char text[65536];
	ssize_t n;

	assert_true(reply_flush_all(s));
	n = recv(client, text, sizeof text - 1, MSG_DONTWAIT);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
test_errno(void **state)
{
	static const struct {
		enum stage stage;
		int error, code;
	} cases[] = {
		{ STAGE_NAME, ENOENT, 550 },
		{ STAGE_NAME, EACCES, 550 },
		{ STAGE_NAME, EPERM, 550 },
		{ STAGE_NAME, ENOTDIR, 550 },
		{ STAGE_NAME, EISDIR, 550 },
		{ STAGE_NAME, EEXIST, 550 },
		{ STAGE_NAME, ENOTEMPTY, 550 },
		{ STAGE_NAME, EROFS, 550 },
		{ STAGE_NAME, ELOOP, 550 },
		{ STAGE_NAME, EBUSY, 550 },
		{ STAGE_NAME, EXDEV, 550 },
		{ STAGE_NAME, ENAMETOOLONG, 553 },
		{ STAGE_NAME, EILSEQ, 553 },
		{ STAGE_NAME, EAGAIN, 450 },
		{ STAGE_NAME, EIO, 451 },
		{ STAGE_NAME, ENOMEM, 451 },
		{ STAGE_NAME, EMFILE, 451 },
		{ STAGE_NAME, ENOSPC, 452 },
		{ STAGE_NAME, EDQUOT, 552 },
		{ STAGE_NAME, EPIPE, 421 },
		{ STAGE_STORE, ENOENT, 553 },
		{ STAGE_STORE, EACCES, 553 },
		{ STAGE_STORE, EISDIR, 553 },
		{ STAGE_STORE, ENAMETOOLONG, 553 },
		{ STAGE_STORE, EAGAIN, 450 },
		{ STAGE_STORE, ERANGE, 554 },
		{ STAGE_STORE, EILSEQ, 553 },
		{ STAGE_STORE, ENOSPC, 452 },
		{ STAGE_STORE, EDQUOT, 552 },
		{ STAGE_OPEN_DATA, ECONNREFUSED, 425 },
		{ STAGE_OPEN_DATA, ETIMEDOUT, 425 },
		{ STAGE_OPEN_DATA, EADDRINUSE, 425 },
		{ STAGE_OPEN_DATA, EPERM, 500 },
		{ STAGE_OPEN_DATA, EPIPE, 421 },
		{ STAGE_TRANSFER, ECONNRESET, 426 },
		{ STAGE_TRANSFER, ETIMEDOUT, 426 },
		{ STAGE_TRANSFER, ECONNABORTED, 426 },
		{ STAGE_TRANSFER, EIO, 451 },
		{ STAGE_TRANSFER, ENOSPC, 452 },
		{ STAGE_TRANSFER, EDQUOT, 552 },
		{ STAGE_TRANSFER, EFBIG, 552 },
		{ STAGE_TRANSFER, ENOENT, 451 },
		{ STAGE_OTHER, EIO, 451 },
		{ STAGE_OTHER, EACCES, 451 },
		{ STAGE_OTHER, EPIPE, 421 },
		{ STAGE_OTHER, 4095, 451 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *text;

		reply_errno(s, cases[i].stage, -cases[i].error, "/a\r\nb");
		text = got();
		if (atoi(text) != cases[i].code || text[3] != ' ' ||
		    strstr(text, "\r\n") != text + strlen(text) - 2)
			fail_msg("stage %d, %s: %s", cases[i].stage,
			    strerror(cases[i].error), text);
	}
}

/* Each stage has one line for whatever errno there is. */
static void
test_any_errno(void **state)
{
	(void)state;
	for (int stage = STAGE_NAME; stage <= STAGE_OTHER; stage++)
		for (int error = 0; error < 140; error++) {
			const char *text;

			reply_errno(s, (enum stage)stage, -error, "");
			text = got();
			if (strspn(text, "0123456789") != 3 ||
			    (text[0] != '4' && text[0] != '5') ||
			    strstr(text, "\r\n") != text + strlen(text) - 2)
				fail_msg("stage %d, errno %d: %s", stage,
				    error, text);
		}
}

static void
test_plain(void **state)
{
	(void)state;
	assert_int_equal(reply(s, 200, "Fine."), 0);
	assert_string_equal(got(), "200 Fine.\r\n");
	reply(s, 500, "%s%n");
	assert_string_equal(got(), "500 %s%n\r\n");
	reply(s, 200, "");
	assert_string_equal(got(), "200 \r\n");
	reply_number(s, 213, "", INT64_MAX, "");
	assert_string_equal(got(), "213 9223372036854775807\r\n");
	reply_number(s, 213, "a ", INT64_MIN, " b");
	assert_string_equal(got(), "213 a -9223372036854775808 b\r\n");
	/* Pipelined ones leave together, in order. */
	reply(s, 200, "one");
	reply(s, 200, "two");
	assert_string_equal(got(), "200 one\r\n200 two\r\n");
}

static void
test_name(void **state)
{
	static const struct {
		const char *name;
		bool quoted;
		const char *want;
	} cases[] = {
		{ "/a", true, "257 \"/a\" is it.\r\n" },
		{ "/a", false, "257 /a is it.\r\n" },
		/* RFC 959 appendix II: an embedded quote is doubled. */
		{ "/say \"hi\"", true, "257 \"/say \"\"hi\"\"\" is it.\r\n" },
		{ "/say \"hi\"", false, "257 /say \"hi\" is it.\r\n" },
		{ "/a\r\n226 b", true, "257 \"/a??226 b\" is it.\r\n" },
		{ "/\x1b[31m\x7f\x01", false,
		    "257 /\x1b[31m\x7f\x01 is it.\r\n" },
		{ "/\xc3\xa4", true, "257 \"/\xc3\xa4\" is it.\r\n" },
		/* TELNET: a data byte 255 is sent twice. */
		{ "/\xff", true, "257 \"/\xff\xff\" is it.\r\n" },
		{ "/\xff\xff" "a\xff", false,
		    "257 /\xff\xff\xff\xff" "a\xff\xff is it.\r\n" },
		{ "%s%n", false, "257 %s%n is it.\r\n" },
		{ "", true, "257 \"\" is it.\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *text;

		reply_name(s, 257, "", cases[i].name, cases[i].quoted,
		    " is it.");
		text = got();
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].name, text);
	}
}

/* The longest path, of nothing but quotes or 255s, arrives whole. */
static void
test_long_name(void **state)
{
	static const char all[] = { '"', '\xff', 'x' };

	(void)state;
	for (size_t i = 0; i < sizeof all; i++) {
		char name[TEXT_PATH_MAX];
		const char *text;
		size_t want = strlen("257 \"\"\r\n") +
		    (i < 2 ? 2 : 1) * (sizeof name - 1);

		memset(name, all[i], sizeof name - 1);
		name[sizeof name - 1] = '\0';
		reply_name(s, 257, "", name, true, "");
		text = got();
		if (strlen(text) != want || text[want - 3] != '"')
			fail_msg("%c: %zu bytes of %zu", all[i],
			    strlen(text), want);
	}
}

static void
test_lines(void **state)
{
	(void)state;
	reply_begin(s, 211, "Features:");
	reply_line(s, "MLST a;");
	reply_line(s, "211 not the end");
	reply_line(s, "");
	assert_int_equal(reply_end(s, 211, "End"), 0);
	assert_string_equal(got(), "211-Features:\r\n MLST a;\r\n"
				   " 211 not the end\r\n \r\n211 End\r\n");
	/* MLST puts names there. */
	reply_line(s, "type=file; a\xff" "b");
	assert_string_equal(got(), " type=file; a\xff\xff" "b\r\n");
	reply_line(s, "two\r\n200 lines");
	assert_string_equal(got(), " two??200 lines\r\n");
}

static void
test_text(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "a", "220-a\r\n" },
		{ "a\n", "220-a\r\n" },
		{ "a\r\n", "220-a\r\n" },
		{ "a\nb", "220-a\r\n220-b\r\n" },
		{ "\n\na\n", "220-\r\n220-\r\n220-a\r\n" },
		{ "220 done\n", "220-220 done\r\n" },
		{ "a\rb\x1b\x01\t.\n", "220-a?b??\t.\r\n" },
		{ "a\xff\n", "220-a\xff\xff\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const char *text;

		reply_text(s, 220, cases[i].text, strlen(cases[i].text));
		text = got();
		if (strcmp(text, cases[i].want) != 0)
			fail_msg("\"%s\": \"%s\"", cases[i].text, text);
	}
}

/* A client that takes nothing for a while still gets every byte. */
static void
test_flush(void **state)
{
	size_t total = 0;
	char text[4096];
	ssize_t n;

	(void)state;
	for (int i = 0; i < 100; i++)
		reply(s, 200, "twenty bytes long..");
	assert_true(reply_flush(s));
	while ((n = recv(client, text, sizeof text, MSG_DONTWAIT)) > 0)
		total += (size_t)n;
	assert_int_equal(total + s->reply.used, 100 * 25);
	assert_int_equal(s->reply.used, 0);
}

static void
test_gone(void **state)
{
	(void)state;
	close(client);
	client = -1;
	reply(s, 200, "a");
	assert_false(reply_flush(s));
	assert_true(s->reply.broken);
	reply(s, 200, "a");
	assert_false(reply_flush_all(s));
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_errno),
		WITH(test_any_errno),
		WITH(test_plain),
		WITH(test_name),
		WITH(test_long_name),
		WITH(test_lines),
		WITH(test_text),
		WITH(test_flush),
		WITH(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
