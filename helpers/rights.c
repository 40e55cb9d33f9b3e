/*
 * rights.c - the rights of a session, see rights.h.
 *
 * vsftpd's meaning: write_enable is the master switch; anonymous sessions, and
 * virtual ones unless virtual_use_local_privs, then need an anon_ directive
 * for each kind of change.
 */
#include "config.h"

#include "helpers/rights.h"

bool
rights_limited(const struct conf *conf, enum wire_kind kind)
{
	return kind == WIRE_ANONYMOUS ||
	    (kind == WIRE_VIRTUAL && !conf->virtual_use_local_privs);
}

static unsigned
when(bool condition, unsigned rights)
{
	return condition ? rights : 0;
}

unsigned
rights_of(const struct conf *conf, enum wire_kind kind)
{
	unsigned rights = when(conf->download_enable, WIRE_MAY_DOWNLOAD) |
	    when(conf->dirlist_enable, WIRE_MAY_LIST);
	bool other = conf->anon_other_write_enable;

	if (!conf->write_enable)
		return rights;
	if (!rights_limited(conf, kind))
		return rights | WIRE_MAY_UPLOAD | WIRE_MAY_OVERWRITE |
		    WIRE_MAY_MKDIR | WIRE_MAY_DELETE |
		    when(conf->chmod_enable, WIRE_MAY_CHMOD) |
		    when(conf->mdtm_write, WIRE_MAY_UTIME);
	return rights | when(conf->anon_upload_enable, WIRE_MAY_UPLOAD) |
	    when(conf->anon_upload_enable && other, WIRE_MAY_OVERWRITE) |
	    when(conf->anon_mkdir_write_enable, WIRE_MAY_MKDIR) |
	    when(other, WIRE_MAY_DELETE) |
	    when(other && conf->mdtm_write, WIRE_MAY_UTIME);
}
