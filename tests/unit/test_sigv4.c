/*
 * Tests of sigv4: each stage against AWS's vectors. `test_sigv4 sign` reads requests as JSON, one a
 * line, and prints the Authorization header of each: for an oracle that speaks another language.
 * It must not know: HTTP.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>

#include "civil.h"
#include "digest.h"
#include "json_pull.h"
#include "sigv4.h"
#include "vec.h"

#define SECRET_KEY "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/* Lifetime: a test. What one signature is made of, with the memory that it points into. */
struct sample {
	struct signable request;
	struct scope scope;
	struct creds creds;
	VEC(struct header) headers;
	struct arena arena;
};

static void
add_header(struct sample *sample, const char *name, const char *value)
{
	vec_push(&sample->headers, ((struct header){name, value}));
	sample->request.headers = sample->headers.items;
	sample->request.header_count = sample->headers.count;
}

static void
release_sample(struct sample *sample)
{
	vec_release(&sample->headers);
	arena_release(&sample->arena);
}

/* --- the known values ----------------------------------------------------------------------------
 */

/* What AWS's own client for Python signs for the requests that a collection makes. */
static const struct known {
	const char *method, *path, *query, *host, *content_type, *target, *token, *service, *body;
	const char *canonical_digest; /* NULL: not compared */
	const char *signature;
} knowns[] = {
	{"POST", "/", "", "ec2.us-east-1.amazonaws.com",
		"application/x-www-form-urlencoded; charset=utf-8", NULL, NULL, "ec2",
		"Action=DescribeImages&IncludeDisabled=true&MaxResults=1000&Owner.1=self"
		"&Version=2016-11-15",
		"sha256:e557ad07c529e19ad099eff9dea3ec53c18c75aaa25f2b0bbb83e807f72e4c30",
		"d1b2b20abc5df6c525792961590e9cf66a4b848f8be565afdffa7d1a9385ee45"},
	{"POST", "/", "", "ec2.us-east-1.amazonaws.com",
		"application/x-www-form-urlencoded; charset=utf-8", NULL,
		"SESSION/TOKEN+EXAMPLE==", "ec2",
		"Action=DescribeImages&IncludeDisabled=true&MaxResults=1000&Owner.1=self"
		"&Version=2016-11-15",
		NULL, "d0802954dc419fe1328d3c7520c45eaa1a5c405f862beffe1e68ba720eda454c"},
	{"POST", "/", "", "127.0.0.1:5000", "application/x-www-form-urlencoded; charset=utf-8",
		NULL, NULL, "ec2",
		"Action=DescribeImages&IncludeDisabled=true&MaxResults=1000&Owner.1=self"
		"&Version=2016-11-15",
		NULL, "d46443c4b9633978dc319de22a0579f409b777e1448d4c4a90d2ea29919e4b28"},
	{"POST", "/", "", "api.pricing.us-east-1.amazonaws.com", "application/x-amz-json-1.1",
		"AWSPriceListService.GetProducts", NULL, "pricing",
		"{\"ServiceCode\":\"AmazonEC2\"}", NULL,
		"b6fdb9aa521078ff1c666ef4d2c49b89a5d6bf462c0f6730ccae65b6580bea21"},
	{"GET", "/snapshots/snap-0123456789abcdef0/blocks", "maxResults=10000&pageToken=a%2Fb%3D",
		"ebs.us-east-1.amazonaws.com", NULL, NULL, NULL, "ebs", "", NULL,
		"4cba717623d771195dc28000c6b439f9a42cd50601b0e816224f2db36307456d"},
};

static void
known_sample(const struct known *known, struct sample *sample)
{
	*sample = (struct sample){
		.request = {.method = known->method,
			.path = known->path,
			.query = known->query,
			.body = slice_of(known->body),
			.normalize_path = true},
		.scope = {.region = "us-east-1", .service = known->service},
	};
	sample->creds.access_key = arena_text(&sample->arena, SLICE("AKIDEXAMPLE"));
	sample->creds.secret_key = arena_text(&sample->arena, SLICE(SECRET_KEY));
	assert_true(time_parse(SLICE("2026-01-02T03:04:05Z"), &sample->scope.time));
	add_header(sample, "X-Amz-Date", "20260102T030405Z");
	add_header(sample, "Host", known->host);
	if (known->content_type)
		add_header(sample, "Content-Type", known->content_type);
	if (known->target)
		add_header(sample, "X-Amz-Target", known->target);
	if (known->token)
		add_header(sample, "X-Amz-Security-Token", known->token);
}

static void
each_known_request_has_its_signature(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(knowns) / sizeof(knowns[0]); i++) {
		struct sample sample;
		struct buf canonical = {0};
		struct buf names = {0};
		struct buf authorization = {0};
		uint8_t digest[DIGEST_SIZE];
		char text[DIGEST_TEXT_SIZE];

		known_sample(&knowns[i], &sample);
		sigv4_canonical_request(&sample.request, &canonical, &names);
		digest_of(buf_slice(&canonical), digest);
		digest_text(digest, text);
		if (knowns[i].canonical_digest)
			assert_string_equal(text, knowns[i].canonical_digest);
		sigv4_authorization(&sample.request, &sample.scope, &sample.creds, &authorization);
		assert_string_equal(strstr(authorization.at, "Signature=") + strlen("Signature="),
			knowns[i].signature);
		buf_release(&canonical);
		buf_release(&names);
		buf_release(&authorization);
		release_sample(&sample);
	}
}

