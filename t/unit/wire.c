/*
 * wire.c - unit tests of helpers/wire.c: fields in and out, every message cut
 * at every byte, and descriptors over a real pair.
 */
#include "config.h"

#include "helpers/wire.h"

#include "t/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- fields ------------------------------------------------------------ */

#define BYTES "a\0\xff\n"

/* One field of each type, and one empty of those that can be. */
static size_t
encode(unsigned char *buffer, size_t size)
{
	struct wire w;

	wire_begin(&w, buffer, size, WIRE_STAT);
	wire_put_u32(&w, UINT32_MAX);
	wire_put_u64(&w, UINT64_C(0x8000000000000001));
	wire_put_str(&w, "caf\xc3\xa9", 5);
	wire_put_str(&w, "", 0);
	wire_put_bytes(&w, BYTES, 4, 4);
	wire_put_bytes(&w, NULL, 0, 4);
	return w.failed ? 0 : w.used;
}

/* True if it all could be read and nothing is left. */
static bool
decode(unsigned char *buffer, size_t length)
{
	struct wire w;
	uint32_t head, number;
	uint64_t large;
	char text[6], empty[1];
	unsigned char bytes[4], none[4];
	size_t n, m;

	wire_parse(&w, buffer, length, &head);
	number = wire_get_u32(&w);
	large = wire_get_u64(&w);
	wire_get_str(&w, text, sizeof text);
	wire_get_str(&w, empty, sizeof empty);
	n = wire_get_bytes(&w, bytes, sizeof bytes);
	m = wire_get_bytes(&w, none, sizeof none);
	if (!wire_end(&w))
		return false;
	assert_int_equal(head, WIRE_STAT);
	assert_int_equal(number, UINT32_MAX);
	assert_true(large == UINT64_C(0x8000000000000001));
	assert_string_equal(text, "caf\xc3\xa9");
	assert_string_equal(empty, "");
	assert_int_equal(n, 4);
	assert_memory_equal(bytes, BYTES, 4);
	assert_int_equal(m, 0);
	return true;
}

static void
test_fields(void **state)
{
	unsigned char buffer[256] = { 0 };
	size_t length = encode(buffer, sizeof buffer);

	(void)state;
	assert_int_equal(length, 4 + 4 + 8 + 9 + 4 + 8 + 4);
	assert_true(decode(buffer, length));
	for (size_t n = 0; n < length; n++)
		if (decode(buffer, n))
			fail_msg("%zu bytes of %zu were enough", n, length);
	for (size_t n = length + 1; n < sizeof buffer; n++)
		if (decode(buffer, n))
			fail_msg("%zu bytes too many were taken", n - length);
}

/* Whatever the room, what does not fit fails and nothing is written past. */
static void
test_no_room(void **state)
{
	unsigned char buffer[256];
	size_t length = encode(buffer, sizeof buffer);

	(void)state;
	for (size_t size = 0; size <= length; size++) {
		memset(buffer, 0xa5, sizeof buffer);
		assert_int_equal(encode(buffer, size),
		    size == length ? length : 0);
		for (size_t i = size; i < sizeof buffer; i++)
			assert_int_equal(buffer[i], 0xa5);
	}
}

static void
test_put_limits(void **state)
{
	static const struct {
		size_t length, limit;
		bool good;
	} cases[] = {
		{ 0, 0, true },
		{ 1, 0, false },
		{ 7, 7, true },
		{ 8, 7, false },
		{ WIRE_NAME_MAX, WIRE_NAME_MAX, true },
		{ WIRE_NAME_MAX + 1, WIRE_NAME_MAX, false },
		{ SIZE_MAX, 16, false },
	};
	unsigned char buffer[1024];
	char text[WIRE_NAME_MAX + 2];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t length = cases[i].length;
		struct wire w;

		memset(text, 'x', sizeof text);
		wire_begin(&w, buffer, sizeof buffer, 1);
		wire_put_bytes(&w, text, length, cases[i].limit);
		if (w.failed != !cases[i].good)
			fail_msg("%zu bytes of %zu", length, cases[i].limit);
		if (length >= sizeof text)
			continue;
		text[length] = '\0';
		wire_begin(&w, buffer, sizeof buffer, 1);
		wire_put_str(&w, text, cases[i].limit);
		if (w.failed != !cases[i].good)
			fail_msg("string of %zu of %zu", length,
			    cases[i].limit);
	}
}

