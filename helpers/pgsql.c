/*
 * pgsql.c - inftpd-auth-pgsql: an authenticator that asks PostgreSQL, see
 * inftpd-auth-pgsql(8) and inftpd-auth(7).
 *
 * An ordinary, unprivileged program, one process for each question on
 * standard input. It is the only one that links libpq. It compares no
 * password: the row has a hash, and the helper compares. Whatever goes wrong
 * ends in no answer, which lets nobody in.
 */
#include "config.h"

#include "helpers/dialog.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG SYSCONFDIR "/inftpd/auth-pgsql.conf"
#define TYPE_BOOL 16 /* the oid of boolean, in every PostgreSQL */

struct config {
	char *connection; /* a connection string of libpq */
	char *query;      /* with $1 for the name */
	char *stand_in;   /* a hash for who is not there, or NULL */
};

/* --- the configuration ------------------------------------------------- */

/* "name=value" of the file. */
static void
take_line(struct config *config, const char *path, unsigned number,
    const char *line)
{
	const struct {
		const char *name;
		char **value;
	} rows[] = {
		{ "connection", &config->connection },
		{ "query", &config->query },
		{ "stand_in", &config->stand_in },
	};
	size_t length = strcspn(line, "=");

	if (*line == '\0' || *line == '#')
		return;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strlen(rows[i].name) != length ||
		    strncmp(rows[i].name, line, length) != 0 ||
		    line[length] != '=')
			continue;
		if (*rows[i].value)
			errx(1, "%s:%u: %s: said twice", path, number,
			    rows[i].name);
		*rows[i].value = strdup(line + length + 1);
		if (!*rows[i].value)
			errx(1, "out of memory");
		return;
	}
	errx(1, "%s:%u: connection=, query= or stand_in= is meant?", path,
	    number);
}

/* It has a password in it, most likely: not for everybody. */
static FILE *
open_config(const char *path)
{
	FILE *in = fopen(path, "re");
	struct stat st;

	if (!in || fstat(fileno(in), &st) == -1)
		errx(1, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		errx(1, "%s: no regular file", path);
	if ((st.st_mode & 027) != 0)
		errx(1, "%s: readable by others or writable by the group; "
			"take that away (chmod 0640)",
		    path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		errx(1, "%s: belongs to somebody else (chown root)", path);
	return in;
}

static void
read_config(const char *path, struct config *ret_config)
{
	FILE *in = open_config(path);
	unsigned number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, in)) != -1) {
		while (n > 0 && strchr("\r\n", line[n - 1]))
			line[--n] = '\0';
		take_line(ret_config, path, ++number, line);
	}
	if (ferror(in))
		errx(1, "%s: %s", path, strerror(errno));
	free(line);
	fclose(in);
	if (!ret_config->connection || !ret_config->query)
		errx(1, "%s: connection= and query= must be there", path);
}

/* --- the question ------------------------------------------------------ */

static void
read_question(char text[DIALOG_QUESTION_MAX + 2],
    struct dialog_question *ret_question)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, text + used,
	            DIALOG_QUESTION_MAX + 1 - used)) > 0) {
		used += (size_t)n;
		if (used > DIALOG_QUESTION_MAX)
			errx(1, "the question is too long");
	}
	if (n == -1)
		errx(1, "standard input: %s", strerror(errno));
	if (!dialog_hear(text, used, ret_question))
		errx(1, "that is no question of inftpd-helper");
}

/* --- the answer -------------------------------------------------------- */

/* A column as a line of the answer; NULL has none. False if it cannot be. */
static bool
put_column(FILE *out, const PGresult *rows, int column)
{
	const char *value = PQgetvalue(rows, 0, column);

	if (PQgetisnull(rows, 0, column))
		return true;
	if (PQftype(rows, column) == TYPE_BOOL)
		value = *value == 't' ? "YES" : "NO";
	if (strchr(value, '\n')) {
		warnx("a line end in column %s", PQfname(rows, column));
		return false;
	}
	fprintf(out, "%s=%s\n", PQfname(rows, column), value);
	return true;
}

