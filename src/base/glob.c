/*
 * EC2's filter dialect of patterns.
 * It must not know: what is matched.
 */
#include "glob.h"
#include "utf8.h"

/* Bytes of the character at `at`; a byte that is no UTF-8 counts as a character of its own. */
static size_t
character(const char *at, const char *end)
{
	size_t length = utf8_read(at, end, NULL);

	return length ? length : 1;
}

/* One pattern item other than a star against the text; moves both past it if it matches. */
static bool
match_item(const char **pattern, const char *pattern_end, const char **text, const char *text_end)
{
	const char *p = *pattern;

	if (*text == text_end)
		return false;
	if (*p == '?') {
		*text += character(*text, text_end);
		*pattern = p + 1;
		return true;
	}
	if (*p == '\\' && p + 1 < pattern_end)
		p++;
	if (*p != **text)
		return false;
	*pattern = p + 1;
	(*text)++;
	return true;
}

bool
glob_match(struct slice pattern, struct slice text)
{
	const char *p = pattern.at ? pattern.at : "";
	const char *p_end = p + pattern.len;
	const char *t = text.at ? text.at : "";
	const char *t_end = t + text.len;
	const char *after_star = NULL; /* the last star: where the pattern goes on … */
	const char *star_text = NULL;  /* … and where the text does, in the present try */

	while (p < p_end || t < t_end) {
		if (p < p_end && *p == '*') {
			after_star = ++p;
			star_text = t;
		} else if (p < p_end && match_item(&p, p_end, &t, t_end)) {
			continue;
		} else if (after_star && star_text < t_end) {
			/* The star takes one more character. */
			star_text += character(star_text, t_end);
			p = after_star;
			t = star_text;
		} else {
			return false;
		}
	}
	return true;
}
