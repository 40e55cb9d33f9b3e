/*
 * listing.c - lines of LIST, NLST, MLSD and MLST, see listing.h.
 *
 * LIST looks as `ls -l` prints, for that is what forty years of clients
 * parse: mode, links, owner, group, size, date, name. MLSx is RFC 3659
 * section 7. Called by walk.c only; opens nothing, keeps nothing.
 */
#include "config.h"

#include "helpers/listing.h"

#include "helpers/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define HALF_YEAR (365 * 86400 / 2) /* older than that, a year is shown */
#define WORD_MAX 65 /* bytes of an owner or group with its NUL */

/* Copies bytes, made safe: a name must not start a line of its own. */
static size_t
put_name(char *out, size_t used, const char *name)
{
	for (; *name != '\0' && used < LISTING_LINE_MAX - 8; name++)
		out[used++] = *name == '\r' || *name == '\n' ? '?' : *name;
	return used;
}

/* An owner or group, one word without the ';' that would end its fact. */
static const char *
put_word(char out[WORD_MAX], const char *word)
{
	size_t used = 0;

	for (; *word != '\0' && used < WORD_MAX - 1; word++) {
		unsigned char c = (unsigned char)*word;

		out[used++] = c <= ' ' || c == 0x7f || c == ';' ? '?' : *word;
	}
	out[used] = '\0';
	return out;
}

static char
type_letter(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return 'd';
	case S_IFLNK:
		return 'l';
	case S_IFIFO:
		return 'p';
	case S_IFSOCK:
		return 's';
	case S_IFCHR:
		return 'c';
	case S_IFBLK:
		return 'b';
	default:
		return '-';
	}
}

