/*
 * Signature Version 4 in four pure stages. No clock, no network, no memory of earlier requests.
 * It must not know: HTTP, which service it signs for.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "civil.h"
#include "digest.h"
#include "sigv4.h"
#include "uri.h"
#include "vec.h"

#define ALGORITHM "AWS4-HMAC-SHA256"

enum { DAY_SIZE = 8 };

void
sigv4_date(int64_t time, char out[SIGV4_DATE_SIZE])
{
	char text[TIME_TEXT_SIZE];
	char *to = out;

	time_format(time, text);
	for (const char *from = text; *from; from++)
		if (*from != '-' && *from != ':')
			*to++ = *from;
	*to = '\0';
}

static void
add_hex(struct buf *out, const uint8_t *bytes)
{
	char text[DIGEST_TEXT_SIZE];

	digest_text(bytes, text);
	buf_add_text(out, strchr(text, ':') + 1);
}

/* "20260102/us-east-1/ec2/aws4_request" */
static void
add_scope(struct buf *out, const struct scope *scope)
{
	char date[SIGV4_DATE_SIZE];

	sigv4_date(scope->time, date);
	buf_format(out, "%.*s/%s/%s/aws4_request", DAY_SIZE, date, scope->region, scope->service);
}

/* --- path --------------------------------------------------------------------------------------
 */

/* Where the last segment of `out` begins, its slash included. */
static size_t
last_segment(const struct buf *out)
{
	size_t at = out->len;

	while (at > 0 && out->at[at - 1] != '/')
		at--;
	return at ? at - 1 : 0;
}

/* Without ".", ".." and empty segments; a final slash stays, but none comes to be at the end. */
static void
normalize_path(const char *path, struct buf *out)
{
	size_t whole = strlen(path);

	for (const char *at = path; *at; at += *at == '/') {
		struct slice segment = {at, strcspn(at, "/")};

		at += segment.len;
		if (slice_is(segment, "..")) {
			out->len = last_segment(out);
		} else if (segment.len && !slice_is(segment, ".")) {
			buf_add_char(out, '/');
			buf_add_slice(out, segment);
		}
	}
	if (out->len == 0 || (whole && path[whole - 1] == '/'))
		buf_add_char(out, '/');
}

/* The path is encoded once more than it is sent: every service but S3 wants it so. */
static void
add_path(struct buf *out, const struct signable *request)
{
	struct buf path = {0};

	if (request->normalize_path)
		normalize_path(request->path, &path);
	else
		buf_add_text(&path, request->path);
	uri_encode(out, buf_slice(&path), "/");
	buf_release(&path);
}

/* --- names and values: of the query, of the headers ----------------------------------------------
 */

struct pair {
	struct buf name, value;
};

typedef VEC(struct pair) pair_list;

/* By name, then value; that is not the order of the texts "name=value". */
static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *left = a;
	const struct pair *right = b;
	int order = slice_compare(buf_slice(&left->name), buf_slice(&right->name));

	return order ? order : slice_compare(buf_slice(&left->value), buf_slice(&right->value));
}

static void
sort_pairs(pair_list *pairs)
{
	if (pairs->count)
		qsort(pairs->items, pairs->count, sizeof(*pairs->items), compare_pairs);
}

/* One of the values is the session token. */
static void
release_pairs(pair_list *pairs)
{
	vec_foreach (pair, pairs) {
		if (pair->value.at)
			OPENSSL_cleanse(pair->value.at, pair->value.room);
		buf_release(&pair->name);
		buf_release(&pair->value);
	}
	vec_release(pairs);
}

/* Into the one encoding that signatures know, however it was encoded before. */
static void
recode(struct buf *out, struct slice text)
{
	struct buf plain = {0};

	uri_decode(&plain, text);
	uri_encode(out, buf_slice(&plain), "");
	buf_release(&plain);
}

static void
read_query(const char *query, pair_list *pairs)
{
	for (const char *at = query; *at; at += strspn(at, "&")) {
		size_t len = strcspn(at, "&");
		const char *equals = memchr(at, '=', len);
		size_t name_len = equals ? (size_t)(equals - at) : len;
		struct pair pair = {0};

		recode(&pair.name, (struct slice){at, name_len});
		if (equals)
			recode(&pair.value, (struct slice){equals + 1, len - name_len - 1});
		if (len)
			vec_push(pairs, pair);
		at += len;
	}
	sort_pairs(pairs);
}

static void
add_query(struct buf *out, const char *query)
{
	pair_list pairs = {0};

	read_query(query, &pairs);
	vec_foreach (pair, &pairs) {
		if (pair != pairs.items)
			buf_add_char(out, '&');
		buf_add_slice(out, buf_slice(&pair->name));
		buf_add_char(out, '=');
		buf_add_slice(out, buf_slice(&pair->value));
	}
	release_pairs(&pairs);
}

/* Without blanks around it, each run of blanks inside as one. */
static void
add_trimmed(struct buf *out, const char *value)
{
	static const char blanks[] = " \t\r\n";

	value += strspn(value, blanks);
	while (*value) {
		size_t len = strcspn(value, blanks);

		buf_add(out, value, len);
		value += len + strspn(value + len, blanks);
		if (*value)
			buf_add_char(out, ' ');
	}
}

static void
add_lower(struct buf *out, const char *name)
{
	for (; *name; name++) {
		if (*name >= 'A' && *name <= 'Z')
			buf_add_char(out, (char)(*name - 'A' + 'a'));
		else
			buf_add_char(out, *name);
	}
}

