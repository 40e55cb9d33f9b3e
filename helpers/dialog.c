/*
 * dialog.c - question and answer of external authentication, see dialog.h.
 *
 * An answer is believed only when it is whole: its last line is empty, so a
 * program that died half-way through, or a cut connection, gives nothing that
 * could pass for fewer settings.
 */
#include "config.h"

#include "helpers/dialog.h"

#include <stdio.h>
#include <string.h>

#define HEAD "inftpd-auth 1\n"

static bool
one_line(const struct dialog_question *q)
{
	return !strchr(q->user, '\n') && !strchr(q->password, '\n') &&
	    !strchr(q->client, '\n') && !strchr(q->server, '\n') &&
	    !strchr(q->instance, '\n') && !strchr(q->host, '\n');
}

size_t
dialog_ask(const struct dialog_question *q, char *buffer)
{
	int n;

	if (!one_line(q))
		return 0;
	n = snprintf(buffer, DIALOG_QUESTION_MAX + 1,
	    HEAD "user=%s\npassword=%s\nclient=%s\nserver=%s\n"
		 "instance=%s\nhost=%s\n\n",
	    q->user, q->password, q->client, q->server, q->instance, q->host);
	return n > DIALOG_QUESTION_MAX ? 0 : (size_t)n;
}

/* Whole lines, no NUL, one empty line, and that at the end. */
static const char *
judge(char *text, size_t length)
{
	if (length == 0)
		return "nothing";
	if (memchr(text, '\0', length))
		return "a NUL in it";
	if (length < 3 || memcmp(text + length - 2, "\n\n", 2) != 0)
		return "no empty line at its end";
	text[length - 1] = '\0';
	if (*text == '\n' || strstr(text, "\n\n"))
		return "text behind an empty line";
	return NULL;
}

/* Cuts the line "NAME=value\n" at *text off. NULL if it is another. */
static const char *
take_line(char **text, const char *name)
{
	size_t length = strlen(name);
	char *value = *text + length + 1, *end;

	if (strncmp(*text, name, length) != 0 || (*text)[length] != '=')
		return NULL;
	end = strchr(value, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return value;
}

bool
dialog_hear(char *text, size_t length, struct dialog_question *ret_question)
{
	struct dialog_question q;

	if (judge(text, length) || strncmp(text, HEAD, strlen(HEAD)) != 0)
		return false;
	text += strlen(HEAD);
	q.user = take_line(&text, "user");
	q.password = q.user ? take_line(&text, "password") : NULL;
	q.client = q.password ? take_line(&text, "client") : NULL;
	q.server = q.client ? take_line(&text, "server") : NULL;
	q.instance = q.server ? take_line(&text, "instance") : NULL;
	q.host = q.instance ? take_line(&text, "host") : NULL;
	/* Lines behind these are for versions to come. */
	if (!q.host)
		return false;
	*ret_question = q;
	return true;
}

bool
dialog_sets(const char *settings, const char *directive)
{
	size_t length = strlen(directive);

	while (*settings != '\0') {
		const char *name = settings + strspn(settings, " \t");
		const char *end = strchr(settings, '\n');

		if (strncmp(name, directive, length) == 0 &&
		    strchr(" \t=", name[length]) && name[length] != '\0')
			return true;
		if (!end)
			break;
		settings = end + 1;
	}
	return false;
}

/* UNKNOWN: nothing, or a hash and nothing else. */
static const char *
take_unknown(char *settings, struct dialog_answer *answer)
{
	char *rest = settings;

	answer->settings = "";
	if (*settings == '\0')
		return NULL;
	answer->hash = take_line(&rest, "password");
	if (!answer->hash || *rest != '\0')
		return "settings of an unknown user";
	return NULL;
}

/* The words of a first line. */
static bool
verdict_of(char *line, struct dialog_answer *answer)
{
	answer->reason = "";
	if (strcmp(line, "ok") == 0)
		answer->verdict = DIALOG_OK;
	else if (strcmp(line, "check") == 0)
		answer->verdict = DIALOG_CHECK;
	else if (strcmp(line, "unknown") == 0)
		answer->verdict = DIALOG_UNKNOWN;
	else if (strcmp(line, "no") == 0)
		answer->verdict = DIALOG_NO;
	else if (strncmp(line, "no ", 3) == 0) {
		answer->verdict = DIALOG_NO;
		answer->reason = line + 3;
	} else {
		return false;
	}
	return true;
}

const char *
dialog_answer(char *text, size_t length, struct dialog_answer *ret_answer)
{
	struct dialog_answer answer = { .hash = NULL };
	const char *problem;
	char *settings;

	if (length > DIALOG_ANSWER_MAX)
		return "too long";
	problem = judge(text, length);
	if (problem)
		return problem;
	settings = strchr(text, '\n');
	*settings++ = '\0';
	answer.settings = settings;
	if (!verdict_of(text, &answer))
		return "no verdict in the first line";
	if (answer.verdict == DIALOG_UNKNOWN)
		problem = take_unknown(settings, &answer);
	else if (answer.verdict == DIALOG_NO && *settings != '\0')
		problem = "settings of a refused user";
	else if (answer.verdict != DIALOG_NO &&
	    dialog_sets(settings, "password") !=
	        (answer.verdict == DIALOG_CHECK))
		problem = "check without a password=, or ok with one";
	if (!problem)
		*ret_answer = answer;
	return problem;
}
