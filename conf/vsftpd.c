/*
 * vsftpd.c - inftpd-import: makes a drop-in of a vsftpd.conf; see
 * inftpd-import(8).
 *
 * It has no list of directives: the lines are given to the parser, and what
 * that refuses or warns of is left out with its words as the reason, one line
 * after the other, until the rest will do. Only how vsftpd writes numbers is
 * known here. For the administrator; it has no privilege of its own.
 */
#include "config.h"

#include "conf/internal.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All; all but lines that vsftpd understood; nothing was written. */
enum { DONE = 0, PARTLY = 1, FAILED = 2 };

/* What the parser calls the text: its errors begin "vsftpd:LINE: ". */
#define NAME "vsftpd"

struct line {
	char *text;   /* as it will be written */
	char *left;   /* why it is left out; NULL: it is not */
	char *note;   /* what was changed in it, or NULL */
	bool harmful; /* left out, though vsftpd made something of it */
};

struct import {
	const char *from;
	struct line *lines;
	size_t count;
	bool no_memory;
};

static void
leave_out(struct import *import, size_t number, const char *reason,
    bool harmful)
{
	struct line *line;

	if (number == 0 || number > import->count)
		return;
	line = &import->lines[number - 1];
	if (line->left)
		return;
	line->left = strdup(reason);
	line->harmful = harmful;
	import->no_memory = import->no_memory || !line->left;
}

/* --- a line as vsftpd reads it ---------------------------------------- */

/* The row that a line is for, and where its value begins; or NULL. */
static const struct directive *
row_of(const char *text, const char **ret_value)
{
	size_t length;
	char name[64];

	text += strspn(text, " \t");
	length = strcspn(text, "= \t");
	if (*text == '#' || length == 0 || length >= sizeof name)
		return NULL;
	memcpy(name, text, length);
	name[length] = '\0';
	text += length;
	text += strspn(text, " \t");
	if (*text != '=')
		return NULL;
	text++;
	*ret_value = text + strspn(text, " \t");
	return conf_find(name);
}

static bool
all_digits(const char *text, const char *digits)
{
	size_t length = strspn(text, digits);

	return length > 0 && length < 16 &&
	    text[length + strspn(text + length, " \t")] == '\0';
}

/* The line with another value; and a note of what it was. */
static void
rewrite(struct import *import, struct line *line, const char *value,
    const char *number, const char *why)
{
	char *text = NULL, *note = NULL;

	if (asprintf(&text, "%.*s%s", (int)(value - line->text), line->text,
	        number) == -1 ||
	    asprintf(&note, "%s is %s: %s", value, number, why) == -1) {
		free(text);
		import->no_memory = true;
		return;
	}
	free(line->text);
	line->text = text;
	line->note = note;
}

/*
 * To vsftpd a number with a leading 0 is octal, any other decimal; here modes
 * are octal and all else is decimal.
 */
static void
convert_number(struct import *import, struct line *line)
{
	const char *value;
	const struct directive *row = row_of(line->text, &value);
	char number[24];

	if (!row)
		return;
	if (row->type == CONF_MODE && *value != '0' &&
	    all_digits(value, "0123456789")) {
		snprintf(number, sizeof number, "0%" PRIo64,
		    (uint64_t)strtoull(value, NULL, 10));
		rewrite(import, line, value, number,
		    "without a leading 0 vsftpd takes it for decimal");
	}
	if ((row->type == CONF_UINT || row->type == CONF_SECONDS ||
	        row->type == CONF_SIZE) &&
	    value[0] == '0' && value[1] != '\0' &&
	    all_digits(value, "01234567")) {
		snprintf(number, sizeof number, "%" PRIu64,
		    (uint64_t)strtoull(value, NULL, 8));
		rewrite(import, line, value, number,
		    "with a leading 0 vsftpd takes it for octal");
	}
}

