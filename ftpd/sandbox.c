/*
 * sandbox.c - the confinement of the network-facing process, see sandbox.h.
 *
 * Assume that a client owns this process. It may then still talk to the
 * client, to the helper, to the log and over data connections that are made
 * to it; it may not make a connection, open a file but libraries, start or
 * signal a process, or find out about others. seccomp judges calls and plain
 * arguments; Landlock judges paths, which seccomp cannot see.
 */
#include "config.h"

#include "ftpd/sandbox.h"

#include "helpers/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.3; <sys/prctl.h> of Debian 12 is older. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const short allowed[] = {
#ifdef __NR_poll
    __NR_poll,
#endif
#ifdef __NR_time
    __NR_time,
#endif
#ifdef __NR__llseek /* 32 bits: the same again, wider */
    __NR_sigreturn, __NR__llseek, __NR_sendfile64, __NR_fstat64,
    __NR_clock_gettime64, __NR_clock_nanosleep_time64,
    __NR_ppoll_time64, __NR_futex_time64, __NR_getuid32, __NR_geteuid32,
    __NR_getgid32, __NR_getegid32,
#endif
    /* Bytes over descriptors that are there. */
    __NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64, __NR_pwrite64,
    __NR_close, __NR_ppoll, __NR_recvfrom, __NR_recvmsg, __NR_shutdown,
    __NR_splice, __NR_tee, __NR_pipe2, __NR_lseek, __NR_fsync, __NR_fdatasync,
    __NR_sendfile, __NR_fstat,
    /* Data connections, made to us. */
    __NR_bind, __NR_listen, __NR_accept4, __NR_getsockname, __NR_getpeername,
    __NR_getsockopt,
    /* What libc does by itself. */
    __NR_brk, __NR_munmap, __NR_mremap, __NR_madvise, __NR_getrandom,
    __NR_clock_gettime, __NR_gettimeofday, __NR_clock_nanosleep, __NR_nanosleep,
    __NR_futex, __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn,
    __NR_restart_syscall, __NR_sched_yield, __NR_set_robust_list, __NR_rseq,
    __NR_set_tid_address, __NR_uname, __NR_sysinfo, __NR_exit, __NR_exit_group,
    /* Who am I. */
    __NR_getpid, __NR_getppid, __NR_gettid, __NR_getuid, __NR_geteuid,
    __NR_getgid, __NR_getegid};

/*
 * Calls that something may try, so that it gets a plain refusal, and calls
 * of which only the forms below are allowed.
 */
static const short refused[] = {
#ifdef __NR_kexec_file_load
    __NR_kexec_file_load,
#endif
#ifdef __NR_fork
    __NR_fork, __NR_vfork,
#endif
#ifdef __NR_open
    __NR_open, __NR_readlink,
#endif
#ifdef __NR_ftruncate64
    __NR_ftruncate64,
#endif
    /* Transfer logs are open to append to: what is there stays there. */
    __NR_ftruncate, __NR_fallocate,
    /* Leaving by the network, by a Unix socket, by a signal. */
    __NR_connect, __NR_sendmsg, __NR_sendmmsg, __NR_socketpair, __NR_kill,
    __NR_tkill, __NR_tgkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo,
    __NR_pidfd_open, __NR_pidfd_getfd, __NR_pidfd_send_signal,
    /* Starting and touching processes. clone3 is left unknown for libc. */
    __NR_clone, __NR_execve, __NR_execveat, __NR_ptrace, __NR_unshare,
    __NR_setns, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kcmp,
    /* Files, by other doors. */
    __NR_openat, __NR_readlinkat, __NR_ioctl, __NR_name_to_handle_at,
    __NR_open_by_handle_at, __NR_memfd_create,
    /* Being somebody or somewhere else. */
    __NR_setuid, __NR_setgid, __NR_setreuid, __NR_setregid, __NR_setresuid,
    __NR_setresgid, __NR_setfsuid, __NR_setfsgid, __NR_setgroups, __NR_capset,
    __NR_chroot, __NR_pivot_root, __NR_mount, __NR_umount2, __NR_move_mount,
    __NR_open_tree, __NR_fsopen, __NR_fsconfig, __NR_fsmount, __NR_fspick,
    __NR_mount_setattr,
    /* Where kernels have been broken. */
    __NR_io_uring_setup, __NR_io_uring_enter, __NR_io_uring_register, __NR_bpf,
    __NR_userfaultfd, __NR_perf_event_open, __NR_keyctl, __NR_add_key,
    __NR_request_key, __NR_init_module, __NR_finit_module, __NR_kexec_load};

