/*
 * quick.c - quick mode, see quick.h. Called by main.c.
 *
 * The helper runs unprivileged, as the caller, and is told its settings in
 * WIRE_HELLO, which a privileged helper refuses.
 */
#include "config.h"

#include "ftpd/quick.h"

#include "ftpd/listen.h"
#include "ftpd/module.h"
#include "ftpd/selfsign.h"
#include "ftpd/tls.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWORD_LENGTH 12
#define NAME_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "inftpd: %s: %s\n", what, why);
	return -1;
}

/* Letters and digits that nobody mistakes for each other. */
static int
make_password(char out[PASSWORD_LENGTH + 1])
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char random[PASSWORD_LENGTH];

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return fail("random numbers", strerror(errno));
	for (size_t i = 0; i < PASSWORD_LENGTH; i++)
		out[i] = letters[random[i] & 31];
	out[PASSWORD_LENGTH] = '\0';
	return 0;
}

/*
 * Loaded for this one use, so that no session of an installed server maps
 * libcrypt: there the helper alone knows hashes.
 */
static int
hash_password(const char *password, char out[WIRE_HASH_MAX + 1])
{
	void *library = dlopen("libcrypt.so.1", RTLD_NOW);
	char *(*make_setting)(const char *, unsigned long, const char *, int);
	char *(*crypt_it)(const char *, const char *);
	const char *hash = NULL;

	if (!library)
		library = dlopen("libcrypt.so.2", RTLD_NOW);
	if (!library)
		return fail("--user", "libcrypt cannot be loaded");
	*(void **)&make_setting = dlsym(library, "crypt_gensalt");
	*(void **)&crypt_it = dlsym(library, "crypt");
	if (make_setting && crypt_it) {
		const char *setting = make_setting("$6$", 5000, NULL, 0);

		hash = setting ? crypt_it(password, setting) : NULL;
	}
	if (!hash || hash[0] == '*' || strlen(hash) > WIRE_HASH_MAX)
		return fail("--user", "libcrypt makes no hash");
	strcpy(out, hash);
	dlclose(library);
	return 0;
}

/* What --tls needs, made for this run and kept in memory. */
struct pair {
	const struct tls_calls *calls;
	int files[2];               /* certificate and key */
	char pin[SELFSIGN_PIN_MAX]; /* by which clients know the key */
};

/* As root still, who can reach the module wherever it is. */
static int
make_pair(const struct quick *quick, struct pair *ret_pair)
{
	const struct selfsign_calls *selfsign;
	char error[600];

	ret_pair->calls =
	    module_load("tls.so", TLS_SYMBOL, error, sizeof error);
	selfsign =
	    module_load("tls.so", SELFSIGN_SYMBOL, error, sizeof error);
	if (!ret_pair->calls || !selfsign)
		return fail("--tls", error);
	for (int i = 0; i < 2; i++) {
		ret_pair->files[i] = memfd_create("inftpd", MFD_CLOEXEC);
		if (ret_pair->files[i] == -1)
			return fail("--tls", strerror(errno));
	}
	if (selfsign->make(ret_pair->files[0], ret_pair->files[1],
	        quick->address, ret_pair->pin) < 0)
		return fail("--tls", "OpenSSL makes no certificate");
	return 0;
}

/* Root serves as the directory's owner, or as nobody where that is root. */
static int
drop_root(const struct quick *quick, const struct stat *st)
{
	uid_t uid = st->st_uid;
	gid_t gid = st->st_gid;

	if (geteuid() != 0)
		return 0;
	if (uid == 0) {
		const struct passwd *nobody = getpwnam("nobody");

		if (!nobody)
			return fail("nobody", "no such user to run as");
		uid = nobody->pw_uid;
		gid = nobody->pw_gid;
		printf("Serving as user nobody, since root owns %s.\n",
		    quick->directory);
		if (quick->write)
			printf("For --write give nobody the directory: "
			       "chown nobody %s\n", quick->directory);
	}
	if (gid == 0)
		gid = (gid_t)uid;
	if (setgroups(0, NULL) == -1 || setresgid(gid, gid, gid) == -1 ||
	    setresuid(uid, uid, uid) == -1)
		return fail("giving up root", strerror(errno));
	return 0;
}

/*
 * The helper inherits the directory as its current one: a path could lead
 * through a place that is closed to whom root became.
 */
