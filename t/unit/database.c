/*
 * database.c - unit tests of helpers/database.c: what was written is found,
 * and no damage to the file lets anybody else in.
 */
#include "config.h"

#include "helpers/database.h"

#include "conf/conf.h"
#include "helpers/record.h"

#include "t/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HASH "$2b$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"

static char dir[] = "/tmp/inftpd-unit-XXXXXX";
static char path[sizeof dir + 8];

static void
write_database(const char *text)
{
	char *copy = strdup(text);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_non_null(copy);
	assert_true(fd >= 0);
	assert_true(database_write(fd, copy, strlen(copy)) >= 0);
	close(fd);
	free(copy);
}

/* 1 and its line in buffer, 0, or -errno; never anything else. */
static int
find(const char *name, char buffer[RECORD_LINE_MAX + 1])
{
	struct slurp line, samples;
	struct conf_error error;
	int r = database_find(path, name, &line, &samples, &error);

	buffer[0] = '\0';
	if (r == 1 && line.length <= RECORD_LINE_MAX) {
		memcpy(buffer, line.bytes, line.length);
		buffer[line.length] = '\0';
	}
	slurp_done(&line);
	slurp_done(&samples);
	return r;
}

static void
test_find(void **state)
{
	char line[RECORD_LINE_MAX + 1];

	(void)state;
	write_database("# comment\nann:" HASH "\n\nbob:*::::/srv/bob:\n");
	assert_int_equal(find("ann", line), 1);
	assert_string_equal(line, "ann:" HASH);
	assert_int_equal(find("bob", line), 1);
	assert_string_equal(line, "bob:*::::/srv/bob:");
	assert_int_equal(find("an", line), 0);
	assert_int_equal(find("annx", line), 0);
	assert_int_equal(find("# comment", line), 0);
	write_database("");
	assert_int_equal(find("ann", line), 0);
}

static void
test_many(void **state)
{
	static char text[70 * 2000];
	char line[RECORD_LINE_MAX + 1], name[16];
	struct slurp found, samples;
	struct conf_error error;
	size_t used = 0, lines = 0;

	(void)state;
	for (unsigned i = 0; i < 1500; i++)
		used += (size_t)sprintf(text + used, "u%u:" HASH "\n", i);
	write_database(text);
	for (unsigned i = 0; i < 1500; i++) {
		snprintf(name, sizeof name, "u%u", i);
		assert_int_equal(find(name, line), 1);
		assert_int_equal(strncmp(line, name, strlen(name)), 0);
	}
	/* For who is not there, a choice of the hashes. */
	assert_int_equal(
	    database_find(path, "zoe", &found, &samples, &error), 0);
	assert_null(found.bytes);
	for (size_t i = 0; i < samples.length; i++)
		lines += samples.bytes[i] == '\n';
	assert_true(lines > DATABASE_SAMPLES / 2 &&
	    lines <= DATABASE_SAMPLES);
	assert_memory_equal(samples.bytes, ":" HASH ":\n", strlen(HASH) + 3);
	slurp_done(&samples);
}

/* Each byte changed in some ways, and each length: found or not, no more. */
static void
test_damage(void **state)
{
	static const unsigned char changes[] = { 0, 0xff, 0x80, 1 };
	unsigned char bytes[4096];
	char line[RECORD_LINE_MAX + 1];
	ssize_t size;
	int fd;

	(void)state;
	write_database("ann:" HASH "\nbob:*\n");
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	size = read(fd, bytes, sizeof bytes);
	assert_true(size > 2048 && size < (ssize_t)sizeof bytes);
	for (ssize_t i = 0; i < size; i++) {
		for (size_t j = 0; j < LENGTH(changes); j++) {
			assert_int_equal(pwrite(fd, &changes[j], 1, i), 1);
			find("ann", line);
			find("zoe", line);
		}
		assert_int_equal(pwrite(fd, &bytes[i], 1, i), 1);
	}
	assert_int_equal(find("ann", line), 1);
	for (ssize_t length = size - 1; length >= 0; length -= 7) {
		assert_int_equal(ftruncate(fd, length), 0);
		find("ann", line);
		assert_int_not_equal(find("zoe", line), 1);
	}
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(find("ann", line), -EBADMSG);
	close(fd);
}

static void
test_untrusted(void **state)
{
	char line[RECORD_LINE_MAX + 1];

	(void)state;
	write_database("ann:" HASH "\n");
	assert_int_equal(chmod(path, 0620), 0);
	assert_int_equal(find("ann", line), -EPERM);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_int_equal(find("ann", line), -EPERM);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(find("ann", line), -ENOENT);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(find("ann", line), -EPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(find("ann", line), -EPERM);
	assert_int_equal(rmdir(path), 0);
}

static int
set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/db", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_untrusted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