#define PROTOCOL_NOT_TCP (FILTER_INT & ~(uint64_t)IPPROTO_TCP)
#define TYPE_FLAGS ((uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))
#define TYPE_ONLY (FILTER_INT & ~TYPE_FLAGS)
#define OPTIONS_FROM_16 (FILTER_INT & ~(uint64_t)15)
#define NOT_DATA (FILTER_INT & ~(uint64_t)SANDBOX_DATA_MAX)
#define OPEN_NOT_READ (O_ACCMODE | O_CREAT | O_TRUNC | O_PATH)

static const struct filter_rule rules[] = {
#define TLS_RULES 3
  /*
  * First what only a session with TLS may: hand the keys of a data connection
  * to the kernel, for sending. It then ends with close_notify, which is a
  * control message and so needs sendmsg(). That call could pass descriptors
  * on and, by a datagram socket, reach any program that listens on one; but
  * all Unix sockets that this process has were put above SANDBOX_DATA_MAX
  * before, none can be made, and with no call of the dup() family none can
  * come down. What is left below is TCP, where only MSG_FASTOPEN matters.
  */
    {__NR_sendmsg,    {{0, NOT_DATA, 0}, {2, MSG_FASTOPEN, 0}}   },
    {__NR_setsockopt, {{1, FILTER_INT, SOL_TLS}, {2, FILTER_INT, TLS_TX}}     },
    {__NR_setsockopt, {{1, FILTER_INT, IPPROTO_TCP}, {2, FILTER_INT, TCP_ULP}}},
 /* The old and plain options, below 16: no filter, no protocol, no pages. */
    {__NR_setsockopt, {{1, FILTER_INT, SOL_SOCKET}, {2, OPTIONS_FROM_16, 0}}  },
    {__NR_setsockopt, {{1, FILTER_INT, IPPROTO_TCP}, {2, OPTIONS_FROM_16, 0}} },
  /*
  * TCP alone: SCTP connects by setsockopt(), and Landlock knows no
  * other protocol. No bit but those of IPPROTO_TCP leaves 0 and 6 (and
  * 2 and 4, which no stream socket has).
  */
    {__NR_socket,     {{0, FILTER_INT, AF_INET}, {1, TYPE_ONLY, SOCK_STREAM},
		      {2, PROTOCOL_NOT_TCP, 0}} },
    {__NR_socket,     {{0, FILTER_INT, AF_INET6}, {1, TYPE_ONLY, SOCK_STREAM},
		      {2, PROTOCOL_NOT_TCP, 0}} },
 /* To the peer only: no address, no connection opened by sending. */
    {__NR_sendto,     {{3, MSG_FASTOPEN, 0}, {4, FILTER_LONG, 0}}},
    {__NR_fcntl,      {{1, FILTER_INT, F_GETFD}}                 },
    {__NR_fcntl,      {{1, FILTER_INT, F_SETFD}}                 },
    {__NR_fcntl,      {{1, FILTER_INT, F_GETFL}}                 },
  /* Of the control connection: a log is not to lose its O_APPEND. */
    {__NR_fcntl,      {{0, FILTER_INT, STDIN_FILENO}, {1, FILTER_INT, F_SETFL}}},
    {__NR_fcntl,      {{1, FILTER_INT, F_SETLK}}                 },
    {__NR_fcntl,      {{1, FILTER_INT, F_OFD_SETLK}}             },
 /* Behind a proxy the table of sessions waits until the client is known. */
    {__NR_fcntl,      {{1, FILTER_INT, F_OFD_SETLKW}}            },
    {__NR_fcntl,      {{1, FILTER_INT, F_OFD_GETLK}}             },
    {__NR_fcntl,      {{1, FILTER_INT, F_SETPIPE_SZ}}            },
    {__NR_fcntl,      {{1, FILTER_INT, F_GETPIPE_SZ}}            },
 /* Memory is written or executed, never both. */
    {__NR_mprotect,   {{2, PROT_WRITE, 0}}                       },
    {__NR_mprotect,   {{2, PROT_EXEC, 0}}                        },
    {__NR_prctl,      {{0, FILTER_INT, PR_SET_NAME}}             },
    {__NR_prctl,      {{0, FILTER_INT, PR_GET_DUMPABLE}}         },
 /* To ask for one's own limits, not to set them. */
    {__NR_prlimit64,  {{0, FILTER_INT, 0}, {2, FILTER_LONG, 0}}  },
#ifdef __NR_newfstatat  /* libc has fstat() call it with an empty path */
    {__NR_newfstatat, {{3, AT_EMPTY_PATH, AT_EMPTY_PATH}}        },
#endif
#ifdef __NR_mmap2  /* 32 bits, where the old mmap is given but a pointer */
    {__NR_mmap2,      {{2, PROT_WRITE, 0}}                       },
    {__NR_mmap2,      {{2, PROT_EXEC, 0}}                        },
    {__NR_fstatat64,  {{3, AT_EMPTY_PATH, AT_EMPTY_PATH}}        },
    {__NR_fcntl64,    {{1, FILTER_INT, F_GETFD}}                 },
    {__NR_fcntl64,    {{1, FILTER_INT, F_SETFD}}                 },
    {__NR_fcntl64,    {{1, FILTER_INT, F_GETFL}}                 },
    {__NR_fcntl64,    {{0, FILTER_INT, STDIN_FILENO}, {1, FILTER_INT, F_SETFL}}},
    {__NR_fcntl64,    {{1, FILTER_INT, F_SETLK}}                 },
    {__NR_fcntl64,    {{1, FILTER_INT, F_OFD_SETLK}}             },
    {__NR_fcntl64,    {{1, FILTER_INT, F_OFD_SETLKW}}            },
    {__NR_fcntl64,    {{1, FILTER_INT, F_OFD_GETLK}}             },
    {__NR_fcntl64,    {{1, FILTER_INT, F_SETPIPE_SZ}}            },
    {__NR_fcntl64,    {{1, FILTER_INT, F_GETPIPE_SZ}}            },
#else
    {__NR_mmap, {{2, PROT_WRITE, 0}}},
    {__NR_mmap, {{2, PROT_EXEC, 0}}},
#endif
  /* These stay last: only Landlock can say which files. */
#ifdef __NR_open
#define OPEN_RULES 2
    {__NR_open,       {{1, OPEN_NOT_READ, 0}}                    },
#else
#define OPEN_RULES 1
#endif
    {__NR_openat,     {{2, OPEN_NOT_READ, 0}}                    },
};

