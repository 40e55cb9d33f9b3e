/*
 * agent.c - client stubs of the helper, see agent.h. One request, one answer,
 * in lock step; an answer that cannot be decoded is as good as none.
 */
#include "config.h"

#include "ftpd/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

void
agent_stop(struct agent *a)
{
	if (a->wire >= 0)
		close(a->wire);
	a->wire = -1;
}

static int
lost(struct agent *a)
{
	agent_stop(a);
	return -EPIPE;
}

/* The answer to WIRE_HELLO, read when the first other request is made. */
static bool
finish_greeting(struct agent *a)
{
	unsigned char buffer[64];
	int descriptor = -1, n;

	if (!a->greeting)
		return true;
	a->greeting = false;
	n = wire_receive(a->wire, buffer, sizeof buffer, &descriptor);
	if (descriptor >= 0)
		close(descriptor);
	return n > 0 && descriptor < 0;
}

/*
 * Sends the request that w holds and receives the answer into the same
 * buffer. 0 with w at the answer's fields, or the answer's -errno.
 */
static int
ask(struct agent *a, struct wire *w, int *ret_descriptor)
{
	uint32_t status;
	int descriptor = -1, n;

	if (w->failed)
		return -ENAMETOOLONG;
	if (a->wire < 0 || !finish_greeting(a) ||
	    wire_send(a->wire, w, -1) < 0)
		return lost(a);
	n = wire_receive(
	    a->wire, a->buffer, sizeof a->buffer, &descriptor);
	if (n <= 0)
		return lost(a);
	wire_parse(w, a->buffer, (size_t)n, &status);
	if (w->failed || status > INT_MAX ||
	    (descriptor >= 0 && (status != 0 || !ret_descriptor))) {
		if (descriptor >= 0)
			close(descriptor);
		return lost(a);
	}
	if (ret_descriptor)
		*ret_descriptor = descriptor;
	return -(int)status;
}

static void
begin(struct agent *a, struct wire *w, enum wire_op op)
{
	wire_begin(w, a->buffer, sizeof a->buffer, op);
}

/* The child's few steps; nothing here may touch memory of the parent's. */
_Noreturn static void
exec_helper(const struct agent_setup *setup, int wire)
{
	char name[] = "inftpd-helper";
	char *const arguments[] = { name, NULL };
	char *const environment[] = { NULL };

	if (dup2(wire, STDIN_FILENO) == -1)
		_exit(127);
	if (setup->program >= 0)
		syscall(SYS_execveat, setup->program, "", arguments,
		    environment, AT_EMPTY_PATH);
	else
		execve(setup->path, arguments, environment);
	_exit(127);
}

static int
spawn(struct agent *a, const struct agent_setup *setup)
{
	int pair[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -errno;
	/* The kernel reaps it: nobody waits, and none becomes a zombie. */
	signal(SIGCHLD, SIG_IGN);
	child = vfork();
	if (child == 0)
		exec_helper(setup, pair[1]);
	close(pair[1]);
	a->wire = pair[0];
	return child == -1 ? -errno : 0;
}

/* The service manager starts the helper, as root, for each connection. */
static int
connect_helper(struct agent *a, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == -1) {
		int saved = errno;

		close(fd);
		return -saved;
	}
	a->wire = fd;
	return 0;
}

int
agent_start(struct agent *a, const struct agent_setup *setup, int control)
{
	struct wire w;
	bool by_socket = setup->socket[0] != '\0' &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
	int r = by_socket ? connect_helper(a, setup->socket)
			  : spawn(a, setup);

	if (r < 0)
		return r;
	begin(a, &w, WIRE_HELLO);
	wire_put_str(&w, setup->instance, WIRE_NAME_MAX);
	wire_put_str(&w, setup->directory, WIRE_PATH_MAX);
	wire_put_str(&w, setup->settings, WIRE_SETTINGS_MAX);
	wire_put_str(&w, setup->user, WIRE_NAME_MAX);
	wire_put_str(&w, setup->hash, WIRE_HASH_MAX);
	/* The answer is not waited for: it comes while the client thinks. */
	a->greeting = true;
	return wire_send(a->wire, &w, control);
}

