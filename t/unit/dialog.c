/*
 * dialog.c - unit tests of helpers/dialog.c: questions survive the way, and
 * of answers only whole ones are any.
 */
#include "config.h"

#include "helpers/dialog.h"

#include "t/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static void
test_question(void **state)
{
	struct dialog_question q = { "ann", " se=cret \xff", "192.0.2.7",
		"192.0.2.1", "", "ftp.example.com" };
	struct dialog_question heard;
	char text[DIALOG_QUESTION_MAX + 1];
	size_t length = dialog_ask(&q, text);

	(void)state;
	assert_string_equal(text, "inftpd-auth 1\nuser=ann\n"
		"password= se=cret \xff\nclient=192.0.2.7\n"
		"server=192.0.2.1\ninstance=\nhost=ftp.example.com\n\n");
	assert_int_equal(length, strlen(text));
	assert_true(dialog_hear(text, length, &heard));
	assert_string_equal(heard.user, q.user);
	assert_string_equal(heard.password, q.password);
	assert_string_equal(heard.client, q.client);
	assert_string_equal(heard.server, q.server);
	assert_string_equal(heard.instance, q.instance);
	assert_string_equal(heard.host, q.host);
}

/* What could end a line early is not asked at all. */
static void
test_question_refused(void **state)
{
	struct dialog_question q = { "ann", "x\nuser=root", "", "", "", "" };
	char text[DIALOG_QUESTION_MAX + 1], long_one[2048];

	(void)state;
	assert_int_equal(dialog_ask(&q, text), 0);
	q.password = "x";
	q.user = "\n";
	assert_int_equal(dialog_ask(&q, text), 0);
	memset(long_one, 'x', sizeof long_one - 1);
	long_one[sizeof long_one - 1] = '\0';
	q.user = "ann";
	q.password = long_one;
	assert_int_equal(dialog_ask(&q, text), 0);
}

static void
test_hear_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n\n", "inftpd-auth 2\nuser=a\n\n",
		"inftpd-auth 1\nuser=a\npassword=b\nclient=\nserver=\n"
		"instance=\nhost=\n",
		"inftpd-auth 1\nuser=a\npassword=b\nclient=\nserver=\n"
		"instance=\n\n",
		"inftpd-auth 1\npassword=b\nuser=a\nclient=\nserver=\n"
		"instance=\nhost=\n\n",
		"inftpd-auth 1\n\n", "inftpd-auth 1\nuser=a\n\n" };
	struct dialog_question q;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		char *text = strdup(bad[i]);

		assert_non_null(text);
		if (dialog_hear(text, strlen(text), &q))
			fail_msg("\"%s\" was heard", bad[i]);
		free(text);
	}
}

#define TEXT(s) s, sizeof(s) - 1

