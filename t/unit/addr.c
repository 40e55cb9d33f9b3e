/*
 * addr.c - unit tests of ftpd/addr.c: PORT by RFC 959 section 4.1.2, EPRT by
 * RFC 2428 section 2, and the same host behind two families.
 */
#include "config.h"

#include "ftpd/addr.h"

#include "t/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

struct parse_case {
	const char *text;
	int want;         /* 0 or -errno */
	const char *host; /* what addr_text() then says */
	unsigned port;
};

static const struct parse_case port_cases[] = {
	{ "192,0,2,1,7,138", 0, "192.0.2.1", 1930 },
	{ "0,0,0,0,0,0", 0, "0.0.0.0", 0 },
	{ "255,255,255,255,255,255", 0, "255.255.255.255", 65535 },
	{ "192,000,002,001,007,138", 0, "192.0.2.1", 1930 },
	{ "10,0,0,1,0,21", 0, "10.0.0.1", 21 },
	{ "", -EINVAL, NULL, 0 },
	{ ",,,,,", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,6,", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,6,7", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,6 ", -EINVAL, NULL, 0 },
	{ " 1,2,3,4,5,6", -EINVAL, NULL, 0 },
	{ "1, 2,3,4,5,6", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,256", -EINVAL, NULL, 0 },
	{ "256,2,3,4,5,6", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,999", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,0006", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,-6", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,+6", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,0x6", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,6a", -EINVAL, NULL, 0 },
	{ "1.2.3.4.5.6", -EINVAL, NULL, 0 },
	{ "(1,2,3,4,5,6)", -EINVAL, NULL, 0 },
	{ "1,2,,4,5,6", -EINVAL, NULL, 0 },
	{ "99999999999999999999,2,3,4,5,6", -EINVAL, NULL, 0 },
	{ "1,2,3,4,5,\xb2", -EINVAL, NULL, 0 },
};

static const struct parse_case eprt_cases[] = {
	{ "|1|132.235.1.2|6275|", 0, "132.235.1.2", 6275 },
	{ "|2|1080::8:800:200C:417A|5282|", 0, "1080::8:800:200c:417a",
	    5282 },
	{ "!1!192.0.2.1!1!", 0, "192.0.2.1", 1 },
	{ "~2~::1~65535~", 0, "::1", 65535 },
	{ "|1|192.0.2.1|0|", 0, "192.0.2.1", 0 },
	{ "|2|::ffff:192.0.2.1|2021|", 0, "192.0.2.1", 2021 },
	{ "|3|192.0.2.1|2021|", -EAFNOSUPPORT, NULL, 0 },
	{ "|0|192.0.2.1|2021|", -EAFNOSUPPORT, NULL, 0 },
	{ "|6|x|y|", -EAFNOSUPPORT, NULL, 0 },
	{ "", -EINVAL, NULL, 0 },
	{ "|", -EINVAL, NULL, 0 },
	{ "||||", -EINVAL, NULL, 0 },
	{ "|||2021|", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1|2021", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1|2021|x", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1|2021||", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1|65536|", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1|-1|", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1||", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1|ftp|", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.1|100000|", -EINVAL, NULL, 0 },
	{ "|1||2021|", -EINVAL, NULL, 0 },
	{ "|1|192.0.2|2021|", -EINVAL, NULL, 0 },
	{ "|1|192.0.2.256|2021|", -EINVAL, NULL, 0 },
	{ "|1|::1|2021|", -EINVAL, NULL, 0 },
	{ "|2|192.0.2.1|2021|", -EINVAL, NULL, 0 },
	{ "|2|fe80::1%eth0|2021|", -EINVAL, NULL, 0 },
	{ "|2|[::1]|2021|", -EINVAL, NULL, 0 },
	{ "|1|localhost|2021|", -EINVAL, NULL, 0 },
	{ "|2|1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222|1|",
	    -EINVAL, NULL, 0 },
	{ "|1!192.0.2.1|2021|", -EINVAL, NULL, 0 },
	{ "|a|192.0.2.1|2021|", -EINVAL, NULL, 0 },
	{ "111192.0.2.112021", -EINVAL, NULL, 0 },
	{ " 1 192.0.2.1 2021 ", -EINVAL, NULL, 0 },
	{ "\t1\t192.0.2.1\t2021\t", -EINVAL, NULL, 0 },
	{ "\xff" "1\xff" "192.0.2.1\xff" "2021\xff", -EINVAL, NULL, 0 },
};

/* Of addr_parse_literal(); want 0 is what may be a name. */
static const struct parse_case literal_cases[] = {
	{ "192.0.2.1", 1, "192.0.2.1", 0 },
	{ "[192.0.2.1]", 1, "192.0.2.1", 0 },
	{ "[2001:DB8::1]", 1, "2001:db8::1", 0 },
	{ "[::ffff:192.0.2.1]", 1, "192.0.2.1", 0 },
	{ "ftp.example.com", 0, "", 0 },
	{ "192.0.2", 0, "", 0 },
	{ "192.0.2.01", 0, "", 0 },
	{ "a name that is longer than any of the addresses there are", 0, "",
	    0 },
	{ "2001:db8::1", -EINVAL, NULL, 0 },
	{ "192.0.2.1:21", -EINVAL, NULL, 0 },
	{ "[::1]:21", -EINVAL, NULL, 0 },
	{ "[::1", -EINVAL, NULL, 0 },
	{ "::1]", -EINVAL, NULL, 0 },
	{ "[", -EINVAL, NULL, 0 },
	{ "[]", -EINVAL, NULL, 0 },
	{ "[[]", -EINVAL, NULL, 0 },
	{ "[localhost]", -EINVAL, NULL, 0 },
	{ "[fe80::1%eth0]", -EINVAL, NULL, 0 },
	{ "[1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222]",
	    -EINVAL, NULL, 0 },
};

static void
check_parse(int (*parse)(const char *, union addr *),
    const struct parse_case *cases, size_t count)
{
	for (const struct parse_case *c = cases; c < cases + count; c++) {
		union addr addr;
		char text[ADDR_TEXT_MAX];
		int r;

		memset(&addr, 0xa5, sizeof addr);
		r = parse(c->text, &addr);
		if (r != c->want)
			fail_msg("\"%s\": %d, not %d", c->text, r, c->want);
		if (r < 0 || c->host[0] == '\0')
			continue;
		addr_text(&addr, text);
		if (strcmp(text, c->host) != 0 || addr_port(&addr) != c->port)
			fail_msg("\"%s\": %s port %u", c->text, text,
			    addr_port(&addr));
	}
}

static void
test_port(void **state)
{
	(void)state;
	check_parse(addr_parse_port, port_cases, LENGTH(port_cases));
}

static void
test_literal(void **state)
{
	(void)state;
	check_parse(
	    addr_parse_literal, literal_cases, LENGTH(literal_cases));
}

static void
test_eprt(void **state)
{
	(void)state;
	check_parse(addr_parse_eprt, eprt_cases, LENGTH(eprt_cases));
}

/* Each of the six numbers takes 0 to 255 and nothing above. */
static void
test_port_range(void **state)
{
	(void)state;
	for (int place = 0; place < 6; place++)
		for (int value = 0; value < 1100; value++) {
			int n[6] = { 1, 2, 3, 4, 5, 6 };
			char text[64];
			union addr addr;
			int r;

			n[place] = value;
			snprintf(text, sizeof text, "%d,%d,%d,%d,%d,%d", n[0],
			    n[1], n[2], n[3], n[4], n[5]);
			r = addr_parse_port(text, &addr);
			if (r != (value < 256 ? 0 : -EINVAL))
				fail_msg("\"%s\": %d", text, r);
		}
}

static void
test_untouched(void **state)
{
	union addr addr, before;

	(void)state;
	memset(&addr, 0x5a, sizeof addr);
	before = addr;
	assert_int_equal(addr_parse_port("1,2,3,4,5,256", &addr), -EINVAL);
	assert_memory_equal(&addr, &before, sizeof addr);
	assert_int_equal(addr_parse_eprt("|2|::1|65536|", &addr), -EINVAL);
	assert_memory_equal(&addr, &before, sizeof addr);
	assert_int_equal(addr_parse_eprt("|2|no|1|", &addr), -EINVAL);
	assert_memory_equal(&addr, &before, sizeof addr);
}

static union addr
make(int family, const char *host, unsigned port)
{
	union addr a;

	memset(&a, 0, sizeof a);
	a.any.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		assert_int_equal(
		    inet_pton(family, host, &a.v4.sin_addr), 1);
	if (family == AF_INET6)
		assert_int_equal(
		    inet_pton(family, host, &a.v6.sin6_addr), 1);
	addr_set_port(&a, port);
	return a;
}

static void
test_same_host(void **state)
{
	static const struct {
		int family[2];
		const char *host[2];
		bool same;
	} cases[] = {
		{ { AF_INET, AF_INET }, { "192.0.2.1", "192.0.2.1" }, true },
		{ { AF_INET, AF_INET }, { "192.0.2.1", "192.0.2.2" }, false },
		{ { AF_INET, AF_INET6 }, { "192.0.2.1", "::ffff:192.0.2.1" },
		    true },
		{ { AF_INET, AF_INET6 }, { "192.0.2.1", "::ffff:192.0.2.2" },
		    false },
		/* Only the mapped form is IPv4, not the old compatible one. */
		{ { AF_INET, AF_INET6 }, { "192.0.2.1", "::192.0.2.1" },
		    false },
		{ { AF_INET6, AF_INET6 }, { "2001:db8::1", "2001:db8::1" },
		    true },
		{ { AF_INET6, AF_INET6 }, { "2001:db8::1", "2001:db8::2" },
		    false },
		{ { AF_UNIX, AF_UNIX }, { "", "" }, false },
		{ { AF_UNIX, AF_INET }, { "", "0.0.0.0" }, false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		union addr a = make(cases[i].family[0], cases[i].host[0], 1);
		union addr b = make(cases[i].family[1], cases[i].host[1], 2);

		if (addr_same_host(&a, &b) != cases[i].same ||
		    addr_same_host(&b, &a) != cases[i].same)
			fail_msg("%s and %s", cases[i].host[0],
			    cases[i].host[1]);
	}
}

static void
test_text(void **state)
{
	static const struct {
		int family;
		const char *host, *text, *pasv;
		bool v4;
		size_t bytes;
		unsigned port;
	} cases[] = {
		{ AF_INET, "192.0.2.1", "192.0.2.1", "192,0,2,1,4,1", true, 4,
		    1025 },
		{ AF_INET6, "::ffff:10.1.2.3", "10.1.2.3", "10,1,2,3,4,1", true,
		    4, 1025 },
		{ AF_INET6, "2001:db8::1", "2001:db8::1", NULL, false, 16,
		    1025 },
		{ AF_UNIX, "", "", NULL, false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		union addr a = make(cases[i].family, cases[i].host, 1025);
		char text[ADDR_TEXT_MAX];
		const unsigned char *bytes;

		addr_text(&a, text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(addr_is_v4(&a), cases[i].v4);
		assert_int_equal(addr_bytes(&a, &bytes), cases[i].bytes);
		assert_int_equal(addr_port(&a), cases[i].port);
		if (cases[i].pasv == NULL)
			continue;
		addr_pasv_text(&a, 1025, text);
		assert_string_equal(text, cases[i].pasv);
		addr_pasv_text(&a, 65535, text);
		assert_string_equal(strrchr(text, ',') - 4, ",255,255");
	}
}

/* What is printed for PASV is what PORT would have taken. */
static void
test_round_trip(void **state)
{
	(void)state;
	for (unsigned port = 0; port < 65536; port += 251) {
		union addr a = make(AF_INET, "198.51.100.7", port), b;
		char text[ADDR_TEXT_MAX];

		addr_pasv_text(&a, port, text);
		assert_int_equal(addr_parse_port(text, &b), 0);
		assert_true(addr_same_host(&a, &b));
		assert_int_equal(addr_port(&b), port);
		assert_int_equal(addr_length(&b), sizeof(struct sockaddr_in));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_eprt),
		cmocka_unit_test(test_literal),
		cmocka_unit_test(test_port_range),
		cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_same_host),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
