/*
 * fuzz-parse.c - arguments of more than one word: RANG, XCRC and its kin, MFF,
 * SITE UTIME, OPTS MODE Z, LANG.
 */
#include "config.h"

#include "ftpd/parse.h"

#include "t/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

static void
try_range(const char *text)
{
	int64_t start, end;
	char back[64];

	if (parse_range(text, &start, &end) < 0)
		return;
	HOLDS(start >= 0 && end >= 0);
	HOLDS(strspn(text, "0123456789 ") == strlen(text));
	/* Said again in the plain way it means the same. */
	snprintf(
	    back, sizeof back, "%lld %lld", (long long)start, (long long)end);
	HOLDS(parse_range(back, &start, &end) == 0);
}

static void
try_checksum(const char *text)
{
	struct parse_checksum c;

	if (parse_checksum(text, &c) < 0)
		return;
	HOLDS(memchr(c.name, '\0', sizeof c.name) != NULL);
	HOLDS(c.name[0] != '\0' && strlen(c.name) < strlen(text));
	HOLDS(c.start >= 0 && c.end >= -1);
}

static void
try_facts(const char *text)
{
	struct parse_facts f;

	if (parse_facts(text, &f) < 0)
		return;
	HOLDS(f.has_modify || f.has_mode);
	HOLDS(!f.has_mode || f.mode <= 07777);
	HOLDS(f.name > text && f.name[0] != '\0' && f.name[-1] == ' ');
	HOLDS(strlen(f.name) < strlen(text));
}

static void
try_utime(const char *text)
{
	int64_t modify;
	char name[TEXT_PATH_MAX];

	if (parse_utime(text, &modify, name) < 0)
		return;
	HOLDS(memchr(name, '\0', sizeof name) != NULL);
	HOLDS(name[0] != '\0' && strstr(text, name) != NULL);
}

static void
try_mode_z(const char *text)
{
	int level;

	if (parse_mode_z(text, &level) == 0)
		HOLDS(level >= -1 && level <= 9 && (text[0] | 0x20) == 'z');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	HOLDS(text != NULL);
	try_range(text);
	try_checksum(text);
	try_facts(text);
	try_utime(text);
	try_mode_z(text);
	if (parse_is_language(text))
		HOLDS(strchr(text, ' ') == NULL && text[0] != '\0');
	free(text);
	return 0;
}
