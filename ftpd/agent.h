/*
 * agent.h - ftpd's end of the pair: starts inftpd-helper and asks it, in calls
 * shaped like the ones they replace. Each waits for its answer. All return 0
 * (or a descriptor) or -errno; -EPIPE means that the helper has gone, and
 * stays so.
 */
#ifndef FTPD_AGENT_H
#define FTPD_AGENT_H

#include "conf/conf.h"
#include "helpers/proxy.h"
#include "helpers/wire.h"

#include <stdbool.h>
#include <stdint.h>

struct agent {
	int wire;      /* our end, -1 when the helper has gone */
	bool greeting; /* the answer to WIRE_HELLO has not been read yet */
	unsigned char buffer[WIRE_MESSAGE_MAX];
};

/* What the helper is told about itself; strings may be "". */
struct agent_setup {
	int program;           /* the helper, opened; or -1 and then */
	const char *path;      /*   this path of it */
	const char *socket;    /*   or, with no_new_privs set, this socket */
	const char *instance;
	const char *directory; /* private configuration, unprivileged only */
	const char *settings;  /* quick mode's, unprivileged only */
	const char *user;      /* quick mode's one user ... */
	const char *hash;      /* ... and the hash of his password */
};

struct agent_login {
	enum wire_kind kind;
	unsigned rights;
	char start[WIRE_PATH_MAX + 1];
	char settings[WIRE_SETTINGS_MAX + 1]; /* the user's directives */
};

/* What WIRE_PROXY answers; length 0 is the connection as it is. */
struct agent_proxy {
	struct proxy_end from, to;
	char net_settings[WIRE_SETTINGS_MAX + 1];
	char host_settings[WIRE_SETTINGS_MAX + 1];
};

struct agent_host {
	char settings[WIRE_SETTINGS_MAX + 1]; /* the host's directives */
	int banner;          /* its banner_file, the caller's, or -1 */
};

struct agent_file {
	int fd;              /* the caller's */
	uint32_t mode;
	int64_t size, mtime;
	char name[256];      /* chosen by WIRE_OPEN_UNIQUE */
};

/*
 * Starts the helper and hands it the control connection. Where set-uid
 * programs cannot be started (no_new_privs), the service manager's socket of
 * the helper is connected to instead.
 */
int agent_start(
    struct agent *a, const struct agent_setup *setup, int control);

/* Closes our end; the helper then exits. */
void agent_stop(struct agent *a);

/*
 * From now on the helper is at this virtual host, or with "" at the one of
 * the address. With pinned it must be at it already, or the answer is
 * -ENOENT, as for a host that is not there.
 */
int agent_host(struct agent *a, const char *name, bool pinned,
    struct agent_host *ret_host);

int agent_user(struct agent *a, const char *user);
int agent_login(struct agent *a, const char *user, const char *password,
    struct agent_login *ret_login);
int agent_open(struct agent *a, const char *path, enum wire_open how,
    int64_t offset, struct agent_file *ret_file);
int agent_upload_end(struct agent *a, bool complete);
int agent_stat(struct agent *a, const char *path, struct agent_file *ret_file);
int agent_chdir(struct agent *a, const char *path);
int agent_mkdir(struct agent *a, const char *path);
int agent_rmdir(struct agent *a, const char *path);
int agent_unlink(struct agent *a, const char *path);
int agent_rename(struct agent *a, const char *from, const char *to);
int agent_chmod(struct agent *a, const char *path, unsigned mode);
int agent_utime(struct agent *a, const char *path, int64_t mtime);

/* Bytes that could still be stored in the directory. */
int agent_space(struct agent *a, const char *path, int64_t *ret_bytes);

/* Sets the mask of new files, or not: WIRE_UMASK_KEEP; and tells it. */
int agent_umask(struct agent *a, uint32_t mask, unsigned *ret_mask);

/* A listing's pipe, to read from. shown is the argument as typed. */
int agent_list(struct agent *a, const char *path, const char *shown,
    enum wire_format format, unsigned options, unsigned facts);

/* A certificate, key or CA file, to read; -ENOENT when not configured. */
int agent_cert(struct agent *a, enum wire_cert which);

/* Who is behind a PROXY header. -EPERM: not from proxy_trusted; -EPROTO. */
int agent_proxy(struct agent *a, const unsigned char *header, size_t length,
    struct agent_proxy *ret_proxy);

/* A data socket on its way to port of the client, or of address. */
int agent_connect(struct agent *a, const unsigned char *address,
    size_t length, unsigned port);

#endif
