/*
 * explain_path.c - part of inftpd-explain: as the user, below the session's
 * root, component by component to the file, and what the verb would come to.
 * Runs in a process of its own; see explain.h.
 */
#include "config.h"

#include "helpers/explain.h"

#include "helpers/auth.h"
#include "helpers/become.h"
#include "helpers/files.h"
#include "helpers/rights.h"
#include "helpers/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- modes in words ------------------------------------------------------ */

/* "drwxr-xr-x root:staff" */
static const char *
mode_text(struct explain *e, const struct stat *st, char *text, size_t size)
{
	static const char letters[] = "rwxrwxrwx";
	const char *user, *group;
	char mode[10] = "---------";

	for (int i = 0; i < 9; i++)
		if (st->st_mode & (0400U >> i))
			mode[i] = letters[i];
	if (st->st_mode & S_ISVTX)
		mode[8] = 't';
	names_find(&e->h.names, st->st_uid, st->st_gid, &user, &group);
	snprintf(text, size, "%c%s %.60s:%.60s", S_ISDIR(st->st_mode) ? 'd'
		: S_ISLNK(st->st_mode) ? 'l' : '-', mode, user, group);
	return text;
}

/* Which of the three triples is his, for chmod: u, g or o. */
static char
class_of(const struct explain *e, const struct stat *st)
{
	const struct account *a = &e->h.account;

	if (st->st_uid == a->uid)
		return 'u';
	if (st->st_gid == a->gid)
		return 'g';
	for (size_t i = 0; i < a->group_count; i++)
		if (a->groups[i] == st->st_gid)
			return 'g';
	return 'o';
}

static unsigned
bits_of(const struct explain *e, const struct stat *st)
{
	return files_mode_bits(
	    &e->h, st->st_uid, st->st_gid, st->st_mode);
}

/* The path as it is on disk, for who is to change something. */
static const char *
on_disk(const struct explain *e, const char *path, char *text, size_t size)
{
	const char *root = e->h.account.root;

	path += *path == '/';
	if (strcmp(path, ".") == 0)
		path = "";
	snprintf(text, size, "%s%s%s", root,
	    *path == '\0' || root[strlen(root) - 1] == '/' ? "" : "/", path);
	return text;
}

/* "/", what stands in it, and all below directories that nobody serves. */
static bool
is_systems(const char *disk)
{
	static const char *const directories[] = { "bin", "boot", "dev", "etc",
		"lib", "lib64", "proc", "root", "run", "sbin", "sys", "usr" };
	const char *end = strchr(disk + 1, '/');
	size_t length = end ? (size_t)(end - disk - 1) : 0;

	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		if (strlen(directories[i]) == length &&
		    memcmp(disk + 1, directories[i], length) == 0)
			return true;
	return !end;
}

/*
 * What to do about bits that are missing. Nobody but the user is to write
 * where he may: chmod o+w would let in every account of the machine.
 */
static void
name_change(struct explain *e, char class, unsigned missing, const char *disk,
    char *text, size_t size)
{
	static const char *const letters[] = { "", "x", "w", "wx", "r", "rx",
		"rw", "rwx" };
	const char *user, *group;

	names_find(&e->h.names, e->h.account.uid, e->h.account.gid, &user,
	    &group);
	if (class == 'o' && missing & 2 && is_systems(disk))
		snprintf(text, size, "use a directory of %s's own: %s is the "
				     "system's (install -d -o %s DIRECTORY "
				     "makes one)",
		    user, disk, user);
	else if (class == 'o' && strchr(disk + 1, '/') && is_systems(disk))
		snprintf(text, size, "leave it so: %s is the system's, and "
				     "shut to others for a reason", disk);
	else if (class == 'o' && missing & 2)
		snprintf(text, size, "chown %s %s; where it is for several "
				     "accounts, a group of theirs (chgrp GROUP "
				     "and chmod g+%s)",
		    user, disk, letters[missing & 7]);
	else
		snprintf(text, size, "chmod %c+%s %s, or another owner or "
				     "group (chown)", class,
		    letters[missing & 7], disk);
}

