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

static const char *
unless(bool condition, const char *directive)
{
	return condition ? NULL : directive;
}

/* Of those who need an anon_ directive for each kind of change. */
static const char *
limited_refused_by(
    const struct conf *conf, enum wire_kind kind, unsigned right)
{
	const char *other =
	    unless(conf->anon_other_write_enable, "anon_other_write_enable");
	const char *upload =
	    unless(conf->anon_upload_enable, "anon_upload_enable");

	switch (right) {
	case WIRE_MAY_UPLOAD:
		return upload;
	case WIRE_MAY_OVERWRITE:
		return upload ? upload : other;
	case WIRE_MAY_MKDIR:
		return unless(
		    conf->anon_mkdir_write_enable, "anon_mkdir_write_enable");
	case WIRE_MAY_DELETE:
		return other;
	case WIRE_MAY_UTIME:
		return other ? other : unless(conf->mdtm_write, "mdtm_write");
	default: /* SITE CHMOD is for locals, and who is treated as one */
		return kind == WIRE_VIRTUAL ? "virtual_use_local_privs"
					    : "chmod_enable";
	}
}

const char *
rights_refused_by(
    const struct conf *conf, enum wire_kind kind, unsigned right)
{
	if (right == WIRE_MAY_DOWNLOAD)
		return unless(conf->download_enable, "download_enable");
	if (right == WIRE_MAY_LIST)
		return unless(conf->dirlist_enable, "dirlist_enable");
	if (!conf->write_enable)
		return "write_enable";
	if (rights_limited(conf, kind))
		return limited_refused_by(conf, kind, right);
	if (right == WIRE_MAY_CHMOD)
		return unless(conf->chmod_enable, "chmod_enable");
	if (right == WIRE_MAY_UTIME)
		return unless(conf->mdtm_write, "mdtm_write");
	return NULL;
}

mode_t
rights_umask(const struct conf *conf, enum wire_kind kind)
{
	return (mode_t)(rights_limited(conf, kind) ? conf->anon_umask
						   : conf->local_umask);
}

unsigned
rights_of(const struct conf *conf, enum wire_kind kind)
{
	unsigned rights = rights_limited(conf, kind) ? WIRE_IS_LIMITED : 0;

	for (unsigned right = 1; right <= WIRE_MAY_UTIME; right <<= 1)
		if (!rights_refused_by(conf, kind, right))
			rights |= right;
	return rights;
}
