/*
 * gzip through zlib.
 * It must not know: files, what the bytes mean.
 */
#include "gunzip.h"

#include "err.h"

#include <stdint.h>
#define ZLIB_CONST /* what it reads it does not write */
#include <zlib.h>

/* The zlib window of 32 KiB, and its word for "gzip, and nothing else". */
#define GZIP_ONLY (15 + 16)

struct gunzip {
	z_stream z;
	bool inside; /* a member is open */
	bool begun;  /* one was */
};

bool
gunzip_is_packed(struct slice bytes)
{
	return bytes.len >= 2 && memcmp(bytes.at, "\x1f\x8b", 2) == 0;
}

struct gunzip *
gunzip_new(void)
{
	struct gunzip *gunzip = xcalloc(1, sizeof(*gunzip));

	if (inflateInit2(&gunzip->z, GZIP_ONLY) != Z_OK)
		die_oom();
	return gunzip;
}

/* Behind a member there may be another one, or zeros that a tape left. */
static const char *
begin_member(struct gunzip *gunzip, struct slice *packed)
{
	while (gunzip->begun && packed->len && *packed->at == '\0') {
		packed->at++;
		packed->len--;
	}
	if (packed->len == 0)
		return NULL;
	if (gunzip->begun && *packed->at != '\x1f')
		return "there are other bytes behind its compressed data";
	(void)inflateReset(&gunzip->z);
	gunzip->inside = gunzip->begun = true;
	return NULL;
}

/* zlib counts in 32 bits. */
static uInt
clamp(size_t len)
{
	return len < UINT32_MAX ? (uInt)len : UINT32_MAX;
}

/* One call of inflate. */
static const char *
inflate_some(struct gunzip *gunzip, struct slice *packed, char *at, size_t room, size_t *got)
{
	z_stream *z = &gunzip->z;
	uInt in = clamp(packed->len), out = clamp(room);
	int result;

	z->next_in = (const Bytef *)packed->at;
	z->avail_in = in;
	z->next_out = (Bytef *)at;
	z->avail_out = out;
	result = inflate(z, Z_NO_FLUSH);
	packed->at += in - z->avail_in;
	packed->len -= in - z->avail_in;
	*got = out - z->avail_out;
	if (result == Z_MEM_ERROR)
		die_oom();
	if (result == Z_STREAM_END)
		gunzip->inside = false;
	else if (result != Z_OK && result != Z_BUF_ERROR)
		return "its compressed data is damaged";
	return NULL;
}

const char *
gunzip_next(struct gunzip *gunzip, struct slice *packed, char *at, size_t room, size_t *got)
{
	const char *wrong = NULL;

	*got = 0;
	while (!wrong && *got == 0 && packed->len) {
		if (!gunzip->inside)
			wrong = begin_member(gunzip, packed);
		if (!wrong && gunzip->inside)
			wrong = inflate_some(gunzip, packed, at, room, got);
	}
	return wrong;
}

const char *
gunzip_end(const struct gunzip *gunzip)
{
	return gunzip->inside ? "ends in the middle of its compressed data" : NULL;
}

void
gunzip_free(struct gunzip *gunzip)
{
	if (!gunzip)
		return;
	(void)inflateEnd(&gunzip->z);
	free(gunzip);
}
