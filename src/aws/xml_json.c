/*
 * From AWS's XML to the JSON of the `aws` command: expat's events walk the tables of shapes.def.
 * It must not know: where the bytes come from, what the members mean.
 *
 * Members come in any order and leave in the model's, as the `aws` command prints them. So each is
 * written where it falls, a slot remembers where, and when the structure ends its pieces are moved
 * into their order, unless they are in it already.
 */
#include "xml_json.h"

#include <errno.h>
#include <expat.h>

#include "json_write.h"
#include "vec.h"

#define FEED                                                                                       \
	((size_t)64 << 10) /* bytes for expat at a time: the length of tags is checked between */
#define INDENT 4           /* of the `aws` command */

/* Where one member of an open structure is in the output. */
struct slot {
	size_t at;
	size_t len;
	bool taken;
};

enum role {
	ROLE_VALUE,
	ROLE_ANSWER,  /* the structure of the whole answer: its brackets are the caller's */
	ROLE_RECORDS, /* the list that pages share: so are these */
	ROLE_TOKEN,
};

/* One open element that the shapes know. */
struct frame {
	const struct shape *shape; /* NULL: the envelope around a query protocol's answer */
	enum role role;
	uint16_t position; /* its own in its parent, if that is a structure */
	/* Of a structure: */
	uint16_t last; /* the position of the latest member */
	bool moved;    /* a member came later than its position says */
	size_t slots;  /* the first of its slots */
	size_t from;   /* where its members begin in the output */
};

struct xml_json {
	XML_Parser parser;
	const struct shape_operation *operation;
	struct json_writer members;
	struct json_writer records;
	struct json_writer *to; /* one of the two */
	bool joins;             /* there are `records` */
	bool answered;          /* the answer's structure has begun */
	uint32_t depth;         /* frames in use */
	uint32_t skipped;       /* open elements that are unknown, or inside one that is */
	uint64_t unknown;       /* elements and attributes that were skipped */
	uint64_t fed;
	uint64_t at; /* of these, what expat is done with */
	uint64_t record_count;
	VEC(struct slot) slots; /* of all open structures, the innermost last */
	struct buf text;        /* of the scalar that is open */
	struct buf ordered;     /* scratch of arrange */
	struct buf token;
	struct err err; /* the first failure */
	struct frame frames[LIMIT_XML_DEPTH];
};

/* --- expat ----------------------------------------------------------------------------------- */

/*
 * A DOCTYPE must be refused by its handler: then there are no entities but XML's own five. The
 * encoding is fixed, whatever the document says of itself, so that expat checks UTF-8 (only the
 * byte order mark of UTF-16 wins over it; what comes of that is UTF-8 too).
 */
static XML_Parser
parser_new(void *to, XML_StartElementHandler start, XML_EndElementHandler end,
	XML_CharacterDataHandler text, XML_StartDoctypeDeclHandler doctype)
{
	XML_Parser parser = XML_ParserCreate("UTF-8");

	if (!parser)
		die_oom();
	XML_SetUserData(parser, to);
	XML_SetElementHandler(parser, start, end);
	XML_SetCharacterDataHandler(parser, text);
	XML_SetStartDoctypeDeclHandler(parser, doctype);
	return parser;
}

static const char *
local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

static void
wipe(struct buf *buf)
{
	if (buf->at)
		explicit_bzero(buf->at, buf->room);
	buf_release(buf);
}

/* --- failing --------------------------------------------------------------------------------- */

/* Where expat is. It cannot say so while it waits for more of a tag: then it is where it was. */
static uint64_t
here(struct xml_json *xml)
{
	XML_Index index = XML_GetCurrentByteIndex(xml->parser);

	if (index >= 0)
		xml->at = (uint64_t)index;
	return xml->at;
}

