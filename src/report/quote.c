/*
 * Escaping, one function a target: what strangers wrote lands in a terminal, a script, a picture or
 * a page as mere text. It must not know: what is quoted.
 */
#include "quote.h"
#include "err.h"
#include "scan.h"
#include "unicode.h"
#include <inttypes.h>

/* What a character of ASCII is written as in some target; NULL: as itself. */
typedef const char *const references[128];

static references as_it_is = {NULL};

/* How many bytes from `at` on are printable ASCII that stands for itself: most text is that alone.
 */
static size_t
plain_run(struct slice text, size_t at, references in)
{
	const char *from = text.at + at, *to = from;
	const char *end = text.at + text.len;

	if (in == as_it_is)
		return (size_t)(scan_printable(from, end) - from);
	while (to < end && *to >= ' ' && *to <= '~' && !in[(unsigned char)*to])
		to++;
	return (size_t)(to - from);
}

/* One character from `*at` on, as what it is written as. */
static void
put_character(FILE *file, struct slice text, size_t *at, references in)
{
	char escape[UNICODE_ESCAPE_SIZE];
	size_t from = *at, length;
	uint32_t c = unicode_next(text, at);

	length = unicode_escape(text, from, c, escape);
	if (c < 128 && in[c])
		fputs(in[c], file);
	else
		fwrite(length ? escape : text.at + from, 1, length ? length : *at - from, file);
}

static void
put_text(FILE *file, struct slice text, references in)
{
	for (size_t at = 0; at < text.len;) {
		size_t plain = plain_run(text, at, in);

		if (plain)
			fwrite(text.at + at, 1, plain, file);
		at += plain;
		if (at < text.len)
			put_character(file, text, &at, in);
	}
}

void
quote_text(FILE *file, struct slice text)
{
	put_text(file, text, as_it_is);
}

unsigned
quote_text_width(struct slice text)
{
	char escape[UNICODE_ESCAPE_SIZE];
	size_t width = 0;

	for (size_t at = 0; at < text.len;) {
		size_t from = at, plain = plain_run(text, at, as_it_is), length;
		uint32_t c;

		if (plain) {
			width += plain;
			at += plain;
			continue;
		}
		c = unicode_next(text, &at);
		length = unicode_escape(text, from, c, escape);
		width += length ? length : unicode_columns(c);
	}
	return width > 100000 ? 100000 : (unsigned)width;
}

/* Within single quotes the shell reads nothing but the closing quote. A zero byte cannot be in a
 * word: it is left out. */
void
quote_sh(FILE *file, struct slice text)
{
	fputc('\'', file);
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\'')
			fputs("'\\''", file);
		else if (text.at[i])
			fputc(text.at[i], file);
	}
	fputc('\'', file);
}

void
quote_sh_word(FILE *file, struct slice text)
{
	bool plain = text.len > 0;

	for (size_t i = 0; plain && i < text.len; i++) {
		char c = text.at[i];

		plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || (c && strchr("_./:=,@%+-", c));
	}
	if (plain)
		fwrite(text.at, 1, text.len, file);
	else
		quote_sh(file, text);
}

/* Beyond ASCII stand four more quotation marks that end a string, what must not be seen as it is,
 * and what Windows PowerShell would read in another encoding: all of it by number. Source:
 * https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
static bool
is_plain_powershell(uint32_t c)
{
	return c >= 0x20 && c < 0x7f;
}

void
quote_powershell(FILE *file, struct slice text)
{
	bool plain = true;

	for (size_t at = 0; plain && at < text.len;)
		plain = is_plain_powershell(unicode_next(text, &at));
	fputs(plain ? "'" : "('", file);
	for (size_t at = 0; at < text.len;) {
		uint32_t c = unicode_next(text, &at);

		if (!is_plain_powershell(c))
			fprintf(file, "' + [char]::ConvertFromUtf32(0x%" PRIx32 ") + '",
				c == UNICODE_BAD ? 0xfffdu : c);
		else
			fputs(c == '\'' ? "''" : (char[]){(char)c, '\0'}, file);
	}
	fputs(plain ? "'" : "')", file);
}

/* In labels a backslash starts an escape of Graphviz's own (\N is the node's name): doubled, it is
 * a backslash. */
