/*
 * value.c - between a value and its text.
 *
 * Each type of directive has its way of being written; here it is parsed,
 * kept in struct conf's field, written again and, for error messages, put in
 * words. Pure: no files, no lines. Called by conf.c and show.c.
 */
#include "config.h"

#include "conf/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int
conf_bool_parse(const char *text, bool *ret_truth)
{
	static const char *const words[] = {
	    "NO", "YES", "FALSE", "TRUE", "0", "1"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(text, words[i]) == 0) {
			*ret_truth = i % 2 != 0;
			return 0;
		}
	return -EINVAL;
}

/* Digits of the base, at least one; *end is what follows them. */
static int
parse_digits(const char *text, int base, int64_t *ret_number, const char **end)
{
	int64_t number = 0;
	const char *p;

	for (p = text; *p >= '0' && *p < '0' + base; p++)
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, *p - '0', &number))
			return -ERANGE;
	if (p == text)
		return -EINVAL;
	*end = p;
	*ret_number = number;
	return 0;
}

/* Multiplies by what K, M, G or T stands for, and steps behind it. */
static int
apply_suffix(int64_t *number, const char **end)
{
	static const char letters[] = "KMGT";
	const char *letter;
	int shift;

	if (**end == '\0')
		return 0;
	/* The bit makes a letter upper case, and no other byte one of these. */
	letter = strchr(letters, **end & ~0x20);
	if (letter == NULL || *letter == '\0')
		return -EINVAL;
	shift = 10 * (int)(letter - letters + 1);
	if (*number > INT64_MAX >> shift)
		return -ERANGE;
	*number <<= shift;
	(*end)++;
	return 0;
}

static int
parse_number(const struct directive *row, const char *text, int64_t *ret_number)
{
	bool octal = row->type == CONF_MODE;
	const char *end;
	int64_t number;
	int r;

	/* vsftpd would take 010 for 8 and others for 10: better say neither. */
	if (!octal && text[0] == '0' && text[1] >= '0' && text[1] <= '9')
		return -EINVAL;
	r = parse_digits(text, octal ? 8 : 10, &number, &end);
	if (r == 0 && row->type == CONF_SIZE)
		r = apply_suffix(&number, &end);
	if (r < 0)
		return r;
	if (*end != '\0')
		return -EINVAL;
	if (number < row->min || number > row->max)
		return -ERANGE;
	*ret_number = number;
	return 0;
}

static int
parse_text(const struct directive *row, const char *text, const char **ret_text)
{
	if (*text == '\0') {
		*ret_text = NULL;
		return 0;
	}
	if (row->type == CONF_PATH) {
		if (*text != '/')
			return -EINVAL;
		if (strlen(text) >= PATH_MAX)
			return -ERANGE;
	}
	if (row->type == CONF_PATTERN && strlen(text) >= CONF_PATTERN_MAX)
		return -ERANGE;
	*ret_text = text;
	return 0;
}

int
conf_value_parse(
    const struct directive *row, const char *text, struct conf_value *ret_value)
{
	bool truth;

	switch (row->type) {
	case CONF_BOOL:
		if (conf_bool_parse(text, &truth) < 0)
			return -EINVAL;
		ret_value->number = truth;
		return 0;
	case CONF_UINT:
	case CONF_SECONDS:
	case CONF_SIZE:
	case CONF_MODE:
		return parse_number(row, text, &ret_value->number);
	case CONF_PATH:
	case CONF_STRING:
	case CONF_PATTERN:
		return parse_text(row, text, &ret_value->text);
	case CONF_NOTE:
	case CONF_REFUSED:
		break;
	}
	return -EINVAL;
}

void
conf_value_allowed(const struct directive *row, char *words, size_t size)
{
	switch (row->type) {
	case CONF_UINT:
		snprintf(words, size,
		    "a whole number from %" PRId64 " to %" PRId64
		    ", without leading 0",
		    row->min, row->max);
		return;
	case CONF_SECONDS:
		snprintf(words, size,
		    "a whole number of seconds from %" PRId64 " to %" PRId64
		    ", without leading 0",
		    row->min, row->max);
		return;
	case CONF_SIZE:
		snprintf(words, size,
		    "a number of bytes from %" PRId64 " to %" PRId64
		    ", without leading 0; K, M, G or T may follow it",
		    row->min, row->max);
		return;
	case CONF_MODE:
		snprintf(words, size,
		    "an octal number from %" PRIo64 " to %04" PRIo64,
		    (uint64_t)row->min, (uint64_t)row->max);
		return;
	case CONF_PATH:
		snprintf(words, size,
		    "an absolute path, at most %d bytes, or nothing",
		    PATH_MAX - 1);
		return;
	case CONF_PATTERN:
		snprintf(words, size,
		    "text without control bytes, at most %d bytes",
		    CONF_PATTERN_MAX - 1);
		return;
	case CONF_STRING:
		snprintf(words, size, "text without control bytes");
		return;
	case CONF_BOOL:
	case CONF_NOTE:
	case CONF_REFUSED:
		snprintf(words, size, "YES or NO");
		return;
	}
}

bool
conf_has_field(const struct directive *row)
{
	return row->type != CONF_NOTE && row->type != CONF_REFUSED;
}

/* A copy in the text field of row; the old one goes. */
static int
store_text(struct conf *conf, const struct directive *row, const char *text)
{
	char **field = (char **)(void *)((char *)conf + row->offset);
	char *copy = NULL;

	if (text != NULL) {
		copy = strdup(text);
		if (copy == NULL)
			return -ENOMEM;
	}
	if ((row->where & CONF_SECRET) && *field != NULL)
		explicit_bzero(*field, strlen(*field));
	free(*field);
	*field = copy;
	return 0;
}

int
conf_value_store(struct conf *conf, const struct directive *row,
    const struct conf_value *value)
{
	void *field = (char *)conf + row->offset;

	switch (row->type) {
	case CONF_BOOL:
		*(bool *)field = value->number != 0;
		return 0;
	case CONF_UINT:
	case CONF_SECONDS:
	case CONF_SIZE:
	case CONF_MODE:
		*(int64_t *)field = value->number;
		return 0;
	case CONF_PATH:
	case CONF_STRING:
	case CONF_PATTERN:
		return store_text(conf, row, value->text);
	case CONF_NOTE:
	case CONF_REFUSED:
		break;
	}
	return 0;
}

const char *
conf_value_text(const struct conf *conf, const struct directive *row,
    char number[CONF_NUMBER_TEXT])
{
	const void *field = (const char *)conf + row->offset;
	const char *text;

	switch (row->type) {
	case CONF_BOOL:
		return *(const bool *)field ? "YES" : "NO";
	case CONF_UINT:
	case CONF_SECONDS:
	case CONF_SIZE:
		snprintf(number, CONF_NUMBER_TEXT, "%" PRId64,
		    *(const int64_t *)field);
		return number;
	case CONF_MODE:
		snprintf(number, CONF_NUMBER_TEXT, "%04" PRIo64,
		    *(const uint64_t *)field);
		return number;
	case CONF_PATH:
	case CONF_STRING:
	case CONF_PATTERN:
		text = *(char *const *)field;
		return text != NULL ? text : "";
	case CONF_NOTE:
	case CONF_REFUSED:
		break;
	}
	return "";
}