/* Bits that a directory or file at path must have for the user. */
static int
refuse_mode(struct explain *e, const char *path, const struct stat *st,
    unsigned needed)
{
	static const char *const letters[] = { "", "x", "w", "wx", "r", "rx",
		"rw", "rwx" };
	static const char *const classes[] = { "its owner", "of its group",
		"among others" };
	char mode[160], disk[2 * PATH_MAX], why[3 * PATH_MAX],
	    behind[3 * PATH_MAX], change[3 * PATH_MAX];
	unsigned has = bits_of(e, st);
	char class = class_of(e, st);

	on_disk(e, path, disk, sizeof disk);
	mode_text(e, st, mode, sizeof mode);
	explain_line("refused", "path", "%s %s", mode, disk);
	if ((has & needed) == needed) {
		snprintf(why, sizeof why, "the mode would allow it, but %s is "
					  "not open to %s", disk, e->user);
		return explain_refuse(e, why, NULL, "an access control list "
				      "(getfacl), attribute (lsattr) or "
				      "security module",
		    "change that, or choose another place");
	}
	snprintf(why, sizeof why, "%s needs %s on %s, and being %s has %s",
	    e->user, letters[needed & 7], disk,
	    classes[class == 'u' ? 0 : class == 'g' ? 1 : 2],
	    has & 7 ? letters[has & 7] : "nothing");
	name_change(e, class, needed & ~has, disk, change, sizeof change);
	snprintf(behind, sizeof behind, "%s is %s", disk, mode);
	return explain_refuse(e, why, NULL, behind, change);
}

/* --- the walk ------------------------------------------------------------ */

/* Only root can try it as somebody else; others go by the modes. */
static bool
by_modes(const struct explain *e)
{
	return !e->root && !e->own && e->h.account.uid != geteuid();
}

static int
unseen(const char *path)
{
	fprintf(stderr, "inftpd-explain: %s: only root can look there\n",
	    path);
	return EXPLAIN_WRONG;
}

/* Where the walk has come to. */
struct walk {
	struct place at;       /* as far as it was seen */
	struct stat st, parent;
	bool exists;           /* the last component is there */
};

static int
refuse_missing(struct explain *e, const char *path, int r)
{
	char disk[2 * PATH_MAX], why[3 * PATH_MAX], change[3 * PATH_MAX];

	on_disk(e, path, disk, sizeof disk);
	explain_line("refused", "path", "%s: %s", disk, strerror(-r));
	snprintf(why, sizeof why, "%s: %s", disk, strerror(-r));
	snprintf(change, sizeof change, r == -ENOENT
	        ? "make %s, or give the path of what is there"
	        : "give another path than %s", disk);
	return explain_refuse(e, why, NULL, "what is on disk", change);
}

/* One component further: path up to end. */
static int
step(struct explain *e, const struct place *whole, size_t end, struct walk *w)
{
	char mode[160], disk[2 * PATH_MAX];
	bool last = whole->path[end] == '\0';
	struct place next = { .resolve = whole->resolve };
	struct stat st;
	int r;

	memcpy(next.path, whole->path, end);
	next.path[end] = '\0';
	if (by_modes(e) && !(bits_of(e, &w->st) & 1))
		return refuse_mode(e, w->at.path, &w->st, 1);
	r = files_stat_place(&e->h, &next, &st);
	if (r == -EACCES && by_modes(e))
		return unseen(on_disk(e, next.path, disk, sizeof disk));
	if (r == -EACCES)
		return refuse_mode(e, w->at.path, &w->st, 1);
	w->exists = r == 0;
	if (r == -ENOENT && last)
		return EXPLAIN_YES; /* the verb's affair */
	if (r < 0)
		return refuse_missing(e, next.path, r);
	if (last)
		w->parent = w->st;
	else
		w->at = next;
	w->st = st;
	explain_line("ok", "path", "%s %s",
	    mode_text(e, &st, mode, sizeof mode),
	    on_disk(e, next.path, disk, sizeof disk));
	return EXPLAIN_YES;
}

static int
walk_to(struct explain *e, const struct place *whole, struct walk *w)
{
	char mode[160], disk[2 * PATH_MAX];
	size_t end = 0;
	int r;

	*w = (struct walk){ .at = { .path = ".", .resolve = whole->resolve },
		.exists = true };
	/* The descriptor itself: there may be no way through the root. */
	if (fstat(e->h.root, &w->st) == -1)
		return EXPLAIN_WRONG;
	w->parent = w->st;
	explain_line("ok", "path", "%s %s",
	    mode_text(e, &w->st, mode, sizeof mode),
	    on_disk(e, ".", disk, sizeof disk));
	if (strcmp(whole->path, ".") == 0)
		return EXPLAIN_YES;
	do {
		end += strcspn(whole->path + end, "/");
		r = step(e, whole, end, w);
		if (r != EXPLAIN_YES)
			return r;
		end += whole->path[end] == '/';
	} while (whole->path[end] != '\0' && w->exists);
	if (!w->exists)
		w->parent = w->st;
	return EXPLAIN_YES;
}

