/*
 * fuzz-proxy.c - helpers/proxy.c with any bytes, read as ftpd reads them: what
 * is complete is parsed or refused, what is parsed has ends of one family.
 */
#include "config.h"

#include "helpers/proxy.h"

#include "t/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header header;
	size_t have = 0;
	int missing, r;

	while ((missing = proxy_missing(data, have)) > 0) {
		HOLDS(have + (size_t)missing <= PROXY_HEADER_MAX);
		if (have + (size_t)missing > size)
			return 0;
		have += (size_t)missing;
	}
	HOLDS(missing == 0 || missing == -EPROTO);
	r = proxy_parse(data, have, &header);
	HOLDS(r == 0 || r == -EPROTO);
	HOLDS(r < 0 || missing == 0);
	if (r == 0) {
		HOLDS(header.from.length == header.to.length);
		HOLDS(header.from.length == 0 || header.from.length == 4 ||
		    header.from.length == 16);
		HOLDS(header.from.port <= 65535 && header.to.port <= 65535);
	}
	/* All of it at once is no header, but for the very bytes. */
	r = proxy_parse(data, size, &header);
	HOLDS(r == (size == have && missing == 0 ? r : -EPROTO));
	return 0;
}
