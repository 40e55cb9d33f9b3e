/*
 * dialog.h - the words between the helper and an external authenticator, see
 * inftpd-auth(7). Pure: builds and judges texts, and opens nothing.
 *
 * Used by external.c, by the authenticator for PostgreSQL and by the fuzzer.
 */
#ifndef HELPERS_DIALOG_H
#define HELPERS_DIALOG_H

#include <stdbool.h>
#include <stddef.h>

#define DIALOG_QUESTION_MAX 2047 /* bytes of a question */
#define DIALOG_ANSWER_MAX 8191   /* bytes of an answer */

/* What is asked; no string has a line end in it. */
struct dialog_question {
	const char *user, *password;
	const char *client, *server; /* addresses */
	const char *instance, *host; /* may be empty */
};

enum dialog_verdict {
	DIALOG_OK,      /* it is the password */
	DIALOG_CHECK,   /* the settings have a hash: compare with that */
	DIALOG_NO,      /* refused */
	DIALOG_UNKNOWN, /* not a user of the authenticator's */
};

/* The strings point into the answer's text. */
struct dialog_answer {
	enum dialog_verdict verdict;
	const char *reason;   /* NO: for the log, or "" */
	const char *settings; /* OK, CHECK: lines of a drop-in, or "" */
	const char *hash;     /* UNKNOWN: what it should cost; or NULL */
};

/*
 * Writes the question into buffer, which has DIALOG_QUESTION_MAX + 1 bytes.
 * Its length, or 0 if a string has a line end or all of it is too long.
 */
size_t dialog_ask(const struct dialog_question *question, char *buffer);

/*
 * Takes a whole question apart; text[length] exists and all is overwritten.
 * False if it is none.
 */
bool dialog_hear(
    char *text, size_t length, struct dialog_question *ret_question);

/*
 * Takes a whole answer apart, likewise. NULL, or what is wrong with it. What
 * the settings say is not looked at, but for password: CHECK must have it and
 * OK must not.
 */
const char *dialog_answer(
    char *text, size_t length, struct dialog_answer *ret_answer);

/* Is there a line for directive in settings? */
bool dialog_sets(const char *settings, const char *directive);

#endif
