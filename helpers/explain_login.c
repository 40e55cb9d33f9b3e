/*
 * explain_login.c - part of inftpd-explain: would this user get in? auth.c
 * decides, reasons.c knows what is behind its answer; see explain.h.
 */
#include "config.h"

#include "conf/policy.h"
#include "conf/trusted.h"
#include "helpers/auth.h"
#include "helpers/explain.h"
#include "helpers/reasons.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const step_names[STEP_COUNT] = {
	[STEP_NAME] = "name",
	[STEP_USER_LIST] = "user list",
	[STEP_SETTINGS] = "settings",
	[STEP_EMAIL] = "e-mail list",
	[STEP_EXISTS] = "account",
	[STEP_PASSWORD] = "password",
	[STEP_UID] = "uid",
	[STEP_NOLOGIN] = "nologin",
	[STEP_FTPUSERS] = "ftpusers",
	[STEP_SHELL] = "shell",
	[STEP_GROUPS] = "settings",
	[STEP_IDENTITY] = "identity",
	[STEP_ROOT] = "root",
};

static bool
is_anonymous(const struct explain *e)
{
	return policy_is_anonymous(&e->h.conf, e->user);
}

/* Local ones; or who is refused before it is known what he is. */
static bool
is_local(const struct explain *e)
{
	return !is_anonymous(e) && !e->h.conf.password &&
	    (e->h.account.kind != WIRE_VIRTUAL || e->h.conf.guest_enable);
}

static void
show_password(void)
{
	if (explain_shadow_unseen)
		explain_line("note", "password", "/etc/shadow is root's to "
			     "read: whether the password is locked or expired "
			     "is not known");
	else
		explain_line("ok", "password", "usable, and not out of date; "
			     "whether the client has it is not asked");
}

/* A step that only local users take. */
static void
show_local_step(struct explain *e, enum reasons_step step)
{
	if (step == STEP_UID)
		explain_line("ok", "uid", "%s",
		    explain_directive(e, "local_min_uid"));
	else if (step == STEP_NOLOGIN)
		explain_line("ok", "nologin", "there is no /etc/nologin");
	else if (step == STEP_FTPUSERS)
		explain_line("ok", "ftpusers", "not listed in /etc/ftpusers");
	else
		explain_line("ok", "shell", "%s",
		    explain_directive(e, "check_shell"));
}

/* A step that was taken, if such a login has it. */
static void
show_step(struct explain *e, enum reasons_step step)
{
	const struct conf *conf = &e->h.conf;

	switch (step) {
	case STEP_USER_LIST:
		explain_line("ok", "user list", "%s",
		    explain_directive(e, conf->userlist_enable
		            ? "userlist_file" : "userlist_enable"));
		break;
	case STEP_EMAIL:
		if (is_anonymous(e) && conf->deny_email_enable)
			explain_line("note", "e-mail list", "%s: a password "
				     "that is listed there is refused",
			    explain_directive(e, "banned_email_file"));
		break;
	case STEP_EXISTS:
		explain_line("ok", "account", "%s", is_anonymous(e)
		        ? "the anonymous user"
		        : is_local(e) ? "a local user, of /etc/passwd"
		        : "a virtual user");
		break;
	case STEP_PASSWORD:
		if (!is_anonymous(e))
			show_password();
		break;
	case STEP_UID:
	case STEP_NOLOGIN:
	case STEP_FTPUSERS:
	case STEP_SHELL:
		if (is_local(e))
			show_local_step(e, step);
		break;
	case STEP_IDENTITY:
		if (is_anonymous(e) || !is_local(e) || conf->guest_enable)
			explain_line("ok", "identity", "%s",
			    explain_directive(e, is_anonymous(e)
			            ? "ftp_username" : "guest_username"));
		break;
	case STEP_NAME:
	case STEP_SETTINGS:
	case STEP_GROUPS:
	case STEP_ROOT:
	case STEP_COUNT:
		break;
	}
}

