/*
 * log.h - the log of both sides: the journal, syslog or standard error.
 *
 * The descriptor is connected before the sandbox closes, for it may not open
 * one later. It stands in conf/ because that is what both sides may include.
 */
#ifndef CONF_LOG_H
#define CONF_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <syslog.h>

enum log_sink {
	LOG_SINK_NONE,
	LOG_SINK_JOURNAL, /* native protocol, one datagram an entry */
	LOG_SINK_SYSLOG,  /* /dev/log */
	LOG_SINK_STDERR,  /* quick mode and tests */
};

struct log {
	int fd;
	enum log_sink sink;
	const char *ident; /* a constant: never argv[0] */
	char peer[64];     /* the client's address, printed before all else */
	char user[256];    /* after login; empty before */
};

/*
 * Connects log to the journal, else to syslog; to standard error if
 * to_stderr. With neither there, entries go nowhere. ident must be a literal.
 */
void log_open(struct log *log, const char *ident, bool to_stderr);

/* Closes the descriptor, if it is log's own. */
void log_close(struct log *log);

/*
 * Writes one entry, never waiting; priority is syslog's. Control bytes of the
 * formatted text are escaped. event, a short word or NULL, goes into the
 * journal's field INFTPD_EVENT and in front of the text elsewhere.
 */
void log_event(const struct log *log, int priority, const char *event,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
