/*
 * session.h - struct session: all that one control connection knows. The
 * rooms of ftpd/ include it, the pure ones (addr, ascii, line, text) do not;
 * what session.c does with it is called by main.c alone.
 */
#ifndef FTPD_SESSION_H
#define FTPD_SESSION_H

#include "conf/conf.h"
#include "conf/log.h"
#include "ftpd/addr.h"
#include "ftpd/agent.h"
#include "ftpd/clock.h"
#include "ftpd/control.h"
#include "ftpd/data.h"
#include "ftpd/hash.h"
#include "ftpd/host.h"
#include "ftpd/line.h"
#include "ftpd/proxied.h"
#include "ftpd/reply.h"
#include "ftpd/slots.h"
#include "ftpd/status.h"
#include "ftpd/text.h"
#include "ftpd/title.h"
#include "ftpd/transfer.h"
#include "ftpd/xferlog.h"
#include "ftpd/zip.h"

#include <stdbool.h>
#include <stdint.h>

/* How far the login has come; each command row says where it is legal. */
enum state {
	IN_NEW = 1 << 0,     /* nothing yet */
	IN_USER = 1 << 1,    /* USER was given, PASS is awaited */
	IN_SESSION = 1 << 2, /* logged in */
};

#define RANGE_NONE (-1)

/* Facts of MLST and MLSD until OPTS says otherwise. */
#define SESSION_FACTS (WIRE_FACTS & ~(unsigned)WIRE_FACT_CREATE)

struct session {
	int control;           /* the client; its only reader is line.h's, */
	struct line line;      /*   its only writer */
	struct reply reply;    /*   reply.h's */
	struct secure secure;  /* TLS of both connections */
	struct conf conf;      /* after login with the user's settings */
	struct host host;
	char *resolved;        /* names of pasv_address, as --resolve wrote them */
	struct log log;
	struct xferlog xferlog;
	struct status status;  /* for the service manager */
	struct title title;    /* for ps */
	struct slots slots;    /* our place among max_clients */
	struct agent agent;
	union addr peer;       /* the two ends of the control connection, */
	union addr local;      /*   as the client has them */
	union addr here;       /* our own end, to bind to; local but for */
	union addr via;        /*   clients of this proxy; family 0: none */
	struct proxied proxied;

	enum state state;
	char user[WIRE_NAME_MAX + 1];
	char email[128];       /* what an anonymous user gave for a password */
	enum wire_kind kind;
	unsigned rights;       /* WIRE_MAY_ bits, as the helper told */
	unsigned login_failures;
	unsigned unknown_commands; /* before login */
	bool client_known;     /* CLNT or CSID was given and logged */
	char cwd[TEXT_PATH_MAX];
	char home[TEXT_PATH_MAX]; /* where the session started; "" before */

	bool ascii;            /* TYPE A */
	int64_t restart;       /* REST or RANG, 0 for none */
	int64_t range_end;     /* RANG: the last byte, or RANGE_NONE */
	char rename_from[TEXT_PATH_MAX]; /* RNFR, "" for none */
	bool epsv_all;         /* RFC 2428 section 4 */
	unsigned facts;        /* OPTS MLST */
	struct data data;
	struct transfer transfer;
	unsigned strangers;    /* who came to a port of ours instead of him */
	bool lingers;          /* the client hangs up only after 226 */
	bool dozes;            /* it was slow to go on after 227 or 229 */
	struct hash hash;
	struct zip zip;        /* MODE Z */
	bool quitting;         /* QUIT was given; ends when nothing is going on */
	bool closing;          /* nothing more is read */

	int64_t now;           /* milliseconds, of this turn of the loop */
	int64_t started;
	int64_t idle_since;    /* last command or end of a transfer */
	int64_t sent, received; /* bytes of file data, for STAT and the log */
	unsigned files;        /* transfers completed */
};

/* Does a transfer go on, or a digest? Most commands wait for their end. */
static inline bool
session_busy(const struct session *s)
{
	return s->transfer.kind != TRANSFER_NONE || hash_running(s);
}

/*
 * Serves the client until he leaves, after greeting and confinement. Returns
 * when the session is over.
 */
void session_run(struct session *s);

#endif
