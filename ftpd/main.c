/*
 * main.c - options and activation: which of the ways to be started this is.
 *
 * A super-server gives a connected socket as descriptor 0 and no options; all
 * others are asked for by option. What then happens to one connection is
 * serve.c's, to a listening socket listen.c's.
 */
#include "config.h"

#include "conf/conf.h"
#include "ftpd/check.h"
#include "ftpd/command.h"
#include "ftpd/listen.h"
#include "ftpd/quick.h"
#include "ftpd/resolve.h"
#include "ftpd/sandbox.h"
#include "ftpd/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HELPER_NAME "inftpd-helper"

/* What is to be done; the default is to serve descriptor 0. */
enum action {
	ACTION_SERVE_ONE,
	ACTION_QUICK,
	ACTION_LISTEN,
	ACTION_CHECK_CONFIG,
	ACTION_SHOW_CONFIG,
	ACTION_RESOLVE,
	ACTION_LIST_DIRECTIVES,
	ACTION_LIST_COMMANDS,
	ACTION_SELFTEST_SANDBOX,
	ACTION_VERSION,
	ACTION_HELP,
};

struct options {
	enum action action;
	const char *instance;
	const char *directory; /* --config */
	bool implicit;
	struct conf_who who;   /* of --show-config; the user is quick.user */
	struct quick quick;
	struct title title; /* where our arguments lie */
};

enum { OPTION_INSTANCE = 256, OPTION_CONFIG, OPTION_IMPLICIT, OPTION_SERVE,
	OPTION_PORT, OPTION_ADDRESS, OPTION_WRITE, OPTION_TLS, OPTION_USER,
	OPTION_FROM, OPTION_HOST,
	OPTION_ACTION };

static const struct option long_options[] = {
	{ "instance", required_argument, NULL, OPTION_INSTANCE },
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "implicit", no_argument, NULL, OPTION_IMPLICIT },
	{ "serve", required_argument, NULL, OPTION_SERVE },
	{ "port", required_argument, NULL, OPTION_PORT },
	{ "address", required_argument, NULL, OPTION_ADDRESS },
	{ "write", no_argument, NULL, OPTION_WRITE },
	{ "tls", no_argument, NULL, OPTION_TLS },
	{ "user", required_argument, NULL, OPTION_USER },
	{ "from", required_argument, NULL, OPTION_FROM },
	{ "host", required_argument, NULL, OPTION_HOST },
	{ "listen", no_argument, NULL, OPTION_ACTION + ACTION_LISTEN },
	{ "check-config", no_argument, NULL,
	    OPTION_ACTION + ACTION_CHECK_CONFIG },
	{ "show-config", no_argument, NULL,
	    OPTION_ACTION + ACTION_SHOW_CONFIG },
	{ "resolve", no_argument, NULL, OPTION_ACTION + ACTION_RESOLVE },
	{ "list-directives", no_argument, NULL,
	    OPTION_ACTION + ACTION_LIST_DIRECTIVES },
	{ "list-commands", no_argument, NULL,
	    OPTION_ACTION + ACTION_LIST_COMMANDS },
	{ "selftest-sandbox", no_argument, NULL,
	    OPTION_ACTION + ACTION_SELFTEST_SANDBOX },
	{ "version", no_argument, NULL, OPTION_ACTION + ACTION_VERSION },
	{ "help", no_argument, NULL, OPTION_ACTION + ACTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
    "usage: inftpd [--instance NAME] [--implicit]\n"
    "                                          serve the client on descriptor 0\n"
    "       inftpd --serve DIR [--port N] [--address A] [--write] [--tls]\n"
    "                          [--user NAME]\n"
    "       inftpd --listen [--instance NAME] [--implicit]\n"
    "       inftpd --check-config [--instance NAME]\n"
    "       inftpd --show-config [--instance NAME] [--from ADDRESS]\n"
    "                            [--host NAME] [--user NAME]\n"
    "       inftpd --explain [--user NAME] [--from ADDRESS] [--tls]\n"
    "                        [VERB [PATH]]; --explain --help has more\n"
    "       inftpd --resolve [--instance NAME]\n"
    "       inftpd --list-directives | --list-commands | --selftest-sandbox\n"
    "       inftpd --version | --help\n";

static int
parse_port(const char *text, unsigned *ret_port)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || port > 65535) {
		fprintf(stderr, "inftpd: --port %s: a number from 0 to 65535\n",
		    text);
		return -1;
	}
	*ret_port = (unsigned)port;
	return 0;
}

