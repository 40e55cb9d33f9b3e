/*
 * files.h - the file agent: what a logged-in session may do to files.
 *
 * Paths are as ftpd sends them: absolute, seen from the session's root. All
 * return 0 (or a descriptor, where said) or -errno: -EACCES where the
 * session's rights or deny_file forbid it, -ENAMETOOLONG or -EINVAL for a path
 * that cannot be one.
 */
#ifndef HELPERS_FILES_H
#define HELPERS_FILES_H

#include "helpers/helper.h"

#include <sys/stat.h>

/* A path after the checks: how and what to hand to openat2(). */
struct place {
	char path[PATH_MAX]; /* relative to root; "." for root itself */
	uint64_t resolve;    /* RESOLVE_ flags */
};

/*
 * Every -EACCES that a directive is behind is given out by this one, with the
 * directive's name, which inftpd-explain is told.
 */
int files_refuse(const struct helper *h, const char *directive);

/* -EACCES unless the session has all of the rights (WIRE_MAY_ bits). */
int files_permit(const struct helper *h, unsigned rights);

/*
 * Checks path against deny_file, component by component and with symbolic
 * links followed (the last one only if follow). 0 with *ret_place, or -errno.
 * Where names matter it is the path behind the links, and stays so.
 */
int files_place(const struct helper *h, const char *path, bool follow,
    struct place *ret_place);

/* The same, with all links followed by hand: the real names of all parts. */
int files_real_place(const struct helper *h, const char *path, bool follow,
    struct place *ret_place);

/* -EACCES if the name of place or path does not fit pattern; NULL fits all. */
int files_name_fits(
    const struct helper *h, const char *path, const char *pattern);

/* rwx bits (0 to 7) that the session's user has, by mode and ids alone. */
unsigned files_mode_bits(
    const struct helper *h, uid_t uid, gid_t gid, mode_t mode);

/* openat2() below the root. A descriptor, the caller's, or -errno. */
int files_open_place(
    const struct helper *h, const struct place *place, int flags, mode_t mode);

/* The directory that holds path; ret_name is the last component. */
int files_open_parent(const struct helper *h, const char *path,
    char ret_name[NAME_MAX + 1]);

/*
 * Opens a plain file for reading, with a shared lock under lock_upload_files
 * (-EAGAIN while it is being uploaded). -EISDIR for a directory, -EINVAL for
 * a device, socket or FIFO. A descriptor; *ret_st is its status.
 */
int files_open_read(struct helper *h, const char *path, struct stat *ret_st);

/* message_file of a directory; as files_open_read(), no rights needed. */
int files_open_message(
    struct helper *h, const char *path, struct stat *ret_st);

/* What is at a place, without following a link there if its flags say so. */
int files_stat_place(
    const struct helper *h, const struct place *place, struct stat *ret_st);

int files_stat(struct helper *h, const char *path, struct stat *ret_st);
int files_chdir(struct helper *h, const char *path);
int files_mkdir(struct helper *h, const char *path);
int files_rmdir(struct helper *h, const char *path);
int files_unlink(struct helper *h, const char *path);
int files_rename(struct helper *h, const char *from, const char *to);
int files_chmod(struct helper *h, const char *path, mode_t mode);

/* Bytes that the user could still store in the file system of a directory. */
int files_space(struct helper *h, const char *path, uint64_t *ret_bytes);

/* Sets the modification time, seconds since 1970 UTC. */
int files_utime(struct helper *h, const char *path, int64_t mtime);

#endif
