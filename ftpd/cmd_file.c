/*
 * cmd_file.c - directories, names, sizes and times: CDUP PWD MKD RMD DELE
 * RNFR RNTO SIZE MDTM MFMT MFF AVBL, SITE CHMOD, UMASK and UTIME.
 */
#include "config.h"

#include "ftpd/command.h"

#include "ftpd/parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASCII_SIZE_MAX (16 << 20) /* bytes that SIZE under TYPE A counts */

int
cmd_cdup(struct session *s, const struct arg_value *arg)
{
	struct arg_value up = { .text = ".." };

	(void)arg;
	if (text_path(s->cwd, "..", up.path) < 0)
		return reply(s, 550, "No parent directory.");
	return cmd_cwd(s, &up);
}

int
cmd_pwd(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	return reply_name(
	    s, 257, "", s->cwd, true, " is the current directory.");
}

int
cmd_mkd(struct session *s, const struct arg_value *arg)
{
	int r = agent_mkdir(&s->agent, arg->path);

	if (r < 0)
		return reply_errno(s, STAGE_NAME,
		    r == -EBUSY ? -EEXIST : r, arg->path);
	return reply_name(s, 257, "", arg->path, true, " created.");
}

int
cmd_rmd(struct session *s, const struct arg_value *arg)
{
	int r = agent_rmdir(&s->agent, arg->path);

	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, arg->path);
	return reply(s, 250, "Directory removed.");
}

int
cmd_dele(struct session *s, const struct arg_value *arg)
{
	int r = agent_unlink(&s->agent, arg->path);

	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, arg->path);
	return reply(s, 250, "File deleted.");
}

/*
 * Is there something of that name? Its listing tells of a dangling link, too;
 * without the right to list a status must do, which follows links.
 */
static int
name_exists(struct session *s, const char *path)
{
	struct agent_file unused;
	int fd;

	if (!(s->rights & WIRE_MAY_LIST))
		return agent_stat(&s->agent, path, &unused);
	fd = agent_list(&s->agent, path, "", WIRE_FORMAT_NLST,
	    WIRE_LIST_DIRECTORY | WIRE_LIST_LITERAL, 0);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int
cmd_rnfr(struct session *s, const struct arg_value *arg)
{
	int r;

	s->rename_from[0] = '\0';
	r = name_exists(s, arg->path);
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, arg->path);
	strcpy(s->rename_from, arg->path);
	return reply(s, 350, "Ready for RNTO.");
}

int
cmd_rnto(struct session *s, const struct arg_value *arg)
{
	int r;

	if (s->rename_from[0] == '\0')
		return reply(s, 503, "RNFR is required first.");
	r = agent_rename(&s->agent, s->rename_from, arg->path);
	s->rename_from[0] = '\0';
	if (r < 0)
		return reply_errno(s, STAGE_STORE, r, arg->path);
	return reply(s, 250, "Rename successful.");
}

/* What a download under TYPE A would send: a CR more for each LF. */
static int
count_ascii(struct session *s, const char *path, int64_t *ret_size)
{
	struct agent_file file;
	char buffer[16384];
	ssize_t n;
	int r = agent_open(&s->agent, path, WIRE_OPEN_READ, 0, &file);

	if (r < 0)
		return r;
	if (file.size > ASCII_SIZE_MAX) {
		close(file.fd);
		return -EFBIG;
	}
	*ret_size = 0;
	while ((n = read(file.fd, buffer, sizeof buffer)) > 0) {
		*ret_size += n;
		for (ssize_t i = 0; i < n; i++)
			*ret_size += buffer[i] == '\n';
	}
	close(file.fd);
	return n < 0 ? -EIO : 0;
}

int
cmd_size(struct session *s, const struct arg_value *arg)
{
	struct agent_file file;
	int r = agent_stat(&s->agent, arg->path, &file);

	if (r == 0 && !S_ISREG(file.mode))
		r = S_ISDIR(file.mode) ? -EISDIR : -EINVAL;
	if (r == 0 && s->ascii && s->conf.ascii_download_enable)
		r = count_ascii(s, arg->path, &file.size);
	if (r == -EFBIG)
		return reply(s, 550, "File too large for SIZE in ASCII mode; "
				     "use TYPE I.");
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, arg->path);
	return reply_number(s, 213, "", file.size, "");
}

static int
set_time(struct session *s, int64_t seconds, const char *name,
    const char *fact)
{
	struct arg_value path;
	char text[TEXT_TIME_MAX], before[64] = "";
	int r;

	if (command_path(s, name, path.path) < 0)
		return reply(s, 553, "File name too long.");
	r = agent_utime(&s->agent, path.path, seconds);
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, path.path);
	text_time(seconds, text);
	strcat(strcat(strcat(before, fact), text), *fact ? "; " : "");
	return reply_name(s, 213, before, *fact ? name : "", false, "");
}

/*
 * "MDTM 20261122210000 name" sets the time (mdtm_write), but a file that
 * bears the whole text as its name is asked about first.
 */
