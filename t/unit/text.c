/*
 * text.c - unit tests of ftpd/text.c: paths, names in replies, times by RFC
 * 3659 section 2.3, numbers.
 */
#include "config.h"

#include "ftpd/text.h"

#include "t/unit/unit.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const struct {
	const char *cwd, *name, *want;
} paths[] = {
	{ "/", "", "/" },
	{ "/", "/", "/" },
	{ "/", ".", "/" },
	{ "/", "..", "/" },
	{ "/", "../../..", "/" },
	{ "/", "a", "/a" },
	{ "/", "a/", "/a" },
	{ "/", "a//b", "/a/b" },
	{ "/", "a/./b", "/a/b" },
	{ "/", "a/../b", "/b" },
	{ "/", "a/..", "/" },
	{ "/", "a/b/..", "/a" },
	{ "/", "a/b/../..", "/" },
	{ "/", "a/../../../b", "/b" },
	{ "/a/b", "", "/a/b" },
	{ "/a/b", "c", "/a/b/c" },
	{ "/a/b", "..", "/a" },
	{ "/a/b", "../..", "/" },
	{ "/a/b", "../../..", "/" },
	{ "/a/b", "/c", "/c" },
	{ "/a/b", "//c//", "/c" },
	{ "/a/b", "/../c", "/c" },
	{ "/a", "...", "/a/..." },
	{ "/a", ".b", "/a/.b" },
	{ "/a", "..b", "/a/..b" },
	{ "/a", "b..", "/a/b.." },
	{ "/a", " ", "/a/ " },
	{ "/a", "~", "/a/~" },
	{ "/a", "b\\..\\c", "/a/b\\..\\c" },
	{ "/a", "\xc0\xae\xc0\xae/b", "/a/\xc0\xae\xc0\xae/b" },
	{ "/a", "\xff\r\x01", "/a/\xff\r\x01" },
};

static void
test_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(paths); i++) {
		char path[TEXT_PATH_MAX];
		int r = text_path(paths[i].cwd, paths[i].name, path);

		if (r != 0 || strcmp(path, paths[i].want) != 0)
			fail_msg("\"%s\" in %s: %d %s", paths[i].name,
			    paths[i].cwd, r, path);
	}
}

/* A path of length bytes, in components of at most 200. */
static void
long_path(char *out, size_t length)
{
	for (size_t i = 0; i < length; i++)
		out[i] = i % 200 == 0 ? '/' : 'x';
	if (length > 0 && out[length - 1] == '/')
		out[length - 1] = 'x';
	out[length] = '\0';
}

static void
test_path_length(void **state)
{
	(void)state;
	for (size_t n = TEXT_PATH_MAX - 4; n < TEXT_PATH_MAX + 4; n++) {
		char in[TEXT_PATH_MAX + 8], out[TEXT_PATH_MAX] = "untouched";
		int r;

		long_path(in, n);
		r = text_path("/", in, out);
		if (r != (n < TEXT_PATH_MAX ? 0 : -ENAMETOOLONG))
			fail_msg("%zu bytes: %d", n, r);
		assert_string_equal(out, r == 0 ? in : "untouched");
	}
	for (size_t n = TEXT_PATH_MAX - 4; n < TEXT_PATH_MAX; n++) {
		char cwd[TEXT_PATH_MAX + 8], out[TEXT_PATH_MAX];

		long_path(cwd, n);
		assert_int_equal(text_path(cwd, "a", out),
		    n + 2 < TEXT_PATH_MAX ? 0 : -ENAMETOOLONG);
		assert_int_equal(text_path(cwd, "..", out), 0);
	}
}

static const struct {
	const char *in;
	bool quoted;
	size_t size;
	const char *want;
} names[] = {
	{ "", false, 8, "" },
	{ "plain", false, 64, "plain" },
	{ "say \"hi\"", false, 64, "say \"hi\"" },
	{ "say \"hi\"", true, 64, "say \"\"hi\"\"" },
	{ "\"", true, 64, "\"\"" },
	{ "a\r\n226 b", false, 64, "a??226 b" },
	{ "\x1b[31m\x7f\x01\t", true, 64, "\x1b[31m\x7f\x01\t" },
	{ "\xc3\xa4\xff\x80", true, 64, "\xc3\xa4\xff\x80" },
	{ "%s%n", false, 64, "%s%n" },
};

static void
test_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		char out[64];

		text_name(names[i].in, names[i].quoted, out, names[i].size);
		if (strcmp(out, names[i].want) != 0)
			fail_msg("case %zu: %s", i, out);
	}
}

/* Cut anywhere, the NUL is inside and no doubled quote is torn apart. */
static void
test_safe(void **state)
{
	char out[64];

	(void)state;
	text_safe("\x1b[31m\x7f\r\n\t \xc3\xa4\xff\"", out, sizeof out);
	assert_string_equal(out, "?[31m???? \xc3\xa4\xff\"");
	for (size_t size = 1; size < 8; size++) {
		text_safe("abcdefghij", out, size);
		assert_int_equal(strlen(out), size - 1);
	}
}

