/*
 * filter.c - unit tests of helpers/filter.c and of the two policies.
 *
 * A few lines of classic BPF run the programs here, in this process, for
 * every call number and many arguments, and a linear search of the policy
 * says what should come out. Then children put the real filters on and try
 * what a burglar would. In a build without confinement, or on a kernel
 * without Landlock, what can't be tried is skipped and says so.
 */
#include "config.h"

#include "ftpd/sandbox.h"
#include "helpers/confine.h"
#include "helpers/filter.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h> /* wants some of the above first */

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define ROOM 2048 /* instructions: enough for any policy */
/*
 * Where attempts point that could do harm: should a filter ever fail to
 * refuse them, even root's come to nothing.
 */
#define NOWHERE "/nonexistent/filter"
#define X32_BIT 0x40000000

/* --- the programs ------------------------------------------------------ */

static uint32_t
load(const struct seccomp_data *data, uint32_t offset)
{
	uint32_t word;

	assert_true(offset % 4 == 0 && offset + 4 <= sizeof *data);
	memcpy(&word, (const char *)data + offset, sizeof word);
	return word;
}

static uint32_t
run(const struct sock_filter *code, size_t length,
    const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < length; pc++) {
		const struct sock_filter *i = &code[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = load(data, i->k);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			fail_msg("instruction %zu is 0x%x", pc, i->code);
		}
	}
	fail_msg("the program ran off its end");
	return 0;
}

static bool
holds(const struct filter_rule *rule, const struct seccomp_data *data)
{
	for (size_t i = 0; i < FILTER_TESTS; i++) {
		const struct filter_test *t = &rule->test[i];

		if ((data->args[t->arg] & t->mask) != t->value)
			return false;
	}
	return true;
}

static bool
lists(const short *list, size_t count, int nr)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == nr)
			return true;
	return false;
}

static uint32_t
expected(const struct filter_policy *policy, const struct seccomp_data *data)
{
	bool ruled = false;

	for (size_t i = 0; i < policy->rule_count; i++) {
		if (policy->rules[i].nr != data->nr)
			continue;
		if (holds(&policy->rules[i], data))
			return SECCOMP_RET_ALLOW;
		ruled = true;
	}
	if (ruled || lists(policy->refuse, policy->refuse_count, data->nr))
		return SECCOMP_RET_ERRNO | EPERM;
	if (lists(policy->allow, policy->allow_count, data->nr))
		return SECCOMP_RET_ALLOW;
	return SECCOMP_RET_ERRNO | ENOSYS;
}

/* A program under test, with its policy. */
struct subject {
	const struct filter_policy *policy;
	struct sock_filter code[ROOM];
	size_t length; /* of code */
	uint32_t arch; /* the one that it accepts */
};

static void
subject_init(struct subject *s, const struct filter_policy *policy)
{
	s->policy = policy;
	assert_int_equal(filter_build(policy, s->code, ROOM, &s->length), 0);
	/* The second instruction compares the architecture. */
	s->arch = s->code[1].k;
}

static void
compare(const struct subject *s, const struct seccomp_data *data)
{
	uint32_t want = expected(s->policy, data);
	uint32_t got = run(s->code, s->length, data);

	if (got != want)
		fail_msg("call %d (%llx %llx %llx %llx %llx %llx): "
			 "0x%x, not 0x%x",
		    data->nr, data->args[0], data->args[1], data->args[2],
		    data->args[3], data->args[4], data->args[5], got, want);
}

/* Each interesting value as each one argument, and as all of them. */
static void
compare_values(const struct subject *s, int nr)
{
	static const uint64_t values[] = {0, 1, 2, 3, 4, 6, 8, 10, 17,
	    O_RDWR | O_CREAT, AT_EMPTY_PATH, MSG_FASTOPEN, 132, 31, 32, SOL_TLS,
	    SOCK_STREAM | SOCK_CLOEXEC, UINT32_MAX, UINT64_C(1) << 32,
	    UINT64_C(0x100000002), UINT64_C(0x4000000000000000), UINT64_MAX};

	for (size_t v = 0; v < LENGTH(values); v++) {
		struct seccomp_data all = {.nr = nr, .arch = s->arch};

		for (size_t arg = 0; arg < 6; arg++) {
			struct seccomp_data one = {.nr = nr, .arch = s->arch};

			one.args[arg] = values[v];
			all.args[arg] = values[v];
			compare(s, &one);
		}
		compare(s, &all);
	}
}

