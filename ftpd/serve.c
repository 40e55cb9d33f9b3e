/*
 * serve.c - the life of one connection, see serve.h.
 *
 * The order is fixed: configuration, 220, helper started, no_new_privs,
 * sandbox, and only then the first byte of the client's. A process with
 * no_new_privs cannot start a set-uid program, so the helper comes before;
 * and nothing that the client sends is looked at by an unconfined process.
 */
#include "config.h"

#include "ftpd/serve.h"

#include "ftpd/module.h"
#include "ftpd/resolve.h"
#include "ftpd/sandbox.h"
#include "ftpd/session.h"
#include "ftpd/wrappers.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
serve_load_conf(const struct service *service, struct conf *ret_conf,
    conf_warn_fn *warn, void *context, struct conf_error *ret_error)
{
	int r = conf_load(
	    ret_conf, &service->place, warn, context, ret_error);

	if (r == 0 && service->helper.settings[0] != '\0')
		r = conf_read_text(ret_conf, "command line",
		    service->helper.settings, CONF_GLOBAL, warn, context,
		    ret_error);
	return r;
}

/*
 * 1 and 2 may be the client, too: nothing of ours must leak there. And what
 * a careless super-server has left open must not be there for a client.
 */
static void
detach_descriptors(bool keep_stderr)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1)
		_exit(1);
	dup2(null, STDOUT_FILENO);
	if (!keep_stderr)
		dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	if (!keep_stderr)
		close_range(STDERR_FILENO + 1, ~0U, 0);
}

/* Both ends of the control connection. -ENOTCONN when it has gone already. */
static int
take_addresses(struct session *s, bool quick)
{
	socklen_t peer = sizeof s->peer, local = sizeof s->local;

	if (getpeername(s->control, &s->peer.any, &peer) == -1 ||
	    getsockname(s->control, &s->local.any, &local) == -1)
		return -errno;
	/* Tests may come by a Unix socket; they have no data connections. */
	if (s->peer.any.sa_family != AF_INET &&
	    s->peer.any.sa_family != AF_INET6 && !quick)
		return -EAFNOSUPPORT;
	s->here = s->local;
	addr_text(&s->peer, s->log.peer);
	return 0;
}

