/*
 * host.h - virtual hosts (RFC 7151): which one this session is at, and the
 * settings and greeting that go with it.
 */
#ifndef FTPD_HOST_H
#define FTPD_HOST_H

#include "conf/conf.h"

#include <stdbool.h>

struct session;

/* Where a session's settings come from, beside the user's. */
struct host {
	struct conf without; /* settings without any host; origins NULL: */
	                     /*   as they are in struct session */
	bool named;          /* by HOST */
	bool pinned;         /* the TLS handshake has named one: no other */
	bool greet;          /* 220 is due after the handshake */
	int banner;          /* banner_file for the next 220, or -1 */
	unsigned told;       /* moves that the log has heard of */
};

/*
 * Puts the session at the host called name (as conf_host_name() has it), or,
 * for "", where it was at the start. 0; -ENOENT if there is no such host, or
 * another one is pinned; -errno for what the log tells. On failure everything
 * stays as it was.
 */
int host_choose(struct session *s, const char *name);

/*
 * The same for a name of the TLS handshake, which pins it: HOST can name no
 * other then. 1 if it is a host's name; 0 if it is not, and nobody has said
 * HOST before; -errno if the handshake must not go on, which is logged.
 */
int host_choose_by_tls(struct session *s, const char *name);

/* The banner will not be shown. */
void host_drop_banner(struct host *host);

/* Frees what is kept of the settings. */
void host_done(struct host *host);

#endif
