/*
 * host.c - the choice of a virtual host, see host.h. Called at HOST, REIN and
 * in the TLS handshake, always before login and from within the sandbox: so
 * the helper reads the files, and tells what of them ftpd has to know.
 */
#include "config.h"

#include "ftpd/host.h"

#include "ftpd/session.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TOLD_MAX 10 /* moves to another host that are worth an entry */

/* The settings of answer over those without a host. */
static int
take_settings(struct session *s, const char *settings)
{
	struct conf_error error;
	struct conf conf;
	int r = conf_copy(&conf, &s->host.without);

	if (r < 0)
		return r;
	r = conf_read_text(&conf, "virtual host", settings, CONF_HOST, NULL,
	    NULL, &error);
	if (r < 0) {
		log_event(&s->log, LOG_ERR, "configuration", "%s", error.text);
		conf_done(&conf);
		return r;
	}
	conf_done(&s->conf);
	s->conf = conf;
	return 0;
}

void
host_drop_banner(struct host *host)
{
	if (host->banner >= 0)
		close(host->banner);
	host->banner = -1;
}

int
host_choose(struct session *s, const char *name)
{
	struct agent_host answer;
	int r = 0;

	answer.banner = -1;
	if (!s->host.without.origins)
		r = conf_copy(&s->host.without, &s->conf);
	if (r == 0)
		r = agent_host(&s->agent, name, s->host.pinned, &answer);
	if (r < 0)
		return r;
	host_drop_banner(&s->host);
	s->host.banner = answer.banner;
	r = take_settings(s, answer.settings);
	if (r < 0) {
		/* The helper has gone on to another host than we. */
		agent_stop(&s->agent);
		return r;
	}
	/* Its certificate may be better. */
	s->secure.unusable = false;
	if (name[0] != '\0' && s->host.told++ < TOLD_MAX)
		log_event(&s->log, LOG_INFO, "host", "virtual host %s", name);
	return 0;
}

int
host_choose_by_tls(struct session *s, const char *name)
{
	char host[CONF_HOST_MAX + 1];
	int r = -ENOENT;

	/* What HOST has said before must be what is said now. */
	s->host.pinned = s->host.named;
	if (conf_host_name(name, host) == 0)
		r = host_choose(s, host);
	s->host.pinned = true;
	if (!s->host.greet)
		host_drop_banner(&s->host);
	if (r == 0)
		return 1;
	if (r == -ENOENT && !s->host.named)
		return 0;
	log_event(&s->log, LOG_WARNING, "tls", r == -ENOENT
	        ? "the handshake names another host than HOST did"
	        : "the host that the handshake names cannot be served");
	return r;
}

void
host_done(struct host *host)
{
	host_drop_banner(host);
	conf_done(&host->without);
}
