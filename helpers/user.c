/*
 * user.c - inftpd-user: adds, changes, lists, imports and removes virtual
 * users; see inftpd-user(8).
 *
 * For the administrator, who could do all of it with an editor: it adds the
 * hash, the check that what it writes is understood, and that nothing is ever
 * half-written. It has no privilege of its own.
 */
#include "config.h"

#include "helpers/user.h"

#include "helpers/record.h"
#include "helpers/secret.h"
#include "helpers/users.h"

#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct command {
	const char *name;
	const char *words; /* as the usage has them */
	int least, most;   /* how many of them */
	bool store;        /* does it work on one? */
	bool notes;        /* what else is needed is told after it */
	int (*run)(struct job *job);
};

int
user_complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vwarnx(format, arguments);
	va_end(arguments);
	return FAILED;
}

/* --- what is written must be understood ------------------------------- */

const char *
user_read(const struct job *job, const char *name, const struct slurp *entry,
    struct conf *ret_conf, struct conf_error *error)
{
	char settings[RECORD_SETTINGS_MAX];
	const char *problem = NULL;
	struct record record;
	char *copy = malloc(entry->length + 1);

	if (!copy || conf_copy(ret_conf, &job->conf) < 0) {
		free(copy);
		memset(ret_conf, 0, sizeof *ret_conf);
		return "out of memory";
	}
	memcpy(copy, entry->bytes, entry->length);
	copy[entry->length] = '\0';
	if (job->store.kind == ENTRY_LINE) {
		problem = record_parse(copy, entry->length, &record);
		if (!problem && !record_settings(&record, settings))
			problem = "home is too long";
	} else if (strlen(copy) != entry->length) {
		problem = "a NUL in it";
	}
	if (!problem &&
	    (conf_read_text(ret_conf, name,
	         job->store.kind == ENTRY_LINE ? settings : copy, CONF_USER,
	         NULL, NULL, error) < 0 ||
	        conf_check(ret_conf, error) < 0))
		problem = error->text;
	explicit_bzero(copy, entry->length);
	free(copy);
	return problem;
}

/* What an administrator will otherwise wonder about. */
static void
give_notes(const struct job *job, const struct conf *conf)
{
	struct stat st;

	if (!job->conf.virtual_enable)
		user_complain("note: virtual_enable is NO, nobody can log in as a "
			 "virtual user");
	if (job->file && (!job->conf.virtual_users_file ||
	                     strcmp(job->file,
	                         job->conf.virtual_users_file) != 0))
		user_complain("note: virtual_users_file does not name %s",
		    job->file);
	if (conf->local_root && !strstr(conf->local_root, "/./") &&
	    !conf->user_sub_token && stat(conf->local_root, &st) == -1)
		user_complain("note: local_root: %s: %s; install -d -o %s %s",
		    conf->local_root, strerror(errno), conf->guest_username,
		    conf->local_root);
}

/* Puts entry, if it will do. */
static int
put(struct job *job, const char *name, const struct slurp *entry)
{
	struct conf_error error;
	struct conf conf;
	const char *problem = user_read(job, name, entry, &conf, &error);
	int status = DONE;

	if (problem)
		status = user_complain("%s: %s", name, problem);
	else if (store_put(&job->store, name, entry, &error) < 0 ||
	    store_commit(&job->store, &error) < 0)
		status = user_complain("%s", error.text);
	else if (job->notes)
		give_notes(job, &conf);
	conf_done(&conf);
	return status;
}

/* --- changes to an entry ---------------------------------------------- */

/* entry with directive set, or taken out with value NULL. */
static int
change(struct job *job, struct slurp *entry, const char *directive,
    const char *value)
{
	struct slurp changed;
	int r = entry_set(
	    job->store.kind, entry, directive, value, &changed);

	if (r == -EINVAL && value && strchr(value, ':'))
		return user_complain("%s: a ':' in the value", directive);
	if (r == -EINVAL)
		return user_complain("%s: a line of a file has a password and a "
				"local_root only; the rest may stand in a "
				"drop-in of the user",
		    directive);
	if (r < 0)
		return user_complain("%s", strerror(-r));
	slurp_done(entry);
	*entry = changed;
	return DONE;
}

