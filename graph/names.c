/*
 * Numbers by the name that means them in a place (account and region): filled, sorted once,
 * searched. It must not know: what the numbers number, who asks for a name and what follows.
 *
 * A half of a place that nothing tells may be any, on either side: so a name is looked up first,
 * and then every place under it that may be the one meant. These lie apart when both halves are
 * told ({account, account unknown} times {region, region unknown}), so the search leaps from one to
 * the next. It is by halving: thousands of nodes may share a name, and as many may ask for it.
 */
#include "builder.h"

/* Behind every account and region. */
#define NOWHERE UINT32_MAX

static int
compare_named(const void *a, const void *b, const struct graph *graph)
{
	const struct named *x = a;
	const struct named *y = b;
	int order = place_compare(x->place, y->place);

	(void)graph;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	if (order)
		return order;
	return x->number < y->number ? -1 : x->number > y->number;
}

void
names_add(struct names *names, sid name, struct place_of place, uint32_t number)
{
	if (name)
		vec_push(&names->items, ((struct named){name, place, number}));
}

void
names_sort(struct names *names)
{
	sort_items(names->items.items, names->items.count, sizeof(*names->items.items),
		compare_named, NULL);
}

/* The first item from `low` on that does not stand before `wanted`. */
static size_t
find_from(const struct names *names, size_t low, struct named wanted)
{
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

struct names_walk
names_find(const struct names *names, struct place_of place, sid name)
{
	struct names_walk walk = {.names = names, .name = name, .place = place};

	walk.next = find_from(names, 0, (struct named){.name = name});
	return walk;
}

/* The least half of a place, from `half` on, that may be the wanted one. */
static sid
next_half(sid half, sid wanted)
{
	if (!half || !wanted || half == wanted)
		return half;
	return half < wanted ? wanted : NOWHERE;
}

/* The same of a place: `place` itself if it may be the wanted one. */
static struct place_of
next_place(struct place_of place, struct place_of wanted)
{
	sid account = next_half(place.account, wanted.account);
	sid region;

	if (account != place.account)
		return (struct place_of){account, 0};
	region = next_half(place.region, wanted.region);
	return region == NOWHERE ? (struct place_of){account + 1, 0}
				 : (struct place_of){account, region};
}

bool
names_next(struct names_walk *walk)
{
	const struct names *names = walk->names;

	while (walk->next < names->items.count) {
		const struct named *item = &names->items.items[walk->next];
		struct place_of place = next_place(item->place, walk->place);

		if (item->name != walk->name)
			break;
		walk->next++;
		if (place_compare(place, item->place) == 0) {
			walk->number = item->number;
			walk->is_sure = place.account && place.region &&
					place_compare(place, walk->place) == 0;
			return true;
		}
		walk->next = find_from(
			names, walk->next, (struct named){.name = walk->name, .place = place});
	}
	return false;
}

void
names_release(struct names *names)
{
	vec_release(&names->items);
}