int
agent_host(struct agent *a, const char *name, bool pinned,
    struct agent_host *ret_host)
{
	struct wire w;
	int r;

	begin(a, &w, WIRE_HOST);
	wire_put_str(&w, name, CONF_HOST_MAX);
	wire_put_u32(&w, pinned);
	ret_host->banner = -1;
	r = ask(a, &w, &ret_host->banner);
	if (r < 0)
		return r;
	wire_get_str(&w, ret_host->settings, sizeof ret_host->settings);
	if (wire_end(&w))
		return 0;
	if (ret_host->banner >= 0)
		close(ret_host->banner);
	return lost(a);
}

int
agent_user(struct agent *a, const char *user)
{
	struct wire w;

	begin(a, &w, WIRE_USER);
	wire_put_str(&w, user, WIRE_NAME_MAX);
	return ask(a, &w, NULL);
}

int
agent_login(struct agent *a, const char *user, const char *password,
    struct agent_login *ret_login)
{
	struct wire w;
	int r;

	begin(a, &w, WIRE_LOGIN);
	wire_put_str(&w, user, WIRE_NAME_MAX);
	wire_put_str(&w, password, WIRE_PASSWORD_MAX);
	r = ask(a, &w, NULL);
	/* The answer may be shorter than what stood there. */
	if (r < 0) {
		explicit_bzero(a->buffer, sizeof a->buffer);
		return r;
	}
	ret_login->kind = (enum wire_kind)wire_get_u32(&w);
	ret_login->rights = wire_get_u32(&w);
	wire_get_str(&w, ret_login->start, sizeof ret_login->start);
	wire_get_str(&w, ret_login->settings, sizeof ret_login->settings);
	r = wire_end(&w) ? 0 : lost(a);
	explicit_bzero(a->buffer, sizeof a->buffer);
	return r;
}

static void
get_status(struct wire *w, struct agent_file *ret_file)
{
	ret_file->mode = wire_get_u32(w);
	ret_file->size = (int64_t)wire_get_u64(w);
	ret_file->mtime = (int64_t)wire_get_u64(w);
}

int
agent_open(struct agent *a, const char *path, enum wire_open how,
    int64_t offset, struct agent_file *ret_file)
{
	struct wire w;
	int r;

	begin(a, &w, WIRE_OPEN);
	wire_put_str(&w, path, WIRE_PATH_MAX);
	wire_put_u32(&w, how);
	wire_put_u64(&w, (uint64_t)offset);
	ret_file->fd = -1;
	r = ask(a, &w, &ret_file->fd);
	if (r < 0 || wire_open_asks(how))
		return r;
	get_status(&w, ret_file);
	wire_get_str(&w, ret_file->name, sizeof ret_file->name);
	if (wire_end(&w) && ret_file->fd >= 0)
		return 0;
	if (ret_file->fd >= 0)
		close(ret_file->fd);
	return lost(a);
}

int
agent_upload_end(struct agent *a, bool complete)
{
	struct wire w;

	begin(a, &w, WIRE_UPLOAD_END);
	wire_put_u32(&w, complete);
	return ask(a, &w, NULL);
}

int
agent_stat(struct agent *a, const char *path, struct agent_file *ret_file)
{
	struct wire w;
	int r;

	begin(a, &w, WIRE_STAT);
	wire_put_str(&w, path, WIRE_PATH_MAX);
	r = ask(a, &w, NULL);
	if (r < 0)
		return r;
	ret_file->fd = -1;
	get_status(&w, ret_file);
	return wire_end(&w) ? 0 : lost(a);
}

static int
ask_path(struct agent *a, enum wire_op op, const char *path)
{
	struct wire w;

	begin(a, &w, op);
	wire_put_str(&w, path, WIRE_PATH_MAX);
	return ask(a, &w, NULL);
}

int
agent_chdir(struct agent *a, const char *path)
{
	return ask_path(a, WIRE_CHDIR, path);
}

int
agent_mkdir(struct agent *a, const char *path)
{
	return ask_path(a, WIRE_MKDIR, path);
}

int
agent_rmdir(struct agent *a, const char *path)
{
	return ask_path(a, WIRE_RMDIR, path);
}

int
agent_unlink(struct agent *a, const char *path)
{
	return ask_path(a, WIRE_UNLINK, path);
}

