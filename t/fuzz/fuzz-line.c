/*
 * fuzz-line.c - ftpd/line.c with any bytes: read at once, or in pieces whose
 * sizes the input says, they make the same lines.
 */
#include "config.h"

#include "ftpd/line.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

/* What came out, one after the other. */
struct story {
	char *bytes;
	size_t used, room;
};

static void
tell(struct story *story, const char *bytes, size_t length)
{
	if (story->used + length + 1 > story->room) {
		story->room = 2 * (story->used + length + 1);
		story->bytes = realloc(story->bytes, story->room);
		HOLDS(story->bytes != NULL);
	}
	memcpy(story->bytes + story->used, bytes, length);
	story->used += length;
	story->bytes[story->used++] = '\n';
}

static void
check_line(const struct line *l)
{
	HOLDS(l->length <= LINE_MAX_LENGTH);
	HOLDS(l->line[l->length] == '\0');
	HOLDS(strlen(l->line) == l->length);
	HOLDS(memchr(l->line, '\r', l->length) == NULL);
	HOLDS(memchr(l->line, '\n', l->length) == NULL);
	HOLDS(line_pending(l));
}

static void
drain(struct line *l, struct story *story)
{
	enum line_result r;

	while ((r = line_next(l)) != LINE_NONE) {
		if (r == LINE_READY) {
			check_line(l);
			HOLDS(line_next(l) == LINE_READY);
			HOLDS(!line_waits(l, "ABOR") || line_pending(l));
			tell(story, l->line, l->length);
			line_drop(l);
		} else {
			tell(story, r == LINE_BAD ? "\r" : "\r\r", 1);
		}
	}
	HOLDS(l->refuse_length <= sizeof l->refuse);
	HOLDS(l->refuse_length % 3 == 0);
}

/* cuts: sizes of the pieces, or NULL for as much as there is room for. */
static struct story
run(const uint8_t *data, size_t size, const uint8_t *cuts, size_t count)
{
	struct line *l = calloc(1, sizeof *l);
	struct story story = { 0 };
	size_t cut = 0;

	HOLDS(l != NULL);
	while (size > 0) {
		unsigned char *room;
		size_t n = line_room(l, &room);

		HOLDS(n > 0);
		if (n > size)
			n = size;
		if (count > 0 && n > cuts[cut % count] + 1U)
			n = cuts[cut++ % count] + 1U;
		memcpy(room, data, n);
		line_filled(l, n);
		data += n;
		size -= n;
		drain(l, &story);
	}
	tell(&story, (const char *)l->refuse, l->refuse_length);
	free(l);
	return story;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t count = size > 0 ? data[0] % 8 : 0;
	struct story whole, pieces;

	if (size < 1 + count)
		return 0;
	whole = run(data + 1 + count, size - 1 - count, NULL, 0);
	pieces = run(data + 1 + count, size - 1 - count, data + 1, count);
	HOLDS(whole.used == pieces.used);
	HOLDS(memcmp(whole.bytes, pieces.bytes, whole.used) == 0);
	free(whole.bytes);
	free(pieces.bytes);
	return 0;
}
