/*
 * move.c - one step of a transfer, see move.h. Called by transfer.c alone,
 * which says how many bytes may move now.
 *
 * What needs no look goes by sendfile(), under TLS where the kernel encrypts;
 * everything else through one buffer, and in MODE Z through a second one with
 * the stream between them.
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
	pace_moved(&s->transfer.pace, (int64_t)n, s->now);
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

/* Fills an empty buffer from file or pipe, converted. */
static int
fill(struct transfer *t, char *buffer, size_t *begin, size_t *end)
{
	size_t most = t->ascii ? MOVE_BUFFER / 3 : MOVE_BUFFER;
	char *room = t->ascii ? buffer + 2 * most : buffer;
	ssize_t n = t->left > 0 ? read(t->file, room, most) : 0;

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? MOVE_WAIT : -EIO;
	*begin = 0;
	*end = (size_t)n;
	if (t->ascii) {
		*end = ascii_encode(room, (size_t)n, buffer);
		*begin = (int64_t)*end < t->skip ? *end : (size_t)t->skip;
		t->skip -= (int64_t)*begin;
	}
	if ((int64_t)(*end - *begin) > t->left)
		*end = *begin + (size_t)t->left;
	t->left -= (int64_t)(*end - *begin);
	return n == 0 ? MOVE_DONE : MOVE_AGAIN;
}

/* One turn of the stream of MODE Z; bytes into t->buffer, or -errno. */
static ssize_t
run_stream(struct session *s, char *out, size_t room)
{
	struct transfer *t = &s->transfer;
	const char *in = t->plain + t->plain_begin;
	size_t length = t->plain_end - t->plain_begin;
	ssize_t n =
	    s->zip.calls->run(t->zip, &in, &length, out, room, t->plain_ended);

	t->plain_begin = t->plain_end - length;
	return n;
}

/* Fills the empty buffer with what comes out of the stream. */
static int
fill_compressed(struct session *s)
{
	struct transfer *t = &s->transfer;
	size_t before;
	ssize_t n;

	if (t->plain_begin == t->plain_end && !t->plain_ended) {
		int r = fill(t, t->plain, &t->plain_begin, &t->plain_end);

		if (r != MOVE_AGAIN && r != MOVE_DONE)
			return r;
		t->plain_ended = r == MOVE_DONE;
		/* What is slow to fill a buffer does not stand still. */
		t->moved = s->now;
	}
	before = t->plain_begin;
	n = run_stream(s, t->buffer, MOVE_BUFFER);
	if (n < 0)
		return (int)n;
	t->plain_bytes += (int64_t)(t->plain_begin - before);
	t->begin = 0;
	t->end = (size_t)n;
	return n == 0 && s->zip.calls->ended(t->zip) ? MOVE_DONE : MOVE_AGAIN;
}

static int
step_send(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	ssize_t n;

	if (t->begin == t->end)
		return t->zip ? fill_compressed(s)
		              : fill(t, t->buffer, &t->begin, &t->end);
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
		length = ascii_decode(bytes, length, t->buffer, &t->pending_cr);
		bytes = t->buffer;
	}
	/* What is behind the end of a range is not touched. */
	if ((int64_t)length > t->left) {
		int r = write_all(t->file, bytes, (size_t)t->left);

		return r < 0 ? r : -ERANGE;
	}
	t->left -= (int64_t)length;
	return write_all(t->file, bytes, length);
}

/* Has the file become too large? What is there already counts, too. */
static bool
is_too_large(const struct session *s)
{
	return s->conf.upload_max_size > 0 &&
	       s->transfer.offset + move_file_bytes(s) >
	           s->conf.upload_max_size;
}

/* From the network; at its end what was held back of line ends is stored. */
static int
receive(struct session *s, char *room, size_t most, size_t *ret_length)
{
	struct transfer *t = &s->transfer;
	ssize_t n = data_read(&s->data, room, most);
	int r = 0;

	if (n < 0)
		return n == -EAGAIN || n == -EINTR ? MOVE_WAIT : (int)n;
	*ret_length = (size_t)n;
	if (n > 0) {
		count(s, (size_t)n);
		return MOVE_AGAIN;
	}
	/* A stream that has not come to its end was cut. */
	if (t->zip && !s->zip.calls->ended(t->zip))
		return -ECONNRESET;
	/* So was a range that is not filled. */
	if (t->how == WIRE_OPEN_PART && t->left > 0)
		return -ECONNRESET;
	if (t->pending_cr)
		r = write_all(t->file, "\r", 1);
	return r < 0 ? r : MOVE_DONE;
}

static int
step_receive(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	char *room = t->buffer + 1;
	size_t length;
	int r;

	if (most > MOVE_BUFFER - 1)
		most = MOVE_BUFFER - 1;
	r = receive(s, room, most, &length);
	if (r != MOVE_AGAIN)
		return r;
	if (is_too_large(s))
		return -EFBIG;
	r = store(t, room, length);
	return r < 0 ? r : MOVE_AGAIN;
}

/* MODE Z: as much in a step as one buffer takes, however well it was packed. */
static int
step_expand(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	ssize_t n;
	int r;

	if (!move_pending(s)) {
		t->plain_begin = t->plain_end = 0;
		r = receive(s, t->plain,
		    most < MOVE_BUFFER ? most : MOVE_BUFFER, &t->plain_end);
		if (r != MOVE_AGAIN)
			return r;
	}
	/* Nothing belongs behind the end of a stream. */
	if (s->zip.calls->ended(t->zip))
		return -EBADMSG;
	n = run_stream(s, t->buffer + 1, MOVE_BUFFER - 1);
	if (n < 0)
		return (int)n;
	t->more = n == MOVE_BUFFER - 1 && !s->zip.calls->ended(t->zip);
	t->plain_bytes += n;
	if (is_too_large(s))
		return -EFBIG;
	r = store(t, t->buffer + 1, (size_t)n);
	return r < 0 ? r : MOVE_AGAIN;
}

int64_t
move_file_bytes(const struct session *s)
{
	const struct transfer *t = &s->transfer;

	return t->zip ? t->plain_bytes : t->bytes;
}

bool
move_pending(const struct session *s)
{
	const struct transfer *t = &s->transfer;

	return t->zip && t->kind == TRANSFER_UPLOAD &&
	       (t->more || t->plain_begin < t->plain_end);
}

bool
move_whole(const struct session *s)
{
	return s->transfer.kind == TRANSFER_DOWNLOAD && !s->transfer.ascii &&
	       !s->zip.on && s->conf.use_sendfile;
}

int
move_prepare(struct session *s)
{
	struct transfer *t = &s->transfer;

	if (data_direct(&s->data))
		return 0;
	t->buffer = malloc(MOVE_BUFFER);
	if (t->buffer && s->zip.on) {
		t->plain = malloc(MOVE_BUFFER);
		t->zip = s->zip.calls->begin(
		    t->kind != TRANSFER_UPLOAD, s->zip.level);
	}
	return t->buffer && (!s->zip.on || (t->plain && t->zip)) ? 0 : -ENOMEM;
}

void
move_done(struct session *s)
{
	struct transfer *t = &s->transfer;

	if (t->zip)
		s->zip.calls->free(t->zip);
	free(t->plain);
	free(t->buffer);
	t->zip = NULL;
	t->plain = t->buffer = NULL;
}

int
move_step(struct session *s, size_t most)
{
	struct transfer *t = &s->transfer;
	int r = MOVE_DONE;

	if (t->kind == TRANSFER_UPLOAD) {
		r = t->zip ? step_expand(s, most) : step_receive(s, most);
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
