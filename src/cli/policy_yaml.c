/*
 * A --policy file: the options of the selection as YAML (or JSON, which is YAML). The only user of
 * libyaml. It must not know: what an option means; every value goes through the option's own row.
 */
#include "policy_yaml.h"
#include <stdarg.h>
#include <yaml.h>

/* Lifetime: one file. */
struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the present one */
	bool has_event;
	int code; /* of the failure */
	const char *name;
	opt_groups groups;
	struct request *request;
	struct err *err;
	VEC(const char *) seen; /* names of options */
};

/* An error at the present event. Returns false, as every function here does that has failed. */
static bool __attribute__((format(printf, 2, 3)))
fail(struct reader *reader, const char *format, ...)
{
	const yaml_mark_t *mark = &reader->event.start_mark;
	char line[LIMIT_ERR_TEXT];
	va_list list;

	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	reader->code = err_set_at(reader->err, ERR_USAGE, reader->name, (uint32_t)mark->line + 1,
		(uint32_t)mark->column + 1, "%s", line);
	return false;
}

static bool
fail_syntax(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "not understood";

	if (parser->error == YAML_MEMORY_ERROR)
		die_oom();
	if (parser->error == YAML_READER_ERROR)
		reader->code = err_set_at(reader->err, ERR_USAGE, reader->name, 0, 0,
			"is not YAML in UTF-8: %s at byte %zu", problem, parser->problem_offset);
	else
		reader->code = err_set_at(reader->err, ERR_USAGE, reader->name,
			(uint32_t)parser->problem_mark.line + 1,
			(uint32_t)parser->problem_mark.column + 1, "is not YAML: %s", problem);
	return false;
}

/* What would make a value depend on more than what stands at its place. */
static bool
refuse_indirection(struct reader *reader)
{
	const yaml_event_t *event = &reader->event;
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_ALIAS_EVENT)
		return fail(reader, "aliases (*name) are not allowed: write the value out");
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor)
		return fail(reader, "anchors (&name) are not allowed: write the value out");
	if (tag)
		return fail(reader, "type tags (!name) are not allowed: write the value alone");
	return true;
}

/* The next event becomes the present one. */
static bool
next(struct reader *reader)
{
	if (reader->has_event)
		yaml_event_delete(&reader->event);
	reader->has_event = false;
	if (!yaml_parser_parse(&reader->parser, &reader->event))
		return fail_syntax(reader);
	reader->has_event = true;
	return refuse_indirection(reader);
}

static bool
at(const struct reader *reader, yaml_event_type_t type)
{
	return reader->event.type == type;
}

/* The present scalar, as terminated text of the request's own; NULL on failure. */
static const char *
scalar_text(struct reader *reader)
{
	const char *text = (const char *)reader->event.data.scalar.value;
	size_t len = reader->event.data.scalar.length;

	if (memchr(text, '\0', len)) {
		fail(reader, "a text with a zero byte is not allowed");
		return NULL;
	}
	return arena_text(&reader->request->arena, (struct slice){text, len});
}

