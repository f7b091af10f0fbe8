/*
 * Tests of json_pull: its calls one by one, its messages, its limits.
 * It must not know: anything above base. (Which texts are JSON: test_json_differential.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "json_pull.h"
#include "json_rewrite.h"

static void
a_walk_reads_every_type(void **state)
{
	static const char text[] =
		" { \"s\" : \"text\" , \"e\":\"a\\u00e9\\n\", \"n\":-12, \"r\":1.50e3, "
		"\"t\":true,\"f\":false,\"z\":null,\"l\":[1, 2 ,[]],\"o\":{} } \n";
	struct err err = {0};
	struct json json;
	struct slice slice;
	int64_t number = 0;
	bool truth = false;

	(void)state;
	json_begin(&json, SLICE(text), "t.json", &err);
	assert_int_equal(json_peek(&json), JSON_OBJECT);
	assert_true(json_enter(&json, JSON_OBJECT));
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "s"));
	assert_int_equal(json_peek(&json), JSON_STRING);
	assert_true(json_string(&json, &slice) && slice_is(slice, "text"));
	assert_ptr_equal(slice.at, text + 10); /* not copied */
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "e"));
	assert_true(json_string(&json, &slice) && slice_is(slice, "a\xc3\xa9\n"));
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "n"));
	assert_int_equal(json_peek(&json), JSON_NUMBER);
	assert_true(json_integer(&json, &number));
	assert_int_equal(number, -12);
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "r"));
	assert_true(json_number_text(&json, &slice) && slice_is(slice, "1.50e3"));
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "t"));
	assert_int_equal(json_peek(&json), JSON_TRUE);
	assert_true(json_bool(&json, &truth) && truth);
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "f"));
	assert_true(json_bool(&json, &truth) && !truth);
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "z"));
	assert_int_equal(json_peek(&json), JSON_NULL);
	assert_true(json_skip(&json, NULL));
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "l"));
	assert_true(json_enter(&json, JSON_ARRAY));
	assert_true(json_next_element(&json) && json_integer(&json, &number) && number == 1);
	assert_true(json_next_element(&json) && json_skip(&json, &slice) && slice_is(slice, "2"));
	assert_true(json_next_element(&json) && json_enter(&json, JSON_ARRAY));
	assert_false(json_next_element(&json));
	assert_false(json_next_element(&json));
	assert_true(json_next_member(&json, &slice) && slice_is(slice, "o"));
	assert_true(json_skip(&json, &slice) && slice_is(slice, "{}"));
	assert_false(json_next_member(&json, &slice));
	assert_int_equal(json_peek(&json), JSON_END);
	assert_false(json.failed);
	assert_false(json_string(&json, &slice));
	assert_string_equal(err.text, "the document is over");
	json_end(&json);
	json_end(&json);
}

static void
wrong_types_are_errors_with_a_place(void **state)
{
	struct err err = {0};
	struct json json;
	struct slice slice = {"untouched", 9};
	int64_t number = 7;
	bool truth = true;

	(void)state;
	json_begin(&json, SLICE("{\n  \"Name\": 12}"), "images.json", &err);
	assert_true(json_enter(&json, JSON_OBJECT) && json_next_member(&json, &slice));
	slice = SLICE("untouched");
	assert_false(json_string(&json, &slice));
	assert_true(json.failed);
	assert_true(slice_is(slice, "untouched"));
	assert_int_equal(err.code, ERR_VALUE);
	assert_string_equal(err.file, "images.json");
	assert_string_equal(err.text, "a number where a string is due");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 11);
	/* After a failure, every call says no and the first error stays. */
	assert_false(json_integer(&json, &number));
	assert_false(json_skip(&json, NULL));
	assert_false(json_next_member(&json, &slice));
	assert_false(json_next_element(&json));
	assert_false(json_enter(&json, JSON_OBJECT));
	assert_false(json_bool(&json, &truth));
	assert_int_equal(json_peek(&json), JSON_END);
	assert_false(json_fail(&json, json.start, ERR_CAP, "later"));
	assert_string_equal(err.text, "a number where a string is due");
	assert_int_equal(number, 7);
	json_end(&json);

	json_begin(&json, SLICE("[1]"), "x", &err);
	assert_false(json_enter(&json, JSON_OBJECT));
	assert_string_equal(err.text, "an array where an object is due");
	json_end(&json);
	json_begin(&json, SLICE("null"), "x", NULL); /* without an err to fill */
	assert_false(json_bool(&json, &truth));
	assert_true(json.failed);
	json_end(&json);
}

