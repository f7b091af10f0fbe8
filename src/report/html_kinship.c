/*
 * Families: AMIs, snapshots and instances that hang together, gathered item by item while a report
 * is written. Two are kin if one is an AMI and the other is mapped by it, made for it or launched
 * from it. It must not know: what a family looks like.
 */
#include "html.h"
#include "ids.h"
#include "strpool.h"
#include "vec.h"
#include <stdlib.h>

/* One resource, by the number of its id in the pool. */
struct member {
	uint32_t parent; /* towards the family's first member; itself for that one */
	uint32_t order;
	sid name, rule; /* in `texts` */
	uint32_t family;
	uint8_t fate, rank;
};

/* An AMI and what hangs on it. */
struct bond {
	uint32_t image, other;
};

struct seat {
	uint32_t family, member; /* a member's number is the order of first appearance */
};

/* Lifetime: one report. Some tens of bytes an item. */
struct kinship {
	struct strpool ids, texts;
	VEC(struct member) members;
	VEC(struct bond) bonds;  /* sorted by family once it is sorted out */
	VEC(struct seat) seats;  /* the members family by family, rank by rank */
	VEC(size_t) seat_starts; /* of each family, and of the end */
	VEC(size_t) bond_starts;
	size_t family_count; /* the others are those where nothing is a step or blocked */
};

struct kinship *
kinship_new(void)
{
	struct kinship *kinship = xcalloc(1, sizeof(*kinship));

	strpool_init(&kinship->ids);
	strpool_init(&kinship->texts);
	return kinship;
}

void
kinship_free(struct kinship *kinship)
{
	if (!kinship)
		return;
	strpool_release(&kinship->ids);
	strpool_release(&kinship->texts);
	vec_release(&kinship->members);
	vec_release(&kinship->bonds);
	vec_release(&kinship->seats);
	vec_release(&kinship->seat_starts);
	vec_release(&kinship->bond_starts);
	free(kinship);
}

/* --- gathering ------------------------------------------------------------------------------- */

static enum rank
rank_of(const char *id)
{
	static const char *const prefixes[] = {"ami-", "snap-", "i-"};
	unsigned rank = 0;

	while (rank < RANKS && !id_is(slice_of(id), prefixes[rank]))
		rank++;
	return (enum rank)rank;
}

bool
kinship_has(const char *id)
{
	return rank_of(id) != RANKS;
}

bool
kinship_knows(const struct kinship *kinship, const char *id)
{
	return kinship_has(id) && strpool_find(&kinship->ids, slice_of(id));
}

/* The number of a resource among the members, new or old. */
static uint32_t
member_of(struct kinship *kinship, const char *id)
{
	/* Numbers are given in order; the first of a pool's strings are no id. */
	uint32_t before = kinship->ids.count;
	sid number = strpool_add(&kinship->ids, slice_of(id));

	while (kinship->members.count <= number)
		vec_push(&kinship->members, (struct member){0});
	if (kinship->ids.count != before)
		kinship->members.items[number] =
			(struct member){.parent = number, .rank = (uint8_t)rank_of(id)};
	return number;
}

/* Paths are halved on the way, so that they stay short. */
static uint32_t
first_of(struct kinship *kinship, uint32_t member)
{
	struct member *members = kinship->members.items;

	while (members[member].parent != member) {
		members[member].parent = members[members[member].parent].parent;
		member = members[member].parent;
	}
	return member;
}

static void
join(struct kinship *kinship, const char *from, const char *to)
{
	enum rank from_rank = rank_of(from), to_rank = rank_of(to);
	uint32_t a, b, low, high;

	if (from_rank == RANKS || to_rank == RANKS ||
		(from_rank == RANK_IMAGE) == (to_rank == RANK_IMAGE))
		return;
	a = member_of(kinship, from_rank == RANK_IMAGE ? from : to);
	b = member_of(kinship, from_rank == RANK_IMAGE ? to : from);
	vec_push(&kinship->bonds, ((struct bond){a, b}));
	a = first_of(kinship, a);
	b = first_of(kinship, b);
	low = a < b ? a : b;
	high = a < b ? b : a;
	kinship->members.items[high].parent = low;
}

