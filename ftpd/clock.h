/*
 * clock.h - the one clock of deadlines, rates and the log's durations. Pure
 * but for asking the kernel.
 */
#ifndef FTPD_CLOCK_H
#define FTPD_CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock: nobody can set it back. */
int64_t clock_now(void);

#endif
