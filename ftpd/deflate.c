/*
 * deflate.c - the module deflate.so, see deflate.h: zlib's streams (RFC 1950)
 * for MODE Z. Loaded by zip.c, used by move.c. What is expanded comes from a
 * client; it is fuzzed.
 */
#include "config.h"

#include "ftpd/deflate.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST /* what it reads it does not write to */
#include <zlib.h>

struct deflate_stream {
	z_stream zlib;
	bool compress;
	bool ended;
};

static struct deflate_stream *
stream_begin(bool compress, int level)
{
	struct deflate_stream *stream = calloc(1, sizeof *stream);
	int r;

	if (!stream)
		return NULL;
	stream->compress = compress;
	r = compress ? deflateInit(&stream->zlib, level)
	             : inflateInit(&stream->zlib);
	if (r == Z_OK)
		return stream;
	free(stream);
	return NULL;
}

static ssize_t
stream_run(struct deflate_stream *stream, const char **in, size_t *length,
    char *out, size_t room, bool last)
{
	z_stream *z = &stream->zlib;
	size_t given;
	int r;

	if (*length > INT_MAX || room > INT_MAX)
		return -EINVAL;
	z->next_in = (const Bytef *)*in;
	z->avail_in = (uInt)*length;
	z->next_out = (Bytef *)out;
	z->avail_out = (uInt)room;
	r = stream->compress ? deflate(z, last ? Z_FINISH : Z_NO_FLUSH)
	                     : inflate(z, Z_NO_FLUSH);
	given = room - z->avail_out;
	*in += *length - z->avail_in;
	*length = z->avail_in;
	stream->ended = r == Z_STREAM_END;
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	/* Z_BUF_ERROR says that there was nothing to do, which is no error. */
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return -EBADMSG;
	return (ssize_t)given;
}

static bool
stream_ended(const struct deflate_stream *stream)
{
	return stream->ended;
}

static void
stream_free(struct deflate_stream *stream)
{
	if (stream->compress)
		deflateEnd(&stream->zlib);
	else
		inflateEnd(&stream->zlib);
	free(stream);
}

extern const struct deflate_calls deflate_calls;
const struct deflate_calls deflate_calls = {
    .begin = stream_begin,
    .run = stream_run,
    .ended = stream_ended,
    .free = stream_free,
};
