/*
 * fuzz-path.c - what a client's arguments are parsed with: paths, times,
 * numbers, addresses, and names on their way into a reply.
 */
#include "config.h"

#include "ftpd/addr.h"
#include "ftpd/text.h"

#include "t/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

/* Absolute, whole, and nothing in it leads up or nowhere. */
static void
check_path(const char *path)
{
	HOLDS(path[0] == '/' && strlen(path) < TEXT_PATH_MAX);
	if (path[1] == '\0')
		return;
	while (*path != '\0') {
		size_t n = strcspn(path + 1, "/");

		HOLDS(n > 0);
		HOLDS(!(n == 1 && path[1] == '.'));
		HOLDS(!(n == 2 && path[1] == '.' && path[2] == '.'));
		path += n + 1;
	}
}

static void
try_path(const char *name)
{
	char path[TEXT_PATH_MAX], again[TEXT_PATH_MAX];

	if (text_path("/a/b", name, path) < 0)
		return;
	check_path(path);
	/* What is made plain stays as it is, wherever one is. */
	HOLDS(text_path("/elsewhere", path, again) == 0);
	HOLDS(strcmp(path, again) == 0);
	HOLDS(text_path(path, "", again) == 0);
	HOLDS(strcmp(path, again) == 0);
	HOLDS(text_path(path, "..", again) == 0);
	HOLDS(strncmp(path, again, strlen(again)) == 0);
}

static void
try_safe(const char *text, bool quoted, size_t size)
{
	char out[300];
	size_t quotes = 0;

	memset(out, 'X', sizeof out);
	text_name(text, quoted, out, size);
	HOLDS(memchr(out, '\0', size) != NULL);
	HOLDS(out[size] == 'X');
	for (const char *p = out; *p != '\0'; p++) {
		HOLDS(*p != '\r' && *p != '\n');
		quotes += *p == '"';
	}
	HOLDS(!quoted || quotes % 2 == 0);
	memset(out, 'X', sizeof out);
	text_safe(text, out, size);
	HOLDS(memchr(out, '\0', size) != NULL);
	HOLDS(out[size] == 'X');
	for (const char *p = out; *p != '\0'; p++)
		HOLDS((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void
try_time(const char *text)
{
	int64_t seconds;
	const char *end;
	char back[TEXT_TIME_MAX];

	if (text_parse_time(text, &seconds, &end) < 0)
		return;
	HOLDS(end >= text + 14 && end <= text + strlen(text));
	text_time(seconds, back);
	/* But for a leap second, it is what was given. */
	HOLDS(memcmp(back, text, 14) == 0 || memcmp(text + 12, "60", 2) == 0);
}

static void
try_number(const char *text)
{
	int64_t value;
	char back[32];

	if (text_parse_number(text, &value) < 0)
		return;
	HOLDS(value >= 0);
	HOLDS(strspn(text, "0123456789") == strlen(text));
	text += strspn(text, "0");
	snprintf(back, sizeof back, "%lld", (long long)value);
	HOLDS(strcmp(back, *text != '\0' ? text : "0") == 0);
}

static void
try_addr(const char *text)
{
	union addr a, b;
	char out[ADDR_TEXT_MAX];

	if (addr_parse_port(text, &a) == 0) {
		addr_pasv_text(&a, addr_port(&a), out);
		HOLDS(addr_parse_port(out, &b) == 0);
		HOLDS(addr_same_host(&a, &b) && addr_port(&a) == addr_port(&b));
		HOLDS(strspn(text, "0123456789,") == strlen(text));
	}
	if (addr_parse_eprt(text, &a) == 0) {
		HOLDS(addr_port(&a) <= 65535);
		HOLDS(addr_same_host(&a, &a));
		addr_text(&a, out);
		HOLDS(out[0] != '\0' && strlen(out) < ADDR_TEXT_MAX);
		HOLDS(text[0] == text[strlen(text) - 1]);
	}
	if (addr_parse_literal(text, &a) == 1) {
		addr_text(&a, out);
		HOLDS(out[0] != '\0' && addr_port(&a) == 0);
		HOLDS((text[0] == '[') == (text[strlen(text) - 1] == ']'));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	HOLDS(text != NULL);
	try_path(text);
	try_safe(text, false, 1 + size % 256);
	try_safe(text, true, 1 + size % 256);
	try_time(text);
	try_number(text);
	try_addr(text);
	free(text);
	return 0;
}
