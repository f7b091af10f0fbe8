/*
 * SHA-256 and SHA-1 through OpenSSL, and its way to forget.
 * It must not know: what is digested.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

#include "digest.h"
#include "err.h"

struct digest {
	EVP_MD_CTX *context;
};

/* OpenSSL's own failures here are failures to allocate: SHA-256 is in every provider. */
static void
must(int ok)
{
	if (ok != 1)
		die_oom();
}

/* What EVP_sha256 returns is looked up by its name whenever it is used; this is, but once. */
static const EVP_MD *found_sha256;

static void
find_sha256(void)
{
	found_sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(found_sha256 != NULL);
}

static const EVP_MD *
sha256(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, find_sha256);
	return found_sha256;
}

struct digest *
digest_new(void)
{
	struct digest *digest = xmalloc(sizeof(*digest));

	digest->context = EVP_MD_CTX_new();
	must(digest->context != NULL);
	must(EVP_DigestInit_ex(digest->context, sha256(), NULL));
	return digest;
}

void
digest_add(struct digest *digest, const void *bytes, size_t len)
{
	if (len)
		must(EVP_DigestUpdate(digest->context, bytes, len));
}

void
digest_end_take(struct digest *digest, uint8_t out[DIGEST_SIZE])
{
	must(EVP_DigestFinal_ex(digest->context, out, NULL));
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

void
digest_of(struct slice bytes, uint8_t out[DIGEST_SIZE])
{
	must(EVP_Digest(bytes.at ? bytes.at : "", bytes.len, out, NULL, sha256(), NULL));
}

static void
put_hex(const uint8_t *bytes, size_t count, char *to)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		*to++ = hex[bytes[i] >> 4];
		*to++ = hex[bytes[i] & 15];
	}
	*to = '\0';
}

void
digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_TEXT_SIZE])
{
	static const char prefix[] = "sha256:";

	memcpy(out, prefix, sizeof(prefix));
	put_hex(digest, DIGEST_SIZE, out + sizeof(prefix) - 1);
}

void
digest_add_line(struct digest *digest, const uint8_t of[DIGEST_SIZE])
{
	char line[DIGEST_TEXT_SIZE];

	digest_text(of, line);
	line[DIGEST_TEXT_SIZE - 1] = '\n';
	digest_add(digest, line, sizeof(line));
}

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sha256));
}

void
digest_of_many(struct sha256 *digests, size_t count, uint8_t out[DIGEST_SIZE])
{
	struct digest *digest = digest_new();

	if (count)
		qsort(digests, count, sizeof(*digests), compare_digests);
	for (size_t i = 0; i < count; i++)
		digest_add_line(digest, digests[i].bytes);
	digest_end_take(digest, out);
}

void
digest_sha1_text(struct slice bytes, char out[DIGEST_SHA1_TEXT_SIZE])
{
	uint8_t digest[20];

	must(EVP_Digest(bytes.at ? bytes.at : "", bytes.len, digest, NULL, EVP_sha1(), NULL));
	put_hex(digest, sizeof(digest), out);
}

void
digest_wipe(void *secret, size_t len)
{
	if (secret)
		OPENSSL_cleanse(secret, len);
}
