/*
 * resolve.h - the addresses of names in pasv_address: looked up by
 * `inftpd --resolve', outside of sessions, and kept in a file that sessions
 * read.
 */
#ifndef FTPD_RESOLVE_H
#define FTPD_RESOLVE_H

#include "conf/conf.h"

/*
 * Looks all names up and writes the file of place. A name that cannot be
 * looked up keeps the address that it had. What goes wrong is told on
 * standard error. The exit status: 0, or 1 if something went wrong.
 */
int resolve_run(const struct conf *conf, const struct conf_place *place);

/* The file's lines, the caller's; NULL if there is none that can be read. */
char *resolve_read(const struct conf_place *place);

#endif
