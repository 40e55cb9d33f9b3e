/*
 * wire.h - the contract between ftpd and inftpd-helper: message types, the
 * encoder and decoder, descriptor passing.
 *
 * Linked by both sides and includes nothing else of ours. One request, one
 * answer, in lock step, over a SOCK_SEQPACKET pair: the kernel keeps the
 * boundaries. Integers are in host order, both ends being one machine.
 */
#ifndef HELPERS_WIRE_H
#define HELPERS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_MESSAGE_MAX 16384  /* bytes of one message */
#define WIRE_NAME_MAX 255       /* a user or instance name */
#define WIRE_PASSWORD_MAX 1023  /* a password */
#define WIRE_PATH_MAX 4095      /* a path, without its NUL */
#define WIRE_SETTINGS_MAX 8191  /* directives as text */
#define WIRE_HASH_MAX 383       /* a crypt(5) hash */
#define WIRE_PROXY_MAX 4096     /* a PROXY header */
#define WIRE_ADDRESS_MAX 16     /* an IPv4 or IPv6 address, network order */

/* Requests. A number is never used again for something else. */
enum wire_op {
	WIRE_HELLO = 1,      /* struct agent_setup's strings + control socket */
	WIRE_USER = 2,       /* user: may this name go on to a password? */
	WIRE_LOGIN = 3,      /* user, password -> struct wire_login */
	WIRE_OPEN = 4,       /* path, enum wire_open, offset -> file + descriptor */
	WIRE_UPLOAD_END = 5, /* complete? -> ends the upload opened last */
	WIRE_STAT = 6,       /* path -> mode, size, mtime */
	WIRE_CHDIR = 7,      /* path: is it a directory one may enter? */
	WIRE_LIST = 8,       /* path, format, options -> pipe */
	WIRE_MKDIR = 9,      /* path */
	WIRE_RMDIR = 10,     /* path */
	WIRE_UNLINK = 11,    /* path */
	WIRE_RENAME = 12,    /* from, to */
	WIRE_CHMOD = 13,     /* path, mode */
	WIRE_UTIME = 14,     /* path, mtime */
	WIRE_CONNECT = 15,   /* family, address, port -> data socket */
	WIRE_UMASK = 16,     /* mask, or WIRE_UMASK_KEEP -> the one in force */
	WIRE_CERT = 17,      /* enum wire_cert -> descriptor */
	WIRE_PROXY = 18,     /* header -> both ends, settings of net.d, host.d */
	WIRE_HOST = 19,      /* name, pinned? -> settings, banner descriptor */
	WIRE_SPACE = 20,     /* path of a directory -> bytes that are free */
};

/* How WIRE_OPEN opens. */
enum wire_open {
	WIRE_OPEN_READ = 0,
	WIRE_OPEN_STORE = 1,       /* create or replace; offset: keep, no cut */
	WIRE_OPEN_APPEND = 2,      /* create or append */
	WIRE_OPEN_UNIQUE = 3,      /* create under a name that is not in use */
	WIRE_OPEN_STORE_CHECK = 4, /* would STORE be allowed? touches nothing */
	WIRE_OPEN_APPEND_CHECK = 5,
	WIRE_OPEN_MESSAGE = 6, /* read message_file of the directory path */
	WIRE_OPEN_PART = 7,    /* create or write into, also from 0 on */
};

/* Is it one of those that only ask, and open nothing? */
bool wire_open_asks(enum wire_open how);

/* Only asks for the mask. */
#define WIRE_UMASK_KEEP UINT32_MAX

/* Files that WIRE_CERT opens, each once, before login. */
enum wire_cert {
	WIRE_CERT_RSA = 0,
	WIRE_CERT_RSA_KEY = 1,
	WIRE_CERT_ECDSA = 2,
	WIRE_CERT_ECDSA_KEY = 3,
	WIRE_CERT_CA = 4,
	WIRE_CERT_RSA_OCSP = 5,
	WIRE_CERT_ECDSA_OCSP = 6,
	WIRE_CERT_COUNT = 7,
};

/* What WIRE_LIST writes into the pipe. */
enum wire_format {
	WIRE_FORMAT_LIST = 0, /* as ls -l prints, CRLF */
	WIRE_FORMAT_NLST = 1, /* names, CRLF */
	WIRE_FORMAT_MLSD = 2, /* RFC 3659 facts of a directory's entries */
	WIRE_FORMAT_MLST = 3, /* RFC 3659 facts of one path, full name */
};

