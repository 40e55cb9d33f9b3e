/*
 * conf.c - lines into a struct conf.
 *
 * Takes the text of one file apart, finds each directive's row and stores
 * what it says, or says what is wrong with it. The defaults of the table go
 * the same way. Reads no files itself: load.c does. Texts here are the
 * administrator's; even so nothing of an odd line is printed unfiltered,
 * since it may end in a log and a misspelt password line holds a hash.
 */
#include "config.h"

#include "conf/internal.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any directive; longer words are not looked up or compared. */
#define NAME_MAX_LENGTH 48

int
conf_fail(struct conf_error *error, int result, const char *format, ...)
{
	va_list arguments;

	if (error == NULL)
		return result;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	return result;
}

static int
compare_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct directive *)row)->name);
}

const struct directive *
conf_find(const char *name)
{
	return bsearch(name, conf_directives, conf_directive_count,
	    sizeof *conf_directives, compare_name);
}

struct conf_origin *
conf_origin_of(const struct conf *conf, const struct directive *row)
{
	return &conf->origins[row - conf_directives];
}

static struct conf_source *
source_new(const char *name)
{
	size_t size = strlen(name) + 1;
	struct conf_source *source = malloc(sizeof *source + size);

	if (source != NULL) {
		source->uses = 1;
		memcpy(source->name, name, size);
	}
	return source;
}

static void
source_release(struct conf_source *source)
{
	if (source != NULL && --source->uses == 0)
		free(source);
}

int
conf_restore(struct conf *conf, const struct directive *row)
{
	struct conf_origin *origin = conf_origin_of(conf, row);
	struct conf_value value = {0};

	if (conf_value_parse(row, row->preset, &value) < 0)
		assert(!"a preset that its own row refuses");
	source_release(origin->source);
	*origin = (struct conf_origin){0};
	return conf_value_store(conf, row, &value);
}

int
conf_init(struct conf *conf)
{
	memset(conf, 0, sizeof *conf);
	conf->origins = calloc(conf_directive_count, sizeof *conf->origins);
	if (conf->origins == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < conf_directive_count; i++)
		if (conf_has_field(&conf_directives[i]) &&
		    conf_restore(conf, &conf_directives[i]) < 0) {
			conf_done(conf);
			return -ENOMEM;
		}
	return 0;
}

void
conf_done(struct conf *conf)
{
	static const struct conf_value nothing = {0};

	if (conf->origins == NULL)
		return;
	for (size_t i = 0; i < conf_directive_count; i++) {
		/* Storing nothing frees a text and cannot fail. */
		(void)conf_value_store(conf, &conf_directives[i], &nothing);
		source_release(conf->origins[i].source);
	}
	free(conf->origins);
	memset(conf, 0, sizeof *conf);
}

/* The field of row in conf, as a value that is good for storing. */
static struct conf_value
value_of(const struct conf *conf, const struct directive *row)
{
	const void *field = (const char *)conf + row->offset;
	struct conf_value value = {0};

	switch (row->type) {
	case CONF_BOOL:
		value.number = *(const bool *)field;
		break;
	case CONF_UINT:
	case CONF_SECONDS:
	case CONF_SIZE:
	case CONF_MODE:
		value.number = *(const int64_t *)field;
		break;
	case CONF_PATH:
	case CONF_STRING:
	case CONF_PATTERN:
		value.text = *(char *const *)field;
		break;
	case CONF_NOTE:
	case CONF_REFUSED:
		break;
	}
	return value;
}

int
conf_copy(struct conf *ret_conf, const struct conf *from)
{
	memset(ret_conf, 0, sizeof *ret_conf);
	ret_conf->origins =
	    calloc(conf_directive_count, sizeof *ret_conf->origins);
	if (ret_conf->origins == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < conf_directive_count; i++) {
		const struct directive *row = &conf_directives[i];
		struct conf_value value;

		if (!conf_has_field(row))
			continue;
		value = value_of(from, row);
		if (conf_value_store(ret_conf, row, &value) < 0) {
			conf_done(ret_conf);
			return -ENOMEM;
		}
		ret_conf->origins[i] = from->origins[i];
		if (from->origins[i].source != NULL)
			from->origins[i].source->uses++;
	}
	return 0;
}

static size_t
smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* How many letters must be put in, taken out or changed to make b of a. */
static size_t
edit_distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LENGTH + 1];
	size_t width = strlen(b);

	assert(width <= NAME_MAX_LENGTH);
	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			size_t above = row[j + 1];

			row[j + 1] = smallest(
			    row[j] + 1, above + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[width];
}

/* The row whose name is nearest, if it is near enough to be meant. */
static const struct directive *
find_similar(const char *name)
{
	const struct directive *best = NULL;
	size_t length = strlen(name), least;

	if (length > NAME_MAX_LENGTH)
		return NULL;
	least = length < 8 ? length / 4 + 2 : 4;
	for (size_t i = 0; i < conf_directive_count; i++) {
		size_t d = edit_distance(name, conf_directives[i].name);

		if (d < least) {
			least = d;
			best = &conf_directives[i];
		}
	}
	return best;
}