/* DIRECTIVE=VALUE, as in a drop-in. */
static int
change_by_word(struct job *job, struct slurp *entry, const char *word)
{
	char name[64];
	size_t length = strcspn(word, "=");

	if (word[length] != '=' || length >= sizeof name)
		return user_complain("%s: write DIRECTIVE=VALUE", word);
	memcpy(name, word, length);
	name[length] = '\0';
	if (strcmp(name, "password") == 0)
		return user_complain("a password is never an argument: other users "
				"can see those");
	if (!conf_find(name))
		return user_complain("%s: unknown directive; inftpd.conf(5) names "
				"them all",
		    name);
	if (strpbrk(word, "\n\r"))
		return user_complain("%s: a line end in the value", name);
	return change(job, entry, name, word + length + 1);
}

int
user_change(struct job *job, struct slurp *entry, char **words, int count)
{
	int status = DONE;

	for (int i = 0; i < count && status == DONE; i++)
		status = change_by_word(job, entry, words[i]);
	return status;
}

/* Opens and locks what the command works on. */
static int
open_store(struct job *job)
{
	const char *path = job->file ? job->file : job->directory;
	struct conf_error error;

	if (!path)
		path = job->conf.user_config_dir ? job->conf.user_config_dir
						 : job->place.user_dir;
	/* The first user may come before the directory; it holds hashes. */
	if (!job->file && !job->directory)
		mkdir(path, 0700);
	if (store_open(&job->store, job->file ? ENTRY_LINE : ENTRY_DROPIN,
	        path, &error) < 0)
		return user_complain("%s", error.text);
	return DONE;
}

static int
load_conf(struct job *job)
{
	struct conf_error error;
	int r = job->config
	    ? conf_place_private(&job->place, job->config)
	    : conf_place_system(&job->place, job->instance);

	if (r < 0)
		return user_complain("no such instance or directory");
	if (conf_load(&job->conf, &job->place, NULL, NULL, &error) < 0)
		return user_complain("%s", error.text);
	return open_store(job);
}

/* From the terminal or standard input: a password's hash, or a hash. */
static int
get_hash(const struct job *job, const char *name,
    char hash[USERS_HASH_MAX + 2])
{
	char password[SECRET_MAX + 1];
	const char *problem = secret_read(name, password);
	char *at = hash;

	if (job->locked)
		*at++ = '!';
	if (!problem && job->hashed && strlen(password) > USERS_HASH_MAX)
		problem = "a hash has at most 383 bytes";
	if (!problem && job->hashed && strpbrk(password, ":! *\t"))
		problem = "that is no hash";
	if (!problem && job->hashed)
		strcpy(at, password);
	else if (!problem)
		problem = secret_hash(password, at, USERS_HASH_MAX);
	explicit_bzero(password, sizeof password);
	return problem ? user_complain("%s: %s", name, problem) : DONE;
}

/* The same with the store closed, so that nobody waits for who is typing. */
static int
ask_hash(struct job *job, const char *name, char hash[USERS_HASH_MAX + 2])
{
	int status;

	store_close(&job->store);
	status = get_hash(job, name, hash);
	return status == DONE ? open_store(job) : status;
}

/* That there is no such user yet. */
static int
check_absent(struct job *job, const char *name)
{
	struct slurp entry = { 0 };
	struct conf_error error;
	int r = store_get(&job->store, name, &entry, &error);

	slurp_done(&entry);
	if (r < 0)
		return user_complain("%s", error.text);
	return r > 0 ? user_complain("%s: there is such a user in %s", name,
	                   job->store.path)
		     : DONE;
}

/* The user's entry, or a complaint. */
int
user_get(struct job *job, const char *name, struct slurp *ret_entry)
{
	struct conf_error error;
	int r = store_get(&job->store, name, ret_entry, &error);

	if (r < 0)
		return user_complain("%s", error.text);
	return r > 0 ? DONE : user_complain("%s: no such user in %s", name,
	                          job->store.path);
}

