/*
 * become.c - from authenticator to file agent, see become.h.
 *
 * Called once by helper.c, and by settings.c for a file. The order matters:
 * groups before ids, chroot while its capability is there, ids before
 * capabilities, and nothing is believed until it has been read back. A failure
 * half-way leaves a process that is neither root nor user, so it exits instead
 * of answering.
 */
#include "config.h"

#include "helpers/become.h"

#include "helpers/cert.h"
#include "helpers/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CAPS(name) (UINT64_C(1) << (name))

_Noreturn static void
give_up(struct helper *h, const char *step)
{
	log_event(&h->log, LOG_CRIT, "become", "%s: %m; the session ends",
	    step);
	_exit(1);
}

/* The few capabilities that this session is configured to need. */
static uint64_t
wanted_caps(const struct helper *h, const struct account *account)
{
	uint64_t caps = 0;

	if (h->conf.connect_from_port_20 && h->conf.ftp_data_port < 1024)
		caps |= CAPS(CAP_NET_BIND_SERVICE);
	if (account->chown_uploads)
		caps |= CAPS(CAP_CHOWN);
	return caps;
}

static int
set_caps(uint64_t caps)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2] = { 0 };

	for (int i = 0; i < 2; i++) {
		data[i].effective = (uint32_t)(caps >> (32 * i));
		data[i].permitted = data[i].effective;
	}
	return (int)syscall(SYS_capset, &header, data);
}

static bool
caps_are(uint64_t caps)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) == -1)
		return false;
	for (int i = 0; i < 2; i++)
		if (data[i].effective != (uint32_t)(caps >> (32 * i)) ||
		    data[i].permitted != data[i].effective ||
		    data[i].inheritable != 0)
			return false;
	return true;
}

static bool
ids_are(const struct account *account)
{
	uid_t r, e, s;
	gid_t gr, ge, gs, groups[ACCOUNT_GROUPS_MAX];
	int count = getgroups(ACCOUNT_GROUPS_MAX, groups);

	if (getresuid(&r, &e, &s) == -1 || getresgid(&gr, &ge, &gs) == -1)
		return false;
	if (r != account->uid || e != r || s != r || gr != account->gid ||
	    ge != gr || gs != gr)
		return false;
	if (count < 0 || (size_t)count > account->group_count)
		return false;
	for (int i = 0; i < count; i++) {
		size_t j = 0;

		while (j < account->group_count &&
		    account->groups[j] != groups[i])
			j++;
		if (j == account->group_count)
			return false;
	}
	/* The way back must be shut, not only out of sight. */
	return setresuid((uid_t)-1, 0, (uid_t)-1) == -1;
}

static void
drop_ids(struct helper *h, const struct account *account)
{
	if (setgroups(account->group_count, account->groups) == -1)
		give_up(h, "setgroups");
	if (setresgid(account->gid, account->gid, account->gid) == -1)
		give_up(h, "setresgid");
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1)
		give_up(h, "PR_SET_KEEPCAPS");
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1 &&
		    errno != EINVAL)
			give_up(h, "PR_CAPBSET_DROP");
	if (setresuid(account->uid, account->uid, account->uid) == -1)
		give_up(h, "setresuid");
}

/* No root, nothing kept of it, and no file left open by it. */
static void
become_privileged(struct helper *h, const struct account *account)
{
	uint64_t caps = wanted_caps(h, account);

	if (account->uid == 0 || account->gid == (gid_t)-1)
		give_up(h, "uid 0");
	drop_ids(h, account);
	if (set_caps(caps) == -1)
		give_up(h, "capset");
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == -1)
		give_up(h, "PR_SET_KEEPCAPS");
	/* Changing ids has made the process dumpable again. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		give_up(h, "PR_SET_DUMPABLE");
	if (!ids_are(account) || !caps_are(caps))
		give_up(h, "reading back the new identity");
}

int
become_open(struct helper *h, uid_t uid, gid_t gid, const char *path)
{
	int fd;

	if (!h->privileged)
		return cert_open_plain(path);
	if (setgroups(0, NULL) == -1 ||
	    setresgid((gid_t)-1, gid, (gid_t)-1) == -1 ||
	    setresuid((uid_t)-1, uid, (uid_t)-1) == -1 || geteuid() != uid)
		give_up(h, "becoming another for a file");
	fd = cert_open_plain(path);
	if (setresuid((uid_t)-1, 0, (uid_t)-1) == -1 ||
	    setresgid((gid_t)-1, 0, (gid_t)-1) == -1 || geteuid() != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		give_up(h, "becoming root again");
	return fd;
}

/* Opens the root directory; in a jail the process is chrooted to it. */
static int
enter_root(struct helper *h, const struct account *account)
{
	int fd = open(account->root,
	    O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return -errno;
	if (h->privileged && account->jailed) {
		if (fchdir(fd) == -1 || chroot(".") == -1 ||
		    chdir("/") == -1)
			give_up(h, "chroot");
	}
	h->root = fd;
	return 0;
}

int
become_account(struct helper *h, const struct account *account)
{
	int r;

	r = enter_root(h, account);
	if (r < 0)
		return r;
	if (h->privileged)
		become_privileged(h, account);
	/* A descriptor from outside a jail must be of use for one thing only. */
	if (!h->privileged || (account->jailed && h->spool >= 0))
		r = confine_below(h->root, h->spool, !h->privileged);
	if (r < 0)
		give_up(h, "Landlock");
	return 0;
}
