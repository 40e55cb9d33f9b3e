/*
 * session.c - one poll() loop: command lines in, replies out, and the steps of
 * a transfer in between, with deadlines instead of signals.
 *
 * Called by main.c and listen.c, once everything is open and the sandbox
 * closed. Nothing here waits but poll() (and the helper's answers, which are
 * as quick as the system calls they stand for).
 */
#include "config.h"

#include "ftpd/session.h"

#include "ftpd/command.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#define REPLIES_HELD (REPLY_BUFFER / 2) /* unread by the client: wait for him */

/* --- input ------------------------------------------------------------ */

/* RFC 959: losing the control connection is ABOR and QUIT. */
static void
client_gone(struct session *s)
{
	s->reply.broken = true;
	s->closing = true;
	transfer_abort(s, -ECONNABORTED);
	hash_abort(s);
}

static void
read_control(struct session *s, bool hung_up)
{
	unsigned char *room;
	size_t size = line_room(&s->line, &room);
	ssize_t n;

	/* Lines that fill the buffer will not be answered any more. */
	if (size == 0 && hung_up)
		client_gone(s);
	if (size == 0)
		return;
	n = control_read(s, room, size);
	if (n > 0)
		line_filled(&s->line, (size_t)n);
	else if (n != -EAGAIN && n != -EINTR)
		client_gone(s);
}

/* TELNET options are refused at once, between replies. */
static void
answer_telnet(struct session *s)
{
	reply_telnet(s, s->line.refuse, s->line.refuse_length);
	s->line.refuse_length = 0;
}

/* Lines may still be there of one who has reset his connection. */
static bool
client_left(const struct session *s)
{
	union addr peer;
	socklen_t length = sizeof peer;

	return getpeername(s->control, &peer.any, &length) == -1;
}

/* The helper is gone, and with it every file. */
static void
lose_helper(struct session *s)
{
	if (s->closing)
		return;
	s->closing = true;
	/* Without a client it has none to serve, and ends before us. */
	if (client_left(s)) {
		s->reply.broken = true;
		return;
	}
	log_event(&s->log, LOG_ERR, "helper",
	    "the helper has ended, or could not start; "
	    "inftpd --check-config may say why");
	reply(s, 421, "Service not available, closing.");
}

static void
run_line(struct session *s)
{
	char line[LINE_MAX_LENGTH + 1];

	memcpy(line, s->line.line, s->line.length + 1);
	explicit_bzero(s->line.line, s->line.length);
	line_drop(&s->line);
	command_run(s, line);
	explicit_bzero(line, sizeof line);
	s->idle_since = s->now;
	if (s->agent.wire < 0)
		lose_helper(s);
}

/*
 * ABOR is obeyed also where it stands behind commands that wait for the end of
 * the transfer; they come first all the same, and it is answered in its turn.
 */
static bool
abort_ahead(struct session *s)
{
	if (!command_allowed(s, "ABOR") || !line_waits(&s->line, "ABOR"))
		return false;
	transfer_abort(s, -ECONNABORTED);
	hash_abort(s);
	return true;
}

/*
 * Runs the command lines that are there. During a transfer only those that
 * may be answered then; the others wait in the buffer, in their order.
 */
static void
run_lines(struct session *s)
{
	while (!s->closing && !s->quitting && s->reply.used < REPLIES_HELD) {
		enum line_result result = line_next(&s->line);

		answer_telnet(s);
		if (result == LINE_NONE)
			break;
		if (result == LINE_READY) {
			if (session_busy(s) &&
			    !command_in_transfer(s->line.line) &&
			    !abort_ahead(s))
				break;
			run_line(s);
		} else if (result == LINE_TOO_LONG) {
			reply(s, 500, "Command line too long.");
		} else {
			reply(s, 501, "NUL or CR in a command line.");
		}
	}
}

/* --- deadlines -------------------------------------------------------- */

/* When the client has been silent for too long; a transfer is no silence. */
static int64_t
idle_deadline(const struct session *s)
{
	int64_t seconds = s->conf.idle_session_timeout;

	if (session_busy(s))
		return INT64_MAX;
	return s->idle_since + seconds * 1000;
}

