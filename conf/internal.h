/*
 * internal.h - what the files of conf/ share among themselves.
 *
 * Nobody outside conf/ includes this; conf.h is the contract. Here are the
 * origins of values, the state of a reader and the two directions between a
 * value and its text.
 */
#ifndef CONF_INTERNAL_H
#define CONF_INTERNAL_H

#include "conf/conf.h"

#include <dirent.h>

/* A file that was read; shared by the origins of all values it has set. */
struct conf_source {
	size_t uses; /* origins and readers that point here */
	char name[]; /* as error messages call it */
};

/* Where a value came from. */
struct conf_origin {
	struct conf_source *source; /* NULL: the table's default */
	unsigned line;
	unsigned layer; /* CONF_GLOBAL ... CONF_USER; 0: the default */
};

/* One file on its way into a struct conf. */
struct conf_reader {
	struct conf *conf;
	struct conf_source *source; /* a new one for each file read */
	unsigned line;
	unsigned scope;  /* the layer of this file */
	bool no_secrets; /* CONF_SECRET is refused here */
	conf_warn_fn *warn;
	void *context; /* warn's */
	struct conf_error *error;
};

/* What a text means as a value of its row's type. */
struct conf_value {
	int64_t number;   /* numeric types; a bool is 0 or 1 */
	const char *text; /* the others; NULL is unset */
};

/* Room for any number that conf_value_text() writes. */
#define CONF_NUMBER_TEXT 24

/* A drop-in found: rank goes before name in the order of reading. */
struct conf_dropin {
	unsigned rank;      /* as found: directory */
	unsigned directory; /* which of the list's it is in */
	char name[256];     /* base name; NAME_MAX and a NUL */
};

/* One that was scanned; path is the caller's. */
struct conf_directory {
	DIR *open;
	const char *path;
};

struct conf_dropins {
	struct conf_dropin *items;
	size_t count, room;
	struct conf_directory directories[3];
	unsigned directory_count;
};

/* The addresses whose first bits are those of address. */
struct conf_network {
	struct conf_address address;
	unsigned bits;
};

/*
 * Length bytes of text: an address, the separator and a number of bits, or
 * an address alone. 0, -EINVAL, or -ERANGE if there are bits behind the
 * prefix that are not 0.
 */
int conf_network_parse(const char *text, size_t length, char separator,
    struct conf_network *ret_network);

bool conf_network_has(
    const struct conf_network *network, const struct conf_address *address);

/* The address in its shortest form; "" for none. */
void conf_address_text(const struct conf_address *address, char text[46]);

/* Fills error (which may be NULL) and returns result, for `return fail(...)`.
 */
int conf_fail(struct conf_error *error, int result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* 0 and the bool that text spells, or -EINVAL. */
int conf_bool_parse(const char *text, bool *ret_truth);

/* 0, -EINVAL or -ERANGE. A text in ret_value points into the one given. */
int conf_value_parse(const struct directive *row, const char *text,
    struct conf_value *ret_value);

/* What row takes, in words, for the end of an error message. */
void conf_value_allowed(const struct directive *row, char *words, size_t size);

/* True if struct conf has a field for row. */
bool conf_has_field(const struct directive *row);

/* 0 or -ENOMEM; the field's former text is freed. */
int conf_value_store(struct conf *conf, const struct directive *row,
    const struct conf_value *value);

/* The field's value as one would write it in a file; number is scratch. */
const char *conf_value_text(const struct conf *conf,
    const struct directive *row, char number[CONF_NUMBER_TEXT]);

/* conf's origin of row. */
struct conf_origin *conf_origin_of(
    const struct conf *conf, const struct directive *row);

/* Puts row, which has a field, back to its preset. 0 or -ENOMEM. */
int conf_restore(struct conf *conf, const struct directive *row);

/*
 * Reads length bytes of lines over reader->conf, as the file `name`; the
 * bytes are cut up meanwhile. reader->source and line are set here.
 */
int conf_parse(
    struct conf_reader *reader, const char *name, char *text, size_t length);

/*
 * Adds the names of the *.conf in directory path, at most three of which go
 * into a list. 1 if there is such a directory, 0 if not, or -errno with error
 * filled.
 */
int conf_dropins_scan(
    struct conf_dropins *list, const char *path, struct conf_error *error);

/* By rank, then by name, bytewise. */
void conf_dropins_sort(struct conf_dropins *list);
void conf_dropins_done(struct conf_dropins *list);

/*
 * Reads an item of list over reader->conf. 1, 0 for a masked one (a link to
 * /dev/null), or -errno with error filled.
 */
int conf_load_listed(struct conf_reader *reader,
    const struct conf_dropins *list, const struct conf_dropin *item);

/* "cannot be read" and why; returns result. */
int conf_fail_errno(struct conf_error *error, int result, const char *path);

/* What is wrong with the name of a file in net.d, by conf_network_parse()'s r. */
int conf_no_network(
    struct conf_error *error, const char *dir, const char *name, int r);

#endif
