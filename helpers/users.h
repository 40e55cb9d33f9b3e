/*
 * users.h - account files: lines of colon-separated fields, lists of names,
 * shadow ageing. Pure: works on text that auth.c has read,
 * so that all of it can be fuzzed. Fails closed: what is malformed is refused.
 */
#ifndef HELPERS_USERS_H
#define HELPERS_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define USERS_FIELDS_MAX 9  /* of shadow(5) */
#define USERS_HASH_MAX 383  /* libxcrypt's longest, without NUL */

/* An entry of a passwd(5) file; the strings point into the text. */
struct users_passwd {
	const char *name, *hash, *home, *shell;
	uid_t uid;
	gid_t gid;
};

/*
 * Finds the line of text (length bytes, changed: fields become strings) whose
 * first field is name. Returns the number of fields, 0 if there is none, or
 * -EEXIST if there are two.
 */
int users_find(char *text, size_t length, const char *name,
    char *ret_fields[USERS_FIELDS_MAX]);

/*
 * The passwd(5) entry of name. 1 if found, 0 if there is none, -EINVAL for a
 * malformed entry (wrong number of fields, an id that is no number or too
 * large, a home that is not absolute), -EEXIST as above.
 */
int users_passwd(char *text, size_t length, const char *name,
    struct users_passwd *ret_entry);

/*
 * Judges a shadow(5) entry on the day `today` (days since 1970). NULL if the
 * account may log in, else why not, in words for the log. *ret_hash is the
 * hash where the entry has one, else NULL.
 */
const char *users_shadow(char *text, size_t length, const char *name,
    long today, const char **ret_hash);

/* Supplementary groups of name in group(5) text. Returns their number. */
size_t users_groups(const char *text, size_t length, const char *name,
    gid_t *ret_groups, size_t max);

/*
 * The name of the passwd(5) or group(5) line whose third field is id, into
 * ret_name (cut to size). False if there is none.
 */
bool users_name_by_id(const char *text, size_t length, unsigned long id,
    char *ret_name, size_t size);

/*
 * Is this a list that users_listed() can read? Lines end in LF or CR LF; a
 * bare CR or another control byte, as of UTF-16, would hide every word of it.
 */
bool users_list_ok(const char *text, size_t length);

/* Is word a line of its own in text? `#` comments and blanks are no lines. */
bool users_listed(const char *text, size_t length, const char *word);

/*
 * A name that may be looked up: 1 to 255 bytes, no '/', ':', blanks or
 * control bytes, not starting with '-', '.', '+', '~' or '#' (a comment).
 */
bool users_name_ok(const char *name);

/* Can a password ever match hash? Not one that is empty or locked. */
bool users_hash_usable(const char *hash);

#endif