static void
show_steps(struct explain *e, enum reasons_step until)
{
	for (enum reasons_step step = STEP_NAME; step < until; step++)
		show_step(e, step);
}

/* What has made it a jail, or not. */
static const char *
jail_directive(const struct explain *e)
{
	const struct conf *conf = &e->h.conf;

	if (e->h.account.kind == WIRE_ANONYMOUS)
		return "anon_root";
	if (e->h.account.kind == WIRE_VIRTUAL)
		return "local_root";
	if (conf->passwd_chroot_enable && e->h.account.jailed)
		return "passwd_chroot_enable";
	return conf->chroot_list_enable ? "chroot_list_file"
					: "chroot_local_user";
}

static void
show_account(struct explain *e)
{
	const struct account *a = &e->h.account;

	explain_line("ok", "login", "as uid %u, gid %u, and %zu other groups",
	    a->uid, a->gid, a->group_count);
	explain_line("ok", "root", "%s is the session's / (%s), and it starts "
		     "in %s; %s", a->root, a->jailed ? "a jail" : "no jail",
	    a->start, explain_directive(e, jail_directive(e)));
}

/* The file that a step looks into, where no directive names it. */
static const char *
file_of(enum reasons_step step)
{
	switch (step) {
	case STEP_NAME:
		return "the name itself";
	case STEP_EXISTS:
	case STEP_UID:
	case STEP_SHELL:
	case STEP_IDENTITY:
		return "/etc/passwd";
	case STEP_PASSWORD:
		return "/etc/shadow";
	case STEP_NOLOGIN:
		return "/etc/nologin";
	case STEP_FTPUSERS:
		return "/etc/ftpusers";
	case STEP_USER_LIST:
	case STEP_SETTINGS:
	case STEP_EMAIL:
	case STEP_GROUPS:
	case STEP_ROOT:
	case STEP_COUNT:
		break;
	}
	return "what is said above";
}

/* change with the name in place of the word USER. */
static void
name_user(const struct explain *e, const char *change, char *text, size_t size)
{
	size_t used = 0;

	while (*change != '\0' && used < size - 1) {
		bool here = strncmp(change, "USER", 4) == 0;
		int n = snprintf(text + used, size - used, "%.*s",
		    here ? 255 : 1, here ? e->user : change);

		used += n > 0 ? (size_t)n : 0;
		change += here ? 4 : 1;
	}
}

/*
 * Is it for the authenticator to say who this is? For all whom no drop-in and
 * no file has, so also for local users.
 */
static bool
is_for_authenticator(const struct explain *e)
{
	const struct conf *conf = &e->h.conf;

	return conf->virtual_enable && conf->auth_socket && !is_anonymous(e) &&
	    !conf->password &&
	    (e->h.account.kind != WIRE_VIRTUAL || conf->guest_enable);
}

static void
show_unasked(struct explain *e)
{
	if (!e->ask && is_for_authenticator(e))
		explain_line("note", "account", "%s: decides about this user "
			     "before /etc/passwd does; --ask asks it",
		    explain_directive(e, "auth_socket"));
}

/* What is wrong with a drop-in, which the log has: read once more. */
static const char *
settings_error(struct explain *e, enum reasons_step step,
    struct conf_error *error)
{
	const char *dir = e->h.conf.user_config_dir ? e->h.conf.user_config_dir
						    : e->h.place.user_dir;
	int r = 0;

	if (step == STEP_SETTINGS)
		r = conf_read_user(&e->h.conf, dir,
		    policy_name(&e->h.conf, e->user), error);
	else if (step == STEP_GROUPS)
		r = conf_read_groups(
		    &e->h.conf, &e->h.place, e->user, error);
	return r < 0 ? error->text : NULL;
}

