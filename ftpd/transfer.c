/*
 * transfer.c - the life of a transfer, see transfer.h.
 *
 * Every transfer is begun by begin(), stepped by transfer_step() and ended by
 * finish(), whatever its kind and however it ends: one way in, one way out.
 * The bytes of a step are move.c's.
 */
#include "config.h"

#include "ftpd/transfer.h"

#include "ftpd/move.h"
#include "ftpd/session.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NARROWEST 16384            /* bytes of a slow upload that may wait */
#define WIDEST (1024 * 1024)       /* fast ones have what the kernel gives */
#define TURN_MAX (4 * 1024 * 1024) /* bytes before commands are looked at */
#define ZIP_TURN_MAX (1024 * 1024) /* the same, expanded */
#define REPLIES_APART 20           /* milliseconds from 150 to 226 */
#define DOZE 150                   /* from 227 to its use: a client asleep */

/* --- the end ---------------------------------------------------------- */

static void
log_transfer(struct session *s, int error)
{
	static const char *const names[] = { "", "download", "upload",
		"listing" };
	const struct transfer *t = &s->transfer;

	if (t->kind == TRANSFER_LISTING)
		return;
	xferlog_write(&s->xferlog, &(struct xferlog_entry){
		.host = s->log.peer,
		.path = t->path,
		.user = s->user,
		.id = s->email[0] != '\0' ? s->email : s->user,
		.bytes = move_file_bytes(s),
		.milliseconds = s->now - t->started,
		.ascii = t->ascii,
		.upload = t->kind == TRANSFER_UPLOAD,
		.access = "?arg"[s->kind],
		.complete = error == 0 });
	log_event(&s->log, LOG_INFO, names[t->kind],
	    "%s \"%s\": %" PRId64 " bytes, %" PRId64 ".%03" PRId64
	    " seconds%s%s", names[t->kind], t->path, move_file_bytes(s),
	    (s->now - t->started) / 1000, (s->now - t->started) % 1000,
	    error ? ", " : "", error ? strerror(-error) : "");
}

/* Without the data connection. */
static void
release(struct session *s)
{
	struct transfer *t = &s->transfer;

	if (t->file >= 0)
		close(t->file);
	move_done(s);
	t->kind = TRANSFER_NONE;
	t->file = -1;
	s->idle_since = s->now;
}

/* Uploads that leave something to settle on the helper's side. */
static int
settle_upload(struct session *s, bool complete)
{
	/* An empty file is all that is left of STOU without a connection. */
	bool nothing = !complete && s->transfer.bytes == 0;

	bool recorded = complete && s->conf.upload_spool_dir != NULL;

	if (!s->conf.upload_atomic && !nothing && !recorded &&
	    (complete || !s->conf.delete_failed_uploads))
		return 0;
	return agent_upload_end(&s->agent, complete);
}

/* The only end of a transfer that has had its 150. */
static void
finish(struct session *s, int error)
{
	struct transfer *t = &s->transfer;
	bool opened = t->file >= 0;
	enum stage stage = t->connecting ? STAGE_OPEN_DATA : STAGE_TRANSFER;

	s->now = clock_now();
	if (t->kind == TRANSFER_UPLOAD && opened) {
		int r = settle_upload(s, error == 0);

		if (error == 0)
			error = r;
	}
	log_transfer(s, error);
	if (t->kind == TRANSFER_UPLOAD)
		s->received += t->bytes;
	else
		s->sent += t->bytes;
	s->files += error == 0 && t->kind != TRANSFER_LISTING;
	release(s);
	data_reset(&s->data);
	status_set(&s->status, "idle: ", s->user);
	title_set(&s->title, s->user, s->log.peer, "idle");
	if (error == 0)
		reply(s, 226, "Transfer complete.");
	else if (error == -ECONNABORTED || error == -EPIPE)
		reply_errno(s, STAGE_TRANSFER,
		    s->agent.wire < 0 ? -EPIPE : -ECONNABORTED, "");
	else
		reply_errno(s, stage, error, "");
}

void
transfer_abort(struct session *s, int error)
{
	if (s->transfer.kind != TRANSFER_NONE)
		finish(s, s->transfer.ending ? 0 : error);
}

/* --- rate ------------------------------------------------------------- */

