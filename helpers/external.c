/*
 * external.c - one connection, one question, one answer; see external.h.
 *
 * The socket must lie where only root can have put it, for a stranger there
 * would learn passwords. Neither a slow nor a talkative other end holds the
 * helper: one deadline is over all of it, and so is one buffer.
 */
#include "config.h"

#include "helpers/external.h"

#include "conf/trusted.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for events until the deadline. 0, -ETIMEDOUT or -errno. */
static int
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	int n;

	do {
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return -ETIMEDOUT;
		n = poll(&poll_fd, 1, (int)left);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

/* A connected socket. Connecting waits where the other's queue is full. */
static int
connect_to(const char *path, int64_t seconds)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = (time_t)seconds };
	int fd, saved;

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) ==
	        0 &&
	    connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	saved = errno == EAGAIN ? ETIMEDOUT : errno;
	close(fd);
	return -saved;
}

static int
send_all(int fd, const char *text, size_t length, int64_t deadline)
{
	while (length > 0) {
		ssize_t n = send(fd, text, length, MSG_NOSIGNAL);
		int r = 0;

		if (n > 0) {
			text += n;
			length -= (size_t)n;
		} else if (errno == EAGAIN) {
			r = wait_for(fd, POLLOUT, deadline);
		} else {
			r = -errno;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* Until the end. The length, -EMSGSIZE if it does not fit, or -errno. */
static int
receive_all(int fd, char *text, size_t room, int64_t deadline)
{
	size_t used = 0;

	for (;;) {
		int r = wait_for(fd, POLLIN, deadline);
		ssize_t n;

		if (r < 0)
			return r;
		if (used == room)
			return -EMSGSIZE;
		n = recv(fd, text + used, room - used, 0);
		if (n == 0)
			return (int)used;
		if (n == -1 && errno != EAGAIN)
			return -errno;
		if (n > 0)
			used += (size_t)n;
	}
}

static const char *
address_text(const union address *address, char buffer[INET6_ADDRSTRLEN])
{
	buffer[0] = '\0';
	if (address->any.sa_family == AF_INET)
		inet_ntop(AF_INET, &address->v4.sin_addr, buffer,
		    INET6_ADDRSTRLEN);
	else if (address->any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &address->v6.sin6_addr, buffer,
		    INET6_ADDRSTRLEN);
	return strncmp(buffer, "::ffff:", 7) == 0 ? buffer + 7 : buffer;
}

/* Question out, answer in. The answer's length or -errno. */
static int
talk(struct helper *h, const char *user, const char *password, char *answer,
    size_t room)
{
	int64_t deadline = now_ms() + h->conf.auth_timeout * 1000;
	char client[INET6_ADDRSTRLEN], server[INET6_ADDRSTRLEN];
	char text[DIALOG_QUESTION_MAX + 1];
	struct dialog_question question = { .user = user,
		.password = password,
		.client = address_text(&h->peer, client),
		.server = address_text(&h->local, server),
		.instance = h->instance,
		.host = h->host };
	size_t length = dialog_ask(&question, text);
	int fd = -EINVAL, r = -EINVAL;

	if (length > 0)
		r = fd = connect_to(
		    h->conf.auth_socket, h->conf.auth_timeout);
	if (fd >= 0)
		r = send_all(fd, text, length, deadline);
	explicit_bzero(text, sizeof text);
	if (r >= 0 && shutdown(fd, SHUT_WR) == -1)
		r = -errno;
	if (r >= 0)
		r = receive_all(fd, answer, room, deadline);
	if (fd >= 0)
		close(fd);
	return r;
}

/* Is the socket where only root can have put it? */
static int
judge_socket(const char *path, struct conf_error *error)
{
	int fd = trusted_open(path, O_PATH, error);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int
external_ask(struct helper *h, const char *user, const char *password,
    struct external *ret_external, const char **ret_reason)
{
	const char *path = h->conf.auth_socket, *problem = NULL;
	struct conf_error error;
	int r = judge_socket(path, &error);

	*ret_reason = "auth_socket cannot be used";
	if (r < 0) {
		log_event(&h->log, LOG_ERR, "configuration", "%s", error.text);
		return -EACCES;
	}
	r = talk(h, user, password, ret_external->text,
	    DIALOG_ANSWER_MAX + 1);
	if (r >= 0)
		problem = dialog_answer(
		    ret_external->text, (size_t)r, &ret_external->answer);
	else if (r == -EMSGSIZE)
		problem = "too long";
	else
		problem = strerror(-r);
	if (!problem)
		return 0;
	*ret_reason = "no answer from the authenticator";
	log_event(&h->log, LOG_ERR, "authenticator", "%s: no answer: %s", path,
	    problem);
	return -EACCES;
}
