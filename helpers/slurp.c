/*
 * slurp.c - reading account files whole, see slurp.h. Called by auth.c and
 * verify.c. Opens what the administrator named, and never waits for a FIFO.
 */
#include "config.h"

#include "helpers/slurp.h"

#include "conf/conf.h"
#include "conf/trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (64L << 20) /* bytes of an account file */

void
slurp_done(struct slurp *text)
{
	if (text->bytes) {
		explicit_bzero(text->bytes, text->length);
		free(text->bytes);
	}
	*text = (struct slurp){ 0 };
}

static int
slurp_fd(int fd, struct slurp *ret_text)
{
	struct stat st;
	struct slurp text = { 0 };
	ssize_t n = 1;

	if (fstat(fd, &st) == -1)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return -EINVAL;
	text.bytes = malloc((size_t)st.st_size + 1);
	if (!text.bytes)
		return -ENOMEM;
	while (text.length < (size_t)st.st_size && n > 0) {
		n = read(fd, text.bytes + text.length,
		    (size_t)st.st_size - text.length);
		if (n > 0)
			text.length += (size_t)n;
	}
	if (n == -1) {
		int saved = errno;

		slurp_done(&text);
		return -saved;
	}
	*ret_text = text;
	return 0;
}

int
slurp_at(int dir, const char *path, int flags, struct slurp *ret_text)
{
	int fd = openat(dir, path,
	    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	int r;

	if (fd == -1)
		return -errno;
	r = slurp_fd(fd, ret_text);
	close(fd);
	return r;
}

int
slurp(const char *path, struct slurp *ret_text)
{
	return slurp_at(AT_FDCWD, path, 0, ret_text);
}

const char *
slurp_problem(int error)
{
	if (error == -EILSEQ)
		return "not a text of lines (UTF-16, or lines that end in CR "
		       "alone)";
	return error == -EINVAL ? "no plain file, or larger than 64 MiB"
				: strerror(-error);
}

int
slurp_trusted(const char *path, struct slurp *ret_text,
    struct conf_error *ret_error)
{
	int fd = trusted_open(path, O_RDONLY, ret_error);
	int r;

	if (fd < 0)
		return fd;
	r = slurp_fd(fd, ret_text);
	if (r < 0)
		snprintf(ret_error->text, sizeof ret_error->text, "%s: %s",
		    path, r == -EINVAL ? "is larger than 64 MiB"
				       : strerror(-r));
	close(fd);
	return r;
}