bool
user_name_ok(const struct job *job, const char *name)
{
	return users_name_ok(name) &&
	    (job->store.kind == ENTRY_LINE || strlen(name) <= 250);
}

static int
run_add(struct job *job)
{
	const char *name = job->words[0];
	char hash[USERS_HASH_MAX + 2];
	struct slurp entry = { 0 };
	int status;

	if (!user_name_ok(job, name))
		return user_complain("%s: no name that a user can have; see "
				"inftpd-user(8)",
		    name);
	status = check_absent(job, name);
	if (status == DONE)
		status = ask_hash(job, name, hash);
	if (status == DONE)
		status = check_absent(job, name);
	if (status == DONE &&
	    entry_new(job->store.kind, name, hash, &entry) < 0)
		status = user_complain("out of memory");
	if (status == DONE)
		status = user_change(
		    job, &entry, job->words + 1, job->count - 1);
	if (status == DONE)
		status = put(job, name, &entry);
	slurp_done(&entry);
	explicit_bzero(hash, sizeof hash);
	return status;
}

static int
run_password(struct job *job)
{
	const char *name = job->words[0];
	char hash[USERS_HASH_MAX + 2];
	struct slurp entry = { 0 };
	int status = user_get(job, name, &entry);

	slurp_done(&entry);
	if (status == DONE)
		status = ask_hash(job, name, hash);
	if (status == DONE)
		status = user_get(job, name, &entry);
	if (status == DONE)
		status = change(job, &entry, "password", hash);
	if (status == DONE)
		status = put(job, name, &entry);
	slurp_done(&entry);
	explicit_bzero(hash, sizeof hash);
	return status;
}

static int
run_set(struct job *job)
{
	struct slurp entry = { 0 };
	int status = user_get(job, job->words[0], &entry);

	if (status == DONE)
		status = user_change(
		    job, &entry, job->words + 1, job->count - 1);
	if (status == DONE)
		status = put(job, job->words[0], &entry);
	slurp_done(&entry);
	return status;
}

static int
run_unset(struct job *job)
{
	struct slurp entry = { 0 };
	int status = user_get(job, job->words[0], &entry);

	for (int i = 1; i < job->count && status == DONE; i++) {
		if (strcmp(job->words[i], "password") == 0)
			status = user_complain("password: use lock or remove");
		else if (!conf_find(job->words[i]))
			status = user_complain(
			    "%s: unknown directive", job->words[i]);
		else
			status = change(job, &entry, job->words[i], NULL);
	}
	if (status == DONE)
		status = put(job, job->words[0], &entry);
	slurp_done(&entry);
	return status;
}

/* A '!' in front of the hash, or none. */
static int
set_lock(struct job *job, bool lock)
{
	const char *name = job->words[0];
	char changed[USERS_HASH_MAX + 3];
	struct slurp entry = { 0 };
	char *hash = NULL;
	int status = user_get(job, name, &entry);

	if (status == DONE)
		hash = entry_get(job->store.kind, &entry, "password");
	if (status == DONE && (!hash || *hash == '\0'))
		status = user_complain("%s: has no password", name);
	else if (status == DONE && strlen(hash) > USERS_HASH_MAX)
		status = user_complain("%s: hash is too long", name);
	if (status == DONE && lock != (hash[0] == '!')) {
		snprintf(changed, sizeof changed, "%s%s", lock ? "!" : "",
		    lock ? hash : hash + 1);
		status = *changed != '\0'
		    ? change(job, &entry, "password", changed)
		    : user_complain("%s: has no password to unlock", name);
		if (status == DONE)
			status = put(job, name, &entry);
	}
	free(hash);
	slurp_done(&entry);
	return status;
}

static int
run_lock(struct job *job)
{
	return set_lock(job, true);
}

static int
run_unlock(struct job *job)
{
	return set_lock(job, false);
}

static int
run_remove(struct job *job)
{
	struct slurp entry = { 0 };
	struct conf_error error;
	int status = user_get(job, job->words[0], &entry);

	slurp_done(&entry);
	if (status != DONE)
		return status;
	if (store_put(&job->store, job->words[0], NULL, &error) < 0 ||
	    store_commit(&job->store, &error) < 0)
		return user_complain("%s", error.text);
	return DONE;
}

