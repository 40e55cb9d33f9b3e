/*
 * upload.h - files that come in: STOR, APPE, STOU, and how they end.
 */
#ifndef HELPERS_UPLOAD_H
#define HELPERS_UPLOAD_H

#include "helpers/helper.h"

/*
 * Would upload_open() be allowed? Creates and changes nothing. -ENOENT when
 * the directory is not there, -EACCES and the like as it would be. how is one
 * of the two checks, or WIRE_OPEN_UNIQUE.
 */
int upload_check(struct helper *h, const char *path, enum wire_open how,
    uint64_t offset);

/*
 * Opens path for an upload, creating it where rights allow. A replaced file
 * is cut to nothing unless offset is not 0; with an exclusive lock under
 * lock_upload_files (-EAGAIN when another transfer has it). With
 * upload_atomic a new, hidden name is written to instead, beside the file and
 * with the permissions that it has if there is one. A descriptor, the
 * caller's; *ret_name is the last component of the name that the upload will
 * bear (WIRE_OPEN_UNIQUE chooses one).
 */
int upload_open(struct helper *h, const char *path, enum wire_open how,
    uint64_t offset, const char **ret_name);

/*
 * Ends the upload opened last: complete ones are renamed into place
 * (upload_atomic), broken ones removed (upload_atomic, delete_failed_uploads,
 * or nothing in them) if this session made them. 0 or -errno of the rename.
 */
int upload_end(struct helper *h, bool complete);

#endif
