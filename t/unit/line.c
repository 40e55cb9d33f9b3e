/*
 * line.c - unit tests of ftpd/line.c: the same bytes give the same lines
 * wherever they are cut; TELNET comes out; what is no line is told once.
 */
#include "config.h"

#include "ftpd/line.h"

#include "t/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#define IAC "\xff"
#define DONT "\xfe"
#define DO "\xfd"
#define WONT "\xfc"
#define WILL "\xfb"
#define SB "\xfa"
#define SE "\xf0"

struct line_case {
	const char *name;
	const char *bytes;
	size_t length;
	const char *want;   /* lines with '|' behind, "<bad>", "<long>" */
	const char *refuse; /* TELNET answers */
};

#define BYTES(s) s, sizeof(s) - 1

static const struct line_case cases[] = {
	{ "nothing", BYTES(""), "", "" },
	{ "CR LF", BYTES("NOOP\r\n"), "NOOP|", "" },
	{ "LF", BYTES("NOOP\n"), "NOOP|", "" },
	{ "no end", BYTES("NOOP"), "", "" },
	{ "no LF yet", BYTES("NOOP\r"), "", "" },
	{ "empty lines", BYTES("\r\n\n\r\nA\r\n"), "|||A|", "" },
	{ "three", BYTES("USER a\r\nPASS b c \r\nQUIT\r\nre"),
	    "USER a|PASS b c |QUIT|", "" },
	{ "eight bits", BYTES("CWD \xc3\xa4\x80\xfe\r\n"),
	    "CWD \xc3\xa4\x80\xfe|", "" },
	{ "control bytes", BYTES("CWD \x01\x1b\x7f\t\r\n"),
	    "CWD \x01\x1b\x7f\t|", "" },
	{ "CR inside", BYTES("CWD a\rb\r\nNOOP\r\n"), "<bad>NOOP|", "" },
	{ "two CR", BYTES("NOOP\r\r\nA\r\n"), "<bad>A|", "" },
	{ "CR NUL", BYTES("CWD a\r\0b\r\nA\r\n"), "<bad>A|", "" },
	{ "NUL", BYTES("CWD a\0b\r\nA\r\n"), "<bad>A|", "" },
	{ "NUL at the end", BYTES("A\0\r\nB\r\n"), "<bad>B|", "" },
	{ "NUL only", BYTES("\0\n\nB\r\n"), "<bad>|B|", "" },
	{ "IAC IAC", BYTES("CWD " IAC IAC "a\r\n"), "CWD \xff" "a|", "" },
	{ "four IAC", BYTES(IAC IAC IAC IAC "\r\n"), "\xff\xff|", "" },
	/* As RFC 959 wants ABOR sent: IP, then Synch. */
	{ "ABOR", BYTES(IAC "\xf4" IAC "\xf2" "ABOR\r\n"), "ABOR|", "" },
	{ "NOP", BYTES("A" IAC "\xf1" "B\r\n"), "AB|", "" },
	{ "between CR and LF", BYTES("A\r" IAC "\xf1\n"), "A|", "" },
	{ "DO", BYTES(IAC DO "\x01" "A\r\n"), "A|", IAC WONT "\x01" },
	{ "WILL", BYTES("A" IAC WILL "\x03\r\n"), "A|", IAC DONT "\x03" },
	{ "WONT, DONT", BYTES(IAC WONT "\x01" IAC DONT "\x02" "A\r\n"), "A|",
	    "" },
	{ "SB", BYTES("A" IAC SB "\x18\x01\r\n" IAC SE "B\r\n"), "AB|", "" },
	{ "SB of SE, IAC", BYTES(IAC SB SE IAC IAC SE IAC SE "B\r\n"), "B|", "" },
	{ "SB with a command", BYTES(IAC SB IAC DO "\x01" IAC SE "B\r\n"), "B|",
	    "" },
	{ "SB without an end", BYTES("A" IAC SB "\x18" "B\r\n"), "", "" },
	{ "DO LF", BYTES(IAC DO "\n" "A\r\n"), "A|", IAC WONT "\n" },
	{ "DO IAC", BYTES(IAC DO IAC "A\r\n"), "A|", IAC WONT IAC },
	{ "a dozen DO",
	    BYTES(IAC DO "\1" IAC DO "\2" IAC DO "\3" IAC DO "\4" IAC DO
	          "\5" IAC DO "\6" IAC DO "\7" IAC DO "\x08" IAC DO "\x09" IAC
	          DO "\x0a" IAC DO "\x0b" IAC DO "\x0c" "A\r\n"),
	    "A|",
	    IAC WONT "\1" IAC WONT "\2" IAC WONT "\3" IAC WONT "\4" IAC WONT
	             "\5" IAC WONT "\6" IAC WONT "\7" IAC WONT "\x08" IAC WONT
	             "\x09" IAC WONT "\x0a" },
};

