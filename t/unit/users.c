/*
 * users.c - unit tests of helpers/users.c: what is malformed disables, what
 * has expired is refused, what is no hash never matches.
 */
#include "config.h"

#include "helpers/standin.h"
#include "helpers/users.h"
#include "helpers/verify.h"

#include "t/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A copy with one byte more than length, as auth.c reads files. */
static char *
copy(const char *text, size_t length)
{
	char *out = malloc(length + 1);

	assert_non_null(out);
	memcpy(out, text, length);
	out[length] = 'X';
	return out;
}

/* --- passwd(5) --------------------------------------------------------- */

#define TEXT(s) s, sizeof(s) - 1

static const struct {
	const char *text;
	size_t length;
	int want;
	uid_t uid;
	gid_t gid;
	const char *home, *shell;
} accounts[] = {
	{ TEXT("ann:x:1001:100:Ann:/home/ann:/bin/bash\n"), 1, 1001, 100,
	    "/home/ann", "/bin/bash" },
	{ TEXT("ann:x:1001:100:Ann:/home/ann:/bin/bash"), 1, 1001, 100,
	    "/home/ann", "/bin/bash" },
	{ TEXT("ann:x:1001:100::/:"), 1, 1001, 100, "/", "/bin/sh" },
	{ TEXT("annx:x:1:1::/:\nann:x:1001:100::/h:/s\nann2:x:2:2::/:\n"), 1,
	    1001, 100, "/h", "/s" },
	{ TEXT("bob:ann:1:1::/:\nann:x:4294967294:4294967294::/h:/s\n"), 1,
	    4294967294, 4294967294, "/h", "/s" },
	{ TEXT("ann:x:0:0::/root:/s\n"), 1, 0, 0, "/root", "/s" },
	{ TEXT(""), 0, 0, 0, NULL, NULL },
	{ TEXT("\n\n"), 0, 0, 0, NULL, NULL },
	{ TEXT("ann"), 0, 0, 0, NULL, NULL },
	{ TEXT("an:x:1:1::/:/s\nannx:x:1:1::/:/s\n"), 0, 0, 0, NULL, NULL },
	{ TEXT(" ann:x:1:1::/:/s\n"), 0, 0, 0, NULL, NULL },
	{ TEXT("#ann:x:1:1::/:/s\n"), 0, 0, 0, NULL, NULL },
	{ TEXT("ANN:x:1:1::/:/s\n"), 0, 0, 0, NULL, NULL },
	{ TEXT("+ann:x:1:1::/:/s\n"), 0, 0, 0, NULL, NULL },
	{ TEXT("ann:\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:1::/\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:1::/:/s:more\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:1::/:/s:::::::::::\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x::1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:-1:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:-1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:+1:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x: 1:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1 :1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1a:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:a:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:0x10:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1.0:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	/* -1 means "no id" to the kernel, and 2^32 would be root. */
	{ TEXT("ann:x:4294967295:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:4294967295::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:4294967296:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:4294967296::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:18446744073709551616:1::/:/s\n"), -EINVAL, 0, 0, NULL,
	    NULL },
	{ TEXT("ann:x:1:1:::/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:1::home:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:1::./:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:1::/\0etc:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1\0" "5:1::/:/s\n"), -EINVAL, 0, 0, NULL, NULL },
	{ TEXT("ann:x:1:1::/:/s\nann:x:1:1::/:/s\n"), -EEXIST, 0, 0, NULL,
	    NULL },
	{ TEXT("ann:bad\nbob:x:1:1::/:/s\nann:x:1:1::/:/s"), -EEXIST, 0, 0,
	    NULL, NULL },
};

static void
test_passwd(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(accounts); i++) {
		char *text = copy(accounts[i].text, accounts[i].length);
		struct users_passwd entry = { .name = "untouched" };
		int r = users_passwd(
		    text, accounts[i].length, "ann", &entry);

		if (r != accounts[i].want)
			fail_msg("\"%s\": %d", accounts[i].text, r);
		if (r != 1) {
			assert_string_equal(entry.name, "untouched");
			free(text);
			continue;
		}
		assert_string_equal(entry.name, "ann");
		assert_string_equal(entry.hash, "x");
		assert_int_equal(entry.uid, accounts[i].uid);
		assert_int_equal(entry.gid, accounts[i].gid);
		assert_string_equal(entry.home, accounts[i].home);
		assert_string_equal(entry.shell, accounts[i].shell);
		free(text);
	}
}

/* --- shadow(5) --------------------------------------------------------- */

#define TODAY 20000
#define HASH "$y$j9T$salt$hash"

static const struct {
	const char *text;
	const char *reason; /* NULL: may log in */
	bool hash;          /* must one come out? */
} shadows[] = {
	{ "ann:" HASH ":19000:0:99999:7:::\n", NULL, true },
	{ "ann:" HASH ":::::::\n", NULL, true },
	{ "ann:" HASH ":19000::::::", NULL, true },
	{ "bob:!:1::::::\nann:" HASH ":19000:0:99999:7:::\nann2:x\n", NULL,
	    true },
	/* The password's age. */
	{ "ann:" HASH ":19990:0:10:7:::\n", NULL, true },
	{ "ann:" HASH ":19990:0:9:7:::\n", "password expired", true },
	{ "ann:" HASH ":19990:0:0:7:::\n", "password expired", true },
	{ "ann:" HASH ":20000:0:0:7:::\n", NULL, true },
	{ "ann:" HASH ":19980:0:10:7:5::\n",
	    "password expired, account inactive", true },
	{ "ann:" HASH ":19980:0:10:7:20::\n", "password expired", true },
	{ "ann:" HASH ":0:0:99999:7:::\n", "password must be changed first",
	    true },
	/* Changed tomorrow, by a clock that went wrong. */
	{ "ann:" HASH ":20001:0:99999:7:::\n", NULL, true },
	/* The account's end. */
	{ "ann:" HASH ":19000:0:99999:7::20001:\n", NULL, true },
	{ "ann:" HASH ":19000:0:99999:7::20000:\n", "account expired", true },
	{ "ann:" HASH ":19000:0:99999:7::1:\n", "account expired", true },
	{ "ann:" HASH ":19000:0:99999:7::0:\n", "account expired", true },
	/* No password to compare with. */
	{ "ann::19000:0:99999:7:::\n", "empty password", false },
	{ "ann:!:19000:0:99999:7:::\n", "password locked", false },
	{ "ann:*:19000:0:99999:7:::\n", "password locked", false },
	{ "ann:!!:19000:0:99999:7:::\n", "password locked", false },
	{ "ann:!*:19000:0:99999:7:::\n", "password locked", false },
	{ "ann:*0:19000:0:99999:7:::\n", "password locked", false },
	{ "ann:*1:19000:0:99999:7:::\n", "password locked", false },
	{ "ann:!" HASH ":19000:0:99999:7:::\n", "password locked", false },
	{ "ann:*LK*" HASH ":19000:0:99999:7:::\n", "password locked", false },
	/* Not there, twice there, not well formed. */
	{ "", "no shadow entry", false },
	{ "bob:" HASH ":19000:0:99999:7:::\n", "no shadow entry", false },
	{ "ann:" HASH ":::::::\nann:" HASH ":::::::\n", "two shadow entries",
	    false },
	{ "ann:" HASH "\n", "malformed shadow entry", false },
	{ "ann:" HASH "::::::\n", "malformed shadow entry", false },
	{ "ann:" HASH "::::::::\n", "malformed shadow entry", false },
	{ "ann:" HASH ":x:0:99999:7:::\n", "malformed shadow entry", true },
	{ "ann:" HASH ":-1:-1:-1:-1:-1:-1:\n", NULL, true },
	{ "ann:" HASH ":-2:0:99999:7:::\n", "malformed shadow entry", true },
	{ "ann:" HASH ":19000:x:99999:7:::\n", "malformed shadow entry",
	    true },
	{ "ann:" HASH ":19000:0:9999999999999999999:7:::\n",
	    "malformed shadow entry", true },
	{ "ann:" HASH ":19000:0: 9:7:::\n", "malformed shadow entry", true },
	{ "ann:" HASH ":19000:0:99999:7:a::\n", "malformed shadow entry",
	    true },
	{ "ann:" HASH ":19000:0:99999:7::2000-1:\n", "malformed shadow entry",
	    true },
};

static void
test_shadow(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(shadows); i++) {
		size_t length = strlen(shadows[i].text);
		char *text = copy(shadows[i].text, length);
		const char *hash = "untouched";
		const char *reason =
		    users_shadow(text, length, "ann", TODAY, &hash);

		if ((reason == NULL) != (shadows[i].reason == NULL) ||
		    (reason != NULL && strcmp(reason, shadows[i].reason) != 0))
			fail_msg("\"%s\": %s", shadows[i].text,
			    reason ? reason : "may log in");
		if ((hash != NULL) != shadows[i].hash ||
		    (hash != NULL && strcmp(hash, HASH) != 0))
			fail_msg("\"%s\": hash %s", shadows[i].text,
			    hash ? hash : "NULL");
		free(text);
	}
}