/* --- the command line ------------------------------------------------- */

#define SETTINGS "[DIRECTIVE=VALUE]..."

static const struct command commands[] = {
	{ "add", "NAME " SETTINGS, 1, 1000, true, true, run_add },
	{ "password", "NAME", 1, 1, true, false, run_password },
	{ "set", "NAME DIRECTIVE=VALUE...", 2, 1000, true, true, run_set },
	{ "unset", "NAME DIRECTIVE...", 2, 1000, true, false, run_unset },
	{ "lock", "NAME", 1, 1, true, false, run_lock },
	{ "unlock", "NAME", 1, 1, true, false, run_unlock },
	{ "remove", "NAME", 1, 1, true, false, run_remove },
	{ "list", "", 0, 0, true, false, user_list },
	{ "show", "NAME", 1, 1, true, false, user_show },
	{ "import", "FORMAT FILE " SETTINGS, 2, 1000, true, false, user_import },
	{ "compile", "FILE DATABASE", 2, 2, false, false, user_compile },
};

static int
usage(FILE *out)
{
	fprintf(out, "usage: inftpd-user [option]... command\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "  %s%s%s\n", commands[i].name,
		    commands[i].words[0] ? " " : "", commands[i].words);
	fprintf(out, "options:\n"
		"  --instance NAME  of that instance's configuration\n"
		"  --config DIR     of a private configuration\n"
		"  --directory DIR  drop-ins that are elsewhere\n"
		"  --file FILE      a virtual_users_file instead of drop-ins\n"
		"  --hashed         what is read is a hash already\n"
		"  --locked         add or password: locked at first\n"
		"  --replace        import: users that are there, too\n"
		"  --skip           import: without those with problems\n"
		"  --drop-limits    import: without pure-pw's limits\n");
	return out == stdout ? DONE : USAGE;
}

static int
run(struct job *job, const char *name)
{
	int status;

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->name, name) != 0)
			continue;
		if (job->count < c->least || job->count > c->most) {
			user_complain("usage: inftpd-user %s %s", c->name,
			    c->words);
			return USAGE;
		}
		job->notes = c->notes;
		status = c->store ? load_conf(job) : DONE;
		if (status == DONE)
			status = c->run(job);
		store_close(&job->store);
		conf_done(&job->conf);
		return status;
	}
	user_complain("%s: no such command", name);
	return usage(stderr);
}

static bool
take_option(struct job *job, int option)
{
	switch (option) {
	case 'i':
		job->instance = optarg;
		return true;
	case 'c':
		job->config = optarg;
		return true;
	case 'd':
		job->directory = optarg;
		return true;
	case 'f':
		job->file = optarg;
		return true;
	case 'H':
		job->hashed = true;
		return true;
	case 'L':
		job->locked = true;
		return true;
	case 'R':
		job->replace = true;
		return true;
	case 'S':
		job->skip = true;
		return true;
	case 'D':
		job->drop_limits = true;
		return true;
	default:
		return false;
	}
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "instance", required_argument, NULL, 'i' },
		{ "config", required_argument, NULL, 'c' },
		{ "directory", required_argument, NULL, 'd' },
		{ "file", required_argument, NULL, 'f' },
		{ "hashed", no_argument, NULL, 'H' },
		{ "locked", no_argument, NULL, 'L' },
		{ "replace", no_argument, NULL, 'R' },
		{ "skip", no_argument, NULL, 'S' },
		{ "drop-limits", no_argument, NULL, 'D' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct job job = { .store = { .dir = -1 } };
	int option;

	umask(077);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return usage(stdout);
		if (!take_option(&job, option))
			return usage(stderr);
	}
	if (optind == argc || (job.file && job.directory) ||
	    (job.config && job.instance))
		return usage(stderr);
	job.words = argv + optind + 1;
	job.count = argc - optind - 1;
	return run(&job, argv[optind]);
}
