/*
 * parse.h - arguments of more than one word, of the commands that have them.
 * Pure: no session, no I/O. Names come back as they were typed.
 */
#ifndef FTPD_PARSE_H
#define FTPD_PARSE_H

#include "ftpd/text.h"

#include <stdbool.h>
#include <stdint.h>

/* "start end" of RANG: two numbers, one blank. 0 or -EINVAL. */
int parse_range(const char *text, int64_t *ret_start, int64_t *ret_end);

/* What XCRC and its like are asked about. */
struct parse_checksum {
	char name[TEXT_PATH_MAX];
	int64_t start; /* 0: from the beginning */
	int64_t end;   /* the first byte not counted, or -1: to the end */
};

/*
 * "name start end" or "name start", and the name may stand in quotes, `"`
 * doubled in it, or be alone there. 0; -EINVAL where it is none of these, so
 * that all of it is a name.
 */
int parse_checksum(const char *text, struct parse_checksum *ret_checksum);

/* Facts that MFF can set. */
struct parse_facts {
	bool has_modify, has_mode;
	int64_t modify;   /* seconds since 1970 UTC */
	unsigned mode;    /* permissions */
	const char *name; /* in the text that was parsed */
};

/*
 * "Modify=20260101000000;UNIX.mode=640; name": 0, -EINVAL, or -ENOTSUP for a
 * fact that cannot be set.
 */
int parse_facts(const char *text, struct parse_facts *ret_facts);

/*
 * SITE UTIME: "20260101000000 name", where seconds or all of the time of day
 * may be missing, or "name access modify create UTC". 0 or -EINVAL.
 */
int parse_utime(
    const char *text, int64_t *ret_modify, char ret_name[TEXT_PATH_MAX]);

/*
 * OPTS MODE: "Z", with any number of "ENGINE ZLIB" and "LEVEL n" behind it, n
 * from 0 to 9. 0 or -EINVAL; *ret_level is -1 where there was none.
 */
int parse_mode_z(const char *text, int *ret_level);

/* A language tag by RFC 1766: letters, up to eight, with '-' between. */
bool parse_is_language(const char *text);

/* An octal mode of up to four digits, or -1; *ret_end is what follows. */
long parse_octal(const char *text, const char **ret_end);

#endif
