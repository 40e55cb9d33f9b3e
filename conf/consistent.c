/*
 * consistent.c - what values say against each other, or against what the
 * program was built with: told at the directive that should change.
 *
 * Pure. Called by load.c and layers.c when a layer is whole.
 */
#include "config.h"

#include "conf/announce.h"
#include "conf/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A contradiction, told at the directive that should change. */
static int
fail_check(const struct conf *conf, struct conf_error *error, const char *name,
    const char *problem)
{
	const struct conf_origin *o = conf_origin_of(conf, conf_find(name));

	if (o->source == NULL)
		return conf_fail(
		    error, -EINVAL, "default: %s: %s", name, problem);
	return conf_fail(error, -EINVAL, "%s:%u: %s: %s", o->source->name,
	    o->line, name, problem);
}

static bool
is_tls_version(const char *name)
{
	return name == NULL || strcmp(name, "TLSv1.2") == 0 ||
	       strcmp(name, "TLSv1.3") == 0;
}

static bool
is_name_field(const char *name)
{
	return name == NULL || strcmp(name, "cn") == 0 ||
	       strcmp(name, "email") == 0 || strcmp(name, "upn") == 0;
}

static int
check_wrappers(const struct conf *conf, struct conf_error *error)
{
	if (conf->tcp_wrappers && !HAVE_LIBWRAP)
		return fail_check(conf, error, "tcp_wrappers",
		    "this build has no libwrap; use IPAddressAllow= in the "
		    "unit, only_from in xinetd's entry, or build with it");
	/* The files cannot be read any more when it is known who comes. */
	if (conf->tcp_wrappers && conf->proxy_protocol)
		return fail_check(conf, error, "tcp_wrappers",
		    "would look at the proxy's address only; with "
		    "proxy_protocol let the proxy refuse");
	return 0;
}

static int
check_proxy(const struct conf *conf, struct conf_error *error)
{
	static const struct conf_address nobody = {.length = 0};

	if (conf_networks_have(conf->proxy_trusted, &nobody) < 0)
		return fail_check(conf, error, "proxy_trusted",
		    "not a list of networks; such as 192.0.2.0/24, "
		    "2001:db8::1");
	if (conf->proxy_protocol && !conf->proxy_trusted)
		return fail_check(conf, error, "proxy_protocol",
		    "nobody could connect; name the proxies in "
		    "proxy_trusted");
	return 0;
}

/* The rules of pasv_address; names in them stand where --resolve looks. */
static int
check_announced(const struct conf *conf, struct conf_error *error)
{
	const char *rules = conf->pasv_address;
	char target[ANNOUNCE_TARGET_SIZE], problem[ANNOUNCE_TARGET_SIZE + 200];
	unsigned layer = conf_origin_of(conf, conf_find("pasv_address"))->layer;
	bool holds;
	int r;

	while ((r = announce_next(&rules, NULL, target, &holds)) > 0) {
		if (!announce_is_name(target))
			continue;
		if (!conf->pasv_addr_resolve) {
			snprintf(problem, sizeof problem,
			    "%s is no IPv4 address; names need "
			    "pasv_addr_resolve=YES",
			    target);
			return fail_check(conf, error, "pasv_address", problem);
		}
		if (layer > CONF_GLOBAL)
			return fail_check(conf, error, "pasv_address",
			    "names may stand in inftpd.conf and conf.d only");
	}
	if (r == 0)
		return 0;
	snprintf(problem, sizeof problem,
	    "\"%s\" won't do; an IPv4 address, or rules with commas between, "
	    "NETWORK=ADDRESS as 192.0.2.0/24=198.51.100.1",
	    target);
	return fail_check(conf, error, "pasv_address", problem);
}

/* Is there a version of TLS that all of the directives leave? */
static bool
has_tls_version(const struct conf *conf)
{
	const char *least = conf->ssl_min_version,
		   *most = conf->ssl_max_version;
	bool has_2 = conf->ssl_tlsv1_2 &&
	             (least == NULL || strcmp(least, "TLSv1.2") == 0);
	bool has_3 =
	    conf->ssl_tlsv1_3 && (most == NULL || strcmp(most, "TLSv1.3") == 0);

	return has_2 || has_3;
}

/*
 * Can this be a hash of crypt(5)? By its shape, for the libraries differ: one
 * without a hash's marks would never match, and is a password, most likely.
 */
static bool
is_hash(const char *text)
{
	const char *last = strrchr(text, '$');
	size_t marks = 0;

	if (*text == '!' || *text == '*')
		return true;
	for (const char *p = text; *p != '\0'; p++)
		marks += *p == '$';
	if (*text == '$')
		return marks >= 3 && strlen(last + 1) >= 20;
	return marks == 0 && strlen(text) == (*text == '_' ? 20 : 13);
}

int
conf_check(const struct conf *conf, struct conf_error *error)
{
	char problem[96];

	if (conf->pasv_max_port != 0 &&
	    conf->pasv_min_port > conf->pasv_max_port) {
		snprintf(problem, sizeof problem,
		    "%" PRId64 " is above pasv_max_port; at most %" PRId64,
		    conf->pasv_min_port, conf->pasv_max_port);
		return fail_check(conf, error, "pasv_min_port", problem);
	}
	if (!is_tls_version(conf->ssl_min_version))
		return fail_check(conf, error, "ssl_min_version",
		    "not a version; TLSv1.2 or TLSv1.3");
	if (!is_tls_version(conf->ssl_max_version))
		return fail_check(conf, error, "ssl_max_version",
		    "not a version; TLSv1.2 or TLSv1.3");
	if (conf->ssl_enable && !conf->rsa_cert_file && !conf->ecdsa_cert_file)
		return fail_check(conf, error, "ssl_enable",
		    "no certificate; name one in rsa_cert_file");
	if (!is_name_field(conf->ssl_cert_login))
		return fail_check(conf, error, "ssl_cert_login",
		    "not a field of a certificate; cn, email or upn");
	if (conf->ssl_cert_login &&
	    (!conf->validate_cert || !conf->ssl_request_cert))
		return fail_check(conf, error, "ssl_cert_login",
		    "certificates are not verified; validate_cert=YES and "
		    "ssl_request_cert=YES");
	if (conf->require_cert && !conf->ssl_request_cert)
		return fail_check(conf, error, "require_cert",
		    "nobody is asked for one with ssl_request_cert=NO; one "
		    "of the two");
	if (conf->ssl_enable && !has_tls_version(conf))
		return fail_check(conf, error, "ssl_enable",
		    "no version of TLS is left; mend ssl_min_version, "
		    "ssl_max_version, ssl_tlsv1_2 or ssl_tlsv1_3");
	if (conf->chown_uploads &&
	    (conf->chown_username == NULL ||
		strcmp(conf->chown_username, "root") == 0))
		return fail_check(conf, error, "chown_uploads",
		    "uploads would belong to root; name another user in "
		    "chown_username");
	if (conf->password && !is_hash(conf->password))
		return fail_check(conf, error, "password",
		    "no hash; inftpd-user sets one, and mkpasswd or openssl "
		    "passwd -6 prints one");
	if (check_wrappers(conf, error) < 0 || check_announced(conf, error) < 0)
		return -EINVAL;
	return check_proxy(conf, error);
}
