/*
 * Tests of creds: what is kept and until when, which source is asked, what no header may hold, and
 * JSON answers. It must not know: any service; tests/integration has those.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "civil.h"
#include "creds_provider.h"

/* A source that gives what the test says, and a clock that it sets. Lifetime: one test. */
static struct {
	int64_t now, lasts;
	int code;
	unsigned asked;
	const char *access, *secret, *token;
} source;

static int64_t
clock_now(void *to)
{
	(void)to;
	return source.now;
}

static int
source_load(struct provider *self, struct creds *out, struct err *err)
{
	(void)self;
	source.asked++;
	out->origin = text_copy("the test");
	out->access_key = text_copy(source.access);
	out->secret_key = text_copy(source.secret);
	out->session_token = text_copy(source.token);
	out->expires = source.lasts ? source.now + source.lasts : TIME_NONE;
	return source.code < 0 ? err_set(err, source.code, "the source is broken") : source.code;
}

static const struct provider_kind source_kind = {"the test's source", source_load, NULL};

static struct provider *
source_new(void)
{
	const struct provider_context context = {.now = clock_now};

	return provider_new(&source_kind, sizeof(struct provider), &context, NULL);
}

static int
begin(void **state)
{
	(void)state;
	memset(&source, 0, sizeof(source));
	source.now = 1000000;
	source.access = "AKIA";
	source.secret = "secret";
	return 0;
}

static void
expect(struct provider *provider, bool anew, int code, unsigned asked)
{
	const struct creds *creds = NULL;
	struct err err = {0};

	assert_int_equal(provider_get(provider, anew, &creds, &err), code);
	assert_int_equal(source.asked, asked);
	assert_int_equal(creds != NULL, code == 0);
	if (code)
		assert_true(err.text[0] != '\0');
}

static void
long_term_keys_are_asked_once(void **state)
{
	struct provider *provider = source_new();

	(void)state;
	expect(provider, false, 0, 1);
	source.now += 1000000000;
	expect(provider, false, 0, 1);
	expect(provider, true, 0, 2);
	provider_free(provider);
}

static void
temporary_ones_are_renewed_before_they_expire(void **state)
{
	struct provider *provider = source_new();

	(void)state;
	source.lasts = 3600;
	expect(provider, false, 0, 1);
	source.now += 3600 - 15 * 60;
	expect(provider, false, 0, 1); /* a quarter of an hour is left */
	source.now += 1;
	expect(provider, false, 0, 2);
	provider_free(provider);
}

static void
a_failure_is_borne_while_there_is_time(void **state)
{
	struct provider *provider = source_new();

	(void)state;
	source.lasts = 3600;
	expect(provider, false, 0, 1);
	source.code = ERR_IO;
	source.now += 3600 - 14 * 60;
	expect(provider, false, 0, 2); /* fourteen minutes are left: go on */
	expect(provider, false, 0, 2); /* and do not ask at each call */
	source.now += 61;
	expect(provider, false, 0, 3);
	expect(provider, true, ERR_IO, 4); /* AWS says that they are expired */
	source.now += 62;
	expect(provider, false, 0, 5);
	source.now += 118; /* less than ten */
	expect(provider, false, ERR_IO, 6);
	provider_free(provider);
}

static void
short_ones_are_not_asked_for_all_the_time(void **state)
{
	struct provider *provider = source_new();

	(void)state;
	source.lasts = 300;
	expect(provider, false, 0, 1);
	source.now += 59;
	expect(provider, false, 0, 1);
	source.now += 1;
	expect(provider, false, 0, 2);
	source.now -= 100; /* a clock that was set back */
	expect(provider, false, 0, 3);
	provider_free(provider);
}

static void
expired_ones_are_none(void **state)
{
	struct provider *provider = source_new();

	(void)state;
	source.lasts = -1;
	expect(provider, false, ERR_VALUE, 1);
	provider_free(provider);
}

static void
a_source_without_any_says_where_it_looked(void **state)
{
	struct provider *provider = source_new();
	const struct creds *creds;
	struct err err = {0};

	(void)state;
	source.code = PROVIDER_NOTHING;
	assert_int_equal(provider_get(provider, false, &creds, &err), ERR_VALUE);
	assert_string_equal(err.text, "no credentials: the test's source");
	provider_free(provider);
}

static void
no_header_can_be_smuggled_in(void **state)
{
	static const char *const wrong[] = {
		"a b", "a\r\nx-evil: 1", "a\n", "\ta", "\x7f", "\xc3\xa9", ""};
	const char **places[] = {&source.access, &source.secret, &source.token};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		for (size_t j = 0; j < sizeof(wrong) / sizeof(*wrong); j++) {
			const char *before = *places[i];
			struct provider *provider = source_new();
			const struct creds *creds;
			struct err err = {0};

			*places[i] = wrong[j];
			assert_int_equal(provider_get(provider, false, &creds, &err), ERR_VALUE);
			assert_null(strstr(err.text, "evil"));
			*places[i] = before;
			provider_free(provider);
		}
	}
}

