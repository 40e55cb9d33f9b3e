/*
 * ascii.c - line ends of TYPE A, see ascii.h.
 *
 * Strict both ways, so that what was sent comes back byte for byte: a file
 * that has CR LF already gets a second CR, which the way back removes.
 */
#include "config.h"

#include "ftpd/ascii.h"

#include <string.h>

size_t
ascii_encode(const char *in, size_t length, char *out)
{
	size_t used = 0;

	while (length > 0) {
		const char *end = memchr(in, '\n', length);
		size_t n = end ? (size_t)(end - in) : length;

		memcpy(out + used, in, n);
		used += n;
		if (!end)
			break;
		out[used++] = '\r';
		out[used++] = '\n';
		in += n + 1;
		length -= n + 1;
	}
	return used;
}

size_t
ascii_decode(const char *in, size_t length, char *out, bool *pending_cr)
{
	size_t used = 0;
	bool pending = *pending_cr;

	for (size_t i = 0; i < length; i++) {
		char c = in[i];

		if (pending && c != '\n')
			out[used++] = '\r';
		pending = c == '\r';
		if (!pending)
			out[used++] = c;
	}
	*pending_cr = pending;
	return used;
}
