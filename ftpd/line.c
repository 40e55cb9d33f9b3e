/*
 * line.c - bytes to command lines, see line.h. Pure but for its name: the
 * reading itself is session.c's. Output never outgrows input; the fuzzer
 * feeds it every split of every line.
 */
#include "config.h"

#include "ftpd/line.h"

#include <string.h>
#include <strings.h>

enum {
	TELNET_SE = 240,
	TELNET_SB = 250,
	TELNET_WILL = 251,
	TELNET_WONT = 252,
	TELNET_DO = 253,
	TELNET_DONT = 254,
	TELNET_IAC = 255
};

size_t
line_room(struct line *l, unsigned char **ret_room)
{
	if (l->start > 0) {
		memmove(l->buffer, l->buffer + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	*ret_room = l->buffer + l->end;
	return sizeof l->buffer - l->end;
}

void
line_filled(struct line *l, size_t n)
{
	l->end += n;
}

static void
put(struct line *l, unsigned char c)
{
	if (l->length < LINE_MAX_LENGTH)
		l->line[l->length++] = (char)c;
	else
		l->too_long = true;
}

/* We speak no TELNET option: DO gets WONT, WILL gets DONT (RFC 1143). */
static void
refuse(struct line *l, int command, unsigned char option)
{
	if (command != TELNET_WILL && command != TELNET_DO)
		return;
	if (l->refuse_length + 3 > sizeof l->refuse)
		return;
	l->refuse[l->refuse_length++] = TELNET_IAC;
	l->refuse[l->refuse_length++] =
	    command == TELNET_WILL ? TELNET_DONT : TELNET_WONT;
	l->refuse[l->refuse_length++] = option;
}

/*
 * A byte between IAC SB and IAC SE, which go with options that nobody has
 * agreed on. One that does not end within a line's length is no such thing:
 * it must not keep commands from being heard for good.
 */
static void
skip_parameters(struct line *l, unsigned char c)
{
	bool ended = l->iac && c == TELNET_SE;

	if (++l->parameters > LINE_MAX_LENGTH)
		l->too_long = ended = true;
	l->iac = !l->iac && c == TELNET_IAC;
	if (!ended)
		return;
	l->telnet = 0;
	l->parameters = 0;
	l->iac = false;
}

/* A byte behind IAC. True if it is text after all (IAC IAC). */
static bool
telnet_byte(struct line *l, unsigned char c)
{
	int state = l->telnet;

	if (state == TELNET_SB) {
		skip_parameters(l, c);
		return false;
	}
	l->telnet = 0;
	if (state != TELNET_IAC) {
		refuse(l, state, c);
		return false;
	}
	if (c >= TELNET_SB && c <= TELNET_DONT)
		l->telnet = c;
	return c == TELNET_IAC;
}

/* True when c ends the line. */
static bool
take(struct line *l, unsigned char c)
{
	if (l->telnet) {
		if (!telnet_byte(l, c))
			return false;
	} else if (c == TELNET_IAC) {
		l->telnet = TELNET_IAC;
		return false;
	}
	if (c == '\n')
		return true;
	/* CR NUL is TELNET's bare CR: a name with it cannot be meant. */
	if (l->cr || c == '\0')
		l->bad = true;
	l->cr = c == '\r';
	if (!l->cr)
		put(l, c);
	return false;
}

static void
reset(struct line *l)
{
	l->length = 0;
	l->whole = l->too_long = l->bad = l->cr = false;
}

enum line_result
line_next(struct line *l)
{
	enum line_result result;

	while (!l->whole && l->start < l->end) {
		unsigned char c = l->buffer[l->start];

		/* It may be a password's: nothing is kept behind. */
		l->buffer[l->start++] = 0;
		l->whole = take(l, c);
	}
	if (!l->whole)
		return LINE_NONE;
	if (!l->too_long && !l->bad) {
		l->line[l->length] = '\0';
		return LINE_READY;
	}
	result = l->too_long ? LINE_TOO_LONG : LINE_BAD;
	reset(l);
	return result;
}

/* Is c what may stand in front of a line: the end of another, or TELNET? */
static bool
begins_line(unsigned char c)
{
	return c == '\n' || c >= TELNET_SE;
}

bool
line_waits(const struct line *l, const char *verb)
{
	size_t n = strlen(verb);

	for (size_t i = l->start; i + n < l->end; i++) {
		const char *at = (const char *)l->buffer + i;

		if ((at[n] == '\r' || at[n] == '\n') &&
		    strncasecmp(at, verb, n) == 0 &&
		    (i == l->start || begins_line(l->buffer[i - 1])))
			return true;
	}
	return false;
}

void
line_drop(struct line *l)
{
	reset(l);
}

bool
line_pending(const struct line *l)
{
	return l->whole || l->start < l->end || l->length > 0 || l->cr ||
	    l->bad || l->telnet;
}
