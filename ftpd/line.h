/*
 * line.h - the only reader of the control connection: bytes to command
 * lines. CR LF (and a bare LF) end a line; TELNET commands are taken out (RFC
 * 854, RFC 959 section 5.3.1); lines over the limit are skipped to their end.
 */
#ifndef FTPD_LINE_H
#define FTPD_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define LINE_MAX_LENGTH 4096 /* bytes of a command line without CR LF */
#define LINE_BUFFER 16384    /* bytes read ahead */

enum line_result {
	LINE_NONE,     /* more bytes are needed */
	LINE_READY,    /* line and length hold a command line */
	LINE_TOO_LONG, /* one was skipped */
	LINE_BAD,      /* one had a NUL or a CR inside and was skipped */
};

struct line {
	unsigned char buffer[LINE_BUFFER];
	size_t start, end;     /* unread bytes of buffer */
	char line[LINE_MAX_LENGTH + 1];
	size_t length;         /* of line, so far or whole */
	bool whole;            /* line is complete, until line_drop() */
	bool too_long, bad;    /* of the line being read */
	bool cr;               /* the last byte was CR */
	int telnet;            /* 0, IAC, or the command whose option comes */
	size_t parameters;     /* bytes behind IAC SB so far */
	bool iac;              /* the last of them was IAC */
	unsigned char refuse[32]; /* TELNET answers to send, IAC triples */
	size_t refuse_length;
};

/* Room for more bytes and how many; 0 when full: then read later. */
size_t line_room(struct line *l, unsigned char **ret_room);

/* Takes n bytes that were read into that room. */
void line_filled(struct line *l, size_t n);

/*
 * The next line, without its end. LINE_READY keeps answering the same line
 * until line_drop(); the others are told once.
 */
enum line_result line_next(struct line *l);

/*
 * Is there a line of nothing but verb, in any case, behind the one that
 * line_next() has found? TELNET commands may stand before it.
 */
bool line_waits(const struct line *l, const char *verb);

/* Forgets the line that line_next() found. */
void line_drop(struct line *l);

/* Are there bytes that no line has used yet? */
bool line_pending(const struct line *l);

#endif
