/*
 * match.c - name patterns, see match.h.
 *
 * The classic two-pointer match: on a mismatch only the last `*` is tried
 * again, which is enough for globs and keeps `*a*a*a*b` from exploding.
 */
#include "config.h"

#include "helpers/match.h"

#include <stddef.h>
#include <string.h>

#define ALTERNATIVE_MAX 1024 /* bytes of a pattern with a brace filled in */

bool
match_is_pattern(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

/* The set that begins at p against one character. As match_one(). */
static size_t
match_set(const char *p, unsigned char c)
{
	const char *start = p++;
	bool negated = *p == '!' || *p == '^', found = false;

	if (negated)
		p++;
	/* A `]` that comes first is a member. */
	do {
		unsigned char from = (unsigned char)*p, to = from;

		if (from == '\0')
			return *start == (char)c; /* no `]`: a plain `[` */
		if (p[1] == '-' && p[2] != ']' && p[2] != '\0') {
			to = (unsigned char)p[2];
			p += 2;
		}
		if (c >= from && c <= to)
			found = true;
		p++;
	} while (*p != ']');
	return found != negated ? (size_t)(p - start) + 1 : 0;
}

/*
 * One character against one pattern element at p. Returns the element's
 * length if it matches, 0 if not. Behind last, which is the pattern's last
 * `]` or NULL, no set can end: none is looked for, or each `[` would cost all
 * that follows.
 */
static size_t
match_one(const char *p, const char *last, unsigned char c)
{
	if (*p == '\0')
		return 0;
	if (*p == '?')
		return 1;
	if (*p == '[' && last && p < last)
		return match_set(p, c);
	if (*p == '\\' && p[1] != '\0')
		return (unsigned char)p[1] == c ? 2 : 0;
	return (unsigned char)*p == c;
}

bool
match_name(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL, *last = strrchr(pattern, ']');

	while (*name != '\0') {
		size_t n;

		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
			continue;
		}
		n = match_one(pattern, last, (unsigned char)*name);
		if (n > 0) {
			pattern += n;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* pattern with its braces replaced by one alternative, matched. */
static bool
match_with(const char *pattern, const char *open, const char *close,
    const char *alternative, size_t length, const char *name)
{
	char whole[ALTERNATIVE_MAX];
	size_t head = (size_t)(open - pattern), tail = strlen(close + 1);

	if (head + length + tail >= sizeof whole)
		return true; /* deny_file must not fail open */
	memcpy(whole, pattern, head);
	memcpy(whole + head, alternative, length);
	memcpy(whole + head + length, close + 1, tail + 1);
	return match_name(whole, name);
}

bool
match_list(const char *pattern, const char *name)
{
	const char *open, *close, *p;

	if (!pattern)
		return false;
	open = strchr(pattern, '{');
	close = open ? strchr(open, '}') : NULL;
	if (!close)
		return match_name(pattern, name);
	for (p = open + 1; p <= close;) {
		size_t n = strcspn(p, ",}");

		if (match_with(pattern, open, close, p, n, name))
			return true;
		p += n + 1;
	}
	return false;
}