static void
test_name_cut(void **state)
{
	(void)state;
	for (size_t size = 1; size < 24; size++) {
		char out[32];
		size_t quotes = 0;

		memset(out, 'X', sizeof out);
		text_name("a\"\"b\"c\"\"\"\"", true, out, size);
		assert_non_null(memchr(out, '\0', size));
		assert_int_equal(out[size], 'X');
		for (const char *p = out; *p != '\0'; p++)
			quotes += *p == '"';
		if (quotes % 2 != 0)
			fail_msg("size %zu: %s", size, out);
	}
}

static const struct {
	const char *in;
	int64_t seconds;
	const char *rest; /* where parsing stopped; NULL: -EINVAL */
} times[] = {
	{ "19700101000000", 0, "" },
	{ "20261122235959", 1795391999, "" },
	{ "20000229120000", 951825600, "" },
	{ "20380119031408", INT64_C(2147483648), "" },
	{ "19691231235959", -1, "" },
	{ "99991231235959", INT64_C(253402300799), "" },
	{ "20261122235959.123", 1795391999, "" },
	{ "20261122235959 file", 1795391999, " file" },
	{ "20261122235959.5 file", 1795391999, " file" },
	{ "20261122235959x", 1795391999, "x" },
	/* RFC 3659: 60 is a leap second, POSIX has it as the next minute. */
	{ "20161231235960", 1483228800, "" },
	{ "", 0, NULL },
	{ "2026112223595", 0, NULL },
	{ "202611222359590", 0, NULL },
	{ "20261122235959.", 0, NULL },
	{ "20261122235959. file", 0, NULL },
	{ "2026-11-22T23:59", 0, NULL },
	{ " 20261122235959", 0, NULL },
	{ "+2026112223595", 0, NULL },
	{ "20261122240000", 0, NULL },
	{ "20261122236000", 0, NULL },
	{ "20261122235961", 0, NULL },
	{ "20260022235959", 0, NULL },
	{ "20261322235959", 0, NULL },
	{ "20261100235959", 0, NULL },
	{ "20261131235959", 0, NULL },
	{ "20260631000000", 0, NULL },
	{ "20260229000000", 0, NULL },
	{ "19000229000000", 0, NULL },
	{ "20261322235960", 0, NULL },
	{ "20260631235960", 0, NULL },
	{ "20260022235960", 0, NULL },
	{ "99999999999999", 0, NULL },
};

static void
test_parse_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(times); i++) {
		int64_t seconds = 4711;
		const char *end = NULL;
		int r = text_parse_time(times[i].in, &seconds, &end);

		if (times[i].rest == NULL) {
			if (r != -EINVAL || seconds != 4711 || end != NULL)
				fail_msg("\"%s\": %d", times[i].in, r);
			continue;
		}
		if (r != 0 || seconds != times[i].seconds ||
		    strcmp(end, times[i].rest) != 0)
			fail_msg("\"%s\": %d %" PRId64 " \"%s\"", times[i].in,
			    r, seconds, r == 0 ? end : "");
	}
}

static void
test_time(void **state)
{
	(void)state;
	for (int64_t when = INT64_C(-62135596800); when < INT64_C(253402300800);
	     when += 86399 * 17) {
		char text[TEXT_TIME_MAX];
		int64_t back = 0;
		const char *end;

		text_time(when, text);
		assert_int_equal(strlen(text), 14);
		if (text_parse_time(text, &back, &end) != 0 || back != when)
			fail_msg("%" PRId64 ": %s", when, text);
	}
}

static void
test_time_extremes(void **state)
{
	static const int64_t all[] = { INT64_MIN, INT64_MAX,
		INT64_C(253402300800), INT64_C(-62167219201) };

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++) {
		char text[TEXT_TIME_MAX];

		text_time(all[i], text);
		assert_int_equal(strspn(text, "0123456789"), 14);
		assert_int_equal(text[14], '\0');
	}
}

static const struct {
	const char *in;
	int64_t value; /* -1: -EINVAL */
} numbers[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "00012", 12 },
	{ "4294967296", INT64_C(4294967296) },
	{ "9223372036854775807", INT64_MAX },
	{ "9223372036854775808", -1 },
	{ "9223372036854775810", -1 },
	{ "18446744073709551616", -1 },
	{ "99999999999999999999999999", -1 },
	{ "", -1 },
	{ " 1", -1 },
	{ "1 ", -1 },
	{ "-1", -1 },
	{ "+1", -1 },
	{ "0x10", -1 },
	{ "1.5", -1 },
	{ "1e3", -1 },
	{ "1k", -1 },
	{ "\xb2", -1 },
	{ "/", -1 },
	{ ":", -1 },
};

static void
test_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		int64_t value = 4711;
		int r = text_parse_number(numbers[i].in, &value);
		bool good = numbers[i].value >= 0;

		if (r != (good ? 0 : -EINVAL) ||
		    value != (good ? numbers[i].value : 4711))
			fail_msg("\"%s\": %d %" PRId64, numbers[i].in, r,
			    value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_path_length),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_name_cut),
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_parse_time),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_time_extremes),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
