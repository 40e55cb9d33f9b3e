/*
 * filter.c - policies into seccomp programs and Landlock rulesets, see
 * filter.h.
 *
 * A session installs two programs, so their length is paid for at each
 * connection: the kernel checks, translates and compiles every instruction
 * and then runs the program once for every call number there is. Hence a
 * balanced tree over runs of numbers with one verdict. It is written from
 * its end to its beginning, since classic BPF only jumps forwards: whatever
 * an instruction jumps to is then already in its place.
 */
#include "config.h"

#include "helpers/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__arm__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#else
#define ARCHITECTURE 0 /* none: filter_build() says so */
#endif

/* All the above are little-endian, so an argument's lower half comes first. */
#define LOWER(arg)                                                             \
	(offsetof(struct seccomp_data, args) + sizeof(uint64_t) * (arg))
#define UPPER(arg) (LOWER(arg) + 4)

/* What <linux/landlock.h> of Debian 12 is too old for. */
#define LAND_REFER (UINT64_C(1) << 13)      /* version 2 */
#define LAND_TRUNCATE (UINT64_C(1) << 14)   /* version 3 */
#define LAND_CONNECT_TCP (UINT64_C(1) << 1) /* version 4 */
#define LAND_IOCTL_DEV (UINT64_C(1) << 15)  /* version 5 */
#define LAND_SCOPE_BOTH (UINT64_C(3))       /* version 6 */

/*
 * A place in the program, counted from its end: the last instruction is 1.
 * Every program ends in the same three.
 */
enum {
	LABEL_UNKNOWN = 1, /* ENOSYS */
	LABEL_REFUSE = 2,  /* EPERM */
	LABEL_ALLOW = 3,
};

struct program {
	struct sock_filter *out; /* filled from its end */
	size_t max;              /* room in out */
	size_t used;             /* instructions there, so the last label too */
	bool full;               /* one did not fit: the program is spoilt */
};

/* A node of the tree: where to go for numbers from first on. */
struct node {
	uint16_t first; /* lowest call number */
	uint16_t label; /* the instruction that decides */
};

static size_t
emit(struct program *p, unsigned short code, uint32_t k, uint8_t jt, uint8_t jf)
{
	if (p->used == p->max) {
		p->full = true;
		return p->used;
	}
	p->used++;
	p->out[p->max - p->used] = (struct sock_filter){code, jt, jf, k};
	return p->used;
}

/*
 * A conditional jump spans 255 instructions. If label is farther from the
 * next but one, an unconditional jump goes there first.
 */
static size_t
within_reach(struct program *p, size_t label)
{
	if (p->used + 1 - label <= UINT8_MAX)
		return label;
	return emit(p, BPF_JMP | BPF_JA, (uint32_t)(p->used - label), 0, 0);
}

static size_t
emit_branch(
    struct program *p, unsigned short test, uint32_t k, size_t yes, size_t no)
{
	yes = within_reach(p, yes);
	no = within_reach(p, no);
	return emit(p, BPF_JMP | test | BPF_K, k, (uint8_t)(p->used - yes),
	    (uint8_t)(p->used - no));
}

/* (word & mask) == value ? yes : no */
static size_t
emit_compare(struct program *p, size_t offset, uint32_t mask, uint32_t value,
    size_t yes, size_t no)
{
	emit_branch(p, BPF_JEQ, value, yes, no);
	if (mask != UINT32_MAX)
		emit(p, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	return emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static size_t
emit_test(
    struct program *p, const struct filter_test *test, size_t yes, size_t no)
{
	uint32_t lower = (uint32_t)test->mask;
	uint32_t upper = (uint32_t)(test->mask >> 32);

	if (upper != 0)
		yes = emit_compare(p, UPPER(test->arg), upper,
		    (uint32_t)(test->value >> 32), yes, no);
	if (lower != 0)
		yes = emit_compare(
		    p, LOWER(test->arg), lower, (uint32_t)test->value, yes, no);
	return yes;
}

static size_t
emit_rule(struct program *p, const struct filter_rule *rule, size_t no)
{
	size_t label = LABEL_ALLOW;

	for (size_t i = FILTER_TESTS; i-- > 0;)
		label = emit_test(p, &rule->test[i], label, no);
	return label;
}

static bool
is_rule_possible(const struct filter_rule *rule)
{
	if (rule->nr < 0 || rule->nr >= FILTER_CALLS)
		return false;
	for (size_t i = 0; i < FILTER_TESTS; i++)
		if (rule->test[i].arg > 5 ||
		    (rule->test[i].value & ~rule->test[i].mask) != 0)
			return false;
	return true;
}

/*
 * Rules of one call follow each other: each is where the one before it goes
 * when it does not hold. Their numbers are marked in targets.
 */
static int
emit_rules(
    struct program *p, const struct filter_policy *policy, uint16_t *targets)
{
	int previous = -1;

	for (size_t i = policy->rule_count; i-- > 0;) {
		const struct filter_rule *rule = &policy->rules[i];
		size_t no = LABEL_REFUSE;

		if (!is_rule_possible(rule))
			return -EINVAL;
		if (rule->nr == previous)
			no = targets[rule->nr];
		else if (targets[rule->nr] != LABEL_UNKNOWN &&
			 targets[rule->nr] != LABEL_REFUSE)
			return -EINVAL;
		targets[rule->nr] = (uint16_t)emit_rule(p, rule, no);
		previous = rule->nr;
	}
	return 0;
}

static int
mark_list(const short *list, size_t count, uint16_t label, uint16_t *targets)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] < 0 || list[i] >= FILTER_CALLS ||
		    targets[list[i]] != LABEL_UNKNOWN)
			return -EINVAL;
		targets[list[i]] = label;
	}
	return 0;
}