static const struct {
	const char *text;
	size_t len; /* 0: strlen */
	uint32_t line;
	uint32_t column;
	const char *message;
} failures[] = {
	{"", 0, 1, 1, "the document is empty"},
	{" \n ", 0, 2, 2, "the document is empty"},
	{"\xef\xbb\xbf", 0, 1, 1, "the document is empty"},
	{"{\"a\": 1,\n}", 0, 2, 1, "unexpected '}' after a comma"},
	{"[1,]", 0, 1, 4, "unexpected ']' after a comma"},
	{"[1,,2]", 0, 1, 4, "unexpected ',' after a comma"},
	{"[,1]", 0, 1, 2, "unexpected ',' where a value is due"},
	{"{,}", 0, 1, 2, "unexpected ',' where the name of a member is due"},
	{"{'a': 1}", 0, 1, 2, "unexpected ''' where the name of a member is due"},
	{"{\"a\" 1}", 0, 1, 6, "unexpected '1' where ':' is due after the name of a member"},
	{"{\"a\": }", 0, 1, 7, "unexpected '}' where a value is due"},
	{"{\"a\": 1 \"b\": 2}", 0, 1, 9, "unexpected '\"' after a value, where ',' or '}' is due"},
	{"[1 2]", 0, 1, 4, "unexpected '2' after a value, where ',' or ']' is due"},
	{"[1}", 0, 1, 3, "unexpected '}' after a value, where ',' or ']' is due"},
	{"{\"\xc3\xa9\": \xe2\x82\xac}", 0, 1, 7, "unexpected '\xe2\x82\xac' where a value is due"},
	{"{} {}", 0, 1, 4, "unexpected '{' after the end of the document"},
	{"1 2", 0, 1, 3, "unexpected '2' after the end of the document"},
	{"{\"a\": [1, 2", 0, 1, 12, "the document ends inside an array (truncated?)"},
	{"{\"a\": {\"b\"", 0, 1, 11, "the document ends inside an object (truncated?)"},
	{"{\"a\": \"te", 0, 1, 10, "the document ends inside a string (truncated?)"},
	{"[\"te\\", 0, 1, 6, "the document ends inside a string (truncated?)"},
	{"[\"te\\u00", 0, 1, 9, "the document ends inside a string (truncated?)"},
	{"[-", 0, 1, 3, "the document ends inside a number (truncated?)"},
	{"[tru", 0, 1, 5, "the document ends inside a word (truncated?)"},
	{"[\"a\nb\"]", 0, 1, 4, "a line break inside a string (is a quote missing?)"},
	{"[\"a\tb\"]", 0, 1, 4, "control character 0x09 inside a string"},
	{"[\"a\\qb\"]", 0, 1, 4, "unknown escape '\\q' inside a string"},
	{"[\"\\u12g4\"]", 0, 1, 3, "'\\u' needs four hexadecimal digits"},
	{"[\"\\u0000\"]", 0, 1, 3, "'\\u0000' is not supported in a string"},
	{"[\"\\ud800\"]", 0, 1, 3, "'\\ud800' is one half of a surrogate pair"},
	{"[\"\\ud800\\u0041\"]", 0, 1, 3, "'\\ud800' is one half of a surrogate pair"},
	{"[\"\\udc00\"]", 0, 1, 3, "'\\udc00' is one half of a surrogate pair"},
	{"[\"x\xff\"]", 0, 1, 4, "not UTF-8: byte 0xff inside a string"},
	{"[\"\xe2\x82\"]", 0, 1, 3, "not UTF-8: byte 0xe2 inside a string"},
	{"[01]", 0, 1, 2, "malformed number '01]'"},
	{"[1.]", 0, 1, 2, "malformed number '1.]'"},
	{"[NaN]", 0, 1, 2, "unexpected 'N' where a value is due"},
	{"[nul]", 0, 1, 2, "unknown word 'nul]'"},
	{"[True]", 0, 1, 2, "unexpected 'T' where a value is due"},
	{"<html>", 0, 1, 1, "unexpected '<' where a value is due"},
	{"\x1f\x8b\x08", 0, 1, 1, "not JSON: byte 0x1f"},
	{"[1, \xff]", 0, 1, 5, "not JSON: byte 0xff"},
	{"\0\0\0\0", 4, 1, 1, "not JSON: byte 0x00"},
	{"[1\0]", 4, 1, 3, "not JSON: byte 0x00"},
	{"{\0}\0", 4, 1, 1,
		"this is UTF-16; save it again as UTF-8 (in PowerShell: | Out-File -Encoding utf8 "
		"FILE)"},
	{"\xff\xfe{\0}\0", 6, 1, 1,
		"this is UTF-16; save it again as UTF-8 (in PowerShell: | Out-File -Encoding utf8 "
		"FILE)"},
	{"\xfe\xff\0{\0}", 6, 1, 1,
		"this is UTF-16; save it again as UTF-8 (in PowerShell: | Out-File -Encoding utf8 "
		"FILE)"},
	{"\xff\xfe\0\0{\0\0\0", 8, 1, 1,
		"this is UTF-32; save it again as UTF-8 (in PowerShell: | Out-File -Encoding utf8 "
		"FILE)"},
	{"{\"a\":1,\n\"b\":2,\n\"a\":3}", 0, 3, 1, "the member \"a\" stands twice in one object"},
	{"{\"A\":1,\"\\u0041\":3}", 0, 1, 8, "the member \"\\\\u0041\" stands twice in one object"},
	{"[{\"x\":{\"a\":1,\"a\":1}}]", 0, 1, 14, "the member \"a\" stands twice in one object"},
};

