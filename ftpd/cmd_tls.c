/*
 * cmd_tls.c - AUTH PBSZ PROT CCC (RFC 2228, RFC 4217).
 */
#include "config.h"

#include "ftpd/command.h"

#include <string.h>
#include <strings.h>

int
cmd_auth(struct session *s, const struct arg_value *arg)
{
	static const char *const names[] = { "TLS", "TLS-C", "SSL", "TLS-P" };
	size_t i = 0;

	while (i < 4 && strcasecmp(arg->text, names[i]) != 0)
		i++;
	if (i == 4)
		return reply(s, 504, "Unknown AUTH type; use AUTH TLS.");
	if (s->secure.control)
		return reply(s, 503, "The connection is under TLS already.");
	/* After login nobody may read the key any more. */
	if (s->state == IN_SESSION)
		return reply(s, 503, "AUTH comes before the login.");
	/*
	 * What was sent behind AUTH without waiting for the answer was not
	 * protected, and must not be taken for what comes under TLS.
	 */
	if (line_pending(&s->line)) {
		log_event(&s->log, LOG_WARNING, "tls",
		    "commands behind AUTH in the clear");
		s->closing = true;
		return reply(s, 421, "Nothing may be sent behind AUTH.");
	}
	/* The reply goes out in the clear, and all of it before TLS begins. */
	if (control_prepare_tls(s) < 0)
		return reply(s, 431, "TLS is not available, see the server's "
				     "log.");
	s->state = IN_NEW;
	reply(s, 234, "Proceed with negotiation.");
	if (!reply_flush_all(s) || control_start_tls(s) < 0)
		s->closing = true;
	s->line.refuse_length = 0;
	return 0;
}

int
cmd_pbsz(struct session *s, const struct arg_value *arg)
{
	if (!s->secure.control)
		return reply(s, 503, "AUTH TLS comes first.");
	if (arg->number > UINT32_MAX)
		return reply(s, 501, "A number of at most 32 bits.");
	s->secure.pbsz = true;
	/* RFC 4217 section 9: the server answers with the size it takes. */
	return reply(s, 200, arg->number == 0 ? "PBSZ set to 0." : "PBSZ=0");
}

int
cmd_prot(struct session *s, const struct arg_value *arg)
{
	bool protect = (arg->text[0] & ~0x20) == 'P';

	if (!s->secure.control || !s->secure.pbsz)
		return reply(s, 503, s->secure.control ? "PBSZ comes first."
						       : "AUTH TLS comes first.");
	if (arg->text[1] != '\0' || !strchr("CSEPcsep", arg->text[0]))
		return reply(s, 504, "Unknown protection; use P or C.");
	if (!strchr("CPcp", arg->text[0]))
		return reply(s, 536, "Only P and C with TLS.");
	if (!protect && command_data_must_be_protected(s))
		return reply(s, 534, "Data connections must be encrypted.");
	s->secure.protect = protect;
	if (!protect)
		data_unprotect(&s->data);
	return reply(s, 200, protect ? "PROT now Private." : "PROT now Clear.");
}

int
cmd_ccc(struct session *s, const struct arg_value *arg)
{
	(void)arg;
	if (!s->secure.control)
		return reply(s, 533, "The connection is not under TLS.");
	return reply(s, 534, "The control connection stays encrypted.");
}
