/*
 * helper.h - struct helper: what inftpd-helper knows of its one session.
 *
 * Included by the rooms of helpers/ that serve requests; the pure ones
 * (wire, users, match, listing) do without.
 */
#ifndef HELPERS_HELPER_H
#define HELPERS_HELPER_H

#include "conf/conf.h"
#include "conf/log.h"
#include "helpers/names.h"
#include "helpers/wire.h"

#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

/* What a session has come to; each request says in which it is served. */
enum phase {
	PHASE_START = 1 << 0, /* nothing known: HELLO only */
	PHASE_LOGIN = 1 << 1, /* authenticator */
	PHASE_FILES = 1 << 2, /* file agent: is the user, for good */
	PHASE_PROXY = 1 << 3, /* proxy_protocol: who the client is comes next */
};

#define ACCOUNT_GROUPS_MAX 1024

/* Who may come in and as what; auth.c fills it, become.c carries it out. */
struct account {
	enum wire_kind kind;
	uid_t uid;
	gid_t gid;
	gid_t groups[ACCOUNT_GROUPS_MAX]; /* supplementary */
	size_t group_count;
	char root[PATH_MAX];  /* directory that is the session's "/" */
	char start[PATH_MAX]; /* first working directory, seen from root */
	bool jailed;          /* chroot: root is not the machine's "/" */
	uid_t upload_owner;   /* chown_uploads: their owner ... */
	bool chown_uploads;   /* ... when this is an anonymous session */
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

/* The upload opened last, until WIRE_UPLOAD_END or the next one. */
struct upload {
	int parent;                 /* its directory, or -1: no upload */
	char name[NAME_MAX + 1];    /* where it is written to */
	char target[NAME_MAX + 1];  /* upload_atomic: its name at the end */
	dev_t device;               /* so that only what this session made */
	ino_t inode;                /*   is ever removed or renamed */
	bool created;               /* it did not exist before */
	char path[PATH_MAX];        /* for its record, below the root */
};

struct listing;

struct helper {
	int wire;              /* the pair with ftpd */
	bool privileged;       /* set-uid or started as root */
	uid_t caller;          /* real uid that runs ftpd */
	enum phase phase;
	char instance[WIRE_NAME_MAX + 1]; /* whose configuration; or "" */
	struct conf_place place;
	char *settings;        /* quick mode's command line, or NULL */
	char quick_user[WIRE_NAME_MAX + 1]; /* quick mode's one user, or "" */
	char quick_hash[WIRE_HASH_MAX + 1];
	char host[CONF_HOST_MAX + 1];     /* virtual host named, or "" */
	char identity[CONF_HOST_MAX + 1]; /* its own name, of an alias, too */
	struct conf conf;      /* of the user, once logged in */
	struct log log;
	union address peer;    /* of the control connection; family 0: none */
	union address local;
	bool proxied;          /* both are what a PROXY header says */
	unsigned failures;     /* logins refused so far */
	unsigned certs_given;  /* 1 << enum wire_cert, or-ed */
	struct account account;
	unsigned rights;       /* WIRE_MAY_... */
	int root;              /* O_PATH descriptor of the session's "/" */
	mode_t umask;
	struct names names;
	int spool;             /* O_PATH of upload_spool_dir, or -1 */
	unsigned spooled;      /* records written there */
	struct upload upload;
	struct listing *listing; /* opened by WIRE_LIST, written afterwards */
	const char **blame;    /* inftpd-explain's: which directive refused */
	bool unasking;         /* inftpd-explain's: auth_socket is left alone */
};

#endif