static int64_t
login_deadline(const struct session *s)
{
	if (s->state == IN_SESSION)
		return INT64_MAX;
	return s->started + s->conf.login_timeout * 1000;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
poll_timeout(const struct session *s)
{
	int64_t until = least(least(transfer_deadline(s), data_deadline(s)),
	    least(idle_deadline(s), login_deadline(s)));

	/* A digest waits for nothing but its turn. */
	if (until <= s->now || hash_running(s))
		return 0;
	return until - s->now > INT_MAX ? INT_MAX : (int)(until - s->now);
}

static void
check_deadlines(struct session *s)
{
	if (s->now >= data_deadline(s))
		data_reset(&s->data);
	if (s->closing || s->quitting)
		return;
	if (s->now >= login_deadline(s)) {
		reply(s, 421, "Login timed out.");
		s->closing = true;
	} else if (s->now >= idle_deadline(s)) {
		log_event(&s->log, LOG_INFO, "idle", "idle for too long");
		reply(s, 421, "Timeout.");
		s->closing = true;
	}
}

/* --- the loop --------------------------------------------------------- */

enum { POLL_CONTROL, POLL_AGENT, POLL_TRANSFER, POLL_MAX = 4 };

/* Lines that wait for a transfer's end must not keep poll() from sleeping. */
static bool
takes_input(struct session *s)
{
	unsigned char *room;

	return line_room(&s->line, &room) > 0 && s->reply.used < REPLIES_HELD;
}

/* Has control_read() something to do? TLS may hold bytes that poll() misses. */
static bool
has_input(struct session *s, short revents)
{
	if (revents & (POLLIN | POLLHUP | POLLERR))
		return true;
	if (control_busy(s))
		return revents != 0;
	return control_pending(s) && takes_input(s);
}

static void
wait_and_step(struct session *s)
{
	struct pollfd p[POLL_MAX] = {
		[POLL_CONTROL] = { .fd = s->control },
		/* Nothing is awaited of the helper but its death. */
		[POLL_AGENT] = { .fd = s->agent.wire }
	};
	size_t count = POLL_TRANSFER;
	bool moving;

	p[POLL_CONTROL].events =
	    control_events(s, takes_input(s), s->reply.used > 0);
	count += transfer_poll(s, p + POLL_TRANSFER);
	moving = count > POLL_TRANSFER;
	if (poll(p, count, has_input(s, 0) ? 0 : poll_timeout(s)) == -1)
		return;
	s->now = clock_now();
	if (has_input(s, p[POLL_CONTROL].revents))
		read_control(
		    s, p[POLL_CONTROL].revents & (POLLHUP | POLLERR));
	if (p[POLL_AGENT].revents & (POLLHUP | POLLERR)) {
		agent_stop(&s->agent);
		transfer_abort(s, -EPIPE);
		lose_helper(s);
	}
	if (!moving || p[POLL_TRANSFER].revents ||
	    (count > POLL_TRANSFER + 1 && p[POLL_TRANSFER + 1].revents) ||
	    s->now >= transfer_deadline(s))
		transfer_step(s);
	hash_step(s);
}

/* Implicit TLS: only now is it known which host is greeting. */
static void
greet_after_handshake(struct session *s)
{
	if (!s->host.greet || !s->secure.shaken)
		return;
	s->host.greet = false;
	reply_greeting(s);
}

void
session_run(struct session *s)
{
	for (;;) {
		bool held;

		greet_after_handshake(s);
		run_lines(s);
		held = s->reply.used >= REPLIES_HELD;
		if (s->quitting && !session_busy(s) && !s->closing) {
			reply(s, 221, "Goodbye.");
			s->closing = true;
		}
		if (s->closing || !reply_flush(s))
			break;
		/* Lines that waited for room have it now; none may follow. */
		if (held && s->reply.used < REPLIES_HELD)
			continue;
		wait_and_step(s);
		check_deadlines(s);
	}
	transfer_abort(s, -ECONNABORTED);
	hash_abort(s);
	/* Before the goodbye: who comes again at once must find his place. */
	slots_release(&s->slots);
	/* Before a handshake is over nothing can be said to the client. */
	if (!s->secure.control || s->secure.shaken)
		reply_flush_all(s);
	control_end(s);
	agent_stop(&s->agent);
	log_event(&s->log, LOG_INFO, "end",
	    "session ends: %u files, %lld bytes sent, %lld received",
	    s->files, (long long)s->sent, (long long)s->received);
}
