/*
 * fuzz-conf.c - conf_read_text() with any bytes, as a file of each layer; what
 * was taken must come out of conf_show() and be taken again, a copy must show
 * the same, and a lower layer must change nothing. Built with clang
 * -fsanitize=fuzzer.
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

static char *
show(const struct conf *conf)
{
	char *shown = NULL;
	size_t length;
	FILE *out = open_memstream(&shown, &length);

	conf_show(conf, out);
	fclose(out);
	return shown;
}

/* Neither a copy nor the same text in the layer below makes a difference. */
static void
compare(struct conf *conf, const char *shown, const char *text, unsigned below)
{
	struct conf_error error;
	struct conf copy;
	char *again;

	if (conf_copy(&copy, conf) < 0)
		abort();
	if (below != 0 && below != CONF_GLOBAL)
		(void)conf_read_text(
		    &copy, "below", text, below, NULL, NULL, &error);
	again = show(&copy);
	if (strcmp(shown, again) != 0)
		abort();
	free(again);
	conf_done(&copy);
}

static void
try_scope(const char *text, unsigned scope)
{
	struct conf_error error;
	struct conf conf;
	char settings[512];
	char *shown;

	if (conf_init(&conf) < 0)
		abort();
	if (conf_read_text(&conf, "fuzz", text, scope, ignore_warning, NULL,
		&error) == 0) {
		shown = show(&conf);
		read_back(shown);
		compare(&conf, shown, text, scope >> 1);
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
	for (unsigned scope = CONF_GLOBAL; scope <= CONF_USER; scope <<= 1)
		try_scope(text, scope);
	free(text);
	return 0;
}
