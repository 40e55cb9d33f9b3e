/*
 * text.h - paths and times as strings. Pure: no session, no I/O.
 */
#ifndef FTPD_TEXT_H
#define FTPD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_PATH_MAX 4096 /* bytes of a path with its NUL */
#define TEXT_TIME_MAX 16   /* YYYYMMDDHHMMSS and NUL */

/*
 * The absolute path that name means in the directory cwd, without ".", ".."
 * and doubled slashes; never above "/". 0, or -ENAMETOOLONG.
 */
int text_path(const char *cwd, const char *name, char ret_path[TEXT_PATH_MAX]);

/*
 * A name as it stands in replies: the bytes that it has, so that a client can
 * say it again, but CR and LF, which would end the line, as '?'; `"` doubled
 * (RFC 959 appendix II) if quoted. Cut to size.
 */
void text_name(const char *name, bool quoted, char *out, size_t size);

/* The same for people to read, with every control byte as '?'. */
void text_safe(const char *text, char *out, size_t size);

/* YYYYMMDDHHMMSS of a time in UTC (RFC 3659 section 2.3). */
void text_time(int64_t seconds, char out[TEXT_TIME_MAX]);

/*
 * The time that YYYYMMDDHHMMSS, optionally with .fraction, means in UTC. 0 or
 * -EINVAL. *ret_end is where parsing stopped.
 */
int text_parse_time(
    const char *text, int64_t *ret_seconds, const char **ret_end);

/* The same where YYYYMMDD or YYYYMMDDHHMM will do, too. */
int text_parse_short_time(
    const char *text, int64_t *ret_seconds, const char **ret_end);

/* A whole decimal number up to INT64_MAX and nothing behind it. 0, -EINVAL. */
int text_parse_number(const char *text, int64_t *ret_value);

#endif
