/*
 * The newest of each group: what --keep-last keeps, and what an in-use selector such as Karpenter's
 * would pick. It must not know: rules, filters. All available AMIs of ours are ranked, in use or
 * not.
 */
#include "glob.h"
#include "internal.h"

/* --- the name without its trailing version, date and hash parts --- */

static bool
is_separator(char c)
{
	return c == '-' || c == '_' || c == '.' || c == '/' || c == ' ' || c == '(' || c == ')' ||
	       c == ':' || c == '+';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* "7", "v2", "r14", "20241101", "20241101T0312Z", "1a2b3c4": a part that changes from build to
 * build. */
static bool
is_build_part(struct slice part)
{
	size_t digits = 0, hexes = 0, clock = 0;

	for (size_t i = 0; i < part.len; i++) {
		digits += is_digit(part.at[i]);
		hexes += is_hex(part.at[i]);
		clock += part.at[i] == 'T' || part.at[i] == 'Z' || part.at[i] == 't' ||
			 part.at[i] == 'z';
	}
	if (digits == part.len)
		return true;
	if (digits == part.len - 1 && (part.at[0] == 'v' || part.at[0] == 'r' || part.at[0] == 'b'))
		return true;
	if (digits >= 2 && digits + clock == part.len && is_digit(part.at[0]))
		return true;
	return digits >= 1 && hexes == part.len && part.len >= 7;
}

struct slice
name_prefix(struct slice name)
{
	struct slice rest = name;

	while (rest.len > 0) {
		while (rest.len > 0 && is_separator(rest.at[rest.len - 1]))
			rest.len--;
		size_t start = rest.len;
		while (start > 0 && !is_separator(rest.at[start - 1]))
			start--;
		if (start == 0 || !is_build_part((struct slice){rest.at + start, rest.len - start}))
			break;
		rest.len = start;
	}
	return rest.len ? rest : name;
}

/* --- groups --- */

struct member {
	nid image;
	struct slice group; /* in the scratch arena */
};

struct members {
	struct member *items;
	size_t count;
	size_t room;
};

/* Account, region and architecture are always part of a group. */
static void
begin_group(const struct graph *graph, nid image, struct buf *key)
{
	const struct node *node = graph_node(graph, image);

	buf_clear(key);
	buf_format(key, "%u %u %u", node->account, node->region,
		graph_image_traits(graph, image)->architecture);
}

/* False here and below: it lacks a key, and is a group of its own. */
static bool
add_prefix(const struct plan *plan, nid image, struct buf *key)
{
	struct slice name = graph_text(plan->graph, graph_node(plan->graph, image)->name);

	buf_add_char(key, ' ');
	buf_add_slice(key, name_prefix(name));
	return name.at;
}

static bool
add_tag_keys(const struct plan *plan, nid image, struct buf *key)
{
	vec_foreach (name, &plan->policy->group_keys) {
		struct slice value;
		if (!graph_tag(plan->graph, image, slice_of(*name), &value))
			return false;
		buf_format(key, " %zu:", value.len);
		buf_add_slice(key, value);
	}
	return true;
}

static void
group_of(const struct plan *plan, nid image, struct buf *key)
{
	begin_group(plan->graph, image, key);
	bool complete = plan->policy->group_by == GROUP_NAME_PREFIX
				? add_prefix(plan, image, key)
				: add_tag_keys(plan, image, key);
	if (!complete)
		buf_format(key, " alone %u", image);
}

static bool
is_ranked(const struct plan *plan, nid image)
{
	return is_item(plan->graph, image) && is_ours(plan, image) &&
	       graph_node(plan->graph, image)->state == STATE_IMAGE_AVAILABLE;
}

/* By group; within it the newest first, ties by id, which nodes of a place are in the order of. */
static int
by_group_newest_first(const void *a, const void *b, void *context)
{
	const struct graph *graph = context;
	const struct member *x = a, *y = b;
	int order = slice_compare(x->group, y->group);
	int64_t cx = graph_image(graph, x->image)->created,
		cy = graph_image(graph, y->image)->created;

	if (order)
		return order;
	if (cx != cy)
		return cx > cy ? -1 : 1;
	return (x->image > y->image) - (x->image < y->image);
}

static void
add_member(struct members *members, struct arena *arena, nid image, const struct buf *key)
{
	struct member member = {image, {arena_text(arena, buf_slice(key)), key->len}};

	vec_push(members, member);
}

static void
sort_members(const struct plan *plan, struct members *members)
{
	if (members->count)
		qsort_r(members->items, members->count, sizeof(members->items[0]),
			by_group_newest_first, (void *)(uintptr_t)plan->graph);
}

void
mark_newest(struct plan *plan)
{
	const struct graph *graph = plan->graph;
	struct members members = {0};
	struct arena scratch = {0};
	struct buf key = {0};

	bitset_init(&plan->newest, graph->nodes.count);
	if (plan->policy->keep_last == 0)
		return;
	graph_foreach (image, graph, NODE_IMAGE) {
		if (!is_ranked(plan, image))
			continue;
		group_of(plan, image, &key);
		add_member(&members, &scratch, image, &key);
	}
	sort_members(plan, &members);
	for (size_t i = 0, rank = 0; i < members.count; i++) {
		rank = i && slice_equal(members.items[i].group, members.items[i - 1].group)
			       ? rank + 1
			       : 0;
		if (rank < plan->policy->keep_last)
			bitset_add(&plan->newest, members.items[i].image);
	}
	vec_release(&members);
	buf_release(&key);
	arena_release(&scratch);
}

/* --- in-use selectors --- */

static bool
selector_matches(const struct plan *plan, const struct in_use_selector *selector, nid image)
{
	struct tag_filter filter = {selector->key, selector->glob};
	struct slice name = graph_text(plan->graph, graph_node(plan->graph, image)->name);

	if (selector->key)
		return tag_matches(plan->graph, image, &filter);
	return name.at && glob_match(slice_of(selector->glob), name);
}

static void
mark_hits_of(struct plan *plan, uint32_t index)
{
	const struct graph *graph = plan->graph;
	const struct in_use_selector *selector = &plan->policy->in_use_selectors.items[index];
	struct members members = {0};
	struct arena scratch = {0};
	struct buf key = {0};

	graph_foreach (image, graph, NODE_IMAGE) {
		if (!is_ranked(plan, image) || !selector_matches(plan, selector, image))
			continue;
		begin_group(graph, image, &key);
		add_member(&members, &scratch, image, &key);
	}
	sort_members(plan, &members);
	for (size_t i = 0; i < members.count; i++) {
		bool newest =
			i == 0 || !slice_equal(members.items[i].group, members.items[i - 1].group);
		if ((newest || selector->all) && plan->selector_hit[members.items[i].image] == 0)
			plan->selector_hit[members.items[i].image] = index + 1;
	}
	vec_release(&members);
	buf_release(&key);
	arena_release(&scratch);
}

void
mark_selector_hits(struct plan *plan)
{
	if (plan->policy->in_use_selectors.count == 0)
		return;
	plan->selector_hit = xcalloc(plan->graph->nodes.count, sizeof(*plan->selector_hit));
	for (uint32_t i = 0; i < plan->policy->in_use_selectors.count; i++)
		mark_hits_of(plan, i);
}
