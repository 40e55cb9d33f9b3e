/*
 * filter.h - the two filters that a process asks the kernel to put on itself:
 * a seccomp program over system calls and a Landlock ruleset over files.
 *
 * Linked by both sides and includes nothing else of ours. What is allowed is
 * the caller's policy (ftpd/sandbox.c, helpers/confine.c); here it only
 * becomes a program. filter_build() is pure, so that a unit test can run the
 * program against the policy. Neither filter can be taken off again.
 *
 * Calls are named by __NR_ constants, of which every architecture has a
 * different choice: around a row of a policy, and nowhere else, #ifdef is
 * the way to say "where there is such a call".
 */
#ifndef HELPERS_FILTER_H
#define HELPERS_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sock_filter;

#define FILTER_CALLS 512       /* call numbers that a policy may name: 0..511 */
#define FILTER_TESTS 3         /* tests of one rule */
#define FILTER_PROGRAM_MAX 384 /* instructions that filter_install() makes */

#define FILTER_INT UINT64_C(0xffffffff)          /* mask: an int, all of it */
#define FILTER_LONG UINT64_C(0xffffffffffffffff) /* mask: a pointer or long */

/*
 * (argument & mask) == value. A mask of 0 is no test. For an int argument
 * the mask must stay within FILTER_INT: the kernel ignores the upper half.
 */
struct filter_test {
	unsigned arg;   /* which argument, 0 to 5 */
	uint64_t mask;  /* the bits looked at */
	uint64_t value; /* what they must be */
};

/*
 * An exception to a refusal: the call is allowed if all tests hold. Of
 * several rules for one call, which stand together, any one suffices.
 */
struct filter_rule {
	int nr;                                /* the call */
	struct filter_test test[FILTER_TESTS]; /* what its arguments must be */
};

/*
 * What a process may call. A call is in at most one of the two lists; a
 * refused one, or one with rules, gets EPERM when no rule allows it. A call
 * that is nowhere here does not exist (ENOSYS), so that a libc newer than
 * this program falls back to the older call that it replaces.
 */
struct filter_policy {
	const short *allow;              /* calls allowed as they are */
	size_t allow_count;              /* length of allow */
	const short *refuse;             /* calls refused, save by a rule */
	size_t refuse_count;             /* length of refuse */
	const struct filter_rule *rules; /* the exceptions */
	size_t rule_count;               /* length of rules */
};

/*
 * Writes the program for a policy into out, which has room for max
 * instructions, and their number to *ret_length. Another architecture's
 * calls (also x32 on x86_64) get ENOSYS. 0; -EINVAL for a policy that
 * contradicts itself or names impossible numbers; -ENOSPC; -ENOTSUP on an
 * architecture that filter.c does not know. out is spoilt on failure.
 */
int filter_build(const struct filter_policy *policy, struct sock_filter *out,
    size_t max, size_t *ret_length);

/*
 * Builds the program and puts it on this process for good. Needs
 * no_new_privs or privilege. 0, what filter_build() says, or -errno.
 */
int filter_install(const struct filter_policy *policy);

/* A Landlock ruleset being made. */
struct filter_land {
	int fd;       /* the ruleset; the user closes it */
	unsigned abi; /* the kernel's version of Landlock, at least 1 */
	uint64_t fs;  /* the file rights that it takes away, all there are */
};

/*
 * Starts a ruleset that takes away every right to files that the kernel
 * knows and, with isolate, TCP connections (not listening), abstract Unix
 * sockets and signals to processes outside, as far as the kernel can. 0;
 * -ENOSYS or -EOPNOTSUPP where there is no Landlock; or -errno.
 */
int filter_land_open(bool isolate, struct filter_land *ret_land);

/* Gives back the rights fs to what fd names and all below. 0 or -errno. */
int filter_land_allow(const struct filter_land *land, int fd, uint64_t fs);

/* Puts the ruleset on this process for good; see filter_install(). */
int filter_land_enter(const struct filter_land *land);

#endif
