/*
 * Escaping: what strangers write stays text in every format.
 */
#include "err.h"
#include "quote.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef void quote(FILE *file, struct slice text);

static void
expect(quote *function, struct slice text, const char *wanted)
{
	char *written = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&written, &size);

	assert_non_null(file);
	function(file, text);
	fclose(file);
	assert_string_equal(written, wanted);
	free(written);
}

static void
test_text(void **state)
{
	(void)state;
	expect(quote_text, SLICE("plain ünïcode 漢字 \"'\\"), "plain ünïcode 漢字 \"'\\");
	expect(quote_text, SLICE("a\nb\tc\rd"), "a\\nb\\tc\\rd");
	expect(quote_text, SLICE("\x1b[31mred\x07\x7f"), "\\x1b[31mred\\x07\\x7f");
	expect(quote_text,
		SLICE("\xc2\x9b"
		      "1m"),
		"\\x9b1m"); /* CSI as a C1 character */
	expect(quote_text,
		SLICE("\x9b"
		      "1m\xff"),
		"\\x9b1m\\xff"); /* and as a stray byte */
	expect(quote_text, SLICE("x\xe2\x80\xaegnp"), "x\\u202egnp");
	expect(quote_text, SLICE("\xe2\x80\xa8\xe2\x81\xa6\xd8\x9c"), "\\u2028\\u2066\\u061c");
	expect(quote_text, ((struct slice){"a\0b", 3}), "a\\x00b");
	expect(quote_text, SLICE("\xe2\x80"), "\\xe2\\x80"); /* cut off in the middle */
	expect(quote_text, SLICE("\xc0\xaf"), "\\xc0\\xaf"); /* overlong */
	expect(quote_text, SLICE(""), "");
}

static void
test_html(void **state)
{
	(void)state;
	expect(quote_html, SLICE("plain ünïcode 漢字 -- \\ `$(x)`"),
		"plain ünïcode 漢字 -- \\ `$(x)`");
	expect(quote_html, SLICE("</script><b a='x' b=\"y\">"),
		"&lt;/script&gt;&lt;b a=&#39;x&#39; b=&quot;y&quot;&gt;");
	expect(quote_html, SLICE("&lt; &#60; ]]> <!--"), "&amp;lt; &amp;#60; ]]&gt; &lt;!--");
	expect(quote_html, SLICE("a\nb\tc\x1b\x7f"), "a\\nb\\tc\\x1b\\x7f");
	expect(quote_html, SLICE("x\xe2\x80\xaegnp\xe2\x80\xa8"), "x\\u202egnp\\u2028");
	expect(quote_html, SLICE("\xc0\xbcscript\xff"), "\\xc0\\xbcscript\\xff"); /* overlong */
	expect(quote_html, ((struct slice){"a\0<", 3}), "a\\x00&lt;");
	expect(quote_html, SLICE(""), "");
	expect(quote_html, SLICE_NONE, "");
}

static void
test_csv(void **state)
{
	(void)state;
	expect(quote_text, SLICE("w\xe2\x80\x8b\xc2\xad\xf3\xa0\x80\x81"),
		"w\\u200b\\xad\\U000e0001");
	expect(quote_text, SLICE("golden\u3164"), "golden\\u3164"); /* a letter that is blank */
	expect(quote_csv, SLICE("plain ünïcode 'x'"), "plain ünïcode 'x'");
	expect(quote_csv, SLICE("a,b"), "\"a,b\"");
	expect(quote_csv, SLICE("say \"hi\""), "\"say \"\"hi\"\"\"");
	expect(quote_csv, SLICE("a\r\nb"), "a\\r\\nb"); /* a row is one line */
	expect(quote_csv, SLICE("=cmd|' /C calc'!A0"), "\"'=cmd|' /C calc'!A0\"");
	expect(quote_csv, SLICE("  +1"), "\"'  +1\"");
	expect(quote_csv, SLICE("-1"), "\"'-1\"");
	expect(quote_csv, SLICE("@SUM(A1)"), "\"'@SUM(A1)\"");
	expect(quote_csv, SLICE(" ＝1+1"), "\"' ＝1+1\"");
	expect(quote_csv, SLICE("\t=1"), "\\t=1"); /* shown, so it begins with a backslash */
	expect(quote_csv, SLICE(""), "");
	expect(quote_csv, SLICE_NONE, "");
}

