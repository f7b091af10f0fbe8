/*
 * Feeds files to a fuzz target: how a corpus is replayed where no fuzzer is built.
 * It must not know: which target.
 */
#include <stdint.h>
#include <stdio.h>

#include "buf.h"
#include "err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct buf bytes = {0};
		char part[4096];
		size_t got;
		FILE *file = fopen(argv[i], "rb");

		if (!file) {
			perror(argv[i]);
			return 1;
		}
		while ((got = fread(part, 1, sizeof(part), file)) > 0)
			buf_add(&bytes, part, got);
		fclose(file);
		/* A copy of the exact size: a read past its end is seen by the sanitizer. */
		char *exact = xmalloc(bytes.len);

		if (bytes.len)
			memcpy(exact, bytes.at, bytes.len);
		LLVMFuzzerTestOneInput((const uint8_t *)exact, bytes.len);
		free(exact);
		buf_release(&bytes);
	}
	return 0;
}