static void
set_socket_options(const struct session *s)
{
	int on = 1;

	/* Replies must not wait for the acknowledgement of the one before. */
	setsockopt(s->control, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	/* TELNET's urgent byte (ABOR) is read in its place. */
	setsockopt(s->control, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
	setsockopt(s->control, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

/* -1 where there is none, or where it cannot be read, which is logged. */
static int
open_banner(struct session *s)
{
	const char *path = s->conf.banner_file, *problem = NULL;
	struct stat st = { 0 };
	/* A FIFO in its place must not make the client wait. */
	int fd = path ? open(path,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;

	if (path && (fd == -1 || fstat(fd, &st) == -1))
		problem = strerror(errno);
	else if (path && !S_ISREG(st.st_mode))
		problem = "not a plain file";
	else if (path && st.st_size > REPLY_BANNER_MAX)
		log_event(&s->log, LOG_WARNING, "configuration",
		    "banner_file %s: only the first %d bytes are shown", path,
		    REPLY_BANNER_MAX);
	if (problem)
		log_event(&s->log, LOG_WARNING, "configuration",
		    "banner_file %s: %s", path, problem);
	if (problem && fd >= 0)
		close(fd);
	return problem ? -1 : fd;
}

void
serve_refuse(int client, bool implicit, const char *reply)
{
	static const char alert[] = "\x15\x03\x03\x00\x02\x02\x50";
	size_t length = implicit ? sizeof alert - 1 : strlen(reply);
	ssize_t ignored = send(client, implicit ? alert : reply, length,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	(void)ignored;
}

/* A client must not wait for a server that cannot serve. */
static int
turn_away(struct session *s, const char *text)
{
	if (s->secure.implicit) {
		serve_refuse(s->control, true, "");
		return 1;
	}
	reply(s, 421, text);
	reply_flush_all(s);
	return 1;
}

static int
start_helper(struct session *s, const struct service *service)
{
	int r = agent_start(&s->agent, &service->helper, s->control);

	/* The session keeps no way to start another. */
	if (service->helper.program >= 0)
		close(service->helper.program);
	if (r < 0)
		log_event(&s->log, LOG_ERR, "helper",
		    "cannot start %s: %s; inftpd --check-config may say why",
		    service->helper.path, strerror(-r));
	return r;
}

#define MODULE_MAX sizeof ((struct hash *)NULL)->module

/*
 * Where the modules are that a client may ask for; false if there is none.
 * What was not built is not there for clients, either, but for TLS: who has
 * switched that on must hear that it is missing.
 */
static bool
find_modules(struct session *s, char directory[MODULE_MAX])
{
	struct conf *conf = &s->conf;
	char beside[MODULE_DIRECTORY_MAX];
	const char *path;

	if (!conf->ssl_enable && !conf->hash_enable && !conf->mode_z_enable)
		return false;
	module_beside(beside, sizeof beside);
	conf->hash_enable = conf->hash_enable &&
	    module_path(beside, "digest.so", s->hash.module, MODULE_MAX);
	conf->mode_z_enable = conf->mode_z_enable &&
	    module_path(beside, "deflate.so", s->zip.module, MODULE_MAX);
	if (conf->ssl_enable)
		module_path(beside, "tls.so", s->secure.module, MODULE_MAX);
	path = conf->ssl_enable ? s->secure.module
	    : conf->hash_enable ? s->hash.module
				: s->zip.module;
	strcpy(directory, path);
	if (*directory != '\0')
		*strrchr(directory, '/') = '\0';
	return conf->ssl_enable || conf->hash_enable || conf->mode_z_enable;
}

/*
 * A Unix socket above the numbers for which the sandbox allows sendmsg().
 * Quick mode's standard error may be one, too, and stays: it is the caller's.
 */
static int
lift(int *fd)
{
	int lifted;

	if (*fd <= STDERR_FILENO)
		return 0;
	lifted = fcntl(*fd, F_DUPFD_CLOEXEC, SANDBOX_DATA_MAX + 1);
	if (lifted == -1)
		return -errno;
	close(*fd);
	*fd = lifted;
	return 0;
}

static int
lift_unix_sockets(struct session *s)
{
	int r = lift(&s->agent.wire);

	if (r == 0)
		r = lift(&s->log.fd);
	return r == 0 ? lift(&s->status.fd) : r;
}

static int
confine(struct session *s)
{
	char directory[MODULE_MAX];
	const char *const libraries[] = { "/usr/lib", "/lib", "/usr/lib64",
		"/lib64", directory, NULL };
	const char *const files[] = { "/etc/ld.so.cache", "/etc/ssl/openssl.cnf",
		"/etc/pki/tls/openssl.cnf", NULL };
	const char *const none[] = { NULL };
	/* Modules and their libraries are loaded when they are asked for. */
	bool modules = find_modules(s, directory);
	bool tls = s->conf.ssl_enable;
	unsigned have;
	int r = 0;

	if (tls)
		r = lift_unix_sockets(s);
	if (r == 0)
		r = sandbox_enter(modules ? libraries : none,
		    modules ? files : none, tls, &have);
	if (r < 0)
		log_event(&s->log, LOG_ERR, "sandbox",
		    "this kernel refuses the sandbox: %s", strerror(-r));
	return r;
}

static void
log_table_error(struct session *s, const struct service *service, int error)
{
	log_event(&s->log, LOG_ERR, "configuration",
	    "max_clients and max_per_ip need %s, writable for the user that "
	    "runs ftpd: %s", service->place.slots, strerror(-error));
}

/* max_clients and max_per_ip; true if the client was turned away. */
static bool
refuse_crowd(struct session *s, const struct service *service)
{
	int r;

	if (s->conf.max_clients == 0 && s->conf.max_per_ip == 0)
		return false;
	r = s->slots.fd >= 0 ? 0 : slots_open(&s->slots, service->place.slots);
	if (r == 0)
		r = slots_take(&s->slots, &s->peer, s->conf.max_clients,
		    s->conf.max_per_ip);
	if (r == SLOTS_OK)
		return false;
	if (r < 0)
		log_table_error(s, service, r);
	else
		log_event(&s->log, LOG_NOTICE, "full", "%s is reached",
		    r == SLOTS_FULL ? "max_clients" : "max_per_ip");
	turn_away(s, r == SLOTS_FULL
	        ? "There are too many connected users, please try later."
	        : r == SLOTS_FULL_FOR
	        ? "There are too many connections from your address."
	        : "Service not available.");
	return true;
}

/* The listener's child takes over what was read before it was forked. */
static int
take_conf(struct session *s, const struct service *service,
    struct conf_error *error)
{
	if (!service->conf)
		return serve_load_conf(
		    service, &s->conf, NULL, NULL, error);
	s->conf = *service->conf;
	return 0;
}

/* The settings of this client, of the virtual host at this address. */
static int
load_layers(struct session *s, const struct service *service,
    struct conf_error *error)
{
	struct conf_address from, to;
	int r = take_conf(s, service, error);

	/* Behind a proxy the helper reads them, once it has told for whom. */
	if (r < 0 || s->conf.proxy_protocol)
		return r;
	conf_address_take(&from, &s->peer.any);
	conf_address_take(&to, &s->local.any);
	if (r == 0)
		r = conf_read_net(&s->conf, &service->place, &from, error);
	if (r >= 0)
		r = conf_read_host(&s->conf, &service->place, NULL, &to,
		    &s->host.without, error);
	return r;
}

/* Arguments and environment have been used by now: the helper's were last. */
static void
show_title(struct session *s, const struct service *service)
{
	if (!s->conf.setproctitle_enable)
		return;
	title_open(&s->title, &service->title);
	title_set(&s->title, "", s->log.peer, "connected");
}

/* What does not wait for the client; 0, or the exit status. */
static int
prepare(struct session *s, const struct service *service)
{
	struct conf_error error;

	s->secure.implicit = service->implicit;
	s->secure.calls = service->tls;
	s->secure.pair = service->pair;
	if (load_layers(s, service, &error) < 0) {
		log_event(&s->log, LOG_ERR, "configuration", "%s",
		    error.text);
		return turn_away(s, "Service not available: configuration "
				    "error, see the server's log.");
	}
	s->secure.implicit |= s->conf.implicit_ssl;
	s->log.wide = s->conf.wc_logs_enable;
	if (!service->conf && !service->quick &&
	    (s->conf.listen || s->conf.listen_ipv6))
		log_event(&s->log, LOG_INFO, "configuration",
		    "%s=YES is for the listener, and a super-server has "
		    "started this session",
		    s->conf.listen ? "listen" : "listen_ipv6");
	if (!service->quick && geteuid() == 0) {
		log_event(&s->log, LOG_ERR, "start",
		    "refusing to run as root: set User=" FTPD_USER
		    " in the unit or user = " FTPD_USER " in xinetd's entry");
		return turn_away(s, "Service not available.");
	}
	if (s->conf.tcp_wrappers && !wrappers_allow(&s->log))
		return turn_away(s, "Service not available.");
	if (s->secure.implicit && !s->conf.ssl_enable) {
		log_event(&s->log, LOG_ERR, "configuration",
		    "implicit_ssl and --implicit need ssl_enable=YES");
		return turn_away(s, "Service not available.");
	}
	return 0;
}

/* Logs and helper, and then the sandbox; 0, or the exit status. */
static int
confine_all(struct session *s, const struct service *service)
{
	xferlog_open(&s->xferlog, &s->conf, &s->log);
	if (s->conf.pasv_addr_resolve)
		s->resolved = resolve_read(&service->place);
	status_open(&s->status);
	/* Behind a proxy it is needed when no file can be opened any more. */
	if (s->conf.proxy_protocol)
		slots_open(&s->slots, service->place.slots);
	if (start_helper(s, service) < 0 || confine(s) < 0)
		return turn_away(s, "Service not available.");
	return 0;
}

/* TLS from the first byte: the greeting, too, is under it. */
static int
begin_tls(struct session *s)
{
	return control_prepare_tls(s) < 0 || control_start_tls(s) < 0;
}

static int
begin(struct session *s, const struct service *service)
{
	int status = prepare(s, service);
	bool proxied = s->conf.proxy_protocol;

	if (status != 0 || (!proxied && refuse_crowd(s, service)))
		return status;
	if (!proxied)
		s->host.banner = open_banner(s);
	if (!s->secure.implicit && !proxied) {
		reply_greeting(s);
		reply_flush(s);
	}
	status = confine_all(s, service);
	if (status != 0)
		return status;
	if (proxied && proxied_begin(s) < 0)
		return turn_away(s, "Service not available.");
	if (proxied && refuse_crowd(s, service))
		return 0;
	status_set(&s->status, "not logged in, from ", s->log.peer);
	show_title(s, service);
	s->started = s->idle_since = s->now = clock_now();
	if (s->secure.implicit && begin_tls(s) != 0)
		return turn_away(s, "");
	/* Files can be opened by the helper only now. */
	if (proxied && s->conf.banner_file)
		host_choose(s, "");
	/* The greeting, too, is under TLS, and of the host that is asked for. */
	s->host.greet = s->secure.implicit;
	if (proxied && !s->secure.implicit)
		reply_greeting(s);
	session_run(s);
	return 0;
}

static void
init(struct session *s)
{
	s->agent.wire = -1;
	s->host.banner = -1;
	s->transfer.file = -1;
	s->range_end = RANGE_NONE;
	s->zip.level = ZIP_LEVEL;
	s->slots.fd = -1;
	s->status.fd = -1;
	s->state = IN_NEW;
	s->ascii = true; /* RFC 959 section 5.1 */
	s->facts = SESSION_FACTS;
	strcpy(s->cwd, "/");
	data_init(&s->data);
}

int
serve_client(const struct service *service)
{
	struct session *s = calloc(1, sizeof *s);
	int status;

	if (!s)
		return 1;
	detach_descriptors(service->quick);
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	log_open(&s->log, "inftpd", service->quick);
	init(s);
	s->control = STDIN_FILENO;
	status = take_addresses(s, service->quick);
	if (status == -ENOTCONN)
		log_event(&s->log, LOG_INFO, "start",
		    "the client had gone before he was greeted");
	else if (status < 0)
		log_event(&s->log, LOG_NOTICE, "start",
		    "descriptor 0 is not a client's connection");
	if (status < 0) {
		free(s);
		return 1;
	}
	set_socket_options(s);
	status = begin(s, service);
	slots_release(&s->slots);
	status_close(&s->status);
	log_close(&s->log);
	host_done(&s->host);
	free(s->resolved);
	conf_done(&s->conf);
	free(s);
	return status;
}
