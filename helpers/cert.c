/*
 * cert.c - certificate and key files for ftpd, see cert.h. Called by helper.c
 * while it still is root and no user is known.
 */
#include "config.h"

#include "helpers/cert.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
path_of(const struct conf *conf, uint32_t which)
{
	switch ((enum wire_cert)which) {
	case WIRE_CERT_RSA:
		return conf->rsa_cert_file;
	case WIRE_CERT_RSA_KEY:
		/* vsftpd's meaning: one file may hold both. */
		return conf->rsa_private_key_file ? conf->rsa_private_key_file
						  : conf->rsa_cert_file;
	case WIRE_CERT_ECDSA:
		return conf->ecdsa_cert_file;
	case WIRE_CERT_ECDSA_KEY:
		return conf->ecdsa_private_key_file
		    ? conf->ecdsa_private_key_file
		    : conf->ecdsa_cert_file;
	case WIRE_CERT_CA:
		return conf->ca_certs_file;
	case WIRE_CERT_RSA_OCSP:
		return conf->rsa_ocsp_file;
	case WIRE_CERT_ECDSA_OCSP:
		return conf->ecdsa_ocsp_file;
	case WIRE_CERT_COUNT:
		break;
	}
	return NULL;
}

int
cert_open_plain(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int r = 0;

	if (fd == -1)
		return -errno;
	if (fstat(fd, &st) == -1)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

int
cert_open(struct helper *h, uint32_t which)
{
	const char *path = path_of(&h->conf, which);
	int fd;

	if (!path)
		return -ENOENT;
	if (h->certs_given & 1U << which)
		return -EALREADY;
	h->certs_given |= 1U << which;
	fd = cert_open_plain(path);
	if (fd < 0)
		log_event(&h->log, LOG_ERR, "certificate", "%s: %s", path,
		    strerror(-fd));
	return fd;
}
