/*
 * fuzz-dialog.c - helpers/dialog.c with any answer of an authenticator and
 * any question to one: strings end within the text, and verdicts agree with
 * what comes along.
 */
#include "config.h"

#include "helpers/dialog.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

static char *
copy(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	HOLDS(text != NULL);
	memcpy(text, data, size);
	text[size] = 'X';
	return text;
}

static void
try_answer(const uint8_t *data, size_t size)
{
	char *text = copy(data, size);
	struct dialog_answer answer;

	if (!dialog_answer(text, size, &answer)) {
		HOLDS(size <= DIALOG_ANSWER_MAX);
		HOLDS(memcmp(data + size - 2, "\n\n", 2) == 0);
		HOLDS(strlen(answer.reason) < size);
		HOLDS(strlen(answer.settings) < size);
		HOLDS(strstr(answer.settings, "\n\n") == NULL);
		HOLDS(dialog_sets(answer.settings, "password") ==
		    (answer.verdict == DIALOG_CHECK));
		HOLDS(answer.hash == NULL ||
		    answer.verdict == DIALOG_UNKNOWN);
	}
	free(text);
}

static void
try_question(const uint8_t *data, size_t size)
{
	char *text = copy(data, size);
	char again[DIALOG_QUESTION_MAX + 1];
	struct dialog_question q, q2;
	size_t length;

	if (dialog_hear(text, size, &q)) {
		length = dialog_ask(&q, again);
		HOLDS(length <= size && length <= DIALOG_QUESTION_MAX);
		if (length > 0) {
			HOLDS(dialog_hear(again, length, &q2));
			HOLDS(strcmp(q.user, q2.user) == 0);
			HOLDS(strcmp(q.password, q2.password) == 0);
			HOLDS(strcmp(q.host, q2.host) == 0);
		}
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_answer(data, size);
	try_question(data, size);
	return 0;
}