/* Arguments that a rule allows, then the same with one bit different. */
static void
compare_near(const struct subject *s, const struct filter_rule *rule)
{
	struct seccomp_data data = {.nr = rule->nr, .arch = s->arch};

	for (size_t i = 0; i < FILTER_TESTS; i++)
		data.args[rule->test[i].arg] |= rule->test[i].value;
	assert_int_equal(run(s->code, s->length, &data), SECCOMP_RET_ALLOW);
	for (size_t arg = 0; arg < 6; arg++)
		for (unsigned bit = 0; bit < 64; bit++) {
			data.args[arg] ^= UINT64_C(1) << bit;
			compare(s, &data);
			data.args[arg] ^= UINT64_C(1) << bit;
		}
}

static void
compare_all(const struct filter_policy *policy)
{
	static struct subject s;

	subject_init(&s, policy);
	for (int nr = 0; nr <= 600; nr++)
		compare_values(&s, nr);
	compare_values(&s, 0x000f0005);
	compare_values(&s, -1);
	for (size_t i = 0; i < policy->rule_count; i++)
		compare_near(&s, &policy->rules[i]);
}

/* The other architectures that may call this kernel are turned away. */
static void
compare_foreign(const struct filter_policy *policy)
{
	static const uint32_t foreign[] = {
	    0, 0x40000003, 0x40000028, 0xc0000016};
	static struct subject s;

	subject_init(&s, policy);
	for (int nr = 0; nr <= 600; nr++) {
		struct seccomp_data data = {.nr = nr | X32_BIT, .arch = s.arch};

		assert_int_equal(
		    run(s.code, s.length, &data), SECCOMP_RET_ERRNO | ENOSYS);
		data.nr = nr;
		for (size_t i = 0; i < LENGTH(foreign); i++) {
			data.arch = foreign[i];
			assert_int_equal(data.arch == s.arch ||
					     run(s.code, s.length, &data) ==
						 (SECCOMP_RET_ERRNO | ENOSYS),
			    true);
		}
	}
}

static void
test_policies(void **state)
{
	struct filter_policy policy;

	(void)state;
	compare_all(&confine_policy);
	compare_foreign(&confine_policy);
	for (unsigned may = 0; may < 4; may++) {
		sandbox_policy(may & 1, may & 2, &policy);
		compare_all(&policy);
	}
	compare_foreign(&policy);
}

/* No runs at all: the longest program, with jumps beyond 255. */
static void
test_alternating(void **state)
{
	static short allow[FILTER_CALLS / 2], refuse[FILTER_CALLS / 2];
	static const struct filter_rule rules[] = {
	    {1,   {{0, FILTER_LONG, 77}}                          },
	    {1,   {{1, 0x10, 0x10}, {2, 3, 1}}                    },
	    {301, {{3, UINT64_C(0xff00000000), UINT64_C(1) << 32}}},
	    {511, {{5, FILTER_INT, 1}, {5, FILTER_LONG, 1}}       },
	};
	struct filter_policy policy = {
	    .allow = allow,
	    .allow_count = LENGTH(allow),
	    .refuse = refuse,
	    .refuse_count = LENGTH(refuse),
	};

	(void)state;
	for (short i = 0; i < FILTER_CALLS / 2; i++) {
		allow[i] = (short)(2 * i);
		refuse[i] = (short)(2 * i + 1);
	}
	compare_all(&policy);
	policy.rules = rules;
	policy.rule_count = LENGTH(rules);
	compare_all(&policy);
}

static void
test_random(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		short allow[FILTER_CALLS], refuse[FILTER_CALLS];
		struct filter_policy policy = {
		    .allow = allow, .refuse = refuse};

		for (short nr = 0; nr < FILTER_CALLS; nr++) {
			random = random * 1664525 + 1013904223;
			if (random >> 30 == 0)
				allow[policy.allow_count++] = nr;
			if (random >> 30 == round % 3 + 1)
				refuse[policy.refuse_count++] = nr;
		}
		compare_all(&policy);
	}
}

static void
test_one_verdict(void **state)
{
	const struct filter_policy nothing = {0};

	(void)state;
	compare_all(&nothing);
}

