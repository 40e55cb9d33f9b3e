/*
 * store.h - where inftpd-user keeps virtual users: a directory of drop-ins,
 * or a virtual_users_file. For the administrator's tools only.
 *
 * An open store is locked against other writers. Files are replaced by their
 * new content at once and after that is on the disk, so that a login, a power
 * cut or an error sees the one or the other.
 */
#ifndef HELPERS_STORE_H
#define HELPERS_STORE_H

#include "helpers/entry.h"

#include <limits.h>

struct conf_error;

struct store {
	enum entry_kind kind;
	char path[PATH_MAX];     /* the directory, or the file */
	int dir;                 /* the directory, locked; of the file, too */
	const char *base;        /* the file's name in it, within path */
	struct slurp text;       /* all of the file */
	bool changed;            /* text is not yet on the disk */
};

/*
 * Opens and locks. A directory must be there; a file need not. 0, or -errno
 * with *ret_error filled, as in all of these.
 */
int store_open(struct store *ret_store, enum entry_kind kind,
    const char *path, struct conf_error *ret_error);

/* Gives the lock back; what was not committed is lost. */
void store_close(struct store *store);

/* The entry of name. 1, 0 if there is none, or -errno. */
int store_get(struct store *store, const char *name, struct slurp *ret_entry,
    struct conf_error *ret_error);

/* Adds or replaces it; NULL removes it. 0 or -errno. */
int store_put(struct store *store, const char *name,
    const struct slurp *entry, struct conf_error *ret_error);

/* Nothing put is sure to be there before this. 0 or -errno. */
int store_commit(struct store *store, struct conf_error *ret_error);

/* Replaces the file at path, mode 0600, by what write(fd) makes. */
int store_replace(int dir, const char *base,
    int (*write_it)(int fd, void *context), void *context);

/*
 * Calls each(context, name, entry) for all entries, in the order of the file
 * or of names. Lines that are no accounts have the name NULL. The number of
 * entries, or -errno, or what each returned if that was below 0.
 */
int store_each(struct store *store,
    int (*each)(void *context, const char *name, unsigned line,
        const struct slurp *entry),
    void *context, struct conf_error *ret_error);

#endif
