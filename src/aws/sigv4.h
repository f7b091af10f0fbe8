/*
 * Signature Version 4 in four pure stages. No clock, no network, no memory of earlier requests.
 * It must not know: HTTP, which service it signs for.
 * Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
#ifndef AMIPLAN_AWS_SIGV4_H
#define AMIPLAN_AWS_SIGV4_H

#include "buf.h"
#include "creds.h"

struct header {
	const char *name; /* as sent; compared without case */
	const char *value;
};

struct signable {
	const char *method;
	const char *path;             /* as sent: percent-encoded, at least "/" */
	const char *query;            /* as sent, without '?'; "" if none */
	const struct header *headers; /* those to sign, any order */
	size_t header_count;
	struct slice body;
	bool normalize_path; /* without ".", ".." and "//": as every service but S3 wants it */
};

struct scope {
	int64_t time; /* UTC seconds */
	const char *region, *service;
};

#define SIGV4_KEY_SIZE 32
#define SIGV4_SIGNATURE_SIZE (64 + 1) /* hex digits and a terminator */

/* 1. The canonical request; `signed_headers` gets the list of names. Both are emptied first. */
void sigv4_canonical_request(
	const struct signable *request, struct buf *out, struct buf *signed_headers);
/* 2. The string to sign. */
void sigv4_string_to_sign(
	struct slice canonical_request, const struct scope *scope, struct buf *out);
/* 3. The signing key; wipe it with OPENSSL_cleanse. */
void sigv4_key(const char *secret_key, const struct scope *scope, uint8_t key[SIGV4_KEY_SIZE]);
/* 4. The signature: lower-case hex. */
void sigv4_signature(const uint8_t key[SIGV4_KEY_SIZE], struct slice string_to_sign,
	char out[SIGV4_SIGNATURE_SIZE]);

/* All four: the value of the Authorization header. The headers must hold host, x-amz-date and, with
 * a session token, x-amz-security-token. */
void sigv4_authorization(const struct signable *request, const struct scope *scope,
	const struct creds *creds, struct buf *out);

/* "20260102T030405Z" */
#define SIGV4_DATE_SIZE 17
void sigv4_date(int64_t time, char out[SIGV4_DATE_SIZE]);

#endif
