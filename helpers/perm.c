/*
 * perm.c - the perm fact, see perm.h. Called by walk.c.
 *
 * It goes by modes, owners, sticky bits and the session's rights. Access
 * control lists are not read: to ask the kernel about each entry would take
 * three calls for every line, and a fact is a hint (RFC 3659 section 7.5.5).
 */
#include "config.h"

#include "helpers/perm.h"

#include "helpers/listing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

/* rwx bits that the session's user has, from mode and ids. */
static unsigned
access_of(const struct helper *h, const struct statx *st)
{
	const struct account *a = &h->account;
	unsigned mode = st->stx_mode;

	if (st->stx_uid == a->uid)
		return (mode >> 6) & 7;
	if (st->stx_gid == a->gid)
		return (mode >> 3) & 7;
	for (size_t i = 0; i < a->group_count; i++)
		if (a->groups[i] == st->stx_gid)
			return (mode >> 3) & 7;
	return mode & 7;
}

struct perm_directory
perm_of_directory(const struct helper *h, int fd)
{
	struct perm_directory directory = {0};
	struct statfs fs;
	struct statx st;

	if (fstatfs(fd, &fs) == 0)
		directory.read_only = fs.f_flags & ST_RDONLY;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st) == -1)
		return directory;
	directory.writable =
	    !directory.read_only && (access_of(h, &st) & 3) == 3;
	directory.sticky =
	    (st.stx_mode & S_ISVTX) && st.stx_uid != h->account.uid;
	return directory;
}

void
perm_fact(char *out, const struct helper *h,
    const struct perm_directory *directory, const struct statx *entry,
    const struct statx *target, bool fixed)
{
	unsigned access = access_of(h, target);
	bool owner = entry->stx_uid == h->account.uid;

	/* RETR, STOR and APPE are for plain files. */
	if (!S_ISREG(target->stx_mode) && !S_ISDIR(target->stx_mode))
		access = 0;
	if (directory->read_only)
		access &= ~2U;
	/* As files.c refuses it. */
	if (h->account.kind == WIRE_ANONYMOUS && S_ISREG(target->stx_mode) &&
	    h->conf.anon_world_readable_only && !(target->stx_mode & S_IROTH))
		access &= ~4U;
	listing_perm(out, h->rights, access, S_ISDIR(target->stx_mode),
	    directory->writable && (!directory->sticky || owner) && !fixed);
}
