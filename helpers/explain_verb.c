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
#include <unistd.h>

static int
try_read(struct explain *e)
{
	struct stat st;
	int fd = files_open_read(&e->h, e->path, &st);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
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

/* The facts tell whether times or mode are to be changed. */
static int
try_facts(struct explain *e)
{
	int r = strcasestr(e->argument, "unix.mode=")
	    ? probe_chmod(&e->h, e->path) : 0;

	return r == 0 && strcasestr(e->argument, "modify=")
	    ? probe_utime(&e->h, e->path) : r;
}

/* Within the bounds of what one session may have computed. */
static int
try_hash(struct explain *e)
{
	int64_t most = e->h.conf.hash_max_bytes, end = e->end;
	struct stat st;
	int fd = files_open_read(&e->h, e->path, &st);

	if (fd < 0)
		return fd;
	close(fd);
	if (end < 0 || end > st.st_size)
		end = st.st_size;
	return most > 0 && end - e->start > most
	    ? files_refuse(&e->h, "hash_max_bytes") : 0;
}

static int
try_unique(struct explain *e)
{
	return upload_check(&e->h, e->path, WIRE_OPEN_UNIQUE, 0);
}

static int
try_space(struct explain *e)
{
	uint64_t bytes;

	return files_space(&e->h, e->path, &bytes);
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

#define DOWNLOAD WIRE_MAY_DOWNLOAD
#define UPLOAD WIRE_MAY_UPLOAD
#define DELETE WIRE_MAY_DELETE
#define LISTS WIRE_MAY_LIST
#define DATA EXPLAIN_DATA
#define PATH EXPLAIN_PATH
#define HASH EXPLAIN_HASH | EXPLAIN_PATH
#define TLS EXPLAIN_TLS

/*
 * All verbs there are, sorted by name. Rights are those of the rows of
 * ftpd/command.c; t/doc-ftpd.t compares.
 */
static const struct explain_verb verbs[] = {
	{ "ABOR", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "ACCT", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "ALLO", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "APPE", UPLOAD | WIRE_MAY_OVERWRITE, NEEDS_WRITE, DATA | PATH,
	    try_append, NULL },
	{ "AUTH", 0, NEEDS_NOTHING, EXPLAIN_SSL, NULL,
	    "comes before the login; ask with --tls what is under it" },
	{ "AVBL", UPLOAD, NEEDS_ENTER, 0, try_space, NULL },
	{ "CCC", 0, NEEDS_NOTHING, EXPLAIN_SSL | EXPLAIN_NEVER, NULL,
	    "the control connection stays encrypted (534), or was never "
	    "(533)" },
	{ "CDUP", 0, NEEDS_ENTER, EXPLAIN_UP, try_chdir, NULL },
	{ "CLNT", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "CSID", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "CWD", 0, NEEDS_ENTER, PATH, try_chdir, NULL },
	{ "DELE", DELETE, NEEDS_NEW, PATH, try_unlink, NULL },
	{ "EPRT", 0, NEEDS_NOTHING, DATA, NULL, NULL },
	{ "EPSV", 0, NEEDS_NOTHING, DATA, NULL, NULL },
	{ "FEAT", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "HASH", DOWNLOAD, NEEDS_READ, HASH, try_hash, NULL },
	{ "HELP", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "HOST", 0, NEEDS_NOTHING, 0, NULL,
	    "comes before the login; ask with --host what that host says" },
	{ "LANG", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "LIST", LISTS, NEEDS_LIST, DATA, try_list, NULL },
	{ "MDTM", 0, NEEDS_NOTHING, PATH, try_stat, NULL },
	{ "MFF", WIRE_MAY_UTIME, NEEDS_OWNER, PATH, try_facts, NULL },
	{ "MFMT", WIRE_MAY_UTIME, NEEDS_OWNER, PATH, try_utime, NULL },
	{ "MKD", WIRE_MAY_MKDIR, NEEDS_NEW, PATH, try_mkdir, NULL },
	{ "MLSD", LISTS, NEEDS_LIST, DATA, try_mlsd, NULL },
	{ "MLST", LISTS, NEEDS_NOTHING, 0, try_mlst, NULL },
	{ "MODE", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "NLST", LISTS, NEEDS_LIST, DATA, try_list, NULL },
	{ "NOOP", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "OPTS", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "PASS", 0, NEEDS_NOTHING, 0, NULL, "is half of the login above" },
	{ "PASV", 0, NEEDS_NOTHING, DATA, NULL, NULL },
	{ "PBSZ", 0, NEEDS_NOTHING, EXPLAIN_SSL | TLS, NULL, NULL },
	{ "PORT", 0, NEEDS_NOTHING, DATA, NULL, NULL },
	{ "PROT", 0, NEEDS_NOTHING, EXPLAIN_SSL | TLS, NULL, NULL },
	{ "PWD", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "QUIT", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "RANG", 0, NEEDS_NOTHING, 0, NULL,
	    "is for the transfer or HASH behind it; uploads into a part need "
	    "the right to change files, as APPE does" },
	{ "REIN", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "REST", 0, NEEDS_NOTHING, 0, NULL,
	    "is for the transfer behind it; uploads that go on need the "
	    "right to change files, as APPE does" },
	{ "RETR", DOWNLOAD, NEEDS_READ, DATA | PATH, try_read, NULL },
	{ "RMD", DELETE, NEEDS_NEW, PATH, try_rmdir, NULL },
	{ "RNFR", DELETE, NEEDS_NEW, PATH, try_rename, NULL },
	{ "RNTO", DELETE, NEEDS_NEW, PATH, try_rename, NULL },
	{ "SITE", 0, NEEDS_NOTHING, 0, NULL,
	    "has commands behind it, which are explained one by one" },
	{ "SITE CHMOD", WIRE_MAY_CHMOD, NEEDS_OWNER, PATH, try_chmod, NULL },
	{ "SITE HELP", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "SITE IDLE", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "SITE UMASK", WIRE_MAY_CHMOD, NEEDS_NOTHING, 0, NULL, NULL },
	{ "SITE UTIME", WIRE_MAY_UTIME, NEEDS_OWNER, PATH, try_utime, NULL },
	{ "SIZE", 0, NEEDS_NOTHING, PATH, try_size, NULL },
	{ "SMNT", 0, NEEDS_NOTHING, EXPLAIN_NEVER, NULL,
	    "there is nothing to mount (502)" },
	{ "STAT", 0, NEEDS_LIST, EXPLAIN_BARE, try_list, NULL },
	{ "STOR", UPLOAD, NEEDS_WRITE, DATA | PATH, try_store, NULL },
	{ "STOU", UPLOAD, NEEDS_NEW, DATA, try_unique, NULL },
	{ "STRU", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "SYST", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "TYPE", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "USER", 0, NEEDS_NOTHING, 0, NULL, "is half of the login above" },
	{ "XCRC", DOWNLOAD, NEEDS_READ, HASH, try_hash, NULL },
	{ "XCUP", 0, NEEDS_ENTER, EXPLAIN_UP, try_chdir, NULL },
	{ "XCWD", 0, NEEDS_ENTER, PATH, try_chdir, NULL },
	{ "XMD5", DOWNLOAD, NEEDS_READ, HASH, try_hash, NULL },
	{ "XMKD", WIRE_MAY_MKDIR, NEEDS_NEW, PATH, try_mkdir, NULL },
	{ "XPWD", 0, NEEDS_NOTHING, 0, NULL, NULL },
	{ "XRMD", DELETE, NEEDS_NEW, PATH, try_rmdir, NULL },
	{ "XSHA", DOWNLOAD, NEEDS_READ, HASH, try_hash, NULL },
	{ "XSHA1", DOWNLOAD, NEEDS_READ, HASH, try_hash, NULL },
	{ "XSHA256", DOWNLOAD, NEEDS_READ, HASH, try_hash, NULL },
	{ "XSHA512", DOWNLOAD, NEEDS_READ, HASH, try_hash, NULL },
};

const struct explain_verb *
explain_verb(const char *name)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcasecmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

void
explain_list_verbs(void)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		printf("%s%s", i % 8 == 0 ? "\n    " : ", ", verbs[i].name);
	putchar('\n');
}