static void
test_impossible(void **state)
{
	static const short twice[] = {3, 4, 3}, low[] = {-1}, high[] = {512};
	static const struct filter_rule apart[] = {
	    {3, {{0, 1, 1}}},
            {4, {{0, 1, 1}}},
            {3, {{0, 1, 0}}}
        };
	static const struct filter_rule argument[] = {
	    {3, {{6, 1, 1}}}
        };
	static const struct filter_rule value[] = {
	    {3, {{0, 1, 2}}}
        };
	static const struct filter_rule number[] = {
	    {512, {{0, 1, 1}}}
        };
	static const struct filter_policy bad[] = {
	    {.allow = twice,    .allow_count = 3 },
	    {.refuse = twice,   .refuse_count = 3},
	    {.allow = low,      .allow_count = 1 },
	    {.refuse = high,    .refuse_count = 1},
	    {.allow = twice,
             .allow_count = 1,
             .refuse = twice,
             .refuse_count = 1},
	    {.allow = twice, .allow_count = 1,                  .rules = apart, .rule_count = 1},
	    {.rules = apart, .rule_count = 3},
	    {.rules = argument,                 .rule_count = 1                    },
	    {.rules = value,                 .rule_count = 1                               },
	    {.rules = number,                 .rule_count = 1},
	};
	struct sock_filter code[ROOM];
	size_t length = 4711;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++)
		if (filter_build(&bad[i], code, ROOM, &length) != -EINVAL)
			fail_msg("policy %zu was taken", i);
	for (size_t room = 0; room < 8; room++)
		assert_int_equal(
		    filter_build(&(struct filter_policy){.allow = twice,
				     .allow_count = 2},
			code, room, &length),
		    -ENOSPC);
	assert_int_equal(length, 4711);
}

/* --- the real thing ---------------------------------------------------- */

/* Something to try when confined: a system call as it is, or a function. */
struct attempt {
	const char *name;
	int want;         /* what should come out: 0 or an errno */
	unsigned need;    /* bits of sandbox_enter() without which to skip */
	int (*run)(void); /* does several calls; 0 or an errno */
	long nr;          /* the call, if there is no function */
	long args[6];     /* its arguments */
};

static int
result(long r)
{
	return r < 0 ? errno : 0;
}

static int
try_listen(void)
{
	struct sockaddr_in self = {.sin_family = AF_INET};
	int fd = socket(
	    AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);

	if (fd == -1 || bind(fd, (struct sockaddr *)&self, sizeof self) == -1 ||
	    listen(fd, 1) == -1)
		return errno;
	return accept4(fd, NULL, NULL, 0) == -1 && errno == EAGAIN ? 0 : errno;
}

static int
try_dlopen(void)
{
	if (dlopen("libm.so.6", RTLD_NOW | RTLD_NOLOAD) != NULL)
		return EEXIST;
	return dlopen("libm.so.6", RTLD_NOW) == NULL ? ENOENT : 0;
}

static int
try_fstat(void)
{
	struct stat st;

	return result(fstat(0, &st));
}

static int
try_stat(void)
{
	struct stat st;

	return result(stat("/etc/passwd", &st));
}

static int
try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return result(pid);
}

static int
try_code_page(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page == MAP_FAILED ? errno : 0;
}

