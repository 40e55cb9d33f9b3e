/*
 * wrap.h - what the module wrap.so (ftpd/wrap.c) has: libwrap's answer. ftpd
 * loads it for a client, inftpd-explain for the administrator.
 */
#ifndef CONF_WRAP_H
#define CONF_WRAP_H

#include <stdbool.h>

/* The name under which the module has its calls. */
#define WRAP_SYMBOL "wrap_calls"

struct wrap_calls {
	/* Do hosts.allow and hosts.deny let this numeric address in? */
	bool (*allow)(const char *address);
};

extern const struct wrap_calls wrap_calls;

#endif
