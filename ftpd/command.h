/*
 * command.h - one row is the whole truth about a verb. Dispatch, gate, HELP,
 * FEAT, masking in logs and the manual's list all come from the rows.
 */
#ifndef FTPD_COMMAND_H
#define FTPD_COMMAND_H

#include "ftpd/session.h"

/* What a verb takes; the parser of each is in command.c. */
enum arg {
	ARG_NONE,     /* nothing */
	ARG_STRING,   /* anything, not empty */
	ARG_OPTIONAL, /* anything or nothing */
	ARG_PATH,     /* a path */
	ARG_OPT_PATH, /* a path or nothing */
	ARG_LIST,     /* ls options, then a path or nothing */
	ARG_NUMBER,   /* a whole number */
	ARG_PORT,     /* h1,h2,h3,h4,p1,p2 */
	ARG_EPRT,     /* |1|address|port| */
};

/* Flags of a row, above the states of enum state in `when`. */
enum {
	IN_TRANSFER = 1 << 8, /* is answered while a transfer goes on */
	SECRET = 1 << 9,      /* the argument is never logged */
	NEEDS_DATA = 1 << 10, /* wants PASV or PORT before it */
	KEEPS = 1 << 11,      /* does not clear REST and RANG */
	KEEPS_RNFR = 1 << 12, /* does not clear RNFR */
	NEEDS_TLS = 1 << 13,  /* there with ssl_enable only */
	NEEDS_HASH = 1 << 14, /* there with hash_enable only */
	TAKES_RANGE = 1 << 15, /* REST and RANG are for it */
	PASSIVE = 1 << 16,    /* shown with pasv_enable only */
	ACTIVE = 1 << 17,     /* shown with port_enable only */
	DENIED_552 = 1 << 18, /* who may not is told 552: the drafts have it so */
};

struct arg_value {
	const char *text;         /* as typed; "" for none */
	char path[TEXT_PATH_MAX]; /* absolute; of the cwd where none was given */
	int64_t number;
	union addr addr;
	unsigned options;         /* WIRE_LIST_ bits */
};

struct command {
	const char *verb;   /* upper case; aliases (XCWD) are rows of their own */
	enum arg arg;
	unsigned when;      /* states it is legal in, and flags */
	unsigned rights;    /* WIRE_MAY_ bits that the session must have */
	int (*run)(struct session *s, const struct arg_value *arg);
	const char *help;   /* the argument, as HELP prints it */
	const char *feat;   /* FEAT line, or NULL */
};

/* The verbs, sorted by name; run is NULL where the answer is 502. */
extern const struct command commands[];
extern const size_t command_count;

/* The row of a verb in any case, or NULL. */
const struct command *command_find(
    const struct command *table, size_t count, const char *verb);

/*
 * Looks line up (changed: cut into verb and argument), asks the gate and runs
 * the handler. The gate has one order: known 500/502, state 530/503, policy
 * 534/550, argument 501/504.
 */
void command_run(struct session *s, char *line);

/* May line be run while a transfer goes on? */
bool command_in_transfer(const char *line);

/* Is there such a verb, or such a command behind SITE? In any case. */
bool command_known(const char *verb);

/* Is verb allowed by cmds_allowed and cmds_denied? */
bool command_allowed(const struct session *s, const char *verb);

/* Must this session's transfers be under TLS (force_..._data_ssl)? */
bool command_data_must_be_protected(const struct session *s);

/* Is the command done and allowed in this session? For HELP and FEAT. */
bool command_there(const struct session *s, const struct command *c);

/*
 * A path as a client types it, absolute: from the working directory, and "~"
 * and "~/x" from the start under tilde_user_enable. 0 or -ENAMETOOLONG.
 */
int command_path(
    const struct session *s, const char *name, char ret_path[TEXT_PATH_MAX]);

/* The HELP text of one table: columns of verbs, or one verb's argument. */
int command_help(struct session *s, const struct command *table,
    size_t count, const char *verb);

/* The same gate and tables one level down, for SITE. */
void command_dispatch(struct session *s, const struct command *table,
    size_t count, char *line);

/* --- handlers, by room ------------------------------------------------ */

/* cmd_login.c */
int cmd_user(struct session *s, const struct arg_value *arg);
int cmd_pass(struct session *s, const struct arg_value *arg);
int cmd_acct(struct session *s, const struct arg_value *arg);
int cmd_quit(struct session *s, const struct arg_value *arg);

