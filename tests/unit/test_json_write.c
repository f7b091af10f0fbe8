/*
 * Tests of json_write: the bytes, compact and indented.
 * It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "err.h"
#include "json_write.h"

static void
write_sample(struct json_writer *w)
{
	json_open(w, '{');
	json_field(w, "name", "web \"1\"");
	json_field(w, "none", NULL);
	json_field_slice(w, "slice", SLICE("caf\xc3\xa9/"));
	json_field_integer(w, "least", INT64_MIN);
	json_field_bool(w, "yes", true);
	json_field_bool(w, "no", false);
	json_name(w, "empty");
	json_open(w, '{');
	json_close(w, '}');
	json_name_slice(w, SLICE("list"));
	json_open(w, '[');
	json_put_integer(w, 1);
	json_put_null(w);
	json_open(w, '[');
	json_close(w, ']');
	json_open(w, '{');
	json_field(w, "a", "b");
	json_close(w, '}');
	json_close(w, ']');
	json_field_raw(w, "raw", SLICE(" { \"x\" : [ 1 ,2 ], \"y\":{ } ,\"z\":\"a, {\\\"}\" } "));
	json_close(w, '}');
}

static const char compact[] =
	"{\"name\":\"web \\\"1\\\"\",\"none\":null,\"slice\":\"caf\xc3\xa9/\","
	"\"least\":-9223372036854775808,\"yes\":true,\"no\":false,\"empty\":{},"
	"\"list\":[1,null,[],{\"a\":\"b\"}],"
	"\"raw\":{\"x\":[1,2],\"y\":{},\"z\":\"a, {\\\"}\"}}";

static const char indented[] = "{\n"
			       "  \"name\": \"web \\\"1\\\"\",\n"
			       "  \"none\": null,\n"
			       "  \"slice\": \"caf\xc3\xa9/\",\n"
			       "  \"least\": -9223372036854775808,\n"
			       "  \"yes\": true,\n"
			       "  \"no\": false,\n"
			       "  \"empty\": {},\n"
			       "  \"list\": [\n"
			       "    1,\n"
			       "    null,\n"
			       "    [],\n"
			       "    {\n"
			       "      \"a\": \"b\"\n"
			       "    }\n"
			       "  ],\n"
			       "  \"raw\": {\n"
			       "    \"x\": [\n"
			       "      1,\n"
			       "      2\n"
			       "    ],\n"
			       "    \"y\": {},\n"
			       "    \"z\": \"a, {\\\"}\"\n"
			       "  }\n"
			       "}";

static void
documents_are_written(void **state)
{
	struct json_writer w;
	struct buf buf = {0};
	char *text = NULL;
	size_t size = 0;
	FILE *file;

	(void)state;
	json_writer_buf(&w, &buf, false);
	write_sample(&w);
	assert_string_equal(buf.at, compact);
	buf_clear(&buf);
	json_writer_buf(&w, &buf, true);
	write_sample(&w);
	assert_string_equal(buf.at, indented);
	buf_release(&buf);

	file = open_memstream(&text, &size);
	assert_non_null(file);
	json_writer_file(&w, file, true);
	write_sample(&w);
	fclose(file);
	assert_string_equal(text, indented);
	free(text);
}

static void
strings_are_escaped(void **state)
{
	static const struct {
		struct slice text;
		const char *written;
	} cases[] = {
		{{"", 0}, "\"\""},
		{{"a\0b", 3}, "\"a\\u0000b\""},
		{{"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\""},
		{{"\x01\x1b\x1f", 3}, "\"\\u0001\\u001b\\u001f\""},
		{{"\x7f", 1}, "\"\x7f\""},
		{{"\\\"/", 3}, "\"\\\\\\\"/\""},
		{{"\xf0\x9f\x98\x80", 4}, "\"\xf0\x9f\x98\x80\""},
		{{"\"", 1}, "\"\\\"\""},
		{{"a long \"quote\" and then still more", 34},
			"\"a long \\\"quote\\\" and then still more\""},
		{{NULL, 0}, "null"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_writer w;
		struct buf buf = {0};

		json_writer_buf(&w, &buf, false);
		json_put_slice(&w, cases[i].text);
		assert_string_equal(buf.at, cases[i].written);
		buf_release(&buf);
	}
}

/* Raw values at the top and deeper than the writer's own containers may nest. */
static void
raw_values_nest(void **state)
{
	struct json_writer w;
	struct buf buf = {0};
	struct buf raw = {0};

	(void)state;
	for (int i = 0; i < 300; i++)
		buf_add_char(&raw, '[');
	buf_add_char(&raw, '7');
	for (int i = 0; i < 300; i++)
		buf_add_char(&raw, ']');
	json_writer_buf(&w, &buf, false);
	json_put_raw(&w, buf_slice(&raw));
	assert_string_equal(buf.at, raw.at);
	buf_clear(&buf);
	json_writer_buf(&w, &buf, false);
	json_put_verbatim(&w, SLICE("[ {\n} ]"));
	assert_string_equal(buf.at, "[ {\n} ]");
	buf_clear(&buf);
	json_writer_buf(&w, &buf, true);
	json_put_raw(&w, SLICE("[[1],[]]"));
	assert_string_equal(buf.at, "[\n  [\n    1\n  ],\n  []\n]");
	buf_release(&raw);
	buf_release(&buf);
}

