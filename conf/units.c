/*
 * units.c - the limits of systemd's sockets and of xinetd, see units.h.
 *
 * Reads unit files and their drop-ins in systemd's own order, without asking
 * systemd, which may not be running. Of all that they say four words matter.
 */
#include "config.h"

#include "conf/units.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DROPINS_MAX 64 /* of one unit; more are not looked at */

/* Highest precedence first. */
static const char *const unit_dirs[] = { "/etc/systemd/system",
	"/run/systemd/system", UNITDIR, "/usr/lib/systemd/system" };
#define UNIT_DIRS (sizeof unit_dirs / sizeof *unit_dirs)

static const char *const sockets[] = { "ftp.socket", "ftps.socket",
	"ftp-hardened.socket" };

/* Cuts "key = value" in two; false for a line without '='. */
static bool
split(char *line, char **ret_key, char **ret_value)
{
	char *equals = strchr(line, '=');
	char *end;

	if (!equals || *line == '#' || *line == ';')
		return false;
	*equals = '\0';
	*ret_key = line + strspn(line, " \t");
	(*ret_key)[strcspn(*ret_key, " \t+-")] = '\0';
	*ret_value = equals + 1 + strspn(equals + 1, " \t");
	end = *ret_value + strlen(*ret_value);
	while (end > *ret_value && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return true;
}

/* A limit from its text; "UNLIMITED" and "infinity" are none. */
static void
take(struct units_limit *l, const char *key, const char *value,
    const char *path, unsigned line)
{
	bool all = strcmp(key, l->all_key) == 0;
	const char *colon = strrchr(value, ':');
	char *origin = all ? l->all_origin : l->source_origin;

	if (strcmp(key, "ListenStream") == 0 || strcmp(key, "port") == 0)
		l->port = strtol(colon ? colon + 1 : value, NULL, 10);
	if (!all && strcmp(key, l->source_key) != 0)
		return;
	*(all ? &l->all : &l->source) = strtol(value, NULL, 10);
	snprintf(origin, PATH_MAX, "%.4000s:%u", path, line);
}

/* --- systemd ----------------------------------------------------------- */

static bool
read_unit(struct units_limit *l, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[1024], *key, *value;

	if (!file)
		return false;
	for (unsigned n = 1; fgets(line, sizeof line, file); n++)
		if (split(line, &key, &value))
			take(l, key, value, path, n);
	fclose(file);
	return true;
}

struct dropin {
	char name[NAME_MAX + 1];
	size_t dir; /* index of unit_dirs */
};

static int
by_name(const void *left, const void *right)
{
	const struct dropin *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	return order ? order : (a->dir > b->dir) - (a->dir < b->dir);
}

static size_t
list_dropins(const char *unit, struct dropin found[DROPINS_MAX])
{
	char path[PATH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < UNIT_DIRS; i++) {
		const struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof path, "%s/%s.d", unit_dirs[i], unit);
		dir = opendir(path);
		while (dir && count < DROPINS_MAX &&
		    (entry = readdir(dir)) != NULL) {
			size_t length = strlen(entry->d_name);

			if (length < 6 ||
			    strcmp(entry->d_name + length - 5, ".conf") != 0)
				continue;
			strcpy(found[count].name, entry->d_name);
			found[count++].dir = i;
		}
		if (dir)
			closedir(dir);
	}
	qsort(found, count, sizeof *found, by_name);
	return count;
}

static void
read_dropins(struct units_limit *l, const char *unit)
{
	static struct dropin found[DROPINS_MAX];
	size_t count = list_dropins(unit, found);
	char path[PATH_MAX];

	for (size_t i = 0; i < count; i++) {
		/* Of equal names the first directory's is the one. */
		if (i > 0 && strcmp(found[i].name, found[i - 1].name) == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s.d/%.255s",
		    unit_dirs[found[i].dir], unit, found[i].name);
		read_unit(l, path);
	}
}

