/*
 * entry.c - texts of virtual users, see entry.h. Called by user.c and
 * import.c.
 */
#include "config.h"

#include "helpers/entry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_HASH 1
#define FIELD_HOME 5

/* A line of text, and the value in it if it is one of directive. */
struct piece {
	const char *line, *next;  /* its start, and that of the one behind */
	const char *value, *end;  /* NULL if it is no such line */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The piece at line; false at the end of the text. */
static bool
next_piece(const char *line, const char *end, const char *directive,
    struct piece *ret_piece)
{
	size_t length = strlen(directive);
	const char *stop, *at = line;

	if (line >= end)
		return false;
	stop = memchr(line, '\n', (size_t)(end - line));
	*ret_piece = (struct piece){ .line = line,
		.next = stop ? stop + 1 : end };
	if (!stop)
		stop = end;
	while (at < stop && is_blank(*at))
		at++;
	if ((size_t)(stop - at) <= length || memcmp(at, directive, length) != 0)
		return true;
	at += length;
	while (at < stop && is_blank(*at))
		at++;
	if (at == stop || *at != '=')
		return true;
	for (at++; at < stop && is_blank(*at); at++)
		;
	while (stop > at && (is_blank(stop[-1]) || stop[-1] == '\r'))
		stop--;
	ret_piece->value = at;
	ret_piece->end = stop;
	return true;
}

/* The bounds of a field of a line; false if it has not so many. */
static bool
find_field(const struct slurp *line, int number, const char **ret_begin,
    const char **ret_end)
{
	const char *at = line->bytes, *end = line->bytes + line->length, *stop;

	for (;; number--) {
		stop = memchr(at, ':', (size_t)(end - at));
		if (number == 0)
			break;
		if (!stop)
			return false;
		at = stop + 1;
	}
	*ret_begin = at;
	*ret_end = stop ? stop : end;
	return true;
}

static int
field_of(const char *directive)
{
	if (strcmp(directive, "password") == 0)
		return FIELD_HASH;
	return strcmp(directive, "local_root") == 0 ? FIELD_HOME : -1;
}

char *
entry_get(enum entry_kind kind, const struct slurp *entry,
    const char *directive)
{
	const char *at = entry->bytes, *end = entry->bytes + entry->length;
	struct piece piece;

	if (kind == ENTRY_LINE) {
		int field = field_of(directive);

		return field >= 0 && find_field(entry, field, &at, &end)
		    ? strndup(at, (size_t)(end - at)) : NULL;
	}
	for (; next_piece(at, end, directive, &piece); at = piece.next)
		if (piece.value)
			return strndup(piece.value,
			    (size_t)(piece.end - piece.value));
	return NULL;
}

/* The stream's text as a result; it is closed. */
static int
finish(FILE *stream, struct slurp *text, struct slurp *ret_entry)
{
	bool bad = ferror(stream) != 0;

	if (fclose(stream) == EOF || bad) {
		free(text->bytes);
		return -ENOMEM;
	}
	*ret_entry = *text;
	return 0;
}

static int
set_field(const struct slurp *line, const char *directive, const char *value,
    struct slurp *ret_line)
{
	const char *begin, *stop, *end = line->bytes + line->length;
	struct slurp text = { 0 };
	int field = field_of(directive);
	FILE *out;

	if (field < 0 || (value && strchr(value, ':')) ||
	    !find_field(line, FIELD_HASH, &begin, &stop))
		return -EINVAL;
	out = open_memstream(&text.bytes, &text.length);
	if (!out)
		return -ENOMEM;
	if (find_field(line, field, &begin, &stop)) {
		fwrite(line->bytes, 1, (size_t)(begin - line->bytes), out);
		fprintf(out, "%s", value ? value : "");
		fwrite(stop, 1, (size_t)(end - stop), out);
	} else {
		/* Name and hash alone: it becomes one of passwd(5). */
		fwrite(line->bytes, 1, line->length, out);
		if (value)
			fprintf(out, "::::%s:", value);
	}
	return finish(out, &text, ret_line);
}

int
entry_set(enum entry_kind kind, const struct slurp *entry,
    const char *directive, const char *value, struct slurp *ret_entry)
{
	const char *at = entry->bytes, *end = entry->bytes + entry->length;
	struct slurp text = { 0 };
	struct piece piece;
	bool done = false;
	FILE *out;

	if (kind == ENTRY_LINE)
		return set_field(entry, directive, value, ret_entry);
	out = open_memstream(&text.bytes, &text.length);
	if (!out)
		return -ENOMEM;
	for (; next_piece(at, end, directive, &piece); at = piece.next) {
		if (!piece.value)
			fwrite(piece.line, 1,
			    (size_t)(piece.next - piece.line), out);
		else if (value && !done)
			fprintf(out, "%s=%s\n", directive, value);
		done = done || piece.value;
	}
	if (value && !done) {
		if (entry->length > 0 && end[-1] != '\n')
			fputc('\n', out);
		fprintf(out, "%s=%s\n", directive, value);
	}
	return finish(out, &text, ret_entry);
}

int
entry_new(enum entry_kind kind, const char *name, const char *hash,
    struct slurp *ret_entry)
{
	struct slurp text = { 0 };
	FILE *out = open_memstream(&text.bytes, &text.length);

	if (!out)
		return -ENOMEM;
	if (kind == ENTRY_LINE)
		fprintf(out, "%s:%s", name, hash);
	else
		fprintf(out, "password=%s\n", hash);
	return finish(out, &text, ret_entry);
}
