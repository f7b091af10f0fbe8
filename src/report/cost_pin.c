/*
 * What pins the money: kept and blocked items by what goes on costing because of them, each with
 * the smallest set of references that keeps it. It must not know: formats.
 *
 * A snapshot that an AMI holds is the AMI's doing, and the AMI's references keep both. A snapshot
 * that several AMIs hold is free once each of them is: one may remove the AMI, or all that refers
 * to it. The fewest things that do for all of them are a smallest vertex cover of the pairs (AMI,
 * reference), which a largest matching gives (König's theorem).
 */
#include "cost_report.h"
#include "strpool.h"

/* A kept or blocked item. */
struct item {
	const char *resource, *rule;
	struct texts by; /* of all its rules, each once */
};

/* Lifetime: cost_pins_make. */
struct pins {
	struct cost_groups *to;
	const struct plan_view *view;
	struct strpool ids;     /* of items: their number by number of the text */
	VEC(struct item) items; /* by that number */
	VEC(uint32_t) pin_of;   /* by that number: 1 + its pin, 0 none */
	struct strpool texts;   /* of what keeps them */
	VEC(sid) listed;        /* by number of such a text: the last item that has it */
};

/* True if it is news for the item. */
static bool
note_by(struct pins *pins, sid item, const char *text)
{
	sid number = strpool_add(&pins->texts, slice_of(text));

	while (pins->listed.count <= number)
		vec_push(&pins->listed, 0);
	if (pins->listed.items[number] == item)
		return false;
	pins->listed.items[number] = item;
	return true;
}

static void
add_by(struct pins *pins, sid number, const struct texts *by)
{
	struct item *item = &pins->items.items[number];
	struct texts joined = {
		arena_array(&pins->to->arena, item->by.count + by->count + 1, sizeof(char *)),
		item->by.count};

	memcpy(joined.items, item->by.items, item->by.count * sizeof(char *));
	for (size_t i = 0; i < by->count; i++) {
		if (note_by(pins, number, by->items[i]))
			joined.items[joined.count++] =
				arena_text(&pins->to->arena, slice_of(by->items[i]));
	}
	item->by = joined;
}

static void
add_item(struct pins *pins, const char *resource, const char *rule, const struct texts *by,
	const struct view_alsos *also)
{
	sid number = strpool_add(&pins->ids, slice_of(resource));
	static const char *none[1];

	while (pins->items.count <= number) {
		vec_push(&pins->items, ((struct item){.by = {none, 0}}));
		vec_push(&pins->pin_of, 0);
	}
	struct item *item = &pins->items.items[number];
	item->resource = arena_text(&pins->to->arena, slice_of(resource));
	item->rule = arena_text(&pins->to->arena, slice_of(rule));
	add_by(pins, number, by);
	for (size_t i = 0; i < also->count; i++)
		add_by(pins, number, &also->items[i].by);
}

