/*
 * cmd_list.c - LIST NLST MLSD MLST and STAT. The lines come from the helper
 * through a pipe; here it is only decided where they go.
 */
#include "config.h"

#include "ftpd/command.h"

#include "ftpd/move.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
list(struct session *s, const struct arg_value *arg, enum wire_format format,
    unsigned options)
{
	bool itself = options & WIRE_LIST_DIRECTORY && arg->text[0] == '\0';
	int pipe = agent_list(&s->agent, arg->path, itself ? "." : arg->text,
	    format, options, s->facts);

	if (pipe < 0) {
		data_refuse(s);
		if (format == WIRE_FORMAT_MLSD && pipe == -ENOTDIR)
			return reply(s, 501, "MLSD is for directories.");
		return reply_errno(s, STAGE_NAME, pipe, arg->path);
	}
	return transfer_listing(s, pipe, arg->path);
}

int
cmd_list(struct session *s, const struct arg_value *arg)
{
	return list(s, arg, WIRE_FORMAT_LIST, arg->options);
}

int
cmd_nlst(struct session *s, const struct arg_value *arg)
{
	return list(s, arg, WIRE_FORMAT_NLST, arg->options);
}

int
cmd_mlsd(struct session *s, const struct arg_value *arg)
{
	return list(s, arg, WIRE_FORMAT_MLSD, 0);
}

/* The next piece of a listing that goes over the control connection. */
static ssize_t
read_piece(int pipe, char *buffer, size_t size)
{
	struct pollfd p = { .fd = pipe, .events = POLLIN };
	ssize_t n;

	do {
		poll(&p, 1, -1);
		n = read(pipe, buffer, size);
	} while (n == -1 && (errno == EAGAIN || errno == EINTR));
	return n;
}

/* A listing's lines as lines of a reply; names are safe, listing.c saw to it. */
static void
reply_pipe(struct session *s, int pipe)
{
	char buffer[16384];
	size_t used = 0;
	ssize_t n;

	while ((n = read_piece(pipe, buffer + used,
	            sizeof buffer - 1 - used)) > 0) {
		char *line = buffer, *end;

		used += (size_t)n;
		buffer[used] = '\0';
		while ((end = strstr(line, "\r\n")) != NULL) {
			*end = '\0';
			reply_line(s, line);
			line = end + 2;
		}
		used -= (size_t)(line - buffer);
		memmove(buffer, line, used);
		if (s->reply.broken)
			break;
	}
}

int
cmd_mlst(struct session *s, const struct arg_value *arg)
{
	int pipe = agent_list(&s->agent, arg->path, "", WIRE_FORMAT_MLST,
	    WIRE_LIST_LITERAL, s->facts);

	if (pipe < 0)
		return reply_errno(s, STAGE_NAME, pipe, arg->path);
	reply_begin(s, 250, "Listing follows.");
	reply_pipe(s, pipe);
	close(pipe);
	return reply_end(s, 250, "End.");
}

/* RFC 959: 213 for a file, 212 for a directory. */
static int
stat_path(struct session *s, const struct arg_value *arg)
{
	struct agent_file file = { .mode = S_IFREG };
	int code, pipe;

	if (!(s->rights & WIRE_MAY_LIST))
		return reply(s, 550, "Permission denied.");
	/* First: while a listing is in the pipe the helper answers nothing. */
	agent_stat(&s->agent, arg->path, &file);
	pipe = agent_list(&s->agent, arg->path, arg->text, WIRE_FORMAT_LIST,
	    arg->options, 0);
	if (pipe < 0)
		return reply_errno(s, STAGE_NAME, pipe, arg->path);
	code = S_ISDIR(file.mode) ? 212 : 213;
	reply_begin(s, code, "Status follows:");
	reply_pipe(s, pipe);
	close(pipe);
	return reply_end(s, code, "End of status.");
}

static void
stat_hash(struct session *s)
{
	const struct hash *h = &s->hash;
	char path[256], line[512];

	text_name(h->path, false, path, sizeof path);
	snprintf(line, sizeof line,
	    "     %s of %s: %" PRId64 " of %" PRId64 " bytes so far",
	    hash_names[h->kind], path, h->next - h->start, h->end - h->start);
	reply_line(s, line);
}

static void
stat_transfer(struct session *s)
{
	static const char *const names[] = { "", "Sending", "Receiving",
		"Listing" };
	const struct transfer *t = &s->transfer;
	int64_t elapsed = s->now - t->started;
	char path[256], line[512];

	if (hash_running(s)) {
		stat_hash(s);
		return;
	}
	if (t->kind == TRANSFER_NONE) {
		reply_line(s, "     No transfer in progress");
		return;
	}
	text_name(t->path, false, path, sizeof path);
	snprintf(line, sizeof line, "     %s %s: %" PRId64 " bytes so far%s",
	    names[t->kind], path, move_file_bytes(s),
	    t->connecting ? ", waiting for the data connection" : "");
	reply_line(s, line);
	snprintf(line, sizeof line, "     %" PRId64 " bytes/second",
	    elapsed > 0 ? t->bytes * 1000 / elapsed : 0);
	reply_line(s, line);
}

/* What TYPE, MODE, PROT, PASV and their like have set. */
static void
stat_settings(struct session *s)
{
	static const char *const data[] = { [DATA_NONE] = "not prepared",
		[DATA_PASSIVE] = "passive", [DATA_ACTIVE] = "active" };
	char line[512];

	snprintf(line, sizeof line,
	    "     TYPE: %s; STRUcture: File; transfer MODE: %s",
	    s->ascii ? "ASCII" : "Image",
	    s->zip.on ? "deflate (Z)" : "Stream");
	reply_line(s, line);
	snprintf(line, sizeof line, "     Control connection %s",
	    s->secure.control ? "under TLS" : "in the clear");
	reply_line(s, line);
	snprintf(line, sizeof line, "     Data connections %s; the next one: %s",
	    s->secure.protect ? "under TLS" : "in the clear",
	    data[s->data.mode]);
	reply_line(s, line);
	snprintf(line, sizeof line,
	    "     Session timeout in seconds is %" PRId64,
	    s->conf.idle_session_timeout);
	reply_line(s, line);
}

static int
stat_session(struct session *s)
{
	char peer[ADDR_TEXT_MAX], line[512], user[256];

	addr_text(&s->peer, peer);
	text_name(s->user, false, user, sizeof user);
	reply_begin(s, 211, "FTP server status:");
	snprintf(line, sizeof line, "     Connected to %s", peer);
	reply_line(s, line);
	if (s->state == IN_SESSION) {
		snprintf(line, sizeof line, "     Logged in as %s", user);
		reply_line(s, line);
		stat_settings(s);
		snprintf(line, sizeof line,
		    "     %u files, %" PRId64 " bytes sent, %" PRId64
		    " bytes received", s->files, s->sent, s->received);
		reply_line(s, line);
		stat_transfer(s);
	} else {
		reply_line(s, "     Not logged in");
	}
	return reply_end(s, 211, "End of status");
}

int
cmd_stat(struct session *s, const struct arg_value *arg)
{
	if (arg->text[0] == '\0' && arg->options == 0)
		return stat_session(s);
	if (s->state != IN_SESSION)
		return reply(s, 530, "Please log in with USER and PASS.");
	/* The helper writes one listing at a time. */
	if (session_busy(s))
		return reply(s, 450, "Busy with a transfer; try STAT alone.");
	return stat_path(s, arg);
}
