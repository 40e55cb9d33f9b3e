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

/* A file that was read; shared by the origins of all values it has set. */
struct conf_source {
	size_t uses; /* origins and readers that point here */
	char name[]; /* as error messages call it */
};

/* Where a value came from. */
struct conf_origin {
	struct conf_source *source; /* NULL: the table's default */
	unsigned line;
	bool by_user; /* set by a drop-in of user.d */
};

/* One file on its way into a struct conf. */
struct conf_reader {
	struct conf *conf;
	struct conf_source *source; /* a new one for each file read */
	unsigned line;
	unsigned scope;  /* CONF_GLOBAL or CONF_USER */
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

/*
 * Reads length bytes of lines over reader->conf, as the file `name`; the
 * bytes are cut up meanwhile. reader->source and line are set here.
 */
int conf_parse(
    struct conf_reader *reader, const char *name, char *text, size_t length);

/* Refuses values that contradict each other. 0 or -EINVAL. */
int conf_check(const struct conf *conf, struct conf_error *error);

#endif
