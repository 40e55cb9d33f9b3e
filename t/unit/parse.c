/*
 * parse.c - unit tests of ftpd/parse.c: arguments of more than one word, as
 * clients send them and as they should not.
 */
#include "config.h"

#include "ftpd/parse.h"

#include "t/unit/unit.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define NO (-1000)

static const struct {
	const char *text;
	int64_t start, end; /* NO: refused */
} ranges[] = {
	{ "0 0", 0, 0 },
	{ "1 0", 1, 0 },
	{ "5 10", 5, 10 },
	{ "007 010", 7, 10 },
	{ "0 9223372036854775807", 0, INT64_MAX },
	{ "", NO, NO },
	{ " ", NO, NO },
	{ "5", NO, NO },
	{ "5 ", NO, NO },
	{ " 5", NO, NO },
	{ "5  6", NO, NO },
	{ "5 6 ", NO, NO },
	{ "5 6 7", NO, NO },
	{ "5\t6", NO, NO },
	{ "-1 6", NO, NO },
	{ "1 -6", NO, NO },
	{ "0x1 2", NO, NO },
	{ "9223372036854775808 1", NO, NO },
	{ "1 9223372036854775808", NO, NO },
	{ "0000000000000000000000 1", NO, NO },
};

static void
test_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(ranges); i++) {
		int64_t start = NO, end = NO;
		int r = parse_range(ranges[i].text, &start, &end);

		if (ranges[i].start == NO ? r != -EINVAL
		                          : r != 0 || start != ranges[i].start ||
		        end != ranges[i].end)
			fail_msg("\"%s\": %d, %" PRId64 " to %" PRId64,
			    ranges[i].text, r, start, end);
	}
}

static const struct {
	const char *text, *name; /* NULL: refused */
	int64_t start, end;
} checksums[] = {
	{ "\"a\"", "a", 0, -1 },
	{ "\"a b\"", "a b", 0, -1 },
	{ "\"a\"\"b\"", "a\"b", 0, -1 },
	{ "\"\"\"\"", "\"", 0, -1 },
	{ "\"a b\" 5", "a b", 5, -1 },
	{ "\"a b\" 5 10", "a b", 5, 10 },
	{ "a 5", "a", 5, -1 },
	{ "a 5 10", "a", 5, 10 },
	{ "a b 5 10", "a b", 5, 10 },
	{ "a 1 5 10", "a 1", 5, 10 },
	{ "/x/a.txt 0 42", "/x/a.txt", 0, 42 },
	{ "", NULL, 0, 0 },
	{ "a", NULL, 0, 0 },
	{ "a b", NULL, 0, 0 },
	{ "5", NULL, 0, 0 },
	{ " 5", NULL, 0, 0 },
	{ "a -5", NULL, 0, 0 },
	{ "a 5x", NULL, 0, 0 },
	{ "a 5 ", NULL, 0, 0 },
	{ "\"", NULL, 0, 0 },
	{ "\"a", NULL, 0, 0 },
	{ "\"\"", NULL, 0, 0 },
	{ "\"a\"\"", NULL, 0, 0 },
	{ "\"a\"b", NULL, 0, 0 },
	{ "\"a\" ", NULL, 0, 0 },
	{ "\"a\" x", NULL, 0, 0 },
	{ "\"a\" 1 2 3", NULL, 0, 0 },
	{ "a 9223372036854775808", NULL, 0, 0 },
};

static void
test_checksum(void **state)
{
	static char text[2 * TEXT_PATH_MAX];
	struct parse_checksum c;

	(void)state;
	for (size_t i = 0; i < LENGTH(checksums); i++) {
		int r = parse_checksum(checksums[i].text, &c);

		if (!checksums[i].name ? r != -EINVAL
		                       : r != 0 ||
		        strcmp(c.name, checksums[i].name) != 0 ||
		        c.start != checksums[i].start ||
		        c.end != checksums[i].end)
			fail_msg("%s: %d \"%s\" %" PRId64 " %" PRId64,
			    checksums[i].text, r, c.name, c.start, c.end);
	}
	/* Names that do not fit are refused, quoted and not. */
	memset(text, 'x', TEXT_PATH_MAX);
	strcpy(text + TEXT_PATH_MAX, " 1");
	assert_int_equal(parse_checksum(text, &c), -EINVAL);
	text[0] = '"';
	strcpy(text + TEXT_PATH_MAX + 1, "\"");
	text[TEXT_PATH_MAX] = 'x';
	assert_int_equal(parse_checksum(text, &c), -EINVAL);
	strcpy(text + TEXT_PATH_MAX, "\"");
	assert_int_equal(parse_checksum(text, &c), 0);
	assert_int_equal(strlen(c.name), TEXT_PATH_MAX - 1);
}