/* --- group(5), names, lists -------------------------------------------- */

static const struct {
	const char *text;
	size_t count;
	gid_t groups[4];
} groups[] = {
	{ "", 0, { 0 } },
	{ "staff:x:50:ann\n", 1, { 50 } },
	{ "staff:x:50:ann", 1, { 50 } },
	{ "a:x:1:bob,ann\nb:x:2:ann,bob\nc:x:3:bob,ann,eve\n", 3,
	    { 1, 2, 3 } },
	{ "a:x:1:\nb:x:2:bob\n", 0, { 0 } },
	{ "a:x:1:annx,xann,an, ann,ann ,ANN\n", 0, { 0 } },
	{ "a:x:1:,,ann\nb:x:2:,\n", 1, { 1 } },
	{ "ann:x:1:\n", 0, { 0 } },
	{ "root:x:0:ann\na:x:00:ann\n", 0, { 0 } },
	{ "a:x:4294967295:ann\nb:x:4294967296:ann\nc:x:4294967294:ann\n", 1,
	    { 4294967294 } },
	{ "a:x::ann\nb:x:x:ann\nc:x:-1:ann\nd:x: 1:ann\ne:x:1x:ann\n", 0,
	    { 0 } },
	{ "a:x:99999999999999999999:ann\n", 0, { 0 } },
	{ "a:x:1\nb:1:ann\nc:x:1:ann:ann\n", 0, { 0 } },
	{ "a:x:1:ann\nb:x:2:ann\nc:x:3:ann\nd:x:4:ann\ne:x:5:ann\n", 4,
	    { 1, 2, 3, 4 } },
};

