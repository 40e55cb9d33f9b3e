/*
 * clock.c - the clock, see clock.h. Everybody in ftpd/ may call it.
 */
#include "config.h"

#include "ftpd/clock.h"

#include <time.h>

int64_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