/* The pair of that name, a new one if there is none. */
static struct pair *
pair_of(pair_list *pairs, const struct buf *name)
{
	struct pair fresh = {0};

	vec_foreach (pair, pairs)
		if (slice_equal(buf_slice(&pair->name), buf_slice(name)))
			return pair;
	buf_add_slice(&fresh.name, buf_slice(name));
	vec_push(pairs, fresh);
	return &pairs->items[pairs->count - 1];
}

/* Headers of one name are one header, their values in the order they were sent. */
static void
read_headers(const struct signable *request, pair_list *pairs)
{
	struct buf name = {0};

	for (size_t i = 0; i < request->header_count; i++) {
		size_t known = pairs->count;
		struct pair *pair;

		buf_clear(&name);
		add_lower(&name, request->headers[i].name);
		pair = pair_of(pairs, &name);
		if (pairs->count == known)
			buf_add_char(&pair->value, ',');
		add_trimmed(&pair->value, request->headers[i].value);
	}
	buf_release(&name);
	sort_pairs(pairs);
}

static void
add_headers(struct buf *out, struct buf *names, const struct signable *request)
{
	pair_list pairs = {0};

	read_headers(request, &pairs);
	vec_foreach (pair, &pairs) {
		buf_add_slice(out, buf_slice(&pair->name));
		buf_add_char(out, ':');
		buf_add_slice(out, buf_slice(&pair->value));
		buf_add_char(out, '\n');
		if (pair != pairs.items)
			buf_add_char(names, ';');
		buf_add_slice(names, buf_slice(&pair->name));
	}
	release_pairs(&pairs);
}

/* --- the stages --------------------------------------------------------------------------------
 */

void
sigv4_canonical_request(const struct signable *request, struct buf *out, struct buf *signed_headers)
{
	uint8_t body[DIGEST_SIZE];

	buf_clear(out);
	buf_clear(signed_headers);
	buf_format(out, "%s\n", request->method);
	add_path(out, request);
	buf_add_char(out, '\n');
	add_query(out, request->query);
	buf_add_char(out, '\n');
	add_headers(out, signed_headers, request);
	buf_add_char(out, '\n');
	buf_add_slice(out, buf_slice(signed_headers));
	buf_add_char(out, '\n');
	digest_of(request->body, body);
	add_hex(out, body);
}

void
sigv4_string_to_sign(struct slice canonical_request, const struct scope *scope, struct buf *out)
{
	char date[SIGV4_DATE_SIZE];
	uint8_t digest[DIGEST_SIZE];

	buf_clear(out);
	sigv4_date(scope->time, date);
	buf_format(out, ALGORITHM "\n%s\n", date);
	add_scope(out, scope);
	buf_add_char(out, '\n');
	digest_of(canonical_request, digest);
	add_hex(out, digest);
}

/* OpenSSL's own failures here are failures to allocate. */
static void
hmac(struct slice key, struct slice text, uint8_t out[DIGEST_SIZE])
{
	if (!HMAC(EVP_sha256(), key.at, (int)key.len, (const uint8_t *)text.at, text.len, out,
		    NULL))
		die_oom();
}

void
sigv4_key(const char *secret_key, const struct scope *scope, uint8_t key[SIGV4_KEY_SIZE])
{
	char date[SIGV4_DATE_SIZE];
	const struct slice parts[] = {{date, DAY_SIZE}, slice_of(scope->region),
		slice_of(scope->service), SLICE("aws4_request")};
	struct buf start = {0};
	struct slice last;

	sigv4_date(scope->time, date);
	buf_format(&start, "AWS4%s", secret_key);
	last = buf_slice(&start);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		hmac(last, parts[i], key);
		last = (struct slice){(const char *)key, SIGV4_KEY_SIZE};
	}
	OPENSSL_cleanse(start.at, start.room);
	buf_release(&start);
}

void
sigv4_signature(const uint8_t key[SIGV4_KEY_SIZE], struct slice string_to_sign,
	char out[SIGV4_SIGNATURE_SIZE])
{
	uint8_t digest[DIGEST_SIZE];
	struct buf text = {0};

	hmac((struct slice){(const char *)key, SIGV4_KEY_SIZE}, string_to_sign, digest);
	add_hex(&text, digest);
	memcpy(out, text.at, SIGV4_SIGNATURE_SIZE);
	buf_release(&text);
}

void
sigv4_authorization(const struct signable *request, const struct scope *scope,
	const struct creds *creds, struct buf *out)
{
	struct buf canonical = {0};
	struct buf names = {0};
	struct buf to_sign = {0};
	uint8_t key[SIGV4_KEY_SIZE];
	char signature[SIGV4_SIGNATURE_SIZE];

	sigv4_canonical_request(request, &canonical, &names);
	sigv4_string_to_sign(buf_slice(&canonical), scope, &to_sign);
	sigv4_key(creds->secret_key, scope, key);
	sigv4_signature(key, buf_slice(&to_sign), signature);
	OPENSSL_cleanse(key, sizeof(key));

	buf_format(out, ALGORITHM " Credential=%s/", creds->access_key);
	add_scope(out, scope);
	buf_format(out, ", SignedHeaders=%s, Signature=%s", names.at, signature);
	/* It holds the session token. */
	OPENSSL_cleanse(canonical.at, canonical.room);
	buf_release(&canonical);
	buf_release(&names);
	buf_release(&to_sign);
}
