/*
 * check_sense.c - part of --check-config: directives that were set and do
 * nothing, since another is not, see check.h.
 */
#include "config.h"

#include "ftpd/check.h"
#include "ftpd/module.h"

#include <string.h>

static const struct {
	const char *directive, *needs;
	enum check_severity severity;
	const char *outcome;
} pairs[] = {
	{ "force_local_logins_ssl", "ssl_enable", CHECK_WARNING,
	    "passwords go in the clear" },
	{ "force_local_data_ssl", "ssl_enable", CHECK_WARNING,
	    "files go in the clear" },
	{ "force_anon_logins_ssl", "ssl_enable", CHECK_WARNING,
	    "anonymous logins go in the clear" },
	{ "force_anon_data_ssl", "ssl_enable", CHECK_WARNING,
	    "files go in the clear" },
	{ "require_cert", "ssl_enable", CHECK_WARNING,
	    "no client is asked for a certificate" },
	{ "validate_cert", "ssl_enable", CHECK_WARNING,
	    "no client is asked for a certificate" },
	{ "implicit_ssl", "ssl_enable", CHECK_ERROR,
	    "every client is turned away" },
	{ "anon_upload_enable", "write_enable", CHECK_NOTE,
	    "nothing may be uploaded, but by whom a drop-in lets" },
	{ "anon_mkdir_write_enable", "write_enable", CHECK_NOTE,
	    "no directory may be made, but by whom a drop-in lets" },
	{ "anon_other_write_enable", "write_enable", CHECK_NOTE,
	    "nothing may be changed, but by whom a drop-in lets" },
	{ "chown_uploads", "anon_upload_enable", CHECK_NOTE,
	    "there are no uploads to give away" },
	{ "deny_email_enable", "anonymous_enable", CHECK_NOTE,
	    "there is no anonymous user" },
	{ "secure_email_list_enable", "anonymous_enable", CHECK_NOTE,
	    "there is no anonymous user" },
	{ "chroot_local_user", "local_enable", CHECK_NOTE,
	    "there are no local users; virtual ones are always in a jail" },
	{ "chroot_list_enable", "local_enable", CHECK_NOTE,
	    "there are no local users; virtual ones are always in a jail" },
	{ "dual_log_enable", "xferlog_enable", CHECK_NOTE,
	    "transfers are not logged in files" },
	{ "xferlog_std_format", "xferlog_enable", CHECK_NOTE,
	    "transfers are not logged in files" },
};

static bool
is_yes(const struct conf *conf, const char *name)
{
	const struct directive *row = conf_find(name);

	return *(const bool *)((const char *)conf + row->offset);
}

static bool
is_set(const struct check *c, const char *name)
{
	char place[4200];

	return strcmp(conf_origin_text(c->conf, name, place, sizeof place),
	           "default") != 0;
}

/* What was asked for by name, but was not built or not installed. */
static void
check_module(struct check *c, const char *directive, const char *module)
{
	char beside[MODULE_DIRECTORY_MAX], path[512];

	module_beside(beside, sizeof beside);
	if (is_set(c, directive) && is_yes(c->conf, directive) &&
	    !module_path(beside, module, path, sizeof path))
		check_say(c, CHECK_WARNING, directive,
		    "there is no %s, so clients do not get it; install it, or "
		    "set %s=NO", path, directive);
}

/* What is usual elsewhere and is part of a value here. */
static void
check_marks(struct check *c, const struct directive *row)
{
	char line[8192];
	const char *value;
	size_t length;

	conf_directive_text(c->conf, row->name, line, sizeof line);
	value = strchr(line, '=');
	value = value ? value + 1 : "";
	length = strlen(value);
	if (strstr(value, " # "))
		check_say(c, CHECK_WARNING, row->name,
		    "what is behind the # is part of the value; comments stand "
		    "on lines of their own");
	if (length > 1 && strchr("\"'", *value) && value[length - 1] == *value)
		check_say(c, CHECK_WARNING, row->name,
		    "the quotes are part of the value");
}

/* Values of text, to which anything may belong. */
static void
check_texts(struct check *c)
{
	for (size_t i = 0; i < conf_directive_count; i++) {
		const struct directive *row = &conf_directives[i];

		if ((row->type == CONF_PATH || row->type == CONF_STRING ||
		        row->type == CONF_PATTERN) &&
		    is_set(c, row->name))
			check_marks(c, row);
	}
	if (c->conf->local_root && !c->conf->user_sub_token &&
	    strchr(c->conf->local_root, '$'))
		check_say(c, CHECK_WARNING, "local_root",
		    "a $ stands for itself without user_sub_token; such as "
		    "user_sub_token=$USER");
	if (is_set(c, "xferlog_file") && c->conf->xferlog_enable &&
	    !c->conf->xferlog_std_format && !c->conf->dual_log_enable)
		check_say(c, CHECK_NOTE, "xferlog_file",
		    "without xferlog_std_format=YES vsftpd_log_file is used");
}

void
check_sense(struct check *c)
{
	check_texts(c);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (is_set(c, pairs[i].directive) &&
		    is_yes(c->conf, pairs[i].directive) &&
		    !is_yes(c->conf, pairs[i].needs))
			check_say(c, pairs[i].severity, pairs[i].directive,
			    "without %s=YES %s", pairs[i].needs,
			    pairs[i].outcome);
	check_module(c, "hash_enable", "digest.so");
	check_module(c, "mode_z_enable", "deflate.so");
}