/* A name as HOST takes it, or an address of the server. */
static int
parse_host(const char *text, struct conf_who *who)
{
	static char name[CONF_HOST_MAX + 1];

	if (conf_address_parse(text, &who->to) == 0)
		return 0;
	if (conf_host_name(text, name) < 0) {
		fprintf(stderr,
		    "inftpd: --host %s: a domain name or an address\n", text);
		return -1;
	}
	who->host = name;
	return 0;
}

static int
take_option(struct options *o, int option)
{
	switch (option) {
	case OPTION_INSTANCE:
		o->instance = optarg;
		return 0;
	case OPTION_CONFIG:
		o->directory = optarg;
		return 0;
	case OPTION_IMPLICIT:
		o->implicit = true;
		return 0;
	case OPTION_SERVE:
		o->action = ACTION_QUICK;
		o->quick.directory = optarg;
		return 0;
	case OPTION_PORT:
		return parse_port(optarg, &o->quick.port);
	case OPTION_ADDRESS:
		o->quick.address = optarg;
		return 0;
	case OPTION_WRITE:
		o->quick.write = true;
		return 0;
	case OPTION_TLS:
		o->quick.tls = true;
		return 0;
	case OPTION_USER:
		o->quick.user = o->who.user = optarg;
		return 0;
	case OPTION_FROM:
		if (conf_address_parse(optarg, &o->who.from) == 0)
			return 0;
		fprintf(stderr, "inftpd: --from %s: an IPv4 or IPv6 "
				"address\n", optarg);
		return -1;
	case OPTION_HOST:
		return parse_host(optarg, &o->who);
	default:
		if (option < OPTION_ACTION)
			return -1;
		o->action = (enum action)(option - OPTION_ACTION);
		return 0;
	}
}

static int
parse_options(int argc, char **argv, struct options *ret_options)
{
	struct options o = { .instance = "",
		.directory = "",
		.quick = { .address = "127.0.0.1", .port = 2121 } };
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) !=
	    -1)
		if (take_option(&o, option) < 0)
			return -1;
	if (optind < argc) {
		fprintf(stderr, "inftpd: %s: not an option\n", argv[optind]);
		return -1;
	}
	*ret_options = o;
	return 0;
}

/* --- the helper's program --------------------------------------------- */

/*
 * A program found relative to this one, be it in a build tree or installed.
 * A descriptor, or -1.
 */
