/*
 * helper.c - inftpd-helper: launch hygiene, the request table, the serve loop.
 *
 * Starts as root by its set-uid bit (or from the service manager), and trusts
 * nothing from its caller: not arguments, not environment, not descriptors
 * but number 0, on which ftpd sends typed messages (wire.h). Each must be in
 * the table, in its phase, of its size; anything else ends the process.
 * Without privilege (quick mode, tests) it serves its caller's own files.
 */
#include "config.h"

#include "helpers/auth.h"
#include "helpers/become.h"
#include "helpers/cert.h"
#include "helpers/confine.h"
#include "helpers/files.h"
#include "helpers/helper.h"
#include "helpers/port.h"
#include "helpers/proxy.h"
#include "helpers/rights.h"
#include "helpers/spool.h"
#include "helpers/settings.h"
#include "helpers/upload.h"
#include "helpers/walk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define LOGIN_GRACE 15 /* seconds beyond login_timeout until it gives up */

/* A request being served. */
struct call {
	struct wire in, out;
	int given; /* the descriptor that came with it, or -1 */
	int reply; /* goes back with the answer and is closed then; or -1 */
};

/* One row is the whole truth about a request. */
struct request {
	enum wire_op op;
	const char *name;
	unsigned phases;      /* enum phase, or-ed: where it is served */
	size_t least, most;   /* bytes of the message */
	bool descriptor;      /* must one come with it? */
	/* Requests that are one path and answer with 0 or errno only. */
	int (*on_path)(struct helper *h, const char *path);
	/*
	 * All others: decodes c->in, then acts. 0 or -errno for the client;
	 * -EBADMSG for a message that cannot be decoded.
	 */
	int (*run)(struct helper *h, struct call *c);
};

_Noreturn static void
die(struct helper *h, const char *why)
{
	log_event(&h->log, LOG_ERR, "helper", "%s; the session ends", why);
	_exit(1);
}

/* --- HELLO ------------------------------------------------------------ */

/* The client's address for the log; false if it has none. */
static bool
name_peer(struct helper *h)
{
	char text[INET6_ADDRSTRLEN] = "";
	bool internet = true;

	if (h->peer.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &h->peer.v4.sin_addr, text, sizeof text);
	else if (h->peer.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &h->peer.v6.sin6_addr, text, sizeof text);
	else
		internet = false;
	strcpy(h->log.peer, strncmp(text, "::ffff:", 7) == 0 ? text + 7 : text);
	return internet;
}

/* Peer and local address, from the socket itself and from nobody's word. */
static int
take_addresses(struct helper *h, int control)
{
	socklen_t peer = sizeof h->peer, local = sizeof h->local;

	if (getpeername(control, &h->peer.any, &peer) == -1 ||
	    getsockname(control, &h->local.any, &local) == -1)
		return h->privileged ? -errno : 0;
	return name_peer(h) || !h->privileged ? 0 : -EAFNOSUPPORT;
}

static int
choose_place(struct helper *h, const char *directory, const char *settings)
{
	/* Only who serves his own files may say how. */
	if (h->privileged && (directory[0] != '\0' || settings[0] != '\0' ||
	                         h->quick_user[0] != '\0'))
		return -EPERM;
	if (directory[0] != '\0')
		return conf_place_private(&h->place, directory);
	if (!h->privileged && settings[0] != '\0')
		return 0; /* quick mode: no files at all */
	/* Its set-uid bit is missing: every login would be refused. */
	if (!h->privileged)
		return -EPERM;
	return conf_place_system(&h->place, h->instance);
}

