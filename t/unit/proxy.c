/*
 * proxy.c - unit tests of helpers/proxy.c: how much of a stream is the PROXY
 * protocol's header, and what it says.
 */
#include "config.h"

#include "helpers/proxy.h"

#include "t/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V2(head, rest) SIGNATURE head rest, sizeof SIGNATURE head rest - 1
#define V1(line) line, sizeof line - 1

/* want: "FROM PORT TO PORT", "" for no addresses, NULL for a refusal. */
static const struct {
	const char *bytes;
	size_t length;
	const char *want;
} headers[] = {
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 56324 21\r\n"),
	    "192.0.2.1 56324 198.51.100.2 21" },
	{ V1("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
	    "255.255.255.255 65535 255.255.255.255 65535" },
	{ V1("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n"), "0.0.0.0 0 0.0.0.0 0" },
	{ V1("PROXY TCP6 2001:db8::1 ::1 1 990\r\n"), "2001:db8::1 1 ::1 990" },
	{ V1("PROXY UNKNOWN\r\n"), "" },
	{ V1("PROXY UNKNOWN ffff::1 what ever 1\r\n"), "" },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 56324 21\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 56324 21 \r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 56324 21 5\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1  198.51.100.2 56324 21\r\n"), NULL },
	{ V1("PROXY  TCP4 192.0.2.1 198.51.100.2 56324 21\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 65536 21\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 056 21\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 -1 21\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 198.51.100.2 +1 21\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.01 198.51.100.2 1 21\r\n"), NULL },
	{ V1("PROXY TCP4 ::1 198.51.100.2 1 21\r\n"), NULL },
	{ V1("PROXY TCP6 192.0.2.1 ::1 1 21\r\n"), NULL },
	{ V1("PROXY TCP5 192.0.2.1 192.0.2.1 1 21\r\n"), NULL },
	{ V1("PROXY tcp4 192.0.2.1 192.0.2.1 1 21\r\n"), NULL },
	{ V1("proxy TCP4 192.0.2.1 192.0.2.1 1 21\r\n"), NULL },
	{ V1("PROXY TCP4 192.0.2.1 192.0.2.1 1\0" "21\r\n"), NULL },
	{ V1("PROXY UNKNOWN \0\r\n"), NULL },
	{ V1("PROXY UNKNOWN x\r\n\r\n"), NULL },
	{ V1("PROXY \r\n"), NULL },
	{ V1("PROXY        \r\n"), NULL },
	{ V1("USER anonymous\r\n"), NULL },
	{ V1(""), NULL },
	{ V2("\x21\x11\0\x0c", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"),
	    "192.0.2.1 56324 198.51.100.2 21" },
	{ V2("\x21\x21\0\x24", "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\1\3\xde"),
	    "2001:db8::1 1 ::1 990" },
	/* With fields behind: a name, and one that is empty. */
	{ V2("\x21\x11\0\x15", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"
	    "\2\0\3ftp" "\4\0\0"), "192.0.2.1 56324 198.51.100.2 21" },
	{ V2("\x20\x11\0\x0c", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"), "" },
	{ V2("\x20\0\0\0", ""), "" },
	{ V2("\x20\0\0\3", "???"), "" },
	{ V2("\x21\0\0\1", "?"), "" },
	{ V2("\x21\x11\0\x0b", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0"), NULL },
	{ V2("\x21\x21\0\x0c", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"), NULL },
	{ V2("\x21\x12\0\x0c", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"), NULL },
	{ V2("\x21\x31\0\0", ""), NULL },
	{ V2("\x22\x11\0\x0c", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"), NULL },
	{ V2("\x11\x11\0\x0c", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"), NULL },
	/* A field that says it is longer than what is there; half a field. */
	{ V2("\x21\x11\0\x0f", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"
	    "\2\0\1"), NULL },
	{ V2("\x21\x11\0\x0e", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"
	    "\2\0"), NULL },
	/* One byte more, or less, than it says. */
	{ V2("\x21\x11\0\x0c", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15!"), NULL },
	{ V2("\x21\x11\0\x0d", "\xc0\0\2\1\xc6\x33\x64\2\xdc\4\0\x15"), NULL },
	{ V2("\x21\x11", ""), NULL },
	{ V2("\x21\x11\xff\xff", ""), NULL },
};

static void
write_end(const struct proxy_end *end, char text[64])
{
	char address[INET6_ADDRSTRLEN];

	inet_ntop(end->length == 4 ? AF_INET : AF_INET6, end->bytes, address,
	    sizeof address);
	snprintf(text, 64, "%s %u", address, end->port);
}

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(headers); i++) {
		struct proxy_header header;
		char from[64], to[64], text[130] = "";
		int r = proxy_parse((const unsigned char *)headers[i].bytes,
		    headers[i].length, &header);

		if (r != (headers[i].want ? 0 : -EPROTO))
			fail_msg("%zu: %d", i, r);
		if (r < 0)
			continue;
		if (header.from.length > 0) {
			write_end(&header.from, from);
			write_end(&header.to, to);
			snprintf(text, sizeof text, "%s %s", from, to);
		}
		if (strcmp(text, headers[i].want) != 0)
			fail_msg("%zu: %s, expected %s", i, text,
			    headers[i].want);
	}
}

/* Read as ftpd does, a header takes its own bytes and none behind them. */
static void
test_missing(void **state)
{
	unsigned char stream[512];

	(void)state;
	for (size_t i = 0; i < LENGTH(headers); i++) {
		size_t have = 0;
		int missing;

		if (!headers[i].want)
			continue;
		memset(stream, '\n', sizeof stream);
		memcpy(stream, headers[i].bytes, headers[i].length);
		while ((missing = proxy_missing(stream, have)) > 0)
			have += (size_t)missing;
		if (missing < 0 || have != headers[i].length)
			fail_msg("%zu: %d after %zu bytes", i, missing, have);
	}
}

/* A line that does not end is given up, and so is a length beyond all. */
static void
test_endless(void **state)
{
	unsigned char stream[PROXY_HEADER_MAX + 1] = "PROXY UNKNOWN ";
	static const unsigned char longest[] = SIGNATURE "\x21\x11\xff\xff";
	size_t have = 0;
	int missing;

	(void)state;
	memset(stream + 14, 'x', sizeof stream - 14);
	while ((missing = proxy_missing(stream, have)) > 0)
		have += (size_t)missing;
	assert_int_equal(missing, -EPROTO);
	assert_int_equal(have, 107);
	assert_int_equal(proxy_missing(longest, 16), -EPROTO);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