static int
try_written_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return errno;
	memset(page, 0, 4096);
	return result(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int
try_malloc(void)
{
	static const size_t sizes[] = {100, 100000, 10000000};

	for (size_t i = 0; i < LENGTH(sizes); i++) {
		char *memory = malloc(sizes[i]);

		if (memory == NULL)
			return errno;
		memset(memory, 1, sizes[i]);
		free(memory);
	}
	return 0;
}

static int
try_getrlimit(void)
{
	struct rlimit limit;

	return result(getrlimit(RLIMIT_NOFILE, &limit));
}

/* For the client, on the control connection, which is 0. */
static int
try_not_to_wait(void)
{
	return result(fcntl(0, F_SETFL, fcntl(0, F_GETFL)));
}

#define UDP AF_INET6, SOCK_DGRAM
#define PATH(string) ((long)(string))
#define READ (O_RDONLY | O_CLOEXEC)

static const struct attempt in_sandbox[] = {
    {"connect",            EPERM,  0,                NULL,             __NR_connect,    {-1}                                },
    {"sendmsg",            EPERM,  0,                NULL,             __NR_sendmsg,    {-1}                                },
    {"send to an address", EPERM,  0,                NULL,             __NR_sendto,     {-1, 0, 0, 0, 1}                    },
    {"fast open",          EPERM,  0,                NULL,             __NR_sendto,     {-1, 0, 0, MSG_FASTOPEN}            },
    {"send",	       EBADF,  0,                NULL,             __NR_sendto,     {-1, 0, 0, MSG_NOSIGNAL}            },
    {"sendmsg to data",    EBADF,  0,                NULL,             __NR_sendmsg,    {SANDBOX_DATA_MAX}                  },
    {"sendmsg to others",  EPERM,  0,                NULL,             __NR_sendmsg,    {SANDBOX_DATA_MAX + 1}              },
    {"sendmsg, fast open", EPERM,  0,                NULL,             __NR_sendmsg,
     {SANDBOX_DATA_MAX, 0, MSG_FASTOPEN}										    },
    {"dup",		EPERM,  0,                NULL,             __NR_fcntl,      {0, F_DUPFD_CLOEXEC, 3}             },
    {"dup3",	       ENOSYS, 0,                NULL,             __NR_dup3,       {0, 3}                              },
    {"kernel TLS",         EBADF,  0,                NULL,             __NR_setsockopt, {-1, IPPROTO_TCP, TCP_ULP}          },
    {"to send",            EBADF,  0,                NULL,             __NR_setsockopt, {-1, SOL_TLS, TLS_TX}               },
    {"not to receive",     EPERM,  0,                NULL,             __NR_setsockopt, {-1, SOL_TLS, TLS_RX}               },
    {"old socket option",  EBADF,  0,                NULL,             __NR_setsockopt,
     {-1, SOL_SOCKET, SO_REUSEADDR}											 },
    {"socket filter",      EPERM,  0,                NULL,             __NR_setsockopt,
     {-1, SOL_SOCKET, SO_ATTACH_FILTER}										     },
    {"Unix socket",        EPERM,  0,                NULL,             __NR_socket,     {AF_UNIX, SOCK_STREAM}              },
    {"UDP",		EPERM,  0,                NULL,             __NR_socket,     {UDP}                               },
    {"SCTP",	       EPERM,  0,                NULL,             __NR_socket,     {AF_INET, SOCK_STREAM, IPPROTO_SCTP}},
    {"listen on TCP",      0,      0,                try_listen,       0,               {0}                                 },
    {"open /etc/passwd",   EACCES, SANDBOX_LANDLOCK, NULL,             __NR_openat,
     {AT_FDCWD, PATH("/etc/passwd"), READ}										  },
    {"open own memory",    EACCES, SANDBOX_LANDLOCK, NULL,             __NR_openat,
     {AT_FDCWD, PATH("/proc/self/mem"), READ}									       },
    {"open to write",      EPERM,  0,                NULL,             __NR_openat,
     {AT_FDCWD, PATH("/dev/null"), O_WRONLY}										},
    {"load a library",     0,      SANDBOX_LANDLOCK, try_dlopen,       0,               {0}                                 },
    {"fstat",	      0,      0,                try_fstat,        0,               {0}                                 },
    {"stat",	       EPERM,  0,                try_stat,         0,               {0}                                 },
    {"readlink",           EPERM,  0,                NULL,             __NR_readlinkat, {AT_FDCWD, PATH(NOWHERE)}           },
    {"exec",	       EPERM,  0,                NULL,             __NR_execve,     {PATH(NOWHERE)}                     },
    {"fork",	       EPERM,  0,                try_fork,         0,               {0}                                 },
    {"kill",	       EPERM,  0,                NULL,             __NR_kill,       {0, 0}                              },
    {"ptrace",             EPERM,  0,                NULL,             __NR_ptrace,     {0}                                 },
    {"map writable code",  EPERM,  0,                try_code_page,    0,               {0}                                 },
    {"run what was data",  EACCES, SANDBOX_MDWE,     try_written_code, 0,               {0}                                 },
    {"allocate",           0,      0,                try_malloc,       0,               {0}                                 },
    {"set a limit",        EPERM,  0,                NULL,             __NR_prlimit64,  {0, RLIMIT_CORE, 1}                 },
    {"get a limit",        0,      0,                try_getrlimit,    0,               {0}                                 },
    {"change the uid",     EPERM,  0,                NULL,             __NR_setresuid,  {-1, -1, -1}                        },
    {"get signals by I/O", EPERM,  0,                NULL,             __NR_fcntl,      {0, F_SETOWN}                       },
    {"cut a log",          EPERM,  0,                NULL,             __NR_ftruncate,  {-1, 0}                             },
    {"blank a log",        EPERM,  0,                NULL,             __NR_fallocate,  {-1, 0, 0, 1}                       },
    {"write anywhere",     EPERM,  0,                NULL,             __NR_fcntl,      {3, F_SETFL, 0}                     },
    {"not to wait",        0,      0,                try_not_to_wait,  0,               {0}                                 },
    {"become dumpable",    EPERM,  0,                NULL,             __NR_prctl,      {PR_SET_DUMPABLE, 1}                },
    {"an unknown call",    ENOSYS, 0,                NULL,             9999,            {0}                                 },
};

/* What a session without TLS can even less. */
static const struct attempt in_plain[] = {
    {"sendmsg",        EPERM, 0, NULL,       __NR_sendmsg,    {SANDBOX_DATA_MAX}         },
    {"kernel TLS",     EPERM, 0, NULL,       __NR_setsockopt, {-1, IPPROTO_TCP, TCP_ULP} },
    {"to send",        EPERM, 0, NULL,       __NR_setsockopt, {-1, SOL_TLS, TLS_TX}      },
    {"no delay",       EBADF, 0, NULL,       __NR_setsockopt, {-1, IPPROTO_TCP, TCP_NODELAY}},
    {"listen on TCP",  0,     0, try_listen, 0,               {0}                        },
    {"open a library", EPERM, 0, NULL,       __NR_openat,
     {AT_FDCWD, PATH("/lib64"), READ}						    },
};

static const struct attempt in_helper[] = {
    {"exec",	      EPERM,  0, NULL,             __NR_execve,    {PATH(NOWHERE)}                   },
    {"fork",	      EPERM,  0, try_fork,         0,              {0}                               },
    {"kill",	      EPERM,  0, NULL,             __NR_kill,      {0, 0}                            },
    {"ptrace",            EPERM,  0, NULL,             __NR_ptrace,    {0}                               },
    {"mount",             EPERM,  0, NULL,             __NR_mount,     {0, PATH(NOWHERE)}                },
    {"mknod",             EPERM,  0, NULL,             __NR_mknodat,   {AT_FDCWD, PATH(NOWHERE), S_IFIFO}},
    {"symlink",           EPERM,  0, NULL,             __NR_symlinkat,
     {PATH("/"), AT_FDCWD, PATH(NOWHERE)}								},
    {"UDP",	       EPERM,  0, NULL,             __NR_socket,    {UDP}                             },
    {"Unix socket",       0,      0, NULL,             __NR_socket,    {AF_UNIX, SOCK_STREAM}            },
    {"connect",           EBADF,  0, NULL,             __NR_connect,   {-1}                              },
    {"map writable code", EPERM,  0, try_code_page,    0,              {0}                               },
    {"run what was data", EPERM,  0, try_written_code, 0,              {0}                               },
    {"allocate",          0,      0, try_malloc,       0,              {0}                               },
    {"open /etc/passwd",  0,      0, NULL,             __NR_openat,
     {AT_FDCWD, PATH("/etc/passwd"), READ}							       },
    {"stat",	      0,      0, try_stat,         0,              {0}                               },
    {"get a limit",       0,      0, try_getrlimit,    0,              {0}                               },
    {"another's limit",   EPERM,  0, NULL,             __NR_prlimit64, {1, RLIMIT_CORE}                  },
    {"change the uid",    0,      0, NULL,             __NR_setresuid, {-1, -1, -1}                      },
    {"an unknown call",   ENOSYS, 0, NULL,             9999,           {0}                               },
};

static int
run_attempt(const struct attempt *a)
{
	if (a->run != NULL)
		return a->run();
	return result(syscall(a->nr, a->args[0], a->args[1], a->args[2],
	    a->args[3], a->args[4], a->args[5]));
}

/* The exit status of a child, or -1 if it was killed. */
static int
in_child(int (*enter)(void), const struct attempt *attempt)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int r = enter();

		_exit(r < 0 ? 255 : run_attempt(attempt));
	}
	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Set by enter_sandbox(), in the child alone. */