static int
run_hello(struct helper *h, struct call *c)
{
	char directory[WIRE_PATH_MAX + 1];
	char settings[WIRE_SETTINGS_MAX + 1];
	int r;

	wire_get_str(&c->in, h->instance, sizeof h->instance);
	wire_get_str(&c->in, directory, sizeof directory);
	wire_get_str(&c->in, settings, sizeof settings);
	wire_get_str(&c->in, h->quick_user, sizeof h->quick_user);
	wire_get_str(&c->in, h->quick_hash, sizeof h->quick_hash);
	if (!wire_end(&c->in))
		return -EBADMSG;
	r = take_addresses(h, c->given);
	/* One who only looked whether somebody answers; ftpd tells of it. */
	if (r == -ENOTCONN)
		_exit(0);
	if (r == 0)
		r = choose_place(h, directory, settings);
	if (r == 0 && settings[0] != '\0') {
		h->settings = strdup(settings);
		r = h->settings ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = settings_load(h);
	if (r < 0)
		die(h, "no usable configuration or control connection");
	h->phase = h->conf.proxy_protocol ? PHASE_PROXY : PHASE_LOGIN;
	return 0;
}

/* --- PROXY ------------------------------------------------------------ */

static void
set_address(union address *a, const struct proxy_end *end)
{
	memset(a, 0, sizeof *a);
	if (end->length == 4) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons((uint16_t)end->port);
		memcpy(&a->v4.sin_addr, end->bytes, 4);
	} else {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons((uint16_t)end->port);
		memcpy(&a->v6.sin6_addr, end->bytes, 16);
	}
}

/* The client is the one of the header; so are the settings. */
static void
take_header(struct helper *h, const struct proxy_header *header)
{
	if (header->from.length == 0)
		return;
	set_address(&h->peer, &header->from);
	set_address(&h->local, &header->to);
	h->proxied = true;
	name_peer(h);
	conf_done(&h->conf);
	if (settings_load(h) < 0)
		die(h, "configuration changed and is not usable");
}

static void
answer_proxy(struct helper *h, const struct proxy_header *header,
    struct wire *out)
{
	static const unsigned layers[] = { CONF_NET, CONF_HOST };
	const struct proxy_end *ends[] = { &header->from, &header->to };
	char settings[WIRE_SETTINGS_MAX + 1];

	for (size_t i = 0; i < 2; i++) {
		wire_put_bytes(out, ends[i]->bytes, ends[i]->length,
		    WIRE_ADDRESS_MAX);
		wire_put_u32(out, ends[i]->port);
	}
	for (size_t i = 0; i < 2; i++) {
		if (conf_settings(&h->conf, layers[i], settings,
		        sizeof settings) >= sizeof settings)
			die(h, "the settings of net.d or host.d are too long");
		wire_put_str(out, settings, WIRE_SETTINGS_MAX);
	}
}

/* Only the true peer of the connection can make its header be believed. */
static int
run_proxy(struct helper *h, struct call *c)
{
	unsigned char bytes[WIRE_PROXY_MAX];
	size_t length = wire_get_bytes(&c->in, bytes, sizeof bytes);
	struct proxy_header header;
	struct conf_address peer;
	int r;

	if (!wire_end(&c->in))
		return -EBADMSG;
	conf_address_take(&peer, &h->peer.any);
	if (conf_networks_have(h->conf.proxy_trusted, &peer) != 1)
		return -EPERM;
	r = proxy_parse(bytes, length, &header);
	if (r < 0)
		return r;
	take_header(h, &header);
	answer_proxy(h, &header, &c->out);
	h->phase = PHASE_LOGIN;
	return 0;
}

/* --- HOST ------------------------------------------------------------- */

/* A name as it is in host.d, or none. */
static bool
is_host(const char *name)
{
	char folded[CONF_HOST_MAX + 1];

	return name[0] == '\0' ||
	    (conf_host_name(name, folded) == 0 && strcmp(name, folded) == 0);
}

static int
run_host(struct helper *h, struct call *c)
{
	char name[CONF_HOST_MAX + 1], settings[WIRE_SETTINGS_MAX + 1];
	uint32_t pinned;
	int r;

	wire_get_str(&c->in, name, sizeof name);
	pinned = wire_get_u32(&c->in);
	if (!wire_end(&c->in) || pinned > 1 || !is_host(name))
		return -EBADMSG;
	r = settings_move(h, name, pinned == 1);
	if (r < 0)
		return r;
	if (conf_settings(&h->conf, CONF_HOST, settings, sizeof settings) >=
	    sizeof settings)
		die(h, "the host's drop-ins are too long");
	wire_put_str(&c->out, settings, WIRE_SETTINGS_MAX);
	c->reply = settings_open_banner(h);
	return 0;
}

/* --- login ------------------------------------------------------------ */

