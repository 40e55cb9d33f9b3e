/*
 * log.c - unit tests of conf/log.c: what is escaped, and what becomes of
 * entries that a full log does not take.
 */
#include "config.h"

#include "conf/log.h"

#include "t/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct {
	const char *text, *also, *plain, *wide;
} texts[] = {
	{ "a b~", "", "a b~", "a b~" },
	{ "a b\\\"", " \\\"", "a\\x20b\\x5c\\x22", "a\\x20b\\x5c\\x22" },
	{ "\x01\n\x1b\x7f", "", "\\x01\\x0a\\x1b\\x7f", "\\x01\\x0a\\x1b\\x7f" },
	{ "\xc3\xa4", "", "\\xc3\\xa4", "\xc3\xa4" },
	{ "\xe2\x82\xac", "", "\\xe2\\x82\\xac", "\xe2\x82\xac" },
	{ "\xf0\x9f\x90\xa7.", "", "\\xf0\\x9f\\x90\\xa7.",
	    "\xf0\x9f\x90\xa7." },
	/* Not UTF-8: alone, cut, too long a form, surrogates, too high. */
	{ "\xa4", "", "\\xa4", "\\xa4" },
	{ "\xc3", "", "\\xc3", "\\xc3" },
	{ "\xc3" "a", "", "\\xc3a", "\\xc3a" },
	{ "\xe2\x82", "", "\\xe2\\x82", "\\xe2\\x82" },
	{ "\xc0\xae", "", "\\xc0\\xae", "\\xc0\\xae" },
	{ "\xe0\x80\xae", "", "\\xe0\\x80\\xae", "\\xe0\\x80\\xae" },
	{ "\xed\xa0\x80", "", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "", "\\xf4\\x90\\x80\\x80",
	    "\\xf4\\x90\\x80\\x80" },
	{ "\xff", "", "\\xff", "\\xff" },
	/* C1 controls, a line separator, right to left. */
	{ "\xc2\x9b", "", "\\xc2\\x9b", "\\xc2\\x9b" },
	{ "\xe2\x80\xa8", "", "\\xe2\\x80\\xa8", "\\xe2\\x80\\xa8" },
	{ "\xe2\x80\xae", "", "\\xe2\\x80\\xae", "\\xe2\\x80\\xae" },
	{ "\xe2\x81\xa7", "", "\\xe2\\x81\\xa7", "\\xe2\\x81\\xa7" },
	{ "\xe2\x80\x8e", "", "\\xe2\\x80\\x8e", "\\xe2\\x80\\x8e" },
	{ "\xe2\x80\x8f", "", "\\xe2\\x80\\x8f", "\\xe2\\x80\\x8f" },
	{ "\xd8\x9c", "", "\\xd8\\x9c", "\\xd8\\x9c" },
};

static void
test_escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++)
		for (int wide = 0; wide < 2; wide++) {
			const char *want =
			    wide ? texts[i].wide : texts[i].plain;
			char out[64];
			size_t n = log_escape(texts[i].text, texts[i].also,
			    wide, out, sizeof out);

			if (strcmp(out, want) != 0 || n != strlen(want))
				fail_msg("%zu, wide %d: %s, expected %s", i,
				    wide, out, want);
		}
}

/* Whatever the room, it is kept, and the text ends with a NUL. */
static void
test_escape_room(void **state)
{
	static const char text[] = "a\x01\xf0\x9f\x90\xa7\xc3\xa4 end";

	(void)state;
	for (size_t size = 1; size < 64; size++) {
		char *out = malloc(size);
		size_t n;

		assert_non_null(out);
		n = log_escape(text, " ", size % 2, out, size);
		assert_true(n < size);
		assert_int_equal(out[n], '\0');
		free(out);
	}
}

/* A log that nobody reads, until it is read. */
static void
test_full(void **state)
{
	int pair[2], least = 1, count = 0;
	char entry[4096];
	struct log log = { .sink = LOG_SINK_SYSLOG, .ident = "x" };
	ssize_t n;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0,
	    pair), 0);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
	log.fd = pair[0];
	while (log.lost == 0 && count++ < 10000)
		log_event(&log, LOG_INFO, "event", "%d", count);
	assert_true(log.lost == 1);
	log_event(&log, LOG_INFO, "event", "lost, too");
	/* The note of the loss does not count as one. */
	assert_int_equal(log.lost, 2);
	while (recv(pair[1], entry, sizeof entry, 0) > 0)
		count--;
	assert_int_equal(count, 1);
	log_event(&log, LOG_INFO, "event", "here");
	assert_int_equal(log.lost, 0);
	n = recv(pair[1], entry, sizeof entry - 1, 0);
	assert_true(n > 0);
	entry[n] = '\0';
	assert_non_null(strstr(entry,
	    "lost: the log was full: 2 entries are missing"));
	n = recv(pair[1], entry, sizeof entry - 1, 0);
	assert_true(n > 0);
	entry[n] = '\0';
	assert_non_null(strstr(entry, "event: here"));
	close(pair[0]);
	close(pair[1]);
}

static void
test_connect(void **state)
{
	static const char name[] = "@inftpd-unit-log";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char longest[sizeof address.sun_path + 1];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0), client;

	(void)state;
	memcpy(address.sun_path + 1, name + 1, sizeof name - 2);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
	    (socklen_t)(sizeof address.sun_family + sizeof name - 1)), 0);
	client = log_connect(name);
	assert_true(client >= 0);
	assert_int_equal(fcntl(client, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(client);
	close(fd);
	assert_int_equal(log_connect("@inftpd-unit-log"), -1);
	assert_int_equal(log_connect("/nonexistent/socket"), -1);
	assert_int_equal(log_connect("relative"), -1);
	assert_int_equal(log_connect("/"), -1);
	assert_int_equal(log_connect(""), -1);
	memset(longest, 'x', sizeof longest - 1);
	longest[0] = '/';
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(log_connect(longest), -1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_room),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
