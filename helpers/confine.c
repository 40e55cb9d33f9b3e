/*
 * confine.c - the confinement of the helper, see confine.h.
 *
 * The helper reads only messages that it checks, but it reads them as root.
 * The filter is wide, since one serves the reading of account files, the
 * becoming of a user and all work on files; its worth is in what is missing:
 * no program can be started, no process touched, nothing mounted or loaded,
 * and no memory made executable, for nothing is loaded any more. Paths are
 * not its business: openat2(), chroot and Landlock see to them.
 */
#include "config.h"

#include "helpers/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.6, newer than the kernel headers of Debian 12; one for all. */
#define CALL_FCHMODAT2 452

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const short allowed[] = {
#ifdef __NR_renameat
    __NR_renameat,
#endif
#ifdef __NR_newfstatat
    __NR_newfstatat,
#endif
#ifdef __NR_open /* older than the at-family, and still what musl calls */
    __NR_open, __NR_stat, __NR_lstat, __NR_access, __NR_mkdir, __NR_rmdir,
    __NR_unlink, __NR_rename, __NR_link, __NR_chmod, __NR_chown, __NR_lchown,
    __NR_readlink, __NR_pipe, __NR_dup2, __NR_poll, __NR_alarm, __NR_time,
#endif
#ifdef __NR__llseek /* 32 bits: the same again, wider */
    __NR__llseek, __NR_fcntl64, __NR_fstat64, __NR_fstatat64, __NR_ftruncate64,
    __NR_sendfile64, __NR_statfs64, __NR_fstatfs64, __NR_setgroups32,
    __NR_setresgid32, __NR_setresuid32, __NR_getgroups32, __NR_getresgid32,
    __NR_getresuid32, __NR_getuid32, __NR_geteuid32, __NR_getgid32,
    __NR_getegid32, __NR_fchown32, __NR_ugetrlimit, __NR_sigreturn,
    __NR_clock_gettime64, __NR_clock_getres_time64, __NR_clock_nanosleep_time64,
    __NR_ppoll_time64, __NR_futex_time64, __NR_utimensat_time64,
    __NR_rt_sigtimedwait_time64,
#endif
    /* Bytes and descriptors. */
    __NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64, __NR_pwrite64,
    __NR_lseek, __NR_close, __NR_close_range, __NR_dup, __NR_dup3, __NR_fcntl,
    __NR_flock, __NR_pipe2, __NR_ppoll, __NR_recvmsg, __NR_sendmsg,
    __NR_recvfrom, __NR_sendto, __NR_shutdown, __NR_splice, __NR_sendfile,
    /* The data connection from port 20; log and authenticator (AF_UNIX). */
    __NR_bind, __NR_connect, __NR_setsockopt, __NR_getsockopt, __NR_getsockname,
    __NR_getpeername,
    /* Becoming a user, and proving it. */
    __NR_setgroups, __NR_setresgid, __NR_setresuid, __NR_getgroups,
    __NR_getresgid, __NR_getresuid, __NR_getuid, __NR_geteuid, __NR_getgid,
    __NR_getegid, __NR_capget, __NR_capset, __NR_chroot, __NR_chdir,
    __NR_fchdir, __NR_getpid, __NR_getppid, __NR_gettid, __NR_setrlimit,
    __NR_getrlimit, __NR_landlock_create_ruleset, __NR_landlock_add_rule,
    __NR_landlock_restrict_self,
    /* Files. */
    __NR_openat, __NR_openat2, __NR_fstat, __NR_statx, __NR_getdents64,
    __NR_mkdirat, __NR_unlinkat, __NR_renameat2, __NR_linkat, __NR_fchmod,
    __NR_fchmodat, CALL_FCHMODAT2, __NR_fchown, __NR_fchownat, __NR_utimensat,
    __NR_faccessat, __NR_faccessat2, __NR_ftruncate, __NR_fallocate, __NR_fsync,
    __NR_fdatasync, __NR_readlinkat, __NR_getcwd, __NR_umask, __NR_statfs,
    __NR_fstatfs, __NR_fgetxattr, __NR_fsetxattr, __NR_flistxattr,
    __NR_fremovexattr,
    /* What libc does by itself, and timers. */
    __NR_brk, __NR_munmap, __NR_mremap, __NR_madvise, __NR_getrandom,
    __NR_mlock, __NR_munlock, __NR_clock_gettime, __NR_clock_getres,
    __NR_gettimeofday, __NR_clock_nanosleep, __NR_nanosleep, __NR_setitimer,
    __NR_getitimer, __NR_futex, __NR_rt_sigaction, __NR_rt_sigprocmask,
    __NR_rt_sigreturn, __NR_rt_sigpending, __NR_rt_sigtimedwait,
    __NR_sigaltstack, __NR_restart_syscall, __NR_sched_yield,
    __NR_set_robust_list, __NR_rseq, __NR_set_tid_address, __NR_uname,
    __NR_sysinfo, __NR_getrusage, __NR_exit, __NR_exit_group};