/*
 * Until so long after begin. What has been done since then, and how long it
 * took to ask an authenticator, say, does not show as long as it took less.
 */
static void
pause_until(const struct timespec *begin, int64_t seconds)
{
	struct timespec time = *begin;

	time.tv_sec += (time_t)seconds;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) ==
	    EINTR)
		;
}

static int
run_user(struct helper *h, struct call *c)
{
	char user[WIRE_NAME_MAX + 1];
	const char *reason;
	int r;

	wire_get_str(&c->in, user, sizeof user);
	if (!wire_end(&c->in))
		return -EBADMSG;
	r = auth_user(h, user, &reason);
	if (r < 0)
		log_event(&h->log, LOG_WARNING, "login-refused",
		    "user \"%s\": %s", user, reason);
	return r;
}

/* A wrong try: the log hears why, the client waits and hears nothing. */
static int
refuse_login(struct helper *h, const char *user, const char *reason,
    const struct timespec *begin)
{
	log_event(&h->log, LOG_WARNING, "login-failed", "user \"%s\": %s",
	    user, reason);
	h->failures++;
	pause_until(begin, h->conf.delay_failed_login);
	/* The user's drop-in may stand over it: start from files again. */
	conf_done(&h->conf);
	if (settings_load(h) < 0)
		die(h, "configuration changed and is not usable");
	return -EACCES;
}

/* The session is the user's from here on. */
static int
enter_session(struct helper *h, const char *user)
{
	const char *wish = h->account.kind == WIRE_ANONYMOUS ? "anon_root"
							     : "home";
	int r;

	h->rights = rights_of(&h->conf, h->account.kind);
	h->umask = rights_umask(&h->conf, h->account.kind);
	umask(h->umask);
	if (h->conf.text_userdb_names)
		auth_load_names(&h->names);
	r = spool_open(h);
	if (r < 0)
		return -EIO;
	r = become_account(h, &h->account);
	if (r < 0) {
		log_event(&h->log, LOG_ERR, "login-failed",
		    "user \"%s\": %s %s: %s", user, wish, h->account.root,
		    strerror(-r));
		return r == -EACCES ? -ENOENT : r;
	}
	strcpy(h->log.user, user);
	r = files_chdir(h, h->account.start);
	if (r < 0 && strcmp(h->account.start, "/") == 0) {
		log_event(&h->log, LOG_WARNING, "login",
		    "%s, the root of \"%s\", cannot be entered: %s",
		    h->account.root, user, strerror(-r));
	} else if (r < 0) {
		log_event(&h->log, LOG_NOTICE, "login",
		    "start directory %s cannot be entered, using /: %s",
		    h->account.start, strerror(-r));
		strcpy(h->account.start, "/");
	}
	h->phase = PHASE_FILES;
	return 0;
}

static void
answer_login(struct helper *h, struct wire *out)
{
	char settings[WIRE_SETTINGS_MAX + 1];

	if (conf_settings(&h->conf, CONF_GROUP | CONF_USER, settings,
	        sizeof settings) >=
	    sizeof settings)
		die(h, "the user's drop-in is too long");
	wire_put_u32(out, h->account.kind);
	wire_put_u32(out, h->rights);
	wire_put_str(out, h->account.start, WIRE_PATH_MAX);
	wire_put_str(out, settings, WIRE_SETTINGS_MAX);
}

static int
run_login(struct helper *h, struct call *c)
{
	char user[WIRE_NAME_MAX + 1], password[WIRE_PASSWORD_MAX + 1];
	struct timespec begin;
	const char *reason;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	wire_get_str(&c->in, user, sizeof user);
	wire_get_str(&c->in, password, sizeof password);
	if (wire_end(&c->in))
		r = auth_login(h, user, password, &h->account, &reason);
	else
		r = -EBADMSG;
	explicit_bzero(password, sizeof password);
	explicit_bzero(c->in.data, c->in.size);
	if (r == -EBADMSG)
		return r;
	if (r < 0)
		return refuse_login(h, user, reason, &begin);
	pause_until(&begin, h->conf.delay_successful_login);
	r = enter_session(h, user);
	if (r == 0)
		answer_login(h, &c->out);
	else
		/* His settings stand over the others': no second try. */
		h->failures = UINT_MAX;
	return r;
}

