/*
 * serve.h - one accepted connection, from its descriptor to the end of its
 * session: settings, greeting, helper, sandbox, loop.
 */
#ifndef FTPD_SERVE_H
#define FTPD_SERVE_H

#include "conf/conf.h"
#include "ftpd/agent.h"
#include "ftpd/title.h"

struct tls_calls;

/* How connections are to be served; the strings live as long as it. */
struct service {
	struct conf_place place;
	struct agent_setup helper;
	struct conf *conf;  /* read already by the listener, or NULL */
	bool implicit;      /* --implicit: TLS from the first byte */
	bool quick;         /* no privilege; the log is standard error */
	const struct tls_calls *tls; /* the module, where it is loaded already */
	const int *pair;    /* certificate and key, open: quick mode's; or NULL */
	struct title title; /* of the process, for setproctitle_enable */
	char program[4096]; /* path of the helper */
};

/*
 * Reads the configuration of the service. 0 or -errno with *ret_error.
 */
int serve_load_conf(const struct service *service, struct conf *ret_conf,
    conf_warn_fn *warn, void *context, struct conf_error *ret_error);

/*
 * Tells a client who cannot be served so, in the language that he waits for:
 * a reply, or with implicit the fatal alert "internal error" of TLS, which has
 * no words and may come before any handshake.
 */
void serve_refuse(int client, bool implicit, const char *reply);

/*
 * Serves the client on descriptor 0, a connected socket, until he leaves.
 * Returns the exit status.
 */
int serve_client(const struct service *service);

#endif
