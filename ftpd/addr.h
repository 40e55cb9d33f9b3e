/*
 * addr.h - internet addresses as FTP writes them. Pure: no session, no I/O.
 */
#ifndef FTPD_ADDR_H
#define FTPD_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* "[ffff:...]" and a port, with room to spare. */
#define ADDR_TEXT_MAX 64

union addr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

/*
 * "h1,h2,h3,h4,p1,p2" of PORT (RFC 959 section 4.1.2): six decimals from 0 to
 * 255 and nothing else. 0 or -EINVAL.
 */
int addr_parse_port(const char *text, union addr *ret_addr);

/*
 * "|1|192.0.2.1|2021|" of EPRT (RFC 2428 section 2). 0, -EINVAL for bad
 * syntax, -EAFNOSUPPORT for a protocol other than 1 and 2.
 */
int addr_parse_eprt(const char *text, union addr *ret_addr);

/* From 4 or 16 bytes in network order; any other length is no address. */
void addr_make(union addr *ret_addr, const unsigned char *bytes,
    size_t length, unsigned port);

/*
 * An address of HOST (RFC 7151 section 3.1): "192.0.2.1", "[2001:db8::1]". 1;
 * 0 for what may be a name; -EINVAL for what is neither, as with a port
 * behind it. ret_addr has no port.
 */
int addr_parse_literal(const char *text, union addr *ret_addr);

/* The port, host order; 0 for no internet address. */
unsigned addr_port(const union addr *a);
void addr_set_port(union addr *a, unsigned port);

/* The address bytes, IPv4 ones of a mapped address too; 0 for none. */
size_t addr_bytes(const union addr *a, const unsigned char **ret_bytes);

/* The same host, be it IPv4 or the same mapped into IPv6? */
bool addr_same_host(const union addr *a, const union addr *b);

/* Is it IPv4, or IPv4 mapped into IPv6? */
bool addr_is_v4(const union addr *a);

/* Length of the sockaddr for bind(). */
socklen_t addr_length(const union addr *a);

/* The address as text without port; mapped ones as IPv4. "" for none. */
void addr_text(const union addr *a, char out[ADDR_TEXT_MAX]);

/* "h1,h2,h3,h4,p1,p2" for the reply to PASV; a must be IPv4 (or mapped). */
void addr_pasv_text(
    const union addr *a, unsigned port, char out[ADDR_TEXT_MAX]);

#endif
