/*
 * check_files.c - part of --check-config: accounts, files and directories
 * that directives name, and the helper's own, see check.h.
 *
 * Lists and roots are the helper's, who opens them as root; logs, banner and
 * the table of sessions are ftpd's, who opens them as its own user.
 */
#include "config.h"

#include "ftpd/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BOXES_MAX 200 /* entries of a root that are looked at */

/* --- accounts ---------------------------------------------------------- */

/* An account that sessions become, or that uploads are given to. */
static bool
check_account(struct check *c, const char *directive, const char *name,
    struct check_person *ret_person)
{
	if (c->service->quick)
		return false;
	if (!name || !check_find_person(name, ret_person)) {
		check_say(c, CHECK_ERROR, directive,
		    "no user %s in /etc/passwd: such sessions are refused; "
		    "make the account (useradd --system %s) or name another",
		    name ? name : "\"\"", name ? name : "NAME");
		return false;
	}
	if (ret_person->uid == 0 || ret_person->gid == 0) {
		check_say(c, CHECK_ERROR, directive,
		    "%s has uid or gid 0, and no session may have that; name "
		    "another user", name);
		return false;
	}
	return true;
}

/* --- directories ------------------------------------------------------- */

/*
 * A directory that sessions start in, as who they run as. The helper enters
 * it as root, so what leads to it need not be open to them.
 */
static void
check_root(struct check *c, const char *directive, const char *path,
    const struct check_person *who)
{
	bool box = c->conf->write_enable && c->conf->anon_upload_enable;
	const char *name = who ? who->name : "that runs this";
	char here[64];
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int entering, reading;

	if (fd == -1 && errno == EACCES && !c->sees_all &&
	    !c->service->quick) {
		check_say(c, CHECK_NOTE, directive,
		    "%s: only root could look whether it is there", path);
		return;
	}
	if (fd == -1) {
		check_say(c, CHECK_ERROR, directive,
		    "%s: %s; such logins fail until it is a directory "
		    "(mkdir %s)", path, strerror(errno), path);
		return;
	}
	snprintf(here, sizeof here, "/proc/self/fd/%d", fd);
	entering = check_access(c, who, here, X_OK);
	reading = check_access(c, who, here, R_OK);
	close(fd);
	if (entering == -EACCES)
		check_say(c, CHECK_ERROR, directive,
		    "%s: the user %s cannot read and enter it; give that "
		    "(chmod o+rx %s) or another owner", path, name, path);
	else if (reading == -EACCES)
		check_say(c, box ? CHECK_NOTE : CHECK_WARNING, directive,
		    "%s: the user %s cannot read it, so nobody lists it; that "
		    "is right for a drop box, else chmod o+r %s", path, name,
		    path);
}

