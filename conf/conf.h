/*
 * conf.h - the configuration: one table of directives, and everything that
 * is derived from it.
 *
 * Both sides use this room: ftpd for its own settings, the helper for what a
 * session may do. It reads files that only the administrator writes, never a
 * client's bytes, and knows nothing of ftpd/ or helpers/.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>

/* What match_list() takes without giving up. */
#define CONF_PATTERN_MAX 1024

/* How a value is written in a file and stored in struct conf. */
enum conf_type {
	CONF_BOOL,     /* bool: YES NO TRUE FALSE 1 0, any case */
	CONF_UINT,     /* int64_t: a whole number */
	CONF_SECONDS,  /* int64_t: a whole number of seconds */
	CONF_SIZE,     /* int64_t: bytes, optionally with K, M, G or T behind */
	CONF_MODE,     /* int64_t: an octal number, with or without leading 0 */
	CONF_PATH,     /* char *: absolute; empty means unset (stored NULL) */
	CONF_STRING,   /* char *: anything without control bytes; empty = NULL */
	CONF_PATTERN,  /* char *: name patterns, {a,b} at the top level, less than
			  CONF_PATTERN_MAX bytes; empty = NULL */
	CONF_NOTE,     /* accepted for vsftpd's sake: no field, a warning instead */
	CONF_REFUSED   /* recognised, but an error that says what to use instead */
};

/*
 * Where a directive may stand, and flags; or-ed in struct directive.where.
 * The first five are the layers of a configuration: a greater one goes over
 * a smaller one, in whatever order they are read.
 */
enum {
	CONF_GLOBAL = 1 << 0, /* inftpd.conf and conf.d drop-ins */
	CONF_NET = 1 << 1,    /* net.d, by the client's network */
	CONF_HOST = 1 << 2,   /* host.d, by the virtual host */
	CONF_GROUP = 1 << 3,  /* group.d, by the user's groups */
	CONF_USER = 1 << 4,   /* user.d drop-ins */
	CONF_LAYERS = (1 << 5) - 1,
	CONF_SECRET = 1 << 5, /* never shown, never handed to ftpd */
	CONF_HARMLESS = 1 << 6 /* CONF_NOTE: accepted without a warning */
};

/* One row is the whole truth about a directive. */
struct directive {
	const char *name;   /* idle_session_timeout */
	enum conf_type type;
	size_t offset;      /* offsetof(struct conf, idle_session_timeout) */
	/*
	 * Default, as one would write it in a file. Of NOTE and REFUSED: the
	 * value that needs no words, or NULL if there is none.
	 */
	const char *preset;
	int64_t min, max;   /* range of the numeric types */
	unsigned where;     /* layers that it may stand in, flags */
	const char *help;   /* one line; of NOTE and REFUSED: what to do instead */
};

/* Fields bear their directive's name; inftpd.conf(5) says what each means. */
struct conf {
	bool anonymous_enable, local_enable, virtual_enable, guest_enable;
	bool write_enable, download_enable, dirlist_enable;
	bool anon_upload_enable, anon_mkdir_write_enable;
	bool anon_other_write_enable, anon_world_readable_only;
	bool virtual_use_local_privs, no_anon_password;
	bool deny_email_enable, secure_email_list_enable;
	bool ascii_upload_enable, ascii_download_enable;
	bool check_shell, userlist_enable, userlist_deny;
	bool chroot_local_user, chroot_list_enable, passwd_chroot_enable;
	bool connect_from_port_20, pasv_enable, port_enable;
	bool pasv_promiscuous, port_promiscuous, pasv_addr_resolve;
	bool dirmessage_enable, force_dot_files, hide_ids, ls_recurse_enable;
	bool use_localtime, text_userdb_names, use_sendfile;
	bool mdtm_write, chmod_enable, chown_uploads;
	bool delete_failed_uploads, lock_upload_files, upload_atomic;
	bool tilde_user_enable;
	bool log_ftp_protocol, syslog_enable, wc_logs_enable;
	bool setproctitle_enable, proxy_protocol, tcp_wrappers;
	bool xferlog_enable, xferlog_std_format, dual_log_enable;
	bool listen, listen_ipv6;
	bool hash_enable, mode_z_enable;
	bool ssl_enable, implicit_ssl, allow_anon_ssl;
	bool force_anon_data_ssl, force_anon_logins_ssl;
	bool force_local_data_ssl, force_local_logins_ssl;
	bool require_cert, validate_cert, ssl_request_cert;
	bool require_ssl_reuse, strict_ssl_read_eof, strict_ssl_write_shutdown;
	bool ssl_tlsv1_2, ssl_tlsv1_3, debug_ssl;

