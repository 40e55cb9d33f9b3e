/*
 * wrappers.c - asks libwrap, see wrappers.h. Called by serve.c.
 *
 * In a child: libwrap comes with a dozen other libraries, opens what it likes,
 * changes the environment and may run programs that the files name. Nothing
 * of this shall be in a session.
 */
#include "config.h"

#include "ftpd/wrappers.h"

#include "conf/wrap.h"
#include "ftpd/module.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* How the child ends; whatever else it does is a refusal. */
enum { ALLOWED = 40, REFUSED, NOT_ASKED, OTHER_FILE };

/* libwrap takes a file that it cannot open for one that is not there. */
static bool
is_shut(struct log *log, const char *path)
{
	if (access(path, R_OK) == 0 || errno == ENOENT)
		return false;
	log_event(log, LOG_ERR, "wrappers", "%s: %m", path);
	return true;
}

static int
ask(struct log *log)
{
	const struct wrap_calls *calls;
	char error[512];

	if (is_shut(log, "/etc/hosts.allow") ||
	    is_shut(log, "/etc/hosts.deny"))
		return NOT_ASKED;
	unsetenv("VSFTPD_LOAD_CONF");
	calls = module_load("wrap.so", WRAP_SYMBOL, error, sizeof error);
	if (!calls) {
		log_event(log, LOG_ERR, "wrappers", "%s", error);
		return NOT_ASKED;
	}
	if (!calls->allow(log->peer))
		return REFUSED;
	/* What may be there to tighten limits must not be passed over. */
	return getenv("VSFTPD_LOAD_CONF") ? OTHER_FILE : ALLOWED;
}

/* The child's end; -1 if there was none to be had. */
static int
ask_in_child(struct log *log)
{
	pid_t child;
	int status = 0;

	/* The listener's children have it ignored, and no status then. */
	signal(SIGCHLD, SIG_DFL);
	child = fork();
	if (child == 0)
		_exit(ask(log));
	if (child == -1)
		return -1;
	while (waitpid(child, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool
wrappers_allow(struct log *log)
{
	switch (ask_in_child(log)) {
	case ALLOWED:
		return true;
	case NOT_ASKED:
		return false;
	case REFUSED:
		log_event(log, LOG_NOTICE, "wrappers",
		    "refused by hosts.allow and hosts.deny");
		return false;
	case OTHER_FILE:
		log_event(log, LOG_ERR, "wrappers",
		    "an entry sets VSFTPD_LOAD_CONF, which is not known here: "
		    "put the settings for this address into net.d");
		return false;
	default:
		log_event(log, LOG_ERR, "wrappers",
		    "hosts.allow and hosts.deny cannot be asked");
		return false;
	}
}
