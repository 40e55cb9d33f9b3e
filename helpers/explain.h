/*
 * explain.h - inftpd-explain: what the rooms of the administrator's tool
 * share. It answers "why?" by asking the rooms that decide in a session.
 */
#ifndef HELPERS_EXPLAIN_H
#define HELPERS_EXPLAIN_H

#include "helpers/helper.h"

#include <sys/stat.h>

/* Exit status. */
enum { EXPLAIN_YES, EXPLAIN_NO, EXPLAIN_WRONG };

struct explain {
	struct helper h;
	const char *user, *host, *from; /* as typed; NULL where not */
	struct conf_who who;
	bool tls, active;     /* as the client would have it */
	bool ask;             /* --ask: auth_socket, with an empty password */
	bool root;            /* run by root: may become anybody */
	bool own;             /* --config: sessions are the caller's */
	const struct explain_verb *verb; /* NULL: the login only */
	const char *argument; /* mode, time or facts in front of the path */
	int64_t start, end;   /* behind it, of XCRC and its kin; -1: all */
	char path[PATH_MAX];  /* as typed; then absolute, from the root */
	char source[PATH_MAX]; /* RNTO's first, likewise; or "" */
	const char *blame;    /* the directive that refused a file */
	char origin[4200], value[5000]; /* of explain_directive() */
};

/* What a verb asks of a file's mode, and its directory's. */
enum explain_needs {
	NEEDS_NOTHING,
	NEEDS_READ,       /* r on the file */
	NEEDS_WRITE,      /* w on the file, or wx on the directory */
	NEEDS_NEW,        /* wx on the directory */
	NEEDS_OWNER,
	NEEDS_ENTER,      /* x on the directory itself */
	NEEDS_LIST,       /* rx on the directory itself */
};

/* Flags of a verb. */
enum {
	EXPLAIN_DATA = 1 << 0,  /* needs a data connection */
	EXPLAIN_PATH = 1 << 1,  /* needs a path */
	EXPLAIN_BARE = 1 << 2,  /* asks for nothing without a path */
	EXPLAIN_UP = 1 << 3,    /* its path is .. */
	EXPLAIN_SSL = 1 << 4,   /* is there with ssl_enable only */
	EXPLAIN_HASH = 1 << 5,  /* is there with hash_enable only */
	EXPLAIN_TLS = 1 << 6,   /* comes after AUTH TLS */
	EXPLAIN_NEVER = 1 << 7, /* is refused everybody */
};

struct explain_verb {
	const char *name;
	unsigned rights;         /* WIRE_MAY_ bits that ftpd's gate asks for */
	enum explain_needs needs;
	unsigned flags;
	/* 0 or -errno, changing nothing; NULL: nothing but the gate. */
	int (*try)(struct explain *e);
	const char *remark;      /* good to know; why not, if EXPLAIN_NEVER */
};

/* The row of a verb, or NULL. */
const struct explain_verb *explain_verb(const char *name);

/* All names of verbs, for the usage. */
void explain_list_verbs(void);

/* One line of the walk. result is "ok", "refused" or "note". */
void explain_line(const char *result, const char *step, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* "name=value (FILE:LINE)" of a directive; the text is e's. */
const char *explain_directive(struct explain *e, const char *name);

/*
 * The end: why not, the directive behind it (or NULL, and behind says what
 * is), and what to do. Returns EXPLAIN_NO.
 */
int explain_refuse(struct explain *e, const char *why, const char *directive,
    const char *behind, const char *change);

/* The same of a step, for a directive that knows what to do itself. */
int explain_refuse_by(struct explain *e, const char *step, const char *why,
    const char *directive);

/*
 * The path of a module of ftpd's, of a build tree or as installed; name has at
 * most 32 bytes. False if it is not there. explain_net.c
 */
#define EXPLAIN_MODULE_MAX 4200
bool explain_module(const char *name, char path[EXPLAIN_MODULE_MAX]);

/* May the client connect at all? explain_net.c */
int explain_arrival(struct explain *e);

/* What comes before a transfer, or PASV and PORT themselves. explain_net.c */
int explain_data(struct explain *e);

/* What to do about a directive that refuses a verb. */
void explain_change(const struct explain *e, const char *directive,
    char *text, size_t size);

/* The login, h.account filled. EXPLAIN_YES or the exit status. */
int explain_login(struct explain *e);

/*
 * In a process of its own: becomes the user and tries the verb on the path.
 * Returns the exit status.
 */
int explain_path(struct explain *e);

/*
 * Is there room for an upload to e->path, in the place of a file that is
 * there, or NULL? explain_room.c
 */
int explain_room(struct explain *e, const struct stat *replaced);

/* /etc/shadow could not be read by who asks. explain_verify.c */
extern bool explain_shadow_unseen;

#endif