static int64_t
choose_rate(const struct session *s, enum transfer_kind kind)
{
	bool limited = s->rights & WIRE_IS_LIMITED;
	int64_t rate =
	    limited ? s->conf.anon_max_rate : s->conf.local_max_rate;
	int64_t up =
	    limited ? s->conf.anon_max_rate_up : s->conf.local_max_rate_up;

	/* vsftpd's one limit holds for both ways unless up has its own. */
	return kind == TRANSFER_UPLOAD && up > 0 ? up : rate;
}

/* How many bytes may move now; 0 until transfer_deadline(). */
static size_t
allowance(const struct session *s)
{
	int64_t due = pace_due(&s->transfer.pace, s->now);

	return due < TURN_MAX ? (size_t)due : TURN_MAX;
}

/* --- the middle ------------------------------------------------------ */

/*
 * All is sent. There are clients (aria2) that get 150 and 226 of a small file
 * by one recv(), look at the first, and then wait for the other until they
 * give up. So the client may hang up first, for a moment; one that only does
 * so after 226 is known from then on, and has it at once.
 */
static void
conclude(struct session *s)
{
	struct transfer *t = &s->transfer;

	if (t->kind == TRANSFER_UPLOAD || s->lingers ||
	    s->now >= t->started + REPLIES_APART) {
		finish(s, 0);
		return;
	}
	t->ending = true;
	data_shut(&s->data);
}

static void
move(struct session *s)
{
	const struct transfer *t = &s->transfer;
	int64_t before = t->bytes, plain_before = t->plain_bytes;
	int r = MOVE_AGAIN;

	while (r == MOVE_AGAIN && t->bytes - before < TURN_MAX &&
	    t->plain_bytes - plain_before < ZIP_TURN_MAX) {
		size_t most = allowance(s);

		r = most > 0 ? move_step(s, most) : MOVE_WAIT;
	}
	if (r == MOVE_DONE)
		conclude(s);
	else if (r < 0)
		finish(s, r == -ECONNRESET || r == -EPIPE || r == -EPROTO
		        ? -ECONNRESET : r);
}

/* --- the beginning ---------------------------------------------------- */

/* The upload's file, opened only now that the data connection is there. */
static int
open_upload(struct session *s)
{
	struct transfer *t = &s->transfer;
	struct agent_file file;
	int r = agent_open(&s->agent, t->path, t->how, t->offset, &file);

	if (r < 0)
		return r;
	t->file = file.fd;
	if (t->how == WIRE_OPEN_UNIQUE && file.name[0] != '\0') {
		char *slash = strrchr(t->path, '/');

		snprintf(slash + 1, sizeof t->path - (size_t)(slash + 1 -
		    t->path), "%s", file.name);
	}
	if (t->offset > 0 &&
	    (t->how == WIRE_OPEN_STORE || t->how == WIRE_OPEN_PART) &&
	    lseek(t->file, t->offset, SEEK_SET) == -1)
		return -errno;
	/* What is there already counts for upload_max_size. */
	if (t->how == WIRE_OPEN_APPEND)
		t->offset = lseek(t->file, 0, SEEK_END);
	return t->offset == -1 ? -errno : 0;
}

static void
show_status(const struct session *s)
{
	static const char *const what[] = { "", "sending ", "receiving ",
		"listing " };
	char text[TEXT_PATH_MAX + sizeof s->user + 8];

	snprintf(text, sizeof text, "%s for %s", s->transfer.path, s->user);
	status_set(&s->status, what[s->transfer.kind], text);
}

/*
 * What a client sends before the rate holds it back is what the kernel takes
 * for us: no more than a moment's worth, or an upload begins with a burst.
 */
static void
narrow(struct session *s, int64_t rate)
{
	int64_t moment = rate / 8;
	int size = moment < NARROWEST ? NARROWEST : (int)moment;

	if (moment < WIDEST)
		setsockopt(s->data.fd, SOL_SOCKET, SO_RCVBUF, &size,
		    sizeof size);
}

/* Once both ends are open. */
static int
prepare(struct session *s)
{
	struct transfer *t = &s->transfer;
	int64_t rate = choose_rate(s, t->kind);

	show_status(s);
	t->connecting = false;
	t->started = t->moved = s->now = clock_now();
	pace_start(&t->pace, rate, s->now);
	if (rate > 0 && t->kind == TRANSFER_UPLOAD)
		narrow(s, rate);
	return move_prepare(s);
}

