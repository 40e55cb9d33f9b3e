/*
 * check.c - --check-config, see check.h. Called by main.c.
 *
 * Reads what a session would read and tries, as the user who would use it,
 * what it would open. Changes nothing. Run by anybody but root it says what it
 * could not see.
 */
#include "config.h"

#include "ftpd/check.h"

#include "conf/policy.h"
#include "ftpd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
print(struct check *c, enum check_severity severity, const char *place,
    const char *directive, const char *text)
{
	static const char *const words[] = { "note", "warning", "error" };

	fprintf(stderr, "%s: %s: %s%s%s\n", words[severity], place,
	    directive ? directive : "", directive ? ": " : "", text);
	c->count[severity]++;
}

void
check_say(struct check *c, enum check_severity severity,
    const char *directive, const char *format, ...)
{
	char place[4200], text[8192];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	print(c, severity,
	    conf_origin_text(c->conf, directive, place, sizeof place),
	    directive, text);
}

void
check_say_at(struct check *c, enum check_severity severity, const char *place,
    const char *format, ...)
{
	char text[8192];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	print(c, severity, place, NULL, text);
}

bool
check_set_below(const struct check *c, const char *directive,
    const char *directory)
{
	char place[4200];
	size_t length = strlen(directory);

	conf_origin_text(c->conf, directive, place, sizeof place);
	return strncmp(place, directory, length) == 0 && place[length] == '/';
}

bool
check_find_person(const char *name, struct check_person *ret_person)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry;
	bool found = false;

	while (file && !found && (entry = fgetpwent(file)) != NULL) {
		if (strcmp(entry->pw_name, name) != 0)
			continue;
		*ret_person = (struct check_person){ .uid = entry->pw_uid,
			.gid = entry->pw_gid };
		snprintf(ret_person->name, sizeof ret_person->name, "%s",
		    entry->pw_name);
		snprintf(ret_person->home, sizeof ret_person->home, "%s",
		    entry->pw_dir);
		found = true;
	}
	if (file)
		fclose(file);
	return found;
}

/* In a child, for good. */
static void
become(const struct check_person *who)
{
	int r = who->groups ? initgroups(who->name, who->gid)
			    : setgroups(0, NULL);

	if (r == -1 || setresgid(who->gid, who->gid, who->gid) == -1 ||
	    setresuid(who->uid, who->uid, who->uid) == -1)
		_exit(ENOTSUP);
}

/* In a child: the answer as an exit status, which an errno fits in. */
_Noreturn static void
try_as(const struct check_person *who, const char *path, int mode)
{
	become(who);
	_exit(access(path, mode) == 0 ? 0 : errno);
}

int
check_access(const struct check *c, const struct check_person *who,
    const char *path, int mode)
{
	int status;
	pid_t child;

	if (!who || c->service->quick || who->uid == geteuid())
		return access(path, mode) == 0 ? 0 : -errno;
	if (!c->sees_all)
		return -ENOTSUP;
	child = fork();
	if (child == 0)
		try_as(who, path, mode);
	if (child == -1 || waitpid(child, &status, 0) == -1 ||
	    !WIFEXITED(status))
		return -ENOTSUP;
	return -WEXITSTATUS(status);
}

/* All else root has found already. */
static void
take_unreadable(void *context, const char *host, const struct conf *conf,
    const char *text)
{
	struct check *c = context;

	(void)host;
	(void)conf;
	if (!text || !strstr(text, strerror(EACCES)))
		return;
	fprintf(stderr, "error: %s for the user " FTPD_USER ", so clients are "
			"turned away (chmod o+r, and o+x what leads to it)\n",
	    text);
	c->count[CHECK_ERROR]++;
}

_Noreturn static void
read_as(struct check *c, const struct check_person *who)
{
	struct conf_place place = c->service->place;
	struct service service = *c->service;
	struct conf_error error;
	struct conf conf;

	become(who);
	/* The rest is the helper's to read. */
	place.group_dir[0] = place.host_dir[0] = '\0';
	c->count[CHECK_ERROR] = 0;
	if (serve_load_conf(&service, &conf, NULL, NULL, &error) < 0)
		take_unreadable(c, NULL, NULL, error.text);
	else
		conf_audit(&conf, &place, take_unreadable, c);
	_exit((int)c->count[CHECK_ERROR]);
}