static void
learn_items(struct pins *pins)
{
	struct arena arena = {0};

	for (size_t i = 0; i < pins->view->blocked_count; i++) {
		struct view_blocked blocked;

		pins->view->blocked(pins->view, i, &arena, &blocked);
		add_item(pins, blocked.resource, blocked.rule, &blocked.by, &blocked.also);
		arena_clear(&arena);
	}
	for (size_t i = 0; i < pins->view->kept_count; i++) {
		struct view_kept kept;

		pins->view->kept(pins->view, i, &arena, &kept);
		add_item(pins, kept.resource, kept.rule, &kept.by, &kept.also);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static struct item *
item_of(const struct pins *pins, const char *resource)
{
	sid number = strpool_find(&pins->ids, slice_of(resource));

	return number && number < pins->items.count && pins->items.items[number].resource
		       ? &pins->items.items[number]
		       : NULL;
}

/* --- the smallest set --------------------------------------------------------------------------
 */

struct pair {
	uint32_t image, reference;
};

/* Texts in the order in which they came, each once, and their numbers. */
struct numbered {
	struct texts texts;
	struct strpool ids;
	VEC(uint32_t) number_of; /* by number in `ids`: 1 + the place in `texts`, 0 none */
};

/* Pairs of AMIs and references, both numbered; a matching under way. */
struct cover {
	struct numbered images, references;
	VEC(struct pair) pairs;
	uint32_t *image_of, *reference_of; /* 1 + partner, 0 single */
	uint32_t *reached;                 /* by reference: 1 + the AMI it was reached from */
	bool *seen;                        /* by AMI: on an alternating path */
};

static void
numbered_init(struct numbered *numbered, struct arena *arena, size_t room)
{
	*numbered = (struct numbered){.texts = {arena_array(arena, room, sizeof(char *)), 0}};
	strpool_init(&numbered->ids);
}

static void
numbered_release(struct numbered *numbered)
{
	strpool_release(&numbered->ids);
	vec_release(&numbered->number_of);
}

static uint32_t
number_of(struct numbered *numbered, const char *text)
{
	sid id = strpool_add(&numbered->ids, slice_of(text));

	while (numbered->number_of.count <= id)
		vec_push(&numbered->number_of, 0);
	if (!numbered->number_of.items[id]) {
		numbered->texts.items[numbered->texts.count++] = text;
		numbered->number_of.items[id] = (uint32_t)numbered->texts.count;
	}
	return numbered->number_of.items[id] - 1;
}

/* Most AMIs find a partner at once. What is left over needs a path; the cover is the same. */
static void
pair_off(struct cover *cover)
{
	vec_foreach (pair, &cover->pairs) {
		if (cover->reference_of[pair->image] || cover->image_of[pair->reference])
			continue;
		cover->reference_of[pair->image] = pair->reference + 1;
		cover->image_of[pair->reference] = pair->image + 1;
	}
}

/* Spreads from the AMIs seen; returns 1 + a single reference that is reached, or 0. */
static uint32_t
spread(struct cover *cover)
{
	bool more = true;

	while (more) {
		more = false;
		vec_foreach (pair, &cover->pairs) {
			if (!cover->seen[pair->image] || cover->reached[pair->reference])
				continue;
			cover->reached[pair->reference] = pair->image + 1;
			if (!cover->image_of[pair->reference])
				return pair->reference + 1;
			cover->seen[cover->image_of[pair->reference] - 1] = true;
			more = true;
		}
	}
	return 0;
}

static void
start_over(struct cover *cover)
{
	memset(cover->reached, 0, cover->references.texts.count * sizeof(*cover->reached));
	for (size_t i = 0; i < cover->images.texts.count; i++)
		cover->seen[i] = cover->reference_of[i] == 0;
}

/* Turns the path that ends at the reference around. */
static void
turn(struct cover *cover, uint32_t end)
{
	while (end) {
		uint32_t image = cover->reached[end - 1];
		uint32_t next = cover->reference_of[image - 1];

		cover->image_of[end - 1] = image;
		cover->reference_of[image - 1] = end;
		end = next;
	}
}

/* AMIs that no alternating path sees, and references that one reaches. */
static struct texts
take_cover(const struct cover *cover, struct arena *arena)
{
	struct texts set = {
		arena_array(arena, cover->images.texts.count + cover->references.texts.count + 1,
			sizeof(char *)),
		0};

	for (size_t i = 0; i < cover->references.texts.count; i++)
		if (cover->reached[i])
			set.items[set.count++] = cover->references.texts.items[i];
	for (size_t i = 0; i < cover->images.texts.count; i++)
		if (!cover->seen[i])
			set.items[set.count++] = cover->images.texts.items[i];
	return set;
}

/* The AMIs of `by`, each with what keeps it; what is no AMI has to go itself. */
static void
add_pairs(struct pins *pins, const struct texts *by, struct cover *cover, struct texts *must)
{
	for (size_t i = 0; i < by->count; i++) {
		const struct item *item = item_of(pins, by->items[i]);

		if (!item || item->by.count == 0) {
			must->items[must->count++] = by->items[i];
			continue;
		}
		uint32_t image = number_of(&cover->images, by->items[i]);
		for (size_t j = 0; j < item->by.count; j++) {
			uint32_t reference = number_of(&cover->references, item->by.items[j]);
			vec_push(&cover->pairs, ((struct pair){image, reference}));
		}
	}
}

static size_t
count_references(struct pins *pins, const struct texts *by)
{
	size_t count = 0;

	for (size_t i = 0; i < by->count; i++) {
		const struct item *item = item_of(pins, by->items[i]);
		count += item ? item->by.count : 0;
	}
	return count;
}

static struct texts
smallest_set(struct pins *pins, const struct item *item)
{
	struct arena *arena = &pins->to->arena;
	size_t room = count_references(pins, &item->by) + 1;
	struct cover cover = {
		.image_of = arena_array(arena, room, sizeof(uint32_t)),
		.reached = arena_array(arena, room, sizeof(uint32_t)),
		.reference_of = arena_array(arena, item->by.count + 1, sizeof(uint32_t)),
		.seen = arena_array(arena, item->by.count + 1, sizeof(bool)),
	};
	struct texts must = {arena_array(arena, item->by.count + 1, sizeof(char *)), 0}, set;
	uint32_t end;

	if (item->by.count <= 1)
		return item->by;
	numbered_init(&cover.images, arena, item->by.count);
	numbered_init(&cover.references, arena, room);
	add_pairs(pins, &item->by, &cover, &must);
	pair_off(&cover);
	do {
		start_over(&cover);
		end = spread(&cover);
		turn(&cover, end);
	} while (end);
	set = take_cover(&cover, arena);
	vec_release(&cover.pairs);
	numbered_release(&cover.images);
	numbered_release(&cover.references);
	struct texts all = {arena_array(arena, must.count + set.count + 1, sizeof(char *)), 0};
	for (size_t i = 0; i < must.count; i++)
		all.items[all.count++] = must.items[i];
	for (size_t i = 0; i < set.count; i++)
		all.items[all.count++] = set.items[i];
	return all;
}

/* --- pins --------------------------------------------------------------------------------------
 */

/* The one AMI that keeps a snapshot, if it is the only thing that does and stays itself. */
static struct item *
holder_of(const struct pins *pins, struct item *item)
{
	struct item *holder = item->by.count == 1 ? item_of(pins, item->by.items[0]) : NULL;

	return holder && strcmp(item->rule, "snapshot-in-use") == 0 ? holder : item;
}

static struct cost_pin *
pin_of(struct pins *pins, struct item *item)
{
	uint32_t *number = &pins->pin_of.items[item - pins->items.items];

	if (!*number) {
		vec_push(&pins->to->pins, ((struct cost_pin){.resource = item->resource,
						  .rule = item->rule,
						  .references = smallest_set(pins, item)}));
		*number = (uint32_t)pins->to->pins.count;
	}
	return &pins->to->pins.items[*number - 1];
}

static void
add_money(struct pins *pins)
{
	struct arena arena = {0};

	for (size_t i = 0; i < pins->view->continuing_count; i++) {
		struct view_continuing continuing;
		struct item *item;
		struct cost_pin *pin;

		pins->view->continuing(pins->view, i, &arena, &continuing);
		item = continuing.resource ? item_of(pins, continuing.resource) : NULL;
		if (item) {
			pin = pin_of(pins, holder_of(pins, item));
			pin->items++;
			cost_sum_add(&pin->left, &continuing.monthly_usd);
		}
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static int
by_money(const void *a, const void *b)
{
	const struct cost_pin *x = a, *y = b;
	int order = decimal_compare(&y->left.max, &x->left.max);

	return order ? order : strcmp(x->resource, y->resource);
}

void
cost_pins_make(struct cost_groups *groups, const struct plan_view *view)
{
	struct pins pins = {.to = groups, .view = view};

	strpool_init(&pins.ids);
	strpool_init(&pins.texts);
	learn_items(&pins);
	add_money(&pins);
	if (groups->pins.count > 1)
		qsort(groups->pins.items, groups->pins.count, sizeof(groups->pins.items[0]),
			by_money);
	strpool_release(&pins.ids);
	strpool_release(&pins.texts);
	vec_release(&pins.listed);
	vec_release(&pins.items);
	vec_release(&pins.pin_of);
}
