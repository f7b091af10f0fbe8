/*
 * json_pull against jansson: over a table of texts and mutations of them, the same verdict, and
 * what is read and written again is the same document. It must not know: anything above base.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "json_rewrite.h"

static const char *const texts[] = {
	/* scalars */
	"null",
	"true",
	"false",
	" true ",
	"nul",
	"nulll",
	"truefalse",
	"True",
	"TRUE",
	"nan",
	"NaN",
	"Infinity",
	"-Infinity",
	"undefined",
	"\"\"",
	"\"a\"",
	"\"",
	"\"a",
	"a",
	"'a'",
	"\t1\n",
	"\v1",
	"\f1",
	"1\r",
	"\xc2\xa0"
	"1",
	"#1",
	"/**/1",
	"1//",
	/* numbers */
	"0",
	"-0",
	"1",
	"-1",
	"00",
	"01",
	"-01",
	"+1",
	"-",
	"--1",
	"1-",
	"1.0",
	"1.",
	".1",
	"-.1",
	"1.e1",
	"1e1",
	"1E1",
	"1e+1",
	"1e-1",
	"1e",
	"1e+",
	"1e1.5",
	"0e0",
	"0.0",
	"0.",
	"1.23456789012345678901",
	"12345678901234567",
	"9223372036854775807",
	"-9223372036854775808",
	"0x10",
	"1_000",
	"1,000",
	"1 000",
	"1e1e1",
	"-1.5E-07",
	"0e+01",
	"1.5.2",
	/* strings */
	"\"\\\"\"",
	"\"\\\\\"",
	"\"\\/\"",
	"\"\\b\\f\\n\\r\\t\"",
	"\"\\a\"",
	"\"\\v\"",
	"\"\\0\"",
	"\"\\'\"",
	"\"\\\"",
	"\"\\u0041\"",
	"\"\\u00e9\"",
	"\"\\u20AC\"",
	"\"\\u20aC\"",
	"\"\\u004\"",
	"\"\\u\"",
	"\"\\u00g0\"",
	"\"\\U0041\"",
	"\"\\u0000\"",
	"\"a\\u0000b\"",
	"\"\\ud83d\\ude00\"",
	"\"\\ud83d\"",
	"\"\\ude00\"",
	"\"\\ud83d\\u0041\"",
	"\"\\ud83dx\"",
	"\"\\ud83d\\\"",
	"\"\\ud83d\\ud83d\"",
	"\"\\ude00\\ud83d\"",
	"\"\\uD7FF\\uE000\"",
	"\"\\uffff\"",
	"\"\\udbff\\udfff\"",
	"\"\x7f\"",
	"\"\x1f\"",
	"\"\t\"",
	"\"\n\"",
	"\"\xc3\xa9\"",
	"\"\xe2\x82\xac\"",
	"\"\xf0\x9f\x98\x80\"",
	"\"\xf4\x8f\xbf\xbf\"",
	"\"\xf4\x90\x80\x80\"",
	"\"\xf5\x80\x80\x80\"",
	"\"\xc0\x80\"",
	"\"\xc1\xbf\"",
	"\"\xe0\x80\x80\"",
	"\"\xe0\x9f\xbf\"",
	"\"\xe0\xa0\x80\"",
	"\"\xf0\x80\x80\x80\"",
	"\"\xf0\x8f\xbf\xbf\"",
	"\"\xf0\x90\x80\x80\"",
	"\"\xed\xa0\x80\"",
	"\"\xed\x9f\xbf\"",
	"\"\xee\x80\x80\"",
	"\"\xef\xbf\xbf\"",
	"\"\xef\xbf\xbe\"",
	"\"\xff\"",
	"\"\xfe\"",
	"\"\x80\"",
	"\"\xbf\"",
	"\"\xc3\"",
	"\"\xc3(\"",
	"\"\xe2\x82\"",
	"\"\xe2\x28\xa1\"",
	"\"\xf0\x9f\x98\"",
	"\"\xf0\x28\x8c\xbc\"",
	"\"12345678\"",
	"\"1234567\\n\"",
	"\"12345678\\n\"",
	"\"1234567\xc3\xa9\"",
	"\"12345678\xc3\xa9\"",
	"\"123456789012345678901234567890\x01\"",
	"\"1234567\x01\"",
	"\"aaaaaaa\x1f\x21\"",
	"\"!!!!!!!!\"",
	"\"########\"",
	"\"[]{}[]{}[]{}\"",
	"\"]]]]]]]]\"",
	/* arrays */
	"[]",
	"[ ]",
	"[\n]",
	"[1]",
	"[1,2]",
	"[1 ,2 , 3]",
	"[,]",
	"[1,]",
	"[,1]",
	"[1,,2]",
	"[1 2]",
	"[1",
	"[1,",
	"[",
	"]",
	"[]]",
	"[[]",
	"[[]]",
	"[[],[]]",
	"[[[[[]]]]]",
	"[1}",
	"[}",
	"[\"a\",null,true]",
	"[\"\",]",
	"[1]x",
	"[1][2]",
	"[1] ",
	"[1]\n\n",
	"[:]",
	"[1:2]",
	"[\"a\":1]",
	"[-]",
	"[\"]\"]",
	"[[1,[2,[3,[4]]]],5]",
	"[{}]",
	"[{},{}]",
	"[{]}",
	"[null,null]",
	"[nullnull]",
	"[ 0 , -0 ]",
	/* objects */
	"{}",
	"{ }",
	"{\"a\":1}",
	"{\"a\" : 1 }",
	"{\"a\":1,\"b\":2}",
	"{\"a\":1,}",
	"{,\"a\":1}",
	"{\"a\"}",
	"{\"a\":}",
	"{\"a\",1}",
	"{a:1}",
	"{'a':1}",
	"{1:1}",
	"{null:1}",
	"{\"a\":1 \"b\":2}",
	"{\"a\"::1}",
	"{\"a\":1;\"b\":2}",
	"{",
	"}",
	"{}}",
	"{{}}",
	"{[]}",
	"{\"a\":{\"a\":{\"a\":{}}}}",
	"{\"a\":[]}",
	"{\"a\":1]",
	"{\"a\":1,\"a\":2}",
	"{\"a\":1,\"b\":2,\"a\":3}",
	"{\"a\":1,\"\\u0061\":2}",
	"{\"\":1}",
	"{\"\":1,\"\":2}",
	"{\"a\":1,\"A\":2}",
	"{\"a\":{\"b\":1},\"b\":{\"a\":1}}",
	"{\"a\":{\"b\":1,\"b\":2}}",
	"[{\"a\":1},{\"a\":1}]",
	"{\"a\\n\":1,\"a\\u000a\":2}",
	"{\"\\u00e9\":1,\"\xc3\xa9\":2}",
	"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}",
	"{\"\\u0000\":1}",
	"{\"a\xff\":1}",
	"{\"a\n\":1}",
	"{\"a",
	"{\"a\"",
	"{\"a\":",
	"{\"a\":1",
	"{\"a\":1,",
	"{\"a\":1,\"",
	"{\"a\":\"b\",\"c\":[1,2,{\"d\":null}],\"e\":{\"f\":false}}",
	"{\"a\":1}{\"b\":2}",
	"{\"a\":1} x",
	"{\"0\":0,\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9,\"0\":0}",
	/* as the tool meets them */
	"{\n    \"Images\": [\n        {\n            \"ImageId\": \"ami-0123456789abcdef0\",\n"
	"            \"Public\": false,\n            \"BlockDeviceMappings\": [\n                "
	"{\n"
	"                    \"Ebs\": {\"VolumeSize\": 8, \"Iops\": 3000}\n                }\n"
	"            ]\n        }\n    ],\n    \"NextToken\": null\n}\n",
	"{\"LastLaunchedTime\": {\"Value\": \"2022-02-10T02:03:18Z\"}, \"ImageId\": "
	"\"ami-1234567890example\",}",
	"{\"Tags\":[{\"Key\":\"Name\",\"Value\":\"caf\xc3\xa9 \\\"x\\\" "
	"\\u2028\"},{\"Key\":\"\",\"Value\":\"\"}]}",
	"{\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,\"k7\":7,\"k8\":8,\"k9\":9,\"k10\":"
	"10,\"k11\":11,"
	"\"k12\":12,\"k13\":13,\"k14\":14,\"k15\":15,\"k16\":16,\"k17\":17,\"k18\":18,\"k19\":19,"
	"\"k20\":20,"
	"\"k21\":21,\"k22\":22,\"k23\":23,\"k24\":24,\"k25\":25,\"k26\":26,\"k27\":27,\"k28\":28,"
	"\"k29\":29,"
	"\"k30\":30,\"k31\":31,\"k32\":32,\"k33\":33,\"k34\":34,\"k35\":35,\"k36\":36,\"k37\":37,"
	"\"k38\":38}",
};