/*
 * What root reads a session may not: the same once more as the user who runs
 * ftpd. In a process of its own, whose status is the number of errors.
 */
static void
check_readable(struct check *c)
{
	struct check_person server;
	int status;
	pid_t child;

	if (!c->sees_all || !check_find_person(FTPD_USER, &server))
		return;
	server.groups = true;
	fflush(stderr);
	child = fork();
	if (child == 0)
		read_as(c, &server);
	if (child != -1 && waitpid(child, &status, 0) != -1 &&
	    WIFEXITED(status) && WEXITSTATUS(status) < 100)
		c->count[CHECK_ERROR] += (unsigned)WEXITSTATUS(status);
}

static void
take_warning(void *context, const char *text)
{
	struct check *c = context;

	fprintf(stderr, "warning: %s\n", text);
	c->count[CHECK_WARNING]++;
}

static void
check_logins(struct check *c)
{
	const struct conf *conf = c->conf;

	if (!conf->anonymous_enable && !conf->local_enable &&
	    !conf->virtual_enable)
		check_say(c, CHECK_NOTE, "local_enable",
		    "nobody can log in: anonymous_enable, local_enable and "
		    "virtual_enable are all NO");
}

/* A verb that is misspelt in a list would be allowed, or not. */
static void
check_verbs(struct check *c, const char *directive, const char *list)
{
	char verb[32];

	while (list && *(list += strspn(list, ", \t")) != '\0') {
		size_t n = strcspn(list, ", \t");

		snprintf(verb, sizeof verb, "%.*s",
		    n < sizeof verb ? (int)n : 0, list);
		if (!command_known(verb))
			check_say(c, CHECK_WARNING, directive,
			    "\"%.*s\" is no command here; inftpd "
			    "--list-commands has them",
			    (int)(n < 40 ? n : 40), list);
		list += n;
	}
}

/* Who may not say these cannot log in. */
static void
check_login_verbs(struct check *c)
{
	static const char *const verbs[] = { "USER", "PASS" };

	for (size_t i = 0; i < 2; i++) {
		const char *directive = policy_command(c->conf, verbs[i]);

		if (directive)
			check_say(c, CHECK_ERROR, directive,
			    "%s is not allowed, so nobody can log in; %s",
			    verbs[i], strcmp(directive, "cmds_allowed") == 0
			        ? "add it" : "take it out");
	}
}

static int
conclude(const struct check *c)
{
	if (c->count[CHECK_ERROR] == 0 && c->count[CHECK_WARNING] == 0) {
		puts("configuration ok");
		return 0;
	}
	printf("%u error%s, %u warning%s\n", c->count[CHECK_ERROR],
	    c->count[CHECK_ERROR] == 1 ? "" : "s", c->count[CHECK_WARNING],
	    c->count[CHECK_WARNING] == 1 ? "" : "s");
	return c->count[CHECK_ERROR] > 0 ? 2 : 1;
}

int
check_run(const struct service *service)
{
	struct conf conf;
	struct conf_error error;
	struct check c = { .service = service,
		.conf = &conf,
		.sees_all = geteuid() == 0 && !service->quick };

	if (serve_load_conf(service, &conf, take_warning, &c, &error) < 0) {
		fprintf(stderr, "error: %s\n", error.text);
		return 2;
	}
	check_readable(&c);
	check_logins(&c);
	check_sense(&c);
	check_verbs(&c, "cmds_allowed", conf.cmds_allowed);
	check_verbs(&c, "cmds_denied", conf.cmds_denied);
	check_login_verbs(&c);
	check_files(&c);
	check_users(&c);
	check_sources(&c);
	check_net(&c);
	check_tls(&c);
	check_layers(&c);
	fflush(stderr);
	conf_done(&conf);
	return conclude(&c);
}
