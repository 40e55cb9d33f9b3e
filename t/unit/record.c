/*
 * record.c - unit tests of helpers/record.c: lines as other servers' tools
 * write them, and all that is not one and must be nobody's account.
 */
#include "config.h"

#include "helpers/record.h"

#include "t/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH "$2b$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"
#define PURE "ann:" HASH ":500:101::/home/ftp/ann/./:"

static char *
copy(const char *text)
{
	char *out = strdup(text);

	assert_non_null(out);
	return out;
}

static const struct {
	const char *line;
	const char *problem; /* part of it, or NULL for an account */
	const char *settings;
} lines[] = {
	{ "ann:" HASH, NULL, "" },
	{ "ann:" HASH "\r", NULL, "" },
	{ "ann:!" HASH, NULL, "" },
	{ "ann:*", NULL, "" },
	{ "ann:" HASH ":1000:1000:Ann:/srv/ann:/bin/sh", NULL,
	    "local_root=/srv/ann\n" },
	{ "ann:" HASH "::::/srv/ann:", NULL, "local_root=/srv/ann\n" },
	{ PURE ":::::::::::", NULL, "local_root=/home/ftp/ann/./\n" },
	{ PURE "::::::::::::", NULL, "local_root=/home/ftp/ann/./\n" },
	{ PURE "0:0:0:0:0:0:0:::::", NULL, "local_root=/home/ftp/ann/./\n" },
	{ PURE "1024:2048::::::::::", NULL,
	    "local_root=/home/ftp/ann/./\nlocal_max_rate=2048\n"
	    "local_max_rate_up=1024\nanon_max_rate=2048\n"
	    "anon_max_rate_up=1024\n" },
	/* A limit one way is none the other way. */
	{ PURE ":2048::::::::::", NULL,
	    "local_root=/home/ftp/ann/./\nlocal_max_rate=2048\n"
	    "local_max_rate_up=1099511627776\nanon_max_rate=2048\n"
	    "anon_max_rate_up=1099511627776\n" },
	{ PURE "x:2048::::::::::", "bandwidth", NULL },
	{ PURE "-1:2048::::::::::", "bandwidth", NULL },
	{ PURE "1099511627777:1::::::::::", "bandwidth", NULL },
	/* Limits that are not kept must not be forgotten. */
	{ PURE "::1:10::::::::", "not supported", NULL },
	{ PURE "::::2:::::::", "not supported", NULL },
	{ PURE ":::::1000::::::", "not supported", NULL },
	{ PURE "::::::1048576:::::", "not supported", NULL },
	{ PURE ":::::::::192.0.2.0/24::", "not supported", NULL },
	{ PURE ":::::::::::0900-1800", "not supported", NULL },
	{ PURE ":::::::::::nonsense", "not supported", NULL },
	/* Fields. */
	{ "", "neither", NULL },
	{ "ann", "neither", NULL },
	{ "ann:" HASH ":", "neither", NULL },
	{ "ann:" HASH ":1000:1000:Ann:/srv/ann", "neither", NULL },
	{ "ann:" HASH ":1000:1000:Ann:/srv/ann:/bin/sh:", "neither", NULL },
	{ PURE "::::::::::", "neither", NULL },
	{ PURE ":::::::::::::", "too many", NULL },
	{ "ann::", "neither", NULL },
	{ "ann:", "empty password", NULL },
	{ "ann::1:1::/srv/ann:", "empty password", NULL },
	/* Hashes of other kinds: Apache's, libsodium's, LDAP's. */
	{ "ann:$apr1$abcdefgh$ijklmnopqrstuvwxyz0123/", "crypt(3)", NULL },
	{ "ann:$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA", "crypt(3)",
	    NULL },
	{ "ann:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "crypt(3)", NULL },
	/* Ids nobody becomes, but nonsense in them is nonsense. */
	{ "ann:" HASH ":0:1000::/srv/ann:/s", "is 0", NULL },
	{ "ann:" HASH ":1000:0::/srv/ann:/s", "is 0", NULL },
	{ "ann:" HASH ":00:1000::/srv/ann:/s", "is 0", NULL },
	{ "ann:" HASH ":-1:1000::/srv/ann:/s", "no number", NULL },
	{ "ann:" HASH ":root:1000::/srv/ann:/s", "no number", NULL },
	{ "ann:" HASH ":1000:1 :::/s", "no number", NULL },
	{ "ann:" HASH ":4294967296:1::/srv/ann:/s", "no number", NULL },
	{ "ann:" HASH ":4294967295:1::/srv/ann:/s", "no number", NULL },
	{ "ann:" HASH ":99999999999999999999:1::/:/s", "no number", NULL },
	{ "ann:" HASH ":1:1:::/s", "home", NULL },
	{ "ann:" HASH ":1:1::srv/ann:/s", "home", NULL },
	{ "ann:" HASH ":1:1::./:/s", "home", NULL },
	/* Names and bytes. */
	{ ":" HASH, "no name", NULL },
	{ "-ann:" HASH, "no name", NULL },
	{ "../ann:" HASH, "no name", NULL },
	{ "an n:" HASH, "no name", NULL },
	{ "ann:" HASH ":1:1::/srv/a\x01nn:/s", "control byte", NULL },
	{ "ann:" HASH ":1:1::/srv/a\rnn:/s", "control byte", NULL },
	{ "ann:" HASH "\t", "control byte", NULL },
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		char *line = copy(lines[i].line);
		char settings[RECORD_SETTINGS_MAX];
		struct record record = { .name = "untouched" };
		const char *problem =
		    record_parse(line, strlen(line), &record);

		if (!problem != !lines[i].problem)
			fail_msg("\"%s\": %s", lines[i].line,
			    problem ? problem : "taken");
		if (problem) {
			if (!strstr(problem, lines[i].problem))
				fail_msg("\"%s\": %s", lines[i].line, problem);
			assert_string_equal(record.name, "untouched");
			free(line);
			continue;
		}
		assert_string_equal(record.name, "ann");
		assert_true(record_settings(&record, settings));
		assert_string_equal(settings, lines[i].settings);
		free(line);
	}
}

