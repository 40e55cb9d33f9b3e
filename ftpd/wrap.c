/*
 * wrap.c - the module wrap.so, the only code that uses libwrap. Loaded by
 * wrappers.c, with tcp_wrappers=YES, into a process that ends afterwards.
 *
 * The client has an address and no name: so libwrap has nothing to resolve.
 */
#include "config.h"

#include "conf/wrap.h"

#include <stdio.h>
#include <syslog.h>
#include <tcpd.h>

/* libwrap wants these two of its caller: priorities of its own messages. */
int allow_severity = LOG_INFO;
int deny_severity = LOG_WARNING;

static bool
allow(const char *address)
{
	/* The files were written for vsftpd. libwrap forgot its consts. */
	char service[] = "vsftpd", nobody[] = STRING_UNKNOWN;
	char client[64];

	snprintf(client, sizeof client, "%s", address);
	return hosts_ctl(service, nobody, client, nobody) != 0;
}

const struct wrap_calls wrap_calls = { .allow = allow };
