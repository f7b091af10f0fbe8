/*
 * Escaping, one function a target: what strangers wrote lands in a terminal, a script, a picture or
 * a page as mere text. It must not know: what is quoted.
 */
#include "quote.h"
#include "err.h"
#include "unicode.h"
#include <inttypes.h>

/* How many bytes from `at` on are printable ASCII, as most text is: shown as they are, a column
 * each. */
static size_t
ascii_run(struct slice text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.at[end] >= ' ' && text.at[end] <= '~')
		end++;
	return end - at;
}

void
quote_text(FILE *file, struct slice text)
{
	char escape[UNICODE_ESCAPE_SIZE];

	for (size_t at = 0; at < text.len;) {
		size_t from = at, plain = ascii_run(text, at), length;
		uint32_t c;

		if (plain) {
			fwrite(text.at + at, 1, plain, file);
			at += plain;
			continue;
		}
		c = unicode_next(text, &at);
		length = unicode_escape(text, from, c, escape);
		if (length)
			fwrite(escape, 1, length, file);
		else
			fwrite(text.at + from, 1, at - from, file);
	}
}

unsigned
quote_text_width(struct slice text)
{
	char escape[UNICODE_ESCAPE_SIZE];
	size_t width = 0;

	for (size_t at = 0; at < text.len;) {
		size_t from = at, plain = ascii_run(text, at), length;
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

/* https://owasp.org/www-community/attacks/CSV_Injection: what these begin with is calculated.
 * Blanks before them do not stop it. */
static bool
is_formula(struct slice text)
{
	size_t at = 0;

	while (at < text.len && text.at[at] == ' ')
		at++;
	return at < text.len && strchr("=+-@|%", text.at[at]) != NULL;
}

/* How many bytes from `at` on are printable ASCII, which a cell holds as it is but for quotes. */
static size_t
csv_plain(struct slice text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.at[end] >= ' ' && text.at[end] <= '~' && text.at[end] != '"')
		end++;
	return end - at;
}

void
quote_csv(FILE *file, struct slice text)
{
	bool formula = is_formula(text);
	bool quoted = formula || memchr(text.at ? text.at : "", ',', text.len) ||
		      memchr(text.at ? text.at : "", '"', text.len);
	char escape[UNICODE_ESCAPE_SIZE];

	fputs(quoted ? "\"" : "", file);
	fputs(formula ? "'" : "", file);
	for (size_t at = 0; at < text.len;) {
		size_t from = at, plain = csv_plain(text, at), length;
		uint32_t c;

		if (plain) {
			fwrite(text.at + at, 1, plain, file);
			at += plain;
			continue;
		}
		c = unicode_next(text, &at);
		length = unicode_escape(text, from, c, escape);
		if (c == '"')
			fputc('"', file);
		fwrite(length ? escape : text.at + from, 1, length ? length : at - from, file);
	}
	fputs(quoted ? "\"" : "", file);
}

/* What a character is written as where it would mean something, or NULL. */
static const char *
html_reference(uint32_t c)
{
	static const char *const references[128] = {
		['&'] = "&amp;",
		['<'] = "&lt;",
		['>'] = "&gt;",
		['"'] = "&quot;",
		['\''] = "&#39;",
	};

	return c < 128 ? references[c] : NULL;
}

/* How many bytes from `at` on are printable ASCII that means nothing: most text is that alone. */
static size_t
html_plain(struct slice text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.at[end] >= ' ' && text.at[end] <= '~' &&
		!html_reference((unsigned char)text.at[end]))
		end++;
	return end - at;
}

void
quote_html(FILE *file, struct slice text)
{
	char escape[UNICODE_ESCAPE_SIZE];

	for (size_t at = 0; at < text.len;) {
		size_t from = at, plain = html_plain(text, at), length;
		const char *reference;
		uint32_t c;

		if (plain) {
			fwrite(text.at + at, 1, plain, file);
			at += plain;
			continue;
		}
		c = unicode_next(text, &at);
		length = unicode_escape(text, from, c, escape);
		reference = html_reference(c);
		if (reference)
			fputs(reference, file);
		else
			fwrite(length ? escape : text.at + from, 1, length ? length : at - from,
				file);
	}
}
