/*
 * wire.c - messages between ftpd and inftpd-helper, see wire.h.
 *
 * Every byte read here may come from a process that an attacker owns, in
 * either direction, so each field is checked against what is left of the
 * message before it is used, and nothing is allocated.
 */
#include "config.h"

#include "helpers/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

bool
wire_open_asks(enum wire_open how)
{
	return how == WIRE_OPEN_STORE_CHECK || how == WIRE_OPEN_APPEND_CHECK;
}

void
wire_begin(struct wire *w, void *buffer, size_t size, uint32_t head)
{
	*w = (struct wire){ .data = buffer, .size = size };
	wire_put_u32(w, head);
}

static void
put(struct wire *w, const void *bytes, size_t length)
{
	if (w->failed || length > w->size - w->used) {
		w->failed = true;
		return;
	}
	if (length > 0)
		memcpy(w->data + w->used, bytes, length);
	w->used += length;
}

void
wire_put_u32(struct wire *w, uint32_t value)
{
	put(w, &value, sizeof value);
}

void
wire_put_u64(struct wire *w, uint64_t value)
{
	put(w, &value, sizeof value);
}

void
wire_put_bytes(
    struct wire *w, const void *bytes, size_t length, size_t limit)
{
	if (length > limit) {
		w->failed = true;
		return;
	}
	wire_put_u32(w, (uint32_t)length);
	put(w, bytes, length);
}

void
wire_put_str(struct wire *w, const char *string, size_t limit)
{
	wire_put_bytes(w, string, strlen(string), limit);
}

void
wire_parse(struct wire *w, void *buffer, size_t length, uint32_t *ret_head)
{
	*w = (struct wire){ .data = buffer, .size = length };
	*ret_head = wire_get_u32(w);
}

static void
get(struct wire *w, void *bytes, size_t length)
{
	if (w->failed || length > w->size - w->used) {
		w->failed = true;
		return;
	}
	memcpy(bytes, w->data + w->used, length);
	w->used += length;
}

uint32_t
wire_get_u32(struct wire *w)
{
	uint32_t value = 0;

	get(w, &value, sizeof value);
	return value;
}

uint64_t
wire_get_u64(struct wire *w)
{
	uint64_t value = 0;

	get(w, &value, sizeof value);
	return value;
}

size_t
wire_get_bytes(struct wire *w, void *buffer, size_t room)
{
	uint32_t length = wire_get_u32(w);

	if (length > room)
		w->failed = true;
	if (!w->failed)
		get(w, buffer, length);
	return w->failed ? 0 : length;
}

void
wire_get_str(struct wire *w, char *buffer, size_t size)
{
	size_t length = wire_get_bytes(w, buffer, size - 1);

	buffer[length] = '\0';
	if (memchr(buffer, '\0', length)) {
		w->failed = true;
		buffer[0] = '\0';
	}
}

bool
wire_end(const struct wire *w)
{
	return !w->failed && w->used == w->size;
}

int
wire_send(int socket, const struct wire *w, int descriptor)
{
	union {
		struct cmsghdr header; /* for its alignment */
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = w->data, .iov_len = w->used };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (w->failed)
		return -EBADMSG;
	/*
	 * Without a descriptor send() does: the sandbox of ftpd has no
	 * sendmsg(), which could open a connection by itself.
	 */
	if (descriptor == -1) {
		do
			n = send(socket, w->data, w->used, MSG_NOSIGNAL);
		while (n == -1 && errno == EINTR);
		return n == -1 ? -errno : 0;
	}
	memset(&control, 0, sizeof control);
	message.msg_control = &control;
	message.msg_controllen = sizeof control.room;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
	do
		n = sendmsg(socket, &message, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n == -1 ? -errno : 0;
}

/*
 * The one descriptor that a message may bring, -1 for none, -2 for anything
 * else; surplus descriptors are closed, not leaked.
 */
static int
take_descriptor(struct msghdr *message)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(message);
	int fds[4];
	size_t count;

	if (!c)
		return -1;
	if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len > CMSG_LEN(sizeof fds))
		return -2;
	count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(c), count * sizeof(int));
	if (count == 1 && !CMSG_NXTHDR(message, c))
		return fds[0];
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
	return -2;
}

int
wire_receive(int socket, void *buffer, size_t size, int *ret_descriptor)
{
	union {
		struct cmsghdr header; /* for its alignment */
		char room[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = buffer, .iov_len = size };
	struct msghdr message = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control };
	ssize_t n;
	int descriptor;

	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -errno;
	descriptor = take_descriptor(&message);
	/* An empty packet alone looks like the end of the connection: it is. */
	if (n == 0 || descriptor == -2 ||
	    (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		if (descriptor >= 0)
			close(descriptor);
		return n == 0 && descriptor == -1 ? 0 : -EBADMSG;
	}
	*ret_descriptor = descriptor;
	return (int)n;
}