/* --- the verdict --------------------------------------------------------- */

/* The last component's or its directory's mode: which of them lacks bits? */
static int
refuse_by_need(struct explain *e, const struct walk *w, const char *path)
{
	static const unsigned file_bits[] = { [NEEDS_READ] = 4,
		[NEEDS_WRITE] = 2, [NEEDS_ENTER] = 1, [NEEDS_LIST] = 5 };
	enum explain_needs needs = e->verb->needs;
	/* With upload_atomic a file that is there is replaced by a new one. */
	bool directory = needs == NEEDS_NEW ||
	    (needs == NEEDS_WRITE &&
	        (!w->exists ||
	            (e->h.conf.upload_atomic && bits_of(e, &w->st) & 2)));

	if (directory)
		return refuse_mode(e, w->at.path, &w->parent, 3);
	return refuse_mode(e, path, &w->st,
	    needs < sizeof file_bits / sizeof *file_bits ? file_bits[needs]
							  : 0);
}

static int
refuse_errno(struct explain *e, const struct walk *w, const char *path, int r)
{
	char disk[2 * PATH_MAX], why[3 * PATH_MAX];
	const char *change = "give another path";

	if (r == -EACCES || (r == -EPERM && e->verb->needs != NEEDS_OWNER &&
	        !(w->parent.st_mode & S_ISVTX)))
		return refuse_by_need(e, w, path);
	on_disk(e, path, disk, sizeof disk);
	if (r == -EPERM)
		change = e->verb->needs == NEEDS_OWNER
		    ? "only the owner of a file may do that: chown it"
		    : "in a directory with the sticky bit only owners remove "
		      "files: chmod -t, or chown";
	else if (r == -EROFS)
		change = "mount the file system for writing";
	else if (r == -EAGAIN)
		change = "wait until the other transfer has ended, or set "
			 "lock_upload_files=NO";
	else if (r == -EINVAL)
		change = "only plain files can be transferred";
	else if (r == -EISDIR)
		change = "that is a directory: RMD removes, CWD enters, LIST "
			 "lists one";
	else if (r == -ENOTEMPTY)
		change = "remove first what is in it";
	snprintf(why, sizeof why, "%s: %s", disk, strerror(-r));
	explain_line("refused", "path", "%s", why);
	return explain_refuse(e, why, NULL, "what is on disk", change);
}

static int
refuse_blame(struct explain *e)
{
	char change[512], why[128];

	explain_change(e, e->blame, change, sizeof change);
	snprintf(why, sizeof why, "%s does not allow it", e->blame);
	explain_line("refused", "path", "%s", why);
	return explain_refuse(e, why, e->blame, NULL, change);
}

static bool
is_upload(const struct explain *e)
{
	return e->verb->rights & WIRE_MAY_UPLOAD &&
	    e->verb->flags & EXPLAIN_DATA;
}

/* What must be there or must not, and which names will do. */
static int
judge_names(struct explain *e, const char *path, const struct walk *w)
{
	const struct conf *conf = &e->h.conf;
	const struct explain_verb *v = e->verb;
	bool directory = w->exists && S_ISDIR(w->st.st_mode);
	bool makes = is_upload(e) || v->rights & WIRE_MAY_MKDIR ||
	    e->source[0] != '\0';

	if (!w->exists && !makes)
		return -ENOENT;
	if (w->exists && v->rights & WIRE_MAY_MKDIR)
		return -EEXIST;
	if (directory && (v->needs == NEEDS_READ || v->needs == NEEDS_WRITE))
		return -EISDIR;
	if (v->needs == NEEDS_ENTER && !directory)
		return -ENOTDIR;
	if (w->exists && v->needs == NEEDS_WRITE &&
	    files_permit(&e->h, WIRE_MAY_OVERWRITE) < 0)
		return -EACCES;
	if (v->needs == NEEDS_READ && e->h.account.kind == WIRE_ANONYMOUS &&
	    conf->anon_world_readable_only && !(w->st.st_mode & S_IROTH))
		return files_refuse(&e->h, "anon_world_readable_only");
	if (v->needs == NEEDS_READ)
		return files_name_fits(&e->h, path, conf->download_file);
	return is_upload(e)
	    ? files_name_fits(&e->h, path, conf->upload_file) : 0;
}

