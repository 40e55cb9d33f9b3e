/*
 * module.c - dlopen() of our own modules, see module.h.
 */
#include "config.h"

#include "ftpd/module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* DIR/NAME where DIR is the executable's, if this is a build tree. */
static void *
open_beside(const char *name)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
	char *slash;

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	/* An installed program stands in sbin, a built one in ftpd. */
	if (!slash || slash - path < 5 || memcmp(slash - 5, "/ftpd", 5) != 0)
		return NULL;
	snprintf(slash + 1, 64, "%s", name);
	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

const void *
module_load(
    const char *name, const char *symbol, char *error, size_t size)
{
	char path[512];
	void *module = open_beside(name);
	const void *found;

	if (!module) {
		snprintf(path, sizeof path, MODULEDIR "/%s", name);
		module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	found = module ? dlsym(module, symbol) : NULL;
	if (!found)
		snprintf(error, size, "the module %s cannot be loaded: %s",
		    name, dlerror());
	return found;
}
