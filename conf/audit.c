/*
 * audit.c - reads what no session may have read yet: every file of net.d,
 * group.d and host.d, each over the first layer. For --check-config, by way
 * of conf.h.
 */
#include "config.h"

#include "conf/internal.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct audit {
	const struct conf *first;
	const struct conf_place *place;
	conf_audit_fn *found;
	void *context;
};

/* One file over a copy of the first layer, as if it alone were there. */
static void
audit_file(const struct audit *a, const struct conf_dropins *list,
    const struct conf_dropin *item, unsigned scope)
{
	struct conf own;
	struct conf_error error;
	struct conf_reader reader = {
	    .conf = &own, .scope = scope, .error = &error};
	int r;

	if (conf_copy(&own, a->first) < 0)
		return;
	r = conf_load_listed(&reader, list, item);
	if (r > 0)
		r = conf_check(&own, &error);
	if (r < 0)
		a->found(a->context, NULL, NULL, error.text);
	conf_done(&own);
}

static bool
is_network_file(const struct audit *a, const char *dir, const char *name)
{
	struct conf_network network;
	struct conf_error error;
	size_t suffix = sizeof ".conf" - 1;
	int r = conf_network_parse(
	    name, strlen(name) - suffix, '_', &network);

	if (r == 0)
		return true;
	conf_no_network(&error, dir, name, r);
	a->found(a->context, NULL, NULL, error.text);
	return false;
}

static void
audit_directory(const struct audit *a, const char *dir, unsigned scope)
{
	struct conf_dropins list = {0};
	struct conf_error error;

	if (dir[0] == '\0')
		return;
	if (conf_dropins_scan(&list, dir, &error) < 0)
		a->found(a->context, NULL, NULL, error.text);
	for (size_t i = 0; i < list.count; i++)
		if (scope != CONF_NET ||
		    is_network_file(a, dir, list.items[i].name))
			audit_file(a, &list, &list.items[i], scope);
	conf_dropins_done(&list);
}

/* An address is a host's name, too. */
static bool
is_host_name(const char *text)
{
	struct conf_address address;
	char name[CONF_HOST_MAX + 1];

	return conf_address_parse(text, &address) == 0 ||
	    (conf_host_name(text, name) == 0 && strcmp(name, text) == 0);
}

static void
audit_host(const struct audit *a, const char *name)
{
	struct conf own;
	struct conf_error error;
	char path[sizeof a->place->host_dir + NAME_MAX + 1];
	struct stat st;
	int r;

	if (conf_copy(&own, a->first) < 0)
		return;
	snprintf(path, sizeof path, "%s/%s", a->place->host_dir, name);
	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		r = conf_fail(&error, -ENOTDIR,
		    "%s: a virtual host is a directory, and its settings are "
		    "in files below it, HOST/NAME.conf",
		    path);
	else
		r = is_host_name(name)
		    ? conf_read_host(&own, a->place, name, NULL, NULL, &error)
		    : conf_fail(&error, -EINVAL,
			  "%s: the name is no host's; names are in lower "
			  "case, like ftp.example.org",
			  path);
	if (r >= 0)
		a->found(a->context, name, &own, NULL);
	else if (r != -ENOENT)
		a->found(a->context, NULL, NULL, error.text);
	conf_done(&own);
}

static void
audit_hosts(const struct audit *a)
{
	const struct dirent *entry;
	DIR *dir = a->place->host_dir[0] != '\0'
	    ? opendir(a->place->host_dir) : NULL;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			audit_host(a, entry->d_name);
	closedir(dir);
}

void
conf_audit(const struct conf *first, const struct conf_place *place,
    conf_audit_fn *found, void *context)
{
	struct audit a = {.first = first, .place = place, .found = found,
	    .context = context};

	audit_directory(&a, place->net_dir, CONF_NET);
	audit_directory(&a, place->group_dir, CONF_GROUP);
	audit_hosts(&a);
}
