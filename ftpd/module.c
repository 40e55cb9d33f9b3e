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

void
module_beside(char *directory, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", directory, size - 1);
	char *slash;

	directory[n > 0 ? n : 0] = '\0';
	slash = strrchr(directory, '/');
	/* An installed program stands in sbin, a built one in ftpd. */
	if (slash && slash - directory >= 5 &&
	    memcmp(slash - 5, "/ftpd", 5) == 0)
		*slash = '\0';
	else
		*directory = '\0';
}

bool
module_path(const char *beside, const char *name, char *path, size_t size)
{
	if (*beside != '\0' &&
	    (size_t)snprintf(path, size, "%s/%s", beside, name) < size &&
	    access(path, R_OK) == 0)
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
	char beside[MODULE_DIRECTORY_MAX], path[512];

	module_beside(beside, sizeof beside);
	module_path(beside, name, path, sizeof path);
	return module_open(path, symbol, error, size);
}