/* cmd_host.c */
int cmd_host(struct session *s, const struct arg_value *arg);
int cmd_rein(struct session *s, const struct arg_value *arg);

/* cmd_tls.c */
int cmd_auth(struct session *s, const struct arg_value *arg);
int cmd_pbsz(struct session *s, const struct arg_value *arg);
int cmd_prot(struct session *s, const struct arg_value *arg);
int cmd_ccc(struct session *s, const struct arg_value *arg);

/* cmd_file.c */
int cmd_cwd(struct session *s, const struct arg_value *arg);
int cmd_cdup(struct session *s, const struct arg_value *arg);
int cmd_pwd(struct session *s, const struct arg_value *arg);
int cmd_mkd(struct session *s, const struct arg_value *arg);
int cmd_rmd(struct session *s, const struct arg_value *arg);
int cmd_dele(struct session *s, const struct arg_value *arg);
int cmd_rnfr(struct session *s, const struct arg_value *arg);
int cmd_rnto(struct session *s, const struct arg_value *arg);
int cmd_size(struct session *s, const struct arg_value *arg);
int cmd_mdtm(struct session *s, const struct arg_value *arg);
int cmd_mfmt(struct session *s, const struct arg_value *arg);
int cmd_mff(struct session *s, const struct arg_value *arg);
int cmd_avbl(struct session *s, const struct arg_value *arg);
int cmd_site_chmod(struct session *s, const struct arg_value *arg);
int cmd_site_umask(struct session *s, const struct arg_value *arg);
int cmd_site_utime(struct session *s, const struct arg_value *arg);

/* cmd_list.c */
int cmd_list(struct session *s, const struct arg_value *arg);
int cmd_nlst(struct session *s, const struct arg_value *arg);
int cmd_mlsd(struct session *s, const struct arg_value *arg);
int cmd_mlst(struct session *s, const struct arg_value *arg);
int cmd_stat(struct session *s, const struct arg_value *arg);

/* cmd_hash.c */
int cmd_hash(struct session *s, const struct arg_value *arg);
int cmd_xcrc(struct session *s, const struct arg_value *arg);
int cmd_xmd5(struct session *s, const struct arg_value *arg);
int cmd_xsha1(struct session *s, const struct arg_value *arg);
int cmd_xsha256(struct session *s, const struct arg_value *arg);
int cmd_xsha512(struct session *s, const struct arg_value *arg);

/* cmd_data.c */
int cmd_pasv(struct session *s, const struct arg_value *arg);
int cmd_epsv(struct session *s, const struct arg_value *arg);
int cmd_port(struct session *s, const struct arg_value *arg);
int cmd_type(struct session *s, const struct arg_value *arg);
int cmd_mode(struct session *s, const struct arg_value *arg);
int cmd_stru(struct session *s, const struct arg_value *arg);

/* cmd_transfer.c */
int cmd_retr(struct session *s, const struct arg_value *arg);
int cmd_stor(struct session *s, const struct arg_value *arg);
int cmd_appe(struct session *s, const struct arg_value *arg);
int cmd_stou(struct session *s, const struct arg_value *arg);
int cmd_rang(struct session *s, const struct arg_value *arg);
int cmd_rest(struct session *s, const struct arg_value *arg);
int cmd_abor(struct session *s, const struct arg_value *arg);
int cmd_allo(struct session *s, const struct arg_value *arg);

/* cmd_info.c */
int cmd_clnt(struct session *s, const struct arg_value *arg);
int cmd_csid(struct session *s, const struct arg_value *arg);
int cmd_feat(struct session *s, const struct arg_value *arg);
int cmd_help(struct session *s, const struct arg_value *arg);
int cmd_lang(struct session *s, const struct arg_value *arg);
int cmd_noop(struct session *s, const struct arg_value *arg);
int cmd_opts(struct session *s, const struct arg_value *arg);
int cmd_site(struct session *s, const struct arg_value *arg);
bool cmd_site_known(const char *verb);
int cmd_site_help(struct session *s, const struct arg_value *arg);
int cmd_site_idle(struct session *s, const struct arg_value *arg);
int cmd_syst(struct session *s, const struct arg_value *arg);

#endif
