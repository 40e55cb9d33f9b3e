/*
 * fuzz-listing.c - helpers/listing.c with any names and any status: each line
 * is one line, and fits.
 */
#include "config.h"

#include "helpers/listing.h"

#include "t/fuzz/fuzz.h"

#include <string.h>
#include <sys/stat.h>

static void
check(const char *out, size_t length)
{
	HOLDS(length >= 2 && length <= LISTING_LINE_MAX);
	HOLDS(memcmp(out + length - 2, "\r\n", 2) == 0);
	HOLDS(memchr(out, '\n', length - 1) == NULL);
	HOLDS(memchr(out, '\r', length - 2) == NULL);
	HOLDS(memchr(out, '\0', length) == NULL);
}

/* The next string of the input; "" when there is no more. */
static char *
next_string(const uint8_t **data, size_t *size)
{
	const uint8_t *end = memchr(*data, '\0', *size);
	size_t n = end ? (size_t)(end - *data) : *size;
	char *out = strndup((const char *)*data, n < PATH_MAX ? n : PATH_MAX);

	HOLDS(out != NULL);
	n += end ? 1 : 0;
	*data += n;
	*size -= n;
	return out;
}

/* Facts end where the first blank is. */
static void
check_facts(const char *out, size_t length)
{
	const char *blank = memchr(out, ' ', length);

	HOLDS(blank != NULL);
	HOLDS(blank == out || blank[-1] == ';');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char out[LISTING_LINE_MAX];
	struct statx st;
	char *text[4], perm[16];
	struct listing_entry entry;
	struct listing_style style;
	unsigned rights;

	if (size < sizeof st + 8)
		return 0;
	memcpy(&st, data, sizeof st);
	data += sizeof st;
	rights = data[0];
	listing_perm(perm, rights, data[1] & 7, data[1] & 8, data[1] & 16);
	HOLDS(strspn(perm, "acdeflmprw") == strlen(perm));
	for (size_t i = 1; i < strlen(perm); i++)
		HOLDS(perm[i - 1] < perm[i]);
	style = (struct listing_style){ .classify = data[2] & 1,
		.facts = data[3] | (unsigned)(data[2] & 2) << 7,
		.now = (time_t)data[4] << 24 };
	data += 8;
	size -= sizeof st + 8;
	for (int i = 0; i < 4; i++)
		text[i] = next_string(&data, &size);
	entry = (struct listing_entry){ .prefix = text[0],
		.name = text[1],
		.target = text[2][0] != '\0' ? text[2] : NULL,
		.owner = text[3],
		.group = text[3],
		.perm = perm,
		.st = &st };
	check(out, listing_long(out, &entry, &style));
	check(out, listing_name(out, &entry, &style));
	check(out, listing_facts(out, &entry, &style));
	check_facts(out, LISTING_LINE_MAX);
	for (int i = 0; i < 4; i++)
		free(text[i]);
	return 0;
}
