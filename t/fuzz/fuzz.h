/*
 * fuzz.h - for the fuzzers of this folder: a property that does not hold ends
 * the process, which libFuzzer reports with the input.
 */
#ifndef T_FUZZ_FUZZ_H
#define T_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define HOLDS(property) \
	do { \
		if (!(property)) \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
