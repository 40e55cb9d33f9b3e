/*
 * ascii.c - unit tests of ftpd/ascii.c: TYPE A both ways, at every split of
 * the data into two buffers, and back again byte for byte.
 */
#include "config.h"

#include "ftpd/ascii.h"

#include "t/unit/unit.h"

#include <string.h>

#define ROOM 512

/* File and network form of the same text; none has a NUL. */
static const struct {
	const char *file, *network;
} cases[] = {
	{ "", "" },
	{ "a", "a" },
	{ "\n", "\r\n" },
	{ "a\n", "a\r\n" },
	{ "\n\n\n", "\r\n\r\n\r\n" },
	{ "a\nb\nc", "a\r\nb\r\nc" },
	{ "\r", "\r" },
	{ "\r\r", "\r\r" },
	{ "a\rb", "a\rb" },
	{ "a\r\n", "a\r\r\n" },
	{ "\r\r\n\r", "\r\r\r\n\r" },
	{ "\n\r", "\r\n\r" },
	{ "\n\r\n\r", "\r\n\r\r\n\r" },
	{ "\xff\xfe\n\x80", "\xff\xfe\r\n\x80" },
};

static void
test_encode(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t length = strlen(cases[i].file);

		for (size_t cut = 0; cut <= length; cut++) {
			char out[ROOM];
			size_t n = ascii_encode(cases[i].file, cut, out);

			n += ascii_encode(
			    cases[i].file + cut, length - cut, out + n);
			if (n != strlen(cases[i].network) ||
			    memcmp(out, cases[i].network, n) != 0)
				fail_msg("case %zu cut at %zu", i, cut);
		}
	}
}

/* Decodes three pieces, in place with one byte before, as transfer.c may. */
static size_t
decode(const char *in, size_t length, size_t cut1, size_t cut2, char *out)
{
	size_t edge[] = { 0, cut1, cut2, length }, used = 0;
	bool pending = false;

	for (int i = 0; i < 3; i++) {
		char buffer[ROOM];
		size_t n = edge[i + 1] - edge[i];

		memcpy(buffer + 1, in + edge[i], n);
		n = ascii_decode(buffer + 1, n, buffer, &pending);
		assert_true(n <= edge[i + 1] - edge[i] + 1);
		memcpy(out + used, buffer, n);
		used += n;
	}
	if (pending)
		out[used++] = '\r';
	return used;
}

static void
test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t length = strlen(cases[i].network);

		for (size_t a = 0; a <= length; a++)
			for (size_t b = a; b <= length; b++) {
				char out[ROOM];
				size_t n = decode(
				    cases[i].network, length, a, b, out);

				if (n != strlen(cases[i].file) ||
				    memcmp(out, cases[i].file, n) != 0)
					fail_msg("case %zu cut at %zu, %zu", i,
					    a, b);
			}
	}
}

/* A bare LF is no line end of the network's, and stays what it is. */
static void
test_bare_lf(void **state)
{
	char out[ROOM];

	(void)state;
	assert_int_equal(decode("a\nb\r\n", 5, 1, 3, out), 4);
	assert_memory_equal(out, "a\nb\n", 4);
}

/* Every file of up to nine bytes of CR, LF, NUL and a letter comes back. */
static void
test_round_trip(void **state)
{
	static const char letters[] = { '\r', '\n', 'x', '\0' };

	(void)state;
	for (unsigned long seed = 0; seed < 1UL << 18; seed += 3) {
		char file[9], network[2 * sizeof file], back[ROOM];
		size_t n, cut = seed % 7;

		for (size_t i = 0; i < sizeof file; i++)
			file[i] = letters[seed >> (2 * i) & 3];
		n = ascii_encode(file, sizeof file, network);
		n = decode(network, n, cut < n ? cut : n, n, back);
		if (n != sizeof file || memcmp(back, file, n) != 0)
			fail_msg("seed %lu", seed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_bare_lf),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
