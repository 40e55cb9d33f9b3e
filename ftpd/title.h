/*
 * title.h - setproctitle_enable: what ps(1) shows of a session. Everybody on
 * the machine can see it, so it has the user, the client's address and the
 * verb of the command, and never an argument.
 */
#ifndef FTPD_TITLE_H
#define FTPD_TITLE_H

#include <stddef.h>

/* Where the program's arguments and environment are; room 0: not to be used. */
struct title {
	char *area;
	size_t room;
};

/* Finds the area; argv must be main()'s own. Changes nothing. */
void title_find(struct title *ret_title, int argc, char **argv);

/*
 * Makes the area usable by dropping the environment, which lies in it: what
 * is wanted of that has to be read before. Where this is not called, or with
 * room 0, title_set() does nothing.
 */
void title_open(struct title *title, const struct title *found);

/* "inftpd: USER@HOST: WHAT", without USER@ if that is empty. */
void title_set(const struct title *title, const char *user, const char *host,
    const char *what);

#endif