/* `what` goes on after "the answer to DescribeImages …". */
static void
refuse(struct xml_json *xml, int code, const char *what)
{
	err_set(&xml->err, code, "the answer to %s %s, at byte %llu", xml->operation->action, what,
		(unsigned long long)here(xml));
	XML_StopParser(xml->parser, XML_FALSE);
}

static void
refuse_scalar(struct xml_json *xml, const char *due)
{
	char what[128];

	snprintf(what, sizeof(what), "has '%.40s' where %s is due", buf_slice(&xml->text).at, due);
	refuse(xml, ERR_VALUE, what);
}

/* Tells the first failure: refuse's, else expat's. */
static int
failed(struct xml_json *xml, struct err *err)
{
	char what[128];

	if (!xml->err.code) {
		snprintf(what, sizeof(what), "is not well-formed XML (%s)",
			XML_ErrorString(XML_GetErrorCode(xml->parser)));
		refuse(xml, ERR_SYNTAX, what);
	}
	if (err)
		*err = xml->err;
	return xml->err.code;
}

/* --- scalars --------------------------------------------------------------------------------- */

static bool
is_scalar(const struct frame *frame)
{
	return frame->shape && frame->shape->kind <= SHAPE_KIND_NUMBER;
}

static void
put_integer(struct xml_json *xml)
{
	const char *text = buf_slice(&xml->text).at;
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (end == text || end[strspn(end, " \t\r\n")] || errno)
		refuse_scalar(xml, "an integer");
	else
		json_put_integer(xml->to, value);
}

/* Past one digit or more; NULL without any. */
static const char *
past_digits(const char *at)
{
	size_t count = at ? strspn(at, "0123456789") : 0;

	return count ? at + count : NULL;
}

/* A JSON number goes out as it came; without a fraction it gets one, as Python prints it. */
static void
put_number(struct xml_json *xml)
{
	struct slice text = buf_slice(&xml->text);
	const char *at = text.at + (*text.at == '-');
	bool leading_zero = at[0] == '0' && at[1] >= '0' && at[1] <= '9';
	bool whole = !strpbrk(at, ".eE");

	at = past_digits(at);
	if (at && *at == '.')
		at = past_digits(at + 1);
	if (at && (*at == 'e' || *at == 'E'))
		at = past_digits(at + 1 + (at[1] == '-' || at[1] == '+'));
	if (!at || *at || leading_zero) {
		refuse_scalar(xml, "a number");
		return;
	}
	if (whole)
		buf_add_text(&xml->text, ".0");
	json_put_raw(xml->to, buf_slice(&xml->text));
}

static void
put_scalar(struct xml_json *xml, const struct frame *frame)
{
	switch (frame->shape->kind) {
	case SHAPE_KIND_TEXT:
		if (frame->role == ROLE_TOKEN)
			buf_add_slice(&xml->token, buf_slice(&xml->text));
		else
			json_put_slice(xml->to, buf_slice(&xml->text));
		break;
	case SHAPE_KIND_BOOLEAN:
		json_put_bool(xml->to, slice_is(buf_slice(&xml->text), "true"));
		break;
	case SHAPE_KIND_INTEGER:
		put_integer(xml);
		break;
	case SHAPE_KIND_NUMBER:
		put_number(xml);
		break;
	case SHAPE_KIND_LIST:
	case SHAPE_KIND_STRUCTURE:
		break;
	}
}

/* --- elements begin -------------------------------------------------------------------------- */

static void
skip(struct xml_json *xml)
{
	xml->skipped++;
	if (++xml->unknown > LIMIT_XML_UNKNOWN)
		refuse(xml, ERR_LIMIT, "has too many elements that are unknown");
}

static void
open_structure(struct xml_json *xml, struct frame *frame)
{
	size_t places = frame->shape->positions;

	if (frame->role == ROLE_VALUE)
		json_open(xml->to, '{');
	frame->from = xml->to->buf->len;
	frame->slots = xml->slots.count;
	vec_reserve(&xml->slots, frame->slots + places);
	if (places)
		memset(xml->slots.items + frame->slots, 0, places * sizeof(struct slot));
	xml->slots.count += places;
}

