/*
 * The tables of words: one look-up a column of the .def files.
 * It must not know: any node, edge or document.
 */
#include "graph.h"

struct node_words {
	const char *word, *title;
};

static const struct node_words node_words[NODE_KINDS] = {
	[NODE_NONE] = {"none", "nothing"},
#define NODE(name, word, title, prefix) [name] = {word, title},
#include "kinds.def"
#undef NODE
};

struct edge_words {
	const char *word, *sentence;
	enum edge_strength strength;
};

static const struct edge_words edge_words[EDGE_KINDS] = {
	[EDGE_NONE] = {"none", "does nothing to", INFORMS},
#define EDGE(name, word, strength, sentence) [name] = {word, sentence, strength},
#include "edges.def"
#undef EDGE
};

struct doc_words {
	const char *word, *command;
	enum doc_need need;
};

static const struct doc_words doc_words[DOC_KINDS] = {
	[DOC_NONE] = {"none", "", NEED_NEVER},
#define DOC(name, word, needed, command) [name] = {word, command, needed},
#include "documents.def"
#undef DOC
};

struct state_words {
	enum node_kind kind;
	const char *text;
	enum life life;
};

static const struct state_words state_words[STATES] = {
	[STATE_UNKNOWN] = {NODE_NONE, "unknown", LIFE_UNKNOWN},
#define STATE(name, kind, text, life) [name] = {kind, text, life},
#include "states.def"
#undef STATE
};

static const char *const source_words[] = {
	[SOURCE_MAPPING] = "block-device-mapping",
	[SOURCE_DESCRIPTION] = "description",
	[SOURCE_TAG] = "tag",
	[SOURCE_FIELD] = "field",
	[SOURCE_API] = "api",
	[SOURCE_FILE] = "file",
};

static const char *const belief_words[] = {
	[BELIEF_FACT] = "fact",
	[BELIEF_STRONG] = "strong",
	[BELIEF_WEAK] = "weak",
};

static const char *const status_words[] = {
#define X(name, word) [COVERAGE_##name] = word,
	COVERAGE_STATUSES(X)
#undef X
};

const char *
node_kind_word(enum node_kind kind)
{
	return node_words[kind].word;
}

const char *
node_kind_title(enum node_kind kind)
{
	return node_words[kind].title;
}

const char *
edge_kind_word(enum edge_kind kind)
{
	return edge_words[kind].word;
}

const char *
edge_kind_sentence(enum edge_kind kind)
{
	return edge_words[kind].sentence;
}

enum edge_strength
edge_kind_strength(enum edge_kind kind)
{
	return edge_words[kind].strength;
}

const char *
edge_source_word(enum edge_source source)
{
	return source_words[source];
}

const char *
edge_belief_word(enum edge_belief belief)
{
	return belief_words[belief];
}

const char *
doc_kind_word(enum doc_kind kind)
{
	return doc_words[kind].word;
}

const char *
doc_kind_command(enum doc_kind kind)
{
	return doc_words[kind].command;
}

enum doc_need
doc_kind_need(enum doc_kind kind)
{
	return doc_words[kind].need;
}

enum doc_kind
doc_kind_from_word(struct slice word)
{
	for (unsigned kind = DOC_NONE + 1; kind < DOC_KINDS; kind++) {
		if (slice_is(word, doc_words[kind].word))
			return (enum doc_kind)kind;
	}
	return DOC_NONE;
}

const char *
coverage_status_word(enum coverage_status status)
{
	return status_words[status];
}

enum state
state_from_text(enum node_kind kind, struct slice text)
{
	for (unsigned state = STATE_UNKNOWN + 1; state < STATES; state++) {
		if (state_words[state].kind == kind && slice_is(text, state_words[state].text))
			return (enum state)state;
	}
	return STATE_UNKNOWN;
}

enum life
state_life(enum state state)
{
	return state_words[state].life;
}

const char *
state_text(enum state state)
{
	return state_words[state].text;
}
