/*
 * xferlog.c - transfer logs, see xferlog.h. serve.c opens them, transfer.c
 * writes one entry for each download and upload.
 *
 * Each line is one write() to a descriptor in append mode, so that sessions
 * need no lock. Blanks and control bytes of names are written as \xNN: a name
 * must not look like fields, nor a line like two.
 */
#include "config.h"

#include "ftpd/xferlog.h"

#include "ftpd/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ENTRY_MAX (5 * TEXT_PATH_MAX)

static int
open_log(const char *path, struct log *log)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	        O_NOCTTY | O_NONBLOCK, 0640);

	if (fd == -1)
		log_event(log, LOG_WARNING, "configuration",
		    "transfer log %s: %s; it must be writable for the user "
		    "that runs ftpd", path, strerror(errno));
	return fd;
}

void
xferlog_open(
    struct xferlog *x, const struct conf *conf, struct log *log)
{
	bool standard = conf->xferlog_std_format || conf->dual_log_enable;
	bool native = !conf->xferlog_std_format || conf->dual_log_enable;

	*x = (struct xferlog){ .standard = -1,
		.native = -1,
		.wide = conf->wc_logs_enable };
	if (!conf->xferlog_enable)
		return;
	if (standard && conf->xferlog_file)
		x->standard = open_log(conf->xferlog_file, log);
	/* With syslog_enable the log proper, which has it all, is enough. */
	if (native && !conf->syslog_enable && conf->vsftpd_log_file)
		x->native = open_log(conf->vsftpd_log_file, log);
}

/* "Sun Nov 22 21:07:05 2026", whatever the locale. */
static void
date(char out[40])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm tm = { .tm_mday = 1 };

	localtime_r(&now, &tm);
	snprintf(out, 40, "%.3s %.3s %2d %02d:%02d:%02d %d",
	    days + 3 * tm.tm_wday, months + 3 * tm.tm_mon, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, 1900 + tm.tm_year);
}

static void
write_line(int fd, const char *line, int length)
{
	ssize_t ignored = write(fd, line, (size_t)length);

	(void)ignored;
}

static void
write_standard(int fd, bool wide, const struct xferlog_entry *e)
{
	char line[ENTRY_MAX], when[40], path[4 * TEXT_PATH_MAX], user[1024];

	date(when);
	log_escape(e->path, " \\\"", wide, path, sizeof path);
	log_escape(e->id, " \\\"", wide, user, sizeof user);
	write_line(fd, line,
	    snprintf(line, sizeof line,
	        "%s %" PRId64 " %s %" PRId64 " %s %c _ %c %c %s ftp 0 * %c\n",
	        when, e->milliseconds / 1000 + 1, e->host, e->bytes, path,
	        e->ascii ? 'a' : 'b', e->upload ? 'i' : 'o',
	        e->access, user, e->complete ? 'c' : 'i'));
}

static void
write_native(int fd, bool wide, const struct xferlog_entry *e)
{
	char line[ENTRY_MAX], when[40], path[4 * TEXT_PATH_MAX], user[1024];
	int64_t time = e->milliseconds > 0 ? e->milliseconds : 1;

	date(when);
	log_escape(e->path, "\\\"", wide, path, sizeof path);
	log_escape(e->user, "\\\"", wide, user, sizeof user);
	write_line(fd, line,
	    snprintf(line, sizeof line,
	        "%s [pid %d] [%s] %s %s: Client \"%s\", \"%s\", %" PRId64
	        " bytes, %.2fKbyte/sec\n", when, (int)getpid(), user,
	        e->complete ? "OK" : "FAIL",
	        e->upload ? "UPLOAD" : "DOWNLOAD", e->host, path, e->bytes,
	        (double)e->bytes / 1.024 / (double)time));
}

void
xferlog_write(const struct xferlog *x, const struct xferlog_entry *entry)
{
	if (x->standard >= 0)
		write_standard(x->standard, x->wide, entry);
	if (x->native >= 0)
		write_native(x->native, x->wide, entry);
}