static const char *
last_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void
say_150(struct session *s)
{
	const struct transfer *t = &s->transfer;
	const char *mode = s->ascii ? "ASCII" : "BINARY";
	char before[64], after[64] = ".";

	if (t->kind == TRANSFER_LISTING) {
		reply(s, 150, "Here comes the directory listing.");
		return;
	}
	/* RFC 1123 section 4.1.2.9: STOU's name stands here, in this form. */
	if (t->kind == TRANSFER_UPLOAD && t->how == WIRE_OPEN_UNIQUE) {
		reply_name(s, 150, "FILE: ", last_name(t->path), false, "");
		return;
	}
	snprintf(before, sizeof before, "Opening %s mode data connection for ",
	    mode);
	if (t->kind == TRANSFER_DOWNLOAD && !t->ascii)
		snprintf(after, sizeof after, " (%" PRId64 " bytes).",
		    t->size - t->offset < t->left ? t->size - t->offset
						  : t->left);
	reply_name(s, 150, before, last_name(t->path), false, after);
}

/* Refused before 150: nothing has been touched. */
static int
refuse(struct session *s, enum stage stage, int error)
{
	release(s);
	data_refuse(s);
	return reply_errno(s, stage, error, s->transfer.path);
}

static int
refuse_saying(struct session *s, int code, const char *text)
{
	release(s);
	data_refuse(s);
	return reply(s, code, text);
}

static enum wire_open
check_of(enum wire_open how)
{
	return how == WIRE_OPEN_APPEND ? WIRE_OPEN_APPEND_CHECK
				       : WIRE_OPEN_STORE_CHECK;
}

/* With the data connection open: the file, 150, and the first bytes. */
static int
begin_connected(struct session *s)
{
	int r = s->transfer.kind == TRANSFER_UPLOAD ? open_upload(s) : 0;

	if (r < 0)
		return refuse(s, STAGE_STORE, r);
	say_150(s);
	r = prepare(s);
	if (r < 0) {
		finish(s, r);
		return 0;
	}
	/* The client may wait for 150 before it does anything. */
	reply_flush(s);
	transfer_step(s);
	return 0;
}

/*
 * 150 means "about to open data connection", so it goes out before the
 * connection is there; what can be known to fail is said before it.
 */
static int
begin(struct session *s)
{
	struct transfer *t = &s->transfer;
	struct agent_file unused;
	int r;

	s->data.whole = move_whole(s);
	if (s->data.mode == DATA_PASSIVE)
		s->dozes |= s->now >= s->data.answered + DOZE;
	r = data_open(s);
	t->started = t->moved = s->now;
	if (r == 0)
		return begin_connected(s);
	if (r == -EAGAIN && t->kind == TRANSFER_UPLOAD) {
		/* STOU's 150 tells the name: it has to be there by then. */
		int checked = t->how == WIRE_OPEN_UNIQUE
		    ? open_upload(s)
		    : agent_open(&s->agent, t->path, check_of(t->how),
		        t->offset, &unused);

		if (checked < 0)
			return refuse(s, STAGE_STORE, checked);
	}
	if (r == -ENOTCONN)
		return refuse_saying(s, 425, "Use PASV or PORT first.");
	if (r != -EAGAIN)
		return refuse(s, STAGE_OPEN_DATA, r);
	t->connecting = true;
	say_150(s);
	return 0;
}

static void
continue_connecting(struct session *s)
{
	struct transfer *t = &s->transfer;
	int r = data_open(s);

	if (r == -EAGAIN)
		return;
	if (r < 0) {
		finish(s, r);
		return;
	}
	if (t->kind == TRANSFER_UPLOAD && t->file < 0) {
		r = open_upload(s);
		if (r < 0) {
			t->connecting = false;
			finish(s, r);
			return;
		}
	}
	r = prepare(s);
	if (r < 0)
		finish(s, r);
	else
		move(s);
}

static void
start(struct session *s, enum transfer_kind kind, const char *path)
{
	struct transfer *t = &s->transfer;

	memset(t, 0, offsetof(struct transfer, path));
	t->kind = kind;
	t->file = -1;
	strcpy(t->path, path);
}

static int64_t
range_length(const struct session *s)
{
	int64_t last = s->range_end - s->restart;

	return s->range_end == RANGE_NONE || last == INT64_MAX ? INT64_MAX
							       : last + 1;
}

