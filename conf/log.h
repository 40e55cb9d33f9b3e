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
#include <stddef.h>
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
	bool wide;         /* wc_logs_enable: UTF-8 is written as it is */
	unsigned lost;     /* entries that the log did not take */
};

/*
 * Connects log to the journal, else to syslog; to standard error if
 * to_stderr. With neither there, entries go nowhere. ident must be a literal.
 */
void log_open(struct log *log, const char *ident, bool to_stderr);

/* Closes the descriptor, if it is log's own. */
void log_close(struct log *log);

/*
 * Writes one entry, never waiting; priority is syslog's. The formatted text
 * goes through log_escape(). event, a short word or NULL, goes into the
 * journal's field INFTPD_EVENT and in front of the text elsewhere. Entries
 * that the log does not take are counted, and the next one tells.
 */
void log_event(struct log *log, int priority, const char *event,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Copies text to out, cut to size: control bytes, bytes of also and, unless
 * wide, all that is not ASCII become \xNN. If wide, UTF-8 stays but for
 * characters that move or reverse what a terminal shows. The length.
 */
size_t log_escape(
    const char *text, const char *also, bool wide, char *out, size_t size);

/*
 * A datagram socket connected to path, which never waits; '@' in front is an
 * abstract name, as systemd writes them. -1 if that fails.
 */
int log_connect(const char *path);

#endif
