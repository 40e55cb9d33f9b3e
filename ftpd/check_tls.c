/*
 * check_tls.c - part of --check-config: certificate and key files, see
 * check.h. What is in them the module tls.so examines (examine.c), and in the
 * end it is asked to use them as a session does.
 */
#include "config.h"

#include "ftpd/check.h"
#include "ftpd/examine.h"
#include "ftpd/module.h"
#include "ftpd/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is being examined: so that a finding finds its directive. */
struct subject {
	struct check *check;
	const char *certificate, *key; /* names of directives */
};

static void
take_finding(void *context, int severity, enum examine_subject subject,
    const char *text)
{
	const struct subject *s = context;
	const char *directive = s->certificate;

	switch (subject) {
	case EXAMINE_CERTIFICATE:
		break;
	case EXAMINE_KEY:
		directive = s->key;
		break;
	case EXAMINE_CIPHERS:
		directive = "ssl_ciphers";
		break;
	case EXAMINE_AUTHORITIES:
		directive = "ca_certs_file";
		break;
	case EXAMINE_NAME:
		directive = s->check->host ? s->certificate
					   : "ssl_sni_hostname";
		break;
	}
	check_say(s->check, (enum check_severity)severity, directive, "%s",
	    text);
}

/* What comes of a file that is not there. */
static const char *
outcome(const struct check *c, const char *directive,
    enum check_severity *ret_severity)
{
	const struct conf *conf = c->conf;

	*ret_severity = CHECK_WARNING;
	if (strstr(directive, "ocsp"))
		return "clients get no response (stapling)";
	*ret_severity = CHECK_ERROR;
	if (conf->rsa_cert_file && conf->ecdsa_cert_file &&
	    strcmp(directive, "ca_certs_file") != 0)
		return "this certificate is not shown, only the other";
	return "AUTH TLS is refused";
}

/* The helper opens it as root; anybody may not look into a key. */
static int
open_file(struct check *c, const char *directive, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum check_severity severity;
	struct stat st;

	if (fd == -1 && errno == EACCES && !c->sees_all && !c->service->quick)
		check_say(c, CHECK_NOTE, directive,
		    "%s: only root can read it, so it was not looked into",
		    path);
	else if (fd == -1) {
		const char *problem = strerror(errno);
		const char *then = outcome(c, directive, &severity);

		check_say(c, severity, directive,
		    "%s: %s; %s until it is there", path, problem, then);
	} else if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		check_say(c, CHECK_ERROR, directive,
		    "%s: not a plain file; name one", path);
		close(fd);
		fd = -1;
	}
	return fd;
}

/* A key is its owner's identity: root's, and for nobody else to read. */
static void
check_secret(struct check *c, const char *directive, const char *path, int fd)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) == -1)
		return;
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		check_say(c, CHECK_WARNING, directive,
		    "%s: mode %04o lets others than its owner use the key; "
		    "chmod 0600 %s", path, st.st_mode & 07777U, path);
	if (st.st_uid != 0 && !c->service->quick)
		check_say(c, CHECK_WARNING, directive,
		    "%s: the key should be root's, who opens it; chown root %s",
		    path, path);
}

/*
 * A host's own certificate is examined whole; of one that it shares only
 * whether the host is among its names.
 */
static bool
is_own(const struct check *c, const char *directive)
{
	return !c->host || check_set_below(c, directive, c->host_dir);
}

static void
check_pair(struct check *c, const struct examine_calls *calls,
    struct tls_settings *settings, int i)
{
	const struct conf *conf = c->conf;
	struct subject s = { .check = c,
		.certificate = i == 0 ? "rsa_cert_file" : "ecdsa_cert_file",
		.key = i == 0 ? "rsa_private_key_file"
			      : "ecdsa_private_key_file" };
	const char *certificate =
	    i == 0 ? conf->rsa_cert_file : conf->ecdsa_cert_file;
	const char *key = i == 0 ? conf->rsa_private_key_file
				 : conf->ecdsa_private_key_file;
	const char *staple = i == 0 ? "rsa_ocsp_file" : "ecdsa_ocsp_file";
	const char *response =
	    i == 0 ? conf->rsa_ocsp_file : conf->ecdsa_ocsp_file;