/* A message of one length field and some bytes. */
static void
make_field(struct wire *w, unsigned char *buffer, uint32_t length,
    const char *bytes, size_t n)
{
	uint32_t head;

	memcpy(buffer, &(uint32_t){ 1 }, 4);
	memcpy(buffer + 4, &length, 4);
	memcpy(buffer + 8, bytes, n);
	wire_parse(w, buffer, 8 + n, &head);
}

static void
test_get_string(void **state)
{
	static const struct {
		const char *name;
		uint32_t length;
		const char *bytes;
		size_t n;
		const char *want; /* NULL: fails */
	} cases[] = {
		{ "empty", 0, "", 0, "" },
		{ "whole", 3, "abc", 3, "abc" },
		{ "as long as fits", 7, "abcdefg", 7, "abcdefg" },
		{ "too long", 8, "abcdefgh", 8, NULL },
		{ "NUL inside", 3, "a\0c", 3, NULL },
		{ "NUL first", 1, "\0", 1, NULL },
		{ "NUL last", 3, "ab\0", 3, NULL },
		{ "longer than the message", 4, "abc", 3, NULL },
		{ "shorter than the message", 2, "abc", 3, NULL },
		{ "huge", UINT32_MAX, "abc", 3, NULL },
		{ "wraps", UINT32_MAX - 7, "abc", 3, NULL },
		{ "negative", 0x80000000, "abc", 3, NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		unsigned char message[64], bytes[7];
		char text[9] = "XXXXXXXX";
		struct wire w;

		make_field(&w, message, cases[i].length, cases[i].bytes,
		    cases[i].n);
		wire_get_str(&w, text, 8);
		assert_int_equal(text[8], '\0');
		if (wire_end(&w) != (cases[i].want != NULL))
			fail_msg("%s: %d", cases[i].name, wire_end(&w));
		if (cases[i].want != NULL)
			assert_string_equal(text, cases[i].want);
		else if (w.failed)
			assert_string_equal(text, "");
		/* As bytes, a NUL is as good as any. */
		make_field(&w, message, cases[i].length, cases[i].bytes,
		    cases[i].n);
		if ((wire_get_bytes(&w, bytes, sizeof bytes) ==
		        cases[i].n && wire_end(&w)) !=
		    (cases[i].length == cases[i].n && cases[i].n <= 7))
			fail_msg("%s as bytes", cases[i].name);
	}
}

static void
test_stays_failed(void **state)
{
	unsigned char buffer[64];
	char text[8] = "X";
	struct wire w;
	uint32_t head;

	(void)state;
	wire_begin(&w, buffer, sizeof buffer, 1);
	wire_put_str(&w, "too long", 3);
	wire_put_u32(&w, 1);
	assert_true(w.failed);
	assert_int_equal(wire_send(-1, &w, -1), -EBADMSG);

	memset(buffer, 0, sizeof buffer);
	buffer[4] = 0xff;
	wire_parse(&w, buffer, sizeof buffer, &head);
	wire_get_str(&w, text, sizeof text);
	assert_true(w.failed);
	assert_string_equal(text, "");
	assert_int_equal(wire_get_u32(&w), 0);
	assert_int_equal(wire_get_u64(&w), 0);
	assert_int_equal(wire_get_bytes(&w, text, sizeof text), 0);
	assert_false(wire_end(&w));
	wire_parse(&w, buffer, 3, &head);
	assert_int_equal(head, 0);
	assert_false(wire_end(&w));
}

/* --- the pair ---------------------------------------------------------- */

static int pair[2];

static int
open_pair(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int
close_pair(void **state)
{
	(void)state;
	close(pair[0]);
	close(pair[1]);
	return 0;
}

static int
count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

static void
send_raw(const void *bytes, size_t length, const int *fds, size_t count)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(16 * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = NULL, .iov_len = length };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	memcpy(&iov.iov_base, &bytes, sizeof bytes);
	memset(&control, 0, sizeof control);
	if (count > 0) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	}
	assert_int_equal(sendmsg(pair[0], &message, 0), length);
}

