/*
 * gzip → bytes: in memory while they are few, else through a temporary file that is mapped.
 * It must not know: what the bytes mean.
 */
#include "unpack.h"

#include "gunzip.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#define PIECE ((size_t)256 * 1024)

/* Lifetime: one file_unpack. */
struct unpacking {
	const char *path;
	const struct file_bytes *packed;
	struct gunzip *gunzip;
	struct err *err;
	char *piece; /* PIECE bytes: all there is, until it is full */
	size_t size; /* of what was unpacked */
	FILE *file;  /* NULL: all of it lies in `piece` */
};

static int
fail_io(const struct unpacking *unpacking)
{
	return err_set_at(unpacking->err, ERR_IO, unpacking->path, 0, 0,
		"there is no room to decompress it in the directory for temporary files: %s; "
		"decompress it yourself (gunzip), then name the result",
		strerror(errno));
}

/* A small file that stands for a huge one is an attack or a mistake. */
static int
check_size(const struct unpacking *unpacking, size_t more)
{
	size_t size = unpacking->size + more;

	if (size > LIMIT_UNPACKED ||
		(size > LIMIT_WINDOW && size / LIMIT_UNPACK_RATIO > unpacking->packed->size))
		return err_set_at(unpacking->err, ERR_LIMIT, unpacking->path, 0, 0,
			"it decompresses to more than %llu MB; if it is meant to, decompress it "
			"yourself (gunzip), then name the result",
			(unsigned long long)unpacking->size / 1000000);
	return 0;
}

static int
keep(struct unpacking *unpacking, size_t len)
{
	if (!unpacking->file)
		unpacking->file = tmpfile();
	if (!unpacking->file || fwrite(unpacking->piece, 1, len, unpacking->file) != len)
		return fail_io(unpacking);
	return 0;
}

/* `filled`: bytes in `piece` when all is unpacked. */
static int
unpack(struct unpacking *unpacking, size_t *filled)
{
	struct slice packed = {unpacking->packed->at, unpacking->packed->size};
	const char *wrong = NULL;
	size_t at = 0, got = 1;
	int code = 0;

	while (code == 0 && !wrong && got) {
		if (at == PIECE) {
			code = keep(unpacking, at);
			at = 0;
		}
		if (code == 0)
			wrong = gunzip_next(unpacking->gunzip, &packed, unpacking->piece + at,
				PIECE - at, &got);
		if (code == 0 && !wrong)
			code = check_size(unpacking, got);
		unpacking->size += got;
		at += got;
	}
	*filled = at;
	if (code)
		return code;
	if (!wrong)
		wrong = gunzip_end(unpacking->gunzip);
	return wrong ? err_set_at(unpacking->err, ERR_SYNTAX, unpacking->path, 0, 0,
			       "%s: fetch the file again (`gzip -t` checks it)", wrong)
		     : 0;
}

static int
map_file(struct unpacking *unpacking, struct file_bytes *out)
{
	void *at;

	if (fflush(unpacking->file) != 0)
		return fail_io(unpacking);
	at = mmap(NULL, unpacking->size, PROT_READ, MAP_PRIVATE, fileno(unpacking->file), 0);
	if (at == MAP_FAILED)
		return fail_io(unpacking);
	(void)madvise(at, unpacking->size, MADV_SEQUENTIAL);
	out->at = at;
	out->mapped = true;
	return 0;
}

static int
finish(struct unpacking *unpacking, size_t filled, struct file_bytes *out)
{
	int code;

	out->size = unpacking->size;
	if (!unpacking->file) {
		out->at = xreallocarray(unpacking->piece, filled + 1, 1);
		unpacking->piece = NULL;
		return 0;
	}
	code = keep(unpacking, filled);
	return code ? code : map_file(unpacking, out);
}

int
file_unpack(const char *path, struct file_bytes *bytes, struct err *err)
{
	struct unpacking unpacking = {.path = path, .packed = bytes, .err = err};
	struct file_bytes out = *bytes;
	size_t filled;
	int code;

	if (!gunzip_is_packed((struct slice){bytes->at, bytes->size}))
		return 0;
	out.mapped = false;
	out.unpacked = true;
	unpacking.gunzip = gunzip_new();
	unpacking.piece = xmalloc(PIECE);
	code = unpack(&unpacking, &filled);
	if (code == 0)
		code = finish(&unpacking, filled, &out);
	gunzip_free(unpacking.gunzip);
	free(unpacking.piece);
	if (unpacking.file)
		(void)fclose(unpacking.file);
	if (code)
		return code;
	file_release(bytes);
	*bytes = out;
	return 0;
}