static void
note(char *log, size_t size, const char *text, const char *end)
{
	size_t used = strlen(log);

	assert_true(used + strlen(text) + strlen(end) < size);
	strcat(log, text);
	strcat(log, end);
}

/* Takes all lines that are there; a ready one is told until it is dropped. */
static void
drain(struct line *l, char *log, size_t size)
{
	enum line_result r;

	while ((r = line_next(l)) != LINE_NONE) {
		if (r == LINE_READY) {
			assert_int_equal(line_next(l), LINE_READY);
			assert_int_equal(strlen(l->line), l->length);
			assert_true(line_pending(l));
			note(log, size, l->line, "|");
			line_drop(l);
		} else {
			note(log, size, r == LINE_BAD ? "<bad>" : "<long>",
			    "");
		}
	}
	assert_int_equal(line_next(l), LINE_NONE);
}

static void
feed(struct line *l, const char *bytes, size_t length, char *log, size_t size)
{
	while (length > 0) {
		unsigned char *room;
		size_t n = line_room(l, &room);

		assert_true(n > 0);
		n = n < length ? n : length;
		memcpy(room, bytes, n);
		line_filled(l, n);
		bytes += n;
		length -= n;
		drain(l, log, size);
	}
}

static void
check(const struct line_case *c, size_t a, size_t b)
{
	struct line *l = calloc(1, sizeof *l);
	char log[256] = "";

	assert_non_null(l);
	feed(l, c->bytes, a, log, sizeof log);
	feed(l, c->bytes + a, b - a, log, sizeof log);
	feed(l, c->bytes + b, c->length - b, log, sizeof log);
	if (strcmp(log, c->want) != 0)
		fail_msg("%s, cut at %zu and %zu: %s", c->name, a, b, log);
	if (l->refuse_length != strlen(c->refuse) ||
	    memcmp(l->refuse, c->refuse, l->refuse_length) != 0)
		fail_msg("%s, cut at %zu and %zu: %zu bytes of answers",
		    c->name, a, b, l->refuse_length);
	free(l);
}

static void
test_splits(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (size_t a = 0; a <= cases[i].length; a++)
			for (size_t b = a; b <= cases[i].length; b++)
				check(&cases[i], a, b);
}

/* Lines at and over the limit, with a good one behind. */
static void
test_long(void **state)
{
	static const size_t pieces[] = { 1, 7, 1000, LINE_BUFFER };
	static const size_t lengths[] = { LINE_MAX_LENGTH - 1, LINE_MAX_LENGTH,
		LINE_MAX_LENGTH + 1, LINE_BUFFER - 2, LINE_BUFFER,
		LINE_BUFFER + 1, 100000 };

	(void)state;
	for (size_t i = 0; i < LENGTH(lengths) * LENGTH(pieces); i++) {
		size_t length = lengths[i / LENGTH(pieces)];
		size_t piece = pieces[i % LENGTH(pieces)];
		size_t total = length + 8, done = 0;
		struct line *l = calloc(1, sizeof *l);
		char *bytes = malloc(total + 1);
		char *log = calloc(1, LINE_BUFFER);
		bool fits = length <= LINE_MAX_LENGTH;

		assert_true(l != NULL && bytes != NULL && log != NULL);
		memset(bytes, 'x', length);
		memcpy(bytes + length, "\r\nNOOP\r\n", 9);
		while (done < total) {
			size_t n = total - done < piece ? total - done : piece;

			feed(l, bytes + done, n, log, LINE_BUFFER);
			done += n;
		}
		if (fits) {
			bytes[length] = '|';
			memcpy(bytes + length + 1, "NOOP|", 6);
		}
		if (strcmp(log, fits ? bytes : "<long>NOOP|") != 0)
			fail_msg("%zu bytes by %zu: %.20s...", length, piece,
			    log);
		free(l);
		free(bytes);
		free(log);
	}
}

