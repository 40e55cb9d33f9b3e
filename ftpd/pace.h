/*
 * pace.h - how fast a transfer may go. Pure: clock in, bytes out.
 */
#ifndef FTPD_PACE_H
#define FTPD_PACE_H

#include <stdint.h>

struct pace {
	int64_t rate;  /* bytes a second, 0: as they come */
	int64_t since; /* milliseconds; moved counts from then on */
	int64_t moved; /* less than a second's worth */
};

/* Starts a transfer of rate bytes a second, 0 for no limit. */
void pace_start(struct pace *pace, int64_t rate, int64_t now);

/* How many bytes may move now. */
int64_t pace_due(const struct pace *pace, int64_t now);

/* That many have moved. */
void pace_moved(struct pace *pace, int64_t bytes, int64_t now);

/* When the next may, if pace_due() says that none may now. */
int64_t pace_until(const struct pace *pace);

#endif
