/*
 * helper.c - tests of the real inftpd-helper over a real pair: each operation
 * through the stubs of ftpd/agent.c, each refusal, and what a taken-over ftpd
 * might send through wire.h alone.
 *
 * Runs without privilege: root's copies the program and becomes nobody first.
 * What only a privileged helper refuses is for the system tests to see.
 */
#include "config.h"

#include "ftpd/agent.h"

#include "t/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOBODY 65534
#define PASSWORD "s3cret"
#define HASH "$2b$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"
#define MTIME 1000000000 /* 20010909014640 */
#define WAIT 20          /* seconds before a silent helper is a failure */

static char base[] = "/tmp/inftpd-unit-XXXXXX";
static char program[PATH_MAX];

/* One helper. */
static struct agent a;
static pid_t child;
static int control[2] = { -1, -1 }; /* the helper's copy's, the client's */

/* --- files ------------------------------------------------------------- */

static const char *
under(const char *name)
{
	static char path[4][PATH_MAX];
	static int next;
	char *out = path[next++ % 4];

	snprintf(out, PATH_MAX, "%s/%s", base, name);
	return out;
}

static void
make_file(const char *name, const char *text)
{
	FILE *f = fopen(under(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(under(name), 0644), 0);
}

static void
make_directory(const char *name)
{
	assert_int_equal(mkdir(under(name), 0755), 0);
}

static const char *
contents(const char *name)
{
	static char text[65536];
	int fd = open(under(name), O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return "(none)";
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static bool
is_there(const char *name)
{
	struct stat st;

	return lstat(under(name), &st) == 0;
}

static unsigned
mode_of(const char *name)
{
	struct stat st;

	return lstat(under(name), &st) == 0 ? st.st_mode & 07777U : 0xffff;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void
wipe(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* root/ is served; secret beside it must stay out of reach. */
static void
make_tree(const char *conf)
{
	struct timespec times[2] = { { .tv_sec = MTIME },
		{ .tv_sec = MTIME } };
	char text[4096];

	wipe(under("root"));
	wipe(under("conf"));
	make_directory("root");
	make_directory("root/d");
	make_directory("root/empty");
	make_file("root/f", "hello\n");
	make_file("root/d/g", "inner\n");
	make_file("root/.hidden", "");
	make_file("root/d/.message", "Welcome.\n");
	make_file("secret", "secret\n");
	assert_int_equal(mkfifo(under("root/fifo"), 0666), 0);
	assert_int_equal(symlink("f", under("root/link")), 0);
	assert_int_equal(symlink("/usr", under("root/usr-link")), 0);
	assert_int_equal(symlink("../../..", under("root/up")), 0);
	assert_int_equal(symlink("../secret", under("root/leak")), 0);
	utimensat(AT_FDCWD, under("root/f"), times, 0);
	make_directory("conf");
	make_directory("conf/user.d");
	snprintf(text, sizeof text,
	    "anonymous_enable=YES\nvirtual_enable=YES\nlocal_enable=NO\n"
	    "delay_failed_login=0\nanon_root=%s/root\n%s", base, conf);
	make_file("conf/inftpd.conf", text);
	snprintf(text, sizeof text,
	    "password=%s\nlocal_root=%s/root\nwrite_enable=YES\n"
	    "virtual_use_local_privs=YES\n", HASH, base);
	make_file("conf/user.d/ann.conf", text);
	make_file("conf/user.d/broken.conf",
	    "password=" HASH "\nno_such_thing=1\n");
}

/* --- processes --------------------------------------------------------- */

static int
open_log(void)
{
	int fd = open(under("log"),
	    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

/* Both ends of a loopback connection: a client, and what accept() gave. */
static void
connect_control(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET };
	socklen_t length = sizeof self;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
	    bind(listener, (struct sockaddr *)&self, sizeof self), 0);
	assert_int_equal(listen(listener, 1), 0);
	getsockname(listener, (struct sockaddr *)&self, &length);
	control[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    connect(control[1], (struct sockaddr *)&self, sizeof self), 0);
	control[0] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(control[0] >= 0);
	close(listener);
}

static void
limit_wait(int fd)
{
	struct timeval wait = { .tv_sec = WAIT };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
}

static void
start(const char *conf)
{
	int pair[2], log;

	make_tree(conf);
	connect_control();
	log = open_log();
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	child = fork();
	if (child == 0) {
		dup2(pair[1], 0);
		dup2(log, 2);
		execl(program, "inftpd-helper", (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0);
	close(pair[1]);
	close(log);
	limit_wait(pair[0]);
	a.wire = pair[0];
	a.greeting = false;
}

/* Whatever the helper does, it is over afterwards. Its exit status. */
static int
stop(void)
{
	int status = 0;

	agent_stop(&a);
	for (int i = 0; i < 2; i++) {
		if (control[i] >= 0)
			close(control[i]);
		control[i] = -1;
	}
	if (child <= 0)
		return -1;
	for (int i = 0; i < WAIT * 100; i++) {
		if (waitpid(child, &status, WNOHANG) == child) {
			child = 0;
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		}
		usleep(10000);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	child = 0;
	fail_msg("the helper did not exit");
	return -1;
}

static int
end(void **state)
{
	(void)state;
	agent_stop(&a);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	child = 0;
	for (int i = 0; i < 2; i++) {
		if (control[i] >= 0)
			close(control[i]);
		control[i] = -1;
	}
	return 0;
}

static void
say_hello(void)
{
	unsigned char buffer[WIRE_MESSAGE_MAX];
	struct wire w;

	wire_begin(&w, buffer, sizeof buffer, WIRE_HELLO);
	wire_put_str(&w, "", WIRE_NAME_MAX);
	wire_put_str(&w, under("conf"), WIRE_PATH_MAX);
	for (int i = 0; i < 3; i++)
		wire_put_str(&w, "", 0);
	assert_int_equal(wire_send(a.wire, &w, control[0]), 0);
	/* The stub reads the answer before it asks for anything else. */
	a.greeting = true;
}

static void
begin(const char *conf)
{
	start(conf);
	say_hello();
}

static void
log_in(const char *conf, const char *user)
{
	struct agent_login login;
	int r;

	begin(conf);
	r = agent_login(&a, user, PASSWORD, &login);
	if (r != 0)
		fail_msg("%s: %s; %s", user, strerror(-r), contents("log"));
}

/* --- login ------------------------------------------------------------- */

#define READING (WIRE_MAY_DOWNLOAD | WIRE_MAY_LIST | WIRE_IS_LIMITED)

static const struct {
	const char *conf, *user, *password;
	int want;
	enum wire_kind kind;
	unsigned rights;
} logins[] = {
	{ "", "anonymous", "me@example.org", 0, WIRE_ANONYMOUS, READING },
	{ "", "ftp", "", 0, WIRE_ANONYMOUS, READING },
	{ "", "Anonymous", "x", 0, WIRE_ANONYMOUS, READING },
	{ "write_enable=YES\nanon_mkdir_write_enable=YES\n", "anonymous", "",
	    0, WIRE_ANONYMOUS, READING | WIRE_MAY_MKDIR },
	{ "", "ann", PASSWORD, 0, WIRE_VIRTUAL, 0xff },
	{ "download_enable=NO\n", "ann", PASSWORD, 0, WIRE_VIRTUAL,
	    0xff & ~(unsigned)WIRE_MAY_DOWNLOAD },
	{ "", "ann", "S3cret", -EACCES, 0, 0 },
	{ "", "ann", "", -EACCES, 0, 0 },
	{ "", "ann", HASH, -EACCES, 0, 0 },
	{ "", "Ann", PASSWORD, -EACCES, 0, 0 },
	{ "", "nobody-such", PASSWORD, -EACCES, 0, 0 },
	{ "", "root", "root", -EACCES, 0, 0 },
	{ "", "", PASSWORD, -EACCES, 0, 0 },
	{ "", "-ann", PASSWORD, -EACCES, 0, 0 },
	{ "", "../user.d/ann", PASSWORD, -EACCES, 0, 0 },
	{ "", "ann.conf", PASSWORD, -EACCES, 0, 0 },
	{ "", "ann\n", PASSWORD, -EACCES, 0, 0 },
	{ "", "broken", PASSWORD, -EACCES, 0, 0 },
	{ "virtual_enable=NO\n", "ann", PASSWORD, -EACCES, 0, 0 },
	{ "anonymous_enable=NO\n", "anonymous", "", -EACCES, 0, 0 },
	{ "anonymous_enable=NO\n", "ftp", "", -EACCES, 0, 0 },
	/* Local accounts are out of reach of who is not root. */
	{ "local_enable=YES\n", "daemon", "", -EACCES, 0, 0 },
	{ "userlist_enable=YES\nuserlist_file=/nonexistent\n", "ann", PASSWORD,
	    -EACCES, 0, 0 },
	{ "deny_email_enable=YES\nbanned_email_file=/nonexistent\n",
	    "anonymous", "", -EACCES, 0, 0 },
	{ "secure_email_list_enable=YES\nemail_password_file=/nonexistent\n",
	    "anonymous", "", -EACCES, 0, 0 },
};

static void
test_login(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(logins); i++) {
		struct agent_login login = { 0 };
		int r;

		/* The main file may say a thing once only. */
		start("");
		make_directory("conf/conf.d");
		make_file("conf/conf.d/case.conf", logins[i].conf);
		say_hello();
		r = agent_login(
		    &a, logins[i].user, logins[i].password, &login);
		if (r != logins[i].want)
			fail_msg("%s \"%s\": %d; %s", logins[i].conf,
			    logins[i].user, r, contents("log"));
		if (r == 0) {
			assert_int_equal(login.kind, logins[i].kind);
			if (login.rights != logins[i].rights)
				fail_msg("%s %s: 0x%x", logins[i].conf,
				    logins[i].user, login.rights);
			assert_string_equal(login.start, "/");
			assert_null(strstr(login.settings, "password"));
			assert_null(strstr(login.settings, HASH));
		} else if (strstr(contents("log"), "127.0.0.1") == NULL ||
		    strstr(contents("log"), "login-failed") == NULL) {
			fail_msg("\"%s\": %s", logins[i].user,
			    contents("log"));
		}
		assert_null(strstr(contents("log"), PASSWORD));
		assert_int_equal(stop(), 0);
	}
}

static void
test_user(void **state)
{
	char conf[512];

	(void)state;
	make_file("list", "eve\n# ann\n");
	snprintf(conf, sizeof conf,
	    "userlist_enable=YES\nuserlist_file=%s\n", under("list"));
	begin(conf);
	assert_int_equal(agent_user(&a, "eve"), -EACCES);
	assert_int_equal(agent_user(&a, "ann"), 0);
	assert_non_null(strstr(contents("log"), "listed in userlist_file"));
	assert_int_equal(stop(), 0);
	snprintf(conf, sizeof conf,
	    "userlist_enable=YES\nuserlist_deny=NO\nuserlist_file=%s\n",
	    under("list"));
	begin(conf);
	assert_int_equal(agent_user(&a, "ann"), -EACCES);
	assert_int_equal(agent_user(&a, "eve"), 0);
	assert_int_equal(stop(), 0);
}

/* After so many wrong tries there is nobody left to ask. */
static void
test_max_login_fails(void **state)
{
	struct agent_login login;

	(void)state;
	begin("max_login_fails=2\n");
	assert_int_equal(agent_login(&a, "ann", "x", &login), -EACCES);
	assert_int_equal(agent_login(&a, "ann", "y", &login), -EACCES);
	assert_int_equal(agent_login(&a, "ann", PASSWORD, &login), -EPIPE);
	assert_int_equal(stop(), 0);
}

static void
test_delay(void **state)
{
	struct agent_login login;
	struct timespec t[2];

	(void)state;
	start("");
	make_directory("conf/conf.d");
	make_file("conf/conf.d/delay.conf", "delay_failed_login=1\n");
	say_hello();
	clock_gettime(CLOCK_MONOTONIC, &t[0]);
	assert_int_equal(agent_login(&a, "ann", "x", &login), -EACCES);
	clock_gettime(CLOCK_MONOTONIC, &t[1]);
	assert_true((t[1].tv_sec - t[0].tv_sec) * 1000 +
	        (t[1].tv_nsec - t[0].tv_nsec) / 1000000 >= 1000);
	assert_int_equal(stop(), 0);
}

/* A wrong try leaves nothing of that user's drop-in behind. */
static void
test_second_try(void **state)
{
	struct agent_login login;

	(void)state;
	begin("");
	assert_int_equal(agent_login(&a, "ann", "x", &login), -EACCES);
	assert_int_equal(agent_login(&a, "anonymous", "", &login), 0);
	assert_int_equal(login.kind, WIRE_ANONYMOUS);
	assert_int_equal(login.rights, READING);
	assert_int_equal(agent_mkdir(&a, "/new"), -EACCES);
	assert_int_equal(stop(), 0);
}

static void
test_no_root(void **state)
{
	struct agent_login login;

	(void)state;
	begin("");
	make_file("conf/user.d/ann.conf",
	    "password=" HASH "\nlocal_root=/nonexistent/root\n");
	assert_int_equal(agent_login(&a, "ann", PASSWORD, &login), -ENOENT);
	assert_non_null(strstr(contents("log"), "/nonexistent/root"));
	stop();
}

/* --- opening ----------------------------------------------------------- */

static int
open_as(const char *path, enum wire_open how, int64_t offset)
{
	struct agent_file file;
	int r = agent_open(&a, path, how, offset, &file);

	return r < 0 ? r : file.fd;
}

static const struct {
	const char *path;
	int want; /* 0, or -errno */
} reads[] = {
	{ "/f", 0 },
	{ "//./d/../f", 0 },
	{ "/link", 0 },
	{ "/d/../../../f", 0 },
	{ "/up/f", 0 }, /* ".." of a link ends at the root, as chroot() has it */
	{ "/missing", -ENOENT },
	{ "/d/missing", -ENOENT },
	{ "/missing/f", -ENOENT },
	{ "/f/g", -ENOTDIR },
	{ "/", -EISDIR },
	{ "/d", -EISDIR },
	{ "/fifo", -EINVAL },
	{ "f", -EINVAL },
	{ "../secret", -EINVAL },
	{ "./f", -EINVAL },
	{ "/../secret", -ENOENT },
	{ "/up/secret", -ENOENT },
	{ "/leak", -ENOENT },
	{ "/usr-link/passwd", -ENOENT },
	{ "/proc/self/root/etc/passwd", -ENOENT },
};

static void
test_open_read(void **state)
{
	char name[WIRE_PATH_MAX + 1], text[16];
	struct agent_file file;

	(void)state;
	log_in("", "ann");
	for (size_t i = 0; i < LENGTH(reads); i++) {
		int r = agent_open(
		    &a, reads[i].path, WIRE_OPEN_READ, 0, &file);

		if (r != reads[i].want)
			fail_msg("%s: %d", reads[i].path, r);
		if (r < 0)
			continue;
		assert_int_equal(file.size, 6);
		assert_int_equal(file.mtime, MTIME);
		assert_int_equal(file.mode & 07777, 0644);
		assert_string_equal(file.name, "");
		assert_int_equal(read(file.fd, text, sizeof text), 6);
		assert_memory_equal(text, "hello\n", 6);
		assert_int_equal(write(file.fd, "x", 1), -1);
		close(file.fd);
	}
	memset(name, 'n', sizeof name - 1);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	assert_int_equal(open_as(name, WIRE_OPEN_READ, 0), -ENAMETOOLONG);
	assert_int_equal(stop(), 0);
}

static void
put(int fd, const char *text)
{
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
test_open_write(void **state)
{
	struct agent_file file;
	char name[300];

	(void)state;
	log_in("", "ann");
	put(open_as("/new", WIRE_OPEN_STORE, 0), "new");
	assert_int_equal(agent_upload_end(&a, true), 0);
	assert_string_equal(contents("root/new"), "new");
	assert_int_equal(mode_of("root/new"), 0600);
	put(open_as("/f", WIRE_OPEN_STORE, 0), "x");
	assert_int_equal(agent_upload_end(&a, true), 0);
	assert_string_equal(contents("root/f"), "x");
	put(open_as("/f", WIRE_OPEN_APPEND, 0), "yz");
	assert_int_equal(agent_upload_end(&a, true), 0);
	assert_string_equal(contents("root/f"), "xyz");
	put(open_as("/added", WIRE_OPEN_APPEND, 0), "a");
	assert_int_equal(agent_upload_end(&a, true), 0);
	assert_string_equal(contents("root/added"), "a");
	/* REST: what is there is kept; the caller seeks. */
	put(open_as("/f", WIRE_OPEN_STORE, 2), "AB");
	assert_string_equal(contents("root/f"), "ABz");
	/* RANG: the same from its beginning on. Neither leaves a hole. */
	put(open_as("/f", WIRE_OPEN_PART, 0), "C");
	assert_string_equal(contents("root/f"), "CBz");
	put(open_as("/f", WIRE_OPEN_PART, 3), "D");
	assert_string_equal(contents("root/f"), "DBz");
	assert_int_equal(open_as("/f", WIRE_OPEN_PART, 4), -ERANGE);
	assert_int_equal(open_as("/f", WIRE_OPEN_STORE, 4), -ERANGE);
	assert_int_equal(agent_open(&a, "/f", WIRE_OPEN_STORE_CHECK, 4, &file),
	    -ERANGE);
	assert_int_equal(open_as("/hole", WIRE_OPEN_STORE, 1), -ERANGE);
	assert_int_equal(agent_open(&a, "/hole", WIRE_OPEN_STORE_CHECK, 1,
	    &file), -ERANGE);
	assert_int_equal(access("root/hole", F_OK), -1);
	assert_int_equal(
	    agent_open(&a, "/d/g", WIRE_OPEN_UNIQUE, 0, &file), 0);
	put(file.fd, "unique");
	assert_true(strlen(file.name) > 0 && strcmp(file.name, "g") != 0);
	assert_null(strchr(file.name, '/'));
	snprintf(name, sizeof name, "root/d/%.255s", file.name);
	assert_string_equal(contents(name), "unique");
	assert_string_equal(contents("root/d/g"), "inner\n");
	/* One upload, one end. */
	assert_int_equal(agent_upload_end(&a, true), 0);
	assert_int_equal(agent_upload_end(&a, true), -EINVAL);
	assert_int_equal(stop(), 0);
}

static void
test_open_write_refused(void **state)
{
	static const struct {
		const char *path;
		int want;
	} cases[] = {
		{ "/d", -EISDIR },
		{ "/", -EISDIR },
		{ "/missing/x", -ENOENT },
		{ "/f/x", -ENOTDIR },
		{ "/fifo", -EINVAL },
		{ "/usr-link/x", -ENOENT },
		{ "x", -EINVAL },
	};
	static const enum wire_open hows[] = { WIRE_OPEN_STORE,
		WIRE_OPEN_APPEND, WIRE_OPEN_STORE_CHECK,
		WIRE_OPEN_APPEND_CHECK };

	(void)state;
	log_in("", "ann");
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (size_t j = 0; j < LENGTH(hows); j++) {
			int r = open_as(cases[i].path, hows[j], 0);

			if (r != cases[i].want)
				fail_msg("%s, how %d: %d", cases[i].path,
				    hows[j], r);
		}
	/* Below the root whatever it says: beside it nothing changes. */
	put(open_as("/../secret", WIRE_OPEN_STORE, 0), "mine");
	assert_string_equal(contents("root/secret"), "mine");
	assert_string_equal(contents("secret"), "secret\n");
	/* A check touches nothing. */
	assert_int_equal(agent_open(&a, "/check", WIRE_OPEN_STORE_CHECK, 0,
	                     &(struct agent_file){ 0 }),
	    0);
	assert_int_equal(agent_open(&a, "/f", WIRE_OPEN_STORE_CHECK, 0,
	                     &(struct agent_file){ 0 }),
	    0);
	assert_false(is_there("root/check"));
	assert_string_equal(contents("root/f"), "hello\n");
	assert_int_equal(stop(), 0);
}

static void
test_upload_end(void **state)
{
	(void)state;
	log_in("delete_failed_uploads=YES\n", "ann");
	assert_int_equal(agent_upload_end(&a, false), -EINVAL);
	put(open_as("/new", WIRE_OPEN_STORE, 0), "half");
	assert_int_equal(agent_upload_end(&a, false), 0);
	assert_false(is_there("root/new"));
	/* What was there before is never removed. */
	put(open_as("/f", WIRE_OPEN_STORE, 0), "half");
	assert_int_equal(agent_upload_end(&a, false), 0);
	assert_string_equal(contents("root/f"), "half");
	/* Nor what somebody else has put in its place. */
	put(open_as("/new", WIRE_OPEN_STORE, 0), "half");
	assert_int_equal(rename(under("root/f"), under("root/new")), 0);
	assert_int_equal(agent_upload_end(&a, false), 0);
	assert_string_equal(contents("root/new"), "half");
	assert_int_equal(stop(), 0);

	log_in("", "ann");
	put(open_as("/new", WIRE_OPEN_STORE, 0), "half");
	assert_int_equal(agent_upload_end(&a, false), 0);
	assert_string_equal(contents("root/new"), "half");
	assert_int_equal(stop(), 0);
}

static void
test_atomic(void **state)
{
	(void)state;
	log_in("upload_atomic=YES\n", "ann");
	put(open_as("/f", WIRE_OPEN_STORE, 0), "whole");
	assert_string_equal(contents("root/f"), "hello\n");
	assert_int_equal(agent_upload_end(&a, true), 0);
	assert_string_equal(contents("root/f"), "whole");
	put(open_as("/f", WIRE_OPEN_STORE, 0), "half");
	assert_int_equal(agent_upload_end(&a, false), 0);
	assert_string_equal(contents("root/f"), "whole");
	put(open_as("/new", WIRE_OPEN_STORE, 0), "half");
	assert_false(is_there("root/new"));
	assert_int_equal(agent_upload_end(&a, false), 0);
	assert_false(is_there("root/new"));
	assert_int_equal(stop(), 0);
}

static void
test_message(void **state)
{
	struct agent_file file;
	char text[32] = "";

	(void)state;
	log_in("download_enable=NO\n", "anonymous");
	assert_int_equal(
	    agent_open(&a, "/d", WIRE_OPEN_MESSAGE, 0, &file), 0);
	assert_int_equal(read(file.fd, text, sizeof text - 1), 9);
	assert_string_equal(text, "Welcome.\n");
	close(file.fd);
	assert_int_equal(open_as("/", WIRE_OPEN_MESSAGE, 0), -ENOENT);
	assert_int_equal(open_as("d", WIRE_OPEN_MESSAGE, 0), -EINVAL);
	/* Nothing else is to be had that way. */
	assert_int_equal(open_as("/f", WIRE_OPEN_MESSAGE, 0), -ENOTDIR);
	assert_int_equal(stop(), 0);
}

/* --- names ------------------------------------------------------------- */

static void
test_stat(void **state)
{
	struct agent_file file;

	(void)state;
	log_in("", "ann");
	assert_int_equal(agent_stat(&a, "/f", &file), 0);
	assert_int_equal(file.fd, -1);
	assert_int_equal(file.size, 6);
	assert_int_equal(file.mtime, MTIME);
	assert_true(S_ISREG(file.mode));
	assert_int_equal(agent_stat(&a, "/link", &file), 0);
	assert_true(S_ISREG(file.mode));
	assert_int_equal(agent_stat(&a, "/", &file), 0);
	assert_true(S_ISDIR(file.mode));
	assert_int_equal(agent_stat(&a, "/../..", &file), 0);
	assert_int_equal(agent_stat(&a, "/missing", &file), -ENOENT);
	assert_int_equal(agent_stat(&a, "/leak", &file), -ENOENT);
	assert_int_equal(agent_stat(&a, "/usr-link/passwd", &file), -ENOENT);
	assert_int_equal(agent_stat(&a, "/f/x", &file), -ENOTDIR);
	assert_int_equal(agent_stat(&a, "f", &file), -EINVAL);
	assert_int_equal(stop(), 0);
}

/* Operations on one path in this order, each on what the last one left. */
static const struct {
	const char *name;
	int (*act)(struct agent *agent, const char *path);
	const char *path;
	int want;
} steps[] = {
	{ "chdir", agent_chdir, "/", 0 },
	{ "chdir", agent_chdir, "/d", 0 },
	{ "chdir", agent_chdir, "/up", 0 },
	{ "chdir", agent_chdir, "/../../d", 0 },
	{ "chdir", agent_chdir, "/f", -ENOTDIR },
	{ "chdir", agent_chdir, "/missing", -ENOENT },
	{ "chdir", agent_chdir, "/usr-link", -ENOENT },
	{ "chdir", agent_chdir, "d", -EINVAL },
	{ "chdir", agent_chdir, "..", -EINVAL },
	{ "mkdir", agent_mkdir, "/new", 0 },
	{ "mkdir", agent_mkdir, "/new", -EEXIST },
	{ "mkdir", agent_mkdir, "/new/sub", 0 },
	{ "mkdir", agent_mkdir, "/missing/sub", -ENOENT },
	{ "mkdir", agent_mkdir, "/f/sub", -ENOTDIR },
	{ "mkdir", agent_mkdir, "/link", -EEXIST },
	{ "mkdir", agent_mkdir, "/leak", -EEXIST },
	{ "mkdir", agent_mkdir, "/", -EBUSY },
	{ "mkdir", agent_mkdir, "/..", -EBUSY },
	{ "mkdir", agent_mkdir, "new2", -EINVAL },
	{ "rmdir", agent_rmdir, "/new", -ENOTEMPTY },
	{ "rmdir", agent_rmdir, "/new/sub", 0 },
	{ "rmdir", agent_rmdir, "/new", 0 },
	{ "rmdir", agent_rmdir, "/new", -ENOENT },
	{ "rmdir", agent_rmdir, "/f", -ENOTDIR },
	{ "rmdir", agent_rmdir, "/up", -ENOTDIR },
	{ "rmdir", agent_rmdir, "/", -EBUSY },
	{ "rmdir", agent_rmdir, "empty", -EINVAL },
	{ "unlink", agent_unlink, "/f", 0 },
	{ "unlink", agent_unlink, "/f", -ENOENT },
	{ "unlink", agent_unlink, "/d", -EISDIR },
	{ "unlink", agent_unlink, "/leak", 0 },
	{ "unlink", agent_unlink, "/../secret", -ENOENT },
	{ "unlink", agent_unlink, "/up/secret", -ENOENT },
	{ "unlink", agent_unlink, "/", -EBUSY },
	{ "unlink", agent_unlink, "d/g", -EINVAL },
};

static void
test_paths(void **state)
{
	(void)state;
	log_in("", "ann");
	for (size_t i = 0; i < LENGTH(steps); i++) {
		int r = steps[i].act(&a, steps[i].path);

		if (r != steps[i].want)
			fail_msg("%s %s: %d, not %d", steps[i].name,
			    steps[i].path, r, steps[i].want);
	}
	assert_string_equal(contents("secret"), "secret\n");
	assert_int_equal(stop(), 0);
}

static void
test_rename(void **state)
{
	static const struct {
		const char *from, *to;
		int want;
	} cases[] = {
		{ "/f", "/h", 0 },
		{ "/h", "/d/h", 0 },
		{ "/d/h", "/../f", 0 },
		{ "/d", "/d2", 0 },
		{ "/missing", "/x", -ENOENT },
		{ "/f", "/missing/x", -ENOENT },
		{ "/f", "/d2", -EISDIR },
		{ "/d2", "/f", -ENOTDIR },
		{ "/d2", "/d2/sub", -EINVAL },
		{ "/f", "/usr-link/x", -ENOENT },
		{ "/up/secret", "/x", -ENOENT },
		{ "/", "/x", -EBUSY },
		{ "/f", "/", -EBUSY },
		{ "f", "/x", -EINVAL },
		{ "/f", "x", -EINVAL },
		/* The link, not what it leads to. */
		{ "/link", "/link2", 0 },
	};

	(void)state;
	log_in("", "ann");
	for (size_t i = 0; i < LENGTH(cases); i++) {
		int r = agent_rename(&a, cases[i].from, cases[i].to);

		if (r != cases[i].want)
			fail_msg("%s to %s: %d, not %d", cases[i].from,
			    cases[i].to, r, cases[i].want);
	}
	assert_string_equal(contents("root/f"), "hello\n");
	assert_true(is_there("root/link2"));
	assert_int_equal(stop(), 0);
}

static void
test_attributes(void **state)
{
	struct agent_file file;
	unsigned mask;
	int64_t space;

	(void)state;
	log_in("", "ann");
	assert_int_equal(agent_chmod(&a, "/f", 0640), 0);
	assert_int_equal(mode_of("root/f"), 0640);
	assert_int_equal(agent_chmod(&a, "/f", 010000), -EINVAL);
	assert_int_equal(agent_chmod(&a, "/missing", 0600), -ENOENT);
	assert_int_equal(agent_chmod(&a, "/leak", 0777), -ENOENT);
	assert_int_equal(agent_chmod(&a, "f", 0600), -EINVAL);
	assert_int_equal(mode_of("secret"), 0644);
	assert_int_equal(agent_utime(&a, "/f", 86400), 0);
	assert_int_equal(agent_stat(&a, "/f", &file), 0);
	assert_int_equal(file.mtime, 86400);
	assert_int_equal(agent_utime(&a, "/f", -1), 0);
	assert_int_equal(agent_stat(&a, "/f", &file), 0);
	assert_int_equal(file.mtime, -1);
	assert_int_equal(agent_utime(&a, "/missing", 1), -ENOENT);
	assert_int_equal(agent_utime(&a, "f", 1), -EINVAL);
	space = -1;
	assert_int_equal(agent_space(&a, "/", &space), 0);
	assert_true(space >= 0);
	assert_int_equal(agent_space(&a, "/missing", &space), -ENOENT);
	assert_int_equal(agent_space(&a, "/f", &space), -ENOTDIR);
	assert_int_equal(agent_space(&a, "/leak", &space), -ENOENT);
	assert_int_equal(agent_space(&a, "d", &space), -EINVAL);
	assert_int_equal(agent_umask(&a, 027, &mask), 0);
	assert_int_equal(mask, 027);
	assert_int_equal(agent_umask(&a, WIRE_UMASK_KEEP, &mask), 0);
	assert_int_equal(mask, 027);
	put(open_as("/masked", WIRE_OPEN_STORE, 0), "");
	assert_int_equal(mode_of("root/masked"), 0640);
	assert_int_equal(agent_mkdir(&a, "/maskdir"), 0);
	assert_int_equal(mode_of("root/maskdir"), 0750);
	assert_int_equal(stop(), 0);
}

/* --- listings ---------------------------------------------------------- */

static const char *
list(const char *path, const char *shown, enum wire_format format,
    unsigned options, unsigned facts)
{
	static char text[65536];
	size_t used = 0;
	ssize_t n;
	int fd = agent_list(&a, path, shown, format, options, facts);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (fd < 0) {
		snprintf(text, sizeof text, "%d", fd);
		return text;
	}
	while (poll(&p, 1, WAIT * 1000) == 1 &&
	    (n = read(fd, text + used, sizeof text - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	text[used] = '\0';
	return text;
}

static void
expect_list(const char *want, const char *path, const char *shown,
    enum wire_format format, unsigned options, unsigned facts)
{
	const char *text = list(path, shown, format, options, facts);

	if (strcmp(text, want) != 0)
		fail_msg("%s, format %d, options 0x%x:\n%s", path, format,
		    options, text);
}

static void
test_list(void **state)
{
	char error[16];
	const char *text;

	(void)state;
	log_in("ls_recurse_enable=YES\nhide_ids=YES\n", "ann");
	expect_list("d\r\nempty\r\nf\r\nfifo\r\nleak\r\nlink\r\nup\r\nusr-link\r\n",
	    "/", "", WIRE_FORMAT_NLST, 0, 0);
	expect_list("g\r\n", "/d", "", WIRE_FORMAT_NLST, 0, 0);
	expect_list("d/g\r\n", "/d", "d", WIRE_FORMAT_NLST, 0, 0);
	expect_list(".message\r\ng\r\n", "/d", "", WIRE_FORMAT_NLST,
	    WIRE_LIST_ALMOST, 0);
	expect_list(".\r\n..\r\n.message\r\ng\r\n", "/d", "",
	    WIRE_FORMAT_NLST, WIRE_LIST_ALL, 0);
	expect_list("g\r\n.message\r\n", "/d", "", WIRE_FORMAT_NLST,
	    WIRE_LIST_ALMOST | WIRE_LIST_REVERSE, 0);
	expect_list("f\r\nfifo\r\n", "/f*", "f*", WIRE_FORMAT_NLST, 0, 0);
	expect_list("", "/empty", "", WIRE_FORMAT_LIST, 0, 0);
	expect_list("-rw-r--r--    1 ftp      ftp                 6 "
		    "Sep  9  2001 f\r\n",
	    "/f", "f", WIRE_FORMAT_LIST, 0, 0);
	assert_non_null(strstr(
	    list("/", "", WIRE_FORMAT_LIST, 0, 0), " link -> f\r\n"));
	expect_list("type=file;size=6;modify=20010909014640; /f\r\n", "/f",
	    "", WIRE_FORMAT_MLST, WIRE_LIST_LITERAL,
	    WIRE_FACT_TYPE | WIRE_FACT_SIZE | WIRE_FACT_MODIFY);
	text = list("/d", "", WIRE_FORMAT_MLSD, 0, WIRE_FACT_TYPE);
	assert_non_null(strstr(text, "type=cdir; .\r\n"));
	assert_non_null(strstr(text, "type=pdir; ..\r\n"));
	assert_non_null(strstr(text, "type=file; g\r\n"));
	text = list("/", "", WIRE_FORMAT_LIST, WIRE_LIST_RECURSE, 0);
	assert_non_null(strstr(text, "d:\r\n"));
	/* A link out of the root leads nowhere and is shown as a link. */
	expect_list("type=OS.unix=slink; /leak\r\n", "/leak", "",
	    WIRE_FORMAT_MLST, 0, WIRE_FACT_TYPE);
	snprintf(error, sizeof error, "%d", -ENOENT);
	expect_list(error, "/missing", "", WIRE_FORMAT_LIST, 0, 0);
	expect_list(error, "/usr-link", "", WIRE_FORMAT_MLSD, 0, 0);
	expect_list(error, "/f*", "", WIRE_FORMAT_NLST, WIRE_LIST_LITERAL, 0);
	snprintf(error, sizeof error, "%d", -ENOTDIR);
	expect_list(error, "/f", "", WIRE_FORMAT_MLSD, 0, 0);
	snprintf(error, sizeof error, "%d", -EINVAL);
	expect_list(error, "d", "", WIRE_FORMAT_LIST, 0, 0);
	/* The pair is where it was: the next answer is the next answer. */
	assert_int_equal(agent_chdir(&a, "/d"), 0);
	assert_int_equal(stop(), 0);
}

/* Who closes the pipe early ends the listing and nothing else. */
static void
test_list_unread(void **state)
{
	int fd;

	(void)state;
	log_in("", "ann");
	fd = agent_list(&a, "/", "", WIRE_FORMAT_LIST, 0, 0);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(agent_chdir(&a, "/d"), 0);
	assert_int_equal(stop(), 0);
}

/* --- rights ------------------------------------------------------------ */

enum {
	TRY_READ,
	TRY_LIST,
	TRY_MLST,
	TRY_NEW,
	TRY_REPLACE,
	TRY_RESUME,
	TRY_APPEND,
	TRY_UNIQUE,
	TRY_CHECK,
	TRY_MKDIR,
	TRY_RENAME,
	TRY_CHMOD,
	TRY_UTIME,
	TRY_UMASK,
	TRY_SPACE,
	TRY_RMDIR,
	TRY_UNLINK,
	TRIES
};

static int
attempt(int try)
{
	switch (try) {
	case TRY_READ:
		return open_as("/f", WIRE_OPEN_READ, 0);
	case TRY_LIST:
		return agent_list(&a, "/", "", WIRE_FORMAT_LIST, 0, 0);
	case TRY_MLST:
		return agent_list(&a, "/f", "", WIRE_FORMAT_MLST, 0, 0);
	case TRY_NEW:
		return open_as("/n1", WIRE_OPEN_STORE, 0);
	case TRY_REPLACE:
		return open_as("/f", WIRE_OPEN_STORE, 0);
	case TRY_RESUME:
		return open_as("/d/g", WIRE_OPEN_STORE, 1);
	case TRY_APPEND:
		return open_as("/n3", WIRE_OPEN_APPEND, 0);
	case TRY_UNIQUE:
		return open_as("/f", WIRE_OPEN_UNIQUE, 0);
	case TRY_CHECK:
		return agent_open(&a, "/f", WIRE_OPEN_STORE_CHECK, 0,
		    &(struct agent_file){ 0 });
	case TRY_MKDIR:
		return agent_mkdir(&a, "/n4");
	case TRY_RENAME:
		return agent_rename(&a, "/f", "/n5");
	case TRY_CHMOD:
		return agent_chmod(&a, "/d", 0700);
	case TRY_UTIME:
		return agent_utime(&a, "/d", 1);
	case TRY_UMASK:
		return agent_umask(&a, 022, &(unsigned){ 0 });
	case TRY_SPACE:
		return agent_space(&a, "/d", &(int64_t){ 0 });
	case TRY_RMDIR:
		return agent_rmdir(&a, "/empty");
	default:
		return agent_unlink(&a, "/d/g");
	}
}

#define BIT(name) (1U << TRY_##name)
#define LOOKING (BIT(READ) | BIT(LIST) | BIT(MLST))
#define ADDING (BIT(NEW) | BIT(UNIQUE) | BIT(SPACE))
#define CHANGING (BIT(REPLACE) | BIT(RESUME) | BIT(APPEND) | BIT(CHECK))
#define REMOVING (BIT(RENAME) | BIT(RMDIR) | BIT(UNLINK))
#define W "write_enable=YES\n"

static const struct {
	const char *user, *conf;
	unsigned may; /* BIT() of what succeeds; all else is -EACCES */
} allowed[] = {
	{ "anonymous", "", LOOKING },
	{ "anonymous", W, LOOKING },
	{ "anonymous",
	    "anon_upload_enable=YES\nanon_mkdir_write_enable=YES\n"
	    "anon_other_write_enable=YES\n",
	    LOOKING },
	{ "anonymous", W "anon_upload_enable=YES\n", LOOKING | ADDING },
	{ "anonymous", W "anon_mkdir_write_enable=YES\n",
	    LOOKING | BIT(MKDIR) },
	{ "anonymous", W "anon_other_write_enable=YES\n",
	    LOOKING | REMOVING | BIT(UTIME) },
	{ "anonymous",
	    W "anon_upload_enable=YES\nanon_other_write_enable=YES\n",
	    LOOKING | ADDING | CHANGING | REMOVING | BIT(UTIME) },
	{ "anonymous", "download_enable=NO\n", LOOKING & ~BIT(READ) },
	{ "anonymous", "dirlist_enable=NO\n", BIT(READ) },
	{ "ann", "", (1U << TRIES) - 1 },
	{ "ann", "chmod_enable=NO\n",
	    ((1U << TRIES) - 1) & ~(BIT(CHMOD) | BIT(UMASK)) },
	{ "ann", "mdtm_write=NO\n", ((1U << TRIES) - 1) & ~BIT(UTIME) },
};

static void
test_rights(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(allowed); i++) {
		log_in(allowed[i].conf, allowed[i].user);
		for (int try = 0; try < TRIES; try++) {
			int r = attempt(try);
			bool may = allowed[i].may >> try & 1;

			if (may ? r < 0 : r != -EACCES)
				fail_msg("%s, %s: attempt %d: %d",
				    allowed[i].user, allowed[i].conf, try, r);
			/* Locks must not outlive the attempt that took them. */
			if (r > 2)
				close(r);
			if (try == TRY_RENAME && r == 0)
				agent_rename(&a, "/n5", "/f");
		}
		assert_int_equal(stop(), 0);
	}
}

static void
test_deny_file(void **state)
{
	(void)state;
	log_in("deny_file={*.secret,d}\n", "ann");
	assert_int_equal(open_as("/x.secret", WIRE_OPEN_STORE, 0), -EACCES);
	assert_int_equal(open_as("/d/g", WIRE_OPEN_READ, 0), -EACCES);
	assert_int_equal(agent_chdir(&a, "/d"), -EACCES);
	assert_int_equal(agent_rename(&a, "/f", "/f.secret"), -EACCES);
	assert_int_equal(symlink("d", under("root/alias")), 0);
	assert_int_equal(open_as("/alias/g", WIRE_OPEN_READ, 0), -EACCES);
	assert_int_equal(agent_chdir(&a, "/alias/../alias"), -EACCES);
	assert_null(strstr(
	    list("/", "", WIRE_FORMAT_NLST, 0, 0), "\nd\r"));
	assert_int_equal(stop(), 0);
}

/* --- the data connection ------------------------------------------------ */

static int
listen_data(unsigned *ret_port)
{
	struct sockaddr_in self = { .sin_family = AF_INET };
	socklen_t length = sizeof self;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&self, sizeof self), 0);
	assert_int_equal(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&self, &length);
	*ret_port = ntohs(self.sin_port);
	return fd;
}

static const unsigned char self4[] = { 127, 0, 0, 1 };
static const unsigned char other4[] = { 127, 0, 0, 2 };
static const unsigned char self6[16] = { [15] = 1 };
static const unsigned char mapped[16] = { [10] = 255, 255, 127, 0, 0, 1 };

static void
test_connect(void **state)
{
	unsigned port;
	int listener, fd, got;

	(void)state;
	log_in("", "anonymous");
	listener = listen_data(&port);
	fd = agent_connect(&a, self4, 4, port);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	got = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(got >= 0);
	close(got);
	close(fd);
	for (unsigned low = 0; low < 1024; low += 31)
		if (agent_connect(&a, self4, 4, low) != -EPERM)
			fail_msg("port %u", low);
	assert_int_equal(agent_connect(&a, self4, 4, 1023), -EPERM);
	assert_int_equal(agent_connect(&a, self4, 4, 65536), -EPERM);
	assert_int_equal(
	    agent_connect(&a, self4, 4, 65536 + port), -EPERM);
	assert_int_equal(agent_connect(&a, other4, 4, port), -EPERM);
	assert_int_equal(agent_connect(&a, self6, 16, port), -EAFNOSUPPORT);
	assert_int_equal(agent_connect(&a, mapped, 16, port), -EAFNOSUPPORT);
	assert_int_equal(agent_connect(&a, mapped, 8, port), -EAFNOSUPPORT);
	assert_int_equal(stop(), 0);

	log_in("port_enable=NO\n", "anonymous");
	assert_int_equal(agent_connect(&a, self4, 4, port), -EPERM);
	assert_int_equal(stop(), 0);

	log_in("port_promiscuous=YES\n", "anonymous");
	assert_int_equal(agent_connect(&a, other4, 4, 80), -EPERM);
	fd = agent_connect(&a, other4, 4, port);
	assert_true(fd >= 0 || fd == -ECONNREFUSED);
	if (fd >= 0)
		close(fd);
	assert_int_equal(stop(), 0);
	close(listener);
}

/* --- what no honest ftpd sends ------------------------------------------ */

/* A field of a message. */
struct field {
	char type;          /* s: string, x: string of n bytes, u, U: number, */
	const char *bytes;  /*   r: bytes without their length; 0: no more */
	uint64_t n;
};

#define STR(s) { 's', s, sizeof(s) - 1 }
#define RAW(s) { 'r', s, sizeof(s) - 1 }
#define LONG(n) { 'x', NULL, n }
#define U32(n) { 'u', NULL, n }
#define U64(n) { 'U', NULL, n }

enum { AT_START, AT_LOGIN, AT_FILES };

#define SIZE "not permitted now, or of wrong size"
#define FORM "malformed request"
#define BAD "bad message"

static const struct violation {
	const char *name;
	int phase;
	uint32_t op;
	struct field fields[6];
	size_t descriptors;
	const char *log;
} violations[] = {
	{ "op 0", AT_START, 0, { { 0, NULL, 0 } }, 0, "unknown request" },
	{ "op 0", AT_LOGIN, 0, { { 0, NULL, 0 } }, 0, "unknown request" },
	{ "op 0", AT_FILES, 0, { { 0, NULL, 0 } }, 0, "unknown request" },
	{ "op 99", AT_FILES, 99, { STR("/f") }, 0, "unknown request" },
	{ "op 2^32-1", AT_START, UINT32_MAX, { { 0, NULL, 0 } }, 1,
	    "unknown request" },
	{ "hello without a descriptor", AT_START, WIRE_HELLO,
	    { STR(""), STR(""), STR(""), STR(""), STR("") }, 0, SIZE },
	{ "hello with two", AT_START, WIRE_HELLO,
	    { STR(""), STR(""), STR(""), STR(""), STR("") }, 2, BAD },
	{ "hello with five", AT_START, WIRE_HELLO,
	    { STR(""), STR(""), STR(""), STR(""), STR("") }, 5, BAD },
	{ "hello of nothing", AT_START, WIRE_HELLO, { { 0, NULL, 0 } }, 1,
	    SIZE },
	{ "hello of four strings", AT_START, WIRE_HELLO,
	    { STR(""), STR(""), STR(""), STR("abcd") }, 1, FORM },
	{ "hello with a byte more", AT_START, WIRE_HELLO,
	    { STR(""), STR(""), STR(""), STR(""), STR(""), RAW("x") }, 1,
	    FORM },
	{ "hello with a long instance", AT_START, WIRE_HELLO,
	    { LONG(WIRE_NAME_MAX + 1), STR(""), STR(""), STR(""), STR("") }, 1,
	    FORM },
	{ "hello with all too long", AT_START, WIRE_HELLO,
	    { LONG(15000), STR(""), STR(""), STR(""), STR("") }, 1, SIZE },
	{ "hello with a NUL", AT_START, WIRE_HELLO,
	    { STR(""), STR("/tmp\0x"), STR(""), STR(""), STR("") }, 1, FORM },
	{ "hello with a path for an instance", AT_START, WIRE_HELLO,
	    { STR("../x"), STR(""), STR(""), STR(""), STR("") }, 1,
	    "no usable configuration" },
	{ "hello with a bad setting", AT_START, WIRE_HELLO,
	    { STR(""), STR(""), STR("no_such_thing=1\n"), STR(""), STR("") },
	    1, "no usable configuration" },
	{ "second hello", AT_LOGIN, WIRE_HELLO,
	    { STR(""), STR(""), STR(""), STR(""), STR("") }, 1, SIZE },
	{ "hello after login", AT_FILES, WIRE_HELLO,
	    { STR(""), STR(""), STR(""), STR(""), STR("") }, 1, SIZE },
	{ "user of no name", AT_LOGIN, WIRE_USER, { STR("") }, 0, SIZE },
	{ "user too long", AT_LOGIN, WIRE_USER, { LONG(WIRE_NAME_MAX + 1) }, 0,
	    SIZE },
	{ "user with a descriptor", AT_LOGIN, WIRE_USER, { STR("ann") }, 1,
	    SIZE },
	{ "user with a NUL", AT_LOGIN, WIRE_USER, { STR("ann\0") }, 0, FORM },
	{ "user with a byte more", AT_LOGIN, WIRE_USER,
	    { STR("ann"), RAW("x") }, 0, FORM },
	{ "user after login", AT_FILES, WIRE_USER, { STR("ann") }, 0, SIZE },
	{ "login without a password", AT_LOGIN, WIRE_LOGIN, { STR("ann") }, 0,
	    SIZE },
	{ "login with three", AT_LOGIN, WIRE_LOGIN,
	    { STR("ann"), STR("x"), STR("y") }, 0, FORM },
	{ "login with a NUL", AT_LOGIN, WIRE_LOGIN,
	    { STR("ann"), STR(PASSWORD "\0x") }, 0, FORM },
	{ "login of a long user", AT_LOGIN, WIRE_LOGIN,
	    { LONG(WIRE_NAME_MAX + 1), STR("x") }, 0, FORM },
	{ "login with a long password", AT_LOGIN, WIRE_LOGIN,
	    { STR("ann"), LONG(WIRE_PASSWORD_MAX + 1) }, 0, FORM },
	{ "login too long", AT_LOGIN, WIRE_LOGIN,
	    { LONG(WIRE_NAME_MAX), LONG(WIRE_PASSWORD_MAX + 1) }, 0, SIZE },
	{ "login with a descriptor", AT_LOGIN, WIRE_LOGIN,
	    { STR("ann"), STR(PASSWORD) }, 1, SIZE },
	{ "second login", AT_FILES, WIRE_LOGIN,
	    { STR("ann"), STR(PASSWORD) }, 0, SIZE },
	{ "open in no known way", AT_FILES, WIRE_OPEN,
	    { STR("/f"), U32(WIRE_OPEN_PART + 1), U64(0) }, 0, FORM },
	{ "open without an offset", AT_FILES, WIRE_OPEN,
	    { STR("/f"), U32(0) }, 0, SIZE },
	{ "open with a long path", AT_FILES, WIRE_OPEN,
	    { LONG(WIRE_PATH_MAX + 1), U32(0), U64(0) }, 0, SIZE },
	{ "open with a NUL", AT_FILES, WIRE_OPEN,
	    { STR("/f\0g"), U32(0), U64(0) }, 0, FORM },
	{ "open with a descriptor", AT_FILES, WIRE_OPEN,
	    { STR("/f"), U32(0), U64(0) }, 1, SIZE },
	{ "upload end of 2", AT_FILES, WIRE_UPLOAD_END, { U32(2) }, 0, FORM },
	{ "upload end of nothing", AT_FILES, WIRE_UPLOAD_END,
	    { { 0, NULL, 0 } }, 0, SIZE },
	{ "upload end of two", AT_FILES, WIRE_UPLOAD_END, { U32(1), U32(1) },
	    0, SIZE },
	{ "stat of no path", AT_FILES, WIRE_STAT, { STR("") }, 0, SIZE },
	{ "stat of two", AT_FILES, WIRE_STAT, { STR("/f"), STR("/d") }, 0,
	    FORM },
	{ "stat with a descriptor", AT_FILES, WIRE_STAT, { STR("/f") }, 1,
	    SIZE },
	{ "stat with two descriptors", AT_FILES, WIRE_STAT, { STR("/f") }, 2,
	    BAD },
	{ "stat of a lying length", AT_FILES, WIRE_STAT,
	    { U32(UINT32_MAX), RAW("/f") }, 0, FORM },
	{ "chdir with a NUL", AT_FILES, WIRE_CHDIR, { STR("/d\0") }, 0, FORM },
	{ "mkdir with a byte more", AT_FILES, WIRE_MKDIR,
	    { STR("/x"), RAW("x") }, 0, FORM },
	{ "rmdir too long", AT_FILES, WIRE_RMDIR, { LONG(WIRE_PATH_MAX + 1) },
	    0, SIZE },
	{ "unlink with a NUL", AT_FILES, WIRE_UNLINK, { STR("/f\0.txt") }, 0,
	    FORM },
	{ "rename of one", AT_FILES, WIRE_RENAME, { STR("/f-to-nowhere") }, 0,
	    FORM },
	{ "rename of three", AT_FILES, WIRE_RENAME,
	    { STR("/f"), STR("/g"), STR("/h") }, 0, FORM },
	{ "chmod without a mode", AT_FILES, WIRE_CHMOD, { STR("/f") }, 0,
	    SIZE },
	{ "utime of 32 bits", AT_FILES, WIRE_UTIME, { STR("/f"), U32(1) }, 0,
	    SIZE },
	{ "umask of 01000", AT_FILES, WIRE_UMASK, { U32(01000) }, 0, FORM },
	{ "umask of two", AT_FILES, WIRE_UMASK, { U32(0), U32(0) }, 0, SIZE },
	{ "space of two", AT_FILES, WIRE_SPACE, { STR("/"), STR("/") }, 0, FORM },
	{ "space of nothing", AT_FILES, WIRE_SPACE, { STR("") }, 0, SIZE },
	{ "no such certificate", AT_LOGIN, WIRE_CERT, { U32(WIRE_CERT_COUNT) },
	    0, FORM },
	{ "the key after login", AT_FILES, WIRE_CERT,
	    { U32(WIRE_CERT_RSA_KEY) }, 0, SIZE },
	{ "a host after login", AT_FILES, WIRE_HOST,
	    { STR("a.example"), U32(0) }, 0, SIZE },
	{ "a host that is a path", AT_LOGIN, WIRE_HOST,
	    { STR("../user.d"), U32(0) }, 0, FORM },
	{ "a host in upper case", AT_LOGIN, WIRE_HOST,
	    { STR("A.example"), U32(0) }, 0, FORM },
	{ "a host with a dot more", AT_LOGIN, WIRE_HOST,
	    { STR("a.example."), U32(0) }, 0, FORM },
	{ "a host too long", AT_LOGIN, WIRE_HOST,
	    { LONG(CONF_HOST_MAX + 1), U32(0) }, 0, SIZE },
	{ "a host half pinned", AT_LOGIN, WIRE_HOST,
	    { STR("a.example"), U32(2) }, 0, FORM },
	{ "a host with a descriptor", AT_LOGIN, WIRE_HOST,
	    { STR("a.example"), U32(0) }, 1, SIZE },
	{ "list in no known format", AT_FILES, WIRE_LIST,
	    { STR("/"), STR(""), U32(WIRE_FORMAT_MLST + 1), U32(0), U32(0) },
	    0, FORM },
	{ "list with unknown options", AT_FILES, WIRE_LIST,
	    { STR("/"), STR(""), U32(0), U32(WIRE_LIST_OPTIONS + 1), U32(0) },
	    0, FORM },
	{ "list with unknown facts", AT_FILES, WIRE_LIST,
	    { STR("/"), STR(""), U32(0), U32(0), U32(WIRE_FACTS + 1) }, 0,
	    FORM },
	{ "connect to 3 bytes", AT_FILES, WIRE_CONNECT,
	    { STR("\x7f\0\0"), U32(2000) }, 0, SIZE },
	{ "connect to 17 bytes", AT_FILES, WIRE_CONNECT,
	    { LONG(17), U32(2000) }, 0, SIZE },
	{ "connect of a lying length", AT_FILES, WIRE_CONNECT,
	    { U32(3), RAW("\x7f\0\0\1"), U32(2000) }, 0, FORM },
};

static void
put_field(struct wire *w, const struct field *f)
{
	static char xs[16384];

	memset(xs, 'x', sizeof xs);
	xs[0] = '/';
	if (f->type == 's' || f->type == 'x')
		wire_put_bytes(w, f->type == 's' ? f->bytes : xs,
		    (size_t)f->n, sizeof xs);
	else if (f->type == 'u')
		wire_put_u32(w, (uint32_t)f->n);
	else if (f->type == 'U')
		wire_put_u64(w, f->n);
	else
		for (size_t i = 0; i < f->n; i++)
			w->data[w->used++] = (unsigned char)f->bytes[i];
}

static void
send_raw(const void *bytes, size_t length, size_t descriptors)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} room;
	struct iovec iov = { .iov_len = length };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	memcpy(&iov.iov_base, &bytes, sizeof bytes);
	memset(&room, 0, sizeof room);
	if (descriptors > 0) {
		message.msg_control = &room;
		message.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		room.header.cmsg_level = SOL_SOCKET;
		room.header.cmsg_type = SCM_RIGHTS;
		room.header.cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		for (size_t i = 0; i < descriptors; i++)
			memcpy(CMSG_DATA(&room.header) + i * sizeof(int),
			    &control[0], sizeof(int));
	}
	assert_int_equal(sendmsg(a.wire, &message, MSG_NOSIGNAL), length);
}

static void
begin_phase(int phase)
{
	struct agent_login login;

	start("");
	if (phase == AT_START)
		return;
	say_hello();
	/* Any request reads the answer to HELLO. */
	assert_int_equal(agent_user(&a, "ann"), 0);
	if (phase == AT_FILES)
		assert_int_equal(
		    agent_login(&a, "ann", PASSWORD, &login), 0);
}

/* It exits, says why, and answers nothing. */
static void
expect_death(const char *name, const char *log)
{
	char answer[64];
	ssize_t n = recv(a.wire, answer, sizeof answer, 0);
	int status;

	if (n > 0 || (n == -1 && errno != ECONNRESET))
		fail_msg("%s: %zd bytes of answer", name, n);
	status = stop();
	if (status != 1)
		fail_msg("%s: exit status %d", name, status);
	if (strstr(contents("log"), log) == NULL)
		fail_msg("%s: %s", name, contents("log"));
}

/* The helper gives this file, and once only. */
static void
expect_certificate(const char *path)
{
	struct stat given, wanted;
	int fd = agent_cert(&a, WIRE_CERT_RSA);

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &given), 0);
	assert_int_equal(stat(path, &wanted), 0);
	assert_true(given.st_ino == wanted.st_ino);
	close(fd);
	assert_int_equal(agent_cert(&a, WIRE_CERT_RSA), -EALREADY);
}

/* Certificate and key: what is configured, each once, as a plain file. */
static void
test_cert(void **state)
{
	int fd;

	(void)state;
	start("rsa_cert_file=/etc/passwd\nca_certs_file=/dev\n");
	say_hello();
	fd = agent_cert(&a, WIRE_CERT_RSA);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	close(fd);
	assert_int_equal(agent_cert(&a, WIRE_CERT_RSA), -EALREADY);
	fd = agent_cert(&a, WIRE_CERT_RSA_KEY);
	assert_true(fd >= 0); /* in the same file, where none is named */
	close(fd);
	assert_int_equal(agent_cert(&a, WIRE_CERT_ECDSA), -ENOENT);
	assert_int_equal(agent_cert(&a, WIRE_CERT_CA), -EINVAL);
	stop();
}

#define PROXY "proxy_protocol=YES\nproxy_trusted=127.0.0.0/8\n"

static int
say_header(const char *header, struct agent_proxy *ret_answer)
{
	return agent_proxy(&a, (const unsigned char *)header, strlen(header),
	    ret_answer);
}

/* Who the client is comes first, once, and from nobody but the proxy. */
static void
test_proxy(void **state)
{
	static const char header[] =
	    "PROXY TCP4 192.0.2.9 192.0.2.1 50000 21\r\n";
	static const unsigned char client[] = { 192, 0, 2, 9 };
	static struct agent_proxy answer;
	static struct agent_login login;

	(void)state;
	begin(PROXY);
	assert_int_equal(
	    say_header("USER x\r\nPASS y\r\n", &answer), -EPROTO);
	assert_int_equal(say_header("", &answer), -EPROTO);
	assert_int_equal(say_header(header, &answer), 0);
	assert_int_equal(answer.from.length, 4);
	assert_memory_equal(answer.from.bytes, client, 4);
	assert_int_equal(answer.from.port, 50000);
	assert_int_equal(answer.to.port, 21);
	assert_int_equal(
	    agent_login(&a, "nobody-such", PASSWORD, &login), -EACCES);
	assert_non_null(strstr(contents("log"), ": 192.0.2.9: login-failed"));
	assert_int_equal(agent_login(&a, "ann", PASSWORD, &login), 0);
	assert_int_equal(agent_connect(&a, self4, 4, 50000), -EPERM);
	assert_int_equal(stop(), 0);

	begin(PROXY);
	assert_int_equal(say_header(header, &answer), 0);
	assert_int_equal(say_header(header, &answer), -EPIPE);
	assert_int_equal(stop(), 1);

	begin(PROXY);
	assert_int_equal(agent_login(&a, "ann", PASSWORD, &login), -EPIPE);
	assert_int_equal(stop(), 1);

	begin("");
	assert_int_equal(say_header(header, &answer), -EPIPE);
	assert_int_equal(stop(), 1);

	begin("proxy_protocol=YES\nproxy_trusted=192.0.2.9\n");
	assert_int_equal(say_header(header, &answer), -EPERM);
	stop();
}

/* Moves from host to host, with their certificates and banners. */
static void
test_host(void **state)
{
	struct agent_host host;

	(void)state;
	start("rsa_cert_file=/etc/passwd\n");
	make_directory("conf/host.d");
	make_directory("conf/host.d/a.example");
	make_directory("conf/host.d/b.example");
	make_file("conf/host.d/a.example/1.conf",
	    "rsa_cert_file=/etc/group\nftpd_banner=A\nbanner_file=/dev/null\n");
	make_file("conf/host.d/b.example/1.conf",
	    "ftpd_banner=B\nbanner_file=/etc/passwd\n");
	assert_int_equal(
	    symlink("a.example", under("conf/host.d/alias.example")), 0);
	say_hello();
	assert_int_equal(agent_host(&a, "c.example", false, &host), -ENOENT);
	assert_int_equal(agent_host(&a, "a.example", true, &host), -ENOENT);
	expect_certificate("/etc/passwd");
	assert_int_equal(agent_host(&a, "alias.example", false, &host), 0);
	assert_string_equal(host.settings, "banner_file=/dev/null\n"
					   "ftpd_banner=A\n"
					   "rsa_cert_file=/etc/group\n");
	assert_int_equal(host.banner, -1); /* no plain file */
	expect_certificate("/etc/group");
	assert_int_equal(agent_host(&a, "b.example", true, &host), -ENOENT);
	assert_int_equal(agent_host(&a, "", true, &host), -ENOENT);
	assert_int_equal(agent_host(&a, "a.example", true, &host), 0);
	assert_int_equal(agent_host(&a, "b.example", false, &host), 0);
	assert_true(host.banner >= 0);
	close(host.banner);
	expect_certificate("/etc/passwd");
	assert_int_equal(agent_host(&a, "", false, &host), 0);
	assert_string_equal(host.settings, "");
	stop();
}

static void
test_violations(void **state)
{
	static unsigned char buffer[32768];

	(void)state;
	for (size_t i = 0; i < LENGTH(violations); i++) {
		const struct violation *v = &violations[i];
		struct wire w;

		begin_phase(v->phase);
		wire_begin(&w, buffer, sizeof buffer, v->op);
		for (size_t j = 0; j < 6 && v->fields[j].type != 0; j++)
			put_field(&w, &v->fields[j]);
		assert_false(w.failed);
		send_raw(buffer, w.used, v->descriptors);
		expect_death(v->name, v->log);
	}
}

/* Every operation in every phase that is not its own. */
static void
test_phases(void **state)
{
	(void)state;
	for (uint32_t op = WIRE_USER; op <= WIRE_UMASK; op++)
		for (int phase = AT_START; phase <= AT_LOGIN; phase++) {
			unsigned char buffer[64];
			struct wire w;
			char name[64];

			if (op <= WIRE_LOGIN && phase == AT_LOGIN)
				continue;
			begin_phase(phase);
			wire_begin(&w, buffer, sizeof buffer, op);
			wire_put_str(&w, "/f", 2);
			wire_put_str(&w, "/f", 2);
			if (op == WIRE_UPLOAD_END || op == WIRE_UMASK)
				w.used = 8;
			send_raw(buffer, w.used, 0);
			snprintf(name, sizeof name, "op %u in phase %d", op,
			    phase);
			expect_death(name, SIZE);
		}
}

static void
test_bad_packets(void **state)
{
	static unsigned char buffer[WIRE_MESSAGE_MAX + 1];

	(void)state;
	for (int phase = AT_START; phase <= AT_FILES; phase++) {
		for (size_t n = 1; n < 4; n++) {
			begin_phase(phase);
			send_raw("\1\0\0", n, 0);
			expect_death("a cut head", "unknown request");
		}
		begin_phase(phase);
		send_raw(buffer, sizeof buffer, 0);
		expect_death("a message too long", BAD);
		begin_phase(phase);
		send_raw("", 0, 1);
		expect_death("a bare descriptor", BAD);
		/* This is how ftpd's end looks: no reason to complain. */
		begin_phase(phase);
		send_raw("", 0, 0);
		assert_int_equal(recv(a.wire, buffer, 1, 0), 0);
		assert_int_equal(stop(), 0);
	}
}

/* Not started by ftpd, but by hand. */
static void
test_no_pair(void **state)
{
	int types[] = { SOCK_STREAM, SOCK_DGRAM };

	(void)state;
	for (size_t i = 0; i <= LENGTH(types); i++) {
		int pair[2] = { -1, -1 }, status, log = open_log();

		if (i < LENGTH(types))
			socketpair(AF_UNIX, types[i] | SOCK_CLOEXEC, 0, pair);
		else
			pair[1] = open("/dev/null", O_RDWR | O_CLOEXEC);
		child = fork();
		if (child == 0) {
			dup2(pair[1], 0);
			dup2(log, 2);
			execl(program, "inftpd-helper", (char *)NULL);
			_exit(127);
		}
		close(log);
		close(pair[1]);
		assert_int_equal(waitpid(child, &status, 0), child);
		child = 0;
		if (pair[0] >= 0)
			close(pair[0]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
		assert_non_null(strstr(contents("log"), "descriptor 0"));
	}
}

/* --- as ftpd starts it --------------------------------------------------- */

/* Quick mode: settings from the command line, one user, no files at all. */
static void
test_agent_start(void **state)
{
	char settings[512];
	const struct agent_setup setup = { .program = -1,
		.path = program,
		.socket = "",
		.instance = "",
		.directory = "",
		.settings = settings,
		.user = "eve",
		.hash = HASH };
	struct agent_login login;
	int saved = dup(2), log;

	(void)state;
	make_tree("");
	snprintf(settings, sizeof settings,
	    "virtual_enable=YES\nlocal_root=%s/root\nwrite_enable=YES\n"
	    "anonymous_enable=NO\n", base);
	connect_control();
	log = open_log();
	fflush(stderr);
	dup2(log, 2);
	assert_int_equal(agent_start(&a, &setup, control[0]), 0);
	dup2(saved, 2);
	close(saved);
	close(log);
	limit_wait(a.wire);
	assert_int_equal(agent_login(&a, "eve", PASSWORD, &login), 0);
	assert_int_equal(login.kind, WIRE_VIRTUAL);
	assert_int_equal(agent_chdir(&a, "/d"), 0);
	agent_stop(&a);
	assert_int_equal(agent_chdir(&a, "/d"), -EPIPE);
}

static void
test_start_fails(void **state)
{
	const struct agent_setup setup = { .program = -1,
		.path = "/nonexistent/helper",
		.socket = "",
		.instance = "",
		.directory = "",
		.settings = "",
		.user = "",
		.hash = "" };
	struct agent_login login;

	(void)state;
	connect_control();
	if (agent_start(&a, &setup, control[0]) == 0)
		assert_int_equal(
		    agent_login(&a, "ann", PASSWORD, &login), -EPIPE);
}

/* --- preparations ------------------------------------------------------- */

static int
copy_program(const char *from)
{
	char buffer[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(program, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	ssize_t n;

	if (in == -1 || out == -1) {
		perror(from);
		return -1;
	}
	while ((n = read(in, buffer, sizeof buffer)) > 0)
		if (write(out, buffer, (size_t)n) != n)
			return -1;
	close(in);
	close(out);
	return chmod(program, 0755);
}

/* The helper of root would be the privileged one. */
static int
become_nobody(void)
{
	if (geteuid() != 0)
		return 0;
	if (chown(base, NOBODY, NOBODY) == -1 || setgroups(0, NULL) == -1 ||
	    setresgid(NOBODY, NOBODY, NOBODY) == -1 ||
	    setresuid(NOBODY, NOBODY, NOBODY) == -1)
		return -1;
	/* For LeakSanitizer, which traces its own process. */
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

#define TEST(f) cmocka_unit_test_teardown(f, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_login),
		TEST(test_user),
		TEST(test_cert),
		TEST(test_proxy),
		TEST(test_host),
		TEST(test_max_login_fails),
		TEST(test_delay),
		TEST(test_second_try),
		TEST(test_no_root),
		TEST(test_open_read),
		TEST(test_open_write),
		TEST(test_open_write_refused),
		TEST(test_upload_end),
		TEST(test_atomic),
		TEST(test_message),
		TEST(test_stat),
		TEST(test_paths),
		TEST(test_rename),
		TEST(test_attributes),
		TEST(test_list),
		TEST(test_list_unread),
		TEST(test_rights),
		TEST(test_deny_file),
		TEST(test_connect),
		TEST(test_violations),
		TEST(test_phases),
		TEST(test_bad_packets),
		TEST(test_no_pair),
		/* The stub ignores SIGCHLD: nothing to wait for from here on. */
		TEST(test_agent_start),
		TEST(test_start_fails),
	};
	const char *top = getenv("abs_top_builddir");
	char built[PATH_MAX];
	int r;

	umask(022);
	snprintf(built, sizeof built, "%s/helpers/inftpd-helper",
	    top ? top : ".");
	if (mkdtemp(base) == NULL)
		return 1;
	snprintf(program, sizeof program, "%s/inftpd-helper", base);
	if (copy_program(built) == -1 || become_nobody() == -1)
		return 1;
	a.wire = -1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	wipe(base);
	return r;
}
