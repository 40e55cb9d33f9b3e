/*
 * fuzz-record.c - helpers/record.c with any virtual_users_file: what comes
 * out is an account in every part, and its settings are lines of their own.
 */
#include "config.h"

#include "helpers/record.h"
#include "helpers/users.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

#define NAME "ann"

static size_t
count_lines(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

static void
check(const struct record *record)
{
	char settings[RECORD_SETTINGS_MAX];

	HOLDS(users_name_ok(record->name));
	HOLDS(record->hash[0] != '\0');
	HOLDS(strlen(record->hash) <= USERS_HASH_MAX);
	HOLDS(strpbrk(record->hash, ":\n") == NULL);
	HOLDS(record->home == NULL || record->home[0] == '/');
	HOLDS(record->rate >= 0 && record->rate_up >= 0);
	if (!record_settings(record, settings))
		return;
	HOLDS(strlen(settings) < sizeof settings);
	HOLDS(count_lines(settings) ==
	    (record->home ? 1U : 0U) +
	        (record->rate > 0 || record->rate_up > 0 ? 4U : 0U));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	size_t position = 0, length;
	unsigned number = 0;
	const char *problem;
	struct record record;
	char *line;
	int r;

	HOLDS(text != NULL);
	memcpy(text, data, size);
	text[size] = 'X';
	r = record_find(text, size, NAME, &record, &number, &problem);
	HOLDS(r == 0 || r == 1 || problem != NULL);
	HOLDS(r == 0 || number > 0);
	if (r == 1) {
		HOLDS(strcmp(record.name, NAME) == 0);
		check(&record);
	}
	memcpy(text, data, size);
	number = 0;
	while ((line = record_next(text, size, &position, &number, &length)))
		if (!record_parse(line, length, &record))
			check(&record);
	free(text);
	return 0;
}
