/*
 * Percent-encoding of URLs and forms (RFC 3986).
 * It must not know: AWS, what is encoded.
 */
#include "uri.h"

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-_.~", c));
}

void
uri_encode(struct buf *out, struct slice text, const char *keep)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		unsigned char byte = (unsigned char)c;

		if (is_unreserved(c) || (c && strchr(keep, c))) {
			buf_add_char(out, c);
		} else {
			buf_add_char(out, '%');
			buf_add_char(out, hex[byte >> 4]);
			buf_add_char(out, hex[byte & 15]);
		}
	}
}

/* The value of a hex digit, 16 for any other character. */
static unsigned
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	return 16;
}

void
uri_decode(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned high = i + 2 < text.len ? hex_value(text.at[i + 1]) : 16;
		unsigned low = i + 2 < text.len ? hex_value(text.at[i + 2]) : 16;

		if (text.at[i] == '%' && high < 16 && low < 16) {
			buf_add_char(out, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_add_char(out, text.at[i]);
		}
	}
}
