/*
 * standin.c - the choice of a hash for who does not exist, see standin.h.
 *
 * Each hash gets a weight from its bytes and the name; the heaviest is the
 * one. Whoever does not know the hashes cannot tell which name gets which.
 */
#include "config.h"

#include "helpers/standin.h"

#include <crypt.h>
#include <string.h>

/* yescrypt at libxcrypt's default cost, of a password that nobody has. */
#define FALLBACK_HASH \
	"$y$j9T$Z4b1nKQo0hQfWq7mJ6rY0/$" \
	"HryXbiaHXjbb2sKG6CazsPXE2z.qxsgpKCQe3aS/em7"

void
standin_init(struct standin *standin)
{
	standin->weight = 0;
	memcpy(standin->hash, FALLBACK_HASH, sizeof FALLBACK_HASH);
}

/* FNV-1a, stirred at the end. */
static uint64_t
mix(const char *bytes, size_t length, uint64_t start)
{
	uint64_t value = start;

	for (size_t i = 0; i < length; i++) {
		value ^= (unsigned char)bytes[i];
		value *= UINT64_C(0x100000001b3);
	}
	value ^= value >> 32;
	value *= UINT64_C(0xd6e8feb86659fd93);
	return value ^ value >> 32;
}

/* Could a password be compared with it? Else it would take no time. */
static bool
computable(const char *hash)
{
	int kind;

	if (!users_hash_usable(hash))
		return false;
	kind = crypt_checksalt(hash);
	return kind != CRYPT_SALT_INVALID &&
	    kind != CRYPT_SALT_METHOD_DISABLED;
}

static void
weigh(struct standin *standin, const char *hash, size_t length,
    const char *name)
{
	char text[USERS_HASH_MAX + 1];
	uint64_t weight;

	if (length < 13 || length > USERS_HASH_MAX ||
	    memchr(hash, '\0', length))
		return;
	weight = mix(hash, length, UINT64_C(0xcbf29ce484222325));
	weight = mix(name, strlen(name), weight);
	if (weight <= standin->weight)
		return;
	memcpy(text, hash, length);
	text[length] = '\0';
	if (!computable(text))
		return;
	memcpy(standin->hash, text, length + 1);
	standin->weight = weight;
}

void
standin_add(struct standin *standin, const char *text, size_t length,
    const char *name)
{
	const char *end = text + length;

	while (text && text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *line = text, *hash, *colon;

		if (!stop)
			stop = end;
		text = stop + 1;
		hash = memchr(line, ':', (size_t)(stop - line));
		if (!hash || *line == '#')
			continue;
		hash++;
		colon = memchr(hash, ':', (size_t)(stop - hash));
		weigh(standin, hash,
		    (size_t)((colon ? colon : stop) - hash), name);
	}
}

void
standin_prefer(struct standin *standin, const char *hash)
{
	if (!computable(hash))
		return;
	strcpy(standin->hash, hash);
	standin->weight = UINT64_MAX;
}
