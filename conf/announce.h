/*
 * announce.h - which address PASV tells a client: the rules of pasv_address,
 * and the addresses of names in them, which a session only reads from a file
 * (pasv_addr_resolve). Pure.
 */
#ifndef CONF_ANNOUNCE_H
#define CONF_ANNOUNCE_H

#include "conf/conf.h"

/* Longest target of a rule, with its NUL. */
#define ANNOUNCE_TARGET_SIZE (CONF_HOST_MAX + 1)

/*
 * Steps through rules, which may be NULL: *rules moves on. 1 with a rule in
 * *ret_target, an IPv4 address, a name, or "" for the address as it is, and
 * whether it is for a client (NULL: for any) in *ret_holds; 0 at the end;
 * -EINVAL for what is no rule, with its text in ret_target.
 */
int announce_next(const char **rules, const struct conf_address *client,
    char ret_target[ANNOUNCE_TARGET_SIZE], bool *ret_holds);

/* The target of the first rule for client; "" for none. */
void announce_find(const char *rules, const struct conf_address *client,
    char ret_target[ANNOUNCE_TARGET_SIZE]);

/* Is the target of a rule a name, and not an address or nothing? */
bool announce_is_name(const char *target);

/*
 * The address of name in lines "NAME ADDRESS", as --resolve writes them. 0,
 * or -ENOENT.
 */
int announce_lookup(const char *lines, const char *name,
    struct conf_address *ret_address);

#endif
