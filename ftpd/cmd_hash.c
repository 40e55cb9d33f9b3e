/*
 * cmd_hash.c - HASH (draft-bryan-ftpext-hash) and the older XCRC XMD5 XSHA
 * XSHA1 XSHA256 XSHA512, each with the rights of RETR. OPTS HASH is
 * cmd_info.c's, the work hash.c's.
 */
#include "config.h"

#include "ftpd/command.h"

#include "ftpd/hash.h"
#include "ftpd/parse.h"

#include <errno.h>
#include <string.h>

static int
begin(struct session *s, const struct hash_request *request)
{
	struct agent_file file;
	int r = agent_open(
	    &s->agent, request->path, WIRE_OPEN_READ, 0, &file);

	/* Section 3.5 of the draft has a code of its own for them. */
	if ((r == -EISDIR || r == -EINVAL) && !request->terse)
		return reply(s, 553, "Not a plain file.");
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, request->path);
	return hash_begin(s, request, file.fd, file.size);
}

int
cmd_hash(struct session *s, const struct arg_value *arg)
{
	int64_t end = s->range_end;

	if (end != RANGE_NONE && end < INT64_MAX)
		end++;
	return begin(s, &(struct hash_request){
		.path = arg->path,
		.shown = arg->text,
		.kind = s->hash.chosen,
		.start = s->restart,
		.end = end });
}

/*
 * All of the argument may be a name; where nothing bears it, what clients put
 * around a name is taken off.
 */
static int
checksum(
    struct session *s, const struct arg_value *arg, enum digest_kind kind)
{
	struct hash_request request = { .path = arg->path,
		.shown = arg->text,
		.kind = kind,
		.end = -1,
		.terse = true };
	struct parse_checksum parsed;
	char path[TEXT_PATH_MAX];
	struct agent_file file;
	int r = agent_open(
	    &s->agent, request.path, WIRE_OPEN_READ, 0, &file);

	if (r == 0)
		return hash_begin(s, &request, file.fd, file.size);
	if (r != -ENOENT || parse_checksum(arg->text, &parsed) < 0)
		return reply_errno(s, STAGE_NAME, r, request.path);
	if (command_path(s, parsed.name, path) < 0)
		return reply(s, 553, "File name too long.");
	if (parsed.end >= 0 && parsed.start > parsed.end)
		return reply(s, 501, "The end is before the beginning.");
	request.path = path;
	request.start = parsed.start;
	request.end = parsed.end;
	return begin(s, &request);
}

int
cmd_xcrc(struct session *s, const struct arg_value *arg)
{
	return checksum(s, arg, DIGEST_CRC32);
}

int
cmd_xmd5(struct session *s, const struct arg_value *arg)
{
	return checksum(s, arg, DIGEST_MD5);
}

int
cmd_xsha1(struct session *s, const struct arg_value *arg)
{
	return checksum(s, arg, DIGEST_SHA1);
}

int
cmd_xsha256(struct session *s, const struct arg_value *arg)
{
	return checksum(s, arg, DIGEST_SHA256);
}

int
cmd_xsha512(struct session *s, const struct arg_value *arg)
{
	return checksum(s, arg, DIGEST_SHA512);
}
