/*
 * UTF-8, one character at a time.
 * It must not know: which text it reads.
 */
#ifndef AMIPLAN_BASE_UTF8_H
#define AMIPLAN_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the well-formed character at `at` (1 to 4), 0 if there is none: a stray or missing
 * continuation byte, an overlong form, a surrogate, something above U+10FFFF, or at == end.
 * `code`, if not NULL, gets the character.
 */
static inline size_t
utf8_read(const char *at, const char *end, uint32_t *code)
{
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)at;
	size_t left = (size_t)(end - at);
	size_t length;
	uint32_t value;

	if (left == 0)
		return 0;
	length = byte[0] < 0x80   ? 1
		 : byte[0] < 0xc2 ? 0
		 : byte[0] < 0xe0 ? 2
		 : byte[0] < 0xf0 ? 3
				  : 4;
	if (length == 0 || length > left || byte[0] > 0xf4)
		return 0;
	value = length == 1 ? byte[0] : byte[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3fu);
	}
	if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	if (code)
		*code = value;
	return length;
}

#endif