/* What modes tell to who cannot try. */
static int
judge_modes(struct explain *e, const char *path, const struct walk *w)
{
	unsigned own = bits_of(e, &w->st), up = bits_of(e, &w->parent);
	bool may = true;
	int r = judge_names(e, path, w);

	explain_line("note", "path", "judged by modes: only root can try it "
				     "as another user");
	if (r < 0)
		return r;
	switch (e->verb->needs) {
	case NEEDS_NOTHING:
		break;
	case NEEDS_READ:
		may = own & 4;
		break;
	case NEEDS_WRITE:
		may = w->exists ? own & 2 : (up & 3) == 3;
		break;
	case NEEDS_NEW:
		may = (up & 3) == 3;
		break;
	case NEEDS_OWNER:
		return w->st.st_uid == e->h.account.uid ? 0 : -EPERM;
	case NEEDS_ENTER:
		may = own & 1;
		break;
	case NEEDS_LIST:
		may = (own & 5) == 5;
		break;
	}
	return may ? 0 : -EACCES;
}

static void
show_proviso(const struct explain *e)
{
	if (explain_shadow_unseen)
		printf("if the password is neither locked nor expired: "
		       "chage -l %s\n", e->user);
}

static void
show_success(struct explain *e, const struct walk *w, const char *path)
{
	const struct conf *conf = &e->h.conf;
	const struct account *a = &e->h.account;
	char disk[2 * PATH_MAX];

	printf("\n%s would succeed, as uid %u, gid %u", e->verb->name, a->uid,
	    a->gid);
	if (path)
		printf(", on %s", on_disk(e, path, disk, sizeof disk));
	putchar('\n');
	show_proviso(e);
	if (!is_upload(e))
		return;
	if (w->exists && e->verb->needs == NEEDS_WRITE)
		puts("the file that is there will be written to");
	else if (a->chown_uploads)
		printf("the new file will be uid %u's, mode %04o "
		       "(chown_uploads)\n", a->upload_owner,
		    (unsigned)conf->chown_upload_mode);
	else
		printf("the new file's mode will be %04o (file_open_mode, and "
		       "umask %04o)\n",
		    (unsigned)conf->file_open_mode & ~(unsigned)e->h.umask,
		    (unsigned)e->h.umask);
}

/* --- as the user --------------------------------------------------------- */

static int
refuse_root(struct explain *e, int r)
{
	const struct conf *conf = &e->h.conf;
	bool anonymous = e->h.account.kind == WIRE_ANONYMOUS;
	const char *directive = anonymous ? "anon_root" : "local_root";
	char why[2 * PATH_MAX], change[2 * PATH_MAX];

	/* What is wrong with it spool_open() has said. */
	if (r == -EIO) {
		explain_line("refused", "spool", "it cannot be written to (421)");
		return explain_refuse(e, "upload_spool_dir cannot be used",
		    "upload_spool_dir", NULL,
		    "mend what is said above, or leave upload_spool_dir empty");
	}
	if (!(anonymous ? conf->anon_root : conf->local_root))
		directive = NULL;
	snprintf(why, sizeof why, "the root %s cannot be entered: %s (421)",
	    e->h.account.root, strerror(-r));
	snprintf(change, sizeof change, "make the directory %s, or name "
					"another in %s", e->h.account.root,
	    anonymous ? "anon_root" : "local_root");
	explain_line("refused", "root", "%s", why);
	return explain_refuse(e, why, directive,
	    "the account's home in /etc/passwd", change);
}

