/*
 * cmd_data.c - PASV EPSV PORT EPRT, TYPE MODE STRU: how the next transfer is
 * to go.
 */
#include "config.h"

#include "conf/announce.h"
#include "ftpd/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* NULL, or why this session has no passive mode now. */
static int
refuse_passive(struct session *s)
{
	if (s->conf.pasv_enable)
		return 0;
	reply(s, 550, "Passive mode is not enabled here.");
	return 1;
}

/* The address that PASV names: pasv_address, else where the client is. */
static int
passive_address(struct session *s, union addr *ret_addr)
{
	char target[ANNOUNCE_TARGET_SIZE];
	struct conf_address client, address;
	int r;

	conf_address_take(&client, &s->peer.any);
	announce_find(s->conf.pasv_address, &client, target);
	if (target[0] == '\0') {
		*ret_addr = s->local;
		return addr_is_v4(ret_addr) ? 0 : -EAFNOSUPPORT;
	}
	r = announce_is_name(target)
	    ? announce_lookup(s->resolved ? s->resolved : "", target, &address)
	    : conf_address_parse(target, &address);
	if (r < 0)
		log_event(&s->log, LOG_ERR, "configuration",
		    "pasv_address: the address of %s is not known; let inftpd "
		    "--resolve run from time to time", target);
	else
		addr_make(ret_addr, address.bytes, address.length, 0);
	return r;
}

/*
 * A client that finds this answer at its very first look may miss it: curl
 * 7.88 sleeps for a second then, before it connects. One that was as late as
 * that is left the time to look in vain once, from then on; and who uses TLS
 * from the beginning, since there it is so nearly always, and a handshake takes
 * longer.
 */
static int
reply_passive(struct session *s, int code, const char *line)
{
	struct timespec moment = { .tv_nsec = 300000 };

	if (s->dozes || s->secure.control)
		nanosleep(&moment, NULL);
	s->data.answered = s->now;
	control_renew_ticket(s);
	return reply(s, code, line);
}

int
cmd_pasv(struct session *s, const struct arg_value *arg)
{
	union addr address;
	unsigned port;
	char text[ADDR_TEXT_MAX], line[128];
	int r;

	(void)arg;
	if (refuse_passive(s))
		return 0;
	if (s->epsv_all)
		return reply(s, 503, "Not after EPSV ALL.");
	r = passive_address(s, &address);
	if (r < 0)
		return reply(s, r == -EAFNOSUPPORT ? 522 : 425,
		    r == -EAFNOSUPPORT
		        ? "Network protocol not supported, use (2)"
		        : "No address to tell you; use EPSV.");
	r = data_listen(s, &port);
	if (r < 0)
		return reply_errno(s, STAGE_OPEN_DATA, r, "");
	addr_pasv_text(&address, port, text);
	snprintf(line, sizeof line, "Entering Passive Mode (%s).", text);
	return reply_passive(s, 227, line);
}

/* "" or the family we are on is fine; RFC 2428 section 3. */
static int
check_family(const struct session *s, const char *text)
{
	bool v4 = addr_is_v4(&s->local);

	if (text[0] == '\0' || strcmp(text, v4 ? "1" : "2") == 0)
		return 0;
	return text[strspn(text, "0123456789")] == '\0' ? -EAFNOSUPPORT
							: -EINVAL;
}

int
cmd_epsv(struct session *s, const struct arg_value *arg)
{
	unsigned port;
	char line[128];
	int r;

	if (strcasecmp(arg->text, "ALL") == 0) {
		s->epsv_all = true;
		return reply(s, 200, "EPSV ALL ok.");
	}
	r = check_family(s, arg->text);
	if (r == -EAFNOSUPPORT)
		return reply(s, 522, addr_is_v4(&s->local)
		        ? "Network protocol not supported, use (1)"
		        : "Network protocol not supported, use (2)");
	if (r < 0)
		return reply(s, 501, "Usage: EPSV [<family>|ALL]");
	if (refuse_passive(s))
		return 0;
	r = data_listen(s, &port);
	if (r < 0)
		return reply_errno(s, STAGE_OPEN_DATA, r, "");
	snprintf(line, sizeof line,
	    "Entering Extended Passive Mode (|||%u|).", port);
	return reply_passive(s, 229, line);
}

