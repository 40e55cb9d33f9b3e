/*
 * cert.h - certificate and key files, opened for ftpd before login. The key is
 * root's; ftpd gets it open, and only from the configured paths.
 */
#ifndef HELPERS_CERT_H
#define HELPERS_CERT_H

#include "helpers/helper.h"

/*
 * Opens the configured file (enum wire_cert) once. A descriptor; -ENOENT when
 * none is configured, -EALREADY when it was handed over before, -EINVAL for
 * what is no plain file, or -errno, which is logged.
 */
int cert_open(struct helper *h, uint32_t which);

/* Opens what must be a plain file, to read. A descriptor or -errno. */
int cert_open_plain(const char *path);

#endif
