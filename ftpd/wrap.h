/*
 * wrap.h - what the module wrap.so has: libwrap's answer.
 */
#ifndef FTPD_WRAP_H
#define FTPD_WRAP_H

#include <stdbool.h>

/* The name under which the module has its calls. */
#define WRAP_SYMBOL "wrap_calls"

struct wrap_calls {
	/* Do hosts.allow and hosts.deny let this numeric address in? */
	bool (*allow)(const char *address);
};

extern const struct wrap_calls wrap_calls;

#endif
