/*
 * Just enough of Unicode to print text from strangers: decoding, what must be shown as an escape,
 * how wide a character is. It must not know: formats, streams, locales.
 */
#include "unicode.h"
#include "err.h"
#include "utf8.h"

struct range {
	uint32_t first, last;
};

/* Characters that reorder or break a line without being seen, or are not seen at all, so that two
 * names look the same. Source: Unicode's Bidi_Control, line and paragraph separators, and of its
 * Default_Ignorable_Code_Point what no script or emoji needs. */
static const struct range HIDDEN[] = {
	{0x0000, 0x001f},
	{0x007f, 0x009f},
	{0x00ad, 0x00ad},
	{0x061c, 0x061c},
	{0x180e, 0x180e},
	{0x200b, 0x200b},
	{0x200e, 0x200f},
	{0x2028, 0x202e},
	{0x2060, 0x206f},
	{0x3164, 0x3164},
	{0xfeff, 0xfeff},
	{0xffa0, 0xffa0},
	{0xfff9, 0xfffb},
	{0xe0000, 0xe001f},
};

/* The larger blocks of combining and other zero-width characters. */
static const struct range COMBINING[] = {
	{0x0300, 0x036f},
	{0x0483, 0x0489},
	{0x0591, 0x05bd},
	{0x0610, 0x061a},
	{0x064b, 0x065f},
	{0x0900, 0x0902},
	{0x0e31, 0x0e31},
	{0x0e34, 0x0e3a},
	{0x1ab0, 0x1aff},
	{0x1dc0, 0x1dff},
	{0x200c, 0x200d},
	{0x20d0, 0x20ff},
	{0xfe00, 0xfe0f},
	{0xfe20, 0xfe2f},
	{0xe0020, 0xe007f},
	{0xe0100, 0xe01ef},
};

/* Blocks that are East Asian wide (W or F), and the emoji among narrow symbols. */
static const struct range WIDE[] = {
	{0x1100, 0x115f},
	{0x231a, 0x231b},
	{0x2329, 0x232a},
	{0x23e9, 0x23ec},
	{0x23f0, 0x23f0},
	{0x23f3, 0x23f3},
	{0x25fd, 0x25fe},
	{0x2614, 0x2615},
	{0x2648, 0x2653},
	{0x267f, 0x267f},
	{0x2693, 0x2693},
	{0x26a1, 0x26a1},
	{0x26aa, 0x26ab},
	{0x26bd, 0x26be},
	{0x26c4, 0x26c5},
	{0x26ce, 0x26ce},
	{0x26d4, 0x26d4},
	{0x26ea, 0x26ea},
	{0x26f2, 0x26f3},
	{0x26f5, 0x26f5},
	{0x26fa, 0x26fa},
	{0x26fd, 0x26fd},
	{0x2705, 0x2705},
	{0x270a, 0x270b},
	{0x2728, 0x2728},
	{0x274c, 0x274c},
	{0x274e, 0x274e},
	{0x2753, 0x2755},
	{0x2757, 0x2757},
	{0x2795, 0x2797},
	{0x27b0, 0x27b0},
	{0x27bf, 0x27bf},
	{0x2b1b, 0x2b1c},
	{0x2b50, 0x2b50},
	{0x2b55, 0x2b55},
	{0x2e80, 0x303e},
	{0x3041, 0x33ff},
	{0x3400, 0x4dbf},
	{0x4e00, 0x9fff},
	{0xa000, 0xa4cf},
	{0xa960, 0xa97f},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe30, 0xfe6f},
	{0xff00, 0xff60},
	{0xffe0, 0xffe6},
	{0x17000, 0x18d08},
	{0x1aff0, 0x1b2fb},
	{0x1f004, 0x1f004},
	{0x1f0cf, 0x1f0cf},
	{0x1f18e, 0x1f18e},
	{0x1f191, 0x1f19a},
	{0x1f200, 0x1f265},
	{0x1f300, 0x1f64f},
	{0x1f680, 0x1f6ff},
	{0x1f7e0, 0x1f7f0},
	{0x1f900, 0x1f9ff},
	{0x1fa70, 0x1faff},
	{0x20000, 0x2fffd},
	{0x30000, 0x3fffd},
};

static bool
is_in(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count && ranges[i].first <= c; i++)
		if (c <= ranges[i].last)
			return true;
	return false;
}

#define IS_IN(ranges, c) is_in(ranges, sizeof(ranges) / sizeof((ranges)[0]), c)

uint32_t
unicode_next(struct slice text, size_t *at)
{
	uint32_t c = UNICODE_BAD;
	size_t length = utf8_read(text.at + *at, text.at + text.len, &c);

	*at += length ? length : 1;
	return length ? c : UNICODE_BAD;
}

size_t
unicode_escape(struct slice text, size_t from, uint32_t c, char out[UNICODE_ESCAPE_SIZE])
{
	static const char NAMED[] = "\tt\nn\rr";
	int length;

	if (c != UNICODE_BAD && !IS_IN(HIDDEN, c))
		return 0;
	for (size_t i = 0; i + 1 < sizeof(NAMED) - 1; i += 2)
		if (c == (unsigned char)NAMED[i]) {
			out[0] = '\\';
			out[1] = NAMED[i + 1];
			out[2] = '\0';
			return 2;
		}
	if (c == UNICODE_BAD)
		c = (unsigned char)text.at[from];
	length = snprintf(out, UNICODE_ESCAPE_SIZE,
		c < 0x100     ? "\\x%02x"
		: c < 0x10000 ? "\\u%04x"
			      : "\\U%08x",
		(unsigned)c);
	return length < 0 ? 0 : (size_t)length;
}

unsigned
unicode_columns(uint32_t c)
{
	if (c < 0x300)
		return 1;
	if (IS_IN(COMBINING, c))
		return 0;
	return IS_IN(WIDE, c) ? 2 : 1;
}
