/*
 * A plan's selection, read back: which options it was made with. And what `verify` needs of them.
 * It must not know: the rest of the plan, or what an option means.
 */
#include "civil.h"
#include "report.h"
#include <jansson.h>

/* How a member of the selection is read. A reader says false to what is of another type. */
typedef bool member_read(const json_t *value, struct arena *arena, void *to);
static member_read read_texts, read_text_or_null, read_count_or_null, read_depth, read_steps,
	read_flag;

struct selection_member {
	const char *name;
	size_t offset;
	member_read *read;
	bool may_be_absent;
};

#define MEMBER(name, read)                                                                         \
	{                                                                                          \
#name, offsetof(struct plan_selection, name), read, false                          \
	}
#define OPTIONAL(name, read)                                                                       \
	{                                                                                          \
#name, offsetof(struct plan_selection, name), read, true                           \
	}

static const struct selection_member MEMBERS[] = {
	MEMBER(amis, read_texts),
	MEMBER(names, read_texts),
	MEMBER(tags, read_texts),
	MEMBER(architectures, read_texts),
	MEMBER(older_than, read_text_or_null),
	MEMBER(not_launched_for, read_text_or_null),
	MEMBER(keep_last, read_count_or_null),
	MEMBER(group_by, read_text_or_null),
	MEMBER(protect_tags, read_texts),
	MEMBER(in_use_selectors, read_texts),
	MEMBER(template_depth, read_depth),
	MEMBER(pins, read_texts),
	MEMBER(accepts, read_texts),
	MEMBER(assume_complete, read_texts),
	MEMBER(require, read_texts),
	MEMBER(only, read_texts),
	MEMBER(accounts, read_texts),
	MEMBER(region, read_text_or_null),
	MEMBER(as_of_given, read_flag),
	OPTIONAL(save, read_text_or_null),
	OPTIONAL(save_by, read_text_or_null),
	OPTIONAL(max_saving, read_flag),
	OPTIONAL(max_steps, read_steps),
};

#undef MEMBER
#undef OPTIONAL

/* A terminated copy, or NULL if it is no text, or has a zero byte inside. */
static const char *
text_of(const json_t *value, struct arena *arena)
{
	struct slice text = {json_string_value(value), json_string_length(value)};

	return text.at && !memchr(text.at, 0, text.len) ? arena_text(arena, text) : NULL;
}

static bool
read_texts(const json_t *list, struct arena *arena, void *to)
{
	struct texts *texts = to;
	size_t count = json_array_size(list);

	if (!json_is_array(list))
		return false;
	texts->items = arena_array(arena, count + 1, sizeof(*texts->items));
	for (; texts->count < count; texts->count++) {
		const char *text = text_of(json_array_get(list, texts->count), arena);

		if (!text)
			return false;
		texts->items[texts->count] = text;
	}
	return true;
}

static bool
read_text_or_null(const json_t *value, struct arena *arena, void *to)
{
	const char **text = to;

	*text = text_of(value, arena);
	return *text || json_is_null(value);
}

static bool
read_number(const json_t *value, uint32_t *number)
{
	json_int_t read = json_integer_value(value);

	if (!json_is_integer(value) || read < 0 || read >= UINT32_MAX)
		return false;
	*number = (uint32_t)read;
	return true;
}

static bool
read_count_or_null(const json_t *value, struct arena *arena, void *to)
{
	(void)arena;
	return json_is_null(value) || read_number(value, to);
}

/* A number, or "all". */
static bool
read_depth(const json_t *value, struct arena *arena, void *to)
{
	uint32_t *depth = to;

	(void)arena;
	if (!json_is_string(value) || strcmp(json_string_value(value), "all") != 0)
		return read_number(value, depth);
	*depth = UINT32_MAX;
	return true;
}

static bool
read_steps(const json_t *value, struct arena *arena, void *to)
{
	int64_t *steps = to;

	(void)arena;
	*steps = json_is_integer(value) ? json_integer_value(value) : -1;
	return json_is_null(value) || *steps >= 0;
}

