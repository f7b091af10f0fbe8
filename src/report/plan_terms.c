/*
 * What `verify` needs of a plan's selection: its accepts, assumptions, protections, depth.
 * It must not know: the rest of the plan, or what a term means.
 */
#include "civil.h"
#include "report.h"
#include <jansson.h>

/* The strings of list `name`, copied to the view's arena: that outlives the tree. */
static bool
take_texts(json_t *selection, const char *name, struct arena *arena, const char ***items,
	size_t *count)
{
	json_t *list = json_object_get(selection, name);
	size_t i;
	json_t *item;

	if (!json_is_array(list))
		return false;
	*count = json_array_size(list);
	*items = xcalloc(*count + 1, sizeof(**items));
	json_array_foreach(list, i, item)
	{
		struct slice text = {json_string_value(item), json_string_length(item)};

		if (!text.at || memchr(text.at, 0, text.len))
			return false;
		(*items)[i] = arena_text(arena, text);
	}
	return true;
}

/* A number, or "all". */
static bool
take_depth(json_t *selection, uint32_t *depth)
{
	json_t *value = json_object_get(selection, "template_depth");

	if (json_is_string(value) && strcmp(json_string_value(value), "all") == 0) {
		*depth = UINT32_MAX;
		return true;
	}
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
		json_integer_value(value) >= UINT32_MAX)
		return false;
	*depth = (uint32_t)json_integer_value(value);
	return true;
}

static void
release_terms(struct verify_terms *terms)
{
	vec_release(&terms->accepts);
	vec_release(&terms->assumed);
	vec_release(&terms->protect_tags);
	vec_release(&terms->in_use_selectors);
	vec_release(&terms->amis);
}

#define TAKE(name, list)                                                                           \
	(take_texts(selection, name, arena, &terms->list.items, &terms->list.count) ? NULL : (name))

/* The name of the first member that is missing or of another type, or NULL. */
static const char *
take_terms(json_t *selection, struct arena *arena, struct verify_terms *terms)
{
	const char *lists[] = {
		TAKE("accepts", accepts),
		TAKE("assume_complete", assumed),
		TAKE("protect_tags", protect_tags),
		TAKE("in_use_selectors", in_use_selectors),
		TAKE("amis", amis),
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i])
			return lists[i];
	return take_depth(selection, &terms->template_depth) ? NULL : "template_depth";
}

int
plan_read_terms(const struct plan_view *view, struct verify_terms *terms, struct err *err)
{
	struct verify_terms result = {0};
	json_error_t problem;
	json_t *selection = json_loads(view->selection, JSON_REJECT_DUPLICATES, &problem);
	/* The texts live as long as the view: its arena is the place for them, though nothing else
	 * of the view may change. */
	union {
		const struct arena *borrowed;
		struct arena *open;
	} arena = {.borrowed = &view->arena};
	const char *wrong;

	if (!selection)
		return err_set(
			err, ERR_VALUE, "the plan's selection cannot be read: %s", problem.text);
	wrong = take_terms(selection, arena.open, &result);
	json_decref(selection);
	if (!wrong && !time_parse(slice_of(view->as_of), &result.as_of))
		wrong = "as_of";
	if (wrong) {
		release_terms(&result);
		return err_set(err, ERR_VALUE,
			"the plan's selection lacks \"%s\", or it is of the wrong type", wrong);
	}
	*terms = result;
	return ERR_OK;
}
