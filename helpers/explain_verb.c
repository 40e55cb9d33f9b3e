/*
 * explain_verb.c - part of inftpd-explain: the verbs that can be explained,
 * and what each of them tries, changing nothing. See explain.h.
 */
#include "config.h"

#include "helpers/explain.h"

#include "helpers/files.h"
#include "helpers/probe.h"
#include "helpers/upload.h"
#include "helpers/walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static int
try_read(struct explain *e)
{
	struct stat st;

	return files_open_read(&e->h, e->path, &st);
}

static int
try_store(struct explain *e)
{
	return upload_check(&e->h, e->path, WIRE_OPEN_STORE_CHECK, 0);
}

static int
try_append(struct explain *e)
{
	return upload_check(&e->h, e->path, WIRE_OPEN_APPEND_CHECK, 0);
}

static int
try_mkdir(struct explain *e)
{
	return probe_mkdir(&e->h, e->path);
}

static int
try_rmdir(struct explain *e)
{
	return probe_rmdir(&e->h, e->path);
}

static int
try_unlink(struct explain *e)
{
	return probe_unlink(&e->h, e->path);
}

static int
try_rename(struct explain *e)
{
	/* RNTO's source has been looked at as RNFR's path. */
	return e->source[0] == '\0' ? probe_rename(&e->h, e->path, "")
				    : probe_rename(&e->h, e->source, e->path);
}

static int
try_chmod(struct explain *e)
{
	return probe_chmod(&e->h, e->path);
}

static int
try_utime(struct explain *e)
{
	return probe_utime(&e->h, e->path);
}

static int
try_chdir(struct explain *e)
{
	return files_chdir(&e->h, e->path);
}

static int
try_stat(struct explain *e)
{
	struct stat st;

	return files_stat(&e->h, e->path, &st);
}

static int
try_size(struct explain *e)
{
	struct stat st;
	int r = files_stat(&e->h, e->path, &st);

	return r == 0 && !S_ISREG(st.st_mode) ? -EINVAL : r;
}

static int
list(struct explain *e, enum wire_format format)
{
	static struct walk_request request;

	strcpy(request.path, e->path);
	request.format = format;
	return walk_begin(&e->h, &request);
}

static int
try_list(struct explain *e)
{
	return list(e, WIRE_FORMAT_LIST);
}

static int
try_mlsd(struct explain *e)
{
	return list(e, WIRE_FORMAT_MLSD);
}

static int
try_mlst(struct explain *e)
{
	return list(e, WIRE_FORMAT_MLST);
}

#define UPLOAD WIRE_MAY_UPLOAD
#define DELETE WIRE_MAY_DELETE
#define LISTS WIRE_MAY_LIST

/* Rights are those of the rows of ftpd/command.c; t/doc-ftpd.t compares. */
static const struct explain_verb verbs[] = {
	{ "APPE", UPLOAD | WIRE_MAY_OVERWRITE, NEEDS_WRITE, true, true,
	    try_append },
	{ "CWD", 0, NEEDS_ENTER, false, true, try_chdir },
	{ "DELE", DELETE, NEEDS_NEW, false, true, try_unlink },
	{ "EPRT", 0, NEEDS_NOTHING, true, false, NULL },
	{ "EPSV", 0, NEEDS_NOTHING, true, false, NULL },
	{ "LIST", LISTS, NEEDS_LIST, true, false, try_list },
	{ "MDTM", 0, NEEDS_NOTHING, false, true, try_stat },
	{ "MFF", WIRE_MAY_UTIME, NEEDS_OWNER, false, true, try_utime },
	{ "MFMT", WIRE_MAY_UTIME, NEEDS_OWNER, false, true, try_utime },
	{ "MKD", WIRE_MAY_MKDIR, NEEDS_NEW, false, true, try_mkdir },
	{ "MLSD", LISTS, NEEDS_LIST, true, false, try_mlsd },
	{ "MLST", LISTS, NEEDS_NOTHING, false, false, try_mlst },
	{ "NLST", LISTS, NEEDS_LIST, true, false, try_list },
	{ "PASV", 0, NEEDS_NOTHING, true, false, NULL },
	{ "PORT", 0, NEEDS_NOTHING, true, false, NULL },
	{ "RETR", WIRE_MAY_DOWNLOAD, NEEDS_READ, true, true, try_read },
	{ "RMD", DELETE, NEEDS_NEW, false, true, try_rmdir },
	{ "RNFR", DELETE, NEEDS_NEW, false, true, try_rename },
	{ "RNTO", DELETE, NEEDS_NEW, false, true, try_rename },
	{ "SITE CHMOD", WIRE_MAY_CHMOD, NEEDS_OWNER, false, true, try_chmod },
	{ "SITE UTIME", WIRE_MAY_UTIME, NEEDS_OWNER, false, true, try_utime },
	{ "SIZE", 0, NEEDS_NOTHING, false, true, try_size },
	{ "STOR", UPLOAD, NEEDS_WRITE, true, true, try_store },
};

const struct explain_verb *
explain_verb(const char *name)
{
	static const char *const forms[][2] = { { "XCWD", "CWD" },
		{ "XMKD", "MKD" }, { "XRMD", "RMD" } };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcasecmp(name, forms[i][0]) == 0)
			name = forms[i][1];
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcasecmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

void
explain_list_verbs(void)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		printf("%s%s", i % 8 == 0 ? "\n    " : " ", verbs[i].name);
	putchar('\n');
}
