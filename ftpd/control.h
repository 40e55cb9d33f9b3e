/*
 * control.h - the control connection's bytes, plain or under TLS, and the
 * session's TLS: loading the module, certificates from the helper.
 */
#ifndef FTPD_CONTROL_H
#define FTPD_CONTROL_H

#include "ftpd/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct session;

/* TLS of a session; all NULL and false without. */
struct secure {
	const struct tls_calls *calls; /* the module */
	const int *pair;               /* certificate and key, open; or NULL */
	struct tls *tls;
	struct tls_conn *control;      /* under TLS since AUTH */
	bool implicit;                 /* from the first byte, without AUTH */
	bool unusable;                 /* could not be had, as was logged */
	bool shaken;                   /* its handshake is over */
	bool blocked;                  /* it must write before it can read */
	bool pbsz;                     /* PBSZ was given */
	bool protect;                  /* PROT P: data connections, too */
	char module[512];              /* path, found before the sandbox */
};

/*
 * Gets all that TLS needs: the module, certificate and key. 0, or -ENOENT
 * when something cannot be had, which is logged once: a later try fails at
 * once, since the helper opens each file only once.
 */
int control_prepare_tls(struct session *s);

/*
 * Puts the control connection under TLS, after control_prepare_tls(); the
 * handshake comes with the next bytes. 0 or -errno.
 */
int control_start_tls(struct session *s);

/* Ends TLS, with close_notify. */
void control_end(struct session *s);

/* Bytes, 0 at the end, -EAGAIN, or another -errno. Neither ever waits. */
ssize_t control_read(struct session *s, void *buffer, size_t size);
ssize_t control_write(struct session *s, const void *buffer, size_t size);

/* Does TLS alone say what to wait for, which need not be bytes? */
bool control_busy(const struct session *s);

/* Are there bytes that poll() does not know of? */
bool control_pending(const struct session *s);

/* poll() events: reading, and writing if there is something to write. */
short control_events(const struct session *s, bool reading, bool writing);

/*
 * Acknowledges at once what has come on a socket. Clients write a handshake's
 * end, and an upload's, in two small pieces, of which theirs holds back the
 * second until the first is acknowledged: 40 ms lost for each connection.
 */
void control_quick_ack(int fd);

/* Logs what a connection under TLS is, or why it failed, behind what. */
void control_log_tls(struct session *s, const struct tls_conn *conn,
    int priority, const char *what);

/* A fresh ticket, so that the next data connection can resume (TLS 1.3). */
void control_renew_ticket(struct session *s);

#endif
