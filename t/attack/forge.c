/*
 * forge.c - what an attacker who owns ftpd would say to the installed, set-uid
 * helper. Started by t/system-attack.t as ftpd's user, with the helper's path;
 * prints "ok" or "not ok" and what was tried, a line each.
 *
 * Local users with the password "secret": alice is jailed in her home, bob is
 * not. t/unit/helper.c has the malformed messages; these here are well formed
 * and malicious.
 */
#include "config.h"

#include "ftpd/agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *helper;
static struct agent a;
static int control[2]; /* both ends of the control connection */

__attribute__((format(printf, 2, 3))) static void
result(bool good, const char *format, ...)
{
	va_list arguments;

	printf("%s - ", good ? "ok" : "not ok");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
}

/* A control connection over loopback, whose server's end is control[0]. */
static void
connect_control(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	control[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&address, length) == -1 ||
	    listen(listener, 1) == -1 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) ==
	        -1 ||
	    connect(control[1], (struct sockaddr *)&address, length) == -1)
		exit(1);
	control[0] = accept(listener, NULL, NULL);
	close(listener);
}

static void
start(const char *instance, const char *directory, const char *settings,
    const char *user)
{
	struct agent_setup setup = { .program = -1,
		.path = helper,
		.socket = "",
		.instance = instance,
		.directory = directory,
		.settings = settings,
		.user = user,
		.hash = "" };

	connect_control();
	if (agent_start(&a, &setup, control[0]) < 0)
		exit(1);
}

static void
stop(void)
{
	agent_stop(&a);
	close(control[0]);
	close(control[1]);
}

static bool
log_in(const char *user)
{
	struct agent_login login;

	start("", "", "", "");
	return agent_login(&a, user, "secret", &login) == 0;
}

/* Says hello with something that only an unprivileged helper may be told. */
static void
try_hello(const char *what, const char *instance, const char *directory,
    const char *settings, const char *user)
{
	start(instance, directory, settings, user);
	result(agent_user(&a, "alice") == -EPIPE, "%s: the helper ends", what);
	stop();
}

static void
try_phases(void)
{
	struct agent_file file;
	struct agent_login login;
	time_t begin = time(NULL);
	int tries = 0;

	start("", "", "", "");
	result(agent_open(&a, "/etc/shadow", WIRE_OPEN_READ, 0, &file) ==
	        -EPIPE, "a file before login: the helper ends");
	stop();
	start("", "", "", "");
	while (tries < 100 &&
	    agent_login(&a, "alice", "guess", &login) == -EACCES)
		tries++;
	result(tries <= 3, "guessing passwords: %d tries, then it ends",
	    tries);
	result(time(NULL) - begin >= tries - 1, "and each costs a second");
	stop();
	log_in("alice");
	result(agent_login(&a, "bob", "secret", &login) == -EPIPE,
	    "a second login: the helper ends");
	stop();
	log_in("alice");
	result(agent_cert(&a, WIRE_CERT_RSA_KEY) == -EPIPE,
	    "the key after login: the helper ends");
	stop();
}

static void
try_open(const char *who, const char *path, enum wire_open how)
{
	struct agent_file file;
	int r = agent_open(&a, path, how, 0, &file);

	result(r < 0 && r != -EPIPE, "%s: %s %s: %s", who,
	    how == WIRE_OPEN_READ ? "read" : "write", path,
	    r < 0 ? strerror(-r) : "opened");
	if (r == 0)
		close(file.fd);
}

static void
try_connect(const char *what, const char *address, unsigned port)
{
	struct in_addr in;
	int fd;

	inet_pton(AF_INET, address, &in);
	fd = agent_connect(&a, (const unsigned char *)&in, 4, port);
	result(fd == -EPERM, "%s: %s port %u", what, address, port);
	if (fd >= 0)
		close(fd);
}

/* Both read and write; the descriptors that do come are as narrow as asked. */
static void
try_descriptors(void)
{
	struct agent_file file;

	if (agent_open(&a, "/mine", WIRE_OPEN_STORE, 0, &file) == 0) {
		result((fcntl(file.fd, F_GETFL) & O_ACCMODE) == O_WRONLY,
		    "an upload's descriptor cannot be read");
		close(file.fd);
	}
	if (agent_open(&a, "/mine", WIRE_OPEN_READ, 0, &file) == 0) {
		result((fcntl(file.fd, F_GETFL) & O_ACCMODE) == O_RDONLY,
		    "a download's descriptor cannot be written");
		result(openat(file.fd, "..", O_RDONLY) == -1,
		    "and leads nowhere");
		close(file.fd);
	}
}

static void
try_jailed(void)
{
	static const char *const paths[] = { "/etc/shadow",
		"/../../../../etc/shadow", "/to-shadow", "/to-root/etc/shadow",
		"/up/up/etc/shadow", "/proc/self/root/etc/shadow",
		"/fifo", "/." };

	if (!log_in("alice"))
		result(false, "alice logs in");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		try_open("jailed", paths[i], WIRE_OPEN_READ);
		try_open("jailed", paths[i], WIRE_OPEN_STORE);
	}
	try_descriptors();
	result(agent_rename(&a, "/mine", "/../../tmp/mine") < 0 ||
	        access("/tmp/mine", F_OK) == -1, "rename out of the jail");
	result(agent_mkdir(&a, "/up/made") < 0 || access("/home/made", F_OK) ==
	        -1, "make a directory outside");
	result(agent_chmod(&a, "/to-shadow", 0777) < 0, "chmod through a link");
	result(agent_utime(&a, "/to-shadow", 0) < 0, "utime through a link");
	try_connect("a reserved port", "127.0.0.1", 22);
	try_connect("a neighbour", "127.0.0.2", 2222);
	try_connect("the world", "192.0.2.1", 2222);
	try_connect("port 0", "127.0.0.1", 0);
	stop();
}

static void
try_free(void)
{
	static const char *const paths[] = { "/etc/shadow", "/root/secret",
		"/home/alice/mine", "/proc/self/mem", "/proc/1/mem",
		"/proc/self/root/etc/shadow", "/proc/self/fd/0",
		"/dev/mem", "/dev/null" };

	if (!log_in("bob"))
		result(false, "bob logs in");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		try_open("not jailed", paths[i], WIRE_OPEN_READ);
		try_open("not jailed", paths[i], WIRE_OPEN_STORE);
	}
	try_open("not jailed", "/etc/passwd", WIRE_OPEN_STORE);
	result(agent_unlink(&a, "/etc/passwd") < 0, "remove /etc/passwd");
	result(agent_rename(&a, "/home/bob/x", "/etc/x") < 0,
	    "rename into /etc");
	stop();
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	helper = argv[1];
	try_hello("a directory of its own", "", "/tmp", "", "");
	try_hello("settings of its own", "", "", "anonymous_enable=YES\n", "");
	try_hello("a user of its own", "", "", "", "mallory");
	try_hello("an instance with a path in it", "../../tmp", "", "", "");
	try_phases();
	try_jailed();
	try_free();
	return 0;
}
