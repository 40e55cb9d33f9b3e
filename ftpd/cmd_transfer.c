/*
 * cmd_transfer.c - RETR STOR APPE STOU, REST, RANG, ABOR, ALLO. The moving is
 * transfer.c's.
 */
#include "config.h"

#include "ftpd/command.h"

#include "ftpd/parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int
cmd_retr(struct session *s, const struct arg_value *arg)
{
	return transfer_download(s, arg->path);
}

int
cmd_stor(struct session *s, const struct arg_value *arg)
{
	return transfer_upload(s, arg->path, WIRE_OPEN_STORE);
}

int
cmd_appe(struct session *s, const struct arg_value *arg)
{
	/* RFC 3659 section 5.3: behind REST, or RANG, it is STOR. */
	return transfer_upload(s, arg->path,
	    s->restart > 0 || s->range_end != RANGE_NONE ? WIRE_OPEN_STORE
							 : WIRE_OPEN_APPEND);
}

int
cmd_stou(struct session *s, const struct arg_value *arg)
{
	struct arg_value name = *arg;

	s->restart = 0;
	if (arg->text[0] == '\0' &&
	    text_path(s->cwd, "STOU", name.path) < 0)
		return reply(s, 553, "File name too long.");
	return transfer_upload(s, name.path, WIRE_OPEN_UNIQUE);
}

int
cmd_rest(struct session *s, const struct arg_value *arg)
{
	/* RFC 3659 section 5: stream mode's marker is an octet offset. */
	s->restart = arg->number;
	s->range_end = RANGE_NONE;
	return reply_number(s, 350, "Restart position accepted (",
	    arg->number, ").");
}

/* From and to, both included; "1 0" takes it back, and so does what is none. */
int
cmd_rang(struct session *s, const struct arg_value *arg)
{
	int64_t start, end;

	s->restart = 0;
	s->range_end = RANGE_NONE;
	if (parse_range(arg->text, &start, &end) < 0)
		return reply(s, 501, "Usage: RANG <start> <end>");
	if (start == 1 && end == 0)
		return reply(s, 350, "Range taken back.");
	if (start > end)
		return reply(s, 501, "The end is before the beginning.");
	s->restart = start;
	s->range_end = end;
	return reply(s, 350, "Range accepted.");
}

int
cmd_abor(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	if (s->transfer.kind != TRANSFER_NONE) {
		transfer_abort(s, -ECONNABORTED);
		return reply(s, 226, "ABOR successful.");
	}
	if (hash_running(s)) {
		hash_abort(s);
		return reply(s, 226, "ABOR successful.");
	}
	if (s->data.mode == DATA_NONE)
		return reply(s, 225, "No transfer to ABOR.");
	data_reset(&s->data);
	return reply(s, 226, "Data connection closed.");
}

/* RFC 959: "<number>" or "<number> R <number>". */
int
cmd_allo(struct session *s, const struct arg_value *arg)
{
	const char *digits = "0123456789";
	const char *rest = arg->text + strspn(arg->text, digits);

	if (rest != arg->text && strncasecmp(rest, " R ", 3) == 0) {
		size_t n = strspn(rest + 3, digits);

		rest = n > 0 ? rest + 3 + n : arg->text;
	}
	if (rest == arg->text || *rest != '\0')
		return reply(s, 501, "Usage: ALLO <bytes> [R <bytes>]");
	return reply(s, 202, "No storage allocation is necessary.");
}
