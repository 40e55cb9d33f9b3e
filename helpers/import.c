/*
 * import.c - other servers' user files, see import.h. Called by user.c.
 */
#include "config.h"

#include "helpers/import.h"

#include <errno.h>
#include <string.h>

int
import_format(const char *name, enum import_format *ret_format)
{
	static const struct {
		const char *name;
		enum import_format format;
	} formats[] = {
		{ "pairs", IMPORT_PAIRS },
		{ "htpasswd", IMPORT_LINES },
		{ "ftpasswd", IMPORT_LINES },
		{ "pure-pw", IMPORT_LINES },
	};

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0) {
			*ret_format = formats[i].format;
			return 0;
		}
	return -EINVAL;
}

/* Adds what a field is to the list of those left out. */
static void
name_limit(size_t field, char left_out[IMPORT_LIMITS_MAX])
{
	const char *name = record_limits[field - RECORD_LIMITS_AT];

	if (*left_out != '\0')
		strcat(left_out, ", ");
	strncat(left_out, name, strcspn(name, ":"));
}

/* The fields of pure-pw behind the rates, emptied. The new length. */
static size_t
cut_limits(char *line, size_t length, char left_out[IMPORT_LIMITS_MAX])
{
	size_t field = 0, at = 0, kept;
	bool none = true;

	while (at < length && (field += line[at] == ':') < RECORD_LIMITS_AT)
		at++;
	if (field < RECORD_LIMITS_AT)
		return length;
	for (kept = at++; at < length; at++) {
		bool end = line[at] == ':';

		if (!end && none && line[at] != '0' &&
		    field < RECORD_LIMITS_AT + RECORD_LIMITS) {
			name_limit(field, left_out);
			none = false;
		}
		if (end) {
			line[++kept] = ':';
			field++;
			none = true;
		}
	}
	return kept + 1;
}

static void
take_record(char *line, size_t length, bool drop_limits,
    struct import *ret_import)
{
	struct record record;

	if (drop_limits)
		length = cut_limits(line, length, ret_import->left_out);
	ret_import->problem = record_parse(line, length, &record);
	if (ret_import->problem)
		return;
	if (!record_settings(&record, ret_import->settings))
		ret_import->problem = "home is too long";
	strcpy(ret_import->name, record.name);
	strcpy(ret_import->hash, record.hash);
}

/* The next line as a string; NULL at the end, or if it has a NUL. */
static char *
next_line(struct slurp *text, size_t *position, unsigned *line)
{
	char *begin = text->bytes + *position, *end;
	size_t length;

	if (*position >= text->length)
		return NULL;
	end = memchr(begin, '\n', text->length - *position);
	length = end ? (size_t)(end - begin) : text->length - *position;
	*position += length + 1;
	++*line;
	if (length > 0 && begin[length - 1] == '\r')
		length--;
	begin[length] = '\0';
	return strlen(begin) == length ? begin : NULL;
}

/* Is there nothing but empty lines any more? */
static bool
is_over(const struct slurp *text, size_t position)
{
	while (position < text->length &&
	    (text->bytes[position] == '\n' || text->bytes[position] == '\r'))
		position++;
	return position >= text->length;
}

static bool
take_pair(struct slurp *text, size_t *position, unsigned *line,
    struct import *ret_import)
{
	char *name, *password;

	/* Elsewhere an empty line shifts all that follow: a problem. */
	if (is_over(text, *position))
		return false;
	name = next_line(text, position, line);
	ret_import->line = *line;
	password = next_line(text, position, line);
	if (!name || !users_name_ok(name))
		ret_import->problem = "no name that a user can have; are "
				      "names and passwords in turn?";
	else if (!password || *password == '\0')
		ret_import->problem = "no password behind the name";
	else if (strlen(password) > SECRET_MAX)
		ret_import->problem = "password is too long";
	if (ret_import->problem)
		return true;
	strcpy(ret_import->name, name);
	strcpy(ret_import->password, password);
	return true;
}

bool
import_next(enum import_format format, struct slurp *text, bool drop_limits,
    size_t *position, unsigned *line, struct import *ret_import)
{
	size_t length;
	char *start;

	memset(ret_import, 0, sizeof *ret_import);
	if (format == IMPORT_PAIRS)
		return take_pair(text, position, line, ret_import);
	start = record_next(
	    text->bytes, text->length, position, line, &length);
	if (!start)
		return false;
	ret_import->line = *line;
	take_record(start, length, drop_limits, ret_import);
	return true;
}
