/*
 * fuzz-wire.c - helpers/wire.c decodes any bytes by any sequence of getters,
 * and what the getters took, putters make again.
 */
#include "config.h"

#include "helpers/wire.h"

#include "t/fuzz/fuzz.h"

#include <string.h>

/* One getter, chosen by the input, and its putter into `out`. */
static void
take(struct wire *in, struct wire *out, uint8_t what)
{
	char buffer[256];
	size_t n, size = 1 + (what >> 2) * 4U;

	switch (what & 3) {
	case 0:
		wire_put_u32(out, wire_get_u32(in));
		break;
	case 1:
		wire_put_u64(out, wire_get_u64(in));
		break;
	case 2:
		memset(buffer, 'X', sizeof buffer);
		wire_get_str(in, buffer, size);
		HOLDS(memchr(buffer, '\0', size) != NULL);
		HOLDS(!in->failed || buffer[0] == '\0');
		wire_put_str(out, buffer, size);
		break;
	default:
		n = wire_get_bytes(in, buffer, size);
		HOLDS(n <= size && (!in->failed || n == 0));
		wire_put_bytes(out, buffer, n, size);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t steps = size > 0 ? data[0] % 16 : 0, length;
	unsigned char *message, made[WIRE_MESSAGE_MAX];
	struct wire in, out;
	uint32_t head;

	if (size < 1 + steps || size - 1 - steps > sizeof made)
		return 0;
	length = size - 1 - steps;
	/* Of its exact size, so that the sanitizer sees each byte beyond. */
	message = malloc(length > 0 ? length : 1);
	HOLDS(message != NULL);
	memcpy(message, data + 1 + steps, length);
	wire_parse(&in, message, length, &head);
	HOLDS(length >= 4 || (in.failed && head == 0));
	wire_begin(&out, made, sizeof made, head);
	for (size_t i = 0; i < steps; i++) {
		bool failed = in.failed;

		take(&in, &out, data[1 + i]);
		HOLDS(!failed || in.failed);
		HOLDS(in.used <= in.size);
	}
	if (wire_end(&in)) {
		HOLDS(!out.failed && out.used == length);
		HOLDS(memcmp(made, message, length) == 0);
	}
	free(message);
	return 0;
}