/* How much of text may be repeated as a directive's name. */
static int
printable_name(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

	return (int)(length < NAME_MAX_LENGTH ? length : NAME_MAX_LENGTH);
}

static int
fail_unknown(const struct conf_reader *r, const char *name)
{
	const struct directive *near = find_similar(name);
	int length = printable_name(name);

	if (near != NULL)
		return conf_fail(r->error, -EINVAL,
		    "%s:%u: %.*s: unknown directive; did you mean %s?",
		    r->source->name, r->line, length, name, near->name);
	return conf_fail(r->error, -EINVAL,
	    "%s:%u: %.*s: unknown directive; inftpd.conf(5) names them all",
	    r->source->name, r->line, length, name);
}

/* The layers, as error messages call them. */
static const struct {
	unsigned layer;
	const char *here;    /* a file of it, for "not in ..." */
	const char *allowed; /* of the list behind "it may stand in" */
} layer_names[] = {
    {CONF_GLOBAL, "inftpd.conf or conf.d", "inftpd.conf, conf.d"},
    {CONF_NET, "a drop-in of net.d", "net.d"},
    {CONF_HOST, "a drop-in of host.d", "host.d"},
    {CONF_GROUP, "a drop-in of group.d", "group.d"},
    {CONF_USER, "a drop-in of user.d", "user.d/NAME.conf"},
};

/* "inftpd.conf, conf.d, net.d": where a row may stand. */
static void
list_layers(unsigned where, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (size_t i = 0; i < sizeof layer_names / sizeof *layer_names; i++)
		if ((where & layer_names[i].layer) != 0 && used < size)
			used += (size_t)snprintf(text + used, size - used,
			    "%s%s", used > 0 ? ", " : "",
			    layer_names[i].allowed);
}

/* Refuses a row that may not stand in this file. */
static int
check_place(const struct conf_reader *r, const struct directive *row)
{
	const char *here = "a file without .conf";
	char allowed[96];

	if ((row->where & r->scope) != 0) {
		if (!r->no_secrets || !(row->where & CONF_SECRET))
			return 0;
	} else {
		for (size_t i = 0;
		     i < sizeof layer_names / sizeof *layer_names; i++)
			if (layer_names[i].layer == r->scope)
				here = layer_names[i].here;
	}
	list_layers(row->where, allowed, sizeof allowed);
	return conf_fail(r->error, -EINVAL,
	    "%s:%u: %s: not in %s; it may stand in %s", r->source->name,
	    r->line, row->name, here, allowed);
}

/*
 * Remembers where row was set; twice in one file is an error. 0 if a greater
 * layer has set it already, else 1.
 */
static int
note_origin(const struct conf_reader *r, const struct directive *row)
{
	struct conf_origin *origin = conf_origin_of(r->conf, row);

	if (origin->source == r->source)
		return conf_fail(r->error, -EINVAL,
		    "%s:%u: %s: already set in line %u; once in a file",
		    r->source->name, r->line, row->name, origin->line);
	if (origin->layer > r->scope)
		return 0;
	source_release(origin->source);
	r->source->uses++;
	origin->source = r->source;
	origin->line = r->line;
	origin->layer = r->scope;
	return 1;
}

/* What is usual elsewhere and is part of the value here. */
static const char *
hint(const char *text)
{
	const char *mark = strchr(text, '#');

	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			return "; it has bytes beyond ASCII, as of a no-break "
			       "space or curly quotes";
	if (mark != NULL && (mark == text || mark[-1] == ' '))
		return "; a comment stands on a line of its own";
	if (*text == '"' || *text == '\'')
		return "; it is written without quotes";
	return "";
}

static int
fail_value(
    const struct conf_reader *r, const struct directive *row, const char *text)
{
	char allowed[160];

	conf_value_allowed(row, allowed, sizeof allowed);
	return conf_fail(r->error, -EINVAL, "%s:%u: %s: \"%.80s\" won't do; %s%s",
	    r->source->name, r->line, row->name, text, allowed, hint(text));
}

/*
 * NOTE and REFUSED: is text the value that needs no words? A preset of YES
 * or NO makes the directive a bool. 1, 0 or -EINVAL.
 */
static int
is_settled(const struct directive *row, const char *text)
{
	bool wanted, said;

	if (row->preset == NULL)
		return 0;
	if (conf_bool_parse(row->preset, &wanted) < 0)
		return strcmp(row->preset, text) == 0;
	if (conf_bool_parse(text, &said) < 0)
		return -EINVAL;
	return wanted == said;
}

