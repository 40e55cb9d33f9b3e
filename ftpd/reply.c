/*
 * reply.c - replies, see reply.h. Called by the command handlers, by
 * transfer.c when a transfer ends, and by session.c, which flushes.
 *
 * Replies to pipelined commands gather here and leave in one write.
 */
#include "config.h"

#include "ftpd/reply.h"

#include "ftpd/session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#define STALL_MS 60000 /* a client has that long to read what is said */

static bool
send_some(struct session *s)
{
	ssize_t n =
	    control_write(s, s->reply.buffer, s->reply.used);

	if (n < 0) {
		if (n != -EAGAIN && n != -EINTR)
			s->reply.broken = true;
		return !s->reply.broken;
	}
	s->reply.used -= (size_t)n;
	memmove(s->reply.buffer, s->reply.buffer + n, s->reply.used);
	return true;
}

bool
reply_flush(struct session *s)
{
	if (s->reply.used > 0 && !s->reply.broken)
		send_some(s);
	return !s->reply.broken;
}

bool
reply_flush_all(struct session *s)
{
	struct pollfd client = { .fd = s->control };
	int64_t until = clock_now() + STALL_MS, left;

	while (s->reply.used > 0 && !s->reply.broken) {
		send_some(s);
		if (s->reply.used == 0 || s->reply.broken)
			break;
		client.events = control_events(s, false, true);
		left = until - clock_now();
		if (left <= 0 || poll(&client, 1, (int)left) == 0)
			s->reply.broken = true;
	}
	return !s->reply.broken;
}

static void
put(struct session *s, const char *text, size_t length)
{
	while (length > 0 && !s->reply.broken) {
		size_t room = sizeof s->reply.buffer - s->reply.used;
		size_t n = length < room ? length : room;

		memcpy(s->reply.buffer + s->reply.used, text, n);
		s->reply.used += n;
		text += n;
		length -= n;
		if (length > 0)
			reply_flush_all(s);
	}
}

/*
 * The text of a line and its end: IAC is doubled for TELNET (RFC 959 5.3.1),
 * and no text makes a line of its own.
 */
static void
put_text(struct session *s, const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "\xff\r\n");

		put(s, text, n);
		text += n;
		if (*text == '\0')
			break;
		put(s, *text == '\xff' ? "\xff\xff" : "?",
		    *text == '\xff' ? 2 : 1);
		text++;
	}
	put(s, "\r\n", 2);
}

void
reply_telnet(struct session *s, const unsigned char *bytes, size_t length)
{
	put(s, (const char *)bytes, length);
}

static void
put_line(struct session *s, int code, char separator, const char *text)
{
	char head[8];

	if (s->conf.log_ftp_protocol)
		log_event(&s->log, LOG_DEBUG, "reply", "%d%c%s", code,
		    separator, text);
	snprintf(head, sizeof head, "%03u%c", (unsigned)code % 1000U,
	    separator);
	put(s, head, 4);
	put_text(s, text);
}

int
reply(struct session *s, int code, const char *text)
{
	put_line(s, code, ' ', text);
	return 0;
}

int
reply_name(struct session *s, int code, const char *before,
    const char *name, bool quoted, const char *after)
{
	char safe[2 * TEXT_PATH_MAX], line[2 * TEXT_PATH_MAX + 256];

	text_name(name, quoted, safe, sizeof safe);
	snprintf(line, sizeof line, quoted ? "%s\"%s\"%s" : "%s%s%s", before,
	    safe, after);
	return reply(s, code, line);
}

int
reply_number(struct session *s, int code, const char *before,
    int64_t number, const char *after)
{
	char line[256];

	snprintf(line, sizeof line, "%s%" PRId64 "%s", before, number, after);
	return reply(s, code, line);
}

void
reply_begin(struct session *s, int code, const char *text)
{
	put_line(s, code, '-', text);
}

void
reply_line(struct session *s, const char *line)
{
	/* The blank keeps a line from looking like the reply's end. */
	put(s, " ", 1);
	put_text(s, line);
}

int
reply_end(struct session *s, int code, const char *text)
{
	return reply(s, code, text);
}

void
reply_text(struct session *s, int code, const char *text, size_t length)
{
	char line[512];

	while (length > 0) {
		const char *end = memchr(text, '\n', length);
		size_t n = end ? (size_t)(end - text) : length;
		/* A longer one becomes several. */
		size_t used = n < sizeof line - 1 ? n : sizeof line - 1;

		memcpy(line, text, used);
		end = used < n ? NULL : end;
		n = used;
		if (end && used > 0 && line[used - 1] == '\r')
			used--;
		for (size_t i = 0; i < used; i++)
			if (((unsigned char)line[i] < ' ' && line[i] != '\t') ||
			    line[i] == 0x7f)
				line[i] = '?';
		line[used] = '\0';
		put_line(s, code, '-', line);
		n += end ? 1 : 0;
		text += n;
		length -= n;
	}
}