static void
the_authorization_names_scope_and_headers(void **state)
{
	struct sample sample;
	struct buf authorization = {0};

	(void)state;
	known_sample(&knowns[0], &sample);
	sigv4_authorization(&sample.request, &sample.scope, &sample.creds, &authorization);
	assert_string_equal(authorization.at,
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/ec2/aws4_request, "
		"SignedHeaders=content-type;host;x-amz-date, "
		"Signature=d1b2b20abc5df6c525792961590e9cf66a4b848f8be565afdffa7d1a9385ee45");
	assert_null(strstr(authorization.at, SECRET_KEY));
	buf_release(&authorization);
	release_sample(&sample);
}

static void
dates_are_utc_without_punctuation(void **state)
{
	char date[SIGV4_DATE_SIZE];

	(void)state;
	sigv4_date(0, date);
	assert_string_equal(date, "19700101T000000Z");
	sigv4_date(1767323045, date);
	assert_string_equal(date, "20260102T030405Z");
}

/* --- the vectors of the reference implementation, where they are
 * ----------------------------------- */

static char *
read_text(struct arena *arena, const char *folder, const char *name)
{
	struct buf path = {0};
	struct buf text = {0};
	char *copy = NULL;
	FILE *file;
	int c;

	buf_format(&path, "%s/%s", folder, name);
	file = fopen(path.at, "r");
	buf_release(&path);
	if (!file)
		return NULL;
	while ((c = fgetc(file)) != EOF)
		buf_add_char(&text, (char)c);
	fclose(file);
	copy = arena_text(arena, buf_slice(&text));
	buf_release(&text);
	return copy;
}

/* The member `name` of the flat objects in `json` as text or as its raw bytes; NULL without it. */
static char *
member(struct arena *arena, const char *json, const char *name)
{
	struct buf quoted = {0};
	const char *at;
	char *value = NULL;

	buf_format(&quoted, "\"%s\": ", name);
	at = strstr(json, quoted.at);
	if (at) {
		at += quoted.len;
		at += *at == '"';
		value = arena_text(arena, (struct slice){at, strcspn(at, "\",\n")});
	}
	buf_release(&quoted);
	return value;
}

/* One line of `*at`, which moves behind it. */
static struct slice
next_line(char **at)
{
	struct slice line = {*at, strcspn(*at, "\n")};

	*at += line.len + ((*at)[line.len] == '\n');
	return line;
}

/* "GET /path?query HTTP/1.1", headers (continued on lines that begin with a blank), body. */
static void
read_request(struct sample *sample, char *at)
{
	struct slice line = next_line(&at);
	const char *space = memchr(line.at, ' ', line.len);
	const char *end = line.at + line.len - strlen(" HTTP/1.1");
	const char *query = memchr(line.at, '?', line.len);
	const char *path_end = query ? query : end;

	sample->request.method =
		arena_text(&sample->arena, (struct slice){line.at, (size_t)(space - line.at)});
	sample->request.path = arena_text(
		&sample->arena, (struct slice){space + 1, (size_t)(path_end - space - 1)});
	sample->request.query =
		query ? arena_text(&sample->arena,
				(struct slice){query + 1, (size_t)(end - query - 1)})
		      : "";
	while (*at && *at != '\n') {
		char *name;

		line = next_line(&at);
		while (*at == ' ')
			line.len += 1 + next_line(&at).len;
		name = arena_text(&sample->arena, line);
		name[strcspn(name, ":")] = '\0';
		add_header(sample, name, name + strlen(name) + 1);
	}
	sample->request.body = slice_of(*at ? at + 1 : "");
}

/* What the context asks to add to the request before it is signed. */
static void
read_context(struct sample *sample, const char *json)
{
	struct arena *arena = &sample->arena;
	const char *token = member(arena, json, "token");
	const char *omit = member(arena, json, "omit_session_token");
	char *date = arena_alloc(arena, SIGV4_DATE_SIZE);

	sample->creds.access_key = member(arena, json, "access_key_id");
	sample->creds.secret_key = member(arena, json, "secret_access_key");
	sample->scope.region = member(arena, json, "region");
	sample->scope.service = member(arena, json, "service");
	sample->request.normalize_path = strcmp(member(arena, json, "normalize"), "true") == 0;
	assert_true(time_parse(slice_of(member(arena, json, "timestamp")), &sample->scope.time));
	sigv4_date(sample->scope.time, date);
	add_header(sample, "X-Amz-Date", date);
	if (token && !(omit && strcmp(omit, "true") == 0))
		add_header(sample, "X-Amz-Security-Token", token);
	if (strcmp(member(arena, json, "sign_body"), "true") == 0) {
		char *text = arena_alloc(arena, DIGEST_TEXT_SIZE);
		uint8_t digest[DIGEST_SIZE];

		digest_of(sample->request.body, digest);
		digest_text(digest, text);
		add_header(sample, "X-Amz-Content-Sha256", strchr(text, ':') + 1);
	}
}