void
sandbox_policy(bool may_open, bool tls, struct filter_policy *ret_policy)
{
	size_t first = tls ? 0 : TLS_RULES;
	size_t end = LENGTH(rules) - (may_open ? 0 : OPEN_RULES);

	*ret_policy = (struct filter_policy){
	    .allow = allowed,
	    .allow_count = LENGTH(allowed),
	    .refuse = refused,
	    .refuse_count = LENGTH(refused),
	    .rules = rules + first,
	    .rule_count = end - first,
	};
}

static int
allow_path(const struct filter_land *land, const char *path, uint64_t fs)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	int r;

	if (fd == -1)
		return errno == ENOENT ? 0 : -errno;
	r = filter_land_allow(land, fd, fs);
	close(fd);
	return r;
}

static int
allow_paths(
    const struct filter_land *land, const char *const *paths, uint64_t fs)
{
	int r = 0;

	for (size_t i = 0; r == 0 && paths[i] != NULL; i++)
		r = allow_path(land, paths[i], fs);
	return r;
}

/* Returns the version of Landlock, 0 for none, or -errno. */
static int
confine_files(const char *const *dirs, const char *const *files)
{
	const uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE;
	struct filter_land land;
	int r = filter_land_open(true, &land);

	if (r == -ENOSYS || r == -EOPNOTSUPP)
		return 0;
	if (r < 0)
		return r;
	r = allow_paths(&land, dirs, read | LANDLOCK_ACCESS_FS_EXECUTE);
	if (r == 0)
		r = allow_paths(&land, files, read);
	if (r == 0)
		r = filter_land_enter(&land);
	close(land.fd);
	return r < 0 ? r : (int)land.abi;
}

/*
 * Not dumpable: sessions share a uid, and one must not read another's memory
 * or /proc files. MDWE is what the filter cannot see: that memory about to
 * become executable was once written to. Kernels before 6.3 have none.
 */
static int
harden(unsigned *ret_have)
{
	static const struct rlimit none = {0, 0};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1)
		return -errno;
	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0)
		*ret_have |= SANDBOX_MDWE;
	return 0;
}

int
sandbox_enter(const char *const *readable_exec_dirs,
    const char *const *readable_files, bool tls, unsigned *ret_have)
{
	struct filter_policy policy;
	unsigned have = SANDBOX_SECCOMP;
	int abi;
	int r = harden(&have);

	if (r < 0)
		return r;
	abi = confine_files(readable_exec_dirs, readable_files);
	if (abi < 0)
		return abi;
	if (abi > 0)
		have |= SANDBOX_LANDLOCK | (unsigned)abi << SANDBOX_ABI_SHIFT;
	/* Without Landlock any file could be opened, and so none is. */
	sandbox_policy(abi > 0 && readable_exec_dirs[0], tls, &policy);
	r = filter_install(&policy);
	if (r < 0)
		return r;
	*ret_have = have;
	return 0;
}
