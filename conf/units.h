/*
 * units.h - what the super-servers on this machine allow: the limits that
 * systemd's sockets and xinetd's entries set before inftpd is even started.
 * For --check-config and inftpd-explain; no session calls it.
 */
#ifndef CONF_UNITS_H
#define CONF_UNITS_H

#include <limits.h>
#include <stddef.h>

#define UNITS_MAX 16

/* One way in: a socket unit that is switched on, or an entry of xinetd. */
struct units_limit {
	char name[80];              /* ftp.socket, or the entry's file */
	const char *all_key;        /* MaxConnections, or instances */
	const char *source_key;     /* MaxConnectionsPerSource, per_source */
	long all, source;           /* 0: no limit */
	long port;                  /* 0: not known */
	char all_origin[PATH_MAX];  /* FILE:LINE, or "default" */
	char source_origin[PATH_MAX];
};

/*
 * Finds the ways in that are switched on and start the server without an
 * instance. Returns how many; what cannot be read is left out.
 */
size_t units_find(struct units_limit limits[UNITS_MAX]);

#endif
