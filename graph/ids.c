/*
 * AWS resource ids, regions, zones and ARNs: the forms of names, whole or inside free text.
 * It must not know: the graph, or whether anything of that name exists.
 */
#include "ids.h"
#include "err.h"

#define SHORT_DIGITS 8
#define LONG_DIGITS 17
#define ACCOUNT_DIGITS 12

/* What a region's name starts with, per partition; after it come `-WORD-NUMBER`. */
static const char *const region_starts[] = {
	"us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx", /* aws */
	"cn",                                                 /* aws-cn */
	"us-gov",                                             /* aws-us-gov */
	"us-iso", "us-isob", "eu-isoe", "us-isof",            /* aws-iso, -b, -e, -f */
	"eusc-de",                                            /* aws-eusc */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* A byte that would make an id part of a longer word. */
static bool
is_word(char c)
{
	return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* Hex digits of `text` from `at` on, all of them. */
static size_t
hex_run(struct slice text, size_t at)
{
	size_t end = at;

	while (end < text.len && is_hex(text.at[end]))
		end++;
	return end - at;
}

bool
id_is(struct slice text, const char *prefix)
{
	size_t start = strlen(prefix);
	size_t digits;

	if (!slice_starts(text, prefix))
		return false;
	digits = hex_run(text, start);
	return start + digits == text.len && (digits == SHORT_DIGITS || digits == LONG_DIGITS);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice
id_tidy(struct slice text, const char *prefix, char room[ID_ROOM])
{
	if (id_is(text, prefix))
		return text;
	while (text.len && is_blank(text.at[0])) {
		text.at++;
		text.len--;
	}
	while (text.len && is_blank(text.at[text.len - 1]))
		text.len--;
	if (text.len >= ID_ROOM)
		return SLICE_NONE;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20); /* ASCII's lower case */
		room[i] = c;
	}
	text.at = room;
	return id_is(text, prefix) ? text : SLICE_NONE;
}

bool
id_is_any_image(struct slice text)
{
	return id_is(text, "ami-") || id_is(text, "aki-") || id_is(text, "ari-");
}

bool
id_is_account(struct slice text)
{
	if (text.len != ACCOUNT_DIGITS)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.at[i]))
			return false;
	}
	return true;
}

/* Bytes of `-WORD-NUMBER` at `at`; 0 if it is not there. */
static size_t
region_tail(struct slice text, size_t at)
{
	size_t i = at;
	size_t word;
	size_t number;

	if (i >= text.len || text.at[i++] != '-')
		return 0;
	word = i;
	while (i < text.len && is_lower(text.at[i]))
		i++;
	if (i == word || i >= text.len || text.at[i++] != '-')
		return 0;
	number = i;
	while (i < text.len && is_digit(text.at[i]))
		i++;
	return i == number ? 0 : i - at;
}

/* Bytes of the region's name that `text` starts with, digits to the last one; 0 if there is none.
 */
static size_t
region_length(struct slice text)
{
	for (size_t i = 0; i < sizeof(region_starts) / sizeof(region_starts[0]); i++) {
		size_t start = strlen(region_starts[i]);
		size_t tail;

		if (!slice_starts(text, region_starts[i]))
			continue;
		tail = region_tail(text, start);
		if (tail)
			return start + tail;
	}
	return 0;
}

bool
id_is_region(struct slice text)
{
	size_t len = region_length(text);

	return len && len == text.len;
}

struct slice
id_region_of_zone(struct slice zone)
{
	size_t len = region_length(zone);
	struct slice rest = {zone.at + len, zone.len - len};

	/* An Availability Zone adds one letter; a Local or Wavelength Zone adds "-" and its own
	 * name. */
	if (len && ((rest.len == 1 && is_lower(rest.at[0])) || (rest.len > 1 && rest.at[0] == '-')))
		return (struct slice){zone.at, len};
	return SLICE_NONE;
}

/* Takes what stands before the next ':' off `rest`. */
static bool
take_part(struct slice *rest, struct slice *part)
{
	const char *colon = rest->len ? memchr(rest->at, ':', rest->len) : NULL;

	if (!colon)
		return false;
	*part = (struct slice){rest->at, (size_t)(colon - rest->at)};
	rest->len -= part->len + 1;
	rest->at = colon + 1;
	return true;
}

bool
id_parse_arn(struct slice text, struct arn *out)
{
	struct arn arn;
	struct slice word;
	struct slice rest = text;

	if (!take_part(&rest, &word) || !slice_is(word, "arn") ||
		!take_part(&rest, &arn.partition) || !slice_starts(arn.partition, "aws") ||
		!take_part(&rest, &arn.service) || arn.service.len == 0 ||
		!take_part(&rest, &arn.region) || !take_part(&rest, &arn.account) || rest.len == 0)
		return false;
	arn.resource = rest;
	*out = arn;
	return true;
}

/* True if the id that ends before `end` is not the beginning of a longer word. */
static bool
ends_word(struct slice text, size_t end)
{
	if (end == text.len || !is_word(text.at[end]))
		return true;
	/* A dash before a blank is punctuation; a dash before a letter goes on with the word. */
	return text.at[end] == '-' && (end + 1 == text.len || !is_word(text.at[end + 1]));
}

bool
id_find(struct slice text, const char *prefix, size_t *from, struct slice *out)
{
	size_t prefix_len = strlen(prefix);
	size_t at = *from;

	while (at < text.len) {
		const char *hit = memmem(text.at + at, text.len - at, prefix, prefix_len);
		size_t start;
		size_t digits;

		if (!hit)
			break;
		start = (size_t)(hit - text.at);
		digits = hex_run(text, start + prefix_len);
		at = start + prefix_len + digits;
		if ((digits == SHORT_DIGITS || digits == LONG_DIGITS) &&
			(start == 0 || !is_word(text.at[start - 1])) && ends_word(text, at)) {
			*out = (struct slice){hit, prefix_len + digits};
			*from = at;
			return true;
		}
	}
	*from = text.len;
	return false;
}