static void
test_groups(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(groups); i++) {
		gid_t got[5] = { 0, 0, 0, 0, 4711 };
		size_t length = strlen(groups[i].text);
		char *text = copy(groups[i].text, length);
		size_t n = users_groups(text, length, "ann", got, 4);

		if (n != groups[i].count ||
		    memcmp(got, groups[i].groups, n * sizeof *got) != 0)
			fail_msg("\"%s\": %zu", groups[i].text, n);
		assert_int_equal(got[4], 4711);
		free(text);
	}
}

static void
test_name_by_id(void **state)
{
	static const struct {
		const char *text;
		unsigned long id;
		size_t size;
		const char *want;
	} cases[] = {
		{ "root:x:0:0::/:\nann:x:1001:1::/:\n", 1001, 16, "ann" },
		{ "root:x:0:0::/:\nann:x:1001:1::/:\n", 0, 16, "root" },
		{ "root:x:0:0::/:\nann:x:1001:1::/:\n", 100, 16, NULL },
		{ "root:x:0:0::/:\nann:x:1001:1::/:\n", 1, 16, NULL },
		{ "staff:x:50:\n", 50, 16, "staff" },
		{ "staff:x:50", 50, 16, NULL },
		{ "staff:50:51:", 50, 16, NULL },
		{ ":x:50:\nb:x:50:", 50, 16, "b" },
		{ "longname:x:50:", 50, 5, "long" },
		{ "a:x:50:\nb:x:50:", 50, 16, "a" },
		{ "", 0, 16, NULL },
		{ "50\n:50:\n::50:\n", 50, 16, NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		char name[17] = "untouched";
		size_t length = strlen(cases[i].text);
		char *text = copy(cases[i].text, length);
		bool found = users_name_by_id(
		    text, length, cases[i].id, name, cases[i].size);

		if (found != (cases[i].want != NULL) ||
		    strcmp(name, found ? cases[i].want : "untouched") != 0)
			fail_msg("\"%s\": %s", cases[i].text, name);
		free(text);
	}
}

static void
test_listed(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "", false },
		{ "ann", true },
		{ "ann\n", true },
		{ "bob\nann\neve\n", true },
		{ "  ann\t\r\n", true },
		{ "annx\nxann\nan\nANN\n", false },
		{ "#ann\n", false },
		{ " # ann\n", false },
		{ "ann bob\n", false },
		{ "ann:\n", false },
		{ "\n\n\n", false },
		{ "ann#\n", false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t length = strlen(cases[i].text);
		char *text = copy(cases[i].text, length);

		if (users_listed(text, length, "ann") != cases[i].want)
			fail_msg("\"%s\"", cases[i].text);
		/* No line, however empty, lists the empty word. */
		if (users_listed(text, length, ""))
			fail_msg("\"%s\" lists \"\"", cases[i].text);
		free(text);
	}
}

