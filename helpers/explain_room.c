/*
 * explain_room.c - part of inftpd-explain: is there room for an upload, as far
 * as the file system tells? Called by explain_path.c as the user; see
 * explain.h.
 */
#include "config.h"

#include "helpers/explain.h"

#include "helpers/files.h"

#include <linux/quota.h>
#include <sys/quota.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif

/* Beyond a hard limit, or for too long beyond a soft one? Bytes or files. */
static bool
is_beyond(uint64_t used, uint64_t soft, uint64_t hard, uint64_t until)
{
	return (hard > 0 && used >= hard) ||
	    (soft > 0 && used > soft && until > 0 &&
	        until < (uint64_t)time(NULL));
}

/* The user's quota, then his group's. */
static int
check_quota(struct explain *e, int fd, bool makes)
{
	const struct account *a = &e->h.account;
	const struct {
		int type;
		unsigned id;
		const char *name;
	} kinds[] = { { USRQUOTA, a->uid, "the account's quota" },
		{ GRPQUOTA, a->gid, "its group's quota" } };

	for (size_t i = 0; i < 2; i++) {
		struct if_dqblk q = { 0 };

		if (syscall(SYS_quotactl_fd, fd,
		        QCMD(Q_GETQUOTA, kinds[i].type), kinds[i].id, &q) != 0)
			continue;
		if (is_beyond(q.dqb_curspace, q.dqb_bsoftlimit * 1024,
		        q.dqb_bhardlimit * 1024, q.dqb_btime) ||
		    (makes && is_beyond(q.dqb_curinodes, q.dqb_isoftlimit,
		                  q.dqb_ihardlimit, q.dqb_itime))) {
			explain_line("refused", "quota", "%s is used up",
			    kinds[i].name);
			return explain_refuse(e, "the quota is used up (552)",
			    NULL, kinds[i].name,
			    "raise it (edquota), or remove files");
		}
		explain_line("ok", "quota", "%s is not used up",
		    kinds[i].name);
	}
	return EXPLAIN_YES;
}

int
explain_room(struct explain *e, const struct stat *replaced)
{
	char name[NAME_MAX + 1];
	bool makes = !replaced;
	/* What is replaced makes room for what comes. */
	bool frees = replaced && replaced->st_blocks > 0;
	int fd = files_open_parent(&e->h, e->path, name);
	struct statvfs fs;
	int r = EXPLAIN_YES;

	if (fd < 0)
		return r;
	if (fstatvfs(fd, &fs) == 0 && !frees &&
	    ((fs.f_blocks > 0 && fs.f_bavail == 0) ||
	        (makes && fs.f_files > 0 && fs.f_favail == 0))) {
		explain_line("refused", "space", "the file system is full");
		r = explain_refuse(e, "no space is left (452)", NULL,
		    "the file system is full", "make room (df, df -i)");
	} else {
		r = check_quota(e, fd, makes);
	}
	close(fd);
	return r;
}
