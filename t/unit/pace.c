/*
 * pace.c - unit tests of ftpd/pace.c: transfers on a clock of the test's own,
 * with machines that are late and other sides that stand still.
 */
#include "config.h"

#include "ftpd/pace.h"

#include "t/unit/unit.h"

#include <inttypes.h>
#include <stdlib.h>

#define SECONDS 20

/* Bytes that moved in each millisecond of a run, and how often it woke. */
static int64_t moved[SECONDS * 1000];
static int wakes;

/*
 * A transfer at rate: each wake is up to late ms late, each step moves at most
 * chunk bytes, and nothing can move from pause to resume. Fills moved.
 */
static void
run(int64_t rate, int late, int64_t chunk, int pause, int resume)
{
	const int64_t start = 123456789;
	struct pace pace;
	int64_t now = 0;

	srandom((unsigned)rate);
	wakes = 0;
	for (int i = 0; i < SECONDS * 1000; i++)
		moved[i] = 0;
	pace_start(&pace, rate, start);
	while (now < SECONDS * 1000) {
		int64_t due = pace_due(&pace, start + now);

		wakes++;
		if (now >= pause && now < resume) {
			now = resume;
			continue;
		}
		while (due > 0) {
			int64_t n = due < chunk ? due : chunk;

			pace_moved(&pace, n, start + now);
			moved[now] += n;
			due = pace_due(&pace, start + now);
		}
		if (pace_until(&pace) <= start + now)
			fail_msg("%" PRId64 ": it would spin", rate);
		now = pace_until(&pace) - start +
		    (late > 0 ? random() % late : 0);
	}
}

static int64_t
sum(int from, int to)
{
	int64_t all = 0;

	for (int i = from; i < to; i++)
		all += moved[i];
	return all;
}

/* The most that moves in any stretch of that many milliseconds. */
static int64_t
most_in(int length)
{
	int64_t all = sum(0, length), most = all;

	for (int i = length; i < SECONDS * 1000; i++) {
		all += moved[i] - moved[i - length];
		most = all > most ? all : most;
	}
	return most;
}

static const int64_t rates[] = { 1, 7, 19, 20, 21, 999, 1000, 10000, 65537,
	102400, 1 << 20, 125000000, INT64_C(10000000000) };

/* Within 1 % over ten seconds, wherever they begin, and in small slices. */
static void
test_exact(void **state)
{
	static const int lates[] = { 0, 10, 40 };

	(void)state;
	for (size_t i = 0; i < LENGTH(rates); i++)
		for (size_t j = 0; j < LENGTH(lates); j++) {
			int64_t rate = rates[i], ten;

			run(rate, lates[j], rate / 7 + 1, 0, 0);
			for (int from = 1000; from <= 10000; from += 500) {
				ten = sum(from, from + 10000);
				if (llabs(ten - 10 * rate) >
				    10 * rate / 100 + 1)
					fail_msg("%" PRId64 ", late %d, from %d:"
					    " %" PRId64, rate, lates[j], from,
					    ten);
			}
			ten = most_in(100);
			if (ten > rate * (100 + 50 + 2 * lates[j] + 10) / 1000 + 1)
				fail_msg("%" PRId64 ", late %d: %" PRId64
				    " in 100 ms", rate, lates[j], ten);
			if (wakes > SECONDS * 21)
				fail_msg("%" PRId64 ": %d wakes", rate, wakes);
		}
}

/* The other side stands still for five seconds: no burst makes up for it. */
static void
test_pause(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rates); i++) {
		int64_t rate = rates[i];

		run(rate, 0, INT64_MAX, 3000, 8000);
		assert_int_equal(sum(3000, 8000), 0);
		if (sum(8000, 9000) > rate * 130 / 100 + 1)
			fail_msg("%" PRId64 ": %" PRId64 " after a pause", rate,
			    sum(8000, 9000));
		if (llabs(sum(9000, 19000) - 10 * rate) > 10 * rate / 100 + 1)
			fail_msg("%" PRId64 ": not the rate again", rate);
	}
}

/* A step may be larger than what was due: the next ones wait for it. */
static void
test_overshoot(void **state)
{
	struct pace pace;

	(void)state;
	pace_start(&pace, 1000, 0);
	pace_moved(&pace, 16384, 0);
	assert_int_equal(pace_due(&pace, 16000), 0);
	assert_true(pace_until(&pace) > 16300);
	assert_true(pace_due(&pace, pace_until(&pace)) > 0);
}

static void
test_none(void **state)
{
	struct pace pace;

	(void)state;
	pace_start(&pace, 0, 5);
	pace_moved(&pace, INT64_MAX, 6);
	assert_true(pace_due(&pace, 7) == INT64_MAX);
	/* The largest that can be configured, for a year. */
	pace_start(&pace, INT64_MAX, 0);
	for (int i = 0; i < 1000; i++) {
		int64_t now = INT64_C(31536000) * i;

		assert_true(pace_due(&pace, now) > 0);
		pace_moved(&pace, pace_due(&pace, now), now);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_overshoot),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
