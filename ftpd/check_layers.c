/*
 * check_layers.c - part of --check-config: net.d, group.d and host.d, see
 * check.h. Whether their files can be read conf/audit.c finds; here is what
 * they name.
 */
#include "config.h"

#include "ftpd/check.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
check_directory(struct check *c, const char *directory, const char *directive,
    const char *path)
{
	struct stat st;
	bool unseen;

	if (!path || !check_set_below(c, directive, directory) ||
	    (c->conf->user_sub_token &&
	        strstr(path, c->conf->user_sub_token)))
		return;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return;
	unseen = errno == EACCES && !c->sees_all && !c->service->quick;
	check_say(c, unseen ? CHECK_NOTE : CHECK_ERROR, directive,
	    unseen ? "%s: only root could look whether it is there"
		   : "%s is no directory: logins there fail until it is",
	    path);
}

static bool
is_group(const char *name, size_t length)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *entry;
	bool found = false;

	while (file && !found && (entry = fgetgrent(file)) != NULL)
		found = strlen(entry->gr_name) == length &&
		    strncmp(entry->gr_name, name, length) == 0;
	if (file)
		fclose(file);
	return found;
}

static bool
is_dropin(const char *name)
{
	size_t length = strlen(name);

	return length > 5 && strcmp(name + length - 5, ".conf") == 0;
}

/* Files of groups that there are not: misspelt, perhaps. */
static void
check_group(struct check *c, const char *place, const char *name)
{
	if (is_dropin(name) && name[0] != '.' && !is_group(name, strlen(name) - 5))
		check_say_at(c, CHECK_NOTE, place,
		    "no group in /etc/group has this name; misspelt?");
}

/* What lies in a directory of drop-ins and is passed over by its name. */
static void
check_stray(struct check *c, const char *place, const char *name)
{
	if (is_dropin(name) == (name[0] == '.'))
		check_say_at(c, CHECK_NOTE, place, name[0] == '.'
		        ? "not read: its name begins with a dot"
		        : "not read: its name does not end in .conf");
}

/* Calls look for what is in a directory, and counts drop-ins. */
static void
check_entries(struct check *c, const char *path,
    void (*look)(struct check *c, const char *place, const char *name))
{
	DIR *dir = path[0] != '\0' ? opendir(path) : NULL;
	const struct dirent *entry;
	char place[600];

	c->entries = 0;
	while (dir && (entry = readdir(dir)) != NULL) {
		snprintf(place, sizeof place, "%s/%.255s", path, entry->d_name);
		look(c, place, entry->d_name);
		c->entries += is_dropin(entry->d_name) &&
		    entry->d_name[0] != '.';
	}
	if (dir)
		closedir(dir);
}

/* A virtual host as its clients would have it. */
static void
check_host(struct check *c, const char *name)
{
	const struct conf_place *place = &c->service->place;
	char directory[600];

	snprintf(directory, sizeof directory, "%s/%s", place->host_dir, name);
	check_entries(c, directory, check_stray);
	if (c->entries == 0)
		check_say_at(c, CHECK_NOTE, directory,
		    "no file in it ends in .conf, so this host has the "
		    "settings of all");
	check_directory(c, directory, "anon_root", c->conf->anon_root);
	check_directory(c, directory, "local_root", c->conf->local_root);
	c->host = name;
	c->host_dir = directory;
	check_tls(c);
	c->host = c->host_dir = NULL;
}

static void
take(void *context, const char *host, const struct conf *conf,
    const char *error)
{
	struct check *c = context;
	const struct conf *all = c->conf;

	if (error) {
		fprintf(stderr, "error: %s\n", error);
		c->count[CHECK_ERROR]++;
		return;
	}
	c->conf = conf;
	check_host(c, host);
	c->conf = all;
}

/* An instance's name is in a unit, perhaps, and its directory elsewhere. */
static void
check_instance(struct check *c)
{
	const struct conf_place *place = &c->service->place;
	const char *instance = c->service->helper.instance;

	if (!instance || instance[0] == '\0' || access(place->file, F_OK) == 0)
		return;
	for (size_t i = 0; i < sizeof place->dropins / sizeof *place->dropins; i++)
		if (place->dropins[i][0] != '\0' &&
		    access(place->dropins[i], F_OK) == 0)
			return;
	check_say_at(c, CHECK_ERROR, place->dropins[1],
	    "no such directory, so the instance %s has no configuration "
	    "(mkdir -p %s)",
	    instance, place->dropins[1]);
}

void
check_layers(struct check *c)
{
	const struct conf_place *place = &c->service->place;

	check_instance(c);
	for (size_t i = 0; i < sizeof place->dropins / sizeof *place->dropins; i++)
		check_entries(c, place->dropins[i], check_stray);
	check_entries(c, place->net_dir, check_stray);
	check_entries(c, place->group_dir, check_stray);
	check_entries(c, place->group_dir, check_group);
	conf_audit(c->conf, &c->service->place, take, c);
}