/* --- files ------------------------------------------------------------ */

static void
get_path(struct wire *in, char path[WIRE_PATH_MAX + 1])
{
	wire_get_str(in, path, WIRE_PATH_MAX + 1);
}

static int
run_path(struct helper *h, struct wire *in,
    int (*act)(struct helper *h, const char *path))
{
	char path[WIRE_PATH_MAX + 1];

	get_path(in, path);
	return wire_end(in) ? act(h, path) : -EBADMSG;
}

static void
put_status(struct wire *out, const struct stat *st)
{
	wire_put_u32(out, st->st_mode);
	wire_put_u64(out, (uint64_t)st->st_size);
	wire_put_u64(out, (uint64_t)st->st_mtime);
}

static int
open_for_read(struct helper *h, const char *path, enum wire_open how,
    struct wire *out)
{
	struct stat st;
	int fd = how == WIRE_OPEN_MESSAGE
	    ? files_open_message(h, path, &st)
	    : files_open_read(h, path, &st);

	if (fd >= 0) {
		put_status(out, &st);
		wire_put_str(out, "", 0);
	}
	return fd;
}

static int
open_for_write(struct helper *h, const char *path, enum wire_open how,
    uint64_t offset, struct wire *out)
{
	const char *name = "";
	struct stat st = { 0 };
	int fd;

	if (wire_open_asks(how))
		return upload_check(h, path, how, offset);
	fd = upload_open(h, path, how, offset, &name);
	if (fd >= 0) {
		put_status(out, &st);
		wire_put_str(out, name, NAME_MAX);
	}
	return fd;
}

static int
run_open(struct helper *h, struct call *c)
{
	char path[WIRE_PATH_MAX + 1];
	uint32_t how;
	uint64_t offset;
	int fd;

	get_path(&c->in, path);
	how = wire_get_u32(&c->in);
	offset = wire_get_u64(&c->in);
	if (!wire_end(&c->in) || how > WIRE_OPEN_PART)
		return -EBADMSG;
	if (how == WIRE_OPEN_READ || how == WIRE_OPEN_MESSAGE)
		fd = open_for_read(h, path, how, &c->out);
	else
		fd = open_for_write(h, path, how, offset, &c->out);
	if (fd < 0 || wire_open_asks(how))
		return fd;
	c->reply = fd;
	return 0;
}

static int
run_upload_end(struct helper *h, struct call *c)
{
	uint32_t complete = wire_get_u32(&c->in);

	if (!wire_end(&c->in) || complete > 1)
		return -EBADMSG;
	return upload_end(h, complete == 1);
}

static int
run_stat(struct helper *h, struct call *c)
{
	char path[WIRE_PATH_MAX + 1];
	struct stat st;
	int r;

	get_path(&c->in, path);
	if (!wire_end(&c->in))
		return -EBADMSG;
	r = files_stat(h, path, &st);
	if (r == 0)
		put_status(&c->out, &st);
	return r;
}

static int
run_space(struct helper *h, struct call *c)
{
	char path[WIRE_PATH_MAX + 1];
	uint64_t bytes;
	int r;

	get_path(&c->in, path);
	if (!wire_end(&c->in))
		return -EBADMSG;
	r = files_space(h, path, &bytes);
	if (r == 0)
		wire_put_u64(&c->out, bytes);
	return r;
}

static int
run_rename(struct helper *h, struct call *c)
{
	char from[WIRE_PATH_MAX + 1], to[WIRE_PATH_MAX + 1];

	get_path(&c->in, from);
	get_path(&c->in, to);
	return wire_end(&c->in) ? files_rename(h, from, to) : -EBADMSG;
}

static int
run_chmod(struct helper *h, struct call *c)
{
	char path[WIRE_PATH_MAX + 1];
	uint32_t mode;

	get_path(&c->in, path);
	mode = wire_get_u32(&c->in);
	return wire_end(&c->in) ? files_chmod(h, path, (mode_t)mode) : -EBADMSG;
}

static int
run_utime(struct helper *h, struct call *c)
{
	char path[WIRE_PATH_MAX + 1];
	uint64_t mtime;

	get_path(&c->in, path);
	mtime = wire_get_u64(&c->in);
	return wire_end(&c->in) ? files_utime(h, path, (int64_t)mtime) : -EBADMSG;
}

