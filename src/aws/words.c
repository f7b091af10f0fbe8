/*
 * A line as words, quoted as a POSIX shell quotes them.
 * It must not know: what the words mean.
 */
#include "words.h"
#include "buf.h"

/* Lifetime: one words_split. */
struct splitter {
	const char *at, *end;
	struct buf word;
	bool open; /* a word has begun, be it an empty one in quotes */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What follows a backslash, literally. */
static bool
take_escaped(struct splitter *split)
{
	if (split->at == split->end)
		return false;
	buf_add_char(&split->word, *split->at++);
	return true;
}

/* The rest of a quoted piece; its opening quote is consumed. False: it never ends. */
static bool
take_quoted(struct splitter *split, char quote)
{
	while (split->at < split->end) {
		char c = *split->at++;

		if (c == quote)
			return true;
		if (c == '\\' && quote == '"' && split->at < split->end &&
			(*split->at == '"' || *split->at == '\\'))
			c = *split->at++;
		buf_add_char(&split->word, c);
	}
	return false;
}

static void
end_word(struct splitter *split, struct arena *arena, word_list *words)
{
	if (split->open)
		vec_push(words, arena_text(arena, buf_slice(&split->word)));
	buf_clear(&split->word);
	split->open = false;
}

bool
words_split(struct slice line, struct arena *arena, word_list *words)
{
	struct splitter split = {.at = line.at, .end = line.at + line.len};
	bool whole = true;

	while (whole && split.at < split.end) {
		char c = *split.at++;

		if (is_blank(c)) {
			end_word(&split, arena, words);
			continue;
		}
		split.open = true;
		if (c == '\'' || c == '"')
			whole = take_quoted(&split, c);
		else if (c == '\\')
			whole = take_escaped(&split);
		else
			buf_add_char(&split.word, c);
	}
	end_word(&split, arena, words);
	buf_release(&split.word);
	return whole;
}
