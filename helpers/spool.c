/*
 * spool.c - records of uploads, see spool.h. Called by helper.c at login and
 * by upload.c at the end of an upload.
 *
 * The helper writes them, as the user of the session: so ftpd cannot make one
 * up without an upload, and the owner of a record is whom the kernel says.
 * That every session's user can write there must not let him write otherwise,
 * nor lead out of a jail: so the directory above it is closed to all but
 * root and its group, and only a process that root gave the descriptor to
 * comes in. Where there is Landlock, that holds it there as well.
 */
#include "config.h"

#include "helpers/spool.h"

#include "helpers/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SUFFIX ".upload"
#define NAME_SIZE 96
#define RECORD_MAX (4 * (3 * PATH_MAX))

static int
complain(struct helper *h, const char *problem)
{
	log_event(&h->log, LOG_ERR, "configuration", "upload_spool_dir %s: %s",
	    h->conf.upload_spool_dir, problem);
	return -EPERM;
}

/* Two walls: who may come to the directory, and who may take things away. */
static int
check_walls(struct helper *h, int fd)
{
	struct stat own, above;

	if (fstat(fd, &own) == -1 || fstatat(fd, "..", &above, 0) == -1)
		return -errno;
	if (!(own.st_mode & S_ISVTX))
		return complain(h, "not sticky, so sessions could remove each "
				   "other's records (chmod 1733)");
	if (above.st_uid != 0 || (above.st_mode & S_IRWXO) != 0)
		return complain(h, "the directory above it must be root's and "
				   "closed to others (chmod o=)");
	return 0;
}

int
spool_open(struct helper *h)
{
	int fd, r;

	h->spool = -1;
	if (!h->conf.upload_spool_dir)
		return 0;
	fd = open(h->conf.upload_spool_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1) {
		r = -errno;
		complain(h, strerror(-r));
		return r;
	}
	r = h->privileged ? check_walls(h, fd) : 0;
	if (r < 0)
		close(fd);
	else
		h->spool = fd;
	return r;
}

/* "name=value"; what is in the way of a line becomes \xNN. */
static size_t
put(char *record, size_t used, const char *name, const char *value)
{
	size_t size = RECORD_MAX - 2;

	used += (size_t)snprintf(record + used, size - used, "%s=", name);
	used += log_escape(value, "\\", true, record + used, size - used);
	record[used++] = '\n';
	return used;
}

static size_t
put_number(char *record, size_t used, const char *name, int64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRId64, value);
	return put(record, used, name, digits);
}

static size_t
write_record(const struct helper *h, const char *path, const struct stat *st,
    const struct timespec *now, char *record)
{
	static const char *const kinds[] = { "", "anonymous", "local",
		"virtual" };
	char when[32] = "";
	struct tm tm = { .tm_mday = 1 };
	size_t used = 0;

	gmtime_r(&now->tv_sec, &tm);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
	used = put(record, used, "time", when);
	used = put(record, used, "user", h->log.user);
	used = put(record, used, "account", kinds[h->account.kind]);
	used = put_number(record, used, "uid", h->account.uid);
	used = put(record, used, "peer", h->log.peer);
	used = put(record, used, "root", h->account.root);
	used = put(record, used, "path", path);
	return put_number(record, used, "size", st->st_size);
}

/* Under a name that nobody looks for, and then under its own. */
static int
store(int spool, const char *name, const char *record, size_t length)
{
	char hidden[NAME_SIZE + 1];
	ssize_t n;
	int fd, r = 0;

	snprintf(hidden, sizeof hidden, ".%s", name);
	fd = openat(spool, hidden,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return -errno;
	n = write(fd, record, length);
	if (n != (ssize_t)length)
		r = n == -1 ? -errno : -ENOSPC;
	/* Only who may come to the directory can read it. */
	if (r == 0 && fchmod(fd, 0644) == -1)
		r = -errno;
	close(fd);
	if (r == 0 && renameat(spool, hidden, spool, name) == -1)
		r = -errno;
	if (r < 0)
		unlinkat(spool, hidden, 0);
	return r;
}

int
spool_record(struct helper *h, const char *path, const struct stat *st)
{
	char record[RECORD_MAX], name[NAME_SIZE];
	struct timespec now = { 0 };
	int r;

	if (h->spool < 0)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(name, sizeof name, "%" PRId64 ".%09ld-%d-%u" SUFFIX,
	    (int64_t)now.tv_sec, now.tv_nsec, (int)getpid(), ++h->spooled);
	r = store(h->spool, name, record,
	    write_record(h, path, st, &now, record));
	if (r < 0)
		log_event(&h->log, LOG_ERR, "spool",
		    "no record of the upload \"%s\": %s", path, strerror(-r));
	return r;
}