/* Options of WIRE_LIST, or-ed. */
enum {
	WIRE_LIST_ALL = 1 << 0,       /* -a: dot files, with . and .. */
	WIRE_LIST_ALMOST = 1 << 1,    /* -A: dot files, without . and .. */
	WIRE_LIST_RECURSE = 1 << 2,   /* -R */
	WIRE_LIST_REVERSE = 1 << 3,   /* -r */
	WIRE_LIST_BY_TIME = 1 << 4,   /* -t */
	WIRE_LIST_BY_SIZE = 1 << 5,   /* -S */
	WIRE_LIST_CLASSIFY = 1 << 6,  /* -F */
	WIRE_LIST_DIRECTORY = 1 << 7, /* -d */
	WIRE_LIST_LONG = 1 << 8,      /* -l with NLST */
	WIRE_LIST_LITERAL = 1 << 9,   /* no wildcards in the path */
	WIRE_LIST_OPTIONS = (1 << 10) - 1,
};

/* Facts of MLSD and MLST, or-ed into the facts field of WIRE_LIST. */
enum {
	WIRE_FACT_TYPE = 1 << 0,
	WIRE_FACT_SIZE = 1 << 1,
	WIRE_FACT_MODIFY = 1 << 2,
	WIRE_FACT_PERM = 1 << 3,
	WIRE_FACT_UNIQUE = 1 << 4,
	WIRE_FACT_MODE = 1 << 5,  /* UNIX.mode */
	WIRE_FACT_OWNER = 1 << 6, /* UNIX.owner */
	WIRE_FACT_GROUP = 1 << 7, /* UNIX.group */
	WIRE_FACT_CREATE = 1 << 8,
	WIRE_FACT_UID = 1 << 9,  /* UNIX.uid */
	WIRE_FACT_GID = 1 << 10, /* UNIX.gid */
	WIRE_FACTS = (1 << 11) - 1,
};

/* Kinds of accounts. */
enum wire_kind {
	WIRE_ANONYMOUS = 1,
	WIRE_LOCAL = 2,
	WIRE_VIRTUAL = 3,
};

/* What a session may do; or-ed. Decided by the helper, shown by ftpd. */
enum {
	WIRE_MAY_DOWNLOAD = 1 << 0,
	WIRE_MAY_LIST = 1 << 1,
	WIRE_MAY_UPLOAD = 1 << 2,    /* make files */
	WIRE_MAY_OVERWRITE = 1 << 3, /* replace or append to files */
	WIRE_MAY_MKDIR = 1 << 4,
	WIRE_MAY_DELETE = 1 << 5,    /* delete, remove, rename */
	WIRE_MAY_CHMOD = 1 << 6,
	WIRE_MAY_UTIME = 1 << 7,
	/* No right: rates and masks are those of anonymous sessions. */
	WIRE_IS_LIMITED = 1 << 8,
};

/* A message being written or read; a failed one stays failed. */
struct wire {
	unsigned char *data; /* the bytes; the struct's user owns them */
	size_t size;         /* room when writing, length when reading */
	size_t used;         /* bytes written or read so far */
	bool failed;         /* a field did not fit, or was not there */
};

/* Starts a message with its op (request) or status (answer: 0 or errno). */
void wire_begin(struct wire *w, void *buffer, size_t size, uint32_t head);

void wire_put_u32(struct wire *w, uint32_t value);
void wire_put_u64(struct wire *w, uint64_t value);

/* length bytes, which may hold anything; fails if length > limit. */
void wire_put_bytes(
    struct wire *w, const void *bytes, size_t length, size_t limit);

/* A string; fails if longer than limit. */
void wire_put_str(struct wire *w, const char *string, size_t limit);

/* Starts reading length bytes; the head is what wire_begin() was given. */
void wire_parse(struct wire *w, void *buffer, size_t length, uint32_t *ret_head);

uint32_t wire_get_u32(struct wire *w);
uint64_t wire_get_u64(struct wire *w);

/*
 * Up to room bytes into buffer. Returns their number; fails when there are
 * more or the message ends early.
 */
size_t wire_get_bytes(struct wire *w, void *buffer, size_t room);

/* A string into buffer, size bytes with its NUL; a NUL inside it fails. */
void wire_get_str(struct wire *w, char *buffer, size_t size);

/* True if nothing failed and all of the message was read. */
bool wire_end(const struct wire *w);

/*
 * Sends a message, with descriptor unless that is -1. 0, -EBADMSG for a
 * failed message, or -errno.
 */
int wire_send(int socket, const struct wire *w, int descriptor);

/*
 * Receives a message into buffer. *ret_descriptor is -1 or one that came with
 * it, close-on-exec, and the caller's. Returns the length; 0 when the other
 * end has gone, which an empty message looks like; -EBADMSG for a cut or
 * over-long message, one of nothing but a descriptor, more than one
 * descriptor or other ancillary data; or -errno.
 */
int wire_receive(int socket, void *buffer, size_t size, int *ret_descriptor);

#endif
