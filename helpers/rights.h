/*
 * rights.h - what a session may do to files: from its settings and kind of
 * account to WIRE_MAY_ bits. Pure; the only place where that is decided.
 */
#ifndef HELPERS_RIGHTS_H
#define HELPERS_RIGHTS_H

#include "conf/conf.h"
#include "helpers/wire.h"

/* Held to the anon_* directives? Anonymous, and virtual unless told. */
bool rights_limited(const struct conf *conf, enum wire_kind kind);

/*
 * NULL if the session has the right (one WIRE_MAY_ bit), else the name of the
 * first directive that takes it away.
 */
const char *rights_refused_by(
    const struct conf *conf, enum wire_kind kind, unsigned right);

/* The mask for files and directories that it makes. */
mode_t rights_umask(const struct conf *conf, enum wire_kind kind);

/* The WIRE_MAY_ bits, and WIRE_IS_LIMITED. */
unsigned rights_of(const struct conf *conf, enum wire_kind kind);

#endif
