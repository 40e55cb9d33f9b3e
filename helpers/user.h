/*
 * user.h - what the rooms of inftpd-user share: its job, and changes to an
 * entry. user.c has the command line and most commands, user_list.c those
 * that look, user_import.c those that take in files.
 */
#ifndef HELPERS_USER_H
#define HELPERS_USER_H

#include "conf/conf.h"
#include "helpers/store.h"

#include <stdbool.h>

/* Exit statuses. */
enum { DONE = 0, FAILED = 1, USAGE = 2 };

/* What the command line said, and what a command works on. */
struct job {
	const char *instance, *config; /* --instance, --config */
	const char *directory, *file;  /* --directory, --file */
	bool hashed, locked;           /* --hashed, --locked */
	bool replace, skip, drop_limits;
	int count;                     /* words behind the command */
	char **words;
	bool notes;                    /* of the command */
	struct conf conf;              /* without any user's settings */
	struct conf_place place;
	struct store store;
};

/* Says so on standard error; FAILED, for `return user_complain(...)'. */
int user_complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * Reads entry as a login would, over a copy of the configuration in
 * *ret_conf, which is the caller's to free in any case. NULL, or what is
 * wrong with it, in words that may be in error.
 */
const char *user_read(const struct job *job, const char *name,
    const struct slurp *entry, struct conf *ret_conf,
    struct conf_error *error);

/* The user's entry; DONE, or a complaint. */
int user_get(struct job *job, const char *name, struct slurp *ret_entry);

/* Changes entry as words of DIRECTIVE=VALUE say. DONE or a complaint. */
int user_change(
    struct job *job, struct slurp *entry, char **words, int count);

/* Can a user have that name in this store? */
bool user_name_ok(const struct job *job, const char *name);

/* The commands of the other rooms. */
int user_list(struct job *job);
int user_show(struct job *job);
int user_import(struct job *job);
int user_compile(struct job *job);

#endif