static bool
read_flag(const json_t *value, struct arena *arena, void *to)
{
	(void)arena;
	*(bool *)to = json_is_true(value);
	return json_is_boolean(value);
}

/* The name of the first member that is missing or of another type, or NULL. */
static const char *
read_members(const json_t *tree, struct arena *arena, struct plan_selection *selection)
{
	for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++) {
		const struct selection_member *member = &MEMBERS[i];
		const json_t *value = json_object_get(tree, member->name);

		if (!value && member->may_be_absent)
			continue;
		if (!value || !member->read(value, arena, (char *)selection + member->offset))
			return member->name;
	}
	return NULL;
}

int
plan_read_selection(const struct plan_view *view, struct arena *arena,
	struct plan_selection *selection, struct err *err)
{
	json_error_t problem;
	json_t *tree = json_loads(view->selection, JSON_REJECT_DUPLICATES, &problem);
	struct plan_selection result = {.max_steps = -1};
	const char *wrong;

	*selection = (struct plan_selection){0};
	if (!tree)
		return err_set(
			err, ERR_VALUE, "the plan's selection cannot be read: %s", problem.text);
	wrong = read_members(tree, arena, &result);
	json_decref(tree);
	if (wrong)
		return err_set(err, ERR_VALUE,
			"the plan's selection lacks \"%s\", or it is of the wrong type", wrong);
	*selection = result;
	return ERR_OK;
}

/* An age as given; without one no limit. */
static bool
read_age(const char *text, struct age *age)
{
	*age = (struct age){.off = true};
	return !text || age_parse(slice_of(text), age);
}

#define ADD_ALL(list, texts)                                                                       \
	for (size_t i_ = 0; i_ < (texts)->count; i_++)                                             \
	vec_push(list, (texts)->items[i_])

int
plan_terms(const struct plan_view *view, const struct plan_selection *selection,
	struct verify_terms *terms, struct err *err)
{
	*terms = (struct verify_terms){
		.keep_last = selection->keep_last,
		.group_by = selection->group_by,
		.template_depth = selection->template_depth,
		.save = selection->save,
		.save_by = selection->save_by,
		.max_saving = selection->max_saving,
		.max_steps = selection->max_steps,
		.as_of_derived = !selection->as_of_given,
	};
	if (!time_parse(slice_of(view->as_of), &terms->as_of))
		return err_set(err, ERR_VALUE, "the plan's \"as_of\" is no time: %s", view->as_of);
	if (!read_age(selection->older_than, &terms->older_than))
		return err_set(err, ERR_VALUE, "the plan's \"older_than\" is no age: %s",
			selection->older_than);
	if (!read_age(selection->not_launched_for, &terms->not_launched_for))
		return err_set(err, ERR_VALUE, "the plan's \"not_launched_for\" is no age: %s",
			selection->not_launched_for);
	ADD_ALL(&terms->accepts, &selection->accepts);
	ADD_ALL(&terms->assumed, &selection->assume_complete);
	ADD_ALL(&terms->require, &selection->require);
	ADD_ALL(&terms->protect_tags, &selection->protect_tags);
	ADD_ALL(&terms->in_use_selectors, &selection->in_use_selectors);
	ADD_ALL(&terms->amis, &selection->amis);
	ADD_ALL(&terms->names, &selection->names);
	ADD_ALL(&terms->tags, &selection->tags);
	ADD_ALL(&terms->architectures, &selection->architectures);
	ADD_ALL(&terms->only, &selection->only);
	return ERR_OK;
}

void
plan_terms_release(struct verify_terms *terms)
{
	vec_release(&terms->accepts);
	vec_release(&terms->assumed);
	vec_release(&terms->require);
	vec_release(&terms->protect_tags);
	vec_release(&terms->in_use_selectors);
	vec_release(&terms->amis);
	vec_release(&terms->names);
	vec_release(&terms->tags);
	vec_release(&terms->architectures);
	vec_release(&terms->only);
}