/* The directory of fd, or one directly in it, as people have it. */
static bool
has_drop_box(const struct check *c, int fd, const struct check_person *who)
{
	char path[64 + NAME_MAX];
	const struct dirent *entry;
	bool found;
	DIR *dir;

	/* By its descriptor: what leads there may be shut to him. */
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	found = check_access(c, who, path, W_OK | X_OK) != -EACCES;
	dir = found ? NULL : opendir(path);
	for (int i = 0; dir && !found && i < BOXES_MAX &&
	    (entry = readdir(dir)) != NULL; i++) {
		if (entry->d_name[0] == '.' || entry->d_type == DT_REG)
			continue;
		snprintf(path, sizeof path, "/proc/self/fd/%d/%s", fd,
		    entry->d_name);
		found = check_access(c, who, path, W_OK | X_OK) == 0;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Uploads of the anonymous user need a directory that it may write to. */
static void
check_drop_box(struct check *c, const char *root,
    const struct check_person *who)
{
	const struct conf *conf = c->conf;
	int fd;

	if (!conf->write_enable || !conf->anon_upload_enable)
		return;
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && !has_drop_box(c, fd, who))
		check_say(c, CHECK_WARNING, "anon_upload_enable",
		    "%s has no directory that %s may write to, so uploads "
		    "get 550; mkdir %s/incoming && chown %s %s/incoming",
		    root, who->name, root, who->name, root);
	if (fd >= 0)
		close(fd);
}

/* Where user_sub_token makes a directory for each user: the one above. */
static void
check_local_root(struct check *c)
{
	const struct conf *conf = c->conf;
	const char *token = conf->user_sub_token, *mark;
	char path[4096];
	int length;

	if (!conf->local_root || (!conf->local_enable && !conf->virtual_enable))
		return;
	mark = token ? strstr(conf->local_root, token) : NULL;
	length = mark ? (int)(mark - conf->local_root)
		      : (int)strlen(conf->local_root);
	while (mark && length > 1 && conf->local_root[length - 1] != '/')
		length--;
	snprintf(path, sizeof path, "%.*s", length, conf->local_root);
	if (access(path, F_OK) == -1 && (c->sees_all || errno != EACCES))
		check_say(c, CHECK_ERROR, "local_root",
		    "%s: %s; logins fail until it is a directory (mkdir %s)",
		    path, strerror(errno), path);
}

static void
check_roots(struct check *c)
{
	const struct conf *conf = c->conf;
	struct check_person person = { 0 };
	bool known;

	if (conf->anonymous_enable) {
		known = check_account(
		    c, "ftp_username", conf->ftp_username, &person);
		if (conf->anon_root)
			check_root(c, "anon_root", conf->anon_root,
			    known ? &person : NULL);
		else if (known)
			check_root(c, "ftp_username", person.home, &person);
		if (known)
			check_drop_box(c, conf->anon_root ? conf->anon_root
							  : person.home,
			    &person);
		if (conf->chown_uploads)
			check_account(c, "chown_username",
			    conf->chown_username, &person);
	}
	if (conf->virtual_enable || conf->guest_enable)
		check_account(
		    c, "guest_username", conf->guest_username, &person);
	check_local_root(c);
}

/* --- files ------------------------------------------------------------- */

/* The directive to blame: who asked for a file that it did not name. */
static const char *
blame(const struct check *c, const char *enable, const char *file)
{
	char place[4200];

	return strcmp(conf_origin_text(c->conf, file, place, sizeof place),
	           "default") == 0 ? enable : file;
}

static bool
can_exist(const char *path)
{
	struct check_person person;

	return strcasecmp(path, "ftp") == 0 ||
	    strcasecmp(path, "anonymous") == 0 ||
	    check_find_person(path, &person);
}

/* Names in a list that are nobody's: misspelt, perhaps. */
static void
check_names(struct check *c, const char *path, FILE *file)
{
	char line[512], place[4200];
	struct conf scratch;
	struct conf_error error;
	const char *dir = c->conf->user_config_dir
	    ? c->conf->user_config_dir : c->service->place.user_dir;

	/* Only the helper could tell who these have. */
	if (c->conf->virtual_users_file || c->conf->virtual_users_db ||
	    c->conf->auth_socket)
		return;
	for (unsigned n = 1; fgets(line, sizeof line, file); n++) {
		char *name = line + strspn(line, " \t");

		name[strcspn(name, " \t\r\n")] = '\0';
		if (*name == '\0' || *name == '#' || can_exist(name) ||
		    conf_init(&scratch) < 0)
			continue;
		if (conf_read_user(&scratch, dir, name, &error) == 0) {
			snprintf(place, sizeof place, "%.4096s:%u", path, n);
			check_say_at(c, CHECK_NOTE, place,
			    "%s is no user in /etc/passwd or %s; misspelt?",
			    name, dir);
		}
		conf_done(&scratch);
	}
}

/* A list that the helper reads; users are names of users. */
static void
check_list(struct check *c, bool enabled, const char *enable,
    const char *directive, const char *path, bool users)
{
	struct stat st;
	FILE *file;

	if (!enabled)
		return;
	directive = blame(c, enable, directive);
	file = path ? fopen(path, "re") : NULL;
	if (!file && path && errno == EACCES && !c->sees_all) {
		check_say(c, CHECK_NOTE, directive,
		    "%s: only root could look into it", path);
	} else if (!file) {
		check_say(c, CHECK_ERROR, directive,
		    "%s: %s; every login that is to be looked up in it is "
		    "refused: make the file, or set %s=NO",
		    path ? path : "no file is named",
		    path ? strerror(errno) : "it is needed", enable);
	} else if (fstat(fileno(file), &st) == -1 || !S_ISREG(st.st_mode)) {
		check_say(c, CHECK_ERROR, directive,
		    "%s: not a plain file, so it cannot be read; name one, or "
		    "set %s=NO", path, enable);
	} else if (users) {
		check_names(c, path, file);
	}
	if (file)
		fclose(file);
}

/* What ftpd opens as its own user. */
static void
check_banner(struct check *c, const struct check_person *ftpd)
{
	const char *path = c->conf->banner_file;
	int r = path ? check_access(c, ftpd, path, R_OK) : 0;

	if (r < 0 && r != -ENOTSUP)
		check_say(c, CHECK_WARNING, "banner_file",
		    "%s: %s for the user %s, so clients are not shown it; "
		    "make it readable (chmod o+r %s, and o+x what leads to it)",
		    path, strerror(-r), ftpd ? ftpd->name : "that runs this",
		    path);
}

static void
check_log(struct check *c, const struct check_person *ftpd, bool used,
    const char *directive, const char *path)
{
	char parent[4096];
	char *slash;
	int r;

	if (!used || !path || strlen(path) >= sizeof parent)
		return;
	r = check_access(c, ftpd, path, W_OK);
	if (r == -ENOENT) {
		strcpy(parent, path);
		slash = strrchr(parent, '/');
		slash[slash == parent ? 1 : 0] = '\0';
		r = check_access(c, ftpd, parent, W_OK | X_OK);
	}
	if (r == 0 || r == -ENOTSUP)
		return;
	check_say(c, CHECK_WARNING, blame(c, "xferlog_enable", directive),
	    "%s: %s for the user %s, so transfers are not logged there; "
	    "install -o %s -m 640 /dev/null %s", path, strerror(-r),
	    ftpd ? ftpd->name : "that runs this",
	    ftpd ? ftpd->name : "USER", path);
}

/* max_clients and max_per_ip need the table of sessions. */
static void
check_slots(struct check *c, const struct check_person *ftpd)
{
	const struct conf *conf = c->conf;
	char parent[sizeof c->service->place.slots];
	int r;

	if (conf->max_clients == 0 && conf->max_per_ip == 0)
		return;
	strcpy(parent, c->service->place.slots);
	r = check_access(c, ftpd, parent, R_OK | W_OK);
	if (r == -ENOENT) {
		*strrchr(parent, '/') = '\0';
		r = check_access(c, ftpd, parent, W_OK | X_OK);
	}
	if (r < 0 && r != -ENOTSUP)
		check_say(c, CHECK_ERROR,
		    conf->max_clients ? "max_clients" : "max_per_ip",
		    "sessions are counted in %s, and for the user %s that is: "
		    "%s; every client is turned away until it can be written "
		    "(systemd-tmpfiles --create inftpd.conf)",
		    c->service->place.slots,
		    ftpd ? ftpd->name : "that runs this", strerror(-r));
}

/* --- the helper -------------------------------------------------------- */

#define HELPER_FIX "chown root:%s %s && chmod 4750 %s"

static const char *
helper_problem(const struct stat *st, const char *path, gid_t group)
{
	struct statvfs fs;

	if (!S_ISREG(st->st_mode))
		return "not a program";
	if (st->st_uid != 0)
		return "not root's, so it cannot check passwords";
	if (!(st->st_mode & S_ISUID))
		return "not set-uid, so it cannot check passwords";
	if (st->st_gid != group || !(st->st_mode & S_IXGRP))
		return "not executable for the group that ftpd runs in";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "writable by others than root";
	if (st->st_mode & S_IXOTH)
		return "executable for everybody, who could guess passwords "
		       "with it";
	if (statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOSUID))
		return "in a file system mounted nosuid";
	return NULL;
}

