/*
 * parse.c - arguments of more than one word, see parse.h. Works on a client's
 * bytes; fuzzed.
 */
#include "config.h"

#include "ftpd/parse.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define WORD_MAX 20 /* a number or time with its NUL */

int
parse_range(const char *text, int64_t *ret_start, int64_t *ret_end)
{
	char start[WORD_MAX];
	size_t n = strcspn(text, " ");

	if (text[n] != ' ' || n >= sizeof start)
		return -EINVAL;
	memcpy(start, text, n);
	start[n] = '\0';
	if (text_parse_number(start, ret_start) < 0 ||
	    text_parse_number(text + n + 1, ret_end) < 0)
		return -EINVAL;
	return 0;
}

/* The name in quotes that text begins with; *ret_end is behind it. */
static int
unquote(const char *text, char name[TEXT_PATH_MAX], const char **ret_end)
{
	size_t used = 0;

	for (text++;; text++) {
		if (*text == '"' && *++text != '"')
			break;
		if (*text == '\0' || used + 1 >= TEXT_PATH_MAX)
			return -EINVAL;
		name[used++] = *text;
	}
	name[used] = '\0';
	*ret_end = text;
	return 0;
}

/* Takes " number" off the end of name: the number, or -1 where none is. */
static int64_t
take_number(char *name)
{
	char *blank = strrchr(name, ' ');
	int64_t number;

	if (!blank || blank == name ||
	    text_parse_number(blank + 1, &number) < 0)
		return -1;
	*blank = '\0';
	return number;
}

static int
parse_bounds(const char *text, struct parse_checksum *checksum)
{
	if (*text == '\0')
		return 0;
	if (*text++ != ' ')
		return -EINVAL;
	if (strchr(text, ' '))
		return parse_range(text, &checksum->start, &checksum->end);
	return text_parse_number(text, &checksum->start);
}

int
parse_checksum(const char *text, struct parse_checksum *ret_checksum)
{
	int64_t last;
	const char *end;

	ret_checksum->start = 0;
	ret_checksum->end = -1;
	if (text[0] == '"') {
		if (unquote(text, ret_checksum->name, &end) < 0 ||
		    ret_checksum->name[0] == '\0')
			return -EINVAL;
		return parse_bounds(end, ret_checksum);
	}
	if (strlen(text) >= sizeof ret_checksum->name)
		return -EINVAL;
	strcpy(ret_checksum->name, text);
	last = take_number(ret_checksum->name);
	if (last < 0)
		return -EINVAL;
	ret_checksum->start = take_number(ret_checksum->name);
	if (ret_checksum->start < 0)
		ret_checksum->start = last;
	else
		ret_checksum->end = last;
	return 0;
}

long
parse_octal(const char *text, const char **ret_end)
{
	long mode = 0;
	size_t n = strspn(text, "01234567");

	if (n == 0 || n > 4)
		return -1;
	for (size_t i = 0; i < n; i++)
		mode = mode * 8 + (text[i] - '0');
	*ret_end = text + n;
	return mode;
}

/* One "name=value;"; *text is moved behind it. */
static int
parse_fact(const char **text, struct parse_facts *facts)
{
	size_t name = strcspn(*text, "=; ");
	const char *value = *text + name + 1, *end = value;

	if (name == 0 || (*text)[name] != '=')
		return -EINVAL;
	if (name == 6 && strncasecmp(*text, "modify", name) == 0) {
		if (facts->has_modify ||
		    text_parse_time(value, &facts->modify, &end) < 0)
			return -EINVAL;
		facts->has_modify = true;
	} else if (name == 9 && strncasecmp(*text, "UNIX.mode", name) == 0) {
		long mode = parse_octal(value, &end);

		if (facts->has_mode || mode < 0)
			return -EINVAL;
		facts->mode = (unsigned)mode;
		facts->has_mode = true;
	} else {
		return -ENOTSUP;
	}
	if (*end != ';')
		return -EINVAL;
	*text = end + 1;
	return 0;
}

int
parse_facts(const char *text, struct parse_facts *ret_facts)
{
	struct parse_facts facts = {0};

	while (*text != ' ') {
		int r = parse_fact(&text, &facts);

		if (r < 0)
			return r;
	}
	if (text[1] == '\0' || (!facts.has_modify && !facts.has_mode))
		return -EINVAL;
	facts.name = text + 1;
	*ret_facts = facts;
	return 0;
}

/* "name access modify create UTC", the five words from the end. */
static int
parse_long_utime(
    const char *text, int64_t *ret_modify, char name[TEXT_PATH_MAX])
{
	int64_t times[3];
	char *blank;

	if (strlen(text) >= TEXT_PATH_MAX)
		return -EINVAL;
	strcpy(name, text);
	blank = strrchr(name, ' ');
	if (!blank || strcasecmp(blank + 1, "UTC") != 0)
		return -EINVAL;
	for (int i = 2; i >= 0; i--) {
		const char *end;

		*blank = '\0';
		blank = strrchr(name, ' ');
		if (!blank || blank == name ||
		    text_parse_time(blank + 1, &times[i], &end) < 0 ||
		    *end != '\0')
			return -EINVAL;
	}
	*blank = '\0';
	*ret_modify = times[1];
	return 0;
}

int
parse_utime(const char *text, int64_t *ret_modify, char ret_name[TEXT_PATH_MAX])
{
	const char *end;

	if (parse_long_utime(text, ret_modify, ret_name) == 0)
		return 0;
	if (text_parse_short_time(text, ret_modify, &end) < 0 || *end != ' ' ||
	    end[1] == '\0' || strlen(end + 1) >= TEXT_PATH_MAX)
		return -EINVAL;
	strcpy(ret_name, end + 1);
	return 0;
}

/* Is text the word, or does it begin with it and a blank? What is behind. */
static const char *
take_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(text, word, n) != 0)
		return NULL;
	text += n;
	if (*text == '\0')
		return text;
	return *text == ' ' ? text + 1 : NULL;
}

int
parse_mode_z(const char *text, int *ret_level)
{
	const char *rest = take_word(text, "Z"), *value;
	int level = -1;

	while (rest && *rest != '\0') {
		value = take_word(rest, "LEVEL");
		if (value && value[0] >= '0' && value[0] <= '9') {
			char digit[2] = {value[0], '\0'};

			level = value[0] - '0';
			rest = take_word(value, digit);
		} else {
			value = take_word(rest, "ENGINE");
			rest = value ? take_word(value, "ZLIB") : NULL;
		}
	}
	if (!rest || text[strlen(text) - 1] == ' ')
		return -EINVAL;
	*ret_level = level;
	return 0;
}

bool
parse_is_language(const char *text)
{
	for (;;) {
		size_t n = strspn(text, LETTERS);

		if (n == 0 || n > 8)
			return false;
		text += n;
		if (*text == '\0')
			return true;
		if (*text++ != '-')
			return false;
	}
}