static int
become(struct explain *e)
{
	struct helper *h = &e->h;

	h->rights = rights_of(&h->conf, h->account.kind);
	h->umask = rights_umask(&h->conf, h->account.kind);
	auth_load_names(&h->names);
	h->privileged = e->root && !e->own;
	if (h->privileged) {
		if (spool_open(h) < 0)
			return -EIO;
		return become_account(h, &h->account);
	}
	h->root = open(h->account.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return h->root == -1 ? -errno : 0;
}

static void
find_start(struct explain *e)
{
	struct account *a = &e->h.account;

	if (by_modes(e) || files_chdir(&e->h, a->start) == 0)
		return;
	if (strcmp(a->start, "/") == 0)
		explain_line("note", "root", "%s cannot be entered: no file "
			     "of it is in reach", a->root);
	else
		explain_line("note", "root", "%s cannot be entered, so the "
			     "session starts in /: %s", a->start,
		    e->h.conf.local_root ? explain_directive(e, "local_root")
					 : "the home in /etc/passwd");
	strcpy(a->start, "/");
}

/* What was typed, seen from where the session starts; "~" is that, too. */
static void
make_absolute(struct explain *e, char path[PATH_MAX])
{
	char typed[PATH_MAX];
	const char *rest = typed;

	if (path[0] == '/')
		return;
	strcpy(typed, path);
	if (typed[0] == '~' && e->h.conf.tilde_user_enable &&
	    (typed[1] == '\0' || typed[1] == '/'))
		rest++;
	else if (typed[0] == '~')
		explain_line("note", "path", "%s: %s is a name like any other",
		    explain_directive(e, "tilde_user_enable"), typed);
	snprintf(path, PATH_MAX, "%.2000s/%.2000s", e->h.account.start, rest);
}

static int
judge(struct explain *e, const char *path, const struct walk *w)
{
	int r;

	e->blame = NULL;
	r = by_modes(e) ? judge_modes(e, path, w) : e->verb->try(e);
	if (r < 0 && e->blame)
		return refuse_blame(e);
	if (r < 0)
		return refuse_errno(e, w, path, r);
	return is_upload(e)
	    ? explain_room(e, w->exists && e->verb->needs == NEEDS_WRITE
	              ? &w->st : NULL)
	    : EXPLAIN_YES;
}

/* The walk to e->path, and what the verb would do there. */
static int
walk_and_judge(struct explain *e, bool last)
{
	char disk[2 * PATH_MAX];
	struct place typed, place;
	struct walk w = { 0 };
	bool follow = e->verb->needs != NEEDS_NEW;
	int r;

	e->blame = NULL;
	r = files_place(&e->h, e->path, follow, &typed);
	if (r == 0)
		r = files_real_place(&e->h, e->path, follow, &place);
	if (r < 0 && e->blame)
		return refuse_blame(e);
	if (r < 0)
		return refuse_missing(e, e->path, r);
	if (strcmp(typed.path, place.path) != 0)
		explain_line("note", "path", "symbolic links lead to %s",
		    on_disk(e, place.path, disk, sizeof disk));
	r = walk_to(e, &place, &w);
	if (r == EXPLAIN_YES)
		r = judge(e, place.path, &w);
	if (r == EXPLAIN_YES && last)
		show_success(e, &w, place.path);
	return r;
}

/* RNTO: first whether the source may go, then whether it may come there. */
static int
walk_both(struct explain *e)
{
	char source[PATH_MAX], target[PATH_MAX];
	int r;

	make_absolute(e, e->source);
	strcpy(source, e->source);
	strcpy(target, e->path);
	strcpy(e->path, source);
	e->source[0] = '\0';
	r = walk_and_judge(e, false);
	strcpy(e->source, source);
	strcpy(e->path, target);
	return r == EXPLAIN_YES ? walk_and_judge(e, true) : r;
}

int
explain_path(struct explain *e)
{
	struct walk none = { 0 };
	int r = become(e);

	if (r == -EACCES && !e->root && !e->own)
		return unseen(e->h.account.root);
	if (r < 0)
		return refuse_root(e, r);
	find_start(e);
	if (!e->verb) {
		puts("\nthe login would succeed");
		show_proviso(e);
		return EXPLAIN_YES;
	}
	if (!e->verb->try ||
	    (e->verb->flags & EXPLAIN_BARE && e->path[0] == '\0')) {
		show_success(e, &none, NULL);
		return EXPLAIN_YES;
	}
	if (strcmp(e->verb->name, "STOU") == 0 && e->path[0] == '\0')
		strcpy(e->path, e->verb->name);
	make_absolute(e, e->path);
	return e->source[0] != '\0' ? walk_both(e) : walk_and_judge(e, true);
}
