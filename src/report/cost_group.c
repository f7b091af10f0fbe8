/*
 * Adding up a plan's amounts by region, account, AMI, tag or rule.
 * It must not know: formats.
 */
#include "cost_report.h"
#include "strpool.h"

void
cost_sum_add(struct cost_sum *sum, const struct view_money *money)
{
	const char *max = money->max ? money->max : money->priced;
	struct decimal decimal;

	if (money->min && decimal_parse(money->min, &decimal))
		decimal_add(&sum->min, &decimal);
	if (max && decimal_parse(max, &decimal))
		decimal_add(&sum->max, &decimal);
	sum->unknown = sum->unknown || !money->max;
}

static const char *
exact_text(const struct decimal *decimal, struct arena *arena)
{
	struct buf buf = {0};
	const char *text;

	decimal_text(decimal, &buf);
	text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

struct view_money
cost_sum_money(const struct cost_sum *sum, struct arena *arena)
{
	const char *max = exact_text(&sum->max, arena);

	return (struct view_money){.min = exact_text(&sum->min, arena),
		.max = sum->unknown ? NULL : max,
		.priced = max};
}

/* Rows by the text of their group. Lifetime: cost_groups_make. */
struct grouper {
	struct cost_groups *to;
	const struct plan_view *view;
	const struct cost_grouping *grouping;
	struct strpool names;     /* of groups: row number by number of the text */
	struct strpool resources; /* blocked ones… */
	VEC(sid) images; /* … and by their numbers the AMI that blocks them, of `names` */
};

static struct cost_row *
row_named(struct grouper *grouper, const char *name)
{
	sid number = strpool_add(&grouper->names, slice_of(name));

	while (grouper->to->rows.count <= number)
		vec_push(&grouper->to->rows, (struct cost_row){0});
	struct cost_row *row = &grouper->to->rows.items[number];
	if (!row->group)
		row->group = arena_text(&grouper->to->arena, slice_of(name));
	return row;
}

static const char *
or_unknown(const char *text)
{
	return text && *text ? text : "unknown";
}

/* --- the AMI of a snapshot ---------------------------------------------------------------------
 */

static const char *
first_image(const struct texts *ids)
{
	for (size_t i = 0; i < ids->count; i++)
		if (slice_starts(slice_of(ids->items[i]), "ami-"))
			return ids->items[i];
	return NULL;
}

static void
learn_images(struct grouper *grouper)
{
	struct arena arena = {0};

	for (size_t i = 0; i < grouper->view->blocked_count; i++) {
		struct view_blocked blocked;
		const char *image;
		sid number;

		grouper->view->blocked(grouper->view, i, &arena, &blocked);
		image = first_image(&blocked.by);
		if (image) {
			number = strpool_add(&grouper->resources, slice_of(blocked.resource));
			while (grouper->images.count <= number)
				vec_push(&grouper->images, 0);
			grouper->images.items[number] =
				strpool_add(&grouper->names, slice_of(image));
		}
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static const char *
image_blocking(const struct grouper *grouper, const char *resource)
{
	sid number = strpool_find(&grouper->resources, slice_of(resource));

	return number ? strpool_text(&grouper->names, grouper->images.items[number]) : NULL;
}

/* The AMI whose step this one waits for. */
static const char *
image_before(const struct view_step *step)
{
	static const char action[] = "deregister-image:";

	if (slice_starts(slice_of(step->resource), "ami-"))
		return step->resource;
	for (size_t i = 0; i < step->depends_on.count; i++)
		if (slice_starts(slice_of(step->depends_on.items[i]), action))
			return step->depends_on.items[i] + sizeof(action) - 1;
	return NULL;
}

/* --- groups ------------------------------------------------------------------------------------
 */

static const char *
tag_of(const struct grouper *grouper, const char *resource, const char *image)
{
	const struct cost_grouping *grouping = grouper->grouping;
	const char *value = grouping->tag_of(grouping->context, resource);

	if (!value && image)
		value = grouping->tag_of(grouping->context, image);
	return value ? value : "(without the tag)";
}

static const char *
group_of_step(const struct grouper *grouper, const struct view_step *step)
{
	const char *image = image_before(step);

	switch (grouper->grouping->by) {
	case BY_REGION:
		return or_unknown(step->region);
	case BY_ACCOUNT:
		return or_unknown(step->account);
	case BY_AMI:
		return image ? image : "(no AMI)";
	case BY_TAG:
		return tag_of(grouper, step->resource, image);
	case BY_RULE:
		return "(goes)";
	case BY_NOTHING:
	case BY_PIN:
		break;
	}
	return "";
}

static const char *
group_of_continuing(const struct grouper *grouper, const struct view_continuing *item)
{
	const char *image = item->resource ? image_blocking(grouper, item->resource) : NULL;

	switch (grouper->grouping->by) {
	case BY_REGION:
		return or_unknown(item->region);
	case BY_ACCOUNT:
		return or_unknown(item->account);
	case BY_AMI:
		return image ? image : "(no AMI)";
	case BY_TAG:
		return item->resource ? tag_of(grouper, item->resource, image) : "(not selected)";
	case BY_RULE:
		return item->rule ? item->rule : item->why;
	case BY_NOTHING:
	case BY_PIN:
		break;
	}
	return "";
}

static void
add_steps(struct grouper *grouper)
{
	struct arena arena = {0};

	for (size_t i = 0; i < grouper->view->step_count; i++) {
		struct view_step step;
		struct cost_row *row;

		grouper->view->step(grouper->view, i, STEP_BRIEF, &arena, &step);
		row = row_named(grouper, group_of_step(grouper, &step));
		row->steps++;
		cost_sum_add(&row->saving, &step.share_usd);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static void
add_continuing(struct grouper *grouper)
{
	struct arena arena = {0};

	for (size_t i = 0; i < grouper->view->continuing_count; i++) {
		struct view_continuing item;
		struct cost_row *row;

		grouper->view->continuing(grouper->view, i, &arena, &item);
		row = row_named(grouper, group_of_continuing(grouper, &item));
		row->continuing += item.items;
		cost_sum_add(&row->left, &item.monthly_usd);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static int
by_money(const void *a, const void *b)
{
	const struct cost_row *x = a, *y = b;
	int order = decimal_compare(&y->saving.max, &x->saving.max);

	if (order == 0)
		order = decimal_compare(&y->left.max, &x->left.max);
	return order ? order : strcmp(x->group, y->group);
}

static void
sort_rows(struct cost_groups *groups)
{
	size_t kept = 0;

	for (size_t i = 0; i < groups->rows.count; i++)
		if (groups->rows.items[i].group)
			groups->rows.items[kept++] = groups->rows.items[i];
	groups->rows.count = kept;
	if (kept > 1)
		qsort(groups->rows.items, kept, sizeof(groups->rows.items[0]), by_money);
}

void
cost_groups_make(struct cost_groups *groups, const struct plan_view *view,
	const struct cost_grouping *grouping)
{
	struct grouper grouper = {.to = groups, .view = view, .grouping = grouping};

	*groups = (struct cost_groups){0};
	if (grouping->by == BY_PIN)
		cost_pins_make(groups, view);
	if (grouping->by == BY_NOTHING || grouping->by == BY_PIN)
		return;
	strpool_init(&grouper.names);
	strpool_init(&grouper.resources);
	learn_images(&grouper);
	add_steps(&grouper);
	add_continuing(&grouper);
	sort_rows(groups);
	strpool_release(&grouper.names);
	strpool_release(&grouper.resources);
	vec_release(&grouper.images);
}

void
cost_groups_release(struct cost_groups *groups)
{
	vec_release(&groups->rows);
	vec_release(&groups->pins);
	arena_release(&groups->arena);
}