static void
mode_string(char out[11], unsigned mode)
{
	static const char letters[] = "rwxrwxrwx";

	out[0] = type_letter(mode);
	for (int i = 0; i < 9; i++)
		out[i + 1] = mode & (0400U >> i) ? letters[i] : '-';
	if (mode & S_ISUID)
		out[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		out[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		out[9] = mode & S_IXOTH ? 't' : 'T';
	out[10] = '\0';
}

/* "Nov 22 21:07" for the last half year, "Nov 22  2019" else, as ls. */
static void
date_string(char out[32], time_t when, const struct listing_style *style)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { .tm_mday = 1 };
	const char *month;

	if (style->local_time)
		localtime_r(&when, &tm);
	else
		gmtime_r(&when, &tm);
	month = months + 3 * (tm.tm_mon % 12);
	/* A clock a little behind the file server's is no other year. */
	if (when > style->now + 60 || when < style->now - HALF_YEAR)
		snprintf(out, 32, "%.3s %2d  %4ld", month, tm.tm_mday,
		    1900L + tm.tm_year);
	else
		snprintf(out, 32, "%.3s %2d %02d:%02d", month, tm.tm_mday,
		    tm.tm_hour, tm.tm_min);
}

static size_t
put_end(char *out, size_t used, const struct listing_entry *entry,
    const struct listing_style *style)
{
	if (style->classify) {
		if (S_ISDIR(entry->st->stx_mode))
			out[used++] = '/';
		else if (S_ISLNK(entry->st->stx_mode) && !entry->target)
			out[used++] = '@';
		else if (S_ISFIFO(entry->st->stx_mode))
			out[used++] = '|';
		else if (S_ISSOCK(entry->st->stx_mode))
			out[used++] = '=';
		else if (S_ISREG(entry->st->stx_mode) &&
		    (entry->st->stx_mode & 0111))
			out[used++] = '*';
	}
	out[used++] = '\r';
	out[used++] = '\n';
	return used;
}

size_t
listing_long(char *out, const struct listing_entry *entry,
    const struct listing_style *style)
{
	char mode[11], date[32], owner[WORD_MAX], group[WORD_MAX];
	size_t used;
	int n;

	mode_string(mode, entry->st->stx_mode);
	date_string(date, (time_t)entry->st->stx_mtime.tv_sec, style);
	n = snprintf(out, PATH_MAX, "%s %4u %-8s %-8s %12" PRIu64 " %s ",
	    mode, entry->st->stx_nlink, put_word(owner, entry->owner),
	    put_word(group, entry->group),
	    (uint64_t)entry->st->stx_size, date);
	used = put_name(out, (size_t)n, entry->prefix);
	used = put_name(out, used, entry->name);
	if (entry->target) {
		used = put_name(out, used, " -> ");
		used = put_name(out, used, entry->target);
	}
	return put_end(out, used, entry, style);
}

size_t
listing_name(char *out, const struct listing_entry *entry,
    const struct listing_style *style)
{
	size_t used = put_name(out, 0, entry->prefix);

	used = put_name(out, used, entry->name);
	return put_end(out, used, entry, style);
}

static const char *
type_fact(const struct listing_entry *entry)
{
	if (entry->type)
		return entry->type;
	if (S_ISDIR(entry->st->stx_mode))
		return "dir";
	if (S_ISREG(entry->st->stx_mode))
		return "file";
	return S_ISLNK(entry->st->stx_mode) ? "OS.unix=slink"
					    : "OS.unix=special";
}

/* YYYYMMDDHHMMSS in UTC, RFC 3659 section 2.3. */
static int
put_time(char *out, size_t size, const char *fact, int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm = { .tm_mday = 1 };

	gmtime_r(&when, &tm);
	/* Four digits, also of a year that has more. */
	return snprintf(out, size, "%s=%04u%02d%02d%02d%02d%02d;", fact,
	    (1900U + (unsigned)tm.tm_year) % 10000U, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static size_t
put_unix_facts(char *out, size_t used, const struct listing_entry *entry,
    unsigned facts)
{
	const struct statx *st = entry->st;
	size_t room = PATH_MAX;
	char word[WORD_MAX];

	if (facts & WIRE_FACT_UNIQUE)
		used += (size_t)snprintf(out + used, room,
		    "unique=%xg%" PRIx64 ";",
		    (st->stx_dev_major << 20) | st->stx_dev_minor,
		    (uint64_t)st->stx_ino);
	if (facts & WIRE_FACT_MODE)
		used += (size_t)snprintf(out + used, room, "UNIX.mode=%04o;",
		    st->stx_mode & 07777U);
	if (facts & WIRE_FACT_OWNER)
		used += (size_t)snprintf(out + used, room, "UNIX.owner=%s;",
		    put_word(word, entry->owner));
	if (facts & WIRE_FACT_UID)
		used += (size_t)snprintf(
		    out + used, room, "UNIX.uid=%u;", st->stx_uid);
	if (facts & WIRE_FACT_GROUP)
		used += (size_t)snprintf(out + used, room, "UNIX.group=%s;",
		    put_word(word, entry->group));
	if (facts & WIRE_FACT_GID)
		used += (size_t)snprintf(
		    out + used, room, "UNIX.gid=%u;", st->stx_gid);
	return used;
}

size_t
listing_facts(char *out, const struct listing_entry *entry,
    const struct listing_style *style)
{
	const struct statx *st = entry->st;
	unsigned facts = style->facts;
	size_t used = 0, room = PATH_MAX;

	if (facts & WIRE_FACT_TYPE)
		used += (size_t)snprintf(
		    out, room, "type=%.64s;", type_fact(entry));
	if ((facts & WIRE_FACT_SIZE) && S_ISREG(st->stx_mode))
		used += (size_t)snprintf(out + used, room,
		    "size=%" PRIu64 ";", (uint64_t)st->stx_size);
	if (facts & WIRE_FACT_MODIFY)
		used += (size_t)put_time(
		    out + used, room, "modify", st->stx_mtime.tv_sec);
	/*
	 * RFC 3659 section 7.5.4: never later than modify, which it is where
	 * that was set; then it tells nothing of what is in the file.
	 */
	if ((facts & WIRE_FACT_CREATE) && (st->stx_mask & STATX_BTIME) &&
	    st->stx_btime.tv_sec <= st->stx_mtime.tv_sec)
		used += (size_t)put_time(
		    out + used, room, "create", st->stx_btime.tv_sec);
	if (facts & WIRE_FACT_PERM)
		used += (size_t)snprintf(
		    out + used, room, "perm=%s;", entry->perm);
	used = put_unix_facts(out, used, entry, facts);
	out[used++] = ' ';
	used = put_name(out, used, entry->prefix);
	used = put_name(out, used, entry->name);
	out[used++] = '\r';
	out[used++] = '\n';
	return used;
}

void
listing_perm(char *out, unsigned rights, unsigned access, bool directory,
    bool parent_writable)
{
	bool readable = access & 4, writable = access & 2, enter = access & 1;

	if (directory) {
		if (writable && enter && (rights & WIRE_MAY_UPLOAD))
			*out++ = 'c';
		if (parent_writable && (rights & WIRE_MAY_DELETE))
			*out++ = 'd';
		if (enter)
			*out++ = 'e';
		if (parent_writable && (rights & WIRE_MAY_DELETE))
			*out++ = 'f';
		if (readable && (rights & WIRE_MAY_LIST))
			*out++ = 'l';
		if (writable && enter && (rights & WIRE_MAY_MKDIR))
			*out++ = 'm';
		if (writable && enter && (rights & WIRE_MAY_DELETE))
			*out++ = 'p';
	} else {
		if (writable && (rights & WIRE_MAY_OVERWRITE))
			*out++ = 'a';
		if (parent_writable && (rights & WIRE_MAY_DELETE)) {
			*out++ = 'd';
			*out++ = 'f';
		}
		if (readable && (rights & WIRE_MAY_DOWNLOAD))
			*out++ = 'r';
		if (writable && (rights & WIRE_MAY_OVERWRITE))
			*out++ = 'w';
	}
	*out = '\0';
}
