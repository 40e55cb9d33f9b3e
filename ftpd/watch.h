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
 * caller's, or -errno. Of directories that are not there, that they come is
 * seen.
 */
int watch_open(const struct conf_place *place);

/*
 * Watches directories that have come or were replaced since. To be called
 * before the files are read again, so that no change falls between.
 */
void watch_renew(int fd, const struct conf_place *place);

/* Takes what the descriptor tells; true if anything changed. */
bool watch_take(int fd);

#endif