static void
open_frame(struct xml_json *xml, const struct shape *shape, enum role role, uint16_t position)
{
	struct frame *frame = &xml->frames[xml->depth++];

	*frame = (struct frame){.shape = shape, .role = role, .position = position};
	if (!shape)
		return;
	if (shape->kind == SHAPE_KIND_STRUCTURE)
		open_structure(xml, frame);
	else if (shape->kind == SHAPE_KIND_LIST && role == ROLE_VALUE)
		json_open(xml->to, '[');
	else
		buf_clear(&xml->text);
}

static void
open_answer(struct xml_json *xml)
{
	xml->answered = true;
	open_frame(xml, &shape_table[xml->operation->shape], ROLE_ANSWER, 0);
}

/* Another root is another answer: an error, or that of a proxy. */
static void
open_root(struct xml_json *xml, const char *name)
{
	const char *action = xml->operation->action;
	size_t len = strlen(action);
	char what[256];

	if (strncmp(name, action, len) != 0 || strcmp(name + len, "Response") != 0) {
		snprintf(what, sizeof(what), "begins with <%.60s> where <%sResponse> is due", name,
			action);
		refuse(xml, ERR_SYNTAX, what);
	} else if (xml->operation->wrapper) {
		open_frame(xml, NULL, ROLE_VALUE, 0);
	} else {
		open_answer(xml);
	}
}

static enum role
role_of(const struct xml_json *xml, const struct frame *parent, const char *name)
{
	if (parent->role != ROLE_ANSWER)
		return ROLE_VALUE;
	if (xml->operation->token && strcmp(name, xml->operation->token) == 0)
		return ROLE_TOKEN;
	return xml->joins && strcmp(name, xml->operation->list) == 0 ? ROLE_RECORDS : ROLE_VALUE;
}

/* A member that comes twice counts once: botocore takes the first too. But of a second list, or
 * another token, nothing may be lost. */
static void
open_member(struct xml_json *xml, struct frame *parent, const char *element)
{
	const struct shape_member *member = shape_member_find(parent->shape, element);
	struct slot *slot = member ? &xml->slots.items[parent->slots + member->position] : NULL;
	enum role role;

	if (!slot) {
		skip(xml);
		return;
	}
	role = role_of(xml, parent, member->name);
	if (slot->taken) {
		if (role == ROLE_VALUE)
			skip(xml);
		else
			refuse(xml, ERR_SYNTAX, "has its list or its token twice");
		return;
	}
	slot->taken = true;
	if (role == ROLE_VALUE) {
		slot->at = xml->to->buf->len;
		parent->moved |= member->position < parent->last;
		parent->last = member->position;
		json_name(xml->to, member->name);
	} else if (role == ROLE_RECORDS) {
		xml->to = &xml->records;
	}
	open_frame(xml, &shape_table[member->shape], role, member->position);
}

static void
open_child(struct xml_json *xml, const char *name)
{
	struct frame *parent = &xml->frames[xml->depth - 1];

	if (!parent->shape) {
		if (!xml->answered && strcmp(name, xml->operation->wrapper) == 0)
			open_answer(xml);
		else
			skip(xml);
	} else if (parent->shape->kind == SHAPE_KIND_STRUCTURE) {
		open_member(xml, parent, name);
	} else if (parent->shape->kind == SHAPE_KIND_LIST) {
		xml->record_count += parent->role == ROLE_RECORDS;
		open_frame(xml, &shape_table[parent->shape->item], ROLE_VALUE, 0);
	} else if (parent->role == ROLE_TOKEN) {
		refuse(xml, ERR_SYNTAX, "has a token that is no text");
	} else {
		skip(xml);
	}
}

/* --- elements end ---------------------------------------------------------------------------- */

