/*
 * trusted.h - opens a path that nobody but root can have put there.
 *
 * For files by which somebody becomes a user, and for the socket of an
 * authenticator: the helper reads them as root and believes them. Also for
 * the administrator's tools and --check-config.
 */
#ifndef CONF_TRUSTED_H
#define CONF_TRUSTED_H

struct conf_error;

/*
 * Opens path for reading or, with O_PATH in flags, as a socket. It and each
 * directory that leads to it must belong to root (without privilege: or to
 * the caller) and, but for the socket and sticky directories, be writable for
 * nobody else. No component may be a symbolic link. A descriptor, or -errno,
 * -ENOENT too, with *ret_error filled.
 */
int trusted_open(const char *path, int flags, struct conf_error *ret_error);

#endif