static void
test_name_ok(void **state)
{
	static const char *const good[] = { "a", "ann", "ann.lee", "ann-lee",
		"ann@example.org", "_x", "1", "\xc3\xa4nn", "a~", "a+b",
		"a\\b", "a$", "a%n" };
	static const char *const bad[] = { "", "-ann", ".ann", ".", "..",
		"+ann", "~ann", "a/b", "/", "a:b", ":", "a b", " ann", "ann ",
		"#ann", "#", "a\tb", "a\nb", "a\rb", "a\x1b", "a\x7f", "\x01",
		"../x" };
	char name[300];

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++)
		if (!users_name_ok(good[i]))
			fail_msg("\"%s\" was refused", good[i]);
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (users_name_ok(bad[i]))
			fail_msg("\"%s\" was taken", bad[i]);
	memset(name, 'n', sizeof name);
	name[255] = '\0';
	assert_true(users_name_ok(name));
	name[255] = 'n';
	name[256] = '\0';
	assert_false(users_name_ok(name));
}

/* --- hashes ------------------------------------------------------------ */

#define SHA512 \
	"$6$abcdefgh$Z7KfoKnKTSZrzo5VZ0YubGLQOj9ov6sHo9TmE3zIU/LHKhpE30zCnZ0m" \
	"cIXYf9r9rQ4DYaXoxAFSPFlcWdxjB."
#define YESCRYPT \
	"$y$j9T$abcdefghijklmnop$tySFNIfWVy.ymkBDHEMW6bAQ07dlkLVGalgni.VV4l8"
#define BCRYPT "$2b$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"
#define SHA512_EMPTY \
	"$6$abcdefgh$v7sYNA18/BerGOYQLppYLyjH4yJilp8kqe/ef3KYMK9hOIdzH1yzcmP7" \
	"4Ay.m51y1jP3QqxM7Jl75S4CxDhBq."

static const struct {
	const char *password, *hash;
	bool want;
} passwords[] = {
	{ "s3cret", SHA512, true },
	{ "s3cret", YESCRYPT, true },
	{ "s3cret", BCRYPT, true },
	{ "", SHA512_EMPTY, true },
	{ "S3cret", SHA512, false },
	{ "s3cret ", SHA512, false },
	{ "s3cre", YESCRYPT, false },
	{ "s3crett", BCRYPT, false },
	{ "", SHA512, false },
	{ "", YESCRYPT, false },
	/* A hash is no password. */
	{ SHA512, SHA512, false },
	{ "", NULL, false },
	{ "s3cret", NULL, false },
	{ "", "", false },
	{ "s3cret", "", false },
	{ "", "*", false },
	{ "*", "*", false },
	{ "*", "*0", false },
	{ "*0", "*0", false },
	{ "*1", "*1", false },
	{ "", "*0", false },
	{ "!", "!", false },
	{ "s3cret", "!" SHA512, false },
	{ "s3cret", "*" SHA512, false },
	{ "s3cret", "!!", false },
	{ "x", "x", false },
	{ "s3cret", "s3cret", false },
	/* Damaged ones. */
	{ "s3cret", "$6$abcdefgh$", false },
	{ "s3cret", "$6$", false },
	{ "s3cret", "$y$", false },
	{ "s3cret", "$y$j9T$abcdefghijklmnop$", false },
	{ "s3cret", "$2b$", false },
	{ "s3cret", "$2b$04$", false },
	{ "s3cret", "$9$abc$def", false },
	{ "s3cret", "$", false },
	{ "s3cret", SHA512 "x", false },
	{ "s3cret", YESCRYPT ":", false },
};