/* Every failure is the same whether the document is skipped or walked. */
static void
failures_say_what_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		struct slice text = {failures[i].text, failures[i].len};
		struct buf buf = {0};

		if (!text.len)
			text.len = strlen(text.at);
		for (int walk = 0; walk < 2; walk++) {
			struct err err = {0};

			if (walk ? json_rewrite(text, false, &buf, &err) : json_accepts(text, &err))
				fail_msg("%s is no JSON", text.at);
			if (err.line != failures[i].line || err.column != failures[i].column)
				fail_msg("%s: %u:%u: %s", text.at, err.line, err.column, err.text);
			if (!strchr(failures[i].message, '\\'))
				assert_string_equal(err.text, failures[i].message);
			assert_int_equal(err.code, ERR_SYNTAX);
			assert_string_equal(err.file, "test.json");
		}
		buf_release(&buf);
	}
}

static void
integers_are_exact(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"123456789012", true, 123456789012},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"99999999999999999999999999", false, 0},
		{"1.0", false, 0},
		{"1e2", false, 0},
		{"-1E0", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};
		struct json json;
		int64_t value = 77;

		json_begin(&json, slice_of(cases[i].text), "n", &err);
		assert_int_equal(json_integer(&json, &value), cases[i].good);
		assert_int_equal(value, cases[i].good ? cases[i].value : 77);
		assert_int_equal(err.code, cases[i].good ? ERR_OK : ERR_VALUE);
		json_end(&json);
		/* All of them are well-formed numbers, of any length. */
		assert_true(json_accepts(slice_of(cases[i].text), &err));
	}
}

static void
depth_is_bounded(void **state)
{
	struct err err = {0};
	struct buf text = {0};

	(void)state;
	for (size_t depth = LIMIT_JSON_DEPTH; depth <= LIMIT_JSON_DEPTH + 1; depth++) {
		buf_clear(&text);
		for (size_t i = 0; i < depth; i++)
			buf_add_text(&text, i % 2 ? "{\"a\":" : "[");
		buf_add_text(&text, "0");
		for (size_t i = depth; i-- > 0;)
			buf_add_char(&text, i % 2 ? '}' : ']');
		assert_int_equal(json_accepts(buf_slice(&text), &err), depth == LIMIT_JSON_DEPTH);
	}
	assert_int_equal(err.code, ERR_LIMIT);
	assert_string_equal(err.text, "nested more than 128 levels deep");
	buf_clear(&text);
	for (size_t i = 0; i < 1000000; i++)
		buf_add_char(&text, '[');
	assert_false(json_accepts(buf_slice(&text), &err));
	buf_release(&text);
}

static void
strings_are_bounded(void **state)
{
	struct err err = {0};
	struct buf text = {0};

	(void)state;
	for (size_t len = LIMIT_JSON_STRING; len <= LIMIT_JSON_STRING + 1; len++) {
		err = (struct err){0};
		buf_clear(&text);
		buf_add_char(&text, '"');
		for (size_t i = 0; i < len; i++)
			buf_add_text(&text, i % 1000 ? "x" : "\\u0041"); /* decoded length counts */
		buf_add_char(&text, '"');
		assert_int_equal(json_accepts(buf_slice(&text), &err), len == LIMIT_JSON_STRING);
	}
	assert_int_equal(err.code, ERR_LIMIT);
	buf_release(&text);
}

/* An object of `count` members, the last one a repetition of number `twin`, or new. */
static void
check_members(size_t count, size_t twin)
{
	struct err err = {0};
	struct buf text = {0};

	buf_add_char(&text, '{');
	for (size_t i = 0; i < count; i++)
		buf_format(&text, "\"m%zu\":{\"m%zu\":0},", i, i);
	buf_format(&text, "\"\\u006d%zu\":1}", twin);
	assert_int_equal(json_accepts(buf_slice(&text), &err), twin >= count);
	assert_int_equal(err.code, twin >= count ? ERR_OK : ERR_SYNTAX);
	buf_release(&text);
}

