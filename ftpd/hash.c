/*
 * hash.c - the digest of a file, see hash.h. Called by cmd_hash.c to begin and
 * by session.c for each step.
 */
#include "config.h"

#include "ftpd/hash.h"

#include "ftpd/module.h"
#include "ftpd/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HASH_BUFFER (256 * 1024)
#define STEP_READS 4 /* buffers before commands are looked at */

const char *const hash_names[DIGEST_COUNT] = {
    [DIGEST_SHA256] = "SHA-256",
    [DIGEST_SHA512] = "SHA-512",
    [DIGEST_SHA1] = "SHA-1",
    [DIGEST_MD5] = "MD5",
    [DIGEST_CRC32] = "CRC32",
};

bool
hash_running(const struct session *s)
{
	return s->hash.digest != NULL;
}

static bool
load_module(struct session *s)
{
	char error[256];

	if (!s->hash.calls)
		s->hash.calls = module_open(
		    s->hash.module, DIGEST_SYMBOL, error, sizeof error);
	if (!s->hash.calls)
		log_event(&s->log, LOG_ERR, "hash", "%s", error);
	return s->hash.calls != NULL;
}

static void
release(struct session *s)
{
	struct hash *h = &s->hash;

	h->calls->free(h->digest);
	h->digest = NULL;
	close(h->file);
	free(h->buffer);
	h->buffer = NULL;
	s->idle_since = s->now;
}

static void
fail(struct session *s, int code, const char *text)
{
	log_event(&s->log, LOG_INFO, "hash",
	    "%s of \"%s\": %" PRId64 " bytes, %s", hash_names[s->hash.kind],
	    s->hash.path, s->hash.next - s->hash.start, text);
	release(s);
	reply(s, code, text);
}

void
hash_abort(struct session *s)
{
	if (hash_running(s))
		fail(s, 426, "Aborted.");
}

/* Two hexadecimal digits for each byte. */
static void
put_hex(const unsigned char *bytes, size_t length, bool upper, char *out)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

/*
 * "213 SHA-256 0-49 digest name" as the draft has it, the last byte included
 * (nothing at all is 0-0); of XCRC and its kin the digest alone, in capitals
 * as by those who brought them up.
 */
static void
finish(struct session *s)
{
	struct hash *h = &s->hash;
	unsigned char bytes[DIGEST_MAX];
	char hex[2 * DIGEST_MAX + 1], before[2 * DIGEST_MAX + 128];
	size_t length = h->calls->result(h->digest, bytes);
	int64_t last = h->end > h->start ? h->end - 1 : h->start;

	if (length == 0) {
		fail(s, 451, "The library for digests has failed.");
		return;
	}
	put_hex(bytes, length, h->terse, hex);
	log_event(&s->log, LOG_INFO, "hash",
	    "%s of \"%s\": %" PRId64 " bytes, %" PRId64 ".%03" PRId64
	    " seconds",
	    hash_names[h->kind], h->path, h->end - h->start,
	    (s->now - h->begun) / 1000, (s->now - h->begun) % 1000);
	release(s);
	snprintf(before, sizeof before, "%s %" PRId64 "-%" PRId64 " %s ",
	    hash_names[h->kind], h->start, last, hex);
	if (h->terse)
		reply(s, 250, hex);
	else
		reply_name(s, 213, before, h->shown, false, "");
}

/* One buffer: 1 to go on, 0 when it is over, which has been answered. */
static int
read_once(struct session *s)
{
	struct hash *h = &s->hash;
	int64_t left = h->end - h->next;
	size_t most = left < HASH_BUFFER ? (size_t)left : HASH_BUFFER;
	ssize_t n = most > 0 ? pread(h->file, h->buffer, most, h->next) : 0;

	if (most == 0) {
		finish(s);
		return 0;
	}
	if (n == -1 && errno == EINTR)
		return 1;
	if (n <= 0) {
		fail(s, 451,
		    n == 0 ? "The file has become shorter."
			   : "Error reading the file.");
		return 0;
	}
	h->next += n;
	s->hash.spent += n;
	if (h->calls->update(h->digest, h->buffer, (size_t)n))
		return 1;
	fail(s, 451, "The library for digests has failed.");
	return 0;
}

void
hash_step(struct session *s)
{
	int64_t limit = s->conf.hash_timeout;

	if (!hash_running(s))
		return;
	for (int i = 0; i < STEP_READS; i++)
		if (read_once(s) == 0)
			return;
	s->now = clock_now();
	if (limit > 0 && s->now - s->hash.begun >= limit * 1000)
		fail(s, 451, "It takes longer than is allowed here.");
}

static int
refuse(struct session *s, int file, int code, const char *text)
{
	close(file);
	return reply(s, code, text);
}

int
hash_begin(struct session *s, const struct hash_request *request, int file,
    int64_t size)
{
	struct hash *h = &s->hash;
	int64_t most = s->conf.hash_max_bytes;

	h->start = h->next = request->start;
	h->end = request->end < 0 || request->end > size ? size : request->end;
	if (h->start > h->end)
		return refuse(
		    s, file, 554, "There is no such part of the file.");
	if (most > 0 && h->end - h->start > most - h->spent)
		return refuse(s, file, request->terse ? 550 : 556,
		    "That is more than this session may have hashed.");
	if (!load_module(s))
		return refuse(s, file, 451,
		    "Digests are not available, see the server's log.");
	h->digest = h->calls->begin(request->kind);
	h->buffer = h->digest ? malloc(HASH_BUFFER) : NULL;
	if (!h->buffer) {
		if (h->digest)
			h->calls->free(h->digest);
		h->digest = NULL;
		return refuse(s, file, 451, "This digest is not available.");
	}
	h->file = file;
	h->kind = request->kind;
	h->terse = request->terse;
	h->begun = s->now;
	strcpy(h->path, request->path);
	strcpy(h->shown, request->shown);
	/* What is small is answered at once. */
	hash_step(s);
	return 0;
}
