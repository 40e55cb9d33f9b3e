/*
 * fuzz-import.c - helpers/import.c and entry.c with any file of another
 * server: users have names that can be names, and what entry_set() was told
 * is what entry_get() then says, in one line.
 */
#include "config.h"

#include "helpers/entry.h"
#include "helpers/import.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

static struct slurp
copy(const uint8_t *data, size_t size)
{
	struct slurp text = { malloc(size + 1), size };

	HOLDS(text.bytes != NULL);
	memcpy(text.bytes, data, size);
	text.bytes[size] = 'X';
	return text;
}

static void
drop(struct slurp *text)
{
	free(text->bytes);
}

static void
try_import(
    const uint8_t *data, size_t size, enum import_format format, bool limits)
{
	struct slurp text = copy(data, size);
	struct import *import = malloc(sizeof *import);
	size_t position = 0, before = 0;
	unsigned line = 0;

	HOLDS(import != NULL);
	while (import_next(format, &text, limits, &position, &line, import)) {
		HOLDS(position > before);
		HOLDS(import->line > 0 && import->line <= line);
		HOLDS(import->problem != NULL ||
		    (users_name_ok(import->name) &&
		        (import->hash[0] != '\0' ||
		            import->password[0] != '\0')));
		before = position;
	}
	free(import);
	drop(&text);
}

static void
try_entry(const uint8_t *data, size_t size, enum entry_kind kind)
{
	struct slurp text = copy(data, size), set, gone;
	char *value;

	free(entry_get(kind, &text, "password"));
	if (entry_set(kind, &text, "password", "x", &set) == 0) {
		value = entry_get(kind, &set, "password");
		HOLDS(value != NULL && strcmp(value, "x") == 0);
		free(value);
		HOLDS(entry_set(kind, &set, "password", NULL, &gone) == 0);
		value = entry_get(kind, &gone, "password");
		HOLDS(value == NULL || *value == '\0');
		free(value);
		drop(&gone);
		drop(&set);
	}
	drop(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_import(data, size, IMPORT_PAIRS, false);
	try_import(data, size, IMPORT_LINES, false);
	try_import(data, size, IMPORT_LINES, true);
	try_entry(data, size, ENTRY_DROPIN);
	/* A line has no line end. */
	if (!memchr(data, '\n', size))
		try_entry(data, size, ENTRY_LINE);
	return 0;
}
