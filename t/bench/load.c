/*
 * load.c - what reading a configuration costs one process that has just been
 * started, for bench.pl: `load DIRECTORY' prints the median CPU time in
 * nanoseconds. A new process each time, since the first use of memory is half
 * of the matter.
 */
#include "config.h"

#include "conf/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIMES 1001

static int64_t
cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t
read_once(const struct conf_place *place)
{
	struct conf conf;
	struct conf_error error;
	int64_t begin = cpu_time();
	int r = conf_load(&conf, place, NULL, NULL, &error);
	int64_t used = cpu_time() - begin;

	if (r < 0)
		fprintf(stderr, "load: %s\n", error.text);
	return r < 0 ? -1 : used;
}

static int64_t
read_in_child(const struct conf_place *place)
{
	int64_t used = -1;
	int ends[2];
	pid_t child;

	if (pipe(ends) == -1)
		return -1;
	child = fork();
	if (child == 0) {
		used = read_once(place);
		_exit(write(ends[1], &used, sizeof used) != sizeof used);
	}
	close(ends[1]);
	if (child == -1 || read(ends[0], &used, sizeof used) != sizeof used)
		used = -1;
	close(ends[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return used;
}

static int
compare(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

int
main(int argc, char *argv[])
{
	static int64_t used[TIMES];
	struct conf_place place;

	if (argc != 2 || conf_place_private(&place, argv[1]) < 0) {
		fputs("usage: load DIRECTORY\n", stderr);
		return 2;
	}
	for (int i = 0; i < TIMES; i++) {
		used[i] = read_in_child(&place);
		if (used[i] < 0)
			return 1;
	}
	qsort(used, TIMES, sizeof *used, compare);
	printf("%lld\n", (long long)used[TIMES / 2]);
	return 0;
}