static void
check_vector(const char *folder)
{
	struct sample sample = {0};
	struct buf canonical = {0};
	struct buf names = {0};
	struct buf to_sign = {0};
	uint8_t key[SIGV4_KEY_SIZE];
	char signature[SIGV4_SIGNATURE_SIZE];
	struct arena *arena = &sample.arena;

	print_message("%s\n", folder);
	read_request(&sample, read_text(arena, folder, "request.txt"));
	read_context(&sample, read_text(arena, folder, "context.json"));
	sigv4_canonical_request(&sample.request, &canonical, &names);
	assert_string_equal(canonical.at, read_text(arena, folder, "header-canonical-request.txt"));
	sigv4_string_to_sign(buf_slice(&canonical), &sample.scope, &to_sign);
	assert_string_equal(to_sign.at, read_text(arena, folder, "header-string-to-sign.txt"));
	sigv4_key(sample.creds.secret_key, &sample.scope, key);
	sigv4_signature(key, buf_slice(&to_sign), signature);
	assert_string_equal(signature, read_text(arena, folder, "header-signature.txt"));
	buf_release(&canonical);
	buf_release(&names);
	buf_release(&to_sign);
	release_sample(&sample);
}

static void
each_stage_is_as_in_the_vectors(void **state)
{
	const char *named = getenv("SIGV4_VECTORS");
	const char *path = named ? named : "../shared/vectors/sigv4";
	DIR *directory = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	(void)state;
	if (!directory) {
		assert_null(named); /* who names them wants them used */
		print_message("no vectors in %s: SIGV4_VECTORS names their directory\n", path);
		skip();
	}
	while ((entry = readdir(directory)) != NULL) {
		struct buf folder = {0};

		if (entry->d_name[0] == '.')
			continue;
		buf_format(&folder, "%s/%s", path, entry->d_name);
		check_vector(folder.at);
		buf_release(&folder);
		count++;
	}
	closedir(directory);
	assert_true(count > 0);
}

/* --- requests from elsewhere
 * ----------------------------------------------------------------------- */

static char *
read_string(struct json *json, struct arena *arena)
{
	struct slice text = {0};

	return json_string(json, &text) ? arena_text(arena, text) : NULL;
}

/* Headers are an object: their names differ. */
static void
read_json_headers(struct json *json, struct sample *sample)
{
	struct slice name;

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &name)) {
		char *copy = arena_text(&sample->arena, name);

		add_header(sample, copy, read_string(json, &sample->arena));
	}
}

static void
read_json_sample(struct json *json, struct sample *sample)
{
	struct slice name;

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &name)) {
		struct arena *arena = &sample->arena;

		if (slice_is(name, "method"))
			sample->request.method = read_string(json, arena);
		else if (slice_is(name, "path"))
			sample->request.path = read_string(json, arena);
		else if (slice_is(name, "query"))
			sample->request.query = read_string(json, arena);
		else if (slice_is(name, "body"))
			sample->request.body = slice_of(read_string(json, arena));
		else if (slice_is(name, "region"))
			sample->scope.region = read_string(json, arena);
		else if (slice_is(name, "service"))
			sample->scope.service = read_string(json, arena);
		else if (slice_is(name, "access_key"))
			sample->creds.access_key = read_string(json, arena);
		else if (slice_is(name, "secret_key"))
			sample->creds.secret_key = read_string(json, arena);
		else if (slice_is(name, "time"))
			json_integer(json, &sample->scope.time);
		else if (slice_is(name, "headers"))
			read_json_headers(json, sample);
		else
			json_fail(json, json->at, ERR_UNKNOWN, "an unknown member");
	}
}

static int
sign_lines(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int status = 0;

	while (status == 0 && (len = getline(&line, &room, stdin)) > 0) {
		struct sample sample = {.request.normalize_path = true};
		struct buf authorization = {0};
		struct json json;
		struct err err = {0};

		json_begin(&json, (struct slice){line, (size_t)len}, "stdin", &err);
		read_json_sample(&json, &sample);
		if (json.failed) {
			fprintf(stderr, "%u:%u: %s\n", err.line, err.column, err.text);
			status = 1;
		} else {
			sigv4_authorization(
				&sample.request, &sample.scope, &sample.creds, &authorization);
			puts(authorization.at);
		}
		json_end(&json);
		buf_release(&authorization);
		release_sample(&sample);
	}
	free(line);
	return status;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_known_request_has_its_signature),
		cmocka_unit_test(the_authorization_names_scope_and_headers),
		cmocka_unit_test(dates_are_utc_without_punctuation),
		cmocka_unit_test(each_stage_is_as_in_the_vectors),
	};

	if (argc > 1 && strcmp(argv[1], "sign") == 0)
		return sign_lines();
	return cmocka_run_group_tests_name("sigv4", tests, NULL, NULL);
}
