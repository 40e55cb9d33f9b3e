/*
 * quick.h - quick mode: `inftpd --serve DIR` needs no root, no installation
 * and no configuration.
 */
#ifndef FTPD_QUICK_H
#define FTPD_QUICK_H

#include <stdbool.h>

/* The command line of quick mode. */
struct quick {
	const char *directory;
	const char *address;  /* to listen on */
	unsigned port;
	bool write;           /* --write: clients may change things */
	bool tls;             /* --tls: and must use TLS */
	const char *user;     /* --user: this one name instead of anonymous */
};

/*
 * Serves quick->directory until a signal ends it; says on standard output how
 * to reach it. helper is the descriptor of the helper's program. Started by
 * root it becomes the directory's owner first. Returns the exit status.
 */
int quick_run(const struct quick *quick, int helper);

#endif
