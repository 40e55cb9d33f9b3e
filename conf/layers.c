/*
 * layers.c - what goes over the first layer: net.d by the client's network,
 * host.d by the virtual host, group.d by the user's groups.
 *
 * Each is a directory beside conf.d that need not be there; then it costs one
 * call. Both sides read net.d and, by address, host.d at the start of a
 * session; the rest is the helper's, who hands on what ftpd has to know.
 * conf_load_layers() puts it all together for the administrator's questions.
 */
#include "config.h"

#include "conf/internal.h"
#include "conf/policy.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX_LENGTH (sizeof ".conf" - 1)

/* --- net.d -------------------------------------------------------------- */

int
conf_no_network(
    struct conf_error *error, const char *dir, const char *name, int r)
{
	return conf_fail(error, -EINVAL,
	    "%s/%s: %s; names are like 192.0.2.0_24.conf, "
	    "2001:db8::_32.conf or 192.0.2.1.conf",
	    dir, name,
	    r == -ERANGE ? "bits are set behind the prefix"
			 : "the name is no network");
}

/*
 * Keeps the files of networks that from is in, ranked by their prefix. A
 * name that is no network would be a rule that never holds: an error.
 */
static int
pick_networks(struct conf_dropins *list, const char *dir,
    const struct conf_address *from, struct conf_error *error)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct conf_dropin *item = &list->items[i];
		struct conf_network network;
		int r = conf_network_parse(item->name,
		    strlen(item->name) - SUFFIX_LENGTH, '_', &network);

		if (r < 0)
			return conf_no_network(error, dir, item->name, r);
		if (!conf_network_has(&network, from))
			continue;
		item->rank = network.bits;
		list->items[kept++] = *item;
	}
	list->count = kept;
	return 0;
}

/* A certificate and what goes with it. */
static const char *const pairs[2][3] = {
    {"rsa_cert_file", "rsa_private_key_file", "rsa_ocsp_file"},
    {"ecdsa_cert_file", "ecdsa_private_key_file", "ecdsa_ocsp_file"},
};

static unsigned
layer_of(const struct conf *conf, const char *name)
{
	return conf_origin_of(conf, conf_find(name))->layer;
}

/*
 * A layer with a certificate of its own has nothing of what a lower one set
 * beside another: neither the key nor the other certificate, which bears other
 * names and would be shown to some clients.
 */
static int
drop_pairs(struct conf *conf, unsigned scope)
{
	if (layer_of(conf, pairs[0][0]) != scope &&
	    layer_of(conf, pairs[1][0]) != scope)
		return 0;
	for (size_t kind = 0; kind < 2; kind++)
		for (size_t i = 0; i < 3; i++) {
			const char *name = pairs[kind][i];

			if (layer_of(conf, name) < scope &&
			    conf_restore(conf, conf_find(name)) < 0)
				return -ENOMEM;
		}
	return 0;
}

/* All of a sorted list; how many there were, without masked ones. */
static int
load_list(struct conf_reader *reader, struct conf_dropins *list)
{
	int count = 0;

	conf_dropins_sort(list);
	for (size_t i = 0; i < list->count; i++) {
		int r = conf_load_listed(reader, list, &list->items[i]);

		if (r < 0)
			return r;
		count += r;
	}
	if (count > 0 && drop_pairs(reader->conf, reader->scope) < 0)
		return conf_fail(reader->error, -ENOMEM, "out of memory");
	if (count > 0 && conf_check(reader->conf, reader->error) < 0)
		return -EINVAL;
	return count;
}

int
conf_read_net(struct conf *conf, const struct conf_place *place,
    const struct conf_address *from, struct conf_error *ret_error)
{
	struct conf_reader reader = {
	    .conf = conf, .scope = CONF_NET, .error = ret_error};
	struct conf_dropins list = {0};
	int r;

	if (place->net_dir[0] == '\0' || from->length == 0)
		return 0;
	r = conf_dropins_scan(&list, place->net_dir, ret_error);
	if (r > 0)
		r = pick_networks(&list, place->net_dir, from, ret_error);
	if (r == 0)
		r = load_list(&reader, &list);
	conf_dropins_done(&list);
	return r;
}

/* --- host.d ------------------------------------------------------------- */

/* One part of a domain name, between dots. */
static bool
is_label(const char *label, size_t length)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return length > 0 && length <= 63 && label[0] != '-' &&
	       label[length - 1] != '-' && strspn(label, letters) >= length;
}

int
conf_host_name(const char *text, char ret_name[CONF_HOST_MAX + 1])
{
	size_t length = strlen(text), n;

	if (length > 0 && text[length - 1] == '.')
		length--;
	if (length == 0 || length > CONF_HOST_MAX)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		ret_name[i] = c;
		if (c >= 'A' && c <= 'Z')
			ret_name[i] = (char)(c - 'A' + 'a');
	}
	ret_name[length] = '\0';
	for (const char *p = ret_name;; p += n + 1) {
		n = strcspn(p, ".");
		if (!is_label(p, n))
			return -EINVAL;
		if (p[n] == '\0')
			return 0;
	}
}

/* The directory of a host. */
static void
host_path(char path[512], const struct conf_place *place, const char *name)
{
	snprintf(path, 512, "%s/%s", place->host_dir, name);
}

/* A link to /dev/null: a host that is not to be there. */
static bool
is_masked(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISCHR(st.st_mode);
}

/* How many files, or -ENOENT. */
static int
load_host(struct conf *conf, const struct conf_place *place, const char *name,
    struct conf *ret_before, struct conf_error *error)
{
	struct conf_reader reader = {
	    .conf = conf, .scope = CONF_HOST, .error = error};
	struct conf_dropins list = {0};
	char path[512];
	int r;

