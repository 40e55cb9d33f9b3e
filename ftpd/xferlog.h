/*
 * xferlog.h - the transfer logs that other programs read: wu-ftpd's xferlog
 * and vsftpd's own format. The descriptors are opened before the sandbox
 * closes.
 */
#ifndef FTPD_XFERLOG_H
#define FTPD_XFERLOG_H

#include "conf/conf.h"
#include "conf/log.h"

#include <stdbool.h>
#include <stdint.h>

struct xferlog {
	int standard; /* xferlog_file, or -1 */
	int native;   /* vsftpd_log_file, or -1 */
	bool wide;    /* wc_logs_enable: UTF-8 is written as it is */
};

/* One finished transfer. */
struct xferlog_entry {
	const char *host;      /* the client's address */
	const char *path;      /* seen from the session's root */
	const char *user;
	const char *id;        /* who says he is: the user, or an e-mail address */
	int64_t bytes;
	int64_t milliseconds;
	bool ascii, upload, complete;
	char access;           /* a(nonymous), g(uest), r(eal) */
};

/*
 * Opens what xferlog_enable, xferlog_std_format, dual_log_enable and
 * syslog_enable ask for; what cannot be opened is logged and left out.
 */
void xferlog_open(
    struct xferlog *x, const struct conf *conf, struct log *log);

/* One line, in one write, to each open log. */
void xferlog_write(
    const struct xferlog *x, const struct xferlog_entry *entry);

#endif