/* A directive that sets nothing: silence, a warning or an error. */
static int
apply_fieldless(
    const struct conf_reader *r, const struct directive *row, const char *text)
{
	struct conf_error warning;
	int settled = is_settled(row, text);

	if (settled < 0)
		return fail_value(r, row, text);
	if (settled > 0)
		return 0;
	if (row->type == CONF_REFUSED)
		return conf_fail(r->error, -EINVAL, "%s:%u: %s: refused; %s",
		    r->source->name, r->line, row->name, row->help);
	if ((row->where & CONF_HARMLESS) || r->warn == NULL)
		return 0;
	conf_fail(&warning, 0, "%s:%u: %s: no effect; %s", r->source->name,
	    r->line, row->name, row->help);
	r->warn(r->context, warning.text);
	return 0;
}

static int
apply(const struct conf_reader *r, const char *name, const char *text)
{
	const struct directive *row = conf_find(name);
	struct conf_value value = {0};
	int result, counts;

	if (row == NULL)
		return fail_unknown(r, name);
	result = check_place(r, row);
	if (result < 0)
		return result;
	counts = note_origin(r, row);
	if (counts < 0)
		return counts;
	if (!conf_has_field(row))
		return apply_fieldless(r, row, text);
	if (conf_value_parse(row, text, &value) < 0)
		return fail_value(r, row, text);
	if (counts > 0 && conf_value_store(r->conf, row, &value) < 0)
		return conf_fail(r->error, -ENOMEM, "%s:%u: out of memory",
		    r->source->name, r->line);
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts the blanks off both ends of [begin, end). */
static char *
strip(char *begin, char *end)
{
	while (end > begin && is_blank(end[-1]))
		end--;
	*end = '\0';
	while (is_blank(*begin))
		begin++;
	return begin;
}

/* Tabs are blanks; any other control byte, NUL too, is no text. */
static int
check_bytes(const struct conf_reader *r, const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return conf_fail(r->error, -EINVAL,
			    "%s:%u: control byte 0x%02x at column %zu; "
			    "lines are text%s",
			    r->source->name, r->line, c, i + 1,
			    c == '\0' ? ", in UTF-8 and not UTF-16"
			    : c == '\r' ? ", and end in LF or CR LF" : "");
	}
	return 0;
}

/* Comments and sections of other kinds of files, most likely. */
static int
fail_nameless(const struct conf_reader *r)
{
	return conf_fail(r->error, -EINVAL,
	    "%s:%u: no name of a directive at the line's beginning; lines are "
	    "option=value, comments begin with #, and there are no sections",
	    r->source->name, r->line);
}

/* One line, without its end; line[length] may be overwritten. */
static int
parse_line(const struct conf_reader *r, char *line, size_t length)
{
	char *equals, *name, *value;
	int result;

	if (length > 0 && line[length - 1] == '\r')
		length--;
	result = check_bytes(r, line, length);
	if (result < 0)
		return result;
	name = strip(line, line + length);
	if (*name == '\0' || *name == '#')
		return 0;
	if (printable_name(name) == 0)
		return fail_nameless(r);
	equals = strchr(name, '=');
	if (equals == NULL)
		return conf_fail(r->error, -EINVAL,
		    "%s:%u: %.*s: no '=' in the line; lines are option=value",
		    r->source->name, r->line, printable_name(name), name);
	value = strip(equals + 1, equals + 1 + strlen(equals + 1));
	name = strip(name, equals);
	if (strchr(value, '\t') != NULL)
		return conf_fail(r->error, -EINVAL,
		    "%s:%u: %.*s: a tab inside the value; write a space",
		    r->source->name, r->line, printable_name(name), name);
	return apply(r, name, value);
}

int
conf_parse(
    struct conf_reader *reader, const char *name, char *text, size_t length)
{
	char *line = text, *end = text + length;
	int result = 0;

	reader->source = source_new(name);
	if (reader->source == NULL)
		return conf_fail(
		    reader->error, -ENOMEM, "%s: out of memory", name);
	for (reader->line = 1; line < end && result == 0; reader->line++) {
		char *stop = memchr(line, '\n', (size_t)(end - line));

		if (stop == NULL)
			stop = end;
		result = parse_line(reader, line, (size_t)(stop - line));
		line = stop + 1;
	}
	source_release(reader->source);
	reader->source = NULL;
	return result;
}

int
conf_read_text(struct conf *conf, const char *name, const char *text,
    unsigned scope, conf_warn_fn *warn, void *context,
    struct conf_error *ret_error)
{
	struct conf_reader reader = {
	    .conf = conf,
	    .scope = scope,
	    .warn = warn,
	    .context = context,
	    .error = ret_error,
	};
	size_t length = strlen(text);
	char *copy = strdup(text);
	int result;

	if (copy == NULL)
		return conf_fail(ret_error, -ENOMEM, "%s: out of memory", name);
	result = conf_parse(&reader, name, copy, length);
	explicit_bzero(copy, length);
	free(copy);
	return result;
}