static unsigned have;

static int
enter_sandbox(void)
{
	static const char *const dirs[] = {
	    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/nonexistent", NULL};
	static const char *const files[] = {
	    "/etc/ld.so.cache", "/nonexistent", NULL};

	return sandbox_enter(dirs, files, true, &have);
}

static int
enter_plain(void)
{
	static const char *const none[] = {NULL};

	return sandbox_enter(none, none, false, &have);
}

static int
tell_have(void)
{
	return (int)(have & 0xff);
}

static void
try_all(int (*enter)(void), const struct attempt *attempts, size_t count,
    unsigned here)
{
	bool good = true;

	for (const struct attempt *a = attempts; a < attempts + count; a++) {
		int got;

		if ((a->need & ~here) != 0) {
			print_message(
			    "# SKIP %s: not on this kernel\n", a->name);
			continue;
		}
		got = in_child(enter, a);
		if (got == a->want)
			continue;
		print_error("%s: %d, not %d\n", a->name, got, a->want);
		good = false;
	}
	assert_true(good);
}

static void
test_sandbox(void **state)
{
	const struct attempt tell = {"tell", .run = tell_have};
	int here = in_child(enter_sandbox, &tell);

	(void)state;
	assert_true(here >= 0 && here != 255);
	if (here == 0) {
		print_message("# SKIP: this build has no sandbox\n");
		return;
	}
	try_all(enter_sandbox, in_sandbox, LENGTH(in_sandbox), (unsigned)here);
	try_all(enter_plain, in_plain, LENGTH(in_plain), (unsigned)here);
}

static void
test_helper(void **state)
{
	(void)state;
	if (confine_policy.allow_count == 0) {
		print_message("# SKIP: this build has no confinement\n");
		return;
	}
	try_all(confine_helper, in_helper, LENGTH(in_helper), 0);
}

/* For confine_below(): a directory, opened. */
static int root = -1;

static int
enter_below(void)
{
	int r = confine_helper();

	return r < 0 ? r : confine_below(root, -1, true);
}

static int
enter_nothing(void)
{
	return 0;
}

static int
is_landlock_missing(void)
{
	return confine_below(root, -1, true) == 0 ? 0 : 1;
}

static int
try_work_below(void)
{
	int fd = openat(root, "a", O_CREAT | O_RDWR | O_EXCL, 0600);

	if (fd == -1 || write(fd, "x", 1) != 1 || ftruncate(fd, 0) == -1 ||
	    mkdirat(root, "d", 0700) == -1 ||
	    renameat(root, "a", root, "d/b") == -1 ||
	    linkat(root, "d/b", root, "c", 0) == -1 ||
	    unlinkat(root, "c", 0) == -1 || unlinkat(root, "d/b", 0) == -1 ||
	    unlinkat(root, "d", AT_REMOVEDIR) == -1)
		return errno;
	return 0;
}

static int
try_make_outside(void)
{
	if (mkdir("/tmp/filter-test", 0700) == -1)
		return errno;
	rmdir("/tmp/filter-test");
	return 0;
}

static int
try_bind_below(void)
{
	struct sockaddr_un self = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1 || fchdir(root) == -1)
		return 0;
	return result(bind(fd, (struct sockaddr *)&self, sizeof self));
}

