/*
 * The plan's steps that are acted on: a plan is a file that anybody may have written.
 * It must not know: how AWS is called, what becomes of a step.
 */
#include "apply.h"

#include "ids.h"

static void
read_plan(const struct apply *apply, size_t index, struct arena *arena, struct view_step *out)
{
	apply->plan.view.step(&apply->plan.view, index, STEP_FACTS | STEP_SEEN, arena, out);
}

static bool
is_wanted(const struct policy *policy, const struct view_step *step)
{
	vec_foreach (place, &policy->only)
		if (strcmp(place->account, step->account) == 0 &&
			(!place->region || strcmp(place->region, step->region) == 0))
			return true;
	return policy->only.count == 0;
}

static int
check_digest(const struct view_step *step, struct err *err)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	digest_of(slice_of(step->facts), digest);
	digest_text(digest, text);
	if (strcmp(step->seen, text) == 0)
		return 0;
	return err_set(err, ERR_VALUE,
		"step %s: its facts are not those of its `seen`: the plan was changed after it was "
		"made; make it anew",
		step->id);
}

static int
check_step(const struct view_step *step, enum mutation mutation, struct err *err)
{
	const char *prefix = mutation < MUTATIONS ? mutation_table[mutation].prefix : "";

	if (mutation == MUTATIONS)
		return err_set(err, ERR_VALUE, "step %s: nobody knows the action \"%s\"", step->id,
			step->action);
	if (!id_is(slice_of(step->resource), prefix))
		return err_set(err, ERR_VALUE, "step %s: \"%s\" is no id that begins with %s",
			step->id, step->resource, prefix);
	if (!id_is_account(slice_of(step->account)) || !id_is_region(slice_of(step->region)))
		return err_set(err, ERR_VALUE,
			"step %s: the plan does not say in which account and region it is: make "
			"the plan anew, with --account and --region",
			step->id);
	return check_digest(step, err);
}

/* Verdicts find steps by their ids, and the order is what makes a plan safe. */
static int
check_order(const struct apply *apply, const struct view_step *step, struct err *err)
{
	const struct dry_step *last = NULL;
	size_t len = strlen(step->action);

	if (strncmp(step->id, step->action, len) != 0 || step->id[len] != ':' ||
		strcmp(step->id + len + 1, step->resource) != 0)
		return err_set(err, ERR_VALUE,
			"step %s: its id is not that of its action and resource, %s:%s", step->id,
			step->action, step->resource);
	if (apply->todos.count)
		last = &apply->report.steps.items[apply->todos.count - 1];
	if (last && step->order <= last->order)
		return err_set(err, ERR_VALUE, "step %s: its order, %u, is not above that of %s",
			step->id, (unsigned)step->order, last->id);
	for (size_t i = 0; i < step->depends_on.count && !apply->request->policy.only.count; i++)
		if (!last || !apply_find_step(apply, step->depends_on.items[i]))
			return err_set(err, ERR_VALUE,
				"step %s depends on %s, which is no step before it", step->id,
				step->depends_on.items[i]);
	return 0;
}

static void
keep_step(struct apply *apply, const struct view_step *step, size_t index, enum mutation mutation)
{
	struct arena *arena = &apply->text;
	struct dry_step kept = {
		.id = arena_text(arena, slice_of(step->id)),
		.action = mutation_table[mutation].word,
		.resource = arena_text(arena, slice_of(step->resource)),
		.name = arena_text(arena, slice_of(step->name)),
		.account = arena_text(arena, slice_of(step->account)),
		.region = arena_text(arena, slice_of(step->region)),
		.order = step->order,
	};

	vec_push(&apply->report.steps, kept);
	vec_push(&apply->todos, ((struct todo){.index = index, .mutation = mutation}));
}

static int
take_step(struct apply *apply, const struct view_step *step, size_t index, struct err *err)
{
	enum mutation mutation = mutation_find(step->action);
	int code = check_step(step, mutation, err);
	sid number;

	if (code == 0)
		code = check_order(apply, step, err);
	if (code != 0)
		return code;
	if (strpool_find(&apply->names, slice_of(step->id)))
		return err_set(err, ERR_VALUE, "step %s stands in the plan twice", step->id);
	number = strpool_add(&apply->names, slice_of(step->id));
	if (apply->todos.count == 0)
		apply->first_name = number;
	keep_step(apply, step, index, mutation);
	return 0;
}

int
apply_take_steps(struct apply *apply, struct err *err)
{
	struct arena arena = {0};
	int code = 0;

	for (size_t i = 0; code == 0 && i < apply->plan.view.step_count; i++) {
		struct view_step step;

		arena_clear(&arena);
		read_plan(apply, i, &arena, &step);
		if (is_wanted(&apply->request->policy, &step))
			code = take_step(apply, &step, i, err);
		else
			apply->report.left_out++;
	}
	arena_release(&arena);
	if (code == 0 && apply->todos.count == 0 && apply->report.left_out)
		return err_set(err, ERR_UNKNOWN, "--only: no step of the plan is there");
	return code;
}

const struct dry_step *
apply_find_step(const struct apply *apply, const char *id)
{
	sid number = strpool_find(&apply->names, slice_of(id));

	/* The pool has known the empty text from the beginning. */
	return number && number >= apply->first_name
		       ? &apply->report.steps.items[number - apply->first_name]
		       : NULL;
}

void
apply_read_step(const struct apply *apply, size_t i, struct arena *arena, struct view_step *out)
{
	const struct dry_step *kept = &apply->report.steps.items[i];

	read_plan(apply, apply->todos.items[i].index, arena, out);
	out->account = kept->account;
	out->region = kept->region;
	out->resource = kept->resource;
}
