/*
 * port.h - the active data connection: a socket from the data port to the
 * client.
 */
#ifndef HELPERS_PORT_H
#define HELPERS_PORT_H

#include "helpers/helper.h"

/*
 * Begins a connection to port of the control connection's peer, or of
 * `address` (network order, 4 or 16 bytes) under port_promiscuous, from
 * ftp_data_port when connect_from_port_20 says so. Never below port 1024.
 * A non-blocking socket, the caller's, perhaps still connecting; -EPERM for
 * another address or port, -EAFNOSUPPORT for another family, or -errno.
 */
int port_connect(struct helper *h, const unsigned char *address,
    size_t length, unsigned port);

#endif
