/*
 * The forms of id that an argument may have, as a table.
 * It must not know: whether such a thing exists.
 */
#include "idform.h"
#include "ids.h"

/* Ids of 8 or 17 hex digits, and those with digits of their own kind. */
static const char *const hex_prefixes[] = {"ami-", "aki-", "ari-", "snap-", "i-", "vol-", "lt-"};
static const char *const other_prefixes[] = {"sir-", "sfr-", "fleet-"};
/* Before the names of what has no ARN. */
static const char *const name_prefixes[] = {
	"launch-configuration/", "auto-scaling-group/", "parameter/"};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool
all_of(struct slice text, const char *allowed)
{
	for (size_t i = 0; i < text.len; i++)
		if (!text.at[i] || !strchr(allowed, text.at[i]))
			return false;
	return text.len > 0;
}

/* "lt-…:3": a version of a launch template. */
static bool
is_template_version(struct slice text)
{
	const char *colon = memchr(text.at, ':', text.len);
	struct slice id, number;

	if (!colon)
		return false;
	id = (struct slice){text.at, (size_t)(colon - text.at)};
	number = (struct slice){colon + 1, text.len - id.len - 1};
	return id_is(id, "lt-") && all_of(number, "0123456789");
}

bool
idform_is(struct slice text)
{
	struct arn arn;

	for (size_t i = 0; i < LENGTH(hex_prefixes); i++)
		if (id_is(text, hex_prefixes[i]))
			return true;
	for (size_t i = 0; i < LENGTH(other_prefixes); i++) {
		size_t len = strlen(other_prefixes[i]);
		struct slice rest = {text.at + len, text.len - len};

		if (slice_starts(text, other_prefixes[i]) &&
			all_of(rest, "0123456789abcdefghijklmnopqrstuvwxyz-"))
			return true;
	}
	return is_template_version(text) || id_parse_arn(text, &arn);
}

/* "main.tf:12" */
static bool
is_pin(struct slice text)
{
	const char *colon = text.len ? memrchr(text.at, ':', text.len) : NULL;
	size_t before = colon ? (size_t)(colon - text.at) : 0;

	return before > 0 && all_of((struct slice){colon + 1, text.len - before - 1}, "0123456789");
}

bool
idform_may_be(struct slice text)
{
	for (size_t i = 0; i < LENGTH(name_prefixes); i++)
		if (slice_starts(text, name_prefixes[i]) && text.len > strlen(name_prefixes[i]))
			return true;
	return id_is_account(text) || is_pin(text);
}

bool
idform_almost(struct slice text)
{
	for (size_t i = 0; i < LENGTH(hex_prefixes); i++) {
		size_t len = strlen(hex_prefixes[i]);

		if (slice_starts(text, hex_prefixes[i]))
			return !memchr(text.at + len, '/', text.len - len) &&
			       !memchr(text.at + len, '.', text.len - len) && !idform_is(text);
	}
	return false;
}
