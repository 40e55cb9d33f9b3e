/*
 * reply.h - the only writer of the control connection. No reply takes a
 * format from data, and a name in one makes no line of its own.
 */
#ifndef FTPD_REPLY_H
#define FTPD_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

#define REPLY_BANNER_MAX 8192 /* bytes of banner_file that are shown */

#define REPLY_BUFFER 8192

struct reply {
	char buffer[REPLY_BUFFER];
	size_t used;
	bool broken; /* the client does not read, or has gone */
};

/* What was being done when an errno came up; chooses code and words. */
enum stage {
	STAGE_NAME,     /* a file or directory was named: 550, 553 */
	STAGE_STORE,    /* a name to be stored under: 553 */
	STAGE_OPEN_DATA, /* the data connection: 425 */
	STAGE_TRANSFER, /* bytes are moving: 426, 451, 452, 551, 552 */
	STAGE_OTHER,    /* 451 */
};

/* "code text". All return 0, so that a handler can end in one. */
int reply(struct session *s, int code, const char *text);

/* "code before name after", name made safe and, if quoted, in `"` as 257. */
int reply_name(struct session *s, int code, const char *before,
    const char *name, bool quoted, const char *after);

/* "code before number after". */
int reply_number(struct session *s, int code, const char *before,
    int64_t number, const char *after);

/* A multi-line reply (RFC 959 section 4.2): "code-text", " line" ..., "code text". */
void reply_begin(struct session *s, int code, const char *text);
void reply_line(struct session *s, const char *line);
int reply_end(struct session *s, int code, const char *text);

/*
 * "code-line" for each line of text but an empty last one; of banners and
 * messages, whose lines may be anything, also ones that look like replies.
 */
void reply_text(
    struct session *s, int code, const char *text, size_t length);

/* 220 with the banner of the host that the session is at, which is closed. */
int reply_greeting(struct session *s);

/* The only way from an errno (negative) to the client. */
int reply_errno(
    struct session *s, enum stage stage, int error, const char *path);

/* Answers to TELNET's options, between replies. */
void reply_telnet(
    struct session *s, const unsigned char *bytes, size_t length);

/* Writes what the client takes without waiting. False when he is gone. */
bool reply_flush(struct session *s);

/* Writes all of it, waiting as long as a stalled client is borne. */
bool reply_flush_all(struct session *s);

#endif
