/*
 * How far a text needs no look, many bytes at a time: sixteen where every processor of the
 * architecture can (SSE2 on x86-64), else eight. It must not know: what the text means.
 *
 * Nothing at or behind `end` is read.
 */
#ifndef AMIPLAN_BASE_SCAN_H
#define AMIPLAN_BASE_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* In a JSON string these bytes mean something: a quote, a backslash, what is below a blank. */
static inline bool
scan_is_special(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}

#ifdef __SSE2__

/* A bit for each of sixteen bytes: special, or with its top bit set if those are wanted. */
static inline unsigned
scan_lit(const char *at, bool tops)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
	__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
	__m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
	__m128i lit = _mm_or_si128(low, _mm_or_si128(quote, slash));

	return (unsigned)_mm_movemask_epi8(tops ? _mm_or_si128(lit, bytes) : lit);
}

/* Moves on as far as whole vectors go. True: to a byte that is lit. */
static inline bool
scan_wide(const char **at, const char *end, bool tops)
{
	for (; end - *at >= 16; *at += 16) {
		unsigned lit = scan_lit(*at, tops);

		if (lit) {
			*at += __builtin_ctz(lit);
			return true;
		}
	}
	return false;
}

#else

#define SCAN_EACH(b) ((uint64_t)0x0101010101010101 * (b))

/*
 * A byte's top bit comes up when it is special: a subtraction from zero, or below 0x20, borrows. A
 * borrow can light the byte above it too, so a word with a light is looked at byte by byte.
 */
static inline bool
scan_wide(const char **at, const char *end, bool tops)
{
	for (; end - *at >= 8; *at += 8) {
		uint64_t word, lit;

		memcpy(&word, *at, sizeof(word));
		lit = (word - SCAN_EACH(0x20)) | ((word ^ SCAN_EACH('"')) - SCAN_EACH(1)) |
		      ((word ^ SCAN_EACH('\\')) - SCAN_EACH(1));
		lit = tops ? lit | word : lit & ~word;
		if (lit & SCAN_EACH(0x80))
			break;
	}
	return false;
}

#endif

static inline bool
scan_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Past JSON's white space. Indentation is the bulk of what `aws` prints. */
static inline const char *
scan_blanks(const char *at, const char *end)
{
	if (at == end || !scan_is_blank(*at))
		return at;
	at++;
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		unsigned others = 0xffff ^ (unsigned)_mm_movemask_epi8(
						   _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));

		if (others) {
			at += __builtin_ctz(others);
			break;
		}
	}
#else
	while (end - at >= 8 && memcmp(at, "        ", 8) == 0)
		at += 8;
#endif
	while (at < end && scan_is_blank(*at))
		at++;
	return at;
}

/* Past the bytes of a JSON string that stand for themselves and are ASCII. */
static inline const char *
scan_plain(const char *at, const char *end)
{
	if (scan_wide(&at, end, true))
		return at;
	while (at < end && !scan_is_special((unsigned char)*at) && (unsigned char)*at < 0x80)
		at++;
	return at;
}

/* The same, other characters than ASCII included. */
static inline const char *
scan_verbatim(const char *at, const char *end)
{
	if (scan_wide(&at, end, false))
		return at;
	while (at < end && !scan_is_special((unsigned char)*at))
		at++;
	return at;
}

/* Past printable ASCII, the blank included. */
static inline const char *
scan_printable(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')); /* from 0x80 on too */
		__m128i last = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
		unsigned lit = (unsigned)_mm_movemask_epi8(_mm_or_si128(low, last));

		if (lit)
			return at + __builtin_ctz(lit);
	}
#endif
	while (at < end && *at >= ' ' && *at <= '~')
		at++;
	return at;
}

/* Up to the next quote or bracket. */
static inline const char *
scan_structure(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i low = _mm_or_si128(bytes, _mm_set1_epi8(0x20)); /* [ and ] as { and } */
		__m128i open = _mm_cmpeq_epi8(low, _mm_set1_epi8('{'));
		__m128i close = _mm_cmpeq_epi8(low, _mm_set1_epi8('}'));
		__m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
		unsigned lit =
			(unsigned)_mm_movemask_epi8(_mm_or_si128(quote, _mm_or_si128(open, close)));

		if (lit)
			return at + __builtin_ctz(lit);
	}
#endif
	while (at < end && *at != '"' && (*at | 0x20) != '{' && (*at | 0x20) != '}')
		at++;
	return at;
}

/*
 * Copies as far as scan_verbatim goes and says how far that is. `to` has room for all, and for
 * sixteen bytes more, which may be written too.
 */
static inline size_t
scan_copy(char *to, const char *at, const char *end)
{
	const char *from = at;
	size_t rest;

#ifdef __SSE2__
	unsigned lit;

	for (; end - at >= 16; at += 16, to += 16) {
		lit = scan_lit(at, false);
		memcpy(to, at, 16);
		if (lit)
			return (size_t)(at - from) + (size_t)__builtin_ctz(lit);
	}
	/* Behind the copy there are bytes to read too, whatever they are. */
	rest = (size_t)(end - at);
	memcpy(to, at, rest);
	lit = scan_lit(to, false) & ((1u << rest) - 1);
	if (lit)
		rest = (size_t)__builtin_ctz(lit);
#else
	rest = (size_t)(scan_verbatim(at, end) - at);
	memcpy(to, at, rest);
#endif
	return (size_t)(at - from) + rest;
}

#endif
