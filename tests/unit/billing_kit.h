/*
 * Files for the tests of readers: bytes written to a temporary file, plain or with gzip.
 * It must not know: what they mean.
 */
#ifndef AMIPLAN_TESTS_BILLING_KIT_H
#define AMIPLAN_TESTS_BILLING_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define GIVEN_PATH_SIZE 64

/* A new file with these bytes; the test unlinks it. */
static inline void
given_bytes(const void *bytes, size_t len, char path[GIVEN_PATH_SIZE])
{
	int fd;

	(void)snprintf(path, GIVEN_PATH_SIZE, "/tmp/amiplan-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(close(fd), 0);
}

static inline void
given_text(const char *text, char path[GIVEN_PATH_SIZE])
{
	given_bytes(text, strlen(text), path);
}

/* One gzip member; `out` has room for `room` bytes. Returns its length. */
static inline size_t
given_gzip(const void *bytes, size_t len, void *out, size_t room)
{
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)bytes;
	z.avail_in = (uInt)len;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(deflateEnd(&z), Z_OK);
	return room - z.avail_out;
}

#endif