enum { TEXTS = sizeof(texts) / sizeof(texts[0]), MUTATIONS = 400 };

/* What json_pull read, read again by jansson, is what jansson read at first. */
static void
compare_content(const json_t *oracle, struct slice text, bool pretty)
{
	struct buf written = {0};
	struct err err = {0};
	json_t *again;

	if (!json_rewrite(text, pretty, &written, &err))
		fail_msg("walking refuses what skipping accepts: %.*s", (int)text.len, text.at);
	again = json_loadb(written.at, written.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	if (!again || !json_equal(oracle, again))
		fail_msg("%.*s became %s", (int)text.len, text.at, written.at);
	json_decref(again);
	buf_release(&written);
}

/* Returns 1 if both accept, 0 if both refuse; anything else fails the test. */
static int
compare(struct slice text)
{
	json_error_t error;
	struct err err = {0};
	json_t *oracle =
		json_loadb(text.at, text.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	bool ours = json_accepts(text, &err);
	int verdict = ours;

	/* Numbers of any size are fine with us: here the two may differ. */
	if (!oracle && json_error_code(&error) == json_error_numeric_overflow)
		return 0;
	/* So is a byte order mark. */
	if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0) {
		assert_null(oracle);
		return 0;
	}
	/* jansson takes some zero bytes after a document for its end; we refuse all. */
	if (memchr(text.at, '\0', text.len)) {
		assert_false(ours);
		json_decref(oracle);
		return 0;
	}
	if (ours != (oracle != NULL))
		fail_msg("ours: %s, jansson: %s, for: %.*s", ours ? "accepted" : err.text,
			oracle ? "accepted" : error.text, (int)text.len, text.at);
	if (oracle) {
		compare_content(oracle, text, false);
		compare_content(oracle, text, true);
	}
	json_decref(oracle);
	return verdict;
}

static void
the_table_gets_the_same_verdicts(void **state)
{
	int accepted = 0;

	(void)state;
	for (size_t i = 0; i < TEXTS; i++)
		accepted += compare(slice_of(texts[i]));
	/* Both sides of the table are populated. */
	assert_true(accepted > 80);
	assert_true(TEXTS - accepted > 100);
}

/* Every truncation of every text. */
static void
prefixes_get_the_same_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEXTS; i++)
		for (size_t len = 0; len < strlen(texts[i]); len++) {
			char *exact = xmalloc(len); /* reads past its end are seen by a sanitizer */

			memcpy(exact, texts[i], len);
			compare((struct slice){exact, len});
			free(exact);
		}
}

