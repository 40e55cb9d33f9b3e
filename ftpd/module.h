/*
 * module.h - loadable parts: what a plain session does not need lies in
 * modules, so that it does not map their libraries either.
 */
#ifndef FTPD_MODULE_H
#define FTPD_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The symbol of a module (systemd.so), which stays loaded. It is looked for
 * beside the executable in a build tree, else where it was installed. NULL
 * with a reason in error.
 */
const void *module_load(
    const char *name, const char *symbol, char *error, size_t size);

/*
 * The two halves of it, for who cannot look for files any more when the
 * module is needed. The directory of a build tree that modules are looked for
 * in, or ""; with that the path of each, false if there is none; and opening it.
 */
#define MODULE_DIRECTORY_MAX 4096
void module_beside(char *directory, size_t size);
bool module_path(
    const char *beside, const char *name, char *path, size_t size);
const void *module_open(
    const char *path, const char *symbol, char *error, size_t size);

#endif
