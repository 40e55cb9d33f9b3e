/*
 * check_users.c - part of --check-config: the drop-ins of users, each read
 * over the whole configuration as at its login, see check.h.
 */
#include "config.h"

#include "conf/policy.h"
#include "ftpd/check.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Made with mkdir, a directory is root's: then nobody can write there. */
static void
check_writable(struct check *c, const char *root)
{
	const struct conf *conf = c->conf;
	struct check_person guest;

	if (!conf->write_enable || !conf->password || c->service->quick ||
	    (!conf->virtual_use_local_privs && !conf->anon_upload_enable) ||
	    !check_find_person(conf->guest_username, &guest) ||
	    check_access(c, &guest, root, W_OK | X_OK) != -EACCES)
		return;
	check_say(c, CHECK_NOTE, "local_root",
	    "%s may not write to %s itself, though write_enable=YES (chown %s "
	    "%s)",
	    guest.name, root, guest.name, root);
}

/* A user's own directory, if his drop-in names it. */
static void
check_own_root(struct check *c, const char *place)
{
	const char *root = c->conf->local_root;
	char origin[4200];
	struct stat st;

	conf_origin_text(c->conf, "local_root", origin, sizeof origin);
	if (!root || strncmp(origin, place, strlen(place)) != 0 ||
	    (c->conf->user_sub_token && strstr(root, c->conf->user_sub_token)))
		return;
	if (stat(root, &st) == 0 && S_ISDIR(st.st_mode)) {
		check_writable(c, root);
		return;
	}
	if (errno == EACCES && !c->sees_all && !c->service->quick)
		return;
	if (c->conf->password && !c->service->quick)
		check_say(c, CHECK_ERROR, "local_root",
		    "%s is no directory: this login fails until it is "
		    "(install -d -o %s %s)",
		    root, c->conf->guest_username, root);
	else
		check_say(c, CHECK_ERROR, "local_root",
		    "%s is no directory: this login fails until it is "
		    "(mkdir %s)",
		    root, root);
}

static void
check_virtual(struct check *c, const char *place)
{
	struct stat st;

	if (!c->conf->password)
		return;
	if (!c->conf->virtual_enable && c->useless++ == 0)
		check_say(c, CHECK_WARNING, "password",
		    "no virtual user can log in; set virtual_enable=YES in "
		    "conf.d");
	if (stat(place, &st) == 0 && (st.st_mode & (S_IRGRP | S_IROTH)))
		check_say(c, CHECK_WARNING, "password",
		    "others than root may read the hash; chmod 0600 %s",
		    place);
}

/* Settings that nobody can have: a misspelt name, or a user long gone. */
static void
check_owner(struct check *c, const char *place, const char *name)
{
	const struct conf *conf = c->conf;
	struct check_person person;

	/* Only the helper could tell who these have. */
	if (conf->password || conf->virtual_users_file ||
	    conf->virtual_users_db || conf->auth_socket ||
	    policy_is_anonymous(conf, name) ||
	    check_find_person(name, &person))
		return;
	check_say_at(c, CHECK_NOTE, place,
	    "no user in /etc/passwd has this name, and without password= it "
	    "makes none");
}

/* One file, over the settings of all. */
static void
check_user(struct check *c, const char *dir, const char *file)
{
	const struct conf *all = c->conf;
	struct conf own;
	struct conf_error error;
	char name[256], place[4200];
	size_t length = strlen(file);
	bool suffix = length > 5 && strcmp(file + length - 5, ".conf") == 0;
	int r;

	snprintf(place, sizeof place, "%s/%s", dir, file);
	/* vsftpd's files have no suffix; what an editor leaves has another. */
	if (!suffix && (strstr(file, ".conf") || file[length - 1] == '~')) {
		check_say_at(c, CHECK_NOTE, place,
		    "of no user: its name does not end in .conf");
		return;
	}
	if (length >= sizeof name || conf_copy(&own, all) < 0)
		return;
	snprintf(name, sizeof name, "%.*s",
	    (int)(suffix ? length - 5 : length), file);
	r = conf_read_user(&own, dir, name, &error);
	if (r == -EACCES && !c->sees_all && !c->service->quick) {
		check_say_at(c, CHECK_NOTE, place,
		    "only root could look into it");
	} else if (r < 0) {
		fprintf(stderr, "error: %s; %s cannot log in\n", error.text,
		    name);
		c->count[CHECK_ERROR]++;
	} else if (r > 0) {
		c->conf = &own;
		check_own_root(c, place);
		check_virtual(c, place);
		check_owner(c, place, name);
		c->conf = all;
	}
	conf_done(&own);
}

void
check_users(struct check *c)
{
	const char *set = c->conf->user_config_dir;
	const char *path = set ? set : c->service->place.user_dir;
	struct dirent **entries;
	struct stat st;
	int count = path[0] != '\0' ? scandir(path, &entries, NULL, alphasort)
				    : -1;

	if (count < 0 && errno == EACCES && !c->sees_all)
		check_say(c, CHECK_NOTE, "user_config_dir",
		    "%s: only root could look into it", path);
	else if (count < 0 && set)
		check_say(c, CHECK_ERROR, "user_config_dir",
		    "%s: %s; settings of users are not found (mkdir -m 700 %s)",
		    set, strerror(errno), set);
	if (count < 0)
		return;
	if (stat(path, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)))
		check_say_at(c, CHECK_ERROR, path,
		    "writable by group or others, who may take away what "
		    "limits a user (chmod go-w)");
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			check_user(c, path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (c->useless > 1)
		check_say_at(c, CHECK_NOTE, path,
		    "%u more with a password that is of no use",
		    c->useless - 1);
}
