/*
 * status.h - what the service manager shows of a session: `systemctl status'
 * prints user and current transfer.
 */
#ifndef FTPD_STATUS_H
#define FTPD_STATUS_H

struct status {
	int fd; /* connected to NOTIFY_SOCKET, or -1 */
};

/*
 * Connects to the service manager if there is one (NOTIFY_SOCKET set). Before
 * the sandbox, which has no socket for it.
 */
void status_open(struct status *status);

void status_close(struct status *status);

/*
 * Shows "what name"; name is made safe. Nothing happens without a service
 * manager, and nothing waits for one.
 */
void status_set(
    const struct status *status, const char *what, const char *name);

#endif