/* vsftpd takes the last of several lines for one directive. */
static void
drop_repeated(struct import *import)
{
	const char *value;

	for (size_t i = 0; i < import->count; i++) {
		const struct directive *row =
		    row_of(import->lines[i].text, &value);
		size_t last = i;

		for (size_t j = i + 1; row && j < import->count; j++)
			if (row_of(import->lines[j].text, &value) == row)
				last = j;
		if (last > i) {
			char reason[80];

			snprintf(reason, sizeof reason,
			    "said again in line %zu, which counts", last + 1);
			leave_out(import, i + 1, reason, false);
		}
	}
}

/*
 * What is understood, but would have every session say something in the log:
 * a listener's directive where there is a super-server, a banner that is not
 * there.
 */
static void
drop_noisy(struct import *import, struct line *line)
{
	const char *value;
	const struct directive *row = row_of(line->text, &value);
	size_t number = (size_t)(line - import->lines) + 1;
	char reason[200], word[8];
	struct stat st;
	bool on = false;

	if (!row)
		return;
	snprintf(word, sizeof word, "%.*s", (int)strcspn(value, " \t"), value);
	if ((strcmp(row->name, "listen") == 0 ||
	        strcmp(row->name, "listen_ipv6") == 0) &&
	    conf_bool_parse(word, &on) == 0 && on) {
		snprintf(reason, sizeof reason,
		    "%s: a super-server listens (ftp.socket, xinetd), or the "
		    "listener (inftpd.socket, inftpd --listen), which needs "
		    "no line for it",
		    row->name);
		leave_out(import, number, reason, false);
	}
	if (strcmp(row->name, "banner_file") == 0 && *value == '/' &&
	    stat(value, &st) == -1) {
		snprintf(reason, sizeof reason, "banner_file: %s",
		    strerror(errno));
		leave_out(import, number, reason, false);
	}
}

/* --- what the parser makes of it --------------------------------------- */

/* The line that a message is about, and its words. */
static size_t
message_line(const char *message, const char **ret_words)
{
	const char *digits = message + strlen(NAME ":");
	unsigned long number;
	char *end;

	if (strncmp(message, NAME ":", strlen(NAME ":")) != 0)
		return 0;
	number = strtoul(digits, &end, 10);
	if (end == digits || strncmp(end, ": ", 2) != 0)
		return 0;
	*ret_words = end + 2;
	return number;
}

static void
take_warning(void *context, const char *text)
{
	const char *words = text;
	size_t number = message_line(text, &words);

	leave_out(context, number, words, false);
}

/* All lines but those left out, under their numbers; or NULL. */
static char *
join(const struct import *import)
{
	size_t size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < import->count; i++)
		fprintf(out, "%s\n",
		    import->lines[i].left ? "#" : import->lines[i].text);
	if (fclose(out) == EOF) {
		free(text);
		return NULL;
	}
	return text;
}

/* 0 if the lines will do, 1 if one more was left out, or -errno. */
static int
try_once(struct import *import, struct conf *ret_conf)
{
	struct conf_error error;
	const char *words;
	size_t number;
	char *text = join(import);
	int r = text ? conf_init(ret_conf) : -ENOMEM;

	if (r == 0) {
		r = conf_read_text(ret_conf, NAME, text, CONF_GLOBAL,
		    take_warning, import, &error);
		if (r == 0)
			r = conf_check(ret_conf, &error);
		if (r < 0)
			conf_done(ret_conf);
	}
	free(text);
	if (r == 0 || r == -ENOMEM)
		return import->no_memory ? -ENOMEM : r;
	number = message_line(error.text, &words);
	if (number == 0 || number > import->count ||
	    import->lines[number - 1].left) {
		warnx("%s", error.text);
		return r;
	}
	leave_out(import, number, words, true);
	return import->no_memory ? -ENOMEM : 1;
}