/* IAC SB keeps no more than a line's length from being heard. */
static void
test_long_parameters(void **state)
{
	static const struct {
		size_t length; /* of the parameters with IAC SE */
		const char *want;
	} all[] = {
		{ 100, "|NOOP|" },
		{ LINE_MAX_LENGTH, "|NOOP|" },
		{ LINE_MAX_LENGTH + 1, "<long>NOOP|" },
		{ LINE_MAX_LENGTH + 2, "<long>NOOP|" },
		{ 3 * LINE_MAX_LENGTH, "<long>NOOP|" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++) {
		struct line *l = calloc(1, sizeof *l);
		char *bytes = malloc(all[i].length), log[64] = "";

		assert_true(l != NULL && bytes != NULL);
		memset(bytes, 'x', all[i].length);
		memcpy(bytes + all[i].length - 2, IAC SE, 2);
		feed(l, BYTES(IAC SB), log, sizeof log);
		feed(l, bytes, all[i].length, log, sizeof log);
		feed(l, BYTES("\r\nNOOP\r\n"), log, sizeof log);
		if (strcmp(log, all[i].want) != 0)
			fail_msg("%zu bytes: %s", all[i].length, log);
		free(l);
		free(bytes);
	}
}

/* A full buffer has no room until its lines are used. */
static void
test_full(void **state)
{
	struct line *l = calloc(1, sizeof *l);
	unsigned char *room;
	size_t n, lines = 0;

	(void)state;
	assert_non_null(l);
	n = line_room(l, &room);
	assert_int_equal(n, LINE_BUFFER);
	memset(room, '\n', n);
	line_filled(l, n);
	assert_int_equal(line_room(l, &room), 0);
	assert_int_equal(line_next(l), LINE_READY);
	line_drop(l);
	assert_int_equal(line_room(l, &room), 1);
	*room = '\n';
	line_filled(l, 1);
	while (line_next(l) == LINE_READY) {
		line_drop(l);
		lines++;
	}
	assert_int_equal(lines, LINE_BUFFER);
	assert_false(line_pending(l));
	free(l);
}

/* What waits behind the line that is there. */
static void
test_waits(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		bool waits;
	} all[] = {
		{ BYTES("PWD\r\n"), false },
		{ BYTES("ABOR\r\n"), false }, /* it is that line */
		{ BYTES("PWD\r\nABOR\r\n"), true },
		{ BYTES("PWD\nABOR\n"), true },
		{ BYTES("PWD\r\nabor\r\n"), true },
		{ BYTES("PWD\r\nSYST\r\nABOR\r\nNOOP\r\n"), true },
		{ BYTES("PWD\r\n" IAC "\xf4" IAC "\xf2" "ABOR\r\n"), true },
		{ BYTES("PWD\r\nABOR"), false }, /* it may go on */
		{ BYTES("PWD\r\nABOR x\r\n"), false },
		{ BYTES("PWD\r\nCWD ABOR\r\n"), false },
		{ BYTES("PWD\r\nXABOR\r\n"), false },
		{ BYTES("PWD\r\nABORT\r\n"), false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++) {
		struct line *l = calloc(1, sizeof *l);
		unsigned char *room;

		assert_non_null(l);
		assert_true(line_room(l, &room) >= all[i].length);
		memcpy(room, all[i].bytes, all[i].length);
		line_filled(l, all[i].length);
		assert_int_equal(line_next(l), LINE_READY);
		if (line_waits(l, "ABOR") != all[i].waits)
			fail_msg("case %zu", i);
		free(l);
	}
}

/* Whatever begins a line and has not ended is pending (RFC 4217: AUTH). */
static void
test_pending(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		bool pending;
	} all[] = {
		{ BYTES(""), false },
		{ BYTES("A"), true },
		{ BYTES("\r"), true },
		{ BYTES("\0"), true },
		{ BYTES(IAC), true },
		{ BYTES(IAC DO), true },
		{ BYTES(IAC SB "x"), true },
		{ BYTES(IAC SB "x" IAC SE), false },
		{ BYTES(IAC "\xf1"), false },
		{ BYTES("A\r\n"), false },
		{ BYTES("A\0\r\n"), false },
		{ BYTES("A\r\nB"), true },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++) {
		struct line *l = calloc(1, sizeof *l);
		char log[64] = "";

		assert_non_null(l);
		feed(l, all[i].bytes, all[i].length, log, sizeof log);
		if (line_pending(l) != all[i].pending)
			fail_msg("case %zu", i);
		free(l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_splits),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_long_parameters),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
