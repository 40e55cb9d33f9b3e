/*
 * log.c - log entries for the journal, syslog or standard error, see log.h.
 *
 * Written on the wire formats of the journal's native protocol and of
 * RFC 3164 and not on libsystemd and syslog(3): both open their socket when
 * they please, which the sandbox forbids, and mapping libsystemd costs more
 * than all the rest of a session's start.
 */
#include "config.h"

#include "conf/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ENTRY_MAX 4096 /* bytes of one entry; longer ones are cut */

static int
connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

void
log_open(struct log *log, const char *ident, bool to_stderr)
{
	*log = (struct log){.fd = -1, .ident = ident};
	if (to_stderr) {
		log->sink = LOG_SINK_STDERR;
		log->fd = STDERR_FILENO;
		return;
	}
	log->sink = LOG_SINK_JOURNAL;
	log->fd = connect_to("/run/systemd/journal/socket");
	if (log->fd >= 0)
		return;
	log->sink = LOG_SINK_SYSLOG;
	log->fd = connect_to("/dev/log");
	if (log->fd == -1)
		log->sink = LOG_SINK_NONE;
	/* Entries bear local time, and the zone's file is soon out of reach. */
	tzset();
}

void
log_close(struct log *log)
{
	if (log->fd > STDERR_FILENO)
		close(log->fd);
	log->fd = -1;
	log->sink = LOG_SINK_NONE;
}

/* Appends text with control bytes as \xNN; keeps room for a line end. */
static size_t
append(char *entry, size_t used, const char *text)
{
	for (; *text != '\0' && used < ENTRY_MAX - 8; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= ' ' && c != 0x7f)
			entry[used++] = *text;
		else
			used += (size_t)snprintf(entry + used, 5, "\\x%02x", c);
	}
	entry[used] = '\0';
	return used;
}

/* One journal field; the value has no control bytes once it is here. */
static size_t
append_field(char *entry, size_t used, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return used;
	used = append(entry, used, name);
	used = append(entry, used, value);
	entry[used++] = '\n';
	return used;
}

static size_t
journal_entry(const struct log *log, char *entry, int priority,
    const char *event, const char *text)
{
	char digit[2] = {(char)('0' + (priority & 7)), '\0'};
	size_t used = 0;

	used = append_field(entry, used, "PRIORITY=", digit);
	used = append_field(entry, used, "SYSLOG_IDENTIFIER=", log->ident);
	used = append_field(entry, used, "INFTPD_EVENT=", event);
	used = append_field(entry, used, "INFTPD_PEER=", log->peer);
	used = append_field(entry, used, "INFTPD_USER=", log->user);
	used = append(entry, used, "MESSAGE=");
	if (log->peer[0] != '\0') {
		used = append(entry, used, log->peer);
		used = append(entry, used, ": ");
	}
	used = append(entry, used, text);
	entry[used++] = '\n';
	return used;
}

/* "<30>Nov 22 21:00:00 inftpd[7]: 192.0.2.1: text", or only from the ident. */
static size_t
text_entry(const struct log *log, char *entry, int priority, const char *event,
    const char *text)
{
	size_t used = 0;
	char head[64] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (log->sink == LOG_SINK_SYSLOG && localtime_r(&now, &tm)) {
		static const char months[] =
		    "JanFebMarAprMayJunJulAugSepOctNovDec";

		snprintf(head, sizeof head, "<%d>%.3s %2d %02d:%02d:%02d ",
		    LOG_FTP | priority, months + 3 * tm.tm_mon, tm.tm_mday,
		    tm.tm_hour, tm.tm_min, tm.tm_sec);
	}
	used = append(entry, used, head);
	used = append(entry, used, log->ident);
	snprintf(head, sizeof head, "[%d]: ", (int)getpid());
	used = append(entry, used, head);
	if (log->peer[0] != '\0') {
		used = append(entry, used, log->peer);
		used = append(entry, used, ": ");
	}
	if (event) {
		used = append(entry, used, event);
		used = append(entry, used, ": ");
	}
	used = append(entry, used, text);
	if (log->sink == LOG_SINK_STDERR)
		entry[used++] = '\n';
	return used;
}

void
log_event(const struct log *log, int priority, const char *event,
    const char *format, ...)
{
	char text[ENTRY_MAX / 2], entry[ENTRY_MAX];
	size_t length;
	va_list arguments;
	ssize_t ignored;

	if (log->sink == LOG_SINK_NONE)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (log->sink == LOG_SINK_JOURNAL)
		length = journal_entry(log, entry, priority, event, text);
	else
		length = text_entry(log, entry, priority, event, text);
	/* A full or vanished log must not stop a transfer. */
	ignored = write(log->fd, entry, length);
	(void)ignored;
}