static int
run_umask(struct helper *h, struct call *c)
{
	uint32_t mask = wire_get_u32(&c->in);

	if (!wire_end(&c->in) || (mask > 0777 && mask != WIRE_UMASK_KEEP))
		return -EBADMSG;
	/* Who may not choose modes shall not choose them in this way. */
	if (files_permit(h, WIRE_MAY_CHMOD) < 0)
		return -EACCES;
	if (mask != WIRE_UMASK_KEEP) {
		h->umask = (mode_t)mask;
		umask(h->umask);
	}
	wire_put_u32(&c->out, h->umask);
	return 0;
}

static int
run_list(struct helper *h, struct call *c)
{
	struct walk_request request;
	uint32_t format;
	int fd;

	get_path(&c->in, request.path);
	get_path(&c->in, request.shown);
	format = wire_get_u32(&c->in);
	request.options = wire_get_u32(&c->in);
	request.facts = wire_get_u32(&c->in);
	if (!wire_end(&c->in) || format > WIRE_FORMAT_MLST ||
	    request.options > WIRE_LIST_OPTIONS || request.facts > WIRE_FACTS)
		return -EBADMSG;
	request.format = format;
	fd = walk_begin(h, &request);
	if (fd < 0)
		return fd;
	c->reply = fd;
	return 0;
}

static int
run_connect(struct helper *h, struct call *c)
{
	unsigned char address[WIRE_ADDRESS_MAX];
	size_t length = wire_get_bytes(&c->in, address, sizeof address);
	uint32_t port = wire_get_u32(&c->in);
	int fd;

	if (!wire_end(&c->in))
		return -EBADMSG;
	fd = port_connect(h, address, length, port);
	if (fd < 0)
		return fd;
	c->reply = fd;
	return 0;
}

static int
run_cert(struct helper *h, struct call *c)
{
	uint32_t which = wire_get_u32(&c->in);
	int fd;

	if (!wire_end(&c->in) || which >= WIRE_CERT_COUNT)
		return -EBADMSG;
	fd = cert_open(h, which);
	if (fd < 0)
		return fd;
	c->reply = fd;
	return 0;
}

/* Bytes of a field of at most n bytes, with its length in front. */
#define FIELD(n) (4 + (n))
#define ONE_PATH 4 + FIELD(1), 4 + FIELD(WIRE_PATH_MAX)

static const struct request requests[] = {
	{ WIRE_HELLO, "hello", PHASE_START, 4 + 5 * FIELD(0),
	    4 + 2 * FIELD(WIRE_NAME_MAX) + FIELD(WIRE_PATH_MAX) +
	        FIELD(WIRE_SETTINGS_MAX) + FIELD(WIRE_HASH_MAX),
	    true, NULL, run_hello },
	{ WIRE_USER, "user", PHASE_LOGIN, 4 + FIELD(1),
	    4 + FIELD(WIRE_NAME_MAX), false, NULL, run_user },
	{ WIRE_LOGIN, "login", PHASE_LOGIN, 4 + 2 * FIELD(0),
	    4 + FIELD(WIRE_NAME_MAX) + FIELD(WIRE_PASSWORD_MAX), false, NULL,
	    run_login },
	{ WIRE_OPEN, "open", PHASE_FILES, 16 + FIELD(1),
	    16 + FIELD(WIRE_PATH_MAX), false, NULL, run_open },
	{ WIRE_UPLOAD_END, "upload-end", PHASE_FILES, 8, 8, false, NULL,
	    run_upload_end },
	{ WIRE_STAT, "stat", PHASE_FILES, ONE_PATH, false, NULL, run_stat },
	{ WIRE_CHDIR, "chdir", PHASE_FILES, ONE_PATH, false, files_chdir,
	    NULL },
	{ WIRE_LIST, "list", PHASE_FILES, 16 + FIELD(1) + FIELD(0),
	    16 + 2 * FIELD(WIRE_PATH_MAX), false, NULL, run_list },
	{ WIRE_MKDIR, "mkdir", PHASE_FILES, ONE_PATH, false, files_mkdir,
	    NULL },
	{ WIRE_RMDIR, "rmdir", PHASE_FILES, ONE_PATH, false, files_rmdir,
	    NULL },
	{ WIRE_UNLINK, "unlink", PHASE_FILES, ONE_PATH, false, files_unlink,
	    NULL },
	{ WIRE_RENAME, "rename", PHASE_FILES, 4 + 2 * FIELD(1),
	    4 + 2 * FIELD(WIRE_PATH_MAX), false, NULL, run_rename },
	{ WIRE_CHMOD, "chmod", PHASE_FILES, 8 + FIELD(1),
	    8 + FIELD(WIRE_PATH_MAX), false, NULL, run_chmod },
	{ WIRE_UTIME, "utime", PHASE_FILES, 12 + FIELD(1),
	    12 + FIELD(WIRE_PATH_MAX), false, NULL, run_utime },
	{ WIRE_CONNECT, "connect", PHASE_FILES, 8 + FIELD(4),
	    8 + FIELD(WIRE_ADDRESS_MAX), false, NULL, run_connect },
	{ WIRE_UMASK, "umask", PHASE_FILES, 8, 8, false, NULL, run_umask },
	{ WIRE_SPACE, "space", PHASE_FILES, ONE_PATH, false, NULL, run_space },
	{ WIRE_CERT, "cert", PHASE_LOGIN, 8, 8, false, NULL, run_cert },
	{ WIRE_PROXY, "proxy", PHASE_PROXY, 4 + FIELD(0),
	    4 + FIELD(WIRE_PROXY_MAX), false, NULL, run_proxy },
	{ WIRE_HOST, "host", PHASE_LOGIN, 8 + FIELD(0),
	    8 + FIELD(CONF_HOST_MAX), false, NULL, run_host },
};

