/*
 * pace.c - the arithmetic of anon_max_rate and its like, see pace.h. Called by
 * transfer.c and move.c.
 *
 * Bytes move in slices of 50 ms. What a busy machine was late with is made up
 * for, so that the rate is kept over seconds; but a pause of the other side's
 * is not: nobody may save up for a burst.
 */
#include "config.h"

#include "ftpd/pace.h"

#define SLICE_MS 50   /* moved at once */
#define CREDIT_MS 250 /* made up for at most */
#define RATE_MAX (INT64_MAX / 4096) /* so that no product overflows */

void
pace_start(struct pace *pace, int64_t rate, int64_t now)
{
	pace->rate = rate < RATE_MAX ? rate : RATE_MAX;
	pace->since = now;
	pace->moved = 0;
}

/* Milliseconds in which what has moved may move. */
static int64_t
spent(const struct pace *pace)
{
	return pace->moved * 1000 / pace->rate;
}

/* Milliseconds since the beginning, less a pause that is not made up for. */
static int64_t
elapsed(const struct pace *pace, int64_t now)
{
	/* The time of one byte is not lost, however long it is. */
	int64_t most = spent(pace) + CREDIT_MS + 1000 / pace->rate;

	return now - pace->since < most ? now - pace->since : most;
}

int64_t
pace_due(const struct pace *pace, int64_t now)
{
	int64_t due;

	if (pace->rate == 0)
		return INT64_MAX;
	due = pace->rate * (elapsed(pace, now) + SLICE_MS) / 1000 - pace->moved;
	return due > 0 ? due : 0;
}

void
pace_moved(struct pace *pace, int64_t bytes, int64_t now)
{
	if (pace->rate == 0)
		return;
	pace->since = now - elapsed(pace, now);
	/* A second's worth more or less is the same. */
	pace->since += bytes / pace->rate * 1000;
	pace->moved += bytes % pace->rate;
	if (pace->moved >= pace->rate) {
		pace->since += 1000;
		pace->moved -= pace->rate;
	}
}

int64_t
pace_until(const struct pace *pace)
{
	/* A slice later; or when a very small rate has come to one byte. */
	int64_t slice = spent(pace) + 1;
	int64_t byte =
	    ((pace->moved + 1) * 1000 + pace->rate - 1) / pace->rate - SLICE_MS;

	return pace->since + (slice > byte ? slice : byte);
}
