/*
 * auth.c - the decision at login, see auth.h.
 *
 * Called by helper.c with the name and password that ftpd passed on. Reads
 * the account files and the user's drop-in; what it reads of them is judged
 * in users.c. Every refusal is the same -EACCES to the client; the reason is
 * for the log.
 */
#include "config.h"

#include "helpers/auth.h"

#include "conf/policy.h"
#include "helpers/external.h"
#include "helpers/settings.h"
#include "helpers/slurp.h"
#include "helpers/users.h"
#include "helpers/verify.h"
#include "helpers/virtual.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * Is word in the list file? 1, 0, or -errno when it cannot be read, which is
 * logged. Without a directive that names it, a file need not be there.
 */
static int
listed(struct helper *h, const char *directive, const char *path,
    const char *word)
{
	struct slurp text = { 0 };
	int r = path ? slurp(path, &text) : -ENOENT;

	if (r == 0 && !users_list_ok(text.bytes, text.length))
		r = -EILSEQ;
	if (r == 0)
		r = users_listed(text.bytes, text.length, word) ? 1 : 0;
	else if (directive || r != -ENOENT)
		log_event(&h->log, LOG_ERR, "configuration", "%s%s%s: %s",
		    directive ? directive : "", directive ? " " : "",
		    path ? path : "", slurp_problem(r));
	slurp_done(&text);
	return r;
}

static int
copy_path(char *target, const char *source)
{
	size_t length = strlen(source);

	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(target, source, length + 1);
	return 0;
}