/* A structure is complete: its members, each with the comma before it, into their order. */
static void
arrange(struct xml_json *xml, const struct frame *frame)
{
	const struct slot *slots;
	struct buf *out = xml->to->buf;

	if (!frame->moved)
		return;
	slots = &xml->slots.items[frame->slots];
	buf_clear(&xml->ordered);
	for (uint16_t i = 0; i < frame->shape->positions; i++) {
		struct slice piece = {out->at + slots[i].at, slots[i].len};

		if (piece.len == 0)
			continue;
		if (piece.at[0] == ',') {
			piece.at++;
			piece.len--;
		}
		if (xml->ordered.len)
			buf_add_char(&xml->ordered, ',');
		buf_add_slice(&xml->ordered, piece);
	}
	memcpy(out->at + frame->from, xml->ordered.at, xml->ordered.len);
}

static void
close_structure(struct xml_json *xml, const struct frame *frame)
{
	arrange(xml, frame);
	xml->slots.count = frame->slots;
	if (frame->role == ROLE_VALUE)
		json_close(xml->to, '}');
}

static void
close_list(struct xml_json *xml, const struct frame *frame)
{
	if (frame->role == ROLE_VALUE)
		json_close(xml->to, ']');
	else
		xml->to = &xml->members;
}

/* The member's piece is complete. */
static void
close_slot(struct xml_json *xml, const struct frame *frame)
{
	const struct frame *parent = frame - 1;
	struct slot *slot;

	if (frame == xml->frames || frame->role != ROLE_VALUE || !parent->shape ||
		parent->shape->kind != SHAPE_KIND_STRUCTURE)
		return;
	slot = &xml->slots.items[parent->slots + frame->position];
	slot->len = xml->to->buf->len - slot->at;
}

static void
close_frame(struct xml_json *xml)
{
	const struct frame *frame = &xml->frames[--xml->depth];

	if (!frame->shape)
		return;
	if (frame->shape->kind == SHAPE_KIND_STRUCTURE)
		close_structure(xml, frame);
	else if (frame->shape->kind == SHAPE_KIND_LIST)
		close_list(xml, frame);
	else
		put_scalar(xml, frame);
	close_slot(xml, frame);
}

/* --- expat's events: after a refusal one more may come, for an empty element -------------------
 */

static void
on_start(void *to, const XML_Char *name, const XML_Char **attributes)
{
	struct xml_json *xml = to;

	if (xml->err.code)
		return;
	for (; *attributes; attributes += 2)
		xml->unknown++;
	if (xml->depth + xml->skipped == LIMIT_XML_DEPTH)
		refuse(xml, ERR_LIMIT, "is nested too deep");
	else if (xml->skipped)
		skip(xml);
	else if (xml->depth == 0)
		open_root(xml, local_name(name));
	else
		open_child(xml, local_name(name));
}

static void
on_end(void *to, const XML_Char *name)
{
	struct xml_json *xml = to;

	(void)name;
	if (xml->err.code)
		return;
	if (xml->skipped)
		xml->skipped--;
	else
		close_frame(xml);
}

static void
on_text(void *to, const XML_Char *text, int len)
{
	struct xml_json *xml = to;

	if (xml->err.code || xml->skipped || !is_scalar(&xml->frames[xml->depth - 1]))
		return;
	if (xml->text.len + (size_t)len > LIMIT_XML_TEXT)
		refuse(xml, ERR_LIMIT, "has a text that is too long");
	else
		buf_add(&xml->text, text, (size_t)len);
}

static void
on_doctype(void *to, const XML_Char *name, const XML_Char *system, const XML_Char *public,
	int has_internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_internal;
	refuse(to, ERR_SYNTAX, "has a DOCTYPE");
}

/* --- the answer ------------------------------------------------------------------------------ */

