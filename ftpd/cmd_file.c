/*
 * cmd_file.c - directories, names, sizes and times: CDUP PWD MKD RMD DELE
 * RNFR RNTO SIZE MDTM MFMT, SITE CHMOD and UMASK.
 */
#include "config.h"

#include "ftpd/command.h"

#include <errno.h>
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

	if (text_path(s->cwd, name, path.path) < 0)
		return reply(s, 553, "File name too long.");
	r = agent_utime(&s->agent, path.path, seconds);
	if (r < 0)
		return reply_errno(s, STAGE_NAME, r, path.path);
	text_time(seconds, text);
	strcat(strcat(strcat(before, fact), text), *fact ? "; " : "");
	return reply_name(
	    s, 213, before, *fact ? path.path : "", false, "");
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
	    text_parse_time(text, ret_time, &end) < 0 || *end != ' ' ||
	    end[1] == '\0')
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

/* An octal mode of up to four digits, or -1; *ret_end is what follows. */
static long
octal(const char *text, const char **ret_end)
{
	long mode = 0;
	size_t n = strspn(text, "01234567");

	if (n == 0 || n > 4)
		return -1;
	for (size_t i = 0; i < n; i++)
		mode = mode * 8 + (text[i] - '0');
	*ret_end = text + n;
	return mode;
}

int
cmd_site_chmod(struct session *s, const struct arg_value *arg)
{
	char path[TEXT_PATH_MAX];
	const char *end;
	long mode = octal(arg->text, &end);
	int r;

	if (mode < 0 || *end != ' ' || end[1] == '\0')
		return reply(s, 501, "Usage: SITE CHMOD <octal mode> <path>");
	if (text_path(s->cwd, end + 1, path) < 0)
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
	long mask;
	int r;

	if (arg->text[0] == '\0')
		return reply(s, 501, "Usage: SITE UMASK <octal mask>");
	mask = octal(arg->text, &end);
	if (mask < 0 || mask > 0777 || *end != '\0')
		return reply(s, 501, "The mask is octal, 000 to 777.");
	r = agent_umask(&s->agent, (unsigned)mask);
	if (r < 0)
		return reply_errno(s, STAGE_OTHER, r, "");
	return reply(s, 200, "UMASK set.");
}
