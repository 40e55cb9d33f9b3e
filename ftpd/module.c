/*
 * module.c - dlopen() of our own modules, see module.h.
 */
#include "config.h"

#include "ftpd/module.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* DIR/NAME where DIR is the executable's, if this is a build tree. */
static bool
path_beside(const char *name, char *path, size_t size)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n <= 0)
		return false;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	/* An installed program stands in sbin, a built one in ftpd. */
	if (!slash || slash - exe < 5 || memcmp(slash - 5, "/ftpd", 5) != 0)
		return false;
	*slash = '\0';
	return (size_t)snprintf(path, size, "%s/%s", exe, name) < size &&
	    access(path, R_OK) == 0;
}

bool
module_path(const char *name, char *path, size_t size)
{
	if (path_beside(name, path, size))
		return true;
	return (size_t)snprintf(path, size, MODULEDIR "/%s", name) < size &&
	    access(path, R_OK) == 0;
}

const void *
module_open(
    const char *path, const char *symbol, char *error, size_t size)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const void *found = module ? dlsym(module, symbol) : NULL;

	if (!found)
		snprintf(error, size, "the module %s cannot be loaded: %s",
		    path, dlerror());
	return found;
}

const void *
module_load(
    const char *name, const char *symbol, char *error, size_t size)
{
	char path[512];

	module_path(name, path, sizeof path);
	return module_open(path, symbol, error, size);
}