/* Wherever the room ends: a value that grows by lines and escapes is written whole. */
static void
values_grow_in_any_room(void **state)
{
	static const char raw[] = "{\"a\":[\"\\\\\",-1.5e3,{}],\"b\":[[[]]],\"c\\\"\":true}";
	static const char wanted[] =
		"[\n    \"\\n\\n\\n\",\n    {\n        \"a\": [\n            \"\\\\\",\n"
		"            -1.5e3,\n            {}\n        ],\n        \"b\": [\n"
		"            [\n                []\n            ]\n        ],\n"
		"        \"c\\\"\": true\n    }\n]";
	static const char members[] =
		"{\n  \"\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\": "
		"\"a text of some length, and a quote: \\\"\",\n  \"b\": null\n}";

	(void)state;
	for (size_t used = 0; used < 600; used++) {
		struct json_writer w;
		struct buf buf = {0};

		for (size_t i = 0; i < used; i++)
			buf_add_char(&buf, ' ');
		json_writer_buf(&w, &buf, true);
		json_writer_indent(&w, 4);
		json_open(&w, '[');
		json_put_text(&w, "\n\n\n");
		json_put_raw(&w, SLICE(raw));
		json_close(&w, ']');
		assert_string_equal(buf.at + used, wanted);
		buf_release(&buf);
		for (size_t i = 0; i < used; i++)
			buf_add_char(&buf, ' ');
		json_writer_buf(&w, &buf, true);
		json_open(&w, '{');
		json_field(
			&w, "\x01\x02\x03\x04\x05\x06", "a text of some length, and a quote: \"");
		json_field(&w, "b", NULL);
		json_close(&w, '}');
		assert_string_equal(buf.at + used, members);
		buf_release(&buf);
	}
}

/* It is told to be well-formed; if it is not, nothing behind it is read. */
static void
a_raw_value_that_was_cut_off_ends(void **state)
{
	static const char raw[] = "{\"a\":[\"\\\"\",12,{}]}";

	(void)state;
	for (size_t len = 0; len < sizeof(raw) - 1; len++) {
		char *at = xmalloc(len + !len);
		struct json_writer w;
		struct buf buf = {0};

		memcpy(at, raw, len);
		json_writer_buf(&w, &buf, false);
		json_put_raw(&w, (struct slice){at, len});
		assert_true(buf.len == len && memcmp(buf.at, at, len) == 0);
		buf_release(&buf);
		free(at);
	}
}

/* A part has the indent of its whole. */
static void
the_indent_can_be_another(void **state)
{
	struct json_writer whole;
	struct json_writer part;
	struct buf text = {0};
	struct buf piece = {0};

	(void)state;
	json_writer_buf(&whole, &text, true);
	json_writer_indent(&whole, 4);
	json_open(&whole, '{');
	json_name(&whole, "a");
	json_open(&whole, '[');
	json_writer_part(&part, &piece, &whole);
	json_put_raw(&part, SLICE("[1]"));
	json_put_part(&whole, buf_slice(&piece));
	json_close(&whole, ']');
	json_close(&whole, '}');
	assert_string_equal(
		text.at, "{\n    \"a\": [\n        [\n            1\n        ]\n    ]\n}");
	buf_release(&text);
	buf_release(&piece);
}

/* Whatever the outermost value is, it has reached the file when its call returns. */
static void
every_outermost_value_is_flushed(void **state)
{
	static const char wanted[] = "\"a\"7truenull[]{\"x\":1}null";
	struct json_writer w;
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	assert_non_null(file);
	json_writer_file(&w, file, false);
	json_put_text(&w, "a");
	json_put_integer(&w, 7);
	json_put_bool(&w, true);
	json_put_null(&w);
	json_put_raw(&w, SLICE("[ ]"));
	json_put_raw(&w, SLICE("{\"x\": 1}"));
	json_put_text(&w, NULL);
	fflush(file);
	assert_string_equal(text, wanted);
	assert_null(w.chunk.at);
	fclose(file);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_written),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(raw_values_nest),
		cmocka_unit_test(values_grow_in_any_room),
		cmocka_unit_test(a_raw_value_that_was_cut_off_ends),
		cmocka_unit_test(the_indent_can_be_another),
		cmocka_unit_test(every_outermost_value_is_flushed),
	};

	return cmocka_run_group_tests_name("json_write", tests, NULL, NULL);
}