static const struct request *
find_request(uint32_t op)
{
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
		if (requests[i].op == op)
			return &requests[i];
	return NULL;
}

/* --- the serve loop --------------------------------------------------- */

static void
answer(struct helper *h, struct wire *out, int status, int descriptor)
{
	uint32_t head = (uint32_t)-status;

	if (out->failed)
		die(h, "an answer did not fit");
	if (status < 0)
		out->used = sizeof head;
	memcpy(out->data, &head, sizeof head);
	if (wire_send(h->wire, out, descriptor) < 0)
		_exit(0); /* ftpd has gone: so has the session */
	if (descriptor >= 0)
		close(descriptor);
}

static void
serve_one(struct helper *h, unsigned char *buffer, size_t length,
    int descriptor)
{
	unsigned char room[WIRE_MESSAGE_MAX];
	struct call c = { .given = descriptor, .reply = -1 };
	const struct request *request;
	int status;
	uint32_t op;

	wire_parse(&c.in, buffer, length, &op);
	request = find_request(op);
	if (!request)
		die(h, "unknown request");
	if (!(request->phases & h->phase) || length < request->least ||
	    length > request->most ||
	    request->descriptor != (descriptor >= 0)) {
		log_event(&h->log, LOG_CRIT, "helper",
		    "request %s not permitted now, or of wrong size",
		    request->name);
		_exit(1);
	}
	wire_begin(&c.out, room, sizeof room, 0);
	status = request->on_path
	    ? run_path(h, &c.in, request->on_path)
	    : request->run(h, &c);
	if (status == -EBADMSG)
		die(h, "malformed request");
	if (descriptor >= 0)
		close(descriptor);
	answer(h, &c.out, status, c.reply);
	if (h->listing)
		walk_run(h);
	if (h->phase == PHASE_LOGIN &&
	    h->failures >= (unsigned)h->conf.max_login_fails)
		_exit(0);
}

/* Before login nobody may keep a root process waiting for ever. */
static void
wait_for_request(struct helper *h)
{
	struct pollfd poll_wire = { .fd = h->wire, .events = POLLIN };
	int64_t seconds = h->phase == PHASE_START ? 0 : h->conf.login_timeout;

	if (h->phase == PHASE_FILES)
		return;
	if (poll(&poll_wire, 1, (int)(seconds + LOGIN_GRACE) * 1000) == 0)
		_exit(0);
}

