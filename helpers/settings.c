/*
 * settings.c - the settings of the session before login, see settings.h.
 * Called by helper.c. That a name comes from ftpd, and from the client before,
 * does not matter: it selects among the administrator's directories and is
 * letters, digits, dots and '-'.
 */
#include "config.h"

#include "helpers/settings.h"

#include "helpers/auth.h"
#include "helpers/become.h"

#include <errno.h>
#include <string.h>

/* Quick mode has them from its command line. */
int
settings_load(struct helper *h)
{
	struct conf_who who = { .host = h->host[0] ? h->host : NULL };
	struct conf_error error;
	struct conf conf;
	int r;

	conf_address_take(&who.from, &h->peer.any);
	conf_address_take(&who.to, &h->local.any);
	r = conf_load_layers(&conf, &h->place, &who, NULL, NULL, &error);
	if (r == 0 && h->settings) {
		r = conf_read_text(&conf, "command line", h->settings,
		    CONF_GLOBAL, NULL, NULL, &error);
		if (r < 0)
			conf_done(&conf);
	}
	if (r < 0) {
		log_event(&h->log, LOG_ERR, "configuration", "%s", error.text);
		return r;
	}
	h->conf = conf;
	h->log.wide = conf.wc_logs_enable;
	return 0;
}

/* May the session be there? 0 and whose name it is, or -ENOENT. */
static int
find_host(struct helper *h, const char *name, bool pinned,
    char ret_identity[CONF_HOST_MAX + 1])
{
	ret_identity[0] = '\0';
	if (name[0] != '\0' &&
	    conf_host_identity(&h->place, name, ret_identity) < 0)
		return -ENOENT;
	if (pinned && strcmp(ret_identity, h->identity) != 0)
		return -ENOENT;
	return 0;
}

int
settings_move(struct helper *h, const char *name, bool pinned)
{
	char identity[sizeof h->identity], host[sizeof h->host];
	struct conf before = h->conf;
	int r = find_host(h, name, pinned, identity);

	if (r < 0)
		return r;
	strcpy(host, h->host);
	strcpy(h->host, name);
	r = settings_load(h);
	if (r < 0) {
		strcpy(h->host, host);
		return r;
	}
	strcpy(h->identity, identity);
	conf_done(&before);
	/* Another host has another certificate. */
	h->certs_given = 0;
	return 0;
}

/*
 * As ftpd would open it, were it not in its sandbox by now: everybody is shown
 * the file, and who owns a directory on its way could have a link in it.
 */
static int
open_as_ftpd(struct helper *h, const char *path)
{
	uid_t uid = h->caller;
	gid_t gid = 0;

	if (h->privileged && auth_find_ftpd_user(&uid, &gid) < 0)
		return -ENOENT;
	return become_open(h, uid, gid, path);
}

int
settings_open_banner(struct helper *h)
{
	const char *path = h->conf.banner_file;
	int fd = path ? open_as_ftpd(h, path) : -1;

	if (path && fd < 0)
		log_event(&h->log, LOG_WARNING, "configuration",
		    "banner_file %s: %s", path, strerror(-fd));
	return fd < 0 ? -1 : fd;
}
