/*
 * user_import.c - inftpd-user takes in whole files, see user.h: users of other
 * servers, and lines for the database. First all is looked through, and only
 * if it will do is anything changed.
 */
#include "config.h"

#include "helpers/user.h"

#include "helpers/database.h"
#include "helpers/import.h"
#include "helpers/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Adds one user; the settings of the command line go over his own. */
static int
import_one(struct job *job, struct import *import)
{
	struct conf_error error;
	struct slurp entry = { 0 };
	struct conf conf = { 0 };
	char *line, *next;
	int status = DONE;

	if (import->hash[0] == '\0') {
		const char *problem = secret_hash(import->password,
		    import->hash, sizeof import->hash);

		if (problem)
			return user_complain("%s: %s", import->name, problem);
	}
	if (entry_new(job->store.kind, import->name, import->hash, &entry) < 0)
		return user_complain("out of memory");
	for (line = import->settings; status == DONE && *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next != '\0')
			*next++ = '\0';
		status = user_change(job, &entry, &line, 1);
	}
	if (status == DONE)
		status = user_change(
		    job, &entry, job->words + 2, job->count - 2);
	if (status == DONE) {
		const char *problem = user_read(
		    job, import->name, &entry, &conf, &error);

		if (problem)
			status = user_complain("%s: %s", import->name, problem);
		else if (store_put(&job->store, import->name, &entry,
		             &error) < 0)
			status = user_complain("%s", error.text);
		conf_done(&conf);
	}
	slurp_done(&entry);
	return status;
}

/* NULL, or why this user cannot be imported. */
static const char *
judge_import(struct job *job, const struct import *import)
{
	struct conf_error error;
	struct slurp entry = { 0 };
	int r;

	if (import->problem)
		return import->problem;
	if (!user_name_ok(job, import->name))
		return "no name that a user can have";
	r = store_get(&job->store, import->name, &entry, &error);
	slurp_done(&entry);
	if (r < 0)
		return "the user of that name cannot be read";
	return r > 0 && !job->replace ? "there is such a user (--replace)"
				      : NULL;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Complains of names that are in the list more than once. */
static int
find_twice(const char *path, char **names, size_t count)
{
	int status = DONE;

	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 1; i < count; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			status = user_complain(
			    "%s: %s is there twice", path, names[i]);
	return status;
}

/* Room for the names of all lines of text. */
static char **
names_for(const struct slurp *text)
{
	return calloc(text->length / 2 + 1, sizeof(char *));
}

/* Complains of all that cannot be imported. */
static int
judge_all(struct job *job, enum import_format format, struct slurp *text,
    struct import *import)
{
	const char *path = job->words[1];
	char **names = names_for(text);
	size_t position = 0, count = 0;
	unsigned line = 0;
	int status = DONE;

	if (!names)
		return user_complain("out of memory");
	while (import_next(
	    format, text, job->drop_limits, &position, &line, import)) {
		const char *problem = judge_import(job, import);

		if (problem)
			status = user_complain(
			    "%s:%u: %s", path, import->line, problem);
		else
			names[count] = strdup(import->name);
		if (!problem && names[count])
			count++;
	}
	if (find_twice(path, names, count) != DONE)
		status = FAILED;
	while (count > 0)
		free(names[--count]);
	free(names);
	return status;
}

/* Adds all that can be. */
static int
import_all(struct job *job, enum import_format format, struct slurp *text,
    struct import *import, unsigned *ret_count)
{
	size_t position = 0;
	unsigned line = 0;
	int status = DONE;

	while (status == DONE &&
	    import_next(format, text, job->drop_limits, &position, &line,
	        import)) {
		if (judge_import(job, import))
			continue;
		status = import_one(job, import);
		if (status == DONE && import->left_out[0] != '\0')
			user_complain("%s:%u: %s: left out: %s", job->words[1],
			    import->line, import->name, import->left_out);
		*ret_count += status == DONE;
	}
	return status;
}

/* All or nothing, unless told otherwise. */
static int
import_file(struct job *job, enum import_format format, struct slurp *text,
    struct import *import)
{
	struct slurp copy = { malloc(text->length + 1), text->length };
	struct conf_error error;
	unsigned count = 0;
	int problems, status;

	if (!copy.bytes)
		return user_complain("out of memory");
	memcpy(copy.bytes, text->bytes, text->length);
	problems = judge_all(job, format, &copy, import);
	slurp_done(&copy);
	if (problems != DONE && !job->skip)
		return user_complain("nothing was imported; --skip would leave out "
				"these alone");
	status = import_all(job, format, text, import, &count);
	if (store_commit(&job->store, &error) < 0)
		return user_complain("%s", error.text);
	fprintf(stderr, "inftpd-user: imported %u\n", count);
	return status != DONE ? status : problems;
}

int
user_import(struct job *job)
{
	struct import *import;
	enum import_format format;
	struct slurp text = { 0 };
	int r, status;

	if (import_format(job->words[0], &format) < 0)
		return user_complain("%s: no format; pairs, htpasswd, ftpasswd and "
				"pure-pw are known",
		    job->words[0]);
	r = slurp(job->words[1], &text);
	if (r < 0)
		return user_complain("%s: %s", job->words[1], strerror(-r));
	import = malloc(sizeof *import);
	if (!import) {
		slurp_done(&text);
		return user_complain("out of memory");
	}
	status = import_file(job, format, &text, import);
	explicit_bzero(import, sizeof *import);
	free(import);
	slurp_done(&text);
	return status;
}

static int
write_database(int fd, void *context)
{
	struct slurp *text = context;

	return database_write(fd, text->bytes, text->length);
}

/* Each line must be an account, and no name be there twice. */
static int
check_lines(const char *path, const struct slurp *text)
{
	struct slurp copy = { malloc(text->length + 1), text->length };
	char **names = names_for(text);
	size_t position = 0, length, count = 0;
	struct record record;
	unsigned number = 0;
	int status = DONE;
	char *line;

	if (!copy.bytes || !names) {
		free(copy.bytes);
		free(names);
		return user_complain("out of memory");
	}
	memcpy(copy.bytes, text->bytes, text->length);
	while ((line = record_next(
	            copy.bytes, copy.length, &position, &number, &length))) {
		const char *problem = record_parse(line, length, &record);

		if (problem)
			status = user_complain("%s:%u: %s", path, number, problem);
		else
			names[count++] = line;
	}
	if (find_twice(path, names, count) != DONE)
		status = FAILED;
	free(names);
	slurp_done(&copy);
	return status;
}

int
user_compile(struct job *job)
{
	const char *from = job->words[0], *to = job->words[1];
	struct slurp text = { 0 };
	struct store target;
	struct conf_error error;
	int r = slurp(from, &text), status;

	if (r < 0)
		return user_complain("%s: %s", from, strerror(-r));
	status = check_lines(from, &text);
	if (status == DONE &&
	    store_open(&target, ENTRY_LINE, to, &error) < 0) {
		status = user_complain("%s", error.text);
	} else if (status == DONE) {
		r = store_replace(
		    target.dir, target.base, write_database, &text);
		if (r == -EOPNOTSUPP)
			status = user_complain("built without cdb");
		else if (r < 0)
			status = user_complain("%s: %s", to, strerror(-r));
		store_close(&target);
	} else {
		user_complain("%s is left as it is", to);
	}
	slurp_done(&text);
	return status;
}