static int
sift(struct import *import, struct conf *ret_conf)
{
	int r;

	for (size_t i = 0; i < import->count; i++)
		convert_number(import, &import->lines[i]);
	drop_repeated(import);
	for (size_t i = 0; i < import->count; i++)
		drop_noisy(import, &import->lines[i]);
	do
		r = try_once(import, ret_conf);
	while (r == 1);
	return r;
}

/* --- in and out -------------------------------------------------------- */

static int
read_lines(struct import *import)
{
	FILE *in = fopen(import->from, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t n;

	if (!in)
		return -errno;
	while ((n = getline(&text, &size, in)) != -1) {
		struct line *lines = reallocarray(
		    import->lines, import->count + 1, sizeof *lines);

		if (!lines)
			break;
		import->lines = lines;
		while (n > 0 && strchr("\r\n", text[n - 1]))
			text[--n] = '\0';
		lines[import->count] = (struct line){ .text = strdup(text) };
		if (!lines[import->count].text)
			break;
		import->count++;
	}
	free(text);
	n = ferror(in) ? -EIO : feof(in) ? 0 : -ENOMEM;
	fclose(in);
	return (int)n;
}

static void
free_lines(struct import *import)
{
	for (size_t i = 0; i < import->count; i++) {
		free(import->lines[i].text);
		free(import->lines[i].left);
		free(import->lines[i].note);
	}
	free(import->lines);
}

static void
write_drop_in(const struct import *import, FILE *out)
{
	fprintf(out, "# Made by inftpd-import of %s.\n", import->from);
	for (size_t i = 0; i < import->count; i++) {
		const struct line *line = &import->lines[i];

		if (line->note && !line->left)
			fprintf(out, "# %s\n", line->note);
		if (line->left)
			fprintf(out, "# Left out: %s\n#", line->left);
		fprintf(out, "%s\n", line->text);
	}
}

/* What was not carried over or changed, for whoever runs the program. */
static int
report(const struct import *import)
{
	int status = DONE;

	for (size_t i = 0; i < import->count; i++) {
		const struct line *line = &import->lines[i];

		if (line->left)
			fprintf(stderr, "%s:%zu: left out: %s\n", import->from,
			    i + 1, line->left);
		else if (line->note)
			fprintf(stderr, "%s:%zu: changed: %s\n", import->from,
			    i + 1, line->note);
		if (line->left && line->harmful)
			status = PARTLY;
	}
	return status;
}

/* The drop-ins of users; they are used where they are, so must do, too. */
static int
report_users(const struct conf *conf)
{
	const char *path = conf->user_config_dir;
	DIR *dir = path ? opendir(path) : NULL;
	const struct dirent *entry;
	int status = DONE;

	if (path && !dir)
		fprintf(stderr, "user_config_dir: %s: %s\n", path,
		    strerror(errno));
	while (dir && (entry = readdir(dir))) {
		struct conf_error error;
		struct conf copy;
		int r;

		if (entry->d_name[0] == '.' || conf_copy(&copy, conf) < 0)
			continue;
		r = conf_read_user(&copy, path, entry->d_name, &error);
		fprintf(stderr, "user_config_dir: %s\n",
		    r < 0 ? error.text : entry->d_name);
		if (r < 0)
			status = PARTLY;
		conf_done(&copy);
	}
	if (dir)
		closedir(dir);
	return status;
}

/* Files that are named and go on to be used, or are not there. */
static void
report_files(const struct import *import, const struct conf *conf)
{
	const char *value;
	struct stat st;

	for (size_t i = 0; i < import->count; i++) {
		const struct line *line = &import->lines[i];
		const struct directive *row = row_of(line->text, &value);

		if (line->left || !row || row->type != CONF_PATH ||
		    *value != '/' ||
		    (conf->user_sub_token &&
		        strstr(value, conf->user_sub_token)))
			continue;
		fprintf(stderr, "%s:%zu: %s: %s\n", import->from, i + 1,
		    row->name,
		    stat(value, &st) == 0 ? "is used where it is"
					  : strerror(errno));
	}
}

static void
report_accounts(const struct conf *conf)
{
	if (conf->guest_enable && !conf->virtual_enable)
		fprintf(stderr,
		    "guest_enable: users of pam_userdb come in by "
		    "virtual_enable=YES and\n  inftpd-user import pairs; "
		    "guest_enable makes guests of local users\n");
}

/* DIR and the name of the file, which ends in .conf. */
static int
target_path(const char *directory, const char *from, char path[PATH_MAX])
{
	const char *base = strrchr(from, '/');
	size_t length;
	int n;

	base = base ? base + 1 : from;
	length = strlen(base);
	if (length == 0 || *base == '.')
		return -EINVAL;
	n = snprintf(path, PATH_MAX, "%s/%s%s", directory, base,
	    length > 5 && strcmp(base + length - 5, ".conf") == 0 ? ""
								  : ".conf");
	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Writes to a name of its own and puts that in place when it is whole. */
static int
write_file(const struct import *import, const char *path, bool force)
{
	char own[PATH_MAX];
	FILE *out;
	int fd, r = 0;

	if (snprintf(own, sizeof own, "%s.XXXXXX", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = mkstemp(own);
	if (fd == -1)
		return -errno;
	out = fdopen(fd, "w");
	if (!out) {
		close(fd);
		unlink(own);
		return -ENOMEM;
	}
	write_drop_in(import, out);
	/* As vsftpd.conf: it names secrets, but has none in it. */
	if (fflush(out) == EOF || fchmod(fd, 0644) == -1 || fsync(fd) == -1)
		r = -errno;
	fclose(out);
	if (r == 0 && force && rename(own, path) == -1)
		r = -errno;
	else if (r == 0 && !force && link(own, path) == -1)
		r = -errno;
	unlink(own);
	return r;
}

/* --- the command line --------------------------------------------------- */

static int
usage(FILE *out)
{
	fprintf(out,
	    "usage: inftpd-import [option]... vsftpd.conf\n"
	    "  --directory DIR  where the drop-in goes (%s)\n"
	    "  --force          replace one that is there\n"
	    "  --print          print it instead\n",
	    SYSCONFDIR "/inftpd/conf.d");
	return out == stdout ? DONE : FAILED;
}

static int
run(struct import *import, const char *directory, bool force, bool print)
{
	char path[PATH_MAX];
	struct conf conf;
	int r = read_lines(import), status, users;

	if (r == 0)
		r = target_path(directory, import->from, path);
	if (r == 0)
		r = sift(import, &conf);
	if (r < 0) {
		warnx("%s: %s", import->from, strerror(-r));
		return FAILED;
	}
	if (print)
		write_drop_in(import, stdout);
	else
		r = write_file(import, path, force);
	if (r < 0) {
		conf_done(&conf);
		warnx("%s: %s%s", path, strerror(-r),
		    r == -EEXIST ? "; --force replaces it" : "");
		return FAILED;
	}
	status = report(import);
	report_files(import, &conf);
	users = report_users(&conf);
	report_accounts(&conf);
	if (!print)
		fprintf(stderr, "%s is written\n", path);
	conf_done(&conf);
	return status == DONE ? users : status;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "directory", required_argument, NULL, 'd' },
		{ "force", no_argument, NULL, 'f' },
		{ "print", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *directory = SYSCONFDIR "/inftpd/conf.d";
	struct import import = { 0 };
	bool force = false, print = false;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return usage(stdout);
		if (option == 'd')
			directory = optarg;
		else if (option == 'f')
			force = true;
		else if (option == 'p')
			print = true;
		else
			return usage(stderr);
	}
	if (optind != argc - 1)
		return usage(stderr);
	import.from = argv[optind];
	status = run(&import, directory, force, print);
	free_lines(&import);
	return status;
}
