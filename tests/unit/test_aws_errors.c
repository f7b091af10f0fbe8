/*
 * Tests of errors: the table, what is not in it, and bodies of every form.
 * It must not know: calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "errors.h"

static void
the_table_is_sorted_and_each_code_is_there_once(void **state)
{
	(void)state;
	assert_true(error_count > 50);
	for (size_t i = 0; i < error_count; i++) {
		assert_true(strlen(error_table[i].code) <= LIMIT_AWS_CODE);
		assert_true(strlen(error_table[i].sentence) > 0);
		assert_true(error_table[i].refusal != REFUSAL_NONE);
		assert_ptr_equal(error_find(error_table[i].code), &error_table[i]);
		if (i > 0)
			assert_true(strcmp(error_table[i - 1].code, error_table[i].code) < 0);
	}
	assert_null(error_find(""));
	assert_null(error_find("Nonesuch"));
}

static void
codes_and_statuses_are_judged(void **state)
{
	static const struct {
		const char *code;
		int status;
		enum refusal refusal;
		enum retry retry;
	} cases[] = {
		{"DryRunOperation", 412, REFUSAL_DRY_RUN, RETRY_NO},
		{"UnauthorizedOperation", 403, REFUSAL_DENIED, RETRY_NO},
		{"AuthFailure", 401, REFUSAL_CREDENTIALS, RETRY_CLOCK},
		{"AuthFailure", 400, REFUSAL_DENIED, RETRY_CLOCK},
		{"SignatureDoesNotMatch", 403, REFUSAL_CREDENTIALS, RETRY_CLOCK},
		{"RequestExpired", 400, REFUSAL_CREDENTIALS, RETRY_REFRESH},
		{"ExpiredTokenException", 400, REFUSAL_CREDENTIALS, RETRY_REFRESH},
		{"OptInRequired", 401, REFUSAL_NOT_ENABLED, RETRY_NO},
		/* The code counts before the status. */
		{"RequestLimitExceeded", 503, REFUSAL_OTHER, RETRY_THROTTLE},
		{"Throttling", 400, REFUSAL_OTHER, RETRY_THROTTLE},
		{"InternalError", 500, REFUSAL_OTHER, RETRY_TRANSIENT},
		{"RequestTimeout", 400, REFUSAL_OTHER, RETRY_TRANSIENT},
		{"InvalidNextToken", 400, REFUSAL_TOKEN, RETRY_NO},
		{"InvalidSnapshot.InUse", 400, REFUSAL_IN_USE, RETRY_NO},
		{"OperationNotPermitted", 400, REFUSAL_PROTECTED, RETRY_NO},
		{"InvalidAction", 400, REFUSAL_UNKNOWN, RETRY_NO},
		{"InvalidVolume.NotFound", 400, REFUSAL_NOT_FOUND, RETRY_NO},
		{"RuleNotFoundException", 404, REFUSAL_NOT_FOUND, RETRY_NO},
		{"InvalidGroup.InUse", 400, REFUSAL_IN_USE, RETRY_NO},
		{"BrandNew", 400, REFUSAL_OTHER, RETRY_NO},
		{"BrandNew", 500, REFUSAL_OTHER, RETRY_TRANSIENT},
		{"BrandNew", 404, REFUSAL_OTHER, RETRY_NO},
		{"", 500, REFUSAL_UNKNOWN, RETRY_TRANSIENT},
		{"", 503, REFUSAL_OTHER, RETRY_TRANSIENT},
		{"", 429, REFUSAL_OTHER, RETRY_THROTTLE},
		{"", 404, REFUSAL_UNKNOWN, RETRY_NO},
		{"", 403, REFUSAL_DENIED, RETRY_NO},
		{"", 302, REFUSAL_OTHER, RETRY_NO},
		{"", 418, REFUSAL_OTHER, RETRY_NO},
		{"", 100, REFUSAL_OTHER, RETRY_NO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error_row row = error_judge(cases[i].code, cases[i].status);

		print_message("%s %d\n", cases[i].code, cases[i].status);
		assert_int_equal(row.refusal, cases[i].refusal);
		assert_int_equal(row.retry, cases[i].retry);
		assert_true(strlen(row.sentence) > 0);
	}
}

