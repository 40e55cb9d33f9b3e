/*
 * title.c - the session's line in ps(1), see title.h. Called by serve.c at the
 * start, by command.c for each command and by transfer.c.
 *
 * The kernel shows the memory where the arguments were at the start, and what
 * follows if their last byte is no NUL any more. So it costs a copy of some
 * bytes and no system call.
 */
#include "config.h"

#include "ftpd/title.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TITLE_MAX 384 /* a name, an address and a verb, with room to spare */

/* Does text begin where the area ends so far? Then it is part of it. */
static bool
extend(struct title *title, const char *text)
{
	if (text != title->area + title->room)
		return false;
	title->room += strlen(text) + 1;
	return true;
}

void
title_find(struct title *ret_title, int argc, char **argv)
{
	struct title title = { .area = argc > 0 ? argv[0] : NULL };
	bool whole = true;

	for (int i = 0; i < argc && whole; i++)
		whole = extend(&title, argv[i]);
	for (char **e = environ; e && *e && whole; e++)
		whole = extend(&title, *e);
	*ret_title = title;
}

void
title_open(struct title *title, const struct title *found)
{
	*title = *found;
	if (title->room > 0)
		clearenv();
}

void
title_set(const struct title *title, const char *user, const char *host,
    const char *what)
{
	char text[TITLE_MAX];
	size_t length;

	if (title->room == 0)
		return;
	snprintf(text, sizeof text, "inftpd: %s%s%s: %s", user,
	    *user != '\0' ? "@" : "", host, what);
	length = strlen(text);
	if (length >= title->room)
		length = title->room - 1;
	memcpy(title->area, text, length);
	memset(title->area + length, 0, title->room - length);
}