struct xml_json *
xml_json_new(const struct shape_operation *operation, struct buf *records, struct buf *members)
{
	struct xml_json *xml = xcalloc(1, sizeof(*xml));
	struct json_writer whole;
	struct buf opening = {0};

	/* What the caller puts around the two, so that they are written as deep as they will be. */
	json_writer_buf(&whole, &opening, true);
	json_writer_indent(&whole, INDENT);
	json_open(&whole, '{');
	json_writer_part(&xml->members, members, &whole);
	json_open(&whole, '[');
	json_writer_part(&xml->records, records, &whole);
	buf_release(&opening);

	xml->operation = operation;
	xml->joins = records && operation->list;
	xml->to = &xml->members;
	xml->parser = parser_new(xml, on_start, on_end, on_text, on_doctype);
	return xml;
}

void
xml_json_free(struct xml_json *xml)
{
	if (!xml)
		return;
	XML_ParserFree(xml->parser);
	vec_release(&xml->slots);
	wipe(&xml->text);
	wipe(&xml->ordered);
	wipe(&xml->token);
	free(xml);
}

int
xml_json_add(struct xml_json *xml, struct slice bytes, struct err *err)
{
	if (xml->err.code)
		return failed(xml, err);
	while (bytes.len > 0) {
		size_t len = bytes.len < FEED ? bytes.len : FEED;

		if (XML_Parse(xml->parser, bytes.at, (int)len, XML_FALSE) != XML_STATUS_OK)
			return failed(xml, err);
		xml->fed += len;
		bytes.at += len;
		bytes.len -= len;
		/* What expat keeps for later is one tag or comment that has no end yet. */
		if (xml->fed - here(xml) > LIMIT_XML_TAG) {
			refuse(xml, ERR_LIMIT, "has a tag or a comment that is too long");
			return failed(xml, err);
		}
	}
	return 0;
}

int
xml_json_end(struct xml_json *xml, struct err *err)
{
	if (xml->err.code || XML_Parse(xml->parser, NULL, 0, XML_TRUE) != XML_STATUS_OK)
		return failed(xml, err);
	if (!xml->answered) {
		refuse(xml, ERR_SYNTAX, "is an empty envelope");
		return failed(xml, err);
	}
	return 0;
}

uint64_t
xml_json_records(const struct xml_json *xml)
{
	return xml->record_count;
}

const char *
xml_json_token(const struct xml_json *xml)
{
	return buf_slice(&xml->token).at;
}

/* --- what the end tells ------------------------------------------------------------------------
 */

/* What follows the last `text` in `in`; its `at` is NULL if there is none. */
static struct slice
past_last(struct slice in, struct slice text)
{
	const char *end = in.at + in.len, *found = NULL;

	for (const char *at = in.at; (at = memmem(at, (size_t)(end - at), text.at, text.len)); at++)
		found = at + text.len;
	return found ? (struct slice){found, (size_t)(end - found)} : SLICE_NONE;
}

/* The element that the token is in; NULL if pages have none. */
static const char *
token_element(const struct shape_operation *operation)
{
	const struct shape *answer = &shape_table[operation->shape];

	for (uint16_t i = 0; operation->token && i < answer->count; i++)
		if (strcmp(answer->members[i].name, operation->token) == 0)
			return answer->members[i].element;
	return NULL;
}

/* Printable ASCII that is no markup is what it looks like: no entity, no end of anything else. */
static bool
is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] > '~' || strchr("<>&", text.at[i]))
			return false;
	return text.len > 0;
}

/* True if, white space apart, `text` begins with the end of what has the answer's members. */
static bool
ends_answer(const struct shape_operation *operation, struct slice text)
{
	const char *wrapper = operation->wrapper;
	struct buf due = {0};
	bool ends;

	while (text.len && (*text.at == ' ' || (*text.at >= '\t' && *text.at <= '\r'))) {
		text.at++;
		text.len--;
	}
	buf_format(
		&due, "</%s%s>", wrapper ? wrapper : operation->action, wrapper ? "" : "Response");
	ends = slice_starts(text, due.at);
	buf_release(&due);
	return ends;
}

