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

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ENTRY_MAX 4096 /* bytes of one entry; longer ones are cut */

int
log_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	int fd;

	if (length < 2 || length >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, length);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	else if (path[0] != '/')
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	length += offsetof(struct sockaddr_un, sun_path);
	if (connect(fd, (struct sockaddr *)&address, (socklen_t)length) == 0)
		return fd;
	close(fd);
	return -1;
}

/*
 * libc reads the zone's file once, also for who wants UTC: so now, before the
 * sandbox, or a jail that has one of its own.
 */
static void
read_zone(void)
{
	time_t now = 0;
	struct tm tm;

	localtime_r(&now, &tm);
}

void
log_open(struct log *log, const char *ident, bool to_stderr)
{
	read_zone();
	*log = (struct log){.fd = -1, .ident = ident};
	if (to_stderr) {
		log->sink = LOG_SINK_STDERR;
		log->fd = STDERR_FILENO;
		return;
	}
	log->sink = LOG_SINK_JOURNAL;
	log->fd = log_connect("/run/systemd/journal/socket");
	if (log->fd >= 0)
		return;
	log->sink = LOG_SINK_SYSLOG;
	log->fd = log_connect("/dev/log");
	if (log->fd == -1)
		log->sink = LOG_SINK_NONE;
}

void
log_close(struct log *log)
{
	if (log->fd > STDERR_FILENO)
		close(log->fd);
	log->fd = -1;
	log->sink = LOG_SINK_NONE;
}

/*
 * Bytes of the UTF-8 character at text; 0 if it is none, or one that would
 * move or reverse what a terminal shows: C1 controls, line separators, marks
 * of writing direction.
 */
static size_t
character_length(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	unsigned code = c[0], least = 0x80;
	size_t length = 2;

	if (code >= 0xf0) {
		length = 4;
		least = 0x10000;
	} else if (code >= 0xe0) {
		length = 3;
		least = 0x800;
	}
	if (code < 0xc2 || code > 0xf4)
		return 0;
	code &= 0x7fU >> length;
	for (size_t i = 1; i < length; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c[i] & 0x3f);
	}
	if (code < least || code < 0xa0 || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff) || code == 0x61c ||
	    code == 0x200e || code == 0x200f ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2066 && code <= 0x2069))
		return 0;
	return length;
}

size_t
log_escape(
    const char *text, const char *also, bool wide, char *out, size_t size)
{
	size_t used = 0, n;

	while (*text != '\0' && used + 5 < size) {
		unsigned char c = (unsigned char)*text;

		n = 0;
		if (c >= ' ' && c < 0x7f && strchr(also, c) == NULL)
			n = 1;
		else if (wide && c >= 0x80)
			n = character_length(text);
		if (n > 0) {
			memcpy(out + used, text, n);
			text += n;
			used += n;
		} else {
			used += (size_t)snprintf(out + used, 5, "\\x%02x", c);
			text++;
		}
	}
	out[used] = '\0';
	return used;
}

/* Appends text to an entry; keeps room for a line end. */
static size_t
append(const struct log *log, char *entry, size_t used, const char *text)
{
	if (used + 8 > ENTRY_MAX)
		return used;
	return used + log_escape(text, "", log->wide, entry + used,
			  ENTRY_MAX - 2 - used);
}

/* One journal field; the value has no control bytes once it is here. */
static size_t
append_field(const struct log *log, char *entry, size_t used, const char *name,
    const char *value)
{
	if (value == NULL || *value == '\0')
		return used;
	used = append(log, entry, used, name);
	used = append(log, entry, used, value);
	entry[used++] = '\n';
	return used;
}

static size_t
journal_entry(const struct log *log, char *entry, int priority,
    const char *event, const char *text)
{
	char digit[2] = {(char)('0' + (priority & 7)), '\0'};
	size_t used = 0;

	used = append_field(log, entry, used, "PRIORITY=", digit);
	used = append_field(log, entry, used, "SYSLOG_IDENTIFIER=", log->ident);
	used = append_field(log, entry, used, "INFTPD_EVENT=", event);
	used = append_field(log, entry, used, "INFTPD_PEER=", log->peer);
	used = append_field(log, entry, used, "INFTPD_USER=", log->user);
	used = append(log, entry, used, "MESSAGE=");
	if (log->peer[0] != '\0') {
		used = append(log, entry, used, log->peer);
		used = append(log, entry, used, ": ");
	}
	used = append(log, entry, used, text);
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
	used = append(log, entry, used, head);
	used = append(log, entry, used, log->ident);
	snprintf(head, sizeof head, "[%d]: ", (int)getpid());
	used = append(log, entry, used, head);
	if (log->peer[0] != '\0') {
		used = append(log, entry, used, log->peer);
		used = append(log, entry, used, ": ");
	}
	if (event) {
		used = append(log, entry, used, event);
		used = append(log, entry, used, ": ");
	}
	used = append(log, entry, used, text);
	if (log->sink == LOG_SINK_STDERR)
		entry[used++] = '\n';
	return used;
}

/* A full or vanished log must not stop a transfer: 0, or one more is lost. */
static unsigned
put(struct log *log, int priority, const char *event, const char *text)
{
	char entry[ENTRY_MAX];
	size_t length;

	if (log->sink == LOG_SINK_JOURNAL)
		length = journal_entry(log, entry, priority, event, text);
	else
		length = text_entry(log, entry, priority, event, text);
	return write(log->fd, entry, length) == -1;
}

void
log_event(
    struct log *log, int priority, const char *event, const char *format, ...)
{
	char text[ENTRY_MAX / 2], note[64];
	va_list arguments;

	if (log->sink == LOG_SINK_NONE)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (log->lost > 0) {
		snprintf(note, sizeof note,
		    "the log was full: %u entries are missing", log->lost);
		if (put(log, LOG_WARNING, "lost", note) == 0)
			log->lost = 0;
	}
	log->lost += put(log, priority, event, text);
}
