/*
 * names.c - owner and group of a listing's entry, see names.h. The files'
 * text comes from auth.c, which reads it as root.
 */
#include "config.h"

#include "helpers/names.h"

#include "helpers/users.h"

#include <stdio.h>

static void
find(const char *text, size_t length, unsigned long id,
    char out[NAMES_MAX])
{
	if (!text || !users_name_by_id(text, length, id, out, NAMES_MAX))
		snprintf(out, NAMES_MAX, "%lu", id);
}

void
names_find(struct names *names, uid_t uid, gid_t gid,
    const char **ret_owner, const char **ret_group)
{
	if (!names->have || names->last_uid != uid)
		find(names->users, names->users_length, uid, names->owner);
	if (!names->have || names->last_gid != gid)
		find(names->groups, names->groups_length, gid, names->group);
	names->last_uid = uid;
	names->last_gid = gid;
	names->have = 1;
	*ret_owner = names->owner;
	*ret_group = names->group;
}
