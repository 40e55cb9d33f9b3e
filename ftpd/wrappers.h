/*
 * wrappers.h - tcp_wrappers: may this client connect at all?
 */
#ifndef FTPD_WRAPPERS_H
#define FTPD_WRAPPERS_H

#include "conf/log.h"

#include <stdbool.h>

/*
 * Asks libwrap about log->peer, and logs why not. Before the sandbox, which
 * has no way to the files. What cannot be asked is refused.
 */
bool wrappers_allow(struct log *log);

#endif
