/*
 * transfer.h - bytes from one descriptor to another: downloads, uploads and
 * listings, in steps of the session's one loop, so that ABOR, STAT, NOOP and
 * QUIT are heard meanwhile.
 */
#ifndef FTPD_TRANSFER_H
#define FTPD_TRANSFER_H

#include "ftpd/deflate.h"
#include "ftpd/text.h"
#include "ftpd/pace.h"
#include "helpers/wire.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

enum transfer_kind {
	TRANSFER_NONE,
	TRANSFER_DOWNLOAD, /* a file to the client */
	TRANSFER_UPLOAD,   /* the client to a file */
	TRANSFER_LISTING,  /* the helper's pipe to the client */
};

struct transfer {
	enum transfer_kind kind;
	bool connecting;      /* the data connection is not open yet */
	bool finished;        /* the source has ended */
	bool ending;          /* all is sent; will the client hang up? */
	bool ascii;           /* line ends are converted */
	bool pending_cr;      /* ascii upload: a CR waits for its LF */
	int file;             /* file or pipe, or -1 */
	enum wire_open how;   /* of an upload */
	int64_t offset;       /* REST */
	int64_t skip;         /* ascii download: REST's bytes not passed yet */
	int64_t left;         /* RANG's bytes still to come */
	int64_t size;         /* of a download, for 150 */
	int64_t bytes;        /* moved so far, as seen on the network */
	int64_t started;      /* milliseconds; for rates and the log */
	int64_t moved;        /* when bytes moved last, for time-outs */
	struct pace pace;     /* of this rate */
	char *buffer;         /* move.c's, or NULL */
	size_t begin, end;    /* bytes of it that wait to be written */
	size_t tried;         /* of them, written in vain at the last try */
	/* MODE Z, whose stream is between the buffer and the network. */
	struct deflate_stream *zip; /* NULL in MODE S */
	char *plain;          /* MOVE_BUFFER bytes in front of the stream */
	size_t plain_begin, plain_end; /* bytes of it that it has to take */
	int64_t plain_bytes;  /* as they are without compression, so far */
	bool plain_ended;     /* no more will come to be compressed */
	bool more;            /* it may give more without taking any */
	char path[TEXT_PATH_MAX];
};

/* Each answers the client itself, also when it fails; returns 0. */
int transfer_download(struct session *s, const char *path);
int transfer_upload(
    struct session *s, const char *path, enum wire_open how);

/* Sends what the pipe gives; path is for the log. Takes the pipe. */
int transfer_listing(struct session *s, int pipe, const char *path);

/* What to poll for; ret_poll has two entries. Returns how many are used. */
size_t transfer_poll(const struct session *s, struct pollfd *ret_poll);

/* Goes on as far as it can without waiting. */
void transfer_step(struct session *s);

/*
 * When the loop must call transfer_step() at the latest, in milliseconds of
 * clock_now(); INT64_MAX for never.
 */
int64_t transfer_deadline(const struct session *s);

/* Ends it: error is a negative errno (-ECONNABORTED for ABOR). */
void transfer_abort(struct session *s, int error);

#endif