static bool
is_set_request(
    struct session *s, const char *text, int64_t *ret_time, const char **name)
{
	const char *end;

	if (!(s->rights & WIRE_MAY_UTIME) ||
	    text_parse_short_time(text, ret_time, &end) < 0 ||
	    *end != ' ' || end[1] == '\0')
		return false;
	*name = end + 1;
	return true;
}

int
cmd_mdtm(struct session *s, const struct arg_value *arg)
{
	struct agent_file file;
	char text[TEXT_TIME_MAX];
	int64_t seconds;
	const char *name;
	int r = agent_stat(&s->agent, arg->path, &file);

	if (r == -ENOENT && is_set_request(s, arg->text, &seconds, &name))
		return set_time(s, seconds, name, "");
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, arg->path);
	text_time(file.mtime, text);
	return reply(s, 213, text);
}

int
cmd_mfmt(struct session *s, const struct arg_value *arg)
{
	int64_t seconds;
	const char *end;

	if (text_parse_time(arg->text, &seconds, &end) < 0 || *end != ' ' ||
	    end[1] == '\0')
		return reply(s, 501, "Usage: MFMT <YYYYMMDDHHMMSS> <file>");
	return set_time(s, seconds, end + 1, "Modify=");
}

/* All the facts or none: the two have the same one who may set them. */
static int
set_facts(struct session *s, const struct parse_facts *facts,
    const char *path)
{
	int r = 0;

	if (facts->has_mode)
		r = agent_chmod(&s->agent, path, facts->mode);
	if (r == 0 && facts->has_modify)
		r = agent_utime(&s->agent, path, facts->modify);
	return r;
}

int
cmd_mff(struct session *s, const struct arg_value *arg)
{
	struct parse_facts facts;
	char path[TEXT_PATH_MAX], text[TEXT_TIME_MAX];
	char modify[32] = "", before[64];
	int r = parse_facts(arg->text, &facts);

	if (r == -ENOTSUP)
		return reply(s, 504, "Only Modify and UNIX.mode can be set.");
	if (r < 0)
		return reply(s, 501, "Usage: MFF <fact>=<value>;... <path>");
	if (facts.has_mode && !(s->rights & WIRE_MAY_CHMOD))
		return reply(s, 550, "Permission denied.");
	if (command_path(s, facts.name, path) < 0)
		return reply(s, 553, "File name too long.");
	r = set_facts(s, &facts, path);
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, path);
	if (facts.has_modify) {
		text_time(facts.modify, text);
		snprintf(modify, sizeof modify, "Modify=%s;", text);
	}
	if (facts.has_mode)
		snprintf(before, sizeof before, "%sUNIX.mode=%04o; ", modify,
		    facts.mode);
	else
		snprintf(before, sizeof before, "%s ", modify);
	return reply_name(s, 213, before, facts.name, false, "");
}

int
cmd_avbl(struct session *s, const struct arg_value *arg)
{
	int64_t bytes;
	int r = agent_space(&s->agent, arg->path, &bytes);

	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, arg->path);
	return reply_number(s, 213, "", bytes, "");
}

int
cmd_site_utime(struct session *s, const struct arg_value *arg)
{
	char name[TEXT_PATH_MAX], path[TEXT_PATH_MAX];
	int64_t modify;
	int r;

	if (parse_utime(arg->text, &modify, name) < 0)
		return reply(s, 501, "Usage: SITE UTIME <YYYYMMDDhhmmss> "
				     "<path>");
	if (command_path(s, name, path) < 0)
		return reply(s, 553, "File name too long.");
	r = agent_utime(&s->agent, path, modify);
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, path);
	return reply(s, 200, "SITE UTIME command ok.");
}

int
cmd_site_chmod(struct session *s, const struct arg_value *arg)
{
	char path[TEXT_PATH_MAX];
	const char *end;
	long mode = parse_octal(arg->text, &end);
	int r;

	if (mode < 0 || *end != ' ' || end[1] == '\0')
		return reply(s, 501, "Usage: SITE CHMOD <octal mode> <path>");
	if (command_path(s, end + 1, path) < 0)
		return reply(s, 553, "File name too long.");
	r = agent_chmod(&s->agent, path, (unsigned)mode);
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, path);
	return reply(s, 200, "SITE CHMOD command ok.");
}

int
cmd_site_umask(struct session *s, const struct arg_value *arg)
{
	const char *end = "";
	bool asks = arg->text[0] == '\0';
	long mask = asks ? 0 : parse_octal(arg->text, &end);
	char line[40];
	unsigned now;
	int r;

	if (mask < 0 || mask > 0777 || *end != '\0')
		return reply(s, 501, "The mask is octal, 000 to 777.");
	r = agent_umask(
	    &s->agent, asks ? WIRE_UMASK_KEEP : (uint32_t)mask, &now);
	if (r < 0)
		return reply_errno(s, STAGE_OTHER, r, "");
	snprintf(line, sizeof line, "UMASK %s %03o.",
	    asks ? "is" : "set to", now);
	return reply(s, 200, line);
}