bool
xml_json_foresee(const struct shape_operation *operation, struct slice end, struct buf *token)
{
	const char *element = token_element(operation);
	struct buf open = {0}, close = {0};
	struct slice text, rest;
	bool found = false;

	if (!element)
		return false;
	buf_format(&open, "<%s>", element);
	buf_format(&close, "</%s>", element);
	if (end.len > LIMIT_FORESIGHT)
		end = (struct slice){end.at + end.len - LIMIT_FORESIGHT, LIMIT_FORESIGHT};
	text = past_last(end, buf_slice(&open));
	rest = text.at ? past_last(text, buf_slice(&close)) : SLICE_NONE;
	if (rest.at) {
		text.len -= rest.len + close.len;
		found = is_plain(text) && ends_answer(operation, rest);
	}
	if (found)
		buf_add_slice(token, text);
	buf_release(&open);
	buf_release(&close);
	return found;
}

/* --- errors ---------------------------------------------------------------------------------- */

/* Looks for the first Code and the first Message below a root that AWS's errors have. */
struct error_reader {
	XML_Parser parser;
	uint32_t depth;
	bool refused;
	struct buf *open; /* one of the next two, while its element is open */
	struct buf code;
	struct buf message;
	bool has_code;
	bool has_message;
};

static void
error_refuse(struct error_reader *reader)
{
	reader->refused = true;
	XML_StopParser(reader->parser, XML_FALSE);
}

static bool
is_error_root(const char *name)
{
	return strcmp(name, "Response") == 0 || strcmp(name, "ErrorResponse") == 0 ||
	       strcmp(name, "Error") == 0;
}

static void
on_error_start(void *to, const XML_Char *name, const XML_Char **attributes)
{
	struct error_reader *reader = to;
	const char *local = local_name(name);

	(void)attributes;
	if (reader->depth == LIMIT_XML_DEPTH || (reader->depth == 0 && !is_error_root(local))) {
		error_refuse(reader);
		return;
	}
	reader->depth++;
	reader->open = NULL;
	if (!reader->has_code && strcmp(local, "Code") == 0) {
		reader->has_code = true;
		reader->open = &reader->code;
	} else if (!reader->has_message && strcmp(local, "Message") == 0) {
		reader->has_message = true;
		reader->open = &reader->message;
	}
}

static void
on_error_end(void *to, const XML_Char *name)
{
	struct error_reader *reader = to;

	(void)name;
	if (reader->refused)
		return;
	reader->depth--;
	reader->open = NULL;
}

static void
on_error_text(void *to, const XML_Char *text, int len)
{
	struct error_reader *reader = to;

	if (!reader->open || reader->refused)
		return;
	if (reader->open->len + (size_t)len > LIMIT_XML_TEXT)
		error_refuse(reader);
	else
		buf_add(reader->open, text, (size_t)len);
}

static void
on_error_doctype(void *to, const XML_Char *name, const XML_Char *system, const XML_Char *public,
	int has_internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_internal;
	error_refuse(to);
}

bool
xml_error(struct slice body, struct buf *code, struct buf *message)
{
	struct error_reader reader = {0};
	bool found = body.len <= LIMIT_XML_TEXT;

	reader.parser =
		parser_new(&reader, on_error_start, on_error_end, on_error_text, on_error_doctype);
	if (found)
		found = XML_Parse(reader.parser, body.at, (int)body.len, XML_TRUE) ==
				XML_STATUS_OK &&
			reader.code.len > 0;
	if (found) {
		buf_add_slice(code, buf_slice(&reader.code));
		buf_add_slice(message, buf_slice(&reader.message));
	}
	XML_ParserFree(reader.parser);
	buf_release(&reader.code);
	buf_release(&reader.message);
	return found;
}
