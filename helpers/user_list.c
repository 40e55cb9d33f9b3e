/*
 * user_list.c - the commands of inftpd-user that look and change nothing, see
 * user.h. No hash is ever shown.
 */
#include "config.h"

#include "helpers/user.h"

#include "helpers/record.h"
#include "helpers/users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
	struct job *job;
	bool problems;
};

static const char *
state_of(const char *hash)
{
	if (!hash || *hash == '\0')
		return "settings";
	return *hash == '!' || *hash == '*' ? "locked" : "active";
}

static int
list_one(
    void *context, const char *name, unsigned line, const struct slurp *entry)
{
	struct listing *listing = context;
	struct job *job = listing->job;
	struct conf_error error;
	struct conf conf = { 0 };
	char *hash = entry_get(job->store.kind, entry, "password");
	const char *problem = name && users_name_ok(name)
	    ? user_read(job, name, entry, &conf, &error)
	    : "no name that a user can have";
	char where[24] = "";

	if (line > 0)
		snprintf(where, sizeof where, "line %u: ", line);
	listing->problems = listing->problems || problem;
	printf("%s\t%s\t%s%s\n", name ? name : "-",
	    problem ? "error" : state_of(hash), problem ? where : "",
	    problem ? problem
	        : conf.local_root ? conf.local_root : "");
	conf_done(&conf);
	free(hash);
	return 0;
}

int
user_list(struct job *job)
{
	struct listing listing = { .job = job };
	struct conf_error error;

	if (store_each(&job->store, list_one, &listing, &error) < 0)
		return user_complain("%s", error.text);
	return listing.problems ? FAILED : DONE;
}

/* The kind of a hash: what stands between its first two '$'. */
static void
show_password(const char *hash)
{
	const char *kind = hash ? strchr(hash, '$') : NULL;
	const char *end = kind ? strchr(kind + 1, '$') : NULL;

	if (!hash || *hash == '\0')
		printf("# no password: settings of a user from elsewhere\n");
	else
		printf("# password is %s%s%.*s\n",
		    *hash == '!' || *hash == '*' ? "locked" : "set",
		    end ? ", of kind " : "", end ? (int)(end + 1 - kind) : 0,
		    end ? kind : "");
}

int
user_show(struct job *job)
{
	struct slurp entry = { 0 }, bare = { 0 };
	const char *name = job->words[0];
	char settings[RECORD_SETTINGS_MAX];
	struct record record;
	const char *problem;
	char *hash;
	int status = user_get(job, name, &entry);

	if (status != DONE)
		return status;
	hash = entry_get(job->store.kind, &entry, "password");
	show_password(hash);
	if (job->store.kind == ENTRY_LINE) {
		problem = record_parse(entry.bytes, entry.length, &record);
		if (!problem && record_settings(&record, settings))
			fputs(settings, stdout);
		else
			status = user_complain("%s: %s", name, problem);
	} else if (entry_set(job->store.kind, &entry, "password", NULL,
	               &bare) == 0) {
		fwrite(bare.bytes, 1, bare.length, stdout);
		slurp_done(&bare);
	}
	free(hash);
	slurp_done(&entry);
	return status;
}