int
transfer_download(struct session *s, const char *path)
{
	struct transfer *t = &s->transfer;
	struct agent_file file;
	int r = agent_open(&s->agent, path, WIRE_OPEN_READ, 0, &file);

	if (r < 0) {
		data_refuse(s);
		return reply_errno(s, STAGE_NAME, r, path);
	}
	start(s, TRANSFER_DOWNLOAD, path);
	t->file = file.fd;
	t->size = file.size;
	t->offset = s->restart;
	t->left = range_length(s);
	t->ascii = s->ascii && s->conf.ascii_download_enable;
	/* At most every byte of the file is a line end and counts twice. */
	if (t->offset - (t->ascii ? t->size : 0) > t->size) {
		if (s->range_end == RANGE_NONE)
			return refuse_saying(
			    s, 554, "REST is beyond the end of the file.");
		/* Of a range there, nothing is sent (section 4.3 of RANG). */
		t->offset = t->size;
		t->left = 0;
	}
	if (t->ascii)
		t->skip = t->offset;
	else if (t->offset > 0 && lseek(t->file, t->offset, SEEK_SET) == -1)
		return refuse(s, STAGE_OTHER, -errno);
	return begin(s);
}

int
transfer_upload(struct session *s, const char *path, enum wire_open how)
{
	struct transfer *t = &s->transfer;
	bool ranged = s->range_end != RANGE_NONE;

	start(s, TRANSFER_UPLOAD, path);
	t->how = how;
	t->offset = s->restart;
	t->left = range_length(s);
	t->ascii = s->ascii && s->conf.ascii_upload_enable;
	/*
	 * REST counts what is on the way (RFC 3659 section 5.3), which is not
	 * where it goes to in a file with other line ends.
	 */
	if ((t->offset > 0 || ranged) && t->ascii)
		return refuse_saying(s, 554, "REST and RANG are not possible "
					     "for ASCII uploads; use TYPE I.");
	if (ranged && how == WIRE_OPEN_UNIQUE)
		return refuse_saying(s, 554, "A new file has no range.");
	if (ranged)
		t->how = WIRE_OPEN_PART;
	return begin(s);
}

int
transfer_listing(struct session *s, int pipe, const char *path)
{
	start(s, TRANSFER_LISTING, path);
	s->transfer.left = INT64_MAX;
	s->transfer.file = pipe;
	return begin(s);
}

/* --- the loop's view -------------------------------------------------- */

size_t
transfer_poll(const struct session *s, struct pollfd *ret_poll)
{
	const struct transfer *t = &s->transfer;

	if (t->kind == TRANSFER_NONE) {
		if (!data_is_awaited(s))
			return 0;
		data_poll(&s->data, ret_poll);
		return 1;
	}
	if (t->connecting) {
		data_poll(&s->data, ret_poll);
		return 1;
	}
	ret_poll[0].fd = s->data.fd;
	if (t->ending) {
		ret_poll[0].events = POLLIN | POLLRDHUP;
		return 1;
	}
	if (allowance(s) == 0)
		return 0;
	ret_poll[0].events = data_events(&s->data, t->kind != TRANSFER_UPLOAD);
	if (t->kind == TRANSFER_LISTING && t->begin == t->end &&
	    !t->finished) {
		/* The pipe is awaited, and the client's leaving noticed. */
		ret_poll[0].events = 0;
		ret_poll[1].fd = t->file;
		ret_poll[1].events = POLLIN;
		return 2;
	}
	return 1;
}

static int64_t
time_out(const struct session *s)
{
	const struct transfer *t = &s->transfer;
	int64_t seconds = s->conf.data_connection_timeout;

	if (t->connecting)
		seconds = s->data.mode == DATA_PASSIVE
		    ? s->conf.accept_timeout
		    : s->conf.connect_timeout;
	return seconds == 0 ? INT64_MAX : t->moved + seconds * 1000;
}

int64_t
transfer_deadline(const struct session *s)
{
	const struct transfer *t = &s->transfer;

	if (t->kind == TRANSFER_NONE)
		return INT64_MAX;
	if (t->ending)
		return t->started + REPLIES_APART;
	if (!t->connecting && allowance(s) == 0)
		return pace_until(&t->pace);
	/* What we or TLS hold already, poll() does not wake us for. */
	if (!t->connecting && (data_pending(&s->data) || move_pending(s)))
		return s->now;
	return time_out(s);
}

void
transfer_step(struct session *s)
{
	struct transfer *t = &s->transfer;

	if (t->kind == TRANSFER_NONE) {
		if (data_is_awaited(s))
			data_advance(s);
		return;
	}
	if (t->ending) {
		s->lingers = s->now >= t->started + REPLIES_APART;
		finish(s, 0);
		return;
	}
	if (t->connecting)
		continue_connecting(s);
	else
		move(s);
	if (t->kind != TRANSFER_NONE && s->now >= time_out(s))
		finish(s, -ETIMEDOUT);
}