static void
each_form_of_body_is_read(void **state)
{
	static const struct {
		enum protocol protocol;
		const char *body, *type;
		const char *code, *message;
	} cases[] = {
		{PROTOCOL_EC2,
			"<?xml version=\"1.0\"?><Response><Errors><Error><Code>AuthFailure</Code>"
			"<Message>No &lt;b&gt;</Message></Error></Errors><RequestID>r</RequestID>"
			"</Response>",
			"", "AuthFailure", "No <b>"},
		{PROTOCOL_EC2,
			"<Response><Errors><Error><Code>Client.AuthFailure</Code><Message/></Error>"
			"</Errors></Response>",
			"", "AuthFailure", ""},
		{PROTOCOL_QUERY,
			"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"
			"<Message>Rate</Message></Error></ErrorResponse>",
			"", "Throttling", "Rate"},
		{PROTOCOL_EC2, "<html><body>oops</body></html>", "", "", ""},
		{PROTOCOL_EC2, "", "", "", ""},
		{PROTOCOL_JSON,
			"{\"__type\":\"com.amazonaws.ssm#ThrottlingException\",\"message\":"
			"\"Rate\"}",
			"", "ThrottlingException", "Rate"},
		{PROTOCOL_JSON, "{\"__type\":\"ValidationException\",\"Message\":\"bad\"}", "",
			"ValidationException", "bad"},
		{PROTOCOL_REST_JSON, "{\"Message\":\"gone\",\"ResourceId\":{\"a\":[1]}}",
			"ResourceNotFoundException:http://internal.amazon.com/coral/#x/",
			"ResourceNotFoundException", "gone"},
		{PROTOCOL_REST_JSON, "{\"code\":\"A\",\"Code\":\"B\",\"message\":5}", "", "A", ""},
		/* A reason counts where the table knows it behind the code. */
		{PROTOCOL_REST_JSON, "{\"message\":\"old\",\"Reason\":\"INVALID_PAGE_TOKEN\"}",
			"ValidationException", "ValidationException.INVALID_PAGE_TOKEN", "old"},
		{PROTOCOL_REST_JSON,
			"{\"reason\":\"UNRELATED_SNAPSHOTS\",\"__type\":"
			"\"ValidationException\"}",
			"", "ValidationException.UNRELATED_SNAPSHOTS", ""},
		{PROTOCOL_REST_JSON, "{\"Reason\":\"INVALID_SNAPSHOT_ID\"}", "ValidationException",
			"ValidationException", ""},
		{PROTOCOL_REST_JSON, "{\"Reason\":\"INVALID_PAGE_TOKEN\"}", "AccessDeniedException",
			"AccessDeniedException", ""},
		{PROTOCOL_REST_JSON, "{\"Reason\":\"INVALID_PAGE_TOKEN\"}", "", "", ""},
		{PROTOCOL_JSON, "[]", "", "", ""},
		{PROTOCOL_JSON, "\"x\"", "", "", ""},
		{PROTOCOL_JSON, "", "", "", ""},
		{PROTOCOL_JSON, "<html>", "", "", ""},
		{PROTOCOL_JSON, "{\"message\":\"half", "", "", ""},
		/* What is no code is not passed on as one. */
		{PROTOCOL_JSON, "{\"__type\":\"a b\"}", "", "", ""},
		{PROTOCOL_JSON, "{\"__type\":\"\\u001b[31m\"}", "", "", ""},
		{PROTOCOL_JSON, "{\"__type\":\"a\\u0000b\"}", "", "", ""},
		{PROTOCOL_JSON, "{\"__type\":\"#\"}", "", "", ""},
		{PROTOCOL_JSON, "{\"__type\":\":\"}", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf code = {0};
		struct buf message = {0};
		bool found;

		print_message("%s\n", cases[i].body);
		found = error_read(
			cases[i].protocol, slice_of(cases[i].body), cases[i].type, &code, &message);
		assert_int_equal(found, cases[i].code[0] != '\0');
		assert_true(slice_is(buf_slice(&code), cases[i].code));
		assert_true(slice_is(buf_slice(&message), cases[i].message));
		buf_release(&code);
		buf_release(&message);
	}
}

static void
sizes_are_bounded(void **state)
{
	struct buf body = {0};
	struct buf code = {0};
	struct buf message = {0};

	(void)state;
	buf_add_text(&body, "{\"__type\":\"");
	for (size_t i = 0; i <= LIMIT_AWS_CODE; i++)
		buf_add_char(&body, 'A');
	buf_add_text(&body, "\",\"message\":\"");
	for (size_t i = 0; i <= LIMIT_AWS_MESSAGE; i++)
		buf_add_char(&body, 'B');
	buf_add_text(&body, "\"}");
	assert_false(error_read(PROTOCOL_JSON, buf_slice(&body), "", &code, &message));
	assert_int_equal(code.len, 0);
	assert_int_equal(message.len, LIMIT_AWS_MESSAGE);
	buf_release(&body);
	buf_release(&code);
	buf_release(&message);
}

/* Bodies with bytes changed and cut: nothing may be read beyond them, and no code may be odd. */
static void
broken_bodies_do_no_harm(void **state)
{
	static const struct {
		enum protocol protocol;
		const char *body;
	} seeds[] = {
		{PROTOCOL_EC2,
			"<Response><Errors><Error><Code>AuthFailure</Code><Message>No &lt;b&gt;"
			"</Message></Error></Errors><RequestID>r</RequestID></Response>"},
		{PROTOCOL_JSON, "{\"__type\":\"a.b#Thr\\u006fttling:x\",\"x\":[{\"y\":1e3}],"
				"\"message\":\"\xc3\xa9\"}"},
	};
	uint32_t random = 1;

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		size_t which = round % 2;
		size_t len = strlen(seeds[which].body);
		char *body = xstrndup(seeds[which].body, len);
		struct buf code = {0};
		struct buf message = {0};

		for (size_t i = 0; i <= round % 3; i++) {
			random = random * 1664525u + 1013904223u;
			body[(random >> 16) % len] = (char)(random >> 8);
		}
		/* Exactly as much memory as there are bytes. */
		len -= (random >> 20) % (len / 4);
		body = xreallocarray(body, len, 1);
		(void)error_read(
			seeds[which].protocol, (struct slice){body, len}, "", &code, &message);
		for (size_t i = 0; i < code.len; i++)
			assert_true(code.at[i] > ' ' && code.at[i] < 0x7f);
		free(body);
		buf_release(&code);
		buf_release(&message);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted_and_each_code_is_there_once),
		cmocka_unit_test(codes_and_statuses_are_judged),
		cmocka_unit_test(each_form_of_body_is_read),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(broken_bodies_do_no_harm),
	};

	return cmocka_run_group_tests_name("aws_errors", tests, NULL, NULL);
}
