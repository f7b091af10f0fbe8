/*
 * Nodes by the name that means them in a place (account and region): filled, sorted once, searched.
 * It must not know: of what kind the nodes are, who asks for a name and what follows from it.
 */
#include "builder.h"

static int
compare_named(const void *a, const void *b, const struct graph *graph)
{
	const struct named_node *x = a;
	const struct named_node *y = b;

	(void)graph;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

void
names_add(struct names *names, const struct graph *graph, nid n)
{
	const struct node *node = &graph->nodes.items[n];

	if (node->name)
		vec_push(&names->items,
			((struct named_node){node->account, node->region, node->name, n}));
}

void
names_sort(struct names *names)
{
	sort_items(names->items.items, names->items.count, sizeof(*names->items.items),
		compare_named, NULL);
}

/* How many items stand before `wanted`. */
static size_t
count_before(const struct names *names, struct named_node wanted)
{
	size_t low = 0;
	size_t high = names->items.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_named(&names->items.items[middle], &wanted, NULL) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Both ends by halving: thousands of nodes may share a name, and as many may ask for it. */
struct names_found
names_find(const struct names *names, const struct node *from, sid name)
{
	struct named_node wanted = {from->account, from->region, name, 0};
	size_t start = count_before(names, wanted);
	size_t end;

	wanted.node = UINT32_MAX; /* no node has that number */
	end = count_before(names, wanted);
	if (start == end)
		return (struct names_found){NULL, 0};
	return (struct names_found){names->items.items + start, end - start};
}

void
names_release(struct names *names)
{
	vec_release(&names->items);
}
