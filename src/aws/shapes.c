/*
 * The tables of shapes.def, and look-ups in them.
 * It must not know: how an answer is parsed, what its members mean.
 */
#include "shapes.h"

enum shape_id {
	SHAPE_TEXT,
	SHAPE_BOOLEAN,
	SHAPE_INTEGER,
	SHAPE_NUMBER,
	SHAPE_NOTHING, /* an answer that says only that it is one */
#define STRUCTURE(name, positions) SHAPE_##name,
#define LIST(name, shape) SHAPE_##name,
#include "shapes.def"
};

#define STRUCTURE(name, positions) static const struct shape_member members_##name[] = {
#define MEMBER(element, name, position, shape) {element, name, position, SHAPE_##shape},
#define END                                                                                        \
	}                                                                                          \
	;
#include "shapes.def"

#define STRUCTURE(name, places)                                                                    \
	[SHAPE_##name] = {.kind = SHAPE_KIND_STRUCTURE,                                            \
		.positions = (places),                                                             \
		.count = sizeof(members_##name) / sizeof(members_##name[0]),                       \
		.members = members_##name},
#define LIST(name, shape) [SHAPE_##name] = {.kind = SHAPE_KIND_LIST, .item = SHAPE_##shape},
const struct shape shape_table[] = {
	[SHAPE_TEXT] = {.kind = SHAPE_KIND_TEXT},
	[SHAPE_BOOLEAN] = {.kind = SHAPE_KIND_BOOLEAN},
	[SHAPE_INTEGER] = {.kind = SHAPE_KIND_INTEGER},
	[SHAPE_NUMBER] = {.kind = SHAPE_KIND_NUMBER},
	[SHAPE_NOTHING] = {.kind = SHAPE_KIND_STRUCTURE},
#include "shapes.def"
};

#define OPERATION(service, action, shape, wrapper, list, token)                                    \
	{service, action, SHAPE_##shape, wrapper, list, token},
static const struct shape_operation operations[] = {
#include "shapes.def"
};

const struct shape_member *
shape_member_find(const struct shape *structure, const char *element)
{
	size_t from = 0;
	size_t to = structure->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct shape_member *member = &structure->members[middle];
		int order = strcmp(element, member->element);

		if (order == 0)
			return member;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

const struct shape_operation *
shape_operation_find(const char *service, const char *action)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(operations[i].service, service) == 0 &&
			strcmp(operations[i].action, action) == 0)
			return &operations[i];
	return NULL;
}
