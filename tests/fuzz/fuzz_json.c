/*
 * Fuzz target: json_pull and json_write on any bytes.
 * It must not know: what the document means.
 */
#include "json_rewrite.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* Skipping and walking agree; what is written again is accepted, and writing it again changes
 * nothing. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice document = {(const char *)data, size};
	struct buf once = {0};
	struct buf twice = {0};
	struct err err = {0};
	bool walked = json_rewrite(document, size % 2, &once, &err);

	must(walked == json_accepts(document, &err));
	must(walked || (err.code && err.text[0] && err.line > 0 && err.column > 0));
	if (walked) {
		must(json_rewrite(buf_slice(&once), size % 2, &twice, &err));
		must(slice_equal(buf_slice(&once), buf_slice(&twice)));
	}
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