/* Neighbours with one verdict become one leaf. Returns their number. */
static size_t
gather_leaves(const uint16_t *targets, struct node *nodes)
{
	size_t count = 0;

	for (uint16_t nr = 0; nr <= FILTER_CALLS; nr++)
		if (count == 0 || nodes[count - 1].label != targets[nr])
			nodes[count++] = (struct node){nr, targets[nr]};
	return count;
}

/*
 * The lower half is written last and so follows the branch, which makes the
 * jump there a plain step: that compiles to less than two jumps.
 */
static size_t /* NOLINTNEXTLINE(misc-no-recursion): log2(FILTER_CALLS) deep */
emit_tree(struct program *p, const struct node *nodes, size_t count)
{
	size_t half = count / 2;
	size_t low;
	size_t high;

	if (count == 1)
		return nodes[0].label;
	high = emit_tree(p, nodes + half, count - half);
	low = emit_tree(p, nodes, half);
	return emit_branch(p, BPF_JGE, nodes[half].first, high, low);
}

static void
emit_head(struct program *p, size_t tree)
{
	/* A policy of one verdict has no tree, only that verdict. */
	if (tree != p->used)
		emit(p, BPF_JMP | BPF_JA, (uint32_t)(p->used - tree), 0, 0);
	tree = emit(p, BPF_LD | BPF_W | BPF_ABS,
	    offsetof(struct seccomp_data, nr), 0, 0);
	emit_branch(p, BPF_JEQ, ARCHITECTURE, tree, LABEL_UNKNOWN);
	emit(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch),
	    0, 0);
}

static void
emit_verdicts(struct program *p)
{
	emit(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
	emit(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0, 0);
	emit(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

int
filter_build(const struct filter_policy *policy, struct sock_filter *out,
    size_t max, size_t *ret_length)
{
	/* The one behind the last stands for all higher numbers, x32's too. */
	uint16_t targets[FILTER_CALLS + 1];
	struct node nodes[FILTER_CALLS + 1];
	struct program p = {.out = out, .max = max};
	int r;

	if (ARCHITECTURE == 0)
		return -ENOTSUP;
	for (size_t i = 0; i <= FILTER_CALLS; i++)
		targets[i] = LABEL_UNKNOWN;
	emit_verdicts(&p);
	r = mark_list(policy->allow, policy->allow_count, LABEL_ALLOW, targets);
	if (r == 0)
		r = mark_list(policy->refuse, policy->refuse_count,
		    LABEL_REFUSE, targets);
	if (r == 0)
		r = emit_rules(&p, policy, targets);
	if (r < 0)
		return r;
	emit_head(&p, emit_tree(&p, nodes, gather_leaves(targets, nodes)));
	if (p.full)
		return -ENOSPC;
	memmove(out, out + max - p.used, p.used * sizeof *out);
	*ret_length = p.used;
	return 0;
}

int
filter_install(const struct filter_policy *policy)
{
	struct sock_filter code[FILTER_PROGRAM_MAX];
	struct sock_fprog program = {.filter = code};
	size_t length;
	int r = filter_build(policy, code, FILTER_PROGRAM_MAX, &length);

	if (r < 0)
		return r;
	program.len = (unsigned short)length;
	/* The kernel tells of each refused call; sessions make next to none. */
	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_LOG, &program) == -1)
		return -errno;
	return 0;
}

int
filter_land_open(bool isolate, struct filter_land *ret_land)
{
	/* An older kernel takes fields that it does not know if 0. */
	struct {
		uint64_t fs;
		uint64_t net;
		uint64_t scoped;
	} wanted = {.fs = LAND_REFER - 1};
	long abi = syscall(__NR_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	long fd;

	if (abi == -1)
		return -errno;
	if (abi >= 2)
		wanted.fs |= LAND_REFER;
	if (abi >= 3)
		wanted.fs |= LAND_TRUNCATE;
	if (abi >= 5)
		wanted.fs |= LAND_IOCTL_DEV;
	if (isolate && abi >= 4)
		wanted.net = LAND_CONNECT_TCP;
	if (isolate && abi >= 6)
		wanted.scoped = LAND_SCOPE_BOTH;
	fd = syscall(__NR_landlock_create_ruleset, &wanted, sizeof wanted, 0);
	if (fd == -1)
		return -errno;
	*ret_land = (struct filter_land){(int)fd, (unsigned)abi, wanted.fs};
	return 0;
}

int
filter_land_allow(const struct filter_land *land, int fd, uint64_t fs)
{
	struct landlock_path_beneath_attr rule = {
	    .allowed_access = fs & land->fs,
	    .parent_fd = fd,
	};

	if (syscall(__NR_landlock_add_rule, land->fd,
		LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == -1)
		return -errno;
	return 0;
}

int
filter_land_enter(const struct filter_land *land)
{
	if (syscall(__NR_landlock_restrict_self, land->fd, 0) == -1)
		return -errno;
	return 0;
}