static uint32_t
next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Puts, takes or changes a byte, or joins a piece of another text. */
static void
mutate(struct buf *text, uint64_t *seed)
{
	static const char bytes[] =
		"\"\\{}[],:-+.eE0123456789truefalsn \t\n\r\x01\x7f\x80\xc3\xa9\xe2"
		"\x82\xac\xed\xa0\xf0\x9f\xff\0u";
	char byte = bytes[next_random(seed) % (sizeof(bytes) - 1)];
	size_t at = text->len ? next_random(seed) % text->len : 0;

	switch (next_random(seed) % 4) {
	case 0:
		if (text->len)
			text->at[at] = byte;
		break;
	case 1:
		buf_add_char(text, byte);
		memmove(text->at + at + 1, text->at + at, text->len - 1 - at);
		text->at[at] = byte;
		break;
	case 2:
		if (text->len) {
			memmove(text->at + at, text->at + at + 1, text->len - 1 - at);
			text->len--;
		}
		break;
	default:
		text->len = at;
		buf_add_text(text, texts[next_random(seed) % TEXTS]);
	}
}

static void
mutations_get_the_same_verdicts(void **state)
{
	uint64_t seed = 20261122;
	int accepted = 0;

	(void)state;
	for (size_t i = 0; i < TEXTS; i++)
		for (int round = 0; round < MUTATIONS; round++) {
			struct buf text = {0};
			char *exact;

			buf_add_text(&text, texts[i]);
			for (uint32_t left = 1 + next_random(&seed) % 4; left > 0; left--)
				mutate(&text, &seed);
			exact = xmalloc(text.len);
			memcpy(exact, text.at, text.len);
			accepted += compare((struct slice){exact, text.len});
			free(exact);
			buf_release(&text);
		}
	assert_true(accepted > 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_gets_the_same_verdicts),
		cmocka_unit_test(prefixes_get_the_same_verdicts),
		cmocka_unit_test(mutations_get_the_same_verdicts),
	};

	return cmocka_run_group_tests_name("json_differential", tests, NULL, NULL);
}
