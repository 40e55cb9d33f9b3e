/*
 * cmd_login.c - USER, PASS, ACCT, QUIT. The password goes to the helper and is
 * wiped; whether it was right, and why not, is the helper's to know.
 */
#include "config.h"

#include "conf/policy.h"
#include "ftpd/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Whatever was wrong: nobody tries, or fills the log, for ever. */
static int
count_failure(struct session *s)
{
	s->login_failures++;
	if (s->login_failures >= (unsigned)s->conf.max_login_fails) {
		reply(s, 421, "Too many failed logins.");
		s->closing = true;
	}
	return 0;
}

static int
refuse_login(struct session *s)
{
	s->state = IN_NEW;
	if (s->agent.wire < 0)
		return reply_errno(s, STAGE_OTHER, -EPIPE, "");
	reply(s, 530, "Login incorrect.");
	return count_failure(s);
}

/* The directives of the user's drop-in, as the helper handed them over. */
static int
take_settings(struct session *s, const char *settings)
{
	struct conf_error error;
	int r = conf_read_text(&s->conf, "user drop-in", settings, CONF_USER,
	    NULL, NULL, &error);

	if (r < 0)
		log_event(&s->log, LOG_ERR, "configuration", "%s", error.text);
	return r;
}

/* message_file of a directory, as lines of the reply to come. */
static void
show_message(struct session *s, int code, const char *directory)
{
	struct agent_file file;
	char text[4096];
	ssize_t n;

	if (!s->conf.dirmessage_enable ||
	    agent_open(&s->agent, directory, WIRE_OPEN_MESSAGE, 0, &file) < 0)
		return;
	n = read(file.fd, text, sizeof text);
	close(file.fd);
	if (n > 0)
		reply_text(s, code, text, (size_t)n);
}

static int
log_in(struct session *s, const char *password)
{
	struct agent_login login;
	int r = agent_login(&s->agent, s->user, password, &login);

	if (r == -EACCES)
		return refuse_login(s);
	if (r < 0 || take_settings(s, login.settings) < 0) {
		s->closing = true;
		return reply(s, 421, "Service not available: the account "
				     "cannot be served, see the server's log.");
	}
	s->state = IN_SESSION;
	s->kind = login.kind;
	/* By custom an e-mail address; the transfer log has always had it. */
	snprintf(s->email, sizeof s->email, "%s",
	    s->kind == WIRE_ANONYMOUS ? password : "");
	s->rights = login.rights;
	/* A home may be written in ways that PWD should not repeat. */
	if (text_path("/", login.start, s->cwd) < 0)
		strcpy(s->cwd, "/");
	strcpy(s->home, s->cwd);
	strcpy(s->log.user, s->user);
	log_event(&s->log, LOG_INFO, "login", "%s user \"%s\" logged in",
	    s->kind == WIRE_ANONYMOUS ? "anonymous"
		: s->kind == WIRE_LOCAL ? "local" : "virtual", s->user);
	status_set(&s->status, "idle: ", s->user);
	show_message(s, 230, s->cwd);
	return reply(s, 230, "Login successful.");
}

/* Said before a password is typed, which would travel in the clear. */
static int
refuse_clear_login(struct session *s)
{
	bool anonymous = policy_is_anonymous(&s->conf, s->user);

	if (!policy_login(&s->conf, anonymous, s->secure.control != NULL))
		return 0;
	log_event(&s->log, LOG_INFO, "login-refused", "user \"%s\": %s",
	    s->user,
	    s->secure.control ? "with encryption (allow_anon_ssl)"
	        : anonymous   ? "without encryption (force_anon_logins_ssl)"
	                      : "without encryption (force_local_logins_ssl)");
	reply(s, 530, s->secure.control
	        ? "Anonymous sessions may not use encryption."
	        : anonymous
	        ? "Anonymous sessions must use encryption: AUTH TLS."
	        : "Non-anonymous sessions must use encryption: AUTH TLS.");
	return 1;
}

/* ssl_cert_login: whom the certificate names, and no other user. */
static int
refuse_certificate(struct session *s)
{
	const struct secure *secure = &s->secure;

	if (!policy_certificate(
	        &s->conf, policy_is_anonymous(&s->conf, s->user)) ||
	    (secure->control &&
	        secure->calls->names(
	            secure->control, s->conf.ssl_cert_login, s->user)))
		return 0;
	log_event(&s->log, LOG_WARNING, "login-refused",
	    "user \"%s\": not named by a verified certificate (%s)", s->user,
	    s->conf.ssl_cert_login);
	reply(s, 530, "A certificate of this user's is required.");
	return 1;
}

int
cmd_user(struct session *s, const struct arg_value *arg)
{
	int r;

	/* The helper is the user for good: there is no way back. */
	if (s->state == IN_SESSION)
		return reply(s, 530, "Already logged in; QUIT first to change "
				     "the user.");
	s->state = IN_NEW;
	if (strlen(arg->text) > WIRE_NAME_MAX)
		return reply(s, 501, "User name too long.");
	strcpy(s->user, arg->text);
	if (refuse_clear_login(s) || refuse_certificate(s))
		return count_failure(s);
	if (s->conf.userlist_enable) {
		r = agent_user(&s->agent, s->user);
		if (r < 0)
			return refuse_login(s);
	}
	if (s->conf.no_anon_password &&
	    policy_is_anonymous(&s->conf, s->user))
		return log_in(s, "");
	s->state = IN_USER;
	/* The same words for every name: nobody learns which exist. */
	return reply(s, 331, "Please specify the password.");
}

int
cmd_pass(struct session *s, const struct arg_value *arg)
{
	if (s->state == IN_SESSION)
		return reply(s, 503, "Already logged in.");
	if (s->state == IN_NEW)
		return reply(s, 503, "Log in with USER first.");
	s->state = IN_NEW;
	if (strlen(arg->text) > WIRE_PASSWORD_MAX)
		return refuse_login(s);
	return log_in(s, arg->text);
}

int
cmd_acct(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	return reply(s, 202, "No account is needed here.");
}

int
cmd_quit(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	/* RFC 959: a transfer in progress is finished first. */
	s->quitting = true;
	return 0;
}

int
cmd_cwd(struct session *s, const struct arg_value *arg)
{
	int r = agent_chdir(&s->agent, arg->path);

	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, arg->path);
	strcpy(s->cwd, arg->path);
	show_message(s, 250, s->cwd);
	return reply(s, 250, "Directory successfully changed.");
}