	int64_t accept_timeout, auth_timeout, connect_timeout, data_connection_timeout;
	int64_t idle_session_timeout, login_timeout;
	int64_t delay_failed_login, delay_successful_login, max_login_fails;
	int64_t local_min_uid;
	int64_t ftp_data_port, pasv_min_port, pasv_max_port, listen_port;
	int64_t max_clients, max_per_ip;
	int64_t hash_max_bytes, hash_timeout;
	int64_t anon_max_rate, anon_max_rate_up;
	int64_t local_max_rate, local_max_rate_up, upload_max_size;
	int64_t anon_umask, local_umask, file_open_mode, chown_upload_mode;

	char *anon_root, *local_root, *user_sub_token;
	char *ftp_username, *guest_username, *chown_username;
	char *ftpd_banner, *banner_file, *message_file;
	char *chroot_list_file, *userlist_file;
	char *banned_email_file, *email_password_file;
	char *deny_file, *hide_file, *download_file, *upload_file;
	char *cmds_allowed, *cmds_denied;
	char *pasv_address, *listen_address, *listen_address6;
	char *upload_spool_dir;
	char *proxy_trusted; /* networks, as conf_networks_have() takes them */
	char *user_config_dir, *vsftpd_log_file, *xferlog_file;
	char *rsa_cert_file, *rsa_private_key_file;
	char *ecdsa_cert_file, *ecdsa_private_key_file, *ca_certs_file;
	char *rsa_ocsp_file, *ecdsa_ocsp_file, *ssl_cert_login;
	char *ssl_ciphers, *ecdh_param_file, *ssl_sni_hostname;
	char *ssl_min_version, *ssl_max_version;
	char *virtual_users_db, *virtual_users_file, *auth_socket;
	char *password; /* user.d only: crypt(5) hash of a virtual user */

	struct conf_origin *origins; /* one for each row of the table */
};

/* An error or warning in words: "FILE:LINE: directive: problem, allowed". */
struct conf_error {
	char text[1024];
};

/* Called once for each warning that loading gives; text is the callee's to copy. */
typedef void conf_warn_fn(void *context, const char *text);

/* Where a configuration is read from. The strings are the struct's own. */
struct conf_place {
	char file[256];       /* optional main file */
	char dropins[3][256]; /* lowest precedence first; empty: none */
	char net_dir[256];    /* net.d; empty, as the next three may be: none */
	char host_dir[256];   /* host.d */
	char group_dir[256];  /* group.d */
	char user_dir[256];   /* user.d, unless user_config_dir says otherwise */
	char slots[256];      /* table of sessions, for max_clients */
	char resolved[256];   /* addresses of names, for pasv_address */
};

/* An internet address; IPv4 ones mapped into IPv6 are IPv4 here. */
struct conf_address {
	unsigned char bytes[16]; /* network order */
	unsigned length;         /* 4, 16; or 0 for none */
};

/* For whom a configuration is wanted; what is not known is 0 or NULL. */
struct conf_who {
	struct conf_address from; /* the client, for net.d */
	struct conf_address to;   /* the address that he called, for host.d */
	const char *host;         /* the host that he named, for host.d */
	const char *user;         /* login name, for group.d and user.d */
};

/* Longest name of a virtual host, without its NUL (RFC 1035: 255 octets). */
#define CONF_HOST_MAX 253

/* Longest instance name: letters, digits and '-'. */
#define CONF_INSTANCE_MAX 64

/* The table, sorted by name, and its number of rows. */
extern const struct directive conf_directives[];
extern const size_t conf_directive_count;

/* The row called name, or NULL. */
const struct directive *conf_find(const char *name);

/*
 * The administrator's places: /etc/inftpd and its like, or those of an
 * instance when instance is neither NULL nor empty. 0, or -EINVAL for a name
 * that is not letters, digits and '-' or too long.
 */
int conf_place_system(struct conf_place *ret_place, const char *instance);

/*
 * A private directory DIR with inftpd.conf, conf.d and user.d, for quick mode
 * and tests. 0, or -ENAMETOOLONG.
 */
int conf_place_private(struct conf_place *ret_place, const char *dir);

/* Sets *conf to the table's defaults. 0 or -ENOMEM. Free with conf_done(). */
int conf_init(struct conf *conf);

/* Frees what conf owns; a zeroed struct is fine. */
void conf_done(struct conf *conf);

/*
 * Defaults, then the first layer of place, in order; checks between
 * directives last. warn may be NULL. 0, or -errno with *ret_error filled and
 * *ret_conf as after conf_done(). A missing main file or drop-in directory is
 * no error. Files and drop-in directories, of all layers, must be root's or
 * the caller's own, and not writable by group or others.
 */
int conf_load(struct conf *ret_conf, const struct conf_place *place,
    conf_warn_fn *warn, void *context, struct conf_error *ret_error);

/*
 * All layers for who: conf_load(), then those below, in their order. This is
 * what a session of who's would have; --show-config, --check-config and
 * inftpd-explain ask in this way. -ENOENT if there is no such host. Else as
 * conf_load().
 */
