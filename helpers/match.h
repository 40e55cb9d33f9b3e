/*
 * match.h - name patterns: `*`, `?`, `[set]`, and `{a,b}` as vsftpd's
 * deny_file and hide_file have it. Pure, and bounded: no libc glob() or
 * fnmatch(), whose worst cases have been other servers' outages.
 */
#ifndef HELPERS_MATCH_H
#define HELPERS_MATCH_H

#include <stdbool.h>

/* Has the name any of the characters that make it a pattern? */
bool match_is_pattern(const char *name);

/*
 * Does name match pattern (`*`, `?`, `[a-z]`, `[!x]`, `\` for the next
 * character itself)? Works in time of pattern times name at worst.
 */
bool match_name(const char *pattern, const char *name);

/*
 * The same with one level of braces, `{*.mp3,.secret}`. Nested braces match
 * as ordinary characters. A NULL pattern matches nothing; one of over 1 KiB
 * with a brace filled in matches all, for what matches is kept back.
 */
bool match_list(const char *pattern, const char *name);

#endif
