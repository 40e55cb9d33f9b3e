/*
 * policy.h - what directives say about logins and commands, for both sides
 * and for inftpd-explain. Pure. Each answer is NULL for "may", or the name of
 * the directive that stands against it.
 */
#ifndef CONF_POLICY_H
#define CONF_POLICY_H

#include "conf/conf.h"

/* Is this a name that the anonymous user goes by? */
bool policy_means_anonymous(const char *user);

/* The same, and is there one? */
bool policy_is_anonymous(const struct conf *conf, const char *user);

/*
 * The name that lists and drop-ins have for user: what he calls himself, but
 * of an anonymous one in small letters, for he may write it in any.
 */
const char *policy_name(const struct conf *conf, const char *user);

/* cmds_allowed and cmds_denied. */
const char *policy_command(const struct conf *conf, const char *verb);

/* May such a user say USER on a connection that is under TLS, or is not? */
const char *policy_login(const struct conf *conf, bool anonymous, bool secure);

/* Must his certificate name him? */
const char *policy_certificate(const struct conf *conf, bool anonymous);

/* May his transfers go in the clear? */
const char *policy_clear_data(const struct conf *conf, bool anonymous);

#endif
