/*
 * show.c - the configuration in words, from the table.
 *
 * --show-config, --list-directives, and the settings of a user or a host
 * that the helper hands to ftpd. What is written here reads back unchanged, and no
 * secret is ever in it.
 */
#include "config.h"

#include "conf/internal.h"

#include <string.h>

static const char *const type_names[] = {
    [CONF_BOOL] = "bool",
    [CONF_UINT] = "number",
    [CONF_SECONDS] = "seconds",
    [CONF_SIZE] = "size",
    [CONF_MODE] = "mode",
    [CONF_PATH] = "path",
    [CONF_STRING] = "text",
    [CONF_PATTERN] = "pattern",
    [CONF_NOTE] = "note",
    [CONF_REFUSED] = "refused",
};

size_t
conf_settings(
    const struct conf *conf, unsigned layers, char *buffer, size_t size)
{
	char number[CONF_NUMBER_TEXT];
	size_t length = 0;

	if (size > 0)
		buffer[0] = '\0';
	for (size_t i = 0; i < conf_directive_count; i++) {
		const struct directive *row = &conf_directives[i];
		size_t used = length < size ? length : size;
		int n;

		if (!(conf->origins[i].layer & layers) ||
		    !conf_has_field(row) ||
		    (row->where & CONF_SECRET) != 0)
			continue;
		n = snprintf(size > 0 ? buffer + used : NULL, size - used,
		    "%s=%s\n", row->name, conf_value_text(conf, row, number));
		if (n > 0)
			length += (size_t)n;
	}
	return length;
}

const char *
conf_origin_text(
    const struct conf *conf, const char *name, char *buffer, size_t size)
{
	const struct directive *row = conf_find(name);
	const struct conf_origin *origin =
	    row != NULL ? conf_origin_of(conf, row) : NULL;

	if (origin == NULL || origin->source == NULL)
		snprintf(buffer, size, "default");
	else
		snprintf(buffer, size, "%s:%u", origin->source->name,
		    origin->line);
	return buffer;
}

const char *
conf_directive_text(
    const struct conf *conf, const char *name, char *buffer, size_t size)
{
	const struct directive *row = conf_find(name);
	char number[CONF_NUMBER_TEXT];

	if (row == NULL || !conf_has_field(row))
		snprintf(buffer, size, "%s", name);
	else if ((row->where & CONF_SECRET) != 0)
		snprintf(buffer, size, "%s (not shown)", name);
	else
		snprintf(buffer, size, "%s=%s", name,
		    conf_value_text(conf, row, number));
	return buffer;
}

static void
show_row(const struct conf *conf, const struct directive *row, FILE *out)
{
	const struct conf_origin *origin = conf_origin_of(conf, row);
	char number[CONF_NUMBER_TEXT];
	const char *text = conf_value_text(conf, row, number);

	if ((row->where & CONF_SECRET) != 0) {
		if (*text != '\0')
			fprintf(out, "# %s is set (not shown)\n", row->name);
		return;
	}
	if (origin->source == NULL)
		fprintf(out, "# origin: default\n");
	else
		fprintf(out, "# origin: %s:%u\n", origin->source->name,
		    origin->line);
	fprintf(out, "%s=%s\n", row->name, text);
}

void
conf_show(const struct conf *conf, FILE *out)
{
	for (size_t i = 0; i < conf_directive_count; i++)
		if (conf_has_field(&conf_directives[i]))
			show_row(conf, &conf_directives[i], out);
}

/* "global,net,host": the layers that a row may stand in. */
static void
print_where(unsigned where, FILE *out)
{
	static const char *const names[] = {
	    "global", "net", "host", "group", "user"};
	const char *comma = "";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if ((where & 1U << i) != 0) {
			fprintf(out, "%s%s", comma, names[i]);
			comma = ",";
		}
}

void
conf_list(FILE *out)
{
	for (size_t i = 0; i < conf_directive_count; i++) {
		const struct directive *row = &conf_directives[i];

		fprintf(out, "%s\t%s\t%s\t", row->name,
		    type_names[row->type],
		    row->preset != NULL ? row->preset : "");
		print_where(row->where, out);
		fprintf(out, "\t%s\n", row->help);
	}
}