static void
check_helper(struct check *c, const struct check_person *ftpd)
{
	const char *path = c->service->helper.path, *problem;
	const char *socket = c->service->helper.socket;
	struct stat st;

	if (c->service->quick)
		return;
	if (!ftpd) {
		check_say_at(c, CHECK_ERROR, "/etc/passwd",
		    "the user %s, whom the server runs as, is missing; "
		    "systemd-sysusers inftpd.conf, or useradd --system %s",
		    FTPD_USER, FTPD_USER);
		return;
	}
	if (stat(path, &st) == -1)
		problem = strerror(errno);
	else
		problem = helper_problem(&st, path, ftpd->gid);
	if (!problem)
		return;
	if (access(socket, F_OK) == 0)
		check_say_at(c, CHECK_NOTE, path,
		    "%s; %s serves instead, where units set NoNewPrivileges=",
		    problem, socket);
	else
		check_say_at(c, CHECK_ERROR, path,
		    "%s, and nobody can log in; " HELPER_FIX ", or start "
		    "inftpd-helper.socket", problem, FTPD_USER, path, path);
}

void
check_files(struct check *c)
{
	const struct conf *conf = c->conf;
	struct check_person person, *ftpd = NULL;
	bool standard = conf->xferlog_std_format || conf->dual_log_enable;
	bool native = !conf->xferlog_std_format || conf->dual_log_enable;
	bool logins = conf->local_enable || conf->virtual_enable ||
	    conf->anonymous_enable;

	if (!c->service->quick && check_find_person(FTPD_USER, &person)) {
		person.groups = true;
		ftpd = &person;
	}
	check_helper(c, ftpd);
	check_roots(c);
	check_list(c, conf->userlist_enable && logins, "userlist_enable",
	    "userlist_file", conf->userlist_file, true);
	check_list(c, conf->chroot_list_enable && conf->local_enable,
	    "chroot_list_enable", "chroot_list_file", conf->chroot_list_file,
	    true);
	check_list(c, conf->deny_email_enable && conf->anonymous_enable,
	    "deny_email_enable", "banned_email_file", conf->banned_email_file,
	    false);
	check_list(c, conf->secure_email_list_enable && conf->anonymous_enable,
	    "secure_email_list_enable", "email_password_file",
	    conf->email_password_file, false);
	if (!c->service->quick && !ftpd)
		return;
	check_banner(c, ftpd);
	check_log(c, ftpd, conf->xferlog_enable && standard, "xferlog_file",
	    conf->xferlog_file);
	check_log(c, ftpd,
	    conf->xferlog_enable && native && !conf->syslog_enable,
	    "vsftpd_log_file", conf->vsftpd_log_file);
	check_slots(c, ftpd);
}
