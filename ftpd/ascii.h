/*
 * ascii.h - TYPE A: line ends between a file and the network (RFC 959 section
 * 3.1.1.1). Pure: no session, no I/O.
 */
#ifndef FTPD_ASCII_H
#define FTPD_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/*
 * File to network: every LF becomes CR LF. out has room for 2 * length bytes.
 * Returns the bytes written.
 */
size_t ascii_encode(const char *in, size_t length, char *out);

/*
 * Network to file: CR LF becomes LF, a CR alone stays. *pending_cr, false at
 * first, carries a CR over the edge of two buffers; at the end of the data
 * the caller writes one more CR if it is true. In place: out may be in with
 * one byte of room before it; it needs length + 1 bytes. Returns the bytes.
 */
size_t ascii_decode(
    const char *in, size_t length, char *out, bool *pending_cr);

#endif