/* A copy of path with user_sub_token replaced by the user's name. */
static int
substitute(char *target, const char *path, const char *token,
    const char *user)
{
	size_t used = 0, token_length = token ? strlen(token) : 0;

	while (*path != '\0') {
		const char *piece = path;
		size_t n = 1;

		if (token_length > 0 &&
		    strncmp(path, token, token_length) == 0) {
			piece = user;
			n = strlen(user);
			path += token_length;
		} else {
			path++;
		}
		if (used + n >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(target + used, piece, n);
		used += n;
	}
	target[used] = '\0';
	return 0;
}

/* One account's entry of /etc/passwd, copied out of the file. */
struct person {
	uid_t uid;
	gid_t gid;
	char home[PATH_MAX];
	char shell[PATH_MAX];
	char hash[USERS_HASH_MAX + 1];
};

/* 1 if found, 0 if not, -errno; malformed entries are -EINVAL. */
static int
find_person(const char *name, struct person *ret_person)
{
	struct slurp text = { 0 };
	struct users_passwd entry;
	int r = slurp("/etc/passwd", &text);

	if (r < 0)
		return r;
	r = users_passwd(text.bytes, text.length, name, &entry);
	if (r == 1 &&
	    (strlen(entry.hash) > USERS_HASH_MAX ||
	        copy_path(ret_person->home, entry.home) < 0 ||
	        copy_path(ret_person->shell, entry.shell) < 0))
		r = -EINVAL;
	if (r == 1) {
		ret_person->uid = entry.uid;
		ret_person->gid = entry.gid;
		strcpy(ret_person->hash, entry.hash);
	}
	slurp_done(&text);
	return r;
}

int
auth_find_ftpd_user(uid_t *ret_uid, gid_t *ret_gid)
{
	struct person person;

	if (find_person(FTPD_USER, &person) != 1 || person.uid == 0)
		return -ENOENT;
	*ret_uid = person.uid;
	*ret_gid = person.gid;
	return 0;
}

void
auth_load_names(struct names *ret_names)
{
	struct slurp users = { 0 }, groups = { 0 };

	slurp("/etc/passwd", &users);
	slurp("/etc/group", &groups);
	*ret_names = (struct names){ .users = users.bytes,
		.users_length = users.length,
		.groups = groups.bytes,
		.groups_length = groups.length };
}

/*
 * Names the user that anonymous or virtual sessions become. Without
 * privilege there is nobody to become but the caller.
 */
static const char *
take_identity(struct helper *h, const char *name, struct account *account,
    struct person *person)
{
	if (!h->privileged) {
		account->uid = getuid();
		account->gid = getgid();
		return NULL;
	}
	if (find_person(name, person) != 1) {
		log_event(&h->log, LOG_ERR, "configuration",
		    "ftp_username or guest_username: no user %s in "
		    "/etc/passwd",
		    name);
		return "the system user that such sessions become "
		       "(ftp_username, guest_username) is not in /etc/passwd";
	}
	if (person->uid == 0 || person->gid == 0)
		return "sessions may not become uid or gid 0";
	account->uid = person->uid;
	account->gid = person->gid;
	return NULL;
}

static const char *
check_chown_uploads(struct helper *h, struct account *account)
{
	const struct conf *conf = &h->conf;
	struct person owner;

	if (!conf->chown_uploads || !h->privileged)
		return NULL;
	if (find_person(conf->chown_username, &owner) != 1)
		return "chown_username is not in /etc/passwd";
	if (owner.uid == 0)
		return "chown_username may not be root";
	account->chown_uploads = true;
	account->upload_owner = owner.uid;
	return NULL;
}

/* The e-mail lists of anonymous logins; NULL or why not. */
static const char *
check_email(struct helper *h, const char *password)
{
	const struct conf *conf = &h->conf;
	int r;

	if (conf->deny_email_enable) {
		r = listed(h, "banned_email_file", conf->banned_email_file,
		    password);
		if (r < 0)
			return "banned_email_file cannot be read";
		if (r == 1)
			return "password is in banned_email_file";
	}
	if (conf->secure_email_list_enable) {
		r = listed(h, "email_password_file",
		    conf->email_password_file, password);
		if (r < 0)
			return "email_password_file cannot be read";
		if (r == 0)
			return "password is not in email_password_file";
	}
	return NULL;
}

/*
 * The drop-ins of the user's groups, below his own. Not before the password
 * is known to be right: who is in which group is nobody else's business, be
 * it by the time that it takes. NULL or why not.
 */
static const char *
load_groups(struct helper *h, const char *user)
{
	struct conf_error error;

	if (conf_read_groups(&h->conf, &h->place, user, &error) >= 0)
		return NULL;
	log_event(&h->log, LOG_ERR, "configuration", "%s", error.text);
	return "a drop-in of the user's groups has an error";
}

static const char *
login_anonymous(
    struct helper *h, const char *password, struct account *account)
{
	const struct conf *conf = &h->conf;
	struct person person = { .home = "/" };
	const char *reason = check_email(h, password);

	if (!reason)
		reason = take_identity(
		    h, conf->ftp_username, account, &person);
	if (!reason)
		reason = check_chown_uploads(h, account);
	if (reason)
		return reason;
	if (!conf->anon_root && !h->privileged)
		return "anon_root must be set where there is no privilege";
	account->kind = WIRE_ANONYMOUS;
	account->jailed = true;
	strcpy(account->start, "/");
	if (copy_path(account->root,
	        conf->anon_root ? conf->anon_root : person.home) < 0)
		return "anon_root is too long";
	return NULL;
}

/* Cuts "/jail/./home" (passwd_chroot_enable, virtual users) if it is one. */
static bool
split_home(struct account *account)
{
	char *mark = strstr(account->root, "/./");

	if (!mark)
		return false;
	memmove(account->start, mark + 2, strlen(mark + 2) + 1);
	*mark = '\0';
	if (account->root[0] == '\0')
		strcpy(account->root, "/");
	return true;
}

/* Virtual users, and local ones that guest_enable makes guests. */
static const char *
become_guest(struct helper *h, const char *user, struct account *account)
{
	const struct conf *conf = &h->conf;
	struct person person = { .home = "/" };
	const char *reason = load_groups(h, user);

	if (!reason)
		reason = take_identity(
		    h, conf->guest_username, account, &person);
	if (reason)
		return reason;
	if (!conf->local_root && !h->privileged)
		return "local_root must be set where there is no privilege";
	account->kind = WIRE_VIRTUAL;
	account->jailed = true;
	account->group_count = 0;
	strcpy(account->start, "/");
	if (substitute(account->root,
	        conf->local_root ? conf->local_root : person.home,
	        conf->user_sub_token, user) < 0)
		return "local_root is too long";
	split_home(account);
	return NULL;
}

/* NULL, or why PAM's usual modules would have turned the account away. */
static const char *
check_local(
    struct helper *h, const char *user, const struct person *person)
{
	const struct conf *conf = &h->conf;
	int r;

	if (person->uid == 0)
		return "uid 0 is never let in";
	if (person->gid == 0)
		return "gid 0 is never let in";
	if (person->uid < (uid_t)conf->local_min_uid)
		return "uid is below local_min_uid";
	if (access("/etc/nologin", F_OK) == 0)
		return "/etc/nologin exists";
	r = listed(h, NULL, "/etc/ftpusers", user);
	if (r != 0 && r != -ENOENT)
		return r == 1 ? "listed in /etc/ftpusers"
			      : "/etc/ftpusers cannot be read";
	if (!conf->check_shell)
		return NULL;
	r = listed(h, NULL, "/etc/shells", person->shell);
	if (r == -ENOENT)
		r = strcmp(person->shell, "/bin/sh") == 0;
	return r == 1 ? NULL : "shell is not in /etc/shells";
}

static void
find_groups(const char *user, struct account *account)
{
	struct slurp text = { 0 };

	account->group_count = 0;
	if (slurp("/etc/group", &text) < 0)
		return;
	account->group_count = users_groups(text.bytes, text.length, user,
	    account->groups, ACCOUNT_GROUPS_MAX);
	slurp_done(&text);
}

/* Where a local user's session lives: jail or the whole machine. */
static const char *
place_local(struct helper *h, const char *user,
    const struct person *person, struct account *account)
{
	const struct conf *conf = &h->conf;
	int in_list = 0;

	if (conf->chroot_list_enable)
		in_list = listed(h, "chroot_list_file",
		    conf->chroot_list_file, user);
	if (in_list < 0)
		return "chroot_list_file cannot be read";
	account->jailed = conf->chroot_local_user != (in_list == 1);
	if (substitute(account->root,
	        conf->local_root ? conf->local_root : person->home,
	        conf->user_sub_token, user) < 0)
		return "local_root is too long";
	strcpy(account->start, "/");
	if (conf->passwd_chroot_enable && split_home(account))
		account->jailed = true;
	else if (!account->jailed) {
		strcpy(account->start, account->root);
		strcpy(account->root, "/");
	}
	return NULL;
}

static const char *
login_local(struct helper *h, const char *user, const char *password,
    struct standin *standin, struct account *account)
{
	const struct conf *conf = &h->conf;
	struct person person = { 0 };
	int found = find_person(user, &person);
	const char *reason = verify_local(
	    user, password, found == 1 ? person.hash : NULL, standin);

	if (found < 0)
		reason = "malformed entry in /etc/passwd";
	if (!reason)
		reason = check_local(h, user, &person);
	explicit_bzero(person.hash, sizeof person.hash);
	if (reason)
		return reason;
	if (conf->guest_enable)
		return become_guest(h, user, account);
	reason = load_groups(h, user);
	if (reason)
		return reason;
	account->kind = WIRE_LOCAL;
	account->uid = person.uid;
	account->gid = person.gid;
	find_groups(user, account);
	return place_local(h, user, &person, account);
}

/* The user's drop-in over the helper's settings. */
static int
load_settings(struct helper *h, const char *user)
{
	struct conf_error error;
	const char *dir = h->conf.user_config_dir ? h->conf.user_config_dir
						  : h->place.user_dir;
	int r = 0;

	if (dir[0] != '\0')
		r = conf_read_user(
		    &h->conf, dir, policy_name(&h->conf, user), &error);
	if (r < 0)
		log_event(&h->log, LOG_ERR, "configuration", "%s", error.text);
	return r;
}

static const char *
login_virtual(struct helper *h, const char *user, const char *password,
    const char *hash, const struct standin *standin, struct account *account)
{
	if (!verify_hash(password, hash, standin->hash))
		return "wrong password (virtual user)";
	return become_guest(h, user, account);
}

/* The lines that a source has for the user, and his drop-in over them. */
static const char *
apply_settings(struct helper *h, const char *user, const char *where,
    const char *settings)
{
	struct conf_error error;

	if (conf_read_text(&h->conf, where, settings, CONF_USER, NULL, NULL,
	        &error) < 0) {
		log_event(&h->log, LOG_ERR, "configuration", "%s", error.text);
		return "the account's settings have an error";
	}
	if (load_settings(h, user) < 0)
		return "the user's drop-in has an error";
	return NULL;
}

/* By a line of virtual_users_file or virtual_users_db. */
static const char *
login_by_record(struct helper *h, const char *user, const char *password,
    const struct virtual_user *record, const struct standin *standin,
    struct account *account)
{
	const char *reason =
	    apply_settings(h, user, record->where, record->settings);
	const char *judged = login_virtual(
	    h, user, password, record->hash, standin, account);

	return reason ? reason : judged;
}

/* Neither a virtual user nor one of an authenticator's. */
static const char *
login_elsewhere(struct helper *h, const char *user, const char *password,
    struct standin *standin, struct account *account)
{
	if (h->conf.local_enable && h->privileged)
		return login_local(h, user, password, standin, account);
	verify_hash(password, NULL, standin->hash);
	return "no such user (local_enable=NO)";
}

/*
 * The authenticator may name the account to act as, but none of the system's
 * own: those that the configuration does not name are not his to give.
 */
static const char *
check_external(
    const struct helper *h, const char *settings, const struct account *account)
{
	if (h->privileged && dialog_sets(settings, "guest_username") &&
	    account->uid < (uid_t)h->conf.local_min_uid)
		return "the authenticator named a system user (local_min_uid)";
	return NULL;
}

/* Said to be right, or to be compared with a hash that came along. */
static const char *
login_by_answer(struct helper *h, const char *user, const char *password,
    const struct dialog_answer *answer, const struct standin *standin,
    struct account *account)
{
	const char *reason =
	    apply_settings(h, user, "auth_socket", answer->settings);

	/* Compared even if that failed: the time is the same. */
	if (answer->verdict == DIALOG_CHECK &&
	    !verify_hash(password, h->conf.password, standin->hash))
		reason = reason ? reason : "wrong password (authenticator)";
	if (!reason)
		reason = become_guest(h, user, account);
	return reason ? reason : check_external(h, answer->settings, account);
}

/*
 * The authenticator chose the hash that is computed now. One that takes the
 * processor for longer than the answer might have taken ends the process.
 */
static void
bound_cpu(const struct helper *h, bool on)
{
	struct rlimit limit;
	struct rusage used;

	if (getrlimit(RLIMIT_CPU, &limit) == -1 ||
	    getrusage(RUSAGE_SELF, &used) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (on)
		limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec +
		    used.ru_stime.tv_sec + 1 + h->conf.auth_timeout);
	setrlimit(RLIMIT_CPU, &limit);
}

static const char *
act_on_answer(struct helper *h, const char *user, const char *password,
    const struct dialog_answer *answer, struct standin *standin,
    struct account *account)
{
	switch (answer->verdict) {
	case DIALOG_OK:
	case DIALOG_CHECK:
		return login_by_answer(
		    h, user, password, answer, standin, account);
	case DIALOG_UNKNOWN:
		if (answer->hash)
			standin_prefer(standin, answer->hash);
		return login_elsewhere(h, user, password, standin, account);
	case DIALOG_NO:
		break;
	}
	if (answer->reason[0] != '\0')
		log_event(&h->log, LOG_NOTICE, "authenticator",
		    "user \"%s\": %s", user, answer->reason);
	return "refused by the authenticator";
}

static const char *
login_external(struct helper *h, const char *user, const char *password,
    struct external *external, struct standin *standin,
    struct account *account)
{
	const char *reason;

	if (external_ask(h, user, password, external, &reason) < 0) {
		verify_hash(password, NULL, standin->hash);
		return reason;
	}
	bound_cpu(h, true);
	reason = act_on_answer(
	    h, user, password, &external->answer, standin, account);
	bound_cpu(h, false);
	return reason;
}

/* Whom neither a drop-in nor a file has. */
static const char *
login_unlisted(struct helper *h, const char *user, const char *password,
    struct standin *standin, struct account *account)
{
	struct external *external;
	const char *reason;

	if (!h->conf.virtual_enable || !h->conf.auth_socket || h->unasking)
		return login_elsewhere(h, user, password, standin, account);
	external = calloc(1, sizeof *external);
	if (!external)
		return "out of memory";
	reason = login_external(
	    h, user, password, external, standin, account);
	explicit_bzero(external, sizeof *external);
	free(external);
	return reason;
}

static const char *
login_named(struct helper *h, const char *user, const char *password,
    struct virtual_user *record, struct account *account)
{
	struct standin standin;
	const char *hash = h->conf.password, *reason = NULL;
	int found = 0;

	standin_init(&standin);
	if (strcmp(user, h->quick_user) == 0)
		hash = h->quick_hash;
	/* Also for who has a drop-in: the time must not tell of it. */
	if (h->conf.virtual_enable)
		found = virtual_find(h, user, record, &standin, &reason);
	if (hash && h->conf.virtual_enable)
		return login_virtual(
		    h, user, password, hash, &standin, account);
	if (found == 1)
		return login_by_record(
		    h, user, password, record, &standin, account);
	if (found == 0)
		return login_unlisted(h, user, password, &standin, account);
	verify_hash(password, NULL, standin.hash);
	return reason;
}

static const char *
login_any(struct helper *h, const char *user, const char *password,
    struct account *account)
{
	struct virtual_user *record;
	const char *reason;

	if (policy_is_anonymous(&h->conf, user))
		return login_anonymous(h, password, account);
	record = calloc(1, sizeof *record);
	if (!record)
		return "out of memory";
	reason = login_named(h, user, password, record, account);
	explicit_bzero(record, sizeof *record);
	free(record);
	return reason;
}

/*
 * Who is not there might be, but for a directive: the log says which. Only
 * the words differ, so the time tells nothing.
 */
static const char *
name_directive(const struct helper *h, const char *user, const char *reason)
{
	if (!reason || strncmp(reason, "no such user", 12) != 0)
		return reason;
	if (policy_means_anonymous(user))
		return "no such user (anonymous_enable=NO)";
	if (h->conf.password && !h->conf.virtual_enable)
		return "no such user (virtual_enable=NO)";
	return reason;
}

int
auth_user(struct helper *h, const char *user, const char **ret_reason)
{
	int r;

	*ret_reason = NULL;
	if (!h->conf.userlist_enable)
		return 0;
	r = listed(h, "userlist_file", h->conf.userlist_file,
	    policy_name(&h->conf, user));
	if (r < 0)
		*ret_reason = "userlist_file cannot be read";
	else if (h->conf.userlist_deny && r == 1)
		*ret_reason = "listed in userlist_file";
	else if (!h->conf.userlist_deny && r == 0)
		*ret_reason = "not listed in userlist_file";
	return *ret_reason ? -EACCES : 0;
}

/* It takes as long as without his drop-in: the time tells nothing of it. */
static void
refuse_broken(struct helper *h, const char *user, const char *password,
    struct account *account)
{
	conf_done(&h->conf);
	if (settings_load(h) == 0)
		login_any(h, user, password, account);
	memset(account, 0, sizeof *account);
}

int
auth_login(struct helper *h, const char *user, const char *password,
    struct account *ret_account, const char **ret_reason)
{
	int r;

	memset(ret_account, 0, sizeof *ret_account);
	*ret_reason = "bad user name";
	if (!users_name_ok(user))
		return -EACCES;
	r = auth_user(h, user, ret_reason);
	if (r < 0)
		return r;
	if (load_settings(h, user) < 0) {
		refuse_broken(h, user, password, ret_account);
		*ret_reason = "the user's drop-in has an error";
		return -EACCES;
	}
	*ret_reason = name_directive(
	    h, user, login_any(h, user, password, ret_account));
	return *ret_reason ? -EACCES : 0;
}