static const struct {
	const char *text;
	size_t length;
	int verdict;         /* -1: no answer */
	const char *said;    /* problem, reason, settings or hash */
} answers[] = {
	{ TEXT("ok\n\n"), DIALOG_OK, "" },
	{ TEXT("ok\nlocal_root=/srv/a\nwrite_enable=YES\n\n"), DIALOG_OK,
	    "local_root=/srv/a\nwrite_enable=YES\n" },
	{ TEXT("check\npassword=$y$x\n\n"), DIALOG_CHECK,
	    "password=$y$x\n" },
	{ TEXT("check\nlocal_root=/\n password = $y$x\n\n"), DIALOG_CHECK,
	    "local_root=/\n password = $y$x\n" },
	{ TEXT("no\n\n"), DIALOG_NO, "" },
	{ TEXT("no account expired\n\n"), DIALOG_NO, "account expired" },
	{ TEXT("unknown\n\n"), DIALOG_UNKNOWN, NULL },
	{ TEXT("unknown\npassword=$y$x\n\n"), DIALOG_UNKNOWN, "$y$x" },
	/* Not whole. */
	{ TEXT(""), -1, "nothing" },
	{ TEXT("ok"), -1, "no empty line" },
	{ TEXT("ok\n"), -1, "no empty line" },
	{ TEXT("\n"), -1, "no empty line" },
	{ TEXT("\n\n"), -1, "no empty line" },
	{ TEXT("ok\nlocal_root=/srv/a\n"), -1, "no empty line" },
	{ TEXT("ok\nlocal_root=/srv/a"), -1, "no empty line" },
	{ TEXT("ok\r\n\r\n"), -1, "no empty line" },
	/* More than one. */
	{ TEXT("ok\n\nlocal_root=/\n\n"), -1, "behind an empty" },
	{ TEXT("no\n\nok\n\n"), -1, "behind an empty" },
	{ TEXT("ok\n\n\n"), -1, "behind an empty" },
	{ TEXT("\nok\n\n"), -1, "behind an empty" },
	{ TEXT("ok\0\n\n"), -1, "NUL" },
	{ TEXT("ok\nlocal_root=/\0x\n\n"), -1, "NUL" },
	/* No verdict. */
	{ TEXT("yes\n\n"), -1, "no verdict" },
	{ TEXT("OK\n\n"), -1, "no verdict" },
	{ TEXT("ok \n\n"), -1, "no verdict" },
	{ TEXT(" ok\n\n"), -1, "no verdict" },
	{ TEXT("okay\n\n"), -1, "no verdict" },
	{ TEXT("nobody\n\n"), -1, "no verdict" },
	{ TEXT("local_root=/\nok\n\n"), -1, "no verdict" },
	/* Verdicts that contradict what follows. */
	{ TEXT("check\n\n"), -1, "check without" },
	{ TEXT("check\nlocal_root=/\n\n"), -1, "check without" },
	{ TEXT("ok\npassword=x\n\n"), -1, "ok with" },
	{ TEXT("ok\nlocal_root=/\n\tpassword\t=x\n\n"), -1, "ok with" },
	{ TEXT("no\nlocal_root=/\n\n"), -1, "refused user" },
	{ TEXT("unknown\nlocal_root=/\n\n"), -1, "unknown user" },
	{ TEXT("unknown\npassword=x\nlocal_root=/\n\n"), -1,
	    "unknown user" },
};

static void
test_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(answers); i++) {
		char *text = malloc(answers[i].length + 1);
		struct dialog_answer answer;
		const char *problem, *said;

		assert_non_null(text);
		memcpy(text, answers[i].text, answers[i].length);
		text[answers[i].length] = 'X';
		problem = dialog_answer(text, answers[i].length, &answer);
		if (problem && (answers[i].verdict != -1 ||
		                   !strstr(problem, answers[i].said)))
			fail_msg("\"%s\": %s", answers[i].text, problem);
		if (!problem) {
			said = answer.verdict == DIALOG_NO ? answer.reason
			    : answer.verdict == DIALOG_UNKNOWN
			    ? answer.hash : answer.settings;
			if ((int)answer.verdict != answers[i].verdict ||
			    !said != !answers[i].said ||
			    (said && strcmp(said, answers[i].said) != 0))
				fail_msg("\"%s\": %d, %s", answers[i].text,
				    (int)answer.verdict, said ? said : "-");
		}
		free(text);
	}
}

static void
test_long_answer(void **state)
{
	char *text = malloc(DIALOG_ANSWER_MAX + 2);
	struct dialog_answer answer;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', DIALOG_ANSWER_MAX + 1);
	memcpy(text, "ok\n", 3);
	memcpy(text + DIALOG_ANSWER_MAX - 1, "\n\n", 2);
	assert_string_equal(
	    dialog_answer(text, DIALOG_ANSWER_MAX + 1, &answer), "too long");
	free(text);
}

static void
test_sets(void **state)
{
	(void)state;
	assert_true(dialog_sets("guest_username=a\n", "guest_username"));
	assert_true(dialog_sets("a=b\n \tguest_username =a", "guest_username"));
	assert_false(dialog_sets("guest_usernames=a\n", "guest_username"));
	assert_false(dialog_sets("#guest_username=a\n", "guest_username"));
	assert_false(dialog_sets("a=guest_username=\n", "guest_username"));
	assert_false(dialog_sets("guest_username", "guest_username"));
	assert_false(dialog_sets("", "guest_username"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_question_refused),
		cmocka_unit_test(test_hear_refused),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_long_answer),
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
