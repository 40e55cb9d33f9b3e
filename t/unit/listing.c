/*
 * listing.c - unit tests of helpers/listing.c: whole lines, byte for byte.
 * MLSx is RFC 3659 section 7; LIST is what `ls -l` prints.
 */
#include "config.h"

#include "helpers/listing.h"

#include "helpers/wire.h"

#include "t/unit/unit.h"

#include <string.h>
#include <sys/stat.h>

#define NOW 1795391999 /* 2026-11-22 23:59:59 */
#define DAY 86400

/* An entry and both of its lines. */
struct listing_case {
	unsigned mode, links;
	uint64_t size;
	int64_t mtime;
	const char *prefix, *name, *target;
	bool classify;
	const char *line;
};

static const struct listing_case lines[] = {
	{ S_IFREG | 0644, 1, 0, NOW, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               0 Nov 22 23:59 a" },
	{ S_IFDIR | 0755, 12, 4096, NOW - DAY, "", "dir", NULL, false,
	    "drwxr-xr-x   12 ann      staff            4096 Nov 21 23:59 dir" },
	{ S_IFLNK | 0777, 1, 5, NOW, "", "l", "there", false,
	    "lrwxrwxrwx    1 ann      staff               5 Nov 22 23:59 "
	    "l -> there" },
	{ S_IFIFO | 0600, 1, 0, NOW, "", "p", NULL, false,
	    "prw-------    1 ann      staff               0 Nov 22 23:59 p" },
	{ S_IFSOCK | 0600, 1, 0, NOW, "", "s", NULL, false,
	    "srw-------    1 ann      staff               0 Nov 22 23:59 s" },
	{ S_IFCHR | 0620, 1, 0, NOW, "", "c", NULL, false,
	    "crw--w----    1 ann      staff               0 Nov 22 23:59 c" },
	{ S_IFBLK | 0660, 1, 0, NOW, "", "b", NULL, false,
	    "brw-rw----    1 ann      staff               0 Nov 22 23:59 b" },
	{ S_IFREG | 07777, 1, 0, NOW, "", "a", NULL, false,
	    "-rwsrwsrwt    1 ann      staff               0 Nov 22 23:59 a" },
	{ S_IFREG | 07000, 1, 0, NOW, "", "a", NULL, false,
	    "---S--S--T    1 ann      staff               0 Nov 22 23:59 a" },
	{ S_IFREG | 0, 1, 0, NOW, "", "a", NULL, false,
	    "----------    1 ann      staff               0 Nov 22 23:59 a" },
	/* Sizes of more than 32 bits, and the largest that a file can have. */
	{ S_IFREG | 0644, 1, UINT64_C(4294967296), NOW, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff      4294967296 Nov 22 23:59 a" },
	{ S_IFREG | 0644, 1, INT64_MAX, NOW, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff    9223372036854775807 "
	    "Nov 22 23:59 a" },
	{ S_IFREG | 0644, 4294967295, 1, NOW, "", "a", NULL, false,
	    "-rw-r--r-- 4294967295 ann      staff               1 "
	    "Nov 22 23:59 a" },
	/* A year is shown for more than half a year ago, or to come. */
	{ S_IFREG | 0644, 1, 1, NOW - 182 * DAY, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 May 24 23:59 a" },
	{ S_IFREG | 0644, 1, 1, NOW - 183 * DAY, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 May 23  2026 a" },
	{ S_IFREG | 0644, 1, 1, NOW + 30, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Nov 23 00:00 a" },
	{ S_IFREG | 0644, 1, 1, NOW + DAY, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Nov 23  2026 a" },
	{ S_IFREG | 0644, 1, 1, 0, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Jan  1  1970 a" },
	{ S_IFREG | 0644, 1, 1, -1, "", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Dec 31  1969 a" },
	/* Names with anything in them stay in their line. */
	{ S_IFREG | 0644, 1, 1, NOW, "sub/", "a", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Nov 22 23:59 "
	    "sub/a" },
	{ S_IFREG | 0644, 1, 1, NOW, "", "a\r\n226 b", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Nov 22 23:59 "
	    "a??226 b" },
	{ S_IFLNK | 0777, 1, 1, NOW, "x\n", "a", "b\r\nc", false,
	    "lrwxrwxrwx    1 ann      staff               1 Nov 22 23:59 "
	    "x?a -> b??c" },
	{ S_IFREG | 0644, 1, 1, NOW, "", "%s \xff\xc3\xa4\x1b", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Nov 22 23:59 "
	    "%s \xff\xc3\xa4\x1b" },
	{ S_IFREG | 0644, 1, 1, NOW, "", " ", NULL, false,
	    "-rw-r--r--    1 ann      staff               1 Nov 22 23:59  " },
	/* -F */
	{ S_IFDIR | 0755, 2, 1, NOW, "", "d", NULL, true,
	    "drwxr-xr-x    2 ann      staff               1 Nov 22 23:59 d/" },
	{ S_IFREG | 0755, 1, 1, NOW, "", "x", NULL, true,
	    "-rwxr-xr-x    1 ann      staff               1 Nov 22 23:59 x*" },
	{ S_IFREG | 0644, 1, 1, NOW, "", "x", NULL, true,
	    "-rw-r--r--    1 ann      staff               1 Nov 22 23:59 x" },
	{ S_IFLNK | 0777, 1, 1, NOW, "", "l", "t", true,
	    "lrwxrwxrwx    1 ann      staff               1 Nov 22 23:59 "
	    "l -> t" },
};

static struct statx
make_status(unsigned mode, unsigned links, uint64_t size, int64_t mtime)
{
	struct statx st;

	memset(&st, 0, sizeof st);
	st.stx_mask = STATX_BASIC_STATS;
	st.stx_mode = (uint16_t)mode;
	st.stx_nlink = links;
	st.stx_size = size;
	st.stx_mtime.tv_sec = mtime;
	return st;
}

static void
expect(const char *out, size_t length, const char *want)
{
	size_t n = strlen(want);

	if (length != n + 2 || memcmp(out, want, n) != 0 ||
	    memcmp(out + n, "\r\n", 2) != 0)
		fail_msg("\"%.*s\"\nnot \"%s\"", (int)length, out, want);
}

static void
test_long(void **state)
{
	static char out[LISTING_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		const struct listing_case *c = &lines[i];
		struct statx st =
		    make_status(c->mode, c->links, c->size, c->mtime);
		const struct listing_entry entry = { .prefix = c->prefix,
			.name = c->name,
			.target = c->target,
			.owner = "ann",
			.group = "staff",
			.st = &st };
		const struct listing_style style = { .now = NOW,
			.classify = c->classify };

		expect(out, listing_long(out, &entry, &style), c->line);
	}
}

static void
test_name(void **state)
{
	static const struct {
		unsigned mode;
		const char *prefix, *name;
		bool classify;
		const char *line;
	} names[] = {
		{ 0, "", "a", false, "a" },
		{ 0, "d/", "a b", false, "d/a b" },
		{ 0, "", "a\r\nb\n", false, "a??b?" },
		{ S_IFDIR | 0755, "", "d", true, "d/" },
		{ S_IFREG | 0100, "", "x", true, "x*" },
		{ S_IFLNK | 0777, "", "l", true, "l@" },
		{ S_IFIFO | 0666, "", "p", true, "p|" },
		{ S_IFSOCK | 0777, "", "s", true, "s=" },
		{ S_IFDIR | 0755, "", "d", false, "d" },
	};
	static char out[LISTING_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct statx st = make_status(names[i].mode, 1, 0, 0);
		const struct listing_entry entry = { .prefix = names[i].prefix,
			.name = names[i].name,
			.st = &st };
		const struct listing_style style = { .now = NOW,
			.classify = names[i].classify };

		expect(out, listing_name(out, &entry, &style), names[i].line);
	}
}

static const struct {
	unsigned mode, facts;
	uint64_t size;
	const char *type, *name, *line;
} facts[] = {
	{ S_IFREG | 0644, 0, 1, NULL, "a", " a" },
	{ S_IFREG | 0644, WIRE_FACT_TYPE, 1, NULL, "a", "type=file; a" },
	{ S_IFDIR | 0755, WIRE_FACT_TYPE, 1, NULL, "a", "type=dir; a" },
	{ S_IFDIR | 0755, WIRE_FACT_TYPE, 1, "cdir", ".", "type=cdir; ." },
	{ S_IFDIR | 0755, WIRE_FACT_TYPE, 1, "pdir", "..", "type=pdir; .." },
	{ S_IFLNK | 0777, WIRE_FACT_TYPE, 1, NULL, "a",
	    "type=OS.unix=slink; a" },
	{ S_IFREG | 0644, WIRE_FACT_SIZE, UINT64_C(5000000000), NULL, "a",
	    "size=5000000000; a" },
	{ S_IFDIR | 0755, WIRE_FACT_SIZE, 4096, NULL, "a", " a" },
	{ S_IFREG | 0644, WIRE_FACT_MODIFY, 1, NULL, "a",
	    "modify=20261122235959; a" },
	{ S_IFREG | 0644, WIRE_FACT_CREATE, 1, NULL, "a",
	    "create=19991231235959; a" },
	{ S_IFREG | 0644, WIRE_FACT_PERM, 1, NULL, "a", "perm=adfrw; a" },
	{ S_IFREG | 0644, WIRE_FACT_UNIQUE, 1, NULL, "a",
	    "unique=800001g1ff; a" },
	{ S_IFREG | 04755, WIRE_FACT_MODE, 1, NULL, "a", "UNIX.mode=4755; a" },
	{ S_IFREG | 0, WIRE_FACT_MODE, 1, NULL, "a", "UNIX.mode=0000; a" },
	{ S_IFREG | 0644, WIRE_FACT_OWNER, 1, NULL, "a", "UNIX.owner=ann; a" },
	{ S_IFREG | 0644, WIRE_FACT_UID, 1, NULL, "a", "UNIX.uid=1001; a" },
	{ S_IFREG | 0644, WIRE_FACT_GROUP, 1, NULL, "a",
	    "UNIX.group=staff; a" },
	{ S_IFREG | 0644, WIRE_FACT_GID, 1, NULL, "a", "UNIX.gid=50; a" },
	{ S_IFREG | 0644, WIRE_FACT_TYPE | WIRE_FACT_SIZE | WIRE_FACT_MODIFY,
	    7, NULL, " a; b\r\n",
	    "type=file;size=7;modify=20261122235959;  a; b??" },
	{ S_IFREG | 0644, WIRE_FACTS, 7, NULL, "a",
	    "type=file;size=7;modify=20261122235959;create=19991231235959;"
	    "perm=adfrw;unique=800001g1ff;UNIX.mode=0644;UNIX.owner=ann;"
	    "UNIX.uid=1001;UNIX.group=staff;UNIX.gid=50; a" },
};

static struct statx
full_status(unsigned mode, uint64_t size)
{
	struct statx st = make_status(mode, 1, size, NOW);

	st.stx_mask |= STATX_BTIME;
	st.stx_btime.tv_sec = 946684799;
	st.stx_uid = 1001;
	st.stx_gid = 50;
	st.stx_dev_major = 8;
	st.stx_dev_minor = 1;
	st.stx_ino = 511;
	return st;
}

static void
test_facts(void **state)
{
	static char out[LISTING_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < LENGTH(facts); i++) {
		struct statx st = full_status(facts[i].mode, facts[i].size);
		const struct listing_entry entry = { .prefix = "",
			.name = facts[i].name,
			.owner = "ann",
			.group = "staff",
			.type = facts[i].type,
			.perm = "adfrw",
			.st = &st };
		const struct listing_style style = { .facts = facts[i].facts };

		expect(out, listing_facts(out, &entry, &style),
		    facts[i].line);
	}
}

/* A file system that knows no birth has none to tell. */
static void
test_no_birth(void **state)
{
	struct statx st = make_status(S_IFREG, 1, 0, 0);
	const struct listing_entry entry = { .prefix = "",
		.name = "a",
		.owner = "",
		.group = "",
		.perm = "",
		.st = &st };
	const struct listing_style style = { .facts = WIRE_FACT_CREATE };
	static char out[LISTING_LINE_MAX];

	(void)state;
	expect(out, listing_facts(out, &entry, &style), " a");
}

/* Owners are names too: none may begin a line or a fact of its own. */
static void
test_owner(void **state)
{
	struct statx st = make_status(S_IFREG | 0644, 1, 0, NOW);
	const struct listing_entry entry = { .prefix = "",
		.name = "a",
		.owner = "a\r\nb",
		.group = "c;d e",
		.perm = "",
		.st = &st };
	struct listing_style style = { .now = NOW,
		.facts = WIRE_FACT_OWNER | WIRE_FACT_GROUP };
	static char out[LISTING_LINE_MAX];

	(void)state;
	expect(out, listing_long(out, &entry, &style),
	    "-rw-r--r--    1 a??b     c?d?e               0 Nov 22 23:59 a");
	expect(out, listing_facts(out, &entry, &style),
	    "UNIX.owner=a??b;UNIX.group=c?d?e; a");
}

/* The longest of everything at once fits, and ends in CR LF. */
static void
test_longest(void **state)
{
	static char out[LISTING_LINE_MAX + 16];
	char path[PATH_MAX], owner[300];
	struct statx st = full_status(S_IFLNK | 0777, UINT64_MAX);
	const struct listing_entry entry = { .prefix = path,
		.name = path,
		.target = path,
		.owner = owner,
		.group = owner,
		.type = owner,
		.perm = "cdeflmp",
		.st = &st };
	const struct listing_style style = { .now = NOW,
		.classify = true,
		.facts = WIRE_FACTS };

	(void)state;
	memset(path, 'p', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	memset(owner, 'o', sizeof owner - 1);
	owner[sizeof owner - 1] = '\0';
	for (int i = 0; i < 3; i++) {
		size_t n;

		memset(out, 'X', sizeof out);
		n = i == 0 ? listing_long(out, &entry, &style)
		    : i == 1 ? listing_name(out, &entry, &style)
			     : listing_facts(out, &entry, &style);
		assert_true(n <= LISTING_LINE_MAX);
		assert_memory_equal(out + n - 2, "\r\n", 2);
		assert_int_equal(out[LISTING_LINE_MAX], 'X');
		assert_null(memchr(out, '\n', n - 1));
	}
}

static void
test_extreme_times(void **state)
{
	static const int64_t all[] = { INT64_MIN, INT64_MAX,
		INT64_C(253402300800), INT64_C(-62167219201) };
	static char out[LISTING_LINE_MAX];

	(void)state;
	for (size_t i = 0; i < LENGTH(all); i++) {
		struct statx st = make_status(S_IFREG, 1, 0, all[i]);
		const struct listing_entry entry = { .prefix = "",
			.name = "a",
			.owner = "",
			.group = "",
			.perm = "",
			.st = &st };
		const struct listing_style style = { .now = NOW,
			.facts = WIRE_FACT_MODIFY };
		size_t n = listing_long(out, &entry, &style);

		assert_memory_equal(out + n - 3, "a\r\n", 3);
		n = listing_facts(out, &entry, &style);
		/* Four digits for the year, whatever year it is. */
		if (n != strlen("modify=YYYYMMDDHHMMSS; a\r\n"))
			fail_msg("%.*s", (int)n, out);
	}
}

#define ALL_RIGHTS 0xffU

static const struct {
	unsigned rights, access;
	bool directory, parent;
	const char *want;
} perms[] = {
	{ 0, 7, false, true, "" },
	{ 0, 7, true, true, "e" },
	{ 0, 0, true, true, "" },
	{ ALL_RIGHTS, 7, false, true, "adfrw" },
	{ ALL_RIGHTS, 7, false, false, "arw" },
	{ ALL_RIGHTS, 4, false, true, "dfr" },
	{ ALL_RIGHTS, 4, false, false, "r" },
	{ ALL_RIGHTS, 2, false, false, "aw" },
	{ ALL_RIGHTS, 1, false, false, "" },
	{ ALL_RIGHTS, 0, false, true, "df" },
	{ ALL_RIGHTS, 7, true, true, "cdeflmp" },
	{ ALL_RIGHTS, 7, true, false, "celmp" },
	{ ALL_RIGHTS, 5, true, false, "el" },
	{ ALL_RIGHTS, 4, true, false, "l" },
	{ ALL_RIGHTS, 1, true, false, "e" },
	/* Writing into a directory takes entering it. */
	{ ALL_RIGHTS, 2, true, false, "" },
	{ ALL_RIGHTS, 6, true, true, "dfl" },
	{ WIRE_MAY_DOWNLOAD, 7, false, true, "r" },
	{ WIRE_MAY_DOWNLOAD, 7, true, true, "e" },
	{ WIRE_MAY_LIST, 7, false, true, "" },
	{ WIRE_MAY_LIST, 7, true, true, "el" },
	{ WIRE_MAY_UPLOAD, 7, false, true, "" },
	{ WIRE_MAY_UPLOAD, 7, true, true, "ce" },
	{ WIRE_MAY_OVERWRITE, 7, true, true, "e" },
	{ WIRE_MAY_UPLOAD | WIRE_MAY_OVERWRITE, 7, false, true, "aw" },
	{ WIRE_MAY_MKDIR, 7, true, true, "em" },
	{ WIRE_MAY_DELETE, 7, false, true, "df" },
	{ WIRE_MAY_DELETE, 7, true, true, "defp" },
	{ WIRE_MAY_CHMOD | WIRE_MAY_UTIME, 7, false, true, "" },
};

static void
test_perm(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(perms); i++) {
		char out[16];

		listing_perm(out, perms[i].rights, perms[i].access,
		    perms[i].directory, perms[i].parent);
		if (strcmp(out, perms[i].want) != 0)
			fail_msg("rights 0x%x, access %u, %s, parent %d: "
				 "\"%s\", not \"%s\"", perms[i].rights,
			    perms[i].access,
			    perms[i].directory ? "directory" : "file",
			    perms[i].parent, out, perms[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_no_birth),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_extreme_times),
		cmocka_unit_test(test_perm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
