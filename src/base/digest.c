/*
 * SHA-256 through OpenSSL.
 * It must not know: what is digested.
 */
#include <openssl/evp.h>

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

struct digest *
digest_new(void)
{
	struct digest *digest = xmalloc(sizeof(*digest));

	digest->context = EVP_MD_CTX_new();
	must(digest->context != NULL);
	must(EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL));
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
	must(EVP_Digest(bytes.at ? bytes.at : "", bytes.len, out, NULL, EVP_sha256(), NULL));
}

void
digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_TEXT_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	static const char prefix[] = "sha256:";
	char *to = out + sizeof(prefix) - 1;

	memcpy(out, prefix, sizeof(prefix));
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		*to++ = hex[digest[i] >> 4];
		*to++ = hex[digest[i] & 15];
	}
	*to = '\0';
}
