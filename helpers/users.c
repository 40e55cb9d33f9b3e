/*
 * users.c - account files, see users.h. Who calls it: the auth*.c rooms, the
 * administrator's tools and the fuzzer. It opens nothing and logs nothing.
 */
#include "config.h"

#include "helpers/users.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next line of text at *position: its start and length. */
static const char *
next_line(const char *text, size_t length, size_t *position,
    size_t *ret_length)
{
	const char *line, *end;

	if (*position >= length)
		return NULL;
	line = text + *position;
	end = memchr(line, '\n', length - *position);
	*ret_length = end ? (size_t)(end - line) : length - *position;
	*position += *ret_length + 1;
	return line;
}

static bool
starts_with_name(const char *line, size_t length, const char *name)
{
	size_t n = strlen(name);

	return length > n && line[n] == ':' && memcmp(line, name, n) == 0;
}

/* Cuts a line into fields in place; the number of fields, or more than max. */
static int
split(char *line, size_t length, char **ret_fields, int max)
{
	int count = 0;
	char *field = line;

	for (size_t i = 0; i <= length; i++) {
		if (i < length && line[i] != ':')
			continue;
		line[i] = '\0';
		if (count == max)
			return max + 1;
		ret_fields[count++] = field;
		field = line + i + 1;
	}
	return count;
}

int
users_find(char *text, size_t length, const char *name,
    char *ret_fields[USERS_FIELDS_MAX])
{
	size_t position = 0, n, found_length = 0, found = 0;
	const char *line;

	/* To the end even when found: the time must not tell where. */
	while ((line = next_line(text, length, &position, &n)) != NULL) {
		if (!starts_with_name(line, n, name))
			continue;
		if (found_length > 0)
			return -EEXIST;
		found = (size_t)(line - text);
		found_length = n;
	}
	if (found_length == 0)
		return 0;
	/* The last line may lack its newline: who read it adds a byte. */
	if (memchr(text + found, '\0', found_length))
		return USERS_FIELDS_MAX + 1;
	return split(text + found, found_length, ret_fields, USERS_FIELDS_MAX);
}

