/*
 * match.c - unit tests of helpers/match.c: what a pattern takes, and that no
 * pattern takes long.
 */
#include "config.h"

#include "helpers/match.h"

#include "t/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct match_case {
	const char *pattern, *name;
	bool want;
};

static const struct match_case names[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "a", "a", true },
	{ "a", "A", false },
	{ "a", "ab", false },
	{ "ab", "a", false },
	{ "*", "", true },
	{ "*", "abc", true },
	{ "**", "", true },
	{ "*.mp3", "a.mp3", true },
	{ "*.mp3", ".mp3", true },
	{ "*.mp3", "a.mp3x", false },
	{ "*.mp3", "a.mp3.mp3", true },
	{ "a*b*c", "aXbYc", true },
	{ "a*b*c", "abc", true },
	{ "a*b*c", "acb", false },
	{ "*a*a*", "aa", true },
	{ "*a*a*", "a", false },
	{ "a*", "ba", false },
	{ "?", "", false },
	{ "?", "a", true },
	{ "?", "ab", false },
	{ "??", "\xc3\xa4", true },
	{ "*?", "a", true },
	{ "*?", "", false },
	{ "[abc]", "b", true },
	{ "[abc]", "d", false },
	{ "[a-c]", "b", true },
	{ "[a-c]", "-", false },
	{ "[a-]", "-", true },
	{ "[a-]", "a", true },
	{ "[-a]", "-", true },
	{ "[!a-c]", "b", false },
	{ "[!a-c]", "d", true },
	{ "[^a-c]", "d", true },
	{ "[!a]", "", false },
	{ "[]]", "]", true },
	{ "[]a]", "a", true },
	{ "[!]]", "]", false },
	{ "[!]]", "a", true },
	{ "[]", "[]", true },
	{ "[", "[", true },
	{ "[abc", "[abc", true },
	{ "[abc", "a", false },
	{ "[a-", "[a-", true },
	{ "[!", "[!", true },
	{ "[c-a]", "b", false },
	{ "[\x80-\xff]", "\xe4", true },
	{ "[a-z]*[0-9]", "x123", true },
	{ "[a-z]*[0-9]", "x123y", false },
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "\\?", "?", true },
	{ "\\[a]", "[a]", true },
	{ "\\\\", "\\", true },
	{ "\\", "\\", true },
	{ "a\\", "a\\", true },
	{ "\\a", "a", true },
	{ "{a,b}", "a", false },
	{ "{a,b}", "{a,b}", true },
};

static const struct match_case lists[] = {
	{ NULL, "a", false },
	{ NULL, "", false },
	{ "*.mp3", "a.mp3", true },
	{ "{*.mp3,.secret}", "a.mp3", true },
	{ "{*.mp3,.secret}", ".secret", true },
	{ "{*.mp3,.secret}", "secret", false },
	{ "{*.mp3,.secret}", "{*.mp3,.secret}", false },
	{ "{a}", "a", true },
	{ "x{a,b}y", "xay", true },
	{ "x{a,b}y", "xby", true },
	{ "x{a,b}y", "xy", false },
	{ "x{a,}y", "xy", true },
	{ "x{,a}y", "xy", true },
	{ "x{}y", "xy", true },
	{ "{a,b", "{a,b", true },
	{ "{a,b", "a", false },
	{ "a,b}", "a,b}", true },
	{ "{a,b}*", "bcd", true },
	{ "{", "{", true },
};

static void
test_names(void **state)
{
	(void)state;
	for (const struct match_case *c = names; c < names + LENGTH(names);
	     c++)
		if (match_name(c->pattern, c->name) != c->want)
			fail_msg("\"%s\" and \"%s\"", c->pattern, c->name);
}

static void
test_lists(void **state)
{
	(void)state;
	for (const struct match_case *c = lists; c < lists + LENGTH(lists);
	     c++)
		if (match_list(c->pattern, c->name) != c->want)
			fail_msg("\"%s\" and \"%s\"",
			    c->pattern ? c->pattern : "NULL", c->name);
}

static void
test_is_pattern(void **state)
{
	(void)state;
	assert_true(match_is_pattern("*"));
	assert_true(match_is_pattern("a?"));
	assert_true(match_is_pattern("[a"));
	assert_false(match_is_pattern(""));
	assert_false(match_is_pattern("{a,b}"));
	assert_false(match_is_pattern("plain.txt"));
}

/* An alternative of any length a directive may have must not be let by. */
static void
test_long_list(void **state)
{
	char pattern[4096];
	size_t n = sizeof pattern - 3;

	(void)state;
	pattern[0] = '{';
	memset(pattern + 1, '*', n);
	strcpy(pattern + n, "}");
	assert_true(match_list(pattern, "secret"));
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Repeats piece to `length` bytes, then tail. */
static char *
repeat(const char *piece, size_t length, const char *tail)
{
	size_t n = strlen(piece);
	char *out = malloc(length + n + strlen(tail) + 1);

	assert_non_null(out);
	for (size_t i = 0; i < length + n; i++)
		out[i] = piece[i % n];
	strcpy(out + length, tail);
	return out;
}

/* Each would take longer than the universe has if tried in full. */
static void
test_time(void **state)
{
	static const struct {
		const char *piece, *tail;
	} patterns[] = {
		{ "*a", "*b" },
		{ "*", "b" },
		{ "a*", "b" },
		{ "*?", "b" },
		{ "?*", "b" },
		{ "*[a-z]", "0" },
		{ "*[abcdefghijklmnopqrstuvwxyz", "" },
		{ "[", "" },
		{ "*[", "b" },
		{ "{*a,", "" },
		{ "{*,*a}", "b" },
		{ "{{{{*,*},*},*},*}", "b" },
	};
	char *name = repeat("a", 255, "");

	(void)state;
	for (size_t i = 0; i < LENGTH(patterns); i++) {
		char *pattern =
		    repeat(patterns[i].piece, 1000, patterns[i].tail);
		double start = seconds();

		match_list(pattern, name);
		match_name(pattern, name);
		if (seconds() - start > 0.25)
			fail_msg("%.20s...: %.2f s", pattern,
			    seconds() - start);
		free(pattern);
	}
	free(name);
}

/* How long it takes a listing to hold `*` and 250 times piece to its names. */
static double
seconds_for(const char *piece, const char *tail, const char *name)
{
	char *pattern = repeat(piece, 250 * strlen(piece), tail);
	double start = seconds();

	*pattern = '*';
	for (int n = 0; n < 200; n++)
		match_name(pattern, name);
	free(pattern);
	return seconds() - start;
}

/*
 * A `[` that nothing closes must not cost all that is behind it: no more than
 * one that is written as what it is, and not some hundred times as much.
 */
static void
test_open_sets(void **state)
{
	static const char *const tails[] = { "x", "x[]", "x[]]", "x[a]" };
	char *name = repeat("[", 250, "01234");
	double plain = seconds_for("\\[", "x", name);

	(void)state;
	for (size_t i = 0; i < LENGTH(tails); i++) {
		double open = seconds_for("[", tails[i], name);

		if (open > 10 * plain + 0.01)
			fail_msg("%s: %.3f s, not %.3f", tails[i], open, plain);
	}
	free(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_is_pattern),
		cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_open_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