	host_path(path, place, name);
	r = conf_dropins_scan(&list, path, error);
	if (r > 0 && ret_before && conf_copy(ret_before, conf) < 0)
		r = conf_fail(error, -ENOMEM, "%s: out of memory", path);
	else if (r > 0)
		r = load_list(&reader, &list);
	else if (r == 0 || (r == -ENOTDIR && is_masked(path)))
		r = -ENOENT;
	conf_dropins_done(&list);
	return r;
}

int
conf_read_host(struct conf *conf, const struct conf_place *place,
    const char *name, const struct conf_address *to, struct conf *ret_before,
    struct conf_error *ret_error)
{
	char address[46];
	int r;

	if (place->host_dir[0] == '\0' || (!name && to->length == 0))
		return name ? -ENOENT : 0;
	if (name) {
		r = load_host(conf, place, name, ret_before, ret_error);
		return r == -ENOENT
		           ? conf_fail(ret_error, r,
				 "%s/%s: there is no such virtual host",
				 place->host_dir, name)
		           : r;
	}
	conf_address_text(to, address);
	r = load_host(conf, place, address, ret_before, ret_error);
	return r == -ENOENT ? 0 : r;
}

int
conf_host_identity(const struct conf_place *place, const char *name,
    char ret_name[CONF_HOST_MAX + 1])
{
	char path[512], real[PATH_MAX];
	const char *base;

	if (place->host_dir[0] == '\0')
		return -ENOENT;
	host_path(path, place, name);
	if (realpath(path, real) == NULL)
		return -errno;
	base = strrchr(real, '/') + 1;
	if (strlen(base) > CONF_HOST_MAX)
		return -ENAMETOOLONG;
	strcpy(ret_name, base);
	return 0;
}

/* --- group.d ------------------------------------------------------------ */

/* The primary group of user; false if /etc/passwd does not have him. */
static bool
find_primary(const char *user, gid_t *ret_gid)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry = NULL;
	bool found = false;

	while (file && !found && (entry = fgetpwent(file)) != NULL)
		found = strcmp(entry->pw_name, user) == 0;
	if (found)
		*ret_gid = entry->pw_gid;
	if (file)
		fclose(file);
	return found;
}

static bool
is_named(const struct group *group, const char *user)
{
	for (char **member = group->gr_mem; *member; member++)
		if (strcmp(*member, user) == 0)
			return true;
	return false;
}

/* The file of a group in the list, or NULL. */
static struct conf_dropin *
find_group_file(struct conf_dropins *list, const char *group)
{
	size_t length = strlen(group);

	for (size_t i = 0; i < list->count; i++)
		if (strncmp(list->items[i].name, group, length) == 0 &&
		    strlen(list->items[i].name) == length + SUFFIX_LENGTH)
			return &list->items[i];
	return NULL;
}

enum {
	RANK_OTHER = 0,
	RANK_PRIMARY = 1,
	RANK_MEMBER = 2
};

/* Keeps the files of groups that user is in. */
static int
pick_groups(
    struct conf_dropins *list, const char *user, struct conf_error *error)
{
	FILE *file = fopen("/etc/group", "re");
	const struct group *group;
	size_t kept = 0;
	gid_t primary = 0;
	bool has_primary = find_primary(user, &primary);

	if (!file)
		return conf_fail_errno(error, -errno, "/etc/group");
	while ((group = fgetgrent(file)) != NULL) {
		bool is_primary = has_primary && group->gr_gid == primary;
		struct conf_dropin *item = NULL;

		if (is_primary || is_named(group, user))
			item = find_group_file(list, group->gr_name);
		if (item)
			item->rank = is_primary ? RANK_PRIMARY : RANK_MEMBER;
	}
	fclose(file);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].rank != RANK_OTHER)
			list->items[kept++] = list->items[i];
	list->count = kept;
	return 0;
}

int
conf_read_groups(struct conf *conf, const struct conf_place *place,
    const char *user, struct conf_error *ret_error)
{
	struct conf_reader reader = {
	    .conf = conf, .scope = CONF_GROUP, .error = ret_error};
	struct conf_dropins list = {0};
	int r;

	if (place->group_dir[0] == '\0' || policy_is_anonymous(conf, user))
		return 0;
	r = conf_dropins_scan(&list, place->group_dir, ret_error);
	if (r > 0 && list.count > 0)
		r = pick_groups(&list, user, ret_error);
	if (r >= 0)
		r = load_list(&reader, &list);
	conf_dropins_done(&list);
	return r;
}

/* --- all of them -------------------------------------------------------- */

static int
load_over(struct conf *conf, const struct conf_place *place,
    const struct conf_who *who, struct conf_error *error)
{
	const char *user_dir;
	int r;

	r = conf_read_net(conf, place, &who->from, error);
	if (r >= 0)
		r = conf_read_host(
		    conf, place, who->host, &who->to, NULL, error);
	if (r < 0 || !who->user)
		return r;
	r = conf_read_groups(conf, place, who->user, error);
	user_dir =
	    conf->user_config_dir ? conf->user_config_dir : place->user_dir;
	if (r >= 0 && user_dir[0] != '\0')
		r = conf_read_user(
		    conf, user_dir, policy_name(conf, who->user), error);
	return r;
}

int
conf_load_layers(struct conf *ret_conf, const struct conf_place *place,
    const struct conf_who *who, conf_warn_fn *warn, void *context,
    struct conf_error *ret_error)
{
	int r = conf_load(ret_conf, place, warn, context, ret_error);

	if (r < 0)
		return r;
	r = load_over(ret_conf, place, who, ret_error);
	if (r < 0)
		conf_done(ret_conf);
	return r < 0 ? r : 0;
}