static void
duplicates_are_found_in_objects_of_any_size(void **state)
{
	(void)state;
	for (size_t count = 0; count < 200; count++)
		for (size_t twin = 0; twin <= count; twin += 1 + count / 8)
			check_members(count, twin);
	check_members(100000, 0);
	check_members(100000, 50000);
	check_members(100000, 99999);
	check_members(100000, 100000);
}

/* Siblings and parents may share names; a table must not outlive its object. */
static void
names_belong_to_their_object(void **state)
{
	struct err err = {0};
	struct buf text = {0};

	(void)state;
	buf_add_char(&text, '[');
	for (int object = 0; object < 50; object++) {
		buf_add_text(&text, object ? ",{" : "{");
		for (int i = 0; i < 100; i++)
			buf_format(
				&text, "%s\"k%d\":{\"k%d\":{\"k%d\":[]}}", i ? "," : "", i, i, i);
		buf_add_char(&text, '}');
	}
	buf_add_char(&text, ']');
	assert_true(json_accepts(buf_slice(&text), &err));
	buf_release(&text);
}

/* Checked, and hopped over where that was done before: the same bytes. */
static void
raw_values_are_the_bytes(void **state)
{
	static const char *const values[] = {"{\"a\" : [1, \"]\" ]}", "\"x\\n\"", "-1.5",
		"\"\\\\\"", "[ {}, [ ] , \"\\\\\\\"[\", { \"{\\\\\":\n\t\"}\" } ]", "true", "{}",
		"\"\"", "null"};
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		buf_format(&text, "%s %s\n", i ? "," : "[", values[i]);
	buf_add_text(&text, " ]");
	for (int checked = 0; checked < 2; checked++) {
		struct err err = {0};
		struct json json;
		struct slice raw = SLICE_NONE;

		json_begin(&json, buf_slice(&text), "r", &err);
		json.checked = checked;
		assert_true(json_enter(&json, JSON_ARRAY));
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			assert_true(json_next_element(&json) && json_skip(&json, &raw));
			assert_true(slice_is(raw, values[i]));
		}
		assert_false(json_next_element(&json) || json.failed);
		assert_int_equal(json_peek(&json), JSON_END);
		assert_false(json.failed);
		json_end(&json);
	}
	buf_release(&text);
}

static void
places_count_characters(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
		uint32_t line;
		uint32_t column;
	} cases[] = {
		{"", 0, 1, 1},
		{"abc", 0, 1, 1},
		{"abc", 2, 1, 3},
		{"abc", 99, 1, 4},
		{"a\nb", 1, 1, 2},
		{"a\nb", 2, 2, 1},
		{"a\r\nb", 3, 2, 1},
		{"\n\n\nx", 3, 4, 1},
		{"\xc3\xa9\xc3\xa9x", 4, 1, 3},
		{"\xef\xbb\xbf{", 3, 1, 1},
		{"\xef\xbb\xbf{}", 4, 1, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t line = 0;
		uint32_t column = 0;

		json_place(slice_of(cases[i].text), cases[i].offset, &line, &column);
		assert_int_equal(line, cases[i].line);
		assert_int_equal(column, cases[i].column);
	}
}

static void
decoded_strings_live_until_forgotten(void **state)
{
	struct err err = {0};
	struct json json;
	struct slice a = SLICE_NONE;
	struct slice b = SLICE_NONE;

	(void)state;
	json_begin(&json, SLICE("[\"\\u0061\\ud83d\\ude00\", \"\\/\\\\\"]"), "d", &err);
	assert_true(json_enter(&json, JSON_ARRAY));
	assert_true(json_next_element(&json) && json_string(&json, &a));
	assert_true(json_next_element(&json) && json_string(&json, &b));
	assert_true(slice_is(a, "a\xf0\x9f\x98\x80"));
	assert_true(slice_is(b, "/\\"));
	json_forget(&json);
	assert_false(json_next_element(&json) || json.failed);
	json_end(&json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_reads_every_type),
		cmocka_unit_test(wrong_types_are_errors_with_a_place),
		cmocka_unit_test(failures_say_what_and_where),
		cmocka_unit_test(integers_are_exact),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(strings_are_bounded),
		cmocka_unit_test(duplicates_are_found_in_objects_of_any_size),
		cmocka_unit_test(names_belong_to_their_object),
		cmocka_unit_test(raw_values_are_the_bytes),
		cmocka_unit_test(places_count_characters),
		cmocka_unit_test(decoded_strings_live_until_forgotten),
	};

	return cmocka_run_group_tests_name("json_pull", tests, NULL, NULL);
}
