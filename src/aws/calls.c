/*
 * The calls of a collection: the table, and what can be said of a row.
 * It must not know: how a call is made, when.
 */
#include "calls.h"

#include <stdio.h>

const struct call_row call_table[CALLS] = {
#define CALL(name, document_kind, its_service, its_action, its_subject, path, fixed_, optional_,   \
	size_parameter, size, json_list, item_parameter, items, looked_into, further)              \
	[name] = {                                                                                 \
		.kind = document_kind,                                                             \
		.service = its_service,                                                            \
		.action = its_action,                                                              \
		.subject = its_subject,                                                            \
		.file = path,                                                                      \
		.fixed = fixed_,                                                                   \
		.optional = optional_,                                                             \
		.page_size_parameter = size_parameter,                                             \
		.page_size = size,                                                                 \
		.list = json_list,                                                                 \
		.item = item_parameter,                                                            \
		.batch = items,                                                                    \
		.is_looked_into = looked_into,                                                     \
		.further_actions = further,                                                        \
	},
#include "calls.def"
#undef CALL
};

/* Stages of a walk: fixed parameters, optional ones, the page's size. */
enum { STAGE_FIXED, STAGE_OPTIONAL, STAGE_PAGES, STAGE_END };

void
parameters_begin(
	struct parameter_walk *walk, const struct call_row *row, enum call_plainness plainness)
{
	*walk = (struct parameter_walk){.row = row, .plainness = plainness, .rest = row->fixed};
}

/* The next "Name=value" of the texts in the table. */
static bool
next_pair(struct parameter_walk *walk, struct slice *name, struct slice *value)
{
	size_t name_len = strcspn(walk->rest, "=");
	const char *at = walk->rest + name_len;

	if (!*at)
		return false;
	*name = (struct slice){walk->rest, name_len};
	*value = (struct slice){at + 1, strcspn(at + 1, " ")};
	walk->rest = value->at + value->len;
	walk->rest += *walk->rest == ' ';
	return true;
}

bool
parameters_next(struct parameter_walk *walk, struct slice *name, struct slice *value, bool *number)
{
	const struct call_row *row = walk->row;

	*number = false;
	for (; walk->stage < STAGE_PAGES; walk->stage++) {
		if (next_pair(walk, name, value))
			return true;
		walk->rest = walk->stage == STAGE_FIXED && walk->plainness == PLAIN_NOT
				     ? row->optional
				     : "";
	}
	if (walk->stage == STAGE_END || !row->page_size_parameter || walk->plainness == PLAIN_PAGES)
		return false;
	walk->stage = STAGE_END;
	(void)snprintf(walk->size, sizeof(walk->size), "%u", (unsigned)row->page_size);
	*name = slice_of(row->page_size_parameter);
	*value = slice_of(walk->size);
	*number = true;
	return true;
}

void
call_iam_action(const struct call_row *row, struct buf *out)
{
	buf_format(out, "%s:%s", service_table[row->service].word, row->action);
}

const char *
call_rest_path(const struct call_row *row)
{
	static const struct {
		const char *action, *path;
	} paths[] = {{"ListRules", "/list-rules"}};

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (strcmp(paths[i].action, row->action) == 0)
			return paths[i].path;
	return NULL;
}
