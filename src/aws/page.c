/*
 * Pages: XML by the shapes, JSON taken apart as it is.
 * It must not know: where pages are put together, what the records mean.
 */
#include "page.h"

#include "json_pull.h"

#define INDENT_MEMBER "\n    "
#define INDENT_RECORD "\n        "

static const struct shape_operation *
operation_of(const struct call_row *row)
{
	return shape_operation_find(service_table[row->service].word, row->action);
}

static bool
is_json(const struct call_row *row)
{
	enum protocol protocol = service_table[row->service].protocol;

	return protocol == PROTOCOL_JSON || protocol == PROTOCOL_REST_JSON;
}

const char *
page_list(const struct call_row *row)
{
	const struct shape_operation *operation = is_json(row) ? NULL : operation_of(row);

	return operation ? operation->list : row->list;
}

int
page_begin(struct page *page, const struct call_row *row, struct err *err)
{
	const struct shape_operation *operation = NULL;

	xml_json_free(page->xml);
	page->xml = NULL;
	page->row = row;
	page->count = 0;
	buf_clear(&page->body);
	buf_clear(&page->records);
	buf_clear(&page->members);
	buf_clear(&page->token);
	if (is_json(row))
		return 0;
	operation = operation_of(row);
	if (!operation)
		return err_set(err, ERR_INTERNAL, "no shape of the answer of %s", row->action);
	page->xml = xml_json_new(operation, &page->records, &page->members);
	return 0;
}

int
page_add(struct page *page, struct slice bytes, struct err *err)
{
	if (page->xml)
		return xml_json_add(page->xml, bytes, err);
	buf_add_slice(&page->body, bytes);
	return 0;
}

/* --- JSON ------------------------------------------------------------------------------------ */

/* A page that cannot be told from the last one would make half a list look whole. */
static bool
refuse(struct json *json, const char *why)
{
	return !json->failed && json_fail(json, json->start, ERR_VALUE, "%s", why);
}

static bool
take_list(struct page *page, struct json *json)
{
	struct slice raw = SLICE_NONE;

	if (!json_enter(json, JSON_ARRAY))
		return false;
	while (json_next_element(json)) {
		if (!json_skip(json, &raw))
			return false;
		buf_add_text(&page->records, page->count ? "," INDENT_RECORD : INDENT_RECORD);
		buf_add_slice(&page->records, raw);
		page->count++;
	}
	return !json->failed;
}

static bool
take_token(struct page *page, struct json *json)
{
	struct slice text = SLICE_NONE;

	if (json_peek(json) == JSON_NULL)
		return json_skip(json, NULL);
	if (json_peek(json) != JSON_STRING)
		return refuse(json, "the token of the next page is no text");
	if (!json_string(json, &text))
		return false;
	buf_add_slice(&page->token, text);
	return true;
}

static bool
take_member(struct page *page, struct json *json, struct slice name)
{
	struct slice raw = SLICE_NONE;

	if (slice_is(name, "NextToken"))
		return take_token(page, json);
	if (page->row->list && slice_is(name, page->row->list))
		return json_peek(json) == JSON_ARRAY ? take_list(page, json)
						     : refuse(json, "the list is none");
	buf_add_text(
		&page->members, page->members.len ? "," INDENT_MEMBER "\"" : INDENT_MEMBER "\"");
	buf_add_slice(&page->members, name);
	buf_add_text(&page->members, "\": ");
	if (!json_skip(json, &raw))
		return false;
	buf_add_slice(&page->members, raw);
	return true;
}

/* Member names of AWS are words: one that would need escaping is none of theirs. */
static bool
is_word(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((name.at[i] | 0x20) < 'a' || (name.at[i] | 0x20) > 'z')
			return false;
	return name.len > 0;
}

static int
split_json(struct page *page, struct err *err)
{
	struct json json;
	struct slice name = SLICE_NONE;
	bool done = false;

	json_begin(&json, buf_slice(&page->body), "", err);
	if (json_peek(&json) == JSON_OBJECT && json_enter(&json, JSON_OBJECT)) {
		while (json_next_member(&json, &name))
			if (!(is_word(name) ? take_member(page, &json, name)
					    : json_skip(&json, NULL)))
				break;
		done = !json.failed && json_peek(&json) == JSON_END && !json.failed;
	} else if (!json.failed) {
		(void)err_set(err, ERR_SYNTAX, "the answer is no JSON object");
	}
	json_end(&json);
	return done ? 0 : ERR_SYNTAX;
}

int
page_end(struct page *page, struct err *err)
{
	int code;

	if (!page->xml)
		return split_json(page, err);
	code = xml_json_end(page->xml, err);
	if (code != 0)
		return code;
	page->count = xml_json_records(page->xml);
	buf_add_text(&page->token, xml_json_token(page->xml));
	return 0;
}

bool
page_foresee(const struct call_row *row, struct slice end, struct buf *token)
{
	const struct shape_operation *operation = is_json(row) ? NULL : operation_of(row);

	return operation && xml_json_foresee(operation, end, token);
}

bool
page_has(const struct page *page, const char *member)
{
	struct buf text = {0};
	bool found;

	buf_format(&text, "\"%s\": ", member);
	found = page->members.len &&
		memmem(page->members.at, page->members.len, text.at, text.len) != NULL;
	buf_release(&text);
	return found;
}

void
page_release(struct page *page)
{
	xml_json_free(page->xml);
	buf_release(&page->body);
	buf_release(&page->records);
	buf_release(&page->members);
	buf_release(&page->token);
}