static int
open_beside(const char *const *places, size_t count)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 128);
	char *slash;

	if (n <= 0)
		return -1;
	path[n] = '\0';
	slash = strrchr(path, '/');
	for (size_t i = 0; slash && i < count; i++) {
		int fd;

		strcpy(slash, places[i]);
		fd = open(path, O_PATH | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* Without privilege the helper beside this program will do. */
static int
open_own_helper(void)
{
	static const char *const beside[] = { "/../helpers/" HELPER_NAME,
		"/../libexec/inftpd/unprivileged/" HELPER_NAME };
	int fd = open_beside(beside, 2);

	return fd >= 0 ? fd
		       : open(LIBEXECDIR "/unprivileged/" HELPER_NAME,
			     O_PATH | O_CLOEXEC);
}

/* --explain is another program's: all other arguments are for it. */
static int
run_explain(int argc, char **argv)
{
	static const char *const beside[] = { "/../helpers/inftpd-explain",
		"/../libexec/inftpd/inftpd-explain" };
	int fd = open_beside(beside, 2), kept = 0;

	if (fd < 0)
		fd = open(LIBEXECDIR "/inftpd-explain", O_PATH | O_CLOEXEC);
	for (int i = 0; i < argc; i++)
		if (i == 0 || strcmp(argv[i], "--explain") != 0)
			argv[kept++] = argv[i];
	argv[kept] = NULL;
	if (fd >= 0)
		execveat(fd, "", argv, environ, AT_EMPTY_PATH);
	perror("inftpd: inftpd-explain");
	return 2;
}

/* In front of the first word that is no option. */
static bool
wants_explain(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--explain") == 0)
			return true;
	return false;
}

/* --- descriptor 0 ----------------------------------------------------- */

static bool
socket_is(int fd, int option, int value)
{
	int has = 0;
	socklen_t length = sizeof has;

	return getsockopt(fd, SOL_SOCKET, option, &has, &length) == 0 &&
	    has == value;
}

static bool
is_stream(int fd)
{
	return socket_is(fd, SO_TYPE, SOCK_STREAM);
}

static bool
is_listening(int fd)
{
	return is_stream(fd) && socket_is(fd, SO_ACCEPTCONN, 1);
}

/* --- actions ---------------------------------------------------------- */

static void
print_warning(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "warning: %s\n", text);
}

static int
choose_place(const struct options *o, struct service *service)
{
	int r;

	service->implicit = o->implicit;
	service->title = o->title;
	service->helper = (struct agent_setup){ .program = -1,
		.path = LIBEXECDIR "/" HELPER_NAME,
		.socket = RUNSTATEDIR "/helper.socket",
		.instance = o->instance,
		.directory = o->directory,
		.settings = "",
		.user = "",
		.hash = "" };
	if (o->directory[0] == '\0') {
		r = conf_place_system(&service->place, o->instance);
		if (r < 0)
			fprintf(stderr, "inftpd: --instance %s: letters, "
					"digits and '-' only\n", o->instance);
		return r;
	}
	/* A private configuration: as its caller and nobody else. */
	service->quick = true;
	service->helper.program = open_own_helper();
	service->helper.socket = "";
	r = conf_place_private(&service->place, o->directory);
	if (r < 0)
		fprintf(stderr, "inftpd: --config: path too long\n");
	return r;
}

static int
quick(const struct options *o)
{
	int helper = open_own_helper();

	if (helper < 0) {
		fprintf(stderr, "inftpd: cannot find %s beside this program\n",
		    HELPER_NAME);
		return 1;
	}
	return quick_run(&o->quick, helper);
}

static int
load_conf(const struct options *o, struct conf *ret_conf)
{
	struct service service = { 0 };
	struct conf_error error;

	if (choose_place(o, &service) < 0)
		return 2;
	if (serve_load_conf(&service, ret_conf, print_warning, NULL, &error) <
	    0) {
		fprintf(stderr, "error: %s\n", error.text);
		return 2;
	}
	return 0;
}

static int
check_config(const struct options *o)
{
	struct service service = { 0 };

	return choose_place(o, &service) < 0 ? 2 : check_run(&service);
}

/* What a session would have: all layers, as it reads them. */
static int
show_config(const struct options *o)
{
	struct service service = { 0 };
	struct conf_error error;
	struct conf conf;

	if (choose_place(o, &service) < 0)
		return 2;
	if (conf_load_layers(&conf, &service.place, &o->who, print_warning,
	        NULL, &error) < 0) {
		fprintf(stderr, "error: %s\n", error.text);
		return 2;
	}
	conf_show(&conf, stdout);
	conf_done(&conf);
	return 0;
}

static int
resolve(const struct options *o)
{
	struct service service = { 0 };
	struct conf conf;
	int status = load_conf(o, &conf);

	if (status != 0 || choose_place(o, &service) < 0)
		return 2;
	status = resolve_run(&conf, &service.place);
	conf_done(&conf);
	return status;
}

/* The listener binds as root and is nobody's superior afterwards. */
static int
drop_root(void)
{
	const struct passwd *user;

	if (geteuid() != 0)
		return 0;
	user = getpwnam(FTPD_USER);
	if (!user || user->pw_uid == 0) {
		fprintf(stderr, "inftpd: the system user %s is missing\n",
		    FTPD_USER);
		return -1;
	}
	if (initgroups(FTPD_USER, user->pw_gid) == -1 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == -1 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == -1) {
		perror("inftpd: giving up root");
		return -1;
	}
	return 0;
}

/* Each of a list of addresses, with commas or blanks between them. */
static int
bind_list(struct listen *l, const char *list, unsigned port,
    struct conf_error *error)
{
	char address[64];
	int r = 0;

	while (list && *list != '\0' && r == 0) {
		size_t n = strcspn(list, ", \t");

		if (n > 0) {
			snprintf(address, sizeof address, "%.*s",
			    n < sizeof address ? (int)n : 63, list);
			r = listen_bind(l, address, port, error);
		}
		list += n;
		list += strspn(list, ", \t");
	}
	return r;
}

static int
bind_configured(struct listen *l, const struct conf *conf)
{
	struct conf_error error;
	unsigned port = (unsigned)conf->listen_port;
	int r = bind_list(l, conf->listen_address, port, &error);

	if (r == 0)
		r = bind_list(l, conf->listen_address6, port, &error);
	if (r == 0 && l->count == 0)
		r = listen_bind(l, conf->listen && !conf->listen_ipv6
		        ? "0.0.0.0" : NULL, port, &error);
	if (r < 0)
		fprintf(stderr, "inftpd: %s\n", error.text);
	return r;
}

/* Sockets of the service manager, descriptor 0, or our own. */
static int
open_sockets(
    struct listen *l, const struct manager *manager, const struct conf *conf)
{
	int n = manager_listen_fds(manager, l->sockets, LISTEN_MAX);

	if (n < 0)
		fprintf(stderr, "inftpd: a socket handed over (LISTEN_FDS) "
				"does not listen: %s\n", strerror(-n));
	if (n != 0) {
		l->count = n > 0 ? (size_t)n : 0;
		return n < 0 ? n : 0;
	}
	if (is_listening(STDIN_FILENO)) {
		listen_add(l, fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
		return 0;
	}
	return bind_configured(l, conf);
}

static int
run_listener(const struct options *o)
{
	static struct listen listener;
	struct service service = { 0 };
	struct manager manager;
	struct conf conf;
	int status = load_conf(o, &conf);

	if (status != 0)
		return status;
	if (choose_place(o, &service) < 0 || manager_open(&manager) < 0 ||
	    open_sockets(&listener, &manager, &conf) < 0 || drop_root() < 0)
		return 1;
	service.conf = &conf;
	return listen_run(&listener, &service, &manager);
}

/* listen=YES: what vsftpd, too, takes a start by hand for. */
static bool
wants_listener(const struct options *o)
{
	struct service service = { 0 };
	struct conf_error error;
	struct conf conf;
	bool wanted;

	if (choose_place(o, &service) < 0 ||
	    serve_load_conf(&service, &conf, NULL, NULL, &error) < 0)
		return false;
	wanted = conf.listen || conf.listen_ipv6;
	conf_done(&conf);
	return wanted;
}

static int
serve_one(const struct options *o)
{
	struct service service = { 0 };

	if (is_listening(STDIN_FILENO) || getenv("LISTEN_FDS") ||
	    (!is_stream(STDIN_FILENO) && wants_listener(o)))
		return run_listener(o);
	if (!is_stream(STDIN_FILENO)) {
		fprintf(stderr,
		    "inftpd: descriptor 0 is not a client's connection; "
		    "a super-server starts this program.\n"
		    "Try: inftpd --serve DIR\n%s", usage);
		return 2;
	}
	if (choose_place(o, &service) < 0)
		return 2;
	return serve_client(&service);
}

/* "verb TAB argument TAB feature" a row, for the test of the manual. */
static int
list_commands(void)
{
	for (size_t i = 0; i < command_count; i++)
		printf("%s\t%s\t%s\t%s\n", commands[i].verb, commands[i].help,
		    commands[i].feat ? commands[i].feat : "",
		    !commands[i].run ? "502"
			: commands[i].when & NEEDS_TLS ? "ssl_enable"
			: commands[i].when & NEEDS_HASH ? "hash_enable" : "");
	return 0;
}

/* Does this kernel carry the sandbox? Says which parts of it. */
static int
selftest_sandbox(void)
{
	const char *const none[] = { NULL };
	unsigned have = 0;
	int r = sandbox_enter(none, none, false, &have);

	printf("seccomp: %s\n", have & SANDBOX_SECCOMP ? "yes" : "no");
	if (have & SANDBOX_LANDLOCK)
		printf("landlock: ABI %u\n", have >> SANDBOX_ABI_SHIFT);
	else
		printf("landlock: no\n");
	if (r < 0)
		printf("failed: %s\n", strerror(-r));
	return r < 0 || !(have & SANDBOX_SECCOMP);
}

/*
 * Init scripts close them. What is opened first would get their numbers, and
 * messages for standard error would go to a client.
 */
static bool
have_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", O_RDWR) == -1)
			return false;
	return true;
}

int
main(int argc, char **argv)
{
	struct options options;

	if (!have_standard_descriptors())
		return 1;
	if (wants_explain(argc, argv))
		return run_explain(argc, argv);
	if (parse_options(argc, argv, &options) < 0) {
		fputs(usage, stderr);
		return 2;
	}
	title_find(&options.title, argc, argv);
	switch (options.action) {
	case ACTION_SERVE_ONE:
		return serve_one(&options);
	case ACTION_QUICK:
		return quick(&options);
	case ACTION_LISTEN:
		return run_listener(&options);
	case ACTION_CHECK_CONFIG:
		return check_config(&options);
	case ACTION_SHOW_CONFIG:
		return show_config(&options);
	case ACTION_RESOLVE:
		return resolve(&options);
	case ACTION_LIST_DIRECTIVES:
		conf_list(stdout);
		return 0;
	case ACTION_LIST_COMMANDS:
		return list_commands();
	case ACTION_SELFTEST_SANDBOX:
		return selftest_sandbox();
	case ACTION_VERSION:
		puts(PACKAGE_STRING);
		return 0;
	case ACTION_HELP:
		fputs(usage, stdout);
		return 0;
	}
	return 2;
}