void
quote_dot_value(struct buf *buf, struct slice text)
{
	char escape[UNICODE_ESCAPE_SIZE];

	for (size_t at = 0; at < text.len;) {
		size_t from = at;
		uint32_t c = unicode_next(text, &at);
		size_t length = unicode_escape(text, from, c, escape);

		if (length || c == '\\')
			buf_add_char(buf, '\\');
		if (length)
			buf_add(buf, escape, length);
		else
			buf_add(buf, text.at + from, at - from);
	}
}

void
quote_dot(FILE *file, struct slice text)
{
	struct buf value = {0};

	quote_dot_value(&value, text);
	fputc('"', file);
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '"')
			fputc('\\', file);
		fputc(value.at[i], file);
	}
	fputc('"', file);
	buf_release(&value);
}

/* In these places a character means something to CommonMark or to GitHub's dialect; elsewhere it
 * stays, so that the source can be read. */
static bool
is_markup(struct slice text, size_t at)
{
	char c = text.at[at];
	char before = ' ', after = ' ';

	if (at > 0)
		before = text.at[at - 1];
	if (at + 1 < text.len)
		after = text.at[at + 1];
	if (strchr("\\`*_{}[]<>|~&#$", c))
		return true;
	if (strchr("-+=", c))
		return at == 0; /* a list, a heading's underline */
	if (c == '.' || c == ')')
		return before == 'w' ||
		       (before >= '0' && before <= '9'); /* www.…, a numbered list */
	return c == ':' && after != ' ';                 /* a link, an emoji's name */
}

static void
put_markdown(FILE *file, struct slice text, size_t from, size_t to)
{
	if (text.at[from] == '@') { /* a mention */
		fputs("&#64;", file);
		return;
	}
	if (text.at[from] == ' ' && from == 0) { /* a block of code */
		fputs("&#32;", file);
		return;
	}
	if (to - from == 1 && is_markup(text, from))
		fputc('\\', file);
	fwrite(text.at + from, 1, to - from, file);
}

void
quote_markdown(FILE *file, struct slice text)
{
	char escape[UNICODE_ESCAPE_SIZE];

	for (size_t at = 0; at < text.len;) {
		size_t from = at;
		uint32_t c = unicode_next(text, &at);
		size_t length = unicode_escape(text, from, c, escape);

		if (length) {
			fputc('\\', file);
			fwrite(escape, 1, length, file);
		} else {
			put_markdown(file, text, from, at);
		}
	}
}

/* https://owasp.org/www-community/attacks/CSV_Injection: what these begin with is calculated, the
 * full-width ones by some. Blanks before them do not stop it. */
static bool
is_formula(struct slice text)
{
	static const uint32_t signs[] = {
		'=', '+', '-', '@', '|', '%', 0xff1d, 0xff0b, 0xff0d, 0xff20};
	uint32_t c = ' ';

	for (size_t at = 0; at < text.len && c == ' ';)
		c = unicode_next(text, &at);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (c == signs[i])
			return true;
	return false;
}

void
quote_csv(FILE *file, struct slice text)
{
	static references doubled = {['"'] = "\"\""};
	bool formula = is_formula(text);
	bool quoted = formula || memchr(text.at ? text.at : "", ',', text.len) ||
		      memchr(text.at ? text.at : "", '"', text.len);

	fputs(quoted ? "\"" : "", file);
	fputs(formula ? "'" : "", file);
	put_text(file, text, doubled);
	fputs(quoted ? "\"" : "", file);
}

void
quote_html(FILE *file, struct slice text)
{
	static references named = {
		['&'] = "&amp;",
		['<'] = "&lt;",
		['>'] = "&gt;",
		['"'] = "&quot;",
		['\''] = "&#39;",
	};

	put_text(file, text, named);
}
