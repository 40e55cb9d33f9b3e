/*
 * fuzz-database.c - helpers/database.c with any file for a database: nothing
 * outside it is read, and a line that comes out is one for record_parse().
 */
#include "config.h"

#include "helpers/database.h"
#include "helpers/record.h"

#include "t/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
look_for(int fd, const char *name)
{
	struct slurp line, samples;
	struct record record;
	int r = database_find_in(fd, name, &line, &samples);

	HOLDS(r <= 1);
	HOLDS((r == 1) == (line.bytes != NULL));
	if (r == 1 && !record_parse(line.bytes, line.length, &record))
		HOLDS(record.name[0] != '\0');
	slurp_done(&line);
	slurp_done(&samples);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("database", MFD_CLOEXEC);

	HOLDS(fd >= 0);
	HOLDS(write(fd, data, size) == (ssize_t)size);
	look_for(fd, "ann");
	look_for(fd, "a");
	close(fd);
	return 0;
}
