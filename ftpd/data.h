/*
 * data.h - the data connection: passive and active, opened, read, written and
 * closed in one place.
 */
#ifndef FTPD_DATA_H
#define FTPD_DATA_H

#include "ftpd/addr.h"
#include "ftpd/tls.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct session;

enum data_mode {
	DATA_NONE,    /* neither PASV nor PORT was given */
	DATA_PASSIVE, /* listening */
	DATA_ACTIVE,  /* the client listens */
};

struct data {
	enum data_mode mode;
	int listener;       /* DATA_PASSIVE, else -1 */
	int64_t answered;   /* when 227 or 229 was said */
	int64_t expires;    /* refused: when it is closed; 0 for not so */
	int failed;         /* what came of data_advance(), or 0 */
	int fd;             /* the connection, or -1 */
	bool connecting;    /* fd is not connected yet */
	bool headed;        /* fd came by a proxy, and its header is awaited */
	const struct tls_calls *calls; /* of tls */
	struct tls_conn *tls; /* PROT P, else NULL */
	bool shaken;        /* its handshake is over */
	bool whole;         /* set by transfer.c: it sends a file as it is */
	union addr target;  /* DATA_ACTIVE: whereto */
};

void data_init(struct data *d);

/*
 * Closes whatever is open; the client must say PASV or PORT again. Under TLS
 * this is a cut, unless data_finish() has been called.
 */
void data_reset(struct data *d);

/*
 * As data_reset(), for a transfer that is refused before 150; the reply comes
 * afterwards. Under TLS it is closed no sooner than the next command or
 * data_deadline(), whichever comes first.
 */
void data_refuse(struct session *s);

/* When data_reset() is due, in clock_now()'s milliseconds; or INT64_MAX. */
int64_t data_deadline(const struct session *s);

/*
 * Listens on a port of pasv_min_port to pasv_max_port at the control
 * connection's local address. 0 and *ret_port, or -errno.
 */
int data_listen(struct session *s, unsigned *ret_port);

/* Remembers where to connect to. */
void data_target(struct session *s, const union addr *target);

/*
 * Goes on with opening the connection, TLS handshake included, never waiting.
 * 0 when it is open; -EAGAIN: call again when data_poll()'s descriptor is
 * ready; -EPROTO for a failed handshake, -EKEYREJECTED where it should have
 * resumed the control connection's session; else -errno. Connections from
 * other hosts than the client are turned away.
 */
int data_open(struct session *s);

/*
 * Clients may begin TLS when they have connected, and not at 150 only (curl):
 * is one awaited, and no transfer to answer it? Then data_advance() answers
 * when data_poll()'s descriptor is ready; data_open() tells how it ended.
 */
bool data_is_awaited(const struct session *s);
void data_advance(struct session *s);

/* PROT C behind PASV: what has not begun with TLS goes on without. */
void data_unprotect(struct data *d);

/* What to poll for while data_open() says -EAGAIN. */
void data_poll(const struct data *d, struct pollfd *ret_poll);

/* poll() events for moving bytes. */
short data_events(const struct data *d, bool writing);

/* Bytes that data_read() would give without the network. */
bool data_pending(const struct data *d);

/* Says goodbye after a download (close_notify). 0, -EAGAIN or -errno. */
int data_finish(struct data *d, bool wait);

/* Nothing more will be sent: the client sees the end, and may hang up. */
void data_shut(struct data *d);

/*
 * May data_send_file() be used, so that the bytes of the file need not pass
 * through this process? For a whole file, and under TLS only with a kernel
 * that encrypts, which is known once the connection is open.
 */
bool data_direct(const struct data *d);

/* Bytes of a file sent, 0 at its end, or -errno. Only if data_direct(). */
ssize_t data_send_file(struct data *d, int file, off_t offset, size_t size);

/* Bytes, 0 at the end, or -errno; -EAGAIN when there is nothing to do now. */
ssize_t data_read(struct data *d, void *buffer, size_t size);
ssize_t data_write(struct data *d, const void *buffer, size_t size);

#endif
