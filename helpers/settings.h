/*
 * settings.h - the settings of the session, from the administrator's files,
 * as long as nobody has logged in.
 */
#ifndef HELPERS_SETTINGS_H
#define HELPERS_SETTINGS_H

#include "helpers/helper.h"

/*
 * Fills h->conf with what holds for this client at h->host; those of the user
 * come at login. 0, or -errno, which is logged, with h->conf untouched. What
 * h->conf had is not freed.
 */
int settings_load(struct helper *h);

/*
 * Puts the session at the virtual host called name, or with "" at the one of
 * the address, and loads its settings. 0; -ENOENT if there is none, or if
 * pinned and it is not the one where the session is; or -errno, which is
 * logged. Then everything is as it was.
 */
int settings_move(struct helper *h, const char *name, bool pinned);

/* banner_file, open; -1 where there is none, or none to be read: logged. */
int settings_open_banner(struct helper *h);

#endif