static const struct {
	const char *text;
	int want;
	int64_t modify; /* NO: none */
	long mode;
	const char *name;
} facts[] = {
	{ "Modify=20090213233130; a", 0, 1234567890, NO, "a" },
	{ "modify=20090213233130.123; a b", 0, 1234567890, NO, "a b" },
	{ "UNIX.mode=0644; a", 0, NO, 0644, "a" },
	{ "unix.MODE=7; a", 0, NO, 7, "a" },
	{ "UNIX.mode=600;Modify=20090213233130;  a", 0, 1234567890, 0600, " a" },
	{ "", -EINVAL, 0, 0, NULL },
	{ " a", -EINVAL, 0, 0, NULL },
	{ "a", -EINVAL, 0, 0, NULL },
	{ ";", -EINVAL, 0, 0, NULL },
	{ "=;", -EINVAL, 0, 0, NULL },
	{ "Modify", -EINVAL, 0, 0, NULL },
	{ "Modify=", -EINVAL, 0, 0, NULL },
	{ "Modify=20090213233130", -EINVAL, 0, 0, NULL },
	{ "Modify=20090213233130;", -EINVAL, 0, 0, NULL },
	{ "Modify=20090213233130; ", -EINVAL, 0, 0, NULL },
	{ "Modify=20090213233130 a", -EINVAL, 0, 0, NULL },
	{ "Modify=2009; a", -EINVAL, 0, 0, NULL },
	{ "Modify=20090213233130;Modify=20090213233130; a", -EINVAL, 0, 0, NULL },
	{ "UNIX.mode=9; a", -EINVAL, 0, 0, NULL },
	{ "UNIX.mode=00644; a", -EINVAL, 0, 0, NULL },
	{ "UNIX.mode=6;UNIX.mode=6; a", -EINVAL, 0, 0, NULL },
	{ "Create=20090213233130; a", -ENOTSUP, 0, 0, NULL },
	{ "Modifyx=1; a", -ENOTSUP, 0, 0, NULL },
	{ "UNIX.mode=6;UNIX.uid=0; a", -ENOTSUP, 0, 0, NULL },
};

static void
test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(facts); i++) {
		struct parse_facts f;
		int r = parse_facts(facts[i].text, &f);

		if (r != facts[i].want)
			fail_msg("\"%s\": %d", facts[i].text, r);
		if (r < 0)
			continue;
		if (f.has_modify != (facts[i].modify != NO) ||
		    (f.has_modify && f.modify != facts[i].modify) ||
		    f.has_mode != (facts[i].mode != NO) ||
		    (f.has_mode && f.mode != (unsigned)facts[i].mode) ||
		    strcmp(f.name, facts[i].name) != 0)
			fail_msg("\"%s\": \"%s\"", facts[i].text, f.name);
	}
}

static const struct {
	const char *text, *name; /* NULL: refused */
	int64_t modify;
} utimes[] = {
	{ "20090213233130 a", "a", 1234567890 },
	{ "20090213233130 a b", "a b", 1234567890 },
	{ "200902132331 a", "a", 1234567860 },
	{ "20090213 a", "a", 1234483200 },
	{ "a 20200101000000 20090213233130 20200101000000 UTC", "a", 1234567890 },
	{ "a b 20200101000000 20090213233130 20200101000000 utc", "a b",
	    1234567890 },
	/* It has the form of both, and is taken for the longer one. */
	{ "20090213 20200101000000 20090213233130 20200101000000 UTC",
	    "20090213", 1234567890 },
	{ "", NULL, 0 },
	{ "a", NULL, 0 },
	{ "UTC", NULL, 0 },
	{ " UTC", NULL, 0 },
	{ "20090213", NULL, 0 },
	{ "20090213 ", NULL, 0 },
	{ "20090213a", NULL, 0 },
	{ "2009021323313 a", NULL, 0 },
	{ "20090230 a", NULL, 0 },
	{ "a 20090213233130 UTC", NULL, 0 },
	{ "20200101000000 20090213233130 20200101000000 UTCx", "20090213233130 20200101000000 UTCx",
	    1577836800 },
	{ " 20200101000000 20090213233130 20200101000000 UTC", NULL, 0 },
	{ "a 20200101000000 20090213 20200101000000 UTC", NULL, 0 },
};

static void
test_utime(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(utimes); i++) {
		char name[TEXT_PATH_MAX];
		int64_t modify;
		int r = parse_utime(utimes[i].text, &modify, name);

		if (!utimes[i].name ? r != -EINVAL
		                    : r != 0 || modify != utimes[i].modify ||
		        strcmp(name, utimes[i].name) != 0)
			fail_msg("\"%s\": %d \"%s\" %" PRId64, utimes[i].text, r,
			    name, modify);
	}
}

static void
test_language(void **state)
{
	static const char *const good[] = { "en", "EN", "en-US", "i-default",
		"x-a-b-c", "a", "abcdefgh" };
	static const char *const bad[] = { "", "-", "en-", "-en", "en--us", "e1",
		"en_us", "abcdefghi", "en abc", "\xe4" };

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++)
		if (!parse_is_language(good[i]))
			fail_msg("\"%s\"", good[i]);
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (parse_is_language(bad[i]))
			fail_msg("\"%s\"", bad[i]);
}

static void
test_mode_z(void **state)
{
	static const struct {
		const char *text;
		int want; /* NO: refused */
	} cases[] = {
		{ "Z", -1 },
		{ "z level 0", 0 },
		{ "Z LEVEL 9", 9 },
		{ "Z ENGINE ZLIB", -1 },
		{ "Z ENGINE zlib LEVEL 7", 7 },
		{ "Z LEVEL 2 LEVEL 5", 5 },
		{ "", NO },
		{ "S", NO },
		{ "ZZ", NO },
		{ "Z ", NO },
		{ "Z  LEVEL 5", NO },
		{ "Z LEVEL", NO },
		{ "Z LEVEL ", NO },
		{ "Z LEVEL 10", NO },
		{ "Z LEVEL 5x", NO },
		{ "Z LEVEL 5 ", NO },
		{ "Z LEVELS 5", NO },
		{ "Z ENGINE", NO },
		{ "Z ENGINE LZO", NO },
		{ "Z 5", NO },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		int level = NO;
		int r = parse_mode_z(cases[i].text, &level);

		if (cases[i].want == NO ? r != -EINVAL
		                        : r != 0 || level != cases[i].want)
			fail_msg("\"%s\": %d %d", cases[i].text, r, level);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_utime),
		cmocka_unit_test(test_mode_z),
		cmocka_unit_test(test_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