static void
test_none(void **state)
{
	unsigned char out[64], in[64];
	struct wire w;
	int fd = 4711;

	(void)state;
	wire_begin(&w, out, sizeof out, 7);
	wire_put_u32(&w, 8);
	assert_int_equal(wire_send(pair[0], &w, -1), 0);
	assert_int_equal(wire_receive(pair[1], in, sizeof in, &fd), 8);
	assert_int_equal(fd, -1);
	assert_memory_equal(in, out, 8);
}

static void
test_one(void **state)
{
	unsigned char out[64], in[64];
	struct wire w;
	struct stat a, b;
	int sent = open("/dev/null", O_RDONLY | O_CLOEXEC), fd = -1;

	(void)state;
	wire_begin(&w, out, sizeof out, 7);
	assert_int_equal(wire_send(pair[0], &w, sent), 0);
	assert_int_equal(wire_receive(pair[1], in, sizeof in, &fd), 4);
	assert_true(fd >= 0 && fd != sent);
	assert_int_equal(fstat(sent, &a), 0);
	assert_int_equal(fstat(fd, &b), 0);
	assert_int_equal(a.st_rdev, b.st_rdev);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(fd);
	close(sent);
}

/* Too many descriptors: refused, and none of them stays open. */
static void
test_surplus(void **state)
{
	int sent = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fds[16];
	int before = count_descriptors();

	(void)state;
	for (size_t i = 0; i < LENGTH(fds); i++)
		fds[i] = sent;
	for (size_t count = 2; count <= LENGTH(fds); count++) {
		unsigned char in[64];
		int fd = 4711;

		send_raw("abcd", 4, fds, count);
		assert_int_equal(
		    wire_receive(pair[1], in, sizeof in, &fd), -EBADMSG);
		assert_int_equal(fd, 4711);
		if (count_descriptors() != before)
			fail_msg("%zu descriptors: %d were kept", count,
			    count_descriptors() - before);
	}
	close(sent);
}

static void
test_over_long(void **state)
{
	unsigned char out[65] = { 0 }, in[65];
	int sent = open("/dev/null", O_RDONLY | O_CLOEXEC), fd = 4711;
	int before = count_descriptors();

	(void)state;
	send_raw(out, 64, NULL, 0);
	assert_int_equal(wire_receive(pair[1], in, 64, &fd), 64);
	fd = 4711;
	send_raw(out, 65, NULL, 0);
	assert_int_equal(wire_receive(pair[1], in, 64, &fd), -EBADMSG);
	send_raw(out, 65, &sent, 1);
	assert_int_equal(wire_receive(pair[1], in, 64, &fd), -EBADMSG);
	assert_int_equal(fd, 4711);
	assert_int_equal(count_descriptors(), before);
	close(sent);
}

/* Like the end of the connection, unless a descriptor tells them apart. */
static void
test_empty(void **state)
{
	unsigned char in[64];
	int sent = open("/dev/null", O_RDONLY | O_CLOEXEC), fd = 4711;
	int before = count_descriptors();

	(void)state;
	send_raw("", 0, NULL, 0);
	assert_int_equal(wire_receive(pair[1], in, sizeof in, &fd), 0);
	send_raw("", 0, &sent, 1);
	assert_int_equal(wire_receive(pair[1], in, sizeof in, &fd), -EBADMSG);
	assert_int_equal(fd, 4711);
	assert_int_equal(count_descriptors(), before);
	close(sent);
}

static void
test_gone(void **state)
{
	unsigned char buffer[64];
	struct wire w;
	int fd = 4711;

	(void)state;
	wire_begin(&w, buffer, sizeof buffer, 1);
	shutdown(pair[0], SHUT_RDWR);
	assert_int_equal(wire_receive(pair[1], buffer, 64, &fd), 0);
	assert_int_equal(wire_send(pair[1], &w, -1), -EPIPE);
	assert_int_equal(wire_send(pair[1], &w, 0), -EPIPE);
	assert_int_equal(wire_receive(-1, buffer, 64, &fd), -EBADF);
	assert_int_equal(fd, 4711);
}

#define WITH_PAIR(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_put_limits),
		cmocka_unit_test(test_get_string),
		cmocka_unit_test(test_stays_failed),
		WITH_PAIR(test_none),
		WITH_PAIR(test_one),
		WITH_PAIR(test_surplus),
		WITH_PAIR(test_over_long),
		WITH_PAIR(test_empty),
		WITH_PAIR(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