/* A decimal number of at most max, nothing else in the field. */
static bool
number(const char *field, unsigned long max, unsigned long *ret_value)
{
	unsigned long value = 0;

	if (*field == '\0')
		return false;
	for (; *field != '\0'; field++) {
		unsigned digit = (unsigned char)*field - (unsigned)'0';

		if (digit > 9 || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return true;
}

int
users_passwd(char *text, size_t length, const char *name,
    struct users_passwd *ret_entry)
{
	char *field[USERS_FIELDS_MAX];
	unsigned long uid, gid;
	int count = users_find(text, length, name, field);

	if (count <= 0)
		return count;
	/* The largest value means "no id" to the kernel. */
	if (count != 7 || !number(field[2], UINT32_MAX - 1, &uid) ||
	    !number(field[3], UINT32_MAX - 1, &gid) || field[5][0] != '/')
		return -EINVAL;
	*ret_entry = (struct users_passwd){ .name = field[0],
		.hash = field[1],
		.uid = (uid_t)uid,
		.gid = (gid_t)gid,
		.home = field[5],
		.shell = field[6][0] != '\0' ? field[6] : "/bin/sh" };
	return 1;
}

/* A shadow field in days; -1 for "unset", which is empty or written so. */
static bool
days(const char *field, long *ret_days)
{
	unsigned long value;

	*ret_days = -1;
	if (*field == '\0' || strcmp(field, "-1") == 0)
		return true;
	if (!number(field, 1000000, &value))
		return false;
	*ret_days = (long)value;
	return true;
}

static const char *
judge_age(char *const field[], long today)
{
	long changed, least, most, inactive, expires;

	if (!days(field[2], &changed) || !days(field[3], &least) ||
	    !days(field[4], &most) || !days(field[6], &inactive) ||
	    !days(field[7], &expires))
		return "malformed shadow entry";
	if (expires >= 0 && today >= expires)
		return "account expired";
	if (changed == 0)
		return "password must be changed first";
	if (changed > 0 && most >= 0 && today > changed + most)
		return inactive >= 0 && today > changed + most + inactive
		    ? "password expired, account inactive"
		    : "password expired";
	return NULL;
}

bool
users_hash_usable(const char *hash)
{
	return hash && hash[0] != '\0' && hash[0] != '!' && hash[0] != '*' &&
	    strlen(hash) <= USERS_HASH_MAX;
}

const char *
users_shadow(char *text, size_t length, const char *name, long today,
    const char **ret_hash)
{
	char *field[USERS_FIELDS_MAX];
	int count = users_find(text, length, name, field);

	*ret_hash = NULL;
	if (count == 0)
		return "no shadow entry";
	if (count == -EEXIST)
		return "two shadow entries";
	if (count != 9)
		return "malformed shadow entry";
	if (field[1][0] == '\0')
		return "empty password";
	if (!users_hash_usable(field[1]))
		return "password locked";
	*ret_hash = field[1];
	return judge_age(field, today);
}

/* Is name one of the comma-separated members? */
static bool
is_member(const char *members, size_t length, const char *name)
{
	size_t n = strlen(name);

	while (length > 0) {
		const char *comma = memchr(members, ',', length);
		size_t one = comma ? (size_t)(comma - members) : length;

		if (one == n && memcmp(members, name, n) == 0)
			return true;
		members += one;
		length -= one;
		if (length > 0) {
			members++;
			length--;
		}
	}
	return false;
}

/* The gid of a group(5) line that name is a member of, or false. */
static bool
member_gid(const char *line, size_t length, const char *name, gid_t *ret_gid)
{
	const char *field[4] = { line };
	unsigned long gid = 0;
	int count = 1;

	for (size_t i = 0; i < length; i++) {
		if (line[i] != ':')
			continue;
		if (count == 4)
			return false;
		field[count++] = line + i + 1;
	}
	if (count != 4 || field[3] - field[2] < 2 || field[3] - field[2] > 11)
		return false;
	for (const char *p = field[2]; p < field[3] - 1; p++) {
		if (*p < '0' || *p > '9')
			return false;
		gid = gid * 10 + (unsigned long)(*p - '0');
	}
	/* Group 0 is never handed to an FTP session, whatever is listed. */
	if (gid == 0 || gid > UINT32_MAX - 1)
		return false;
	*ret_gid = (gid_t)gid;
	return is_member(
	    field[3], length - (size_t)(field[3] - line), name);
}

size_t
users_groups(const char *text, size_t length, const char *name,
    gid_t *ret_groups, size_t max)
{
	size_t position = 0, n, count = 0;
	const char *line;
	gid_t gid;

	while (count < max &&
	    (line = next_line(text, length, &position, &n)) != NULL)
		if (member_gid(line, n, name, &gid))
			ret_groups[count++] = gid;
	return count;
}

bool
users_name_by_id(const char *text, size_t length, unsigned long id,
    char *ret_name, size_t size)
{
	size_t position = 0, n, m;
	const char *line, *field;
	char wanted[24];

	m = (size_t)snprintf(wanted, sizeof wanted, ":%lu:", id);
	while ((line = next_line(text, length, &position, &n)) != NULL) {
		const char *name_end = memchr(line, ':', n);

		if (!name_end || name_end == line)
			continue;
		field = memchr(name_end + 1, ':',
		    n - (size_t)(name_end + 1 - line));
		if (!field || n - (size_t)(field - line) < m ||
		    memcmp(field, wanted, m) != 0)
			continue;
		if ((size_t)(name_end - line) < size)
			size = (size_t)(name_end - line) + 1;
		memcpy(ret_name, line, size - 1);
		ret_name[size - 1] = '\0';
		return true;
	}
	return false;
}

/* What Windows' editors put in front. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

bool
users_list_ok(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\r' && i + 1 < length && text[i + 1] != '\n')
			return false;
		if (c < ' ' && c != '\t' && c != '\n' && c != '\r')
			return false;
	}
	return true;
}

bool
users_listed(const char *text, size_t length, const char *word)
{
	size_t position = 0, n, word_length = strlen(word);
	const char *line;

	if (length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0)
		position = 3;
	while ((line = next_line(text, length, &position, &n)) != NULL) {
		while (n > 0 && strchr(" \t\r", line[n - 1]))
			n--;
		while (n > 0 && strchr(" \t", *line)) {
			line++;
			n--;
		}
		if (n > 0 && *line != '#' && n == word_length &&
		    memcmp(line, word, n) == 0)
			return true;
	}
	return false;
}

bool
users_name_ok(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > 255 || strchr("-.+~#", name[0]))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c <= ' ' || c == 0x7f || c == '/' || c == ':')
			return false;
	}
	return true;
}
