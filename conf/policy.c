/*
 * policy.c - what directives say about logins and commands, see policy.h.
 *
 * ftpd asks before it lets a client go on; inftpd-explain asks the same for
 * the administrator.
 */
#include "config.h"

#include "conf/policy.h"

#include <string.h>
#include <strings.h>

bool
policy_means_anonymous(const char *user)
{
	return strcasecmp(user, "anonymous") == 0 ||
	    strcasecmp(user, "ftp") == 0;
}

bool
policy_is_anonymous(const struct conf *conf, const char *user)
{
	return conf->anonymous_enable && policy_means_anonymous(user);
}

const char *
policy_name(const struct conf *conf, const char *user)
{
	if (!policy_is_anonymous(conf, user))
		return user;
	return strcasecmp(user, "ftp") == 0 ? "ftp" : "anonymous";
}

/* Is verb one of the comma-separated list? Blanks around it do not count. */
static bool
in_list(const char *list, const char *verb)
{
	size_t length = strlen(verb);

	while (list && *list != '\0') {
		size_t n;

		list += strspn(list, ", \t");
		n = strcspn(list, ", \t");
		if (n == length && strncasecmp(list, verb, n) == 0)
			return true;
		list += n;
	}
	return false;
}

const char *
policy_command(const struct conf *conf, const char *verb)
{
	if (conf->cmds_allowed && !in_list(conf->cmds_allowed, verb))
		return "cmds_allowed";
	return in_list(conf->cmds_denied, verb) ? "cmds_denied" : NULL;
}

const char *
policy_login(const struct conf *conf, bool anonymous, bool secure)
{
	if (!conf->ssl_enable)
		return NULL;
	if (secure)
		return anonymous && !conf->allow_anon_ssl ? "allow_anon_ssl"
							  : NULL;
	if (anonymous)
		return conf->force_anon_logins_ssl ? "force_anon_logins_ssl"
						   : NULL;
	return conf->force_local_logins_ssl ? "force_local_logins_ssl" : NULL;
}

const char *
policy_certificate(const struct conf *conf, bool anonymous)
{
	return conf->ssl_enable && conf->ssl_cert_login && !anonymous
	    ? "ssl_cert_login" : NULL;
}

const char *
policy_clear_data(const struct conf *conf, bool anonymous)
{
	if (!conf->ssl_enable)
		return NULL;
	if (anonymous)
		return conf->force_anon_data_ssl ? "force_anon_data_ssl" : NULL;
	return conf->force_local_data_ssl ? "force_local_data_ssl" : NULL;
}
