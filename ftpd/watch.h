/*
 * watch.h - have the configuration's files changed? For the listener, which
 * reads them once and not for each client.
 */
#ifndef FTPD_WATCH_H
#define FTPD_WATCH_H

#include "conf/conf.h"

#include <stdbool.h>

/*
 * Watches the places of a configuration. A descriptor to poll for reading, the
 * caller's, or -errno; directories that are not there are not watched.
 */
int watch_open(const struct conf_place *place);

/* Takes what the descriptor tells; true if anything changed. */
bool watch_take(int fd);

#endif