static int
try_open_above(void)
{
	return result(openat(root, "..", O_RDONLY | O_DIRECTORY));
}

static const struct attempt below[] = {
    {"work below",    0,      0, try_work_below,   0,           {0}},
    {"open above",    EACCES, 0, try_open_above,   0,           {0}},
    {"open outside",  EACCES, 0, NULL,             __NR_openat,
     {AT_FDCWD, PATH("/etc/passwd"), READ}                         },
    {"make outside",  EACCES, 0, try_make_outside, 0,           {0}},
    {"make a socket", EACCES, 0, try_bind_below,   0,           {0}},
};

static void
test_below(void **state)
{
	const struct attempt ask = {"ask", .run = is_landlock_missing};
	char name[] = "/tmp/filter-test-XXXXXX";
	int missing;

	(void)state;
	assert_non_null(mkdtemp(name));
	root = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(root, -1);
	missing = in_child(enter_nothing, &ask);
	if (missing == 0)
		try_all(enter_below, below, LENGTH(below), 0);
	close(root);
	assert_int_equal(rmdir(name), 0);
	if (missing != 0) {
		print_message("# SKIP: no Landlock in this kernel or build\n");
		return;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_policies),
	    cmocka_unit_test(test_alternating),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_one_verdict),
	    cmocka_unit_test(test_impossible),
	    cmocka_unit_test(test_sandbox),
	    cmocka_unit_test(test_helper),
	    cmocka_unit_test(test_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