static void
test_width(void **state)
{
	(void)state;
	assert_int_equal(quote_text_width(SLICE("abc")), 3);
	assert_int_equal(quote_text_width(SLICE("漢字")), 4);
	assert_int_equal(quote_text_width(SLICE("e\xcc\x81")), 1);
	assert_int_equal(quote_text_width(SLICE("\x1b")), 4);
	assert_int_equal(quote_text_width(SLICE("ü")), 1);
	assert_int_equal(quote_text_width(SLICE("🎉")), 2);
	assert_int_equal(quote_text_width(SLICE("✅❌⭐⚡🟢🪣")), 12);
	assert_int_equal(quote_text_width(SLICE("✓→")), 2);
	/* The flag of Scotland: its letters are tags, which take no room. */
	assert_int_equal(quote_text_width(SLICE("\U0001f3f4\U000e0067\U000e007f")), 2);
	assert_int_equal(quote_text_width(SLICE("a\xe2\x80\x8b")), 7);
}

static void
test_powershell(void **state)
{
	(void)state;
	expect(quote_powershell, SLICE("ami-1 $(x) `y` \"z\""), "'ami-1 $(x) `y` \"z\"'");
	expect(quote_powershell, SLICE(""), "''");
	expect(quote_powershell, SLICE("a'b"), "'a''b'");
	/* A typographic quotation mark would end the string. */
	expect(quote_powershell,
		SLICE("a\xe2\x80\x99"
		      "b"),
		"('a' + [char]::ConvertFromUtf32(0x2019) + 'b')");
	expect(quote_powershell, SLICE("\n"), "('' + [char]::ConvertFromUtf32(0xa) + '')");
	expect(quote_powershell, SLICE("\xf0\x9f\x98\x80'"),
		"('' + [char]::ConvertFromUtf32(0x1f600) + '''')");
	expect(quote_powershell, SLICE("\xff"), "('' + [char]::ConvertFromUtf32(0xfffd) + '')");
}

static void
test_sh(void **state)
{
	(void)state;
	expect(quote_sh, SLICE("ami-1"), "'ami-1'");
	expect(quote_sh, SLICE(""), "''");
	expect(quote_sh, SLICE("a'b"), "'a'\\''b'");
	expect(quote_sh, SLICE("$(rm -rf /) `x` \\ \n"), "'$(rm -rf /) `x` \\ \n'");
	expect(quote_sh, ((struct slice){"a\0b", 3}), "'ab'");
	expect(quote_sh_word, SLICE("launched=2024-01-01T00:00:00Z"),
		"launched=2024-01-01T00:00:00Z");
	expect(quote_sh_word, SLICE(""), "''");
	expect(quote_sh_word, SLICE("a b"), "'a b'");
	expect(quote_sh_word, SLICE("~"), "'~'");
	expect(quote_sh_word, SLICE("\xc3\xa9"), "'\xc3\xa9'");
	expect(quote_sh_word, ((struct slice){"a\0b", 3}), "'ab'");
}

static void
test_dot(void **state)
{
	(void)state;
	expect(quote_dot, SLICE("plain"), "\"plain\"");
	expect(quote_dot, SLICE("a\"b"), "\"a\\\"b\"");
	expect(quote_dot, SLICE("\\N\\G"), "\"\\\\N\\\\G\"");
	expect(quote_dot, SLICE("end\\"), "\"end\\\\\"");
	expect(quote_dot, SLICE("a\nb"), "\"a\\\\nb\"");
	expect(quote_dot, SLICE("<b>"), "\"<b>\"");
}

static void
test_markdown(void **state)
{
	(void)state;
	expect(quote_markdown, SLICE("ami-1, a-b"), "ami-1, a-b");
	expect(quote_markdown, SLICE("[x](y) <b> *a* _b_ `c` |"),
		"\\[x\\](y) \\<b\\> \\*a\\* \\_b\\_ \\`c\\` \\|");
	expect(quote_markdown, SLICE("- item"), "\\- item");
	expect(quote_markdown, SLICE("1. item"), "1\\. item");
	expect(quote_markdown, SLICE("1) item"), "1\\) item");
	expect(quote_markdown, SLICE("www.x.y: see :tada:"), "www\\.x.y: see \\:tada:");
	expect(quote_markdown, SLICE("# head"), "\\# head");
	expect(quote_markdown, SLICE("    code"), "&#32;   code");
	expect(quote_markdown, SLICE("https://x.y"), "https\\://x.y");
	expect(quote_markdown, SLICE("a&amp;b @me"), "a\\&amp;b &#64;me");
	expect(quote_markdown, SLICE("a\nb"), "a\\\\nb");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_sh),
		cmocka_unit_test(test_powershell),
		cmocka_unit_test(test_dot),
		cmocka_unit_test(test_markdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
