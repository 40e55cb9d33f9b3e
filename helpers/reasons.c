/*
 * reasons.c - the table of reasons, see reasons.h. Called by explain_login.c.
 */
#include "config.h"

#include "helpers/reasons.h"

#include <stddef.h>
#include <string.h>

#define SEE_ABOVE "mend what is named above"

static const struct reason table[] = {
	{ "bad user name", STEP_NAME, NULL,
	    "choose a name without blanks, '/' and ':' that does not begin "
	    "with one of -.+~#" },
	{ "listed in userlist_file", STEP_USER_LIST, "userlist_file",
	    "take the name out of the file, or set userlist_enable=NO" },
	{ "not listed in userlist_file", STEP_USER_LIST, "userlist_file",
	    "add the name to the file, or set userlist_deny=YES" },
	{ "userlist_file cannot be read", STEP_USER_LIST, "userlist_file",
	    "make the file, or set userlist_enable=NO" },
	{ "the user's drop-in has an error", STEP_SETTINGS, NULL, SEE_ABOVE },
	{ "a drop-in of the user's groups has an error", STEP_GROUPS, NULL,
	    SEE_ABOVE },
	{ "the account's settings have an error", STEP_SETTINGS, NULL,
	    SEE_ABOVE },
	{ "the account's line is malformed", STEP_EXISTS, NULL, SEE_ABOVE },
	{ "virtual_users_file cannot be read", STEP_EXISTS,
	    "virtual_users_file", SEE_ABOVE },
	{ "virtual_users_db cannot be read", STEP_EXISTS, "virtual_users_db",
	    SEE_ABOVE },
	{ "password is in banned_email_file", STEP_EMAIL, "banned_email_file",
	    "give another password, or take this one out of the file" },
	{ "password is not in email_password_file", STEP_EMAIL,
	    "email_password_file",
	    "give a password that is a line of the file" },
	{ "banned_email_file cannot be read", STEP_EMAIL, "banned_email_file",
	    "make the file, or set deny_email_enable=NO" },
	{ "email_password_file cannot be read", STEP_EMAIL,
	    "email_password_file",
	    "make the file, or set secure_email_list_enable=NO" },
	{ "the system user that such sessions become (ftp_username, "
	  "guest_username) is not in /etc/passwd", STEP_IDENTITY, NULL,
	    "make the account, or name another in ftp_username (anonymous) or "
	    "guest_username (virtual users)" },
	{ "sessions may not become uid or gid 0", STEP_IDENTITY, NULL,
	    "name an account that is not root's in ftp_username (anonymous) "
	    "or guest_username (virtual users)" },
	{ "chown_username is not in /etc/passwd", STEP_IDENTITY,
	    "chown_username", "make the account, or name another" },
	{ "chown_username may not be root", STEP_IDENTITY, "chown_username",
	    "name another account" },
	{ "anon_root must be set where there is no privilege", STEP_ROOT,
	    "anon_root", "set anon_root" },
	{ "local_root must be set where there is no privilege", STEP_ROOT,
	    "local_root", "set local_root" },
	{ "anon_root is too long", STEP_ROOT, "anon_root", "name a shorter path" },
	{ "local_root is too long", STEP_ROOT, "local_root",
	    "name a shorter path" },
	{ "out of memory", STEP_EXISTS, NULL, "try again" },
	{ "auth_socket cannot be used", STEP_EXISTS, "auth_socket", SEE_ABOVE },
	{ "no answer from the authenticator", STEP_EXISTS, "auth_socket",
	    "start the authenticator behind it" },
	{ "refused by the authenticator", STEP_EXISTS, "auth_socket",
	    "ask the authenticator's log" },
	{ "wrong password (authenticator)", STEP_PASSWORD, "auth_socket",
	    "have the authenticator hand over a hash that crypt(5) knows" },
	{ "the authenticator named a system user (local_min_uid)", STEP_UID,
	    "local_min_uid", "have it name another" },
	{ "wrong password (virtual user)", STEP_PASSWORD, "password",
	    "give the user a hash that crypt(5) knows; inftpd-user does" },
	{ "wrong password", STEP_PASSWORD, NULL,
	    "give the user a password (passwd USER)" },
	{ "no such user", STEP_EXISTS, NULL,
	    "make the account (useradd), or a virtual user (inftpd-user)" },
	{ "no such user (local_enable=NO)", STEP_EXISTS, "local_enable",
	    "set local_enable=YES for users of /etc/passwd; for a virtual "
	    "user set virtual_enable=YES and make the drop-in (inftpd-user)" },
	{ "no such user (virtual_enable=NO)", STEP_EXISTS, "virtual_enable",
	    "set virtual_enable=YES: the drop-in of USER has a password" },
	{ "no such user (anonymous_enable=NO)", STEP_EXISTS,
	    "anonymous_enable", "set anonymous_enable=YES, if this is to be "
				"the anonymous user" },
	{ "empty password", STEP_PASSWORD, NULL,
	    "give the user a password (passwd USER)" },
	{ "no usable password", STEP_PASSWORD, NULL,
	    "give the user a password (passwd USER)" },
	{ "password locked", STEP_PASSWORD, NULL,
	    "unlock it (passwd -u USER), or give a password (passwd USER)" },
	{ "password expired", STEP_PASSWORD, NULL,
	    "have it changed (passwd USER), or its age limited otherwise "
	    "(chage -M DAYS USER)" },
	{ "password expired, account inactive", STEP_PASSWORD, NULL,
	    "have it changed (passwd USER), or set chage -I -1 USER" },
	{ "password must be changed first", STEP_PASSWORD, NULL,
	    "have it changed (passwd USER), or set chage -d TODAY USER" },
	{ "account expired", STEP_PASSWORD, NULL,
	    "set a later day (chage -E YYYY-MM-DD USER)" },
	{ "no shadow entry", STEP_PASSWORD, NULL,
	    "mend /etc/shadow (pwck; passwd USER)" },
	{ "two shadow entries", STEP_PASSWORD, NULL,
	    "mend /etc/shadow (pwck): one line for each user" },
	{ "malformed shadow entry", STEP_PASSWORD, NULL,
	    "mend the user's line in /etc/shadow (pwck)" },
	{ "malformed entry in /etc/passwd", STEP_EXISTS, NULL,
	    "mend the user's line in /etc/passwd (pwck)" },
	{ "/etc/shadow cannot be read", STEP_PASSWORD, NULL,
	    "let root read /etc/shadow, a plain file" },
	{ "uid 0 is never let in", STEP_UID, NULL, "use another account" },
	{ "gid 0 is never let in", STEP_UID, NULL,
	    "give the account another primary group (usermod -g)" },
	{ "uid is below local_min_uid", STEP_UID, "local_min_uid",
	    "lower local_min_uid, or use an account that is not the system's" },
	{ "/etc/nologin exists", STEP_NOLOGIN, NULL,
	    "remove /etc/nologin when users may log in again" },
	{ "listed in /etc/ftpusers", STEP_FTPUSERS, NULL,
	    "take the name out of /etc/ftpusers" },
	{ "/etc/ftpusers cannot be read", STEP_FTPUSERS, NULL,
	    "let root read /etc/ftpusers, a plain file" },
	{ "shell is not in /etc/shells", STEP_SHELL, "check_shell",
	    "add the user's shell to /etc/shells, give another (usermod -s), "
	    "or set check_shell=NO" },
	{ "chroot_list_file cannot be read", STEP_ROOT, "chroot_list_file",
	    "make the file, or set chroot_list_enable=NO" },
};

const struct reason *
reasons_find(const char *text)
{
	static const struct reason other = { "a reason that is not known here",
		STEP_EXISTS, NULL, "see the server's log" };

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].text, text) == 0)
			return &table[i];
	return &other;
}
