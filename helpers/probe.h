/*
 * probe.h - what changes to files would come to, without making them. For
 * inftpd-explain, after become.c: the rights are asked of the same rooms as
 * in a session, and what the kernel says to the user is tried in ways that
 * cannot succeed. 0 or -errno, as the calls of files.h that they stand for.
 */
#ifndef HELPERS_PROBE_H
#define HELPERS_PROBE_H

#include "helpers/helper.h"

int probe_mkdir(struct helper *h, const char *path);
int probe_rmdir(struct helper *h, const char *path);
int probe_unlink(struct helper *h, const char *path);

/* to may be "": then only whether `from` may leave its directory. */
int probe_rename(struct helper *h, const char *from, const char *to);

/* SITE CHMOD, and the changes of times. */
int probe_chmod(struct helper *h, const char *path);
int probe_utime(struct helper *h, const char *path);

#endif