/* --- JSON ------------------------------------------------------------------------------------ */

static const struct creds_names plain = {.access_key = "AccessKeyId",
	.secret_key = "SecretAccessKey",
	.session_token = "Token",
	.expiration = "Expiration",
	.account = "AccountId"};

static int
read_json(const char *json, const struct creds_names *names, struct creds *out, struct err *err)
{
	*out = (struct creds){.expires = TIME_NONE};
	return creds_read_json(slice_of(json), names, "the answer", out, err);
}

static void
answers_are_read(void **state)
{
	struct creds_names inside = plain;
	struct creds creds;
	struct err err = {0};

	(void)state;
	assert_int_equal(read_json("{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"S\\/s\", "
				   "\"Token\": \"T\", \"Expiration\": \"1970-01-01T00:01:40Z\", "
				   "\"AccountId\": \"1\", \"Other\": [1, {}]}",
				 &plain, &creds, &err),
		0);
	assert_string_equal(creds.access_key, "A");
	assert_string_equal(creds.secret_key, "S/s");
	assert_string_equal(creds.session_token, "T");
	assert_string_equal(creds.account, "1");
	assert_int_equal(creds.expires, 100);
	creds_release(&creds);
	assert_null(creds.secret_key);

	inside.holder = "roleCredentials";
	assert_int_equal(read_json("{\"x\": 1, \"roleCredentials\": {\"AccessKeyId\": \"A\", "
				   "\"SecretAccessKey\": \"S\", \"Expiration\": 100999}}",
				 &inside, &creds, &err),
		0);
	assert_int_equal(creds.expires, 100);
	assert_null(creds.session_token);
	creds_release(&creds);
}

static void
what_is_wrong_shows_no_value(void **state)
{
	static const struct {
		const char *json;
		int code;
	} wrong[] = {
		{"", ERR_SYNTAX},
		{"hunter2", ERR_SYNTAX},
		{"{\"AccessKeyId\": \"hunter2", ERR_SYNTAX},
		{"{\"hunter2\": 1, \"hunter2\": 2}", ERR_SYNTAX},
		{"{} hunter2", ERR_SYNTAX},
		{"[]", ERR_VALUE},
		{"{}", ERR_VALUE},
		{"{\"AccessKeyId\": \"hunter2\"}", ERR_VALUE},
		{"{\"AccessKeyId\": \"\", \"SecretAccessKey\": \"hunter2\"}", ERR_VALUE},
		{"{\"AccessKeyId\": [\"hunter2\"]}", ERR_VALUE},
		{"{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hunter2\", "
		 "\"Expiration\": \"hunter2\"}",
			ERR_VALUE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct creds creds;
		struct err err = {0};
		int code = read_json(wrong[i].json, &plain, &creds, &err);

		creds_release(&creds);
		if (code != wrong[i].code || strncmp(err.text, "the answer: ", 12) != 0 ||
			strstr(err.text, "hunter"))
			fail_msg("%s: %d %s", wrong[i].json, code, err.text);
	}
}

static void
some_answers_must_expire(void **state)
{
	static const char json[] = "{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"S\", "
				   "\"Token\": \"T\", \"Expiration\": null}";
	struct creds_names expiring = plain;
	struct creds creds;
	struct err err = {0};

	(void)state;
	assert_int_equal(read_json(json, &plain, &creds, &err), 0);
	creds_release(&creds);
	expiring.must_expire = true;
	assert_int_equal(read_json(json, &expiring, &creds, &err), ERR_VALUE);
	assert_string_equal(err.text, "the answer: the answer has no Expiration");
	creds_release(&creds);
}

#define creds_test(f) cmocka_unit_test_setup(f, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		creds_test(long_term_keys_are_asked_once),
		creds_test(temporary_ones_are_renewed_before_they_expire),
		creds_test(a_failure_is_borne_while_there_is_time),
		creds_test(short_ones_are_not_asked_for_all_the_time),
		creds_test(expired_ones_are_none),
		creds_test(a_source_without_any_says_where_it_looked),
		creds_test(no_header_can_be_smuggled_in),
		creds_test(answers_are_read),
		creds_test(what_is_wrong_shows_no_value),
		creds_test(some_answers_must_expire),
	};

	return cmocka_run_group_tests_name("creds", tests, NULL, NULL);
}