static int
make_settings(const struct quick *quick, char out[WIRE_SETTINGS_MAX + 1])
{
	/* What stands for the certificate is in memory, and not read here. */
	static const char tls[] = "ssl_enable=YES\nrsa_cert_file=/dev/null\n"
				  "allow_anon_ssl=YES\n"
				  "force_anon_logins_ssl=YES\n"
				  "force_anon_data_ssl=YES\n";
	int n = snprintf(out, WIRE_SETTINGS_MAX + 1,
	    "anonymous_enable=%s\nvirtual_enable=%s\n"
	    "virtual_use_local_privs=YES\nanon_root=/proc/self/cwd\n"
	    "local_root=/proc/self/cwd\n"
	    "write_enable=%s\nanon_upload_enable=YES\n"
	    "anon_mkdir_write_enable=YES\nanon_other_write_enable=YES\n"
	    "anon_world_readable_only=NO\nanon_umask=022\nlocal_umask=022\n"
	    "ls_recurse_enable=YES\n%s",
	    quick->user ? "NO" : "YES", quick->user ? "YES" : "NO",
	    quick->write ? "YES" : "NO", quick->tls ? tls : "");

	return n < 0 || n > WIRE_SETTINGS_MAX ? -1 : 0;
}

/* Nothing that a shell or a URL would read as more than a name. */
static bool
is_plain_file(const struct dirent *entry)
{
	const char *name = entry->d_name;
	struct stat st;

	return name[0] != '.' && name[0] != '-' &&
	    name[strspn(name, NAME_LETTERS)] == '\0' &&
	    stat(name, &st) == 0 && S_ISREG(st.st_mode);
}

/* A file of the directory for the example, or false where there is none. */
static bool
find_example(char ret_name[NAME_MAX + 1])
{
	DIR *dir = opendir(".");
	const struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)) != NULL) {
		found = is_plain_file(entry);
		if (found)
			strcpy(ret_name, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

/*
 * Lines that work as they stand. None may hurt who pastes it in the directory
 * that is served: `curl -O' there would empty the file before it is sent.
 */
static void
print_examples(const struct quick *quick, unsigned port, const char *password,
    const char *pin)
{
	char where[256], login[640] = "", name[NAME_MAX + 1];
	size_t used = 0;
	bool v6 = strchr(quick->address, ':') != NULL;

	snprintf(where, sizeof where, v6 ? "[%s]:%u" : "%s:%u",
	    quick->address, port);
	/* -k: nobody vouches for the certificate; the pin does it better. */
	if (quick->tls)
		used = (size_t)snprintf(login, sizeof login,
		    " --ssl-reqd -k --pinnedpubkey 'sha256//%s'", pin);
	if (quick->user)
		snprintf(login + used, sizeof login - used, " -u '%s:%s'",
		    quick->user, password);
	printf("Serving %s on ftp://%s/ (%s). Stop with Ctrl-C.\n\n",
	    quick->directory, where,
	    quick->write ? "reading and writing" : "reading only");
	printf("  curl%s 'ftp://%s/'    # what is there\n", login, where);
	if (find_example(name))
		printf("  curl%s 'ftp://%s/%s' -o copy-of-%s    # one down\n",
		    login, where, name, name);
	if (quick->write)
		printf("  date | curl%s -T - 'ftp://%s/date.txt'    "
		       "# one up\n",
		    login, where);
	fflush(stdout);
}

static int
prepare(const struct quick *quick, struct listen *listener,
    char directory[PATH_MAX], struct stat *st)
{
	struct conf_error error;

	if (!realpath(quick->directory, directory) ||
	    stat(directory, st) == -1)
		return fail(quick->directory, strerror(errno));
	if (!S_ISDIR(st->st_mode))
		return fail(quick->directory, "not a directory");
	/* Whom root becomes may be shut out of the way to it. */
	if (chdir(directory) == -1)
		return fail(directory, strerror(errno));
	if (listen_bind(listener, quick->address, quick->port, &error) < 0)
		return fail("--serve", error.text);
	return 0;
}

int
quick_run(const struct quick *quick, int helper)
{
	static struct listen listener;
	static struct service service;
	const struct manager nobody = { 0 };
	char directory[PATH_MAX], settings[WIRE_SETTINGS_MAX + 1];
	char password[PASSWORD_LENGTH + 1] = "", hash[WIRE_HASH_MAX + 1] = "";
	struct pair pair = { .calls = NULL };
	struct conf conf;
	struct conf_error error;
	struct stat st;

	if (prepare(quick, &listener, directory, &st) < 0 ||
	    (quick->tls && make_pair(quick, &pair) < 0) ||
	    drop_root(quick, &st) < 0)
		return 1;
	if (quick->user &&
	    (make_password(password) < 0 || hash_password(password, hash) < 0))
		return 1;
	if (make_settings(quick, settings) < 0)
		return 1;
	service = (struct service){ .quick = true,
		.tls = pair.calls,
		.pair = quick->tls ? pair.files : NULL,
		.helper = { .program = helper,
		    .path = "inftpd-helper",
		    .socket = "",
		    .instance = "",
		    .directory = "",
		    .settings = settings,
		    .user = quick->user ? quick->user : "",
		    .hash = hash } };
	/* What would go wrong for each client is better said now. */
	if (serve_load_conf(&service, &conf, NULL, NULL, &error) < 0) {
		fail("--serve", error.text);
		return 1;
	}
	conf_done(&conf);
	print_examples(quick, listen_port(&listener), password, pair.pin);
	return listen_run(&listener, &service, &nobody);
}