int
reply_greeting(struct session *s)
{
	char text[REPLY_BANNER_MAX];
	ssize_t n = -1;

	if (s->host.banner >= 0)
		n = read(s->host.banner, text, sizeof text);
	if (n > 0)
		reply_text(s, 220, text, (size_t)n);
	host_drop_banner(&s->host);
	/* The default names neither program nor version. */
	return reply(s, 220, s->conf.ftpd_banner ? s->conf.ftpd_banner
						 : "FTP server ready.");
}

/* The one table from errno to reply; the first row that fits is taken. */
static const struct {
	unsigned stages; /* 1 << enum stage, or-ed */
	int error;       /* 0: any */
	int code;
	const char *text;
} errors[] = {
#define NAMES (1U << STAGE_NAME | 1U << STAGE_STORE)
#define MOVING (1U << STAGE_TRANSFER)
#define ANY (~0U)
	{ ANY, EPIPE, 421, "The file service has gone; closing" },
	{ NAMES, ENOENT, 550, "No such file or directory" },
	{ NAMES, EACCES, 550, "Permission denied" },
	{ NAMES, EPERM, 550, "Operation not permitted" },
	{ NAMES, EROFS, 550, "Read-only file system" },
	{ NAMES, ENOTDIR, 550, "Not a directory" },
	{ NAMES, EISDIR, 550, "Is a directory" },
	{ NAMES, EEXIST, 550, "File exists" },
	{ NAMES, ENOTEMPTY, 550, "Directory not empty" },
	{ NAMES, EINVAL, 550, "Not a plain file" },
	{ NAMES, ENXIO, 550, "Not a plain file" },
	{ NAMES, EXDEV, 550, "Cannot move across file systems" },
	{ NAMES, EBUSY, 550, "In use, or the root directory" },
	{ NAMES, ELOOP, 550, "Too many symbolic links" },
	{ NAMES, ETXTBSY, 550, "In use as a program" },
	{ NAMES, EAGAIN, 450, "File is busy: another transfer has it" },
	{ NAMES, ERANGE, 554, "That begins beyond the end of the file" },
	{ NAMES, ENAMETOOLONG, 553, "File name too long" },
	{ NAMES, EILSEQ, 553, "File name not allowed" },
	{ ANY, ENOSPC, 452, "No space left" },
	{ ANY, EDQUOT, 552, "Disk quota exceeded" },
	{ ANY, EFBIG, 552, "File too large" },
	{ 1U << STAGE_OPEN_DATA, EPERM, 500,
	    "Only your own address and ports above 1023" },
	{ 1U << STAGE_OPEN_DATA, EPROTO, 522,
	    "TLS negotiation failed on the data connection" },
	{ 1U << STAGE_OPEN_DATA, EKEYREJECTED, 522,
	    "The data connection must resume the TLS session of this one" },
	{ 1U << STAGE_OPEN_DATA, 0, 425, "Cannot open data connection" },
	{ MOVING, ECONNRESET, 426, "Data connection lost; transfer aborted" },
	{ MOVING, ETIMEDOUT, 426, "Data connection stalled; transfer aborted" },
	{ MOVING, ECONNABORTED, 426, "Transfer aborted" },
	{ MOVING, ERANGE, 552, "More data than the range has room for" },
	{ MOVING, EIO, 451, "Error reading or writing the file" },
	{ MOVING, EBADMSG, 451, "The compressed data is damaged" },
	{ MOVING, EACCES, 451, "Permission denied" },
	{ MOVING, EAGAIN, 451, "File is busy: another transfer has it" },
	{ ANY, 0, 451, "Local error" },
};

int
reply_errno(
    struct session *s, enum stage stage, int error, const char *path)
{
	size_t i = 0;
	int code;

	(void)path;
	while (!(errors[i].stages & 1U << stage) ||
	    (errors[i].error != 0 && errors[i].error != -error))
		i++;
	code = errors[i].code;
	/* RFC 959 section 5.4: what is to be stored, or renamed to, has 553. */
	if (stage == STAGE_STORE && code == 550)
		code = 553;
	/* No helper, no files: nothing is said after this 421. */
	if (code == 421)
		s->closing = true;
	return reply_name(s, code, errors[i].text, "", false, ".");
}