static void
test_long(void **state)
{
	size_t length = RECORD_LINE_MAX + 1;
	char *line = malloc(length + 1);
	struct record record;

	(void)state;
	assert_non_null(line);
	memset(line, 'a', length);
	line[3] = ':';
	assert_string_equal(
	    record_parse(line, length, &record), "line is too long");
	/* Within the line, but not within a path or a hash. */
	memset(line, 'a', length);
	line[3] = ':';
	assert_non_null(
	    strstr(record_parse(line, 500, &record), "hash is too long"));
	memset(line, 'a', length);
	memcpy(line, "ann:*:1:1::/", 12);
	line[5000] = ':';
	assert_string_equal(
	    record_parse(line, 5001, &record), "home is too long");
	free(line);
}

static void
test_find(void **state)
{
	static const struct {
		const char *text;
		int want;
		unsigned number;
	} cases[] = {
		{ "", 0, 0 },
		{ "# ann\n\nbob:" HASH "\n", 0, 0 },
		{ "ann:" HASH "\n", 1, 1 },
		{ "# comment\n\nann:" HASH, 1, 3 },
		{ "bob:nonsense:\nann:" HASH "\n", 1, 2 },
		{ "annx:" HASH "\nann:" HASH "\nann.b:" HASH "\n", 1, 2 },
		{ "ann:" HASH "\nbob:*\nann:" HASH "\n", -EINVAL, 3 },
		{ "ann:nonsense:\nann:" HASH "\n", -EINVAL, 2 },
		{ "ann:\n", -EINVAL, 1 },
		{ "#ann:" HASH "\n", 0, 0 },
		{ " ann:" HASH "\n", 0, 0 },
		{ "ANN:" HASH "\n", 0, 0 },
		{ "ann\n", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char *text = copy(cases[i].text);
		const char *problem = NULL;
		struct record record;
		unsigned number = 0;
		int r = record_find(text, strlen(text), "ann", &record,
		    &number, &problem);

		if (r != cases[i].want || number != cases[i].number)
			fail_msg("\"%s\": %d, line %u", cases[i].text, r,
			    number);
		assert_true((r < 0) == (problem != NULL));
		free(text);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
