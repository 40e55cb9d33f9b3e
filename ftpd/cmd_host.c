/*
 * cmd_host.c - HOST (RFC 7151) and REIN: at which of the server's hosts the
 * client wants to be, before he logs in.
 */
#include "config.h"

#include "ftpd/command.h"

#include <errno.h>
#include <string.h>

int
cmd_host(struct session *s, const struct arg_value *arg)
{
	char name[CONF_HOST_MAX + 1] = "";
	union addr called;
	int r;

	if (s->state == IN_SESSION)
		return reply(s, 503, "HOST comes before the login.");
	r = addr_parse_literal(arg->text, &called);
	if (r < 0 || (r == 0 && conf_host_name(arg->text, name) < 0))
		return reply(s, 501, "Usage: HOST <name>, without a port.");
	if (r == 1 &&
	    (s->host.pinned || !addr_same_host(&called, &s->local)))
		return reply(s, 504, "That is not the address you called.");
	r = host_choose(s, name);
	if (r == -ENOENT)
		return reply(s, 504, s->host.pinned
		        ? "Not the host of the TLS handshake."
		        : "There is no such host here.");
	if (r < 0)
		return reply(s, 504, "This host cannot be served now, see "
				     "the server's log.");
	s->host.named = name[0] != '\0';
	s->state = IN_NEW;
	return reply_greeting(s);
}

/* As after the greeting, but for what would help somebody who guesses. */
int
cmd_rein(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	/* The helper is the user for good: there is no way back. */
	if (s->state == IN_SESSION)
		return reply(s, 502, "Not after the login; QUIT and connect "
				     "again.");
	/* RFC 4217 section 13: TLS would have to end, and the rest be clear. */
	if (s->secure.control)
		return reply(s, 502, "Not under TLS; QUIT and connect again.");
	if (host_choose(s, "") < 0) {
		s->closing = true;
		return reply(s, 421, "Service not available, closing.");
	}
	s->host.named = false;
	s->state = IN_NEW;
	s->user[0] = '\0';
	s->facts = SESSION_FACTS;
	s->hash.chosen = DIGEST_SHA256;
	s->zip.level = ZIP_LEVEL;
	s->epsv_all = false;
	return reply_greeting(s);
}
