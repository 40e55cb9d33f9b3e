/*
 * control.c - the control connection's bytes, see control.h. Called by
 * session.c and reply.c, its reader and its writer, and by cmd_tls.c.
 */
#include "config.h"

#include "ftpd/control.h"

#include "ftpd/module.h"
#include "ftpd/session.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

static bool
load_module(struct session *s)
{
	char error[256];

	if (!s->secure.calls)
		s->secure.calls = module_open(
		    s->secure.module, TLS_SYMBOL, error, sizeof error);
	if (!s->secure.calls)
		log_event(&s->log, LOG_ERR, "tls", "%s", error);
	return s->secure.calls != NULL;
}

/* Certificate and key, open for reading; -1 where none is configured. */
static void
fetch_files(struct session *s, struct tls_settings *settings)
{
	static const enum wire_cert certificates[TLS_PAIRS] = { WIRE_CERT_RSA,
		WIRE_CERT_ECDSA };
	static const enum wire_cert responses[TLS_PAIRS] = {
		WIRE_CERT_RSA_OCSP, WIRE_CERT_ECDSA_OCSP };

	for (int i = 0; i < TLS_PAIRS; i++) {
		settings->certificate[i] =
		    s->secure.pair ? -1 : agent_cert(&s->agent, certificates[i]);
		settings->key[i] = settings->certificate[i] < 0
		    ? -1
		    : agent_cert(&s->agent, certificates[i] + 1);
		settings->response[i] = settings->key[i] < 0
		    ? -1
		    : agent_cert(&s->agent, responses[i]);
	}
	settings->authorities = agent_cert(&s->agent, WIRE_CERT_CA);
	if (s->secure.pair) {
		settings->certificate[0] = s->secure.pair[0];
		settings->key[0] = s->secure.pair[1];
	}
}

/* The certificates of the host that the client asks for. */
static int
choose_host(void *context, const char *name, struct tls_settings *ret_settings)
{
	struct session *s = context;
	int r = host_choose_by_tls(s, name);

	if (r > 0)
		fetch_files(s, ret_settings);
	return r;
}

static void
complain(void *context, const char *what)
{
	struct session *s = context;

	log_event(&s->log, LOG_WARNING, "tls", "%s", what);
}

static bool
open_tls(struct session *s)
{
	const struct conf *conf = &s->conf;
	struct tls_settings settings = { .ciphers = conf->ssl_ciphers,
		.groups = conf->ecdh_param_file,
		.min_version = conf->ssl_tlsv1_2 ? conf->ssl_min_version
						 : "TLSv1.3",
		.max_version = conf->ssl_tlsv1_3 ? conf->ssl_max_version
						 : "TLSv1.2",
		.sni_hostname = conf->ssl_sni_hostname,
		.request_certificate = conf->ssl_request_cert &&
		    (conf->require_cert || conf->validate_cert),
		.require_certificate = conf->require_cert,
		.verify = conf->validate_cert,
		.strict_eof = conf->strict_ssl_read_eof,
		.choose = choose_host,
		.complain = complain,
		.context = s };
	char error[256] = "";

	fetch_files(s, &settings);
	s->secure.tls = s->secure.calls->open(&settings, error, sizeof error);
	tls_close_files(&settings);
	/* Without a helper it is that, and not the certificate. */
	if (error[0] != '\0' && s->agent.wire >= 0)
		log_event(&s->log, LOG_ERR, "tls", "%s%s", error,
		    s->secure.tls ? "; going on with the other pair" : "");
	return s->secure.tls != NULL;
}

int
control_prepare_tls(struct session *s)
{
	if (!s->secure.unusable)
		s->secure.unusable = !load_module(s) || !open_tls(s);
	return s->secure.unusable ? -ENOENT : 0;
}

int
control_start_tls(struct session *s)
{
	/* OpenSSL reads and writes by itself, and must not wait there. */
	if (fcntl(s->control, F_SETFL, O_RDWR | O_NONBLOCK) == -1)
		return -errno;
	s->secure.control =
	    s->secure.calls->start(s->secure.tls, s->control, TLS_CONTROL);
	return s->secure.control ? 0 : -ENOMEM;
}

void
control_end(struct session *s)
{
	if (s->secure.control) {
		s->secure.calls->shutdown(s->secure.control, false);
		s->secure.calls->end(s->secure.control);
		s->secure.control = NULL;
	}
	if (s->secure.tls)
		s->secure.calls->close(s->secure.tls);
	s->secure.tls = NULL;
}

void
control_log_tls(struct session *s, const struct tls_conn *conn, int priority,
    const char *what)
{
	char text[256];

	s->secure.calls->describe(conn, text, sizeof text);
	log_event(&s->log, priority, "tls", "%s: %s", what, text);
}

void
control_quick_ack(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

/* 0 when the handshake is over; it goes on with every read and write. */
static int
shake_hands(struct session *s)
{
	int r;

	if (s->secure.shaken)
		return 0;
	r = s->secure.calls->handshake(s->secure.control);
	if (r == 0) {
		s->secure.shaken = true;
		if (s->conf.debug_ssl)
			control_log_tls(s, s->secure.control, LOG_INFO,
			    "control connection");
	} else if (r == -EAGAIN) {
		control_quick_ack(s->control);
	} else {
		control_log_tls(s, s->secure.control, LOG_WARNING,
		    "handshake failed");
	}
	return r;
}

ssize_t
control_read(struct session *s, void *buffer, size_t size)
{
	ssize_t n;
	int r;

	if (!s->secure.control) {
		n = recv(s->control, buffer, size, MSG_DONTWAIT);
		return n == -1 ? -errno : n;
	}
	r = shake_hands(s);
	if (r < 0)
		return r;
	n = s->secure.calls->read(s->secure.control, buffer, size);
	/* A ticket, say, that a client who reads nothing does not take. */
	s->secure.blocked = n == -EAGAIN &&
	    s->secure.calls->events(s->secure.control) == POLLOUT;
	return n;
}

ssize_t
control_write(struct session *s, const void *buffer, size_t size)
{
	ssize_t n;
	int r;

	if (!s->secure.control) {
		n = send(
		    s->control, buffer, size, MSG_DONTWAIT | MSG_NOSIGNAL);
		return n == -1 ? -errno : n;
	}
	r = shake_hands(s);
	return r < 0 ? r
		     : s->secure.calls->write(s->secure.control, buffer, size);
}

bool
control_busy(const struct session *s)
{
	return s->secure.control && (!s->secure.shaken || s->secure.blocked);
}

bool
control_pending(const struct session *s)
{
	return s->secure.control && !control_busy(s) &&
	    s->secure.calls->pending(s->secure.control);
}

short
control_events(const struct session *s, bool reading, bool writing)
{
	short events = 0;

	/* Only OpenSSL knows what comes next in a handshake. */
	if (control_busy(s))
		return s->secure.calls->events(s->secure.control);
	if (reading)
		events |= POLLIN;
	if (writing)
		events |= POLLOUT;
	return events;
}

void
control_renew_ticket(struct session *s)
{
	if (s->secure.control && s->secure.protect)
		s->secure.calls->renew_ticket(s->secure.control);
}
