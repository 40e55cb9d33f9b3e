/*
 * slurp.h - an account file as a whole, in memory that is wiped afterwards.
 * Used before login, by the rooms that read passwd, shadow, group and lists.
 */
#ifndef HELPERS_SLURP_H
#define HELPERS_SLURP_H

#include <stddef.h>

struct conf_error;

/* A file's bytes; one more than length is there, for users_find(). */
struct slurp {
	char *bytes;
	size_t length;
};

/*
 * Reads a plain file of at most 64 MiB. 0, or -errno with *ret_text
 * untouched; -EINVAL for what is no plain file or larger.
 */
int slurp(const char *path, struct slurp *ret_text);

/* The same below an open directory, and with more flags of open(2). */
int slurp_at(
    int dir, const char *path, int flags, struct slurp *ret_text);

/*
 * The same for a file that nobody but root can have put there, see
 * trusted_open(). 0, or -errno, -ENOENT too, with *ret_error filled.
 */
int slurp_trusted(const char *path, struct slurp *ret_text,
    struct conf_error *ret_error);

/* Wipes and frees; a zeroed struct is fine. */
void slurp_done(struct slurp *text);

/* In words, why slurp() failed; -EILSEQ: it did not, but it is no text. */
const char *slurp_problem(int error);

#endif