static const short refused[] = {
#ifdef __NR_kexec_file_load
    __NR_kexec_file_load,
#endif
#ifdef __NR_fork
    __NR_fork, __NR_vfork, __NR_mknod, __NR_symlink,
#endif
    /* Programs and processes. clone3 is left unknown for libc. */
    __NR_execve, __NR_execveat, __NR_clone, __NR_ptrace, __NR_kill, __NR_tkill,
    __NR_tgkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, __NR_pidfd_open,
    __NR_pidfd_getfd, __NR_pidfd_send_signal, __NR_process_vm_readv,
    __NR_process_vm_writev, __NR_kcmp, __NR_unshare, __NR_setns,
    /* Identity by other doors than become.c's. */
    __NR_setuid, __NR_setgid, __NR_setreuid, __NR_setregid, __NR_setfsuid,
    __NR_setfsgid,
    /* The machine. */
    __NR_mount, __NR_umount2, __NR_move_mount, __NR_open_tree, __NR_fsopen,
    __NR_fsconfig, __NR_fsmount, __NR_fspick, __NR_mount_setattr,
    __NR_pivot_root, __NR_init_module, __NR_finit_module, __NR_delete_module,
    __NR_kexec_load, __NR_reboot, __NR_swapon, __NR_swapoff, __NR_settimeofday,
    __NR_clock_settime, __NR_sethostname, __NR_acct,
    /* Objects that an FTP client has no word for. */
    __NR_mknodat, __NR_symlinkat, __NR_name_to_handle_at,
    __NR_open_by_handle_at, __NR_memfd_create, __NR_ioctl,
    /* Where kernels have been broken. */
    __NR_io_uring_setup, __NR_io_uring_enter, __NR_io_uring_register, __NR_bpf,
    __NR_userfaultfd, __NR_perf_event_open, __NR_keyctl, __NR_add_key,
    __NR_request_key};

static const struct filter_rule rules[] = {
    {__NR_socket,    {{0, FILTER_INT, AF_UNIX}}            },
    {__NR_socket,
     {{0, FILTER_INT, AF_INET},
	    {1, FILTER_INT & ~(uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK),
		SOCK_STREAM}}			      },
    {__NR_socket,
     {{0, FILTER_INT, AF_INET6},
	    {1, FILTER_INT & ~(uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK),
		SOCK_STREAM}}			      },
    {__NR_mprotect,  {{2, PROT_EXEC, 0}}                   },
#ifdef __NR_mmap2  /* 32 bits, where the old mmap is given but a pointer */
    {__NR_mmap2,     {{2, PROT_EXEC, 0}}                   },
#else
    {__NR_mmap, {{2, PROT_EXEC, 0}}},
#endif
    {__NR_prctl,     {{0, FILTER_INT, PR_CAPBSET_READ}}    },
    {__NR_prctl,     {{0, FILTER_INT, PR_CAPBSET_DROP}}    },
    {__NR_prctl,     {{0, FILTER_INT, PR_CAP_AMBIENT}}     },
    {__NR_prctl,     {{0, FILTER_INT, PR_SET_SECUREBITS}}  },
    {__NR_prctl,     {{0, FILTER_INT, PR_GET_SECUREBITS}}  },
    {__NR_prctl,     {{0, FILTER_INT, PR_SET_KEEPCAPS}}    },
    {__NR_prctl,     {{0, FILTER_INT, PR_GET_KEEPCAPS}}    },
    {__NR_prctl,     {{0, FILTER_INT, PR_SET_NO_NEW_PRIVS}}},
    {__NR_prctl,     {{0, FILTER_INT, PR_GET_NO_NEW_PRIVS}}},
    {__NR_prctl,     {{0, FILTER_INT, PR_SET_DUMPABLE}}    },
    {__NR_prctl,     {{0, FILTER_INT, PR_GET_DUMPABLE}}    },
    {__NR_prctl,     {{0, FILTER_INT, PR_SET_PDEATHSIG}}   },
    {__NR_prctl,     {{0, FILTER_INT, PR_SET_NAME}}        },
 /* One's own limits, nobody else's. */
    {__NR_prlimit64, {{0, FILTER_INT, 0}}                  },
};

const struct filter_policy confine_policy = {
    .allow = allowed,
    .allow_count = LENGTH(allowed),
    .refuse = refused,
    .refuse_count = LENGTH(refused),
    .rules = rules,
    .rule_count = LENGTH(rules),
};

static int
renounce_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -errno;
	return 0;
}

int
confine_helper(void)
{
	int r = renounce_privileges();

	return r < 0 ? r : filter_install(&confine_policy);
}

int
confine_below(int root_fd, int spool_fd, bool must)
{
	/* Links and FIFOs are "made" by a rename; the filter has no call else. */
	const uint64_t never =
	    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SOCK;
	const uint64_t files = LANDLOCK_ACCESS_FS_MAKE_REG |
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE;
	struct filter_land land;
	int r = filter_land_open(false, &land);

	if (r == -ENOSYS || r == -EOPNOTSUPP)
		return 1;
	if (r < 0)
		return r;
	if (land.abi < 2 && !must) {
		close(land.fd);
		return 1;
	}
	r = filter_land_allow(&land, root_fd, land.fs & ~never);
	if (r == 0 && spool_fd >= 0)
		r = filter_land_allow(&land, spool_fd, files);
	if (r == 0)
		r = renounce_privileges();
	if (r == 0)
		r = filter_land_enter(&land);
	close(land.fd);
	return r;
}
