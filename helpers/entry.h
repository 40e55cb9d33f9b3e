/*
 * entry.h - a virtual user as inftpd-user changes him: the text of a drop-in,
 * or a line of virtual_users_file. Pure: texts in, texts out.
 */
#ifndef HELPERS_ENTRY_H
#define HELPERS_ENTRY_H

#include "helpers/slurp.h"

#include <stdbool.h>

enum entry_kind {
	ENTRY_DROPIN,
	ENTRY_LINE, /* without its line end */
};

/* A fresh entry of the user name, with a hash. 0 or -ENOMEM. */
int entry_new(enum entry_kind kind, const char *name, const char *hash,
    struct slurp *ret_entry);

/*
 * What the entry says of directive (of a line: password and local_root), the
 * caller's to free; NULL if nothing, or no memory is left.
 */
char *entry_get(enum entry_kind kind, const struct slurp *entry,
    const char *directive);

/*
 * A copy in which directive has the value, or with NULL no line. All else,
 * comments too, stays as it is. 0, -EINVAL for what no line of a file can
 * hold or a line that has too few fields, or -ENOMEM.
 */
int entry_set(enum entry_kind kind, const struct slurp *entry,
    const char *directive, const char *value, struct slurp *ret_entry);

#endif