int
agent_rename(struct agent *a, const char *from, const char *to)
{
	struct wire w;

	begin(a, &w, WIRE_RENAME);
	wire_put_str(&w, from, WIRE_PATH_MAX);
	wire_put_str(&w, to, WIRE_PATH_MAX);
	return ask(a, &w, NULL);
}

int
agent_chmod(struct agent *a, const char *path, unsigned mode)
{
	struct wire w;

	begin(a, &w, WIRE_CHMOD);
	wire_put_str(&w, path, WIRE_PATH_MAX);
	wire_put_u32(&w, mode);
	return ask(a, &w, NULL);
}

int
agent_utime(struct agent *a, const char *path, int64_t mtime)
{
	struct wire w;

	begin(a, &w, WIRE_UTIME);
	wire_put_str(&w, path, WIRE_PATH_MAX);
	wire_put_u64(&w, (uint64_t)mtime);
	return ask(a, &w, NULL);
}

int
agent_space(struct agent *a, const char *path, int64_t *ret_bytes)
{
	struct wire w;
	uint64_t bytes;
	int r;

	begin(a, &w, WIRE_SPACE);
	wire_put_str(&w, path, WIRE_PATH_MAX);
	r = ask(a, &w, NULL);
	if (r < 0)
		return r;
	bytes = wire_get_u64(&w);
	*ret_bytes = bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
	return wire_end(&w) ? 0 : lost(a);
}

int
agent_umask(struct agent *a, uint32_t mask, unsigned *ret_mask)
{
	struct wire w;
	int r;

	begin(a, &w, WIRE_UMASK);
	wire_put_u32(&w, mask);
	r = ask(a, &w, NULL);
	if (r < 0)
		return r;
	*ret_mask = wire_get_u32(&w);
	return wire_end(&w) ? 0 : lost(a);
}

/* An answer that is a descriptor and nothing else. */
static int
ask_descriptor(struct agent *a, struct wire *w)
{
	int descriptor = -1;
	int r = ask(a, w, &descriptor);

	if (r < 0)
		return r;
	return descriptor >= 0 ? descriptor : lost(a);
}

int
agent_list(struct agent *a, const char *path, const char *shown,
    enum wire_format format, unsigned options, unsigned facts)
{
	struct wire w;

	begin(a, &w, WIRE_LIST);
	wire_put_str(&w, path, WIRE_PATH_MAX);
	wire_put_str(&w, shown, WIRE_PATH_MAX);
	wire_put_u32(&w, format);
	wire_put_u32(&w, options);
	wire_put_u32(&w, facts);
	return ask_descriptor(a, &w);
}

int
agent_connect(struct agent *a, const unsigned char *address, size_t length,
    unsigned port)
{
	struct wire w;

	begin(a, &w, WIRE_CONNECT);
	wire_put_bytes(&w, address, length, WIRE_ADDRESS_MAX);
	wire_put_u32(&w, port);
	return ask_descriptor(a, &w);
}

int
agent_cert(struct agent *a, enum wire_cert which)
{
	struct wire w;

	begin(a, &w, WIRE_CERT);
	wire_put_u32(&w, which);
	return ask_descriptor(a, &w);
}

static void
get_end(struct wire *w, struct proxy_end *ret_end)
{
	ret_end->length =
	    wire_get_bytes(w, ret_end->bytes, sizeof ret_end->bytes);
	ret_end->port = wire_get_u32(w);
}

int
agent_proxy(struct agent *a, const unsigned char *header, size_t length,
    struct agent_proxy *ret_proxy)
{
	struct wire w;
	int r;

	begin(a, &w, WIRE_PROXY);
	wire_put_bytes(&w, header, length, WIRE_PROXY_MAX);
	r = ask(a, &w, NULL);
	if (r < 0)
		return r;
	get_end(&w, &ret_proxy->from);
	get_end(&w, &ret_proxy->to);
	wire_get_str(&w, ret_proxy->net_settings,
	    sizeof ret_proxy->net_settings);
	wire_get_str(&w, ret_proxy->host_settings,
	    sizeof ret_proxy->host_settings);
	return wire_end(&w) ? 0 : lost(a);
}