static bool
put_row(FILE *out, const PGresult *rows)
{
	int password = PQfnumber(rows, "password");
	bool whole = true;

	if (password < 0) {
		warnx("the query gives no column called password");
		return false;
	}
	if (PQgetisnull(rows, 0, password) ||
	    *PQgetvalue(rows, 0, password) == '\0') {
		fprintf(out, "no the account has no password\n\n");
		return true;
	}
	fprintf(out, "check\n");
	for (int i = 0; i < PQnfields(rows) && whole; i++)
		whole = put_column(out, rows, i);
	fprintf(out, "\n");
	return whole;
}

static bool
put_rows(FILE *out, const PGresult *rows, const char *stand_in)
{
	int count = PQntuples(rows);

	if (count == 1)
		return put_row(out, rows);
	if (count > 1)
		fprintf(out, "no there are %d accounts of that name\n\n",
		    count);
	else if (stand_in)
		fprintf(out, "unknown\npassword=%s\n\n", stand_in);
	else
		fprintf(out, "unknown\n\n");
	return true;
}

/* Whole or not at all. */
static bool
put_answer(const PGresult *rows, const char *stand_in)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	bool whole;

	if (!out) {
		warn("memory");
		return false;
	}
	whole = put_rows(out, rows, stand_in);
	if (fclose(out) == EOF || length > DIALOG_ANSWER_MAX) {
		warnx("the answer is too long");
		whole = false;
	}
	if (whole && (fwrite(text, 1, length, stdout) != length ||
	                 fflush(stdout) == EOF)) {
		warn("standard output");
		whole = false;
	}
	free(text);
	return whole;
}

/* The name goes to the server beside the query, never within it. */
static PGresult *
ask(PGconn *connection, const char *query, const char *user)
{
	PGresult *rows = PQprepare(connection, "", query, 1, NULL);

	if (PQresultStatus(rows) == PGRES_COMMAND_OK) {
		PQclear(rows);
		rows = PQexecPrepared(
		    connection, "", 1, &user, NULL, NULL, 0);
	}
	return rows;
}

/* The exit status. */
static int
answer(const struct config *config, const char *user)
{
	PGconn *connection = PQconnectdb(config->connection);
	PGresult *rows = NULL;
	bool done = false;

	if (PQstatus(connection) != CONNECTION_OK) {
		warnx("connection: %s", PQerrorMessage(connection));
	} else if (PQsetClientEncoding(connection, "UTF8") != 0) {
		warnx("encoding: %s", PQerrorMessage(connection));
	} else {
		rows = ask(connection, config->query, user);
		if (PQresultStatus(rows) == PGRES_TUPLES_OK)
			done = put_answer(rows, config->stand_in);
		else
			warnx("query: %s", PQerrorMessage(connection));
	}
	PQclear(rows);
	PQfinish(connection);
	return done ? 0 : 1;
}

/* Bytes that are no UTF-8 are an error to PostgreSQL, and nobody's name. */
static bool
is_utf8(const char *name)
{
	const unsigned char *at = (const unsigned char *)name;

	while (*at != '\0') {
		int more = 0;

		if (*at >= 0x80)
			more = *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : 1;
		if (*at >= 0xf5 || (more > 0 && *at < 0xc2))
			return false;
		/* The NUL at the end is none of these. */
		for (at++; more > 0; more--)
			if ((*at++ & 0xc0) != 0x80)
				return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	char text[DIALOG_QUESTION_MAX + 2];
	struct dialog_question question;
	struct config config = { 0 };
	const char *path = CONFIG;
	int option, status = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'c') {
			fputs("usage: inftpd-auth-pgsql [--config FILE]\n",
			    stderr);
			return 2;
		}
		path = optarg;
	}
	read_config(path, &config);
	read_question(text, &question);
	if (is_utf8(question.user))
		status = answer(&config, question.user);
	else if (config.stand_in)
		printf("unknown\npassword=%s\n\n", config.stand_in);
	else
		printf("unknown\n\n");
	explicit_bzero(text, sizeof text);
	free(config.connection);
	free(config.query);
	free(config.stand_in);
	return status;
}
