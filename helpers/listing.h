/*
 * listing.h - one directory entry as a line of LIST, NLST or MLSx. Pure: gets
 * what walk.c has found out and writes text, so that it can be fuzzed.
 */
#ifndef HELPERS_LISTING_H
#define HELPERS_LISTING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct statx;

/* Longest line: facts or mode, a prefix, a name and a link's target. */
#define LISTING_LINE_MAX (3 * PATH_MAX)

/* An entry; strings may hold any bytes, line ends become '?'. */
struct listing_entry {
	const char *prefix;      /* printed before name; may be empty */
	const char *name;
	const char *target;      /* of a symbolic link, or NULL */
	const char *owner;       /* names or numbers, as configured */
	const char *group;
	const char *type;        /* MLSx type fact; NULL: from the mode */
	const char *perm;        /* MLSx perm fact */
	const struct statx *st;
};

/* How lines are written. */
struct listing_style {
	bool local_time; /* LIST dates in the local zone, not in UTC */
	bool classify;   /* -F */
	unsigned facts;  /* WIRE_FACT_ bits of MLSx */
	time_t now;      /* for "time or year" */
};

/*
 * Each writes one line with CRLF into out (LISTING_LINE_MAX bytes) and returns
 * its length.
 */
size_t listing_long(char *out, const struct listing_entry *entry,
    const struct listing_style *style);
size_t listing_name(char *out, const struct listing_entry *entry,
    const struct listing_style *style);
size_t listing_facts(char *out, const struct listing_entry *entry,
    const struct listing_style *style);

/*
 * The perm fact of RFC 3659 7.5.5 into out (16 bytes): rights are WIRE_MAY_
 * bits, access the r (4), w (2) and x (1) bits that the user has on the entry,
 * parent_writable whether its directory lets it be removed or renamed.
 */
void listing_perm(char *out, unsigned rights, unsigned access, bool directory,
    bool parent_writable);

#endif
