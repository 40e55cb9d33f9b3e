/*
 * fuzz-conf.c - conf_read_text() with any bytes, as a global file and as a
 * user's; what was taken must come out of conf_show() and be taken again.
 * Built with clang -fsanitize=fuzzer.
 */
#include "config.h"

#include "conf/conf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore_warning(void *context, const char *text)
{
	(void)context;
	if (strlen(text) >= sizeof(struct conf_error))
		abort();
}

static void
read_back(const char *text)
{
	struct conf_error error;
	struct conf conf;

	if (conf_init(&conf) < 0)
		abort();
	if (conf_read_text(
		&conf, "back", text, CONF_GLOBAL, NULL, NULL, &error) < 0)
		abort();
	conf_done(&conf);
}

static void
try_scope(const char *text, unsigned scope)
{
	struct conf_error error;
	struct conf conf;
	char settings[512];
	char *shown = NULL;
	size_t length;
	FILE *out;

	if (conf_init(&conf) < 0)
		abort();
	if (conf_read_text(&conf, "fuzz", text, scope, ignore_warning, NULL,
		&error) == 0) {
		out = open_memstream(&shown, &length);
		conf_show(&conf, out);
		fclose(out);
		read_back(shown);
		free(shown);
		conf_settings(&conf, CONF_LAYERS, settings, sizeof settings);
	}
	conf_done(&conf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	if (text == NULL)
		return 0;
	try_scope(text, CONF_GLOBAL);
	try_scope(text, CONF_USER);
	free(text);
	return 0;
}
