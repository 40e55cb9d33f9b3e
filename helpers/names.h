/*
 * names.h - user and group names for listings. Read before the process is
 * confined, since /etc is out of reach afterwards.
 */
#ifndef HELPERS_NAMES_H
#define HELPERS_NAMES_H

#include <stddef.h>
#include <sys/types.h>

#define NAMES_MAX 64 /* bytes of a name, with its NUL */

/* The account files' text; NULL bytes means numbers are shown. */
struct names {
	char *users, *groups;
	size_t users_length, groups_length;
	uid_t last_uid; /* a directory mostly has one owner */
	gid_t last_gid;
	char owner[NAMES_MAX], group[NAMES_MAX];
	int have;       /* whether last_uid, last_gid are set */
};

/* Names or numbers of an entry's owner and group, valid until the next call. */
void names_find(struct names *names, uid_t uid, gid_t gid,
    const char **ret_owner, const char **ret_group);

#endif
