/*
 * secret.c - passwords on their way in, see secret.h. Never from arguments or
 * the environment, which other users can read.
 */
#include "config.h"

#include "helpers/secret.h"

#include <crypt.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void
note_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/*
 * A byte, or what read() says. Signals come in only while it waits (signals
 * is the mask for that, or NULL), so none is lost in between.
 */
static ssize_t
read_byte(const sigset_t *signals, char *ret_byte)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (signals && ppoll(&input, 1, NULL, signals) == -1)
		return -1;
	return read(STDIN_FILENO, ret_byte, 1);
}

/* A line, byte by byte: what follows it is somebody else's. */
static const char *
read_line(const sigset_t *signals, char *buffer)
{
	size_t used = 0;
	char c = 0;
	ssize_t n;

	while ((n = read_byte(signals, &c)) == 1 && c != '\n') {
		if (c == '\0')
			return "a password cannot have a NUL in it";
		if (used == SECRET_MAX)
			return "a password has at most 511 bytes";
		buffer[used++] = c;
	}
	if (interrupted)
		return "interrupted";
	if (n == -1)
		return strerror(errno);
	/* Of a file from elsewhere; clients cannot send one. */
	if (used > 0 && buffer[used - 1] == '\r')
		used--;
	buffer[used] = '\0';
	if (memchr(buffer, '\r', used))
		return "a password cannot have a line end in it";
	return used > 0 ? NULL : "no password given";
}

static const char *
ask(const char *name, const sigset_t *signals, char *buffer)
{
	char again[SECRET_MAX + 1];
	const char *problem;

	fprintf(stderr, "New password for %s: ", name);
	problem = read_line(signals, buffer);
	fprintf(stderr, "\n");
	if (problem)
		return problem;
	fprintf(stderr, "Once more: ");
	problem = read_line(signals, again);
	fprintf(stderr, "\n");
	if (!problem && strcmp(buffer, again) != 0)
		problem = "the two are not the same";
	explicit_bzero(again, sizeof again);
	return problem;
}

const char *
secret_read(const char *name, char *buffer)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	/* Echo is turned on again whatever ends it. */
	const struct sigaction note = { .sa_handler = note_signal };
	sigset_t blocked, waiting;
	struct termios normal, quiet;
	const char *problem;

	if (tcgetattr(STDIN_FILENO, &normal) == -1)
		return read_line(NULL, buffer);
	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		sigaction(signals[i], &note, NULL);
		sigaddset(&blocked, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
	signal(SIGTSTP, SIG_IGN);
	quiet = normal;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == -1)
		return strerror(errno);
	problem = ask(name, &waiting, buffer);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &normal);
	sigprocmask(SIG_SETMASK, &waiting, NULL);
	return problem;
}

const char *
secret_hash(const char *password, char *buffer, size_t size)
{
	struct crypt_data *data = calloc(1, sizeof *data);
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *result = NULL, *problem = NULL;

	if (!data)
		return strerror(ENOMEM);
	/* yescrypt; or what libcrypt prefers where it has none. */
	if (crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof setting) ||
	    crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting))
		result = crypt_r(password, setting, data);
	if (!result || result[0] == '*')
		problem = "crypt(3) makes no hash of it";
	else if (strlen(result) >= size)
		problem = "its hash is too long";
	else
		strcpy(buffer, result);
	explicit_bzero(data, sizeof *data);
	free(data);
	return problem;
}