/* `systemctl enable' has made this link. */
static bool
is_enabled(const char *unit)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < UNIT_DIRS; i++) {
		snprintf(path, sizeof path, "%s/sockets.target.wants/%s",
		    unit_dirs[i], unit);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static bool
read_socket(struct units_limit *l, const char *unit)
{
	char path[PATH_MAX];
	bool found = false;

	/* systemd's own default is 64 sessions, and no limit for a source. */
	*l = (struct units_limit){ .all_key = "MaxConnections",
		.source_key = "MaxConnectionsPerSource",
		.all = 64,
		.all_origin = "default",
		.source_origin = "default" };
	snprintf(l->name, sizeof l->name, "%s", unit);
	if (!is_enabled(unit))
		return false;
	for (size_t i = 0; i < UNIT_DIRS && !found; i++) {
		snprintf(path, sizeof path, "%s/%s", unit_dirs[i], unit);
		found = read_unit(l, path);
	}
	if (found)
		read_dropins(l, unit);
	return found;
}

/* --- xinetd ------------------------------------------------------------ */

struct entry {
	struct units_limit limit;
	bool ours, disabled, arguments;
};

static bool
ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static void
take_attribute(struct entry *e, const char *key, const char *value,
    const char *path, unsigned line)
{
	if (strcmp(key, "server") == 0)
		e->ours = ends_in(value, "/inftpd");
	else if (strcmp(key, "disable") == 0)
		e->disabled = strcasecmp(value, "yes") == 0;
	else if (strcmp(key, "server_args") == 0)
		e->arguments = strstr(value, "--instance") != NULL;
	else
		take(&e->limit, key, value, path, line);
}

/* Each "service NAME { ... }" of a file that starts us; or the defaults. */
static size_t
read_entries(const char *path, struct units_limit *defaults,
    struct units_limit *limits, size_t max)
{
	struct entry e = { .limit = *defaults };
	FILE *file = fopen(path, "re");
	char line[1024], *key, *value;
	size_t count = 0;

	for (unsigned n = 1; file && fgets(line, sizeof line, file); n++) {
		const char *text = line + strspn(line, " \t");

		if (strncmp(text, "service", 7) == 0) {
			e = (struct entry){ .limit = *defaults };
			snprintf(e.limit.name, sizeof e.limit.name,
			    "xinetd's entry %.60s",
			    strrchr(path, '/') + 1);
			text += 7 + strspn(text + 7, " \t");
			e.limit.port = strncmp(text, "ftps", 4) == 0 ? 990
			    : strncmp(text, "ftp", 3) == 0           ? 21 : 0;
		} else if (strncmp(text, "defaults", 8) == 0) {
			e = (struct entry){ .limit = *defaults,
				.ours = true,
				.arguments = true };
		} else if (*text == '}' && e.ours && e.arguments &&
		    e.limit.name[0] == '\0') {
			*defaults = e.limit;
		} else if (*text == '}' && e.ours && !e.disabled &&
		    !e.arguments && count < max) {
			limits[count++] = e.limit;
		} else if (split(line, &key, &value)) {
			take_attribute(&e, key, value, path, n);
		}
	}
	if (file)
		fclose(file);
	return count;
}

static size_t
find_xinetd(struct units_limit *limits, size_t max)
{
	struct units_limit defaults = { .all_key = "instances",
		.source_key = "per_source",
		.all_origin = "default",
		.source_origin = "default" };
	const struct dirent *entry;
	char path[PATH_MAX];
	DIR *dir = opendir("/etc/xinetd.d");
	size_t count = 0;

	if (!dir)
		return 0;
	count = read_entries("/etc/xinetd.conf", &defaults, limits, max);
	while (count < max && (entry = readdir(dir)) != NULL) {
		if (strchr(entry->d_name, '.'))
			continue; /* as xinetd does */
		snprintf(path, sizeof path, "/etc/xinetd.d/%.255s", entry->d_name);
		count += read_entries(
		    path, &defaults, limits + count, max - count);
	}
	closedir(dir);
	return count;
}

size_t
units_find(struct units_limit limits[UNITS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof sockets / sizeof *sockets; i++)
		if (read_socket(&limits[count], sockets[i]))
			count++;
	return count + find_xinetd(limits + count, UNITS_MAX - count);
}