	if (!certificate)
		return;
	if (!key) {
		key = certificate;
		s.key = s.certificate;
	}
	settings->certificate[i] = open_file(c, s.certificate, certificate);
	settings->key[i] = settings->certificate[i] < 0 && key == certificate
	    ? -1 : open_file(c, s.key, key);
	if (is_own(c, s.certificate))
		check_secret(c, s.key, key, settings->key[i]);
	if (response)
		settings->response[i] = open_file(c, staple, response);
	if (settings->certificate[i] >= 0)
		calls->pair(&(struct examine_pair){
		    .certificate = settings->certificate[i],
		    .key = settings->key[i],
		    .authorities = settings->authorities,
		    .certificate_path = certificate,
		    .key_path = key,
		    .ciphers = conf->ssl_ciphers,
		    .name = c->host ? c->host : conf->ssl_sni_hostname,
		    .name_only = !is_own(c, s.certificate),
		    .say = take_finding,
		    .context = &s });
}

static void
check_authorities(struct check *c, const struct examine_calls *calls,
    struct tls_settings *settings)
{
	const struct conf *conf = c->conf;

	if (conf->ca_certs_file)
		settings->authorities =
		    open_file(c, "ca_certs_file", conf->ca_certs_file);
	else if (conf->validate_cert)
		check_say(c, CHECK_ERROR, "validate_cert",
		    "without ca_certs_file no client's certificate can be "
		    "verified; name the file of its authorities there");
	if (settings->authorities >= 0 && calls->count(settings->authorities) == 0)
		check_say(c, CHECK_ERROR, "ca_certs_file",
		    "%s: no certificate as PEM text in it, so no session gets "
		    "TLS; name the file of the clients' authorities",
		    conf->ca_certs_file);
}

/* What the module can do without: so far responses of OCSP. */
static void
warn_of_response(void *context, const char *what)
{
	check_say(context, CHECK_WARNING,
	    strncmp(what, "rsa", 3) == 0 ? "rsa_ocsp_file" : "ecdsa_ocsp_file",
	    "%s", what + strcspn(what, " ") + 1);
}

/* What no examination has found, OpenSSL itself will. */
static void
try_all(struct check *c, const struct tls_calls *calls,
    const struct tls_settings *settings)
{
	char error[256] = "";
	struct tls *tls = calls->open(settings, error, sizeof error);

	if (error[0] != '\0')
		check_say(c, tls ? CHECK_WARNING : CHECK_ERROR, "ssl_enable",
		    "OpenSSL refuses %s: %s", tls ? "one of the two pairs"
						  : "these settings", error);
	calls->close(tls);
}

static bool
have_all(const struct check *c, const struct tls_settings *s)
{
	return (!c->conf->rsa_cert_file ||
	           (s->certificate[0] >= 0 && s->key[0] >= 0)) &&
	    (!c->conf->ecdsa_cert_file ||
	        (s->certificate[1] >= 0 && s->key[1] >= 0));
}

void
check_tls(struct check *c)
{
	const struct conf *conf = c->conf;
	struct tls_settings settings = { .response = { -1, -1 },
		.complain = warn_of_response,
		.context = c,
		.certificate = { -1, -1 },
		.key = { -1, -1 },
		.authorities = -1,
		.ciphers = conf->ssl_ciphers,
		.groups = conf->ecdh_param_file,
		.min_version = conf->ssl_tlsv1_2 ? conf->ssl_min_version
						 : "TLSv1.3",
		.max_version = conf->ssl_tlsv1_3 ? conf->ssl_max_version
						 : "TLSv1.2" };
	const struct examine_calls *examine;
	const struct tls_calls *calls;
	struct conf_address address;
	unsigned errors;
	char error[600];

	/* Clients that call an address ask for no name. */
	if (!conf->ssl_enable ||
	    (c->host && conf_address_parse(c->host, &address) == 0))
		return;
	examine = module_load("tls.so", EXAMINE_SYMBOL, error, sizeof error);
	calls = module_load("tls.so", TLS_SYMBOL, error, sizeof error);
	if (!examine || !calls) {
		check_say(c, CHECK_ERROR, "ssl_enable",
		    "%s; install it, or set ssl_enable=NO", error);
		return;
	}
	errors = c->count[CHECK_ERROR];
	check_authorities(c, examine, &settings);
	for (int i = 0; i < TLS_PAIRS; i++)
		check_pair(c, examine, &settings, i);
	if (c->count[CHECK_ERROR] == errors && have_all(c, &settings))
		try_all(c, calls, &settings);
	tls_close_files(&settings);
}
