/*
 * fuzz-users.c - helpers/users.c with any account file: no malformed entry
 * is an account, and nothing is read beyond the text.
 */
#include "config.h"

#include "helpers/standin.h"
#include "helpers/users.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

#define NAME "ann"

/* A fresh copy, one byte longer than length as auth.c's are. */
static char *
copy(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	HOLDS(text != NULL);
	memcpy(text, data, size);
	text[size] = 'X';
	return text;
}

/* How many lines begin with NAME and a colon. */
static int
count_lines(const char *text, size_t size)
{
	int count = 0;

	for (size_t i = 0; i + sizeof NAME <= size; i++)
		if ((i == 0 || text[i - 1] == '\n') &&
		    memcmp(text + i, NAME ":", sizeof NAME) == 0)
			count++;
	return count;
}

static void
try_passwd(const uint8_t *data, size_t size)
{
	char *text = copy(data, size);
	int lines = count_lines(text, size);
	struct users_passwd entry;
	int r = users_passwd(text, size, NAME, &entry);

	HOLDS((r == 1) <= (lines == 1));
	HOLDS((r == 0) == (lines == 0));
	if (r == 1) {
		HOLDS(strcmp(entry.name, NAME) == 0);
		HOLDS(entry.home[0] == '/');
		HOLDS(entry.shell[0] != '\0');
		HOLDS(entry.uid != (uid_t)-1 && entry.gid != (gid_t)-1);
		HOLDS(strpbrk(entry.hash, ":\n") == NULL);
		HOLDS(strpbrk(entry.home, ":\n") == NULL);
	}
	free(text);
}

static void
try_shadow(const uint8_t *data, size_t size)
{
	char *text = copy(data, size);
	int lines = count_lines(text, size);
	const char *hash, *reason =
	    users_shadow(text, size, NAME, 20000, &hash);

	HOLDS(reason != NULL || (lines == 1 && hash != NULL));
	if (hash != NULL) {
		HOLDS(hash[0] != '\0' && hash[0] != '*' && hash[0] != '!');
		HOLDS(strlen(hash) <= USERS_HASH_MAX);
	}
	free(text);
}

static void
try_groups(const uint8_t *data, size_t size)
{
	char *text = copy(data, size);
	gid_t groups[8];
	size_t n = users_groups(text, size, NAME, groups, 8);
	char name[16];

	HOLDS(n <= 8);
	for (size_t i = 0; i < n; i++)
		HOLDS(groups[i] != 0 && groups[i] != (gid_t)-1);
	for (size_t room = 1; room <= sizeof name; room += 5)
		if (users_name_by_id(text, size, 50, name, room))
			HOLDS(memchr(name, '\0', room) != NULL ||
			    memchr(text, '\0', size) != NULL);
	users_listed(text, size, NAME);
	HOLDS(memcmp(text, data, size) == 0);
	free(text);
}

static void
try_name(const uint8_t *data, size_t size)
{
	struct standin in;
	char *text = copy(data, size);

	standin_init(&in);
	standin_add(&in, text, size, NAME);
	HOLDS(strlen(in.hash) >= 13 && strlen(in.hash) <= USERS_HASH_MAX);
	HOLDS(in.hash[0] != '*' && in.hash[0] != '!');
	text[size] = '\0';
	if (users_name_ok(text)) {
		HOLDS(strlen(text) >= 1 && strlen(text) <= 255);
		HOLDS(strpbrk(text, ":/ \t\r\n\x7f") == NULL);
		HOLDS(strchr("-.+~#", text[0]) == NULL);
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_passwd(data, size);
	try_shadow(data, size);
	try_groups(data, size);
	try_name(data, size);
	return 0;
}
