/*
 * sandbox.h - what is left to the network-facing process once it reads from
 * a client: the descriptors it holds, sockets to listen on, and library
 * files to load.
 *
 * main.c calls it, once, after the helper was started and everything else
 * that is needed was opened; nothing undoes it. sandbox_none.c has the same
 * functions with nothing in them, for the build that runs under valgrind and
 * the sanitizers and is never installed.
 */
#ifndef FTPD_SANDBOX_H
#define FTPD_SANDBOX_H

#include <stdbool.h>

struct filter_policy;

/*
 * With TLS, no Unix socket of this process may have a number up to this one
 * when the sandbox closes: sandbox.c says why.
 */
#define SANDBOX_DATA_MAX 31

/* What sandbox_enter() got from this kernel; or-ed. */
enum {
	SANDBOX_SECCOMP = 1 << 0,  /* the system call filter */
	SANDBOX_LANDLOCK = 1 << 1, /* the file filter */
	SANDBOX_MDWE = 1 << 2,     /* memory written to can't become code */
	SANDBOX_ABI_SHIFT = 8,     /* above this: the version of Landlock */
};

/*
 * Confines this process for good. Below readable_exec_dirs files may be
 * opened for reading (and so loaded as libraries), of readable_files those
 * named; both lists end in NULL, and what does not exist is left out. A
 * kernel without Landlock gets the system call filter alone, which then
 * refuses to open any file, as does one without readable_exec_dirs. With tls
 * the kernel may be asked to encrypt what data connections send: for that
 * sendmsg() is allowed on descriptors up to SANDBOX_DATA_MAX. 0 and *ret_have,
 * or -errno: then this process is confined in part and must end.
 */
int sandbox_enter(const char *const *readable_exec_dirs,
    const char *const *readable_files, bool tls, unsigned *ret_have);

/* The system call policy, of those with or without. For the unit test. */
void sandbox_policy(
    bool may_open, bool tls, struct filter_policy *ret_policy);

#endif