_Noreturn static void
serve(struct helper *h)
{
	unsigned char buffer[WIRE_MESSAGE_MAX];

	for (;;) {
		int descriptor, n;

		wait_for_request(h);
		n = wire_receive(
		    h->wire, buffer, sizeof buffer, &descriptor);
		if (n == 0 || n == -ECONNRESET)
			_exit(0);
		if (n < 0)
			die(h, "bad message");
		serve_one(h, buffer, (size_t)n, descriptor);
	}
}

/* --- launch hygiene --------------------------------------------------- */

/* Descriptor 0 stays; 1 and 2 lead nowhere; the rest is closed. */
static void
reset_descriptors(bool keep_stderr)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1 || dup2(null, 1) == -1 ||
	    (!keep_stderr && dup2(null, 2) == -1))
		_exit(1);
	if (close_range(3, ~0U, 0) == -1)
		for (int fd = 3; fd < 1024; fd++)
			close(fd);
}

static void
reset_limits(struct helper *h)
{
	static const struct {
		int resource;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_FSIZE, RLIM_INFINITY },
		{ RLIMIT_CPU, RLIM_INFINITY },
		{ RLIMIT_AS, RLIM_INFINITY },
		{ RLIMIT_DATA, RLIM_INFINITY },
		{ RLIMIT_STACK, 8 << 20 },
		{ RLIMIT_NOFILE, 256 },
	};

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit limit = { .rlim_cur = limits[i].value,
			.rlim_max = limits[i].value };

		/* Root's right to do so may be outside the bounding set. */
		if (setrlimit(limits[i].resource, &limit) == -1)
			die(h, "a resource limit cannot be lifted");
	}
}

static void
reset_signals(void)
{
	static const struct itimerval never;
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	/* An exec keeps what is ignored; the real-time ones nobody sends. */
	for (int i = 1; i < 32; i++) {
		action.sa_handler = i == SIGPIPE ? SIG_IGN : SIG_DFL;
		sigaction(i, &action, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setitimer(ITIMER_REAL, &never, NULL);
	setitimer(ITIMER_VIRTUAL, &never, NULL);
	setitimer(ITIMER_PROF, &never, NULL);
}

/* Is descriptor 0 what ftpd, and nobody else, would give? */
static void
check_caller(struct helper *h)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t length = sizeof peer;
	int type = 0;
	socklen_t type_length = sizeof type;
	uid_t ftpd_uid;
	gid_t ftpd_gid;

	if (getsockopt(h->wire, SOL_SOCKET, SO_TYPE, &type, &type_length) ==
	        -1 ||
	    type != SOCK_SEQPACKET ||
	    getsockopt(h->wire, SOL_SOCKET, SO_PEERCRED, &peer, &length) == -1)
		die(h, "descriptor 0 is not ftpd's socket");
	if (!h->privileged)
		return;
	if (auth_find_ftpd_user(&ftpd_uid, &ftpd_gid) < 0)
		die(h, "the system user " FTPD_USER " is missing");
	if ((h->caller != 0 && h->caller != ftpd_uid) ||
	    peer.uid != ftpd_uid)
		die(h, "started by somebody else than " FTPD_USER);
}

int
main(void)
{
	static struct helper h = { .phase = PHASE_START,
		.root = -1,
		.spool = -1,
		.upload = { .parent = -1 } };
	uid_t real, effective, saved;

	/* Nothing of the caller's environment is ever looked at. */
	clearenv();
	if (getresuid(&real, &effective, &saved) == -1)
		_exit(1);
	h.caller = real;
	h.privileged = effective == 0;
	reset_descriptors(!h.privileged);
	reset_signals();
	umask(077);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		_exit(1);
	/* Set-uid to anybody but root would be a mistake of installation. */
	if (!h.privileged && (real != effective || real != saved))
		_exit(1);
	log_open(&h.log, "inftpd-helper", !h.privileged);
	if (h.privileged) {
		reset_limits(&h);
		if (setresuid(0, 0, 0) == -1 || setresgid(0, 0, 0) == -1 ||
		    chdir("/") == -1)
			_exit(1);
		setpriority(PRIO_PROCESS, 0, 0);
	}
	check_caller(&h);
	if (confine_helper() < 0)
		die(&h, "seccomp filter refused by this kernel");
	serve(&h);
}
