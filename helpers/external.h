/*
 * external.h - asks the external authenticator behind auth_socket.
 *
 * Called by auth.c before login. The other end gets a user's password and
 * says who he is; it is believed as far as inftpd-auth(7) says and no
 * further, and for no longer than auth_timeout.
 */
#ifndef HELPERS_EXTERNAL_H
#define HELPERS_EXTERNAL_H

#include "helpers/dialog.h"
#include "helpers/helper.h"

/* An answer, and the bytes it points into. */
struct external {
	struct dialog_answer answer;
	char text[DIALOG_ANSWER_MAX + 2];
};

/*
 * Asks about user and password. 0 with *ret_external filled, the caller's to
 * wipe; or -EACCES when there was no answer in time, or none that can be
 * understood, with *ret_reason for the log and more in the log already.
 */
int external_ask(struct helper *h, const char *user, const char *password,
    struct external *ret_external, const char **ret_reason);

#endif