static void
join_evidence(struct kinship *kinship, const struct view_evidences *evidences)
{
	for (size_t i = 0; i < evidences->count; i++)
		join(kinship, evidences->items[i].from, evidences->items[i].to);
}

/* NULL for what no family has. */
static struct member *
add(struct kinship *kinship, const char *id, enum kin_fate fate)
{
	uint32_t number;

	if (!kinship_has(id))
		return NULL;
	number = member_of(kinship, id);
	kinship->members.items[number].fate = (uint8_t)fate;
	return &kinship->members.items[number];
}

void
kinship_add_step(struct kinship *kinship, const struct view_step *step)
{
	struct member *member = add(kinship, step->resource, KIN_STEP);

	if (!member)
		return;
	member->order = step->order;
	member->name = strpool_add(&kinship->texts, slice_of(step->name));
	for (size_t i = 0; i < step->depends_on.count; i++) {
		const char *colon = strchr(step->depends_on.items[i], ':');

		if (colon)
			join(kinship, step->resource, colon + 1);
	}
	join_evidence(kinship, &step->evidence);
}

static void
add_staying(struct kinship *kinship, const char *id, const char *rule, enum kin_fate fate,
	const struct texts *by)
{
	struct member *member = add(kinship, id, fate);

	if (!member)
		return;
	member->rule = strpool_add(&kinship->texts, slice_of(rule));
	for (size_t i = 0; i < by->count; i++)
		join(kinship, id, by->items[i]);
}

void
kinship_add_blocked(struct kinship *kinship, const struct view_blocked *blocked)
{
	add_staying(kinship, blocked->resource, blocked->rule, KIN_BLOCKED, &blocked->by);
	join_evidence(kinship, &blocked->evidence);
}

void
kinship_add_kept(struct kinship *kinship, const struct view_kept *kept)
{
	add_staying(kinship, kept->resource, kept->rule, KIN_KEPT, &kept->by);
}

/* --- sorting out ----------------------------------------------------------------------------- */

#define NO_FAMILY UINT32_MAX

/* Families are numbered by their first member that is a step or blocked. */
static void
number_families(struct kinship *kinship)
{
	struct member *members = kinship->members.items;
	size_t count = kinship->members.count;

	for (size_t i = 0; i < count; i++)
		members[i].family = NO_FAMILY;
	for (uint32_t i = 2; i < count; i++) {
		struct member *first = &members[first_of(kinship, i)];

		if (first->family == NO_FAMILY &&
			(members[i].fate == KIN_STEP || members[i].fate == KIN_BLOCKED))
			first->family = (uint32_t)kinship->family_count++;
	}
	for (uint32_t i = 2; i < count; i++)
		members[i].family = members[first_of(kinship, i)].family;
}

/* Where the things of each family are to stand, by their counts: counting sort. */
static size_t *
starts_of(size_t *counts, size_t families)
{
	size_t sum = 0;

	for (size_t i = 0; i <= families; i++) {
		size_t here = counts[i];

		counts[i] = sum;
		sum += here;
	}
	return counts;
}

static void
seat_members(struct kinship *kinship)
{
	size_t families = kinship->family_count;
	size_t *next = xcalloc(families + 1, sizeof(*next));

	for (uint32_t i = 2; i < kinship->members.count; i++)
		if (kinship->members.items[i].family != NO_FAMILY)
			next[kinship->members.items[i].family]++;
	starts_of(next, families);
	for (size_t i = 0; i <= families; i++)
		vec_push(&kinship->seat_starts, next[i]);
	vec_reserve(&kinship->seats, next[families] + 1);
	kinship->seats.count = next[families];
	for (unsigned rank = 0; rank < RANKS; rank++)
		for (uint32_t i = 2; i < kinship->members.count; i++) {
			const struct member *member = &kinship->members.items[i];

			if (member->rank == rank && member->family != NO_FAMILY)
				kinship->seats.items[next[member->family]++] =
					(struct seat){member->family, i};
		}
	free(next);
}