int conf_load_layers(struct conf *ret_conf, const struct conf_place *place,
    const struct conf_who *who, conf_warn_fn *warn, void *context,
    struct conf_error *ret_error);

/*
 * Each reads one layer over conf, which conf_load() made. They return how
 * many files they read, 0 where there is no such directory, or -errno with
 * *ret_error filled; conf is of no use then.
 *
 * net.d: files of the networks that from is in, wide before narrow.
 */
int conf_read_net(struct conf *conf, const struct conf_place *place,
    const struct conf_address *from, struct conf_error *ret_error);

/*
 * host.d/NAME/: of the host called name, which conf_host_name() has passed;
 * -ENOENT if there is none. With name NULL, of the host that has the address
 * to as its name, and 0 if there is none. *ret_before is, if ret_before is
 * not NULL and there is such a host, a copy of conf as it was.
 */
int conf_read_host(struct conf *conf, const struct conf_place *place,
    const char *name, const struct conf_address *to, struct conf *ret_before,
    struct conf_error *ret_error);

/*
 * group.d/GROUP.conf: of the groups that /etc/passwd and /etc/group give to
 * the login name user: the primary one first, others in the order of their
 * names. Anonymous users have none.
 */
int conf_read_groups(struct conf *conf, const struct conf_place *place,
    const char *user, struct conf_error *ret_error);

/*
 * A host's name as host.d has it: lower case, without a dot at its end. 0,
 * or -EINVAL for what is no domain name (RFC 1035 section 2.3.1).
 */
int conf_host_name(const char *text, char ret_name[CONF_HOST_MAX + 1]);

/*
 * The directory below host.d that name, or an alias that is a link to it,
 * stands for: its own name, which is equal for equal hosts. 0 or -errno.
 */
int conf_host_identity(const struct conf_place *place, const char *name,
    char ret_name[CONF_HOST_MAX + 1]);

/* The address of a socket's end; none for other families. */
void conf_address_take(
    struct conf_address *ret_address, const struct sockaddr *from);

/*
 * Is address in one of the networks of list, which commas or blanks separate?
 * 1 or 0; -EINVAL if one of them is none. NULL has nobody.
 */
int conf_networks_have(
    const char *list, const struct conf_address *address);

/* 0, or -EINVAL for what is neither an IPv4 nor an IPv6 address. */
int conf_address_parse(const char *text, struct conf_address *ret_address);

/* Refuses values that contradict each other. 0 or -EINVAL. */
int conf_check(const struct conf *conf, struct conf_error *error);

/*
 * Reads text (lines as in a file) over conf, as if it were the file `name`.
 * scope is one layer. What a greater layer has set stays. 0 or -errno with
 * *ret_error filled.
 */
int conf_read_text(struct conf *conf, const char *name, const char *text,
    unsigned scope, conf_warn_fn *warn, void *context,
    struct conf_error *ret_error);

/*
 * Reads the drop-in of a user from dir, NAME.conf or (vsftpd's way) NAME,
 * over conf. The user name must already be checked to be a plain name; one
 * with '/', a leading '.' or control bytes has no drop-in. 1 if there was a
 * file, 0 if not, -errno with *ret_error filled: then nobody may log in as
 * that user. password is refused in the file without .conf: its backup
 * copies would be accounts.
 */
int conf_read_user(struct conf *conf, const char *dir, const char *user,
    struct conf_error *ret_error);

/*
 * Writes what the given layers have set, as lines that conf_read_text()
 * takes, secrets left out. Returns the length that the whole text has (as
 * snprintf does); size may be too small, then it is cut.
 */
size_t conf_settings(
    const struct conf *conf, unsigned layers, char *buffer, size_t size);

/* A copy with its own texts, origins included. 0 or -ENOMEM. */
int conf_copy(struct conf *ret_conf, const struct conf *from);

/*
 * Called for each virtual host with its settings, or with an error in words;
 * all three are the callee's to copy.
 */
typedef void conf_audit_fn(void *context, const char *host,
    const struct conf *conf, const char *error);

/*
 * Reads every file of net.d, group.d and host.d over first, which
 * conf_load() made, for whoever they may be.
 */
void conf_audit(const struct conf *first, const struct conf_place *place,
    conf_audit_fn *found, void *context);

/*
 * Where the directive `name` got its value: "FILE:LINE", or "default" for one
 * that nobody set. Returns buffer.
 */
const char *conf_origin_text(
    const struct conf *conf, const char *name, char *buffer, size_t size);

/* "name=value" of a directive, cut to size; of secrets no value. */
const char *conf_directive_text(
    const struct conf *conf, const char *name, char *buffer, size_t size);

/* --show-config: every directive with value and origin, in file syntax. */
void conf_show(const struct conf *conf, FILE *out);

/* --list-directives: "name TAB type TAB default TAB where TAB help" a row. */
void conf_list(FILE *out);

#endif
