/*
 * resolve.c - names to addresses, see resolve.h. A timer runs it as ftpd's
 * user; main.c calls it for --resolve, serve.c reads what it wrote. The only
 * code here that asks the name service, and never in a session.
 */
#include "config.h"

#include "ftpd/resolve.h"

#include "conf/announce.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINES_MAX 65536 /* bytes of the file */

char *
resolve_read(const struct conf_place *place)
{
	int fd = open(place->resolved, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char *lines = fd >= 0 ? malloc(LINES_MAX + 1) : NULL;
	ssize_t n = lines ? read(fd, lines, LINES_MAX) : -1;

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		free(lines);
		return NULL;
	}
	lines[n] = '\0';
	return lines;
}

/* The first IPv4 address of name; 0 or a number for gai_strerror(). */
static int
look_up(const char *name, char text[INET_ADDRSTRLEN])
{
	const struct addrinfo hints = { .ai_family = AF_INET,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	struct sockaddr_in v4;
	int r = getaddrinfo(name, NULL, &hints, &found);

	if (r != 0)
		return r;
	memcpy(&v4, found->ai_addr, sizeof v4);
	inet_ntop(AF_INET, &v4.sin_addr, text, INET_ADDRSTRLEN);
	freeaddrinfo(found);
	return 0;
}

/* One name's line: fresh, or else as it was. False if it is not fresh. */
static bool
write_name(const char *name, const char *former, FILE *out)
{
	struct conf_address address;
	char text[INET_ADDRSTRLEN];
	int r = look_up(name, text);

	if (r != 0) {
		fprintf(stderr, "inftpd: pasv_address: %s: %s\n", name,
		    gai_strerror(r));
		if (!former || announce_lookup(former, name, &address) < 0)
			return false;
		inet_ntop(AF_INET, address.bytes, text, sizeof text);
	}
	fprintf(out, "%s %s\n", name, text);
	return r == 0;
}

static bool
write_names(const char *rules, const char *former, FILE *out)
{
	char target[ANNOUNCE_TARGET_SIZE];
	bool good = true, holds;

	while (announce_next(&rules, NULL, target, &holds) > 0)
		if (announce_is_name(target) &&
		    !write_name(target, former, out))
			good = false;
	return good;
}

int
resolve_run(const struct conf *conf, const struct conf_place *place)
{
	char fresh[sizeof place->resolved + 8];
	char *former = resolve_read(place);
	bool good, written = false;
	FILE *out;

	/* A session sees the old file or the new one, and none half. */
	snprintf(fresh, sizeof fresh, "%s.new", place->resolved);
	unlink(fresh);
	out = fopen(fresh, "wxe");
	good = out &&
	    (!conf->pasv_addr_resolve ||
	        write_names(conf->pasv_address, former, out));
	if (out)
		written = fclose(out) == 0 &&
		    rename(fresh, place->resolved) == 0;
	if (!written) {
		fprintf(stderr, "inftpd: %s: %s\n", fresh, strerror(errno));
		unlink(fresh);
	}
	free(former);
	return good && written ? 0 : 1;
}
