/*
 * zip.c - MODE Z of a session, see zip.h. Called by cmd_data.c; the bytes are
 * move.c's.
 */
#include "config.h"

#include "ftpd/zip.h"

#include "ftpd/module.h"
#include "ftpd/session.h"

#include <errno.h>

int
zip_start(struct session *s)
{
	char error[256];

	if (!s->zip.calls)
		s->zip.calls = module_open(
		    s->zip.module, DEFLATE_SYMBOL, error, sizeof error);
	if (!s->zip.calls) {
		log_event(&s->log, LOG_ERR, "deflate", "%s", error);
		return -ENOENT;
	}
	s->zip.on = true;
	return 0;
}