static int
compare_bonds(const void *a, const void *b, void *context)
{
	const struct member *members = context;
	const struct bond *x = a, *y = b;
	uint32_t one = members[x->image].family, two = members[y->image].family;

	if (one != two)
		return one < two ? -1 : 1;
	if (x->image != y->image)
		return x->image < y->image ? -1 : 1;
	return (x->other > y->other) - (x->other < y->other);
}

static void
sort_bonds(struct kinship *kinship)
{
	size_t at = 0;

	if (kinship->bonds.count)
		qsort_r(kinship->bonds.items, kinship->bonds.count, sizeof(struct bond),
			compare_bonds, kinship->members.items);
	for (size_t family = 0; family <= kinship->family_count; family++) {
		while (at < kinship->bonds.count &&
			kinship->members.items[kinship->bonds.items[at].image].family < family)
			at++;
		vec_push(&kinship->bond_starts, at);
	}
}

size_t
kinship_families(struct kinship *kinship)
{
	number_families(kinship);
	seat_members(kinship);
	sort_bonds(kinship);
	return kinship->family_count;
}

/* --- one family ------------------------------------------------------------------------------ */

static int
compare_seats(const void *key, const void *item)
{
	const uint32_t *member = key;
	const struct seat *seat = item;

	return (*member > seat->member) - (*member < seat->member);
}

/* Where a member stands in its family: within a rank they stand by number. */
static uint32_t
index_of(const struct kinship *kinship, const struct seat *seats, const struct family *family,
	uint32_t member)
{
	unsigned rank = kinship->members.items[member].rank;
	size_t from = family->starts[rank], to = family->starts[rank + 1];
	const struct seat *found =
		bsearch(&member, seats + from, to - from, sizeof(*seats), compare_seats);

	return found ? (uint32_t)(found - seats) : 0;
}

static void
fill_members(const struct kinship *kinship, const struct seat *seats, size_t count,
	struct arena *arena, struct family *out)
{
	struct kin *kin = arena_array(arena, count + 1, sizeof(*kin));

	out->members = kin;
	for (size_t i = 0; i < count; i++) {
		const struct member *member = &kinship->members.items[seats[i].member];

		kin[i] = (struct kin){
			.id = strpool_text(&kinship->ids, seats[i].member),
			.name = strpool_text(&kinship->texts, member->name),
			.rule = strpool_text(&kinship->texts, member->rule),
			.order = member->order,
			.fate = (enum kin_fate)member->fate,
		};
		out->steps += member->fate == KIN_STEP;
		out->blocked += member->fate == KIN_BLOCKED;
		out->kept += member->fate == KIN_KEPT;
		out->starts[member->rank + 1] = i + 1;
	}
	for (unsigned rank = 1; rank <= RANKS; rank++)
		if (out->starts[rank] < out->starts[rank - 1])
			out->starts[rank] = out->starts[rank - 1];
}

static void
fill_ties(const struct kinship *kinship, const struct seat *seats, size_t i, struct arena *arena,
	struct family *out)
{
	size_t from = kinship->bond_starts.items[i], to = kinship->bond_starts.items[i + 1];
	struct tie *ties = arena_array(arena, to - from + 1, sizeof(*ties));

	out->ties = ties;
	for (size_t at = from; at < to; at++) {
		const struct bond *bond = &kinship->bonds.items[at];

		if (at > from && bond->image == bond[-1].image && bond->other == bond[-1].other)
			continue;
		ties[out->tie_count++] = (struct tie){
			index_of(kinship, seats, out, bond->image),
			index_of(kinship, seats, out, bond->other),
		};
	}
}

void
kinship_family(const struct kinship *kinship, size_t i, struct arena *arena, struct family *out)
{
	size_t from = kinship->seat_starts.items[i], to = kinship->seat_starts.items[i + 1];
	const struct seat *seats = kinship->seats.items + from;

	*out = (struct family){0};
	fill_members(kinship, seats, to - from, arena, out);
	fill_ties(kinship, seats, i, arena, out);
}
