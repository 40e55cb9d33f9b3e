/*
 * fuzz-deflate.c - what a client sends in MODE Z: expanded in rooms of many
 * sizes it gives the same, never more than there is room for, and comes to an
 * end. And what was compressed comes back.
 */
#include "config.h"

#include "ftpd/deflate.h"

#include "t/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

#define MOST (1 << 20) /* of a bomb that is enough */

extern const struct deflate_calls deflate_calls;

struct result {
	char *bytes;
	size_t used;
	ssize_t last; /* what the last turn said */
	bool ended;
};

static struct result
run(bool compress, const char *in, size_t length, size_t room)
{
	struct deflate_stream *stream = deflate_calls.begin(compress, 6);
	struct result r = {.bytes = malloc(MOST + room)};

	HOLDS(stream != NULL && r.bytes != NULL);
	while (!r.ended && r.used < MOST) {
		size_t before = length;

		memset(r.bytes + r.used, 'X', room);
		r.last = deflate_calls.run(
		    stream, &in, &length, r.bytes + r.used, room, compress);
		if (r.last < 0)
			break;
		HOLDS((size_t)r.last <= room && length <= before);
		r.used += (size_t)r.last;
		r.ended = deflate_calls.ended(stream);
		/* No step is for nothing, but for the last one. */
		if (r.last == 0 && length == before)
			break;
	}
	deflate_calls.free(stream);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room = size > 0 ? 1 + data[0] % 64 : 1;
	struct result large = run(false, (const char *)data, size, 65536);
	struct result small = run(false, (const char *)data, size, room * 16);
	struct result packed = run(true, (const char *)data, size, 4096);
	struct result back = run(false, packed.bytes, packed.used, 777);

	if (large.used < MOST && small.used < MOST) {
		HOLDS(large.ended == small.ended);
		HOLDS((large.last == -EBADMSG) == (small.last == -EBADMSG));
		HOLDS(large.used == small.used || large.last < 0);
		HOLDS(memcmp(large.bytes, small.bytes,
			  large.used < small.used ? large.used : small.used) ==
		      0);
	}
	HOLDS(packed.ended && back.ended);
	HOLDS(back.used == size && memcmp(back.bytes, data, size) == 0);
	free(large.bytes);
	free(small.bytes);
	free(packed.bytes);
	free(back.bytes);
	return 0;
}