static void
test_verify(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(passwords); i++) {
		/* Quick to compute, and never the answer. */
		const char *stand_in = BCRYPT;

		if (verify_hash(passwords[i].password, passwords[i].hash,
		        stand_in) != passwords[i].want)
			fail_msg("\"%s\" and %s", passwords[i].password,
			    passwords[i].hash ? passwords[i].hash : "NULL");
	}
	/* Not even with the stand-in's own password. */
	assert_false(verify_hash("s3cret", NULL, BCRYPT));
	assert_false(verify_hash("s3cret", "!", BCRYPT));
	assert_false(verify_hash("s3cret", NULL, "*"));
}

static void
test_long_hash(void **state)
{
	char hash[USERS_HASH_MAX + 2];

	(void)state;
	memset(hash, 'x', sizeof hash - 1);
	hash[sizeof hash - 1] = '\0';
	assert_false(verify_hash("s3cret", hash, BCRYPT));
}

static void
test_stand_in(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: the built-in one */
	} cases[] = {
		{ "root:!" SHA512 ":1:::::\nann:" BCRYPT ":1::::::\n", BCRYPT },
		{ "ann:" SHA512 "\n", SHA512 },
		{ "ann:" SHA512, SHA512 },
		{ ":" BCRYPT ":\n", BCRYPT },
		{ "ann:$apr1$abcdefgh$ijklmnopqrstuvwxyz\n", NULL },
		{ "#ann:" SHA512 "\n", NULL },
		{ "root:!:\nann:*:\nbob::\n", NULL },
		{ "", NULL },
		{ "root\nann", NULL },
		{ "\n:\n::\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct standin in;
		size_t length = strlen(cases[i].text);
		char *text = copy(cases[i].text, length);

		standin_init(&in);
		standin_add(&in, text, length, "zoe");
		if (cases[i].want == NULL)
			assert_memory_equal(in.hash, "$y$j9T$", 7);
		else if (strcmp(in.hash, cases[i].want) != 0)
			fail_msg("\"%s\": %s", cases[i].text, in.hash);
		free(text);
	}
	/* As when the file could not be read. */
	{
		struct standin in;

		standin_init(&in);
		standin_add(&in, NULL, 0, "zoe");
		assert_memory_equal(in.hash, "$y$j9T$", 7);
	}
}

/*
 * Unknown names take each kind about as often as known ones do, the same one
 * each time, whatever the order, and keep it when others come.
 */
static void
test_stand_in_share(void **state)
{
	static const char one[] = "ann:" SHA512 "\nbob:" BCRYPT "\n";
	static const char other[] = "bob:" BCRYPT "\nann:" SHA512 "\n";
	static const char more[] = "carl:" YESCRYPT "\n";
	unsigned sha = 0, moved = 0, changed = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		struct standin a, b;
		char name[16], first[USERS_HASH_MAX + 1];

		snprintf(name, sizeof name, "user%u", i);
		standin_init(&a);
		standin_init(&b);
		standin_add(&a, one, sizeof one - 1, name);
		standin_add(&b, other, sizeof other - 1, name);
		assert_string_equal(a.hash, b.hash);
		sha += a.hash[1] == '6';
		strcpy(first, a.hash);
		standin_add(&a, more, sizeof more - 1, name);
		changed += strcmp(a.hash, first) != 0;
		moved += strcmp(a.hash, first) != 0 && a.hash[1] != 'y';
	}
	if (sha < 400 || sha > 600)
		fail_msg("%u of 1000 are SHA-512, one half was expected", sha);
	assert_int_equal(moved, 0);
	if (changed < 230 || changed > 440)
		fail_msg("%u of 1000 changed, a third was expected", changed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passwd),
		cmocka_unit_test(test_shadow),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_name_by_id),
		cmocka_unit_test(test_listed),
		cmocka_unit_test(test_name_ok),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_long_hash),
		cmocka_unit_test(test_stand_in),
		cmocka_unit_test(test_stand_in_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