static int
refuse(struct explain *e, const char *text)
{
	const struct reason *reason = reasons_find(text);
	const char *directive = reason->directive, *behind;
	struct conf_error error;
	char change[1024] = "";

	if (reason->step >= STEP_EXISTS)
		show_unasked(e);
	if (!e->h.conf.anonymous_enable && policy_means_anonymous(e->user))
		explain_line("note", "name", "%s: this is a name like any "
			     "other", explain_directive(e, "anonymous_enable"));
	show_steps(e, reason->step);
	name_user(e, reason->change, change, sizeof change);
	explain_line("refused", step_names[reason->step], "%s", text);
	if (!directive && reason->step == STEP_IDENTITY)
		directive = is_anonymous(e) ? "ftp_username" : "guest_username";
	behind = settings_error(e, reason->step, &error);
	return explain_refuse(e, text, directive,
	    behind ? behind : file_of(reason->step), change);
}

/* What an anonymous client types there is its own affair. */
static bool
is_about_email(struct explain *e, const char *reason)
{
	if (strcmp(reason, "password is not in email_password_file") != 0)
		return false;
	explain_line("note", "e-mail list", "%s: the password must be a line "
		     "of it", explain_directive(e, "email_password_file"));
	e->h.conf.secure_email_list_enable = false;
	return true;
}

/* Settings that only root may read are not those of a session. */
static bool
is_unseen(const struct explain *e, const char *reason)
{
	enum reasons_step step = reasons_find(reason)->step;

	return !e->root && !e->own &&
	    (step == STEP_SETTINGS || step == STEP_GROUPS ||
	        strncmp(reason, "virtual_users", 13) == 0);
}

/*
 * The login as in a session, but for the authenticator, who wants a password:
 * only with --ask he is asked, with an empty one. Otherwise it is looked
 * whether his socket is one that the helper would use.
 */
static int
log_in(struct explain *e, const char **ret_reason)
{
	struct conf_error error;
	int fd, r;

	e->h.unasking = !e->ask;
	r = auth_login(&e->h, e->user, "", &e->h.account, ret_reason);
	if (e->ask || !(e->root || e->own) || !is_for_authenticator(e))
		return r;
	fd = trusted_open(e->h.conf.auth_socket, O_PATH, &error);
	if (fd >= 0) {
		close(fd);
		return r;
	}
	fprintf(stderr, "inftpd-explain: %s\n", error.text);
	*ret_reason = "auth_socket cannot be used";
	return -EACCES;
}

/* Only the authenticator can tell; 0 if it is not so. */
static int
is_hidden(const struct explain *e, const char *reason)
{
	if (e->ask ? strcmp(reason, "refused by the authenticator") != 0
		   : strncmp(reason, "no such user", 12) != 0 ||
	        !is_for_authenticator(e))
		return 0;
	fprintf(stderr, e->ask
	        ? "inftpd-explain: the authenticator (auth_socket) compares "
		  "passwords itself, and says no to an empty one; its log "
		  "tells whether it knows %s\n"
		: "inftpd-explain: only the authenticator (auth_socket) can "
		  "tell whether there is a user %s; --ask asks it, with an "
		  "empty password\n",
	    e->user);
	return 1;
}

int
explain_login(struct explain *e)
{
	const char *reason;
	int r;

	/* As in a session; whether we are root matters for what comes then. */
	e->h.privileged = !e->own;
	r = log_in(e, &reason);
	if (r < 0 && is_about_email(e, reason))
		r = log_in(e, &reason);
	if (r < 0 && is_unseen(e, reason)) {
		fprintf(stderr, "inftpd-explain: %s: only root can tell, who "
				"may read the drop-ins of users\n", reason);
		return EXPLAIN_WRONG;
	}
	if (r < 0 && is_hidden(e, reason))
		return EXPLAIN_WRONG;
	if (r < 0)
		return refuse(e, reason);
	show_unasked(e);
	show_steps(e, STEP_COUNT);
	show_account(e);
	return EXPLAIN_YES;
}
