/*
 * check.h - `inftpd --check-config`: what can be known to go wrong before the
 * first client comes. Linked to main.c only; no session calls it.
 */
#ifndef FTPD_CHECK_H
#define FTPD_CHECK_H

#include "ftpd/serve.h"

#include <sys/types.h>

/* Also the exit status, of the worst that was found. */
enum check_severity {
	CHECK_NOTE,    /* good to know */
	CHECK_WARNING, /* not as intended, perhaps */
	CHECK_ERROR,   /* some or all clients will be refused */
};

struct check {
	const struct service *service;
	const struct conf *conf;
	bool sees_all;           /* runs as root, and may become anybody */
	const char *host;        /* conf is this virtual host's, or NULL */
	const char *host_dir;    /* where that has its own settings */
	unsigned count[CHECK_ERROR + 1];
	unsigned entries;        /* drop-ins of the directory seen last */
	unsigned useless;        /* users with a password, virtual_enable=NO */
};

/* An account of /etc/passwd, which is all that the server looks at. */
struct check_person {
	uid_t uid;
	gid_t gid;
	char name[256];
	char home[4096];
	bool groups;             /* with supplementary groups, as ftpd has */
};

/*
 * Reads the configuration and checks it, with a line on standard error for
 * each finding. Returns the exit status: 0, 1 with warnings, 2 with errors.
 */
int check_run(const struct service *service);

/* --- for the rooms of the check ---------------------------------------- */

/* One finding, at the file and line where `directive` was set. */
void check_say(struct check *c, enum check_severity severity,
    const char *directive, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same at a file that no directive names. */
void check_say_at(struct check *c, enum check_severity severity,
    const char *place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* False if there is no such account. */
bool check_find_person(const char *name, struct check_person *ret_person);

/*
 * May he (NULL: who runs the check) use path in the way of access(2)? 0,
 * -errno, or -ENOTSUP where only root could tell.
 */
int check_access(const struct check *c, const struct check_person *who,
    const char *path, int mode);

/* Directives that do nothing since another is not set. check_sense.c */
void check_sense(struct check *c);

/* Accounts, files and directories that directives name. check_files.c */
void check_files(struct check *c);

/* The drop-ins of users. check_users.c */
void check_users(struct check *c);

/* Where virtual users come from and records go to. check_sources.c */
void check_sources(struct check *c);

/* Ports, addresses, and super-servers' limits. check_net.c */
void check_net(struct check *c);

/*
 * Certificates, by the module tls.so: of all, or those that are c->host's
 * own, and whether that host is among their names. check_tls.c
 */
void check_tls(struct check *c);

/* Files of net.d, group.d and host.d. check_layers.c */
void check_layers(struct check *c);

/* Was the directive set by a file below directory? */
bool check_set_below(const struct check *c, const char *directive,
    const char *directory);

#endif
