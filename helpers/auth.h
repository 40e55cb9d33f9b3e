/*
 * auth.h - is this user who he says, and as whom does he come in?
 *
 * Runs as root (or, in quick mode, as the caller) before login only.
 */
#ifndef HELPERS_AUTH_H
#define HELPERS_AUTH_H

#include "helpers/helper.h"

/*
 * Checks user and password against anonymous, virtual and local accounts, in
 * that order; of virtual ones first the drop-in, then the file, the database
 * and the authenticator: who is known to one is not looked for further. On
 * success 0,
 * *ret_account filled, and the drop-ins of the user and his groups stand over
 * h->conf. -EACCES when refused, with *ret_reason a text for the log alone;
 * h->conf must then be loaded anew before the next try. Spends one password
 * hash on every name that is not anonymous, known or not.
 */
int auth_login(struct helper *h, const char *user, const char *password,
    struct account *ret_account, const char **ret_reason);

/*
 * May this name go on to type a password (userlist_enable)? 0, or -EACCES
 * with a reason for the log.
 */
int auth_user(struct helper *h, const char *user, const char **ret_reason);

/*
 * Reads user and group names for listings, for as long as that is possible.
 * What cannot be read is shown as numbers.
 */
void auth_load_names(struct names *ret_names);

/* The uid that ftpd runs as, from /etc/passwd; -ENOENT if there is none. */
int auth_find_ftpd_user(uid_t *ret_uid, gid_t *ret_gid);

#endif