/* Plain words that YAML reads as something else than text. */
static bool
is_word(const struct reader *reader, const char *const *words)
{
	const char *text = (const char *)reader->event.data.scalar.value;

	if (reader->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

/* Paths are meant from where the policy file stands. */
static const char *
from_here(struct reader *reader, const char *path)
{
	const char *slash = strrchr(reader->name, '/');

	if (!slash || !*path || *path == '/' || strcmp(path, "-") == 0)
		return path;
	return arena_format(&reader->request->arena, "%.*s%s", (int)(slash - reader->name + 1),
		reader->name, path);
}

static bool
check_type(struct reader *reader, const struct opt *opt)
{
	static const char *const truths[] = {"true", "false", NULL};
	static const char *const nothings[] = {"", "~", "null", "Null", "NULL", NULL};

	if (!at(reader, YAML_SCALAR_EVENT))
		return fail(reader, "%s: %s is wanted here", opt->name,
			opt->value ? "a plain value" : "true or false");
	if (is_word(reader, nothings))
		return fail(reader, "%s: the value is missing", opt->name);
	if (!opt->value && !is_word(reader, truths))
		return fail(reader, "%s: true or false is wanted", opt->name);
	if (opt->value && is_word(reader, truths))
		return fail(reader,
			"%s: %s is wanted, not true or false (a text \"true\" goes in quotes)",
			opt->name, opt->value);
	return true;
}

static bool
take_scalar(struct reader *reader, const struct opt *opt)
{
	struct err inner = {0};
	const char *text;
	int code;

	if (!check_type(reader, opt) || !(text = scalar_text(reader)))
		return false;
	if (opt->is_path)
		text = from_here(reader, text);
	code = opt->take(reader->request, opt, text, &inner);
	if (code == 0)
		return true;
	if (!inner.file[0])
		(void)fail(reader, "%s: %s", opt->name, inner.text);
	reader->code = code;
	if (!inner.file[0]) {
		if (reader->err)
			reader->err->code = code;
		return false;
	}
	if (reader->err)
		*reader->err = inner;
	return false;
}

static bool
take_list(struct reader *reader, const struct opt *opt)
{
	bool empty = true;

	if (!opt->clear)
		return fail(reader, "%s: one value is wanted, not a list", opt->name);
	for (;;) {
		if (!next(reader))
			return false;
		if (at(reader, YAML_SEQUENCE_END_EVENT))
			break;
		if (!take_scalar(reader, opt))
			return false;
		empty = false;
	}
	/* An empty list of AMIs would be no selector, and so the default one; an empty filter none
	 * at all. */
	if (empty)
		return fail(reader, "%s: the list is empty: leave the key out instead", opt->name);
	return true;
}

/* The option that the present key names; NULL on failure. */
static const struct opt *
find_option(struct reader *reader)
{
	const char *key = at(reader, YAML_SCALAR_EVENT) ? scalar_text(reader) : NULL;
	const struct opt *opt;

	if (!key) {
		if (reader->code == 0)
			fail(reader, "the name of an option is wanted here");
		return NULL;
	}
	opt = opt_find(reader->groups, slice_of(key));
	if (!opt || !opt->in_policy) {
		fail(reader,
			"\"%.60s\" is no option of a policy (keys are option names without the "
			"dashes)",
			key);
		return NULL;
	}
	vec_foreach (seen, &reader->seen)
		if (strcmp(*seen, key) == 0) {
			fail(reader, "\"%s\" stands here for the second time", key);
			return NULL;
		}
	vec_push(&reader->seen, key);
	return opt;
}

/* One key and its value. */
static bool
take_member(struct reader *reader)
{
	const struct opt *opt = find_option(reader);

	if (!opt || !next(reader))
		return false;
	return at(reader, YAML_SEQUENCE_START_EVENT) ? take_list(reader, opt)
						     : take_scalar(reader, opt);
}

/* The stream's start is the present event; the first document's mapping becomes it. */
static bool
enter_mapping(struct reader *reader)
{
	if (!next(reader))
		return false;
	if (at(reader, YAML_STREAM_END_EVENT))
		return fail(reader, "the policy is empty (write {} if that is meant)");
	if (!next(reader))
		return false;
	if (!at(reader, YAML_MAPPING_START_EVENT))
		return fail(reader, "a policy is a mapping, such as `older-than: 90d`");
	return true;
}

static bool
take_file(struct reader *reader)
{
	if (!next(reader) || !enter_mapping(reader))
		return false;
	for (;;) {
		if (!next(reader))
			return false;
		if (at(reader, YAML_MAPPING_END_EVENT))
			break;
		if (!take_member(reader))
			return false;
	}
	while (!at(reader, YAML_DOCUMENT_END_EVENT))
		if (!next(reader))
			return false;
	if (!next(reader))
		return false;
	if (!at(reader, YAML_STREAM_END_EVENT))
		return fail(reader, "a second document begins here: a policy is one document");
	return true;
}

int
policy_yaml_read(struct slice bytes, const char *name, opt_groups groups, struct request *request,
	struct err *err)
{
	struct reader reader = {.name = name, .groups = groups, .request = request, .err = err};

	if (!yaml_parser_initialize(&reader.parser))
		die_oom();
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes.at, bytes.len);
	(void)take_file(&reader);
	if (reader.has_event)
		yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	vec_release(&reader.seen);
	return reader.code;
}
