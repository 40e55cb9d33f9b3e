/*
 * record.h - a line of virtual_users_file: one virtual user as htpasswd,
 * ftpasswd and pure-pw write him.
 *
 * Pure: works on text that somebody else has read. Fails closed: a line that
 * is not understood in full is nobody's account. Linked by the helper, by
 * inftpd-user and by the fuzzer.
 */
#ifndef HELPERS_RECORD_H
#define HELPERS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_FIELDS_MAX 19    /* pure-pw ends its lines in a colon */
#define RECORD_LINE_MAX 8191    /* bytes of a line */

/*
 * Fields of pure-pw from RECORD_LIMITS_AT on: what each is, and why an account
 * that has it is nobody's.
 */
#define RECORD_LIMITS_AT 8
#define RECORD_LIMITS 10
extern const char *const record_limits[RECORD_LIMITS];

/* Room for what record_settings() writes: a path and two rates. */
#define RECORD_SETTINGS_MAX 4400

/* One account; the strings point into the line. */
struct record {
	const char *name;
	const char *hash; /* may be a locked one: "!" or "*" in front */
	const char *home; /* absolute, or NULL where there is none */
	int64_t rate;     /* bytes a second for downloads; 0: no limit */
	int64_t rate_up;  /* the same for uploads */
};

/*
 * Takes a line of length bytes apart; line[length] is overwritten, too. NULL
 * if it is an account, else what is wrong with it, in words. A line with 2
 * fields is name and hash; with 7, passwd(5), whose uid and gid are
 * not used but must be numbers above 0 or empty; with 18 or 19, pure-pw's,
 * whose limits must be empty or 0 but for the rates.
 */
const char *record_parse(char *line, size_t length, struct record *ret_record);

/*
 * The next line of text that is an account or should be one: not empty, no
 * `#' in front. *position and *number (of the line) are 0 at first. NULL at
 * the end.
 */
char *record_next(char *text, size_t length, size_t *position,
    unsigned *number, size_t *ret_length);

/*
 * The account called name. 1 if found, with its line's number; 0; or -EINVAL
 * with number and *ret_problem, also when there are two of that name. Takes
 * the same time wherever it stands. The text is changed.
 */
int record_find(char *text, size_t length, const char *name,
    struct record *ret_record, unsigned *ret_number,
    const char **ret_problem);

/*
 * What the record says besides the password, as lines of a user's drop-in.
 * buffer has RECORD_SETTINGS_MAX bytes. False if the home is too long.
 */
bool record_settings(const struct record *record, char *buffer);

/* "!" or "*" in front of the hash: nobody's password matches. */
bool record_locked(const struct record *record);

#endif
