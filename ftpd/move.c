/*
 * move.c - one step of a transfer, see move.h. Called by transfer.c alone,
 * which says how many bytes may move now.
 *
 * What needs no look goes by sendfile(), under TLS where the kernel encrypts;
 * everything else through one buffer.
 */
#include "config.h"

#include "ftpd/move.h"

#include "ftpd/ascii.h"
#include "ftpd/session.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define MOVE_BUFFER (256 * 1024)

static void
count(struct session *s, size_t n)
{
	s->transfer.bytes += (int64_t)n;
	s->transfer.moved = s->now;
}

static int
step_sendfile(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	ssize_t n;

	if ((int64_t)most > t->left)
		most = (size_t)t->left;
	n = most > 0 ? data_send_file(&s->data, t->file,
	                   (off_t)(t->offset + t->bytes), most)
		     : 0;
	if (n < 0)
		return n == -EAGAIN || n == -EINTR ? MOVE_WAIT : (int)n;
	count(s, (size_t)n);
	t->left -= n;
	return n == 0 ? MOVE_DONE : MOVE_AGAIN;
}

/* Fills the empty buffer from file or pipe, converted. */
static int
fill(struct transfer *t)
{
	size_t most = t->ascii ? MOVE_BUFFER / 3 : MOVE_BUFFER;
	char *room = t->ascii ? t->buffer + 2 * most : t->buffer;
	ssize_t n = t->left > 0 ? read(t->file, room, most) : 0;

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? MOVE_WAIT : -EIO;
	t->begin = 0;
	t->end = (size_t)n;
	if (t->ascii) {
		t->end = ascii_encode(room, (size_t)n, t->buffer);
		t->begin = (int64_t)t->end < t->skip ? t->end
						     : (size_t)t->skip;
		t->skip -= (int64_t)t->begin;
	}
	if ((int64_t)(t->end - t->begin) > t->left)
		t->end = t->begin + (size_t)t->left;
	t->left -= (int64_t)(t->end - t->begin);
	return n == 0 ? MOVE_DONE : MOVE_AGAIN;
}

static int
step_send(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	ssize_t n;

	if (t->begin == t->end)
		return fill(t);
	/* OpenSSL wants what it could not send tried again, and no less. */
	if (most < t->tried)
		most = t->tried;
	if (t->end - t->begin < most)
		most = t->end - t->begin;
	n = data_write(&s->data, t->buffer + t->begin, most);
	t->tried = n < 0 ? most : 0;
	if (n < 0)
		return n == -EAGAIN || n == -EINTR ? MOVE_WAIT : (int)n;
	t->begin += (size_t)n;
	count(s, (size_t)n);
	return MOVE_AGAIN;
}

/* A short write is a full disk in the making: the next one says which. */
static int
write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n == -1 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

static int
store(struct transfer *t, char *bytes, size_t length)
{
	if (t->ascii) {
		/* Converted in front of itself: one byte of room is enough. */
		length = ascii_decode(
		    bytes, length, t->buffer, &t->pending_cr);
		bytes = t->buffer;
	}
	return write_all(t->file, bytes, length);
}

static int
step_receive(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	char *room = t->buffer + 1;
	int r;
	ssize_t n;

	if (most > MOVE_BUFFER - 1)
		most = MOVE_BUFFER - 1;
	n = data_read(&s->data, room, most);
	if (n == 0) {
		r = t->pending_cr ? write_all(t->file, "\r", 1) : 0;
		return r < 0 ? r : MOVE_DONE;
	}
	if (n < 0)
		return n == -EAGAIN || n == -EINTR ? MOVE_WAIT : (int)n;
	count(s, (size_t)n);
	if (s->conf.upload_max_size > 0 &&
	    t->offset + t->bytes > s->conf.upload_max_size)
		return -EFBIG;
	r = store(t, room, (size_t)n);
	return r < 0 ? r : MOVE_AGAIN;
}

bool
move_whole(const struct session *s)
{
	return s->transfer.kind == TRANSFER_DOWNLOAD && !s->transfer.ascii &&
	    s->conf.use_sendfile;
}

int
move_prepare(struct session *s)
{
	struct transfer *t = &s->transfer;
	bool direct = data_direct(&s->data);

	if (!direct)
		t->buffer = malloc(MOVE_BUFFER);
	return direct || t->buffer ? 0 : -ENOMEM;
}

int
move_step(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	int r = MOVE_DONE;

	if (t->kind == TRANSFER_UPLOAD) {
		r = step_receive(s, most);
		if (r == MOVE_DONE)
			data_finish(&s->data, false);
		return r;
	}
	if (!t->finished)
		r = t->buffer ? step_send(s, most) : step_sendfile(s, most);
	if (r != MOVE_DONE)
		return r;
	/* Under TLS a download ends with a goodbye, or it looks cut off. */
	t->finished = true;
	r = data_finish(&s->data, s->conf.strict_ssl_write_shutdown);
	if (r == -EAGAIN)
		return MOVE_WAIT;
	return r < 0 ? r : MOVE_DONE;
}
