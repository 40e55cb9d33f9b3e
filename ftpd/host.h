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
	bool pinned;         /* the TLS handshake has named one: no other */
};

/*
 * Puts the session at the host called name (as conf_host_name() has it), or,
 * for "", where it was at the start. 0 and the open banner_file or -1 in
 * *ret_banner; -ENOENT if there is no such host, or another one is pinned;
 * -errno for what the log tells. On failure everything stays as it was.
 */
int host_choose(struct session *s, const char *name, int *ret_banner);

/* 220 with the host's banner; closes banner unless that is -1. */
int host_greet(struct session *s, int banner);

/* Frees what is kept of the settings. */
void host_done(struct host *host);

#endif
