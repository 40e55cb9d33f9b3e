/*
 * reasons.h - what stands behind each reason that auth.c and the rooms below
 * it give for a refused login, and what to do about it. Pure; for
 * inftpd-explain. t/doc-ftpd.t sees to it that no reason is forgotten.
 */
#ifndef HELPERS_REASONS_H
#define HELPERS_REASONS_H

/* The steps of a login, in the order in which they are taken. */
enum reasons_step {
	STEP_NAME,
	STEP_USER_LIST,
	STEP_SETTINGS,  /* his drop-in */
	STEP_EMAIL,     /* anonymous: lists of passwords */
	STEP_EXISTS,
	STEP_PASSWORD,
	STEP_UID,
	STEP_NOLOGIN,
	STEP_FTPUSERS,
	STEP_SHELL,
	STEP_GROUPS,    /* drop-ins of his groups */
	STEP_IDENTITY,  /* whom such sessions become */
	STEP_ROOT,
	STEP_COUNT
};

struct reason {
	const char *text;       /* as the log has it */
	enum reasons_step step;
	const char *directive;  /* behind it, or NULL */
	const char *change;     /* what to do; an imperative */
};

/* The row of a reason; never NULL: what is not known has a row, too. */
const struct reason *reasons_find(const char *text);

#endif
