/*
 * slots.c - the table of sessions, see slots.h. Called by serve.c before the
 * greeting and at the end.
 *
 * A record is written when its session begins and wiped when it ends; a lock
 * on it, which the kernel lifts with the process, tells whether one that was
 * never wiped is still held. Only when a limit seems to be reached are the
 * locks asked for: below it, one read() counts.
 */
#include "config.h"

#include "ftpd/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOTS_MAX 65536
#define TABLE_LOCK ((off_t)SLOTS_MAX * (off_t)sizeof(struct record))

struct record {
	uint32_t used;
	uint32_t pid;
	unsigned char address[16]; /* IPv4 in its first four bytes */
	uint32_t address_length;
	uint32_t reserved[9];
};

struct table {
	struct record *records;
	size_t count;
};

static int
lock(int fd, int command, int type, off_t start, off_t length)
{
	struct flock l = { .l_type = (short)type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = length };

	if (fcntl(fd, command, &l) == -1)
		return -errno;
	return l.l_type == F_UNLCK;
}

static off_t
offset_of(size_t index)
{
	return (off_t)index * (off_t)sizeof(struct record);
}

/* All records that were ever used. */
static int
read_table(int fd, struct table *ret_table)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return -errno;
	if (st.st_size > TABLE_LOCK)
		return -EFBIG;
	ret_table->records = malloc((size_t)st.st_size + 1);
	if (!ret_table->records)
		return -ENOMEM;
	n = pread(fd, ret_table->records, (size_t)st.st_size, 0);
	if (n == -1) {
		free(ret_table->records);
		return -errno;
	}
	ret_table->count = (size_t)n / sizeof(struct record);
	return 0;
}

static bool
same_address(const struct record *a, const struct record *b)
{
	return a->address_length == b->address_length &&
	    memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* How many are used; by the address of `like` only, if that is not NULL. */
static int64_t
count(const struct table *t, const struct record *like)
{
	int64_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		if (t->records[i].used &&
		    (!like || same_address(&t->records[i], like)))
			n++;
	return n;
}

/* Wipes what sessions left that were killed. */
static void
weed(int fd, struct table *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->records[i].used &&
		    lock(fd, F_OFD_GETLK, F_WRLCK, offset_of(i),
		        sizeof(struct record)) == 1)
			t->records[i].used = 0;
}

static int
judge(const struct table *t, const struct record *own, int64_t max_clients,
    int64_t max_per_ip)
{
	if (max_clients > 0 && count(t, NULL) >= max_clients)
		return SLOTS_FULL;
	if (max_per_ip > 0 && count(t, own) >= max_per_ip)
		return SLOTS_FULL_FOR;
	return SLOTS_OK;
}

/* The first record that is free and can be locked. */
static int
occupy(int fd, const struct table *t, const struct record *own,
    int64_t *ret_index)
{
	for (size_t i = 0; i < SLOTS_MAX; i++) {
		if (i < t->count && t->records[i].used)
			continue;
		if (lock(fd, F_OFD_SETLK, F_WRLCK, offset_of(i),
		        sizeof *own) < 0)
			continue;
		if (pwrite(fd, own, sizeof *own, offset_of(i)) !=
		    (ssize_t)sizeof *own)
			return -EIO;
		*ret_index = (int64_t)i;
		return SLOTS_OK;
	}
	return SLOTS_FULL;
}

static int
take(int fd, const struct record *own, int64_t max_clients,
    int64_t max_per_ip, int64_t *ret_index)
{
	struct table t = { 0 };
	int r = read_table(fd, &t);

	if (r < 0)
		return r;
	r = judge(&t, own, max_clients, max_per_ip);
	if (r != SLOTS_OK) {
		weed(fd, &t);
		r = judge(&t, own, max_clients, max_per_ip);
	}
	if (r == SLOTS_OK)
		r = occupy(fd, &t, own, ret_index);
	free(t.records);
	return r;
}

int
slots_open(struct slots *slots, const char *path)
{
	slots->index = -1;
	slots->fd =
	    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	return slots->fd == -1 ? -errno : 0;
}

int
slots_take(struct slots *slots, const union addr *peer, int64_t max_clients,
    int64_t max_per_ip)
{
	struct record own = { .used = 1, .pid = (uint32_t)getpid() };
	const unsigned char *bytes = NULL;
	int r;

	own.address_length = (uint32_t)addr_bytes(peer, &bytes);
	if (bytes)
		memcpy(own.address, bytes, own.address_length);
	/* Counting and taking are one step: two must not take the last one. */
	r = lock(slots->fd, F_OFD_SETLKW, F_WRLCK, TABLE_LOCK, 1);
	if (r >= 0)
		r = take(slots->fd, &own, max_clients, max_per_ip,
		    &slots->index);
	lock(slots->fd, F_OFD_SETLK, F_UNLCK, TABLE_LOCK, 1);
	if (r != SLOTS_OK)
		slots_release(slots);
	return r;
}

void
slots_release(struct slots *slots)
{
	static const struct record none;
	ssize_t ignored;

	if (slots->fd < 0)
		return;
	if (slots->index >= 0) {
		ignored = pwrite(slots->fd, &none, sizeof none,
		    offset_of((size_t)slots->index));
		(void)ignored;
	}
	close(slots->fd);
	slots->fd = -1;
}
