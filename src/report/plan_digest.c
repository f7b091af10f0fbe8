/*
 * The identity of a plan: the digest of its file.
 * It must not know: where the file is, or who asks.
 */
#include "report.h"

static ssize_t
add_to_digest(void *digest, const char *bytes, size_t len)
{
	digest_add(digest, bytes, len);
	return (ssize_t)len;
}

void
plan_digest(const struct plan_view *view, const struct report_options *options,
	char out[DIGEST_TEXT_SIZE])
{
	const cookie_io_functions_t into = {.write = add_to_digest};
	uint8_t bytes[DIGEST_SIZE];
	struct digest *digest;
	FILE *file;

	if (options->digest) {
		snprintf(out, DIGEST_TEXT_SIZE, "%s", options->digest);
		return;
	}
	digest = digest_new();
	file = fopencookie(digest, "w", into);
	if (!file)
		die_oom();
	write_plan_json(file, view, options);
	if (fclose(file) != 0)
		die_oom();
	digest_end_take(digest, bytes);
	digest_text(bytes, out);
}
