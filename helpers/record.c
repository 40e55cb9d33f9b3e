/*
 * record.c - lines of virtual_users_file, see record.h. Opens nothing, logs
 * nothing.
 *
 * Limits that inftpd has no directive for disable the account instead of
 * being forgotten: who wrote them did not want a session without.
 */
#include "config.h"

#include "helpers/record.h"

#include "helpers/users.h"

#include <crypt.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* More than any network carries, where one direction alone is limited. */
#define NO_RATE INT64_C(1099511627776)

/* Fields, counted from 0, in the order of passwd(5) and pure-pw. */
enum {
	F_NAME,
	F_HASH,
	F_UID,
	F_GID,
	F_GECOS,
	F_HOME,
	F_RATE_UP, /* of passwd(5): the shell */
	F_RATE,
	F_LIMITS = RECORD_LIMITS_AT,
};

const char *const record_limits[RECORD_LIMITS] = {
	"ratio of uploads: not supported",
	"ratio of downloads: not supported",
	"number of sessions: not supported for one user",
	"quota of files: not supported, but the file system's is",
	"quota of bytes: not supported, but the file system's is",
	"local addresses: not supported for one user",
	"refused local addresses: not supported for one user",
	"client addresses: not supported for one user",
	"refused client addresses: not supported for one user",
	"times of day: not supported",
};

static bool
number(const char *field, int64_t max, int64_t *ret_value)
{
	int64_t value = 0;

	for (; *field != '\0'; field++) {
		if (*field < '0' || *field > '9')
			return false;
		value = value * 10 + (*field - '0');
		if (value > max)
			return false;
	}
	*ret_value = value;
	return true;
}

/* An id that nobody becomes, but that must not be nonsense or root. */
static const char *
judge_id(const char *field)
{
	int64_t id;

	if (*field == '\0')
		return NULL;
	if (!number(field, UINT32_MAX - 1, &id))
		return "uid or gid is no number";
	return id == 0 ? "uid or gid is 0" : NULL;
}

static const char *
judge_hash(const char *hash)
{
	if (*hash == '\0')
		return "empty password";
	if (strlen(hash) > USERS_HASH_MAX)
		return "password hash is too long";
	if (*hash == '!' || *hash == '*')
		return NULL;
	if (crypt_checksalt(hash) == CRYPT_SALT_INVALID ||
	    crypt_checksalt(hash) == CRYPT_SALT_METHOD_DISABLED)
		return "password hash of a kind that crypt(3) does not know";
	return NULL;
}

static const char *
judge_home(const char *home, size_t count)
{
	if (count == 2)
		return NULL;
	if (*home != '/')
		return "home is not absolute";
	return strlen(home) < PATH_MAX ? NULL : "home is too long";
}

/* pure-pw's fields from the seventh on. */
static const char *
take_limits(char *const field[], size_t count, struct record *record)
{
	for (size_t i = F_LIMITS; i < count; i++)
		if (field[i][0] != '\0' && strcmp(field[i], "0") != 0)
			return i < F_LIMITS + RECORD_LIMITS
			    ? record_limits[i - F_LIMITS]
			    : "text behind the last field: not supported";
	if (!number(field[F_RATE_UP], NO_RATE, &record->rate_up) ||
	    !number(field[F_RATE], NO_RATE, &record->rate))
		return "bandwidth is no number";
	return NULL;
}

static const char *
judge(char *const field[], size_t count, struct record *ret_record)
{
	struct record record = { .name = field[F_NAME],
		.hash = field[F_HASH],
		.home = count > F_HOME ? field[F_HOME] : NULL };
	const char *problem = NULL;

	if (!users_name_ok(record.name))
		return "no name that a user can have";
	problem = judge_hash(record.hash);
	if (!problem && count > F_GID)
		problem = judge_id(field[F_UID]);
	if (!problem && count > F_GID)
		problem = judge_id(field[F_GID]);
	if (!problem)
		problem = judge_home(record.home, count);
	if (!problem && count > F_LIMITS)
		problem = take_limits(field, count, &record);
	if (!problem)
		*ret_record = record;
	return problem;
}

const char *
record_parse(char *line, size_t length, struct record *ret_record)
{
	char *field[RECORD_FIELDS_MAX];
	size_t count = 0, start = 0;

	if (length > 0 && line[length - 1] == '\r')
		length--;
	if (length > RECORD_LINE_MAX)
		return "line is too long";
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c < ' ' || c == 0x7f)
			return "control byte in the line";
	}
	for (size_t i = 0; i <= length; i++) {
		if (i < length && line[i] != ':')
			continue;
		if (count == RECORD_FIELDS_MAX)
			return "too many fields";
		line[i] = '\0';
		field[count++] = line + start;
		start = i + 1;
	}
	if (count != 2 && count != 7 && count != 18 && count != 19)
		return "neither 2 fields (htpasswd), 7 (passwd) nor 18 "
		       "(pure-pw)";
	return judge(field, count, ret_record);
}

char *
record_next(char *text, size_t length, size_t *position, unsigned *count,
    size_t *ret_length)
{
	while (*position < length) {
		char *line = text + *position;
		char *end = memchr(line, '\n', length - *position);
		size_t n = end ? (size_t)(end - line) : length - *position;

		*position += n + 1;
		++*count;
		if (n == 0 || *line == '#' || (n == 1 && *line == '\r'))
			continue;
		*ret_length = n;
		return line;
	}
	return NULL;
}

int
record_find(char *text, size_t length, const char *name,
    struct record *ret_record, unsigned *ret_number, const char **ret_problem)
{
	size_t position = 0, n, found_length = 0, name_length = strlen(name);
	unsigned count = 0;
	char *line, *found = NULL;

	/* To the end even when found: the time must not tell where. */
	while ((line = record_next(text, length, &position, &count, &n))) {
		if (n <= name_length || line[name_length] != ':' ||
		    memcmp(line, name, name_length) != 0)
			continue;
		*ret_number = count;
		if (found) {
			*ret_problem = "second account of that name";
			return -EINVAL;
		}
		found = line;
		found_length = n;
	}
	if (!found)
		return 0;
	*ret_problem = record_parse(found, found_length, ret_record);
	return *ret_problem ? -EINVAL : 1;
}

bool
record_settings(const struct record *record, char *buffer)
{
	size_t used = 0;
	int64_t down = record->rate, up = record->rate_up;
	const int max = RECORD_SETTINGS_MAX;

	buffer[0] = '\0';
	if (record->home)
		used = (size_t)snprintf(
		    buffer, (size_t)max, "local_root=%s\n", record->home);
	if (used + 160 > (size_t)max)
		return false;
	if (down == 0 && up == 0)
		return true;
	/* For whichever kind of rights the session gets. */
	down = down == 0 ? NO_RATE : down;
	up = up == 0 ? NO_RATE : up;
	snprintf(buffer + used, (size_t)max - used,
	    "local_max_rate=%jd\nlocal_max_rate_up=%jd\n"
	    "anon_max_rate=%jd\nanon_max_rate_up=%jd\n",
	    (intmax_t)down, (intmax_t)up, (intmax_t)down, (intmax_t)up);
	return true;
}

bool
record_locked(const struct record *record)
{
	return record->hash[0] == '!' || record->hash[0] == '*';
}
