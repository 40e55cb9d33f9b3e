/*
 * fuzz-match.c - helpers/match.c against a simpler matcher: every position is
 * tried, a table keeps that quick, and both must agree.
 */
#include "config.h"

#include "helpers/match.h"

#include "t/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

#define LONGEST 64

/*
 * Patterns of plain characters, '*' and '?' only: row i says which heads of
 * name the first i characters of pattern match.
 */
static bool
simple(const char *pattern, const char *name)
{
	bool row[LONGEST + 1] = { true };
	size_t length = strlen(name);

	for (; *pattern != '\0'; pattern++) {
		bool next[LONGEST + 1];

		for (size_t i = 0; i <= length; i++)
			if (*pattern == '*')
				next[i] = row[i] || (i > 0 && next[i - 1]);
			else
				next[i] = i > 0 && row[i - 1] &&
				    (*pattern == '?' ||
				        *pattern == name[i - 1]);
		memcpy(row, next, sizeof row);
	}
	return row[length];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = memchr(data, '\0', size);
	char *pattern, *name, *list;
	size_t n;

	if (cut == NULL)
		return 0;
	n = (size_t)(cut - data);
	pattern = strndup((const char *)data, n);
	name = strndup((const char *)cut + 1, size - n - 1);
	list = malloc(n + sizeof "{,}");
	HOLDS(pattern != NULL && name != NULL && list != NULL);
	if (strpbrk(pattern, "[\\") == NULL && strlen(name) <= LONGEST)
		HOLDS(match_name(pattern, name) == simple(pattern, name));
	match_list(pattern, name);
	HOLDS(match_name("*", name));
	/* Braces around it change nothing. */
	if (strpbrk(pattern, "{},") == NULL && n < 1000) {
		list[0] = '{';
		memcpy(list + 1, pattern, n);
		strcpy(list + 1 + n, "}");
		HOLDS(match_list(list, name) == match_name(pattern, name));
	}
	/* Nor does it matter what a literal name is made of. */
	if (!match_is_pattern(name) && strchr(name, '\\') == NULL)
		HOLDS(match_name(name, name));
	free(pattern);
	free(name);
	free(list);
	return 0;
}
