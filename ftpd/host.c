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

#define BANNER_MAX 8192 /* bytes of banner_file that are shown */

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

int
host_choose(struct session *s, const char *name, int *ret_banner)
{
	struct agent_host answer;
	int r = 0;

	if (!s->host.without.origins)
		r = conf_copy(&s->host.without, &s->conf);
	if (r == 0)
		r = agent_host(&s->agent, name, s->host.pinned, &answer);
	if (r < 0)
		return r;
	r = take_settings(s, answer.settings);
	if (r < 0) {
		if (answer.banner >= 0)
			close(answer.banner);
		/* The helper has gone on to another host than we. */
		agent_stop(&s->agent);
		return r;
	}
	if (name[0] != '\0')
		log_event(&s->log, LOG_INFO, "host", "virtual host %s", name);
	*ret_banner = answer.banner;
	return 0;
}

int
host_greet(struct session *s, int banner)
{
	char text[BANNER_MAX];
	ssize_t n = banner >= 0 ? read(banner, text, sizeof text) : 0;

	if (n > 0)
		reply_text(s, 220, text, (size_t)n);
	if (banner >= 0)
		close(banner);
	/* The default names neither program nor version. */
	return reply(s, 220, s->conf.ftpd_banner ? s->conf.ftpd_banner
						 : "FTP server ready.");
}

void
host_done(struct host *host)
{
	conf_done(&host->without);
}
