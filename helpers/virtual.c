/*
 * virtual.c - virtual users from a file and from a database, see virtual.h.
 *
 * A source that cannot be read lets nobody past it: whoever is not in it
 * cannot be told from who is.
 */
#include "config.h"

#include "helpers/virtual.h"

#include "helpers/database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
refuse(struct helper *h, const char **ret_reason, const char *reason,
    const char *text)
{
	log_event(&h->log, LOG_ERR, "configuration", "%s", text);
	*ret_reason = reason;
	return -EACCES;
}

/* A record that was found, or what is wrong with it. */
static int
take(struct helper *h, const struct record *record, const char *problem,
    struct virtual_user *user, const char **ret_reason)
{
	struct conf_error error;

	if (!problem && !record_settings(record, user->settings))
		problem = "home is too long";
	if (problem) {
		snprintf(error.text, sizeof error.text,
		    "%.800s: %s; the account is disabled", user->where,
		    problem);
		return refuse(h, ret_reason, "the account's line is malformed",
		    error.text);
	}
	if (record_locked(record)) {
		*ret_reason = "password locked";
		return -EACCES;
	}
	strcpy(user->hash, record->hash);
	return 1;
}

static int
find_in_file(struct helper *h, const char *name, struct virtual_user *user,
    struct standin *stand_in, const char **ret_reason)
{
	const char *path = h->conf.virtual_users_file, *problem = NULL;
	struct slurp text = { 0 };
	struct conf_error error;
	struct record record;
	unsigned number;
	int r = slurp_trusted(path, &text, &error);

	if (r < 0)
		return refuse(h, ret_reason,
		    "virtual_users_file cannot be read", error.text);
	standin_add(stand_in, text.bytes, text.length, name);
	r = record_find(text.bytes, text.length, name, &record, &number,
	    &problem);
	if (r != 0) {
		snprintf(user->where, sizeof user->where, "%s:%u", path,
		    number);
		r = take(h, &record, problem, user, ret_reason);
	}
	slurp_done(&text);
	return r;
}

static int
find_in_database(struct helper *h, const char *name,
    struct virtual_user *user, struct standin *stand_in,
    const char **ret_reason)
{
	const char *path = h->conf.virtual_users_db;
	struct slurp line, samples;
	struct conf_error error;
	struct record record;
	int r = database_find(path, name, &line, &samples, &error);

	if (r < 0)
		return refuse(h, ret_reason,
		    "virtual_users_db cannot be read", error.text);
	standin_add(stand_in, samples.bytes, samples.length, name);
	if (r == 1) {
		const char *problem =
		    record_parse(line.bytes, line.length, &record);

		/* Of a damaged database somebody else's line may come. */
		if (!problem && strcmp(record.name, name) != 0)
			problem = "line of another user";
		snprintf(user->where, sizeof user->where, "%s: %s", path,
		    name);
		r = take(h, &record, problem, user, ret_reason);
	}
	slurp_done(&samples);
	slurp_done(&line);
	return r;
}

int
virtual_find(struct helper *h, const char *name,
    struct virtual_user *ret_user, struct standin *stand_in,
    const char **ret_reason)
{
	struct virtual_user *second = calloc(1, sizeof *second);
	const char *reason = NULL;
	int r = 0, in_file = 0;

	if (!second) {
		*ret_reason = "out of memory";
		return -EACCES;
	}
	if (h->conf.virtual_users_file)
		in_file = find_in_file(
		    h, name, ret_user, stand_in, ret_reason);
	/* Also when found: the time must not tell where. */
	if (h->conf.virtual_users_db)
		r = find_in_database(h, name, second, stand_in, &reason);
	if (in_file == 0 && r == 1)
		*ret_user = *second;
	if (in_file == 0 && r < 0)
		*ret_reason = reason;
	explicit_bzero(second, sizeof *second);
	free(second);
	return in_file != 0 ? in_file : r;
}
