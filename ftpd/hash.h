/*
 * hash.h - the digest of a file, computed in pieces between which the client
 * is heard, and within limits: hash_max_bytes for a session, hash_timeout for
 * one request.
 *
 * Nothing is remembered. SHA-256 takes 1.4 seconds for a GB, which a disk
 * takes, too, and a client seldom asks twice; a result kept beside the file
 * (in an extended attribute, say) could be written by the owner of the file,
 * while who asks wants to know what the bytes are.
 */
#ifndef FTPD_HASH_H
#define FTPD_HASH_H

#include "ftpd/digest.h"
#include "ftpd/text.h"

#include <stdbool.h>
#include <stdint.h>

struct session;

struct hash {
	const struct digest_calls *calls; /* the module, once it is loaded */
	char module[512];        /* its path, found before the sandbox */
	enum digest_kind chosen; /* OPTS HASH */
	int64_t spent;           /* bytes of this session so far */

	/* What is being computed. */
	struct digest *digest; /* NULL: nothing */
	enum digest_kind kind;
	bool terse; /* XCRC and its kin: the digest alone */
	int file;
	int64_t start, next, end; /* bytes of the file; end is not included */
	int64_t begun;            /* milliseconds */
	char *buffer;
	char path[TEXT_PATH_MAX];  /* for STAT and the log */
	char shown[TEXT_PATH_MAX]; /* as the client named it */
};

/* What is asked for; end is not included, -1: up to the end of the file. */
struct hash_request {
	const char *path, *shown;
	enum digest_kind kind;
	int64_t start, end;
	bool terse;
};

/* Names of the kinds, as OPTS HASH and FEAT have them. */
extern const char *const hash_names[DIGEST_COUNT];

/* Is there one being computed? */
bool hash_running(const struct session *s);

/*
 * Begins with a file that the helper has opened for reading, of size bytes;
 * takes the descriptor. Answers the client at its end, or now if it fails.
 */
int hash_begin(struct session *s, const struct hash_request *request, int file,
    int64_t size);

/* Goes on for some milliseconds. */
void hash_step(struct session *s);

/* Ends it, answered with 426; for ABOR and the end of the session. */
void hash_abort(struct session *s);

#endif
