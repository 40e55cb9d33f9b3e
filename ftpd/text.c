/*
 * text.c - paths and times as strings, see text.h. Works on a client's bytes;
 * fuzzed.
 */
#include "config.h"

#include "ftpd/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Appends the components of name to the absolute path of *used bytes. */
static int
append(char *path, size_t *used, const char *name)
{
	while (*name != '\0') {
		size_t n = strcspn(name, "/");

		if (n == 2 && name[0] == '.' && name[1] == '.') {
			while (*used > 0 && path[--*used] != '/')
				;
		} else if (n > 0 && !(n == 1 && name[0] == '.')) {
			if (*used + n + 2 > TEXT_PATH_MAX)
				return -ENAMETOOLONG;
			path[(*used)++] = '/';
			memcpy(path + *used, name, n);
			*used += n;
		}
		name += n;
		name += strspn(name, "/");
	}
	return 0;
}

int
text_path(const char *cwd, const char *name, char ret_path[TEXT_PATH_MAX])
{
	char path[TEXT_PATH_MAX];
	size_t used = 0;
	int r = 0;

	if (name[0] != '/')
		r = append(path, &used, cwd);
	if (r == 0)
		r = append(path, &used, name);
	if (r < 0)
		return r;
	if (used == 0)
		path[used++] = '/';
	path[used] = '\0';
	memcpy(ret_path, path, used + 1);
	return 0;
}

void
text_name(const char *name, bool quoted, char *out, size_t size)
{
	size_t used = 0;

	for (; *name != '\0' && used + 2 < size; name++) {
		if (quoted && *name == '"')
			out[used++] = '"';
		out[used++] = *name == '\r' || *name == '\n' ? '?' : *name;
	}
	out[used] = '\0';
}

void
text_safe(const char *text, char *out, size_t size)
{
	size_t used = 0;

	for (; *text != '\0' && used + 1 < size; text++) {
		unsigned char c = (unsigned char)*text;

		out[used++] = c < ' ' || c == 0x7f ? '?' : *text;
	}
	out[used] = '\0';
}

void
text_time(int64_t seconds, char out[TEXT_TIME_MAX])
{
	time_t when = (time_t)seconds;
	struct tm tm = { .tm_mday = 1 };

	gmtime_r(&when, &tm);
	snprintf(out, TEXT_TIME_MAX, "%04u%02u%02u%02u%02u%02u",
	    (unsigned)(1900 + tm.tm_year) % 10000U,
	    (unsigned)(tm.tm_mon + 1) % 100U, (unsigned)tm.tm_mday % 100U,
	    (unsigned)tm.tm_hour % 100U, (unsigned)tm.tm_min % 100U,
	    (unsigned)tm.tm_sec % 100U);
}

/* n decimal digits at text as a number, or -1. */
static int
digits(const char *text, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

/* The count digits of a time; 8 and 12 leave its end out. */
static int
parse_time(const char *text, size_t count, int64_t *ret_seconds)
{
	struct tm tm = { 0 }, check;
	time_t when;
	int leap;

	tm.tm_year = digits(text, 4) - 1900;
	tm.tm_mon = digits(text + 4, 2) - 1;
	tm.tm_mday = digits(text + 6, 2);
	if (count > 8) {
		tm.tm_hour = digits(text + 8, 2);
		tm.tm_min = digits(text + 10, 2);
	}
	if (count > 12)
		tm.tm_sec = digits(text + 12, 2);
	if (tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return -EINVAL;
	/* RFC 3659 allows a leap second; it is the next minute's first. */
	leap = tm.tm_sec == 60;
	tm.tm_sec -= leap;
	check = tm;
	when = timegm(&check) + leap;
	/* timegm() turns the 31st of June into July. */
	if (check.tm_mon != tm.tm_mon || check.tm_mday != tm.tm_mday)
		return -EINVAL;
	*ret_seconds = when;
	return 0;
}

int
text_parse_short_time(
    const char *text, int64_t *ret_seconds, const char **ret_end)
{
	size_t count = strspn(text, "0123456789");

	if (count == 14)
		return text_parse_time(text, ret_seconds, ret_end);
	if ((count != 8 && count != 12) ||
	    parse_time(text, count, ret_seconds) < 0)
		return -EINVAL;
	*ret_end = text + count;
	return 0;
}

int
text_parse_time(
    const char *text, int64_t *ret_seconds, const char **ret_end)
{
	int64_t seconds;

	if (strspn(text, "0123456789") != 14 ||
	    parse_time(text, 14, &seconds) < 0)
		return -EINVAL;
	text += 14;
	if (*text == '.') {
		size_t n = strspn(text + 1, "0123456789");

		if (n == 0)
			return -EINVAL;
		text += 1 + n;
	}
	*ret_seconds = seconds;
	*ret_end = text;
	return 0;
}

int
text_parse_number(const char *text, int64_t *ret_value)
{
	int64_t value = 0;

	if (*text == '\0')
		return -EINVAL;
	for (; *text != '\0'; text++) {
		int digit = *text - '0';

		if (digit < 0 || digit > 9 ||
		    value > (INT64_MAX - digit) / 10)
			return -EINVAL;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return 0;
}