/* PORT and EPRT; the helper checks the address once more when it connects. */
int
cmd_port(struct session *s, const struct arg_value *arg)
{
	data_reset(&s->data);
	if (!s->conf.port_enable)
		return reply(s, 550, "Active mode is not enabled here.");
	if (s->epsv_all)
		return reply(s, 503, "Not after EPSV ALL.");
	if (addr_is_v4(&arg->addr) != addr_is_v4(&s->local))
		return reply(s, 522, addr_is_v4(&s->local)
		        ? "Network protocol not supported, use (1)"
		        : "Network protocol not supported, use (2)");
	if (addr_port(&arg->addr) < 1024)
		return reply(s, 500, "Port numbers below 1024 are refused.");
	if (!s->conf.port_promiscuous &&
	    !addr_same_host(&arg->addr, &s->peer)) {
		log_event(&s->log, LOG_WARNING, "port-refused",
		    "PORT or EPRT to another address: %s", arg->text);
		return reply(s, 500, "Only your own address is allowed.");
	}
	data_target(s, &arg->addr);
	control_renew_ticket(s);
	return reply(s, 200, "Command successful. Consider using PASV.");
}

/* A C, E and other byte sizes: RFC 959 section 5.3.2 has them, we do not. */
static bool
type_is_known(const char *text)
{
	static const char *const forms[] = { "A C", "E", "E N", "E T", "E C" };
	int64_t size;

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcasecmp(text, forms[i]) == 0)
			return true;
	return strncasecmp(text, "L ", 2) == 0 &&
	    text_parse_number(text + 2, &size) == 0 && size >= 1 &&
	    size <= 255;
}

int
cmd_type(struct session *s, const struct arg_value *arg)
{
	static const struct {
		const char *text;
		bool ascii;
	} types[] = {
		{ "A", true },
		{ "A N", true },
		/* RFC 1123 section 4.1.2.2: as N where there is no printer. */
		{ "A T", true },
		{ "I", false },
		{ "L 8", false },
		{ "L8", false },
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcasecmp(arg->text, types[i].text) == 0) {
			s->ascii = types[i].ascii;
			return reply(s, 200, s->ascii
			        ? "Switching to ASCII mode."
			        : "Switching to Binary mode.");
		}
	if (type_is_known(arg->text))
		return reply(s, 504, "Only TYPE A N, I and L 8.");
	return reply(s, 501, "Usage: TYPE A|I|L 8");
}

/* One letter of which only one value is done. */
static int
one_letter(struct session *s, const char *text, char letter,
    const char *known, const char *done, const char *other)
{
	if (text[0] == '\0' || text[1] != '\0' ||
	    !strchr(known, text[0] & ~0x20))
		return reply(s, 501, other);
	if ((text[0] & ~0x20) == letter)
		return reply(s, 200, done);
	return reply(s, 504, other);
}

int
cmd_mode(struct session *s, const struct arg_value *arg)
{
	const char *only = s->conf.mode_z_enable
	    ? "Only MODE S (stream) and Z (deflate)."
	    : "Only MODE S (stream).";

	if (s->conf.mode_z_enable && strcasecmp(arg->text, "Z") == 0) {
		if (zip_start(s) < 0)
			return reply(s, 504, "MODE Z is not available, see the "
					     "server's log.");
		return reply(s, 200, "Mode set to Z.");
	}
	if (strcasecmp(arg->text, "S") == 0)
		s->zip.on = false;
	return one_letter(s, arg->text, 'S', "SBCZ", "Mode set to S.", only);
}

int
cmd_stru(struct session *s, const struct arg_value *arg)
{
	return one_letter(s, arg->text, 'F', "FRP", "Structure set to F.",
	    "Only STRU F (file).");
}
