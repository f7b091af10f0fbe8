/*
 * From snapshots to lineages: families by account, region and key, cells by copies, parents by
 * volumes and AMIs. It must not know: prices, plans, what goes.
 *
 * Everything is done in order of start time, so a parent is always numbered before its children: no
 * text that a stranger wrote can close a circle, and every later pass is one walk over the cells.
 */
#include "lineage.h"
#include "civil.h"
#include "internal.h"

#define GIB_SHIFT 30

/* A snapshot under way to its cell. */
struct member {
	nid node;
	int64_t started;
	uint64_t key; /* of its family within the place */
};

/* Keys of families: unencrypted, encrypted with keys that nobody told, or 2 and the data key. */
enum { KEY_NONE, KEY_MIXED, KEY_FIRST };

/* Lifetime: lineages_make. */
struct maker {
	struct lineages *to;
	const struct graph *graph;
	VEC(struct member) members; /* of the present place */
	cid *last_of_volume;        /* by sid of the volume id: its newest cell so far */
};

bool
snapshot_is_binned(const struct graph *graph, nid snapshot)
{
	enum state state = (enum state)graph_node(graph, snapshot)->state;

	return state == STATE_SNAPSHOT_IN_BIN || state == STATE_SNAPSHOT_RECOVERABLE ||
	       state == STATE_SNAPSHOT_RECOVERING;
}

bool
snapshot_is_archived(const struct graph *graph, nid snapshot)
{
	return slice_is(graph_text(graph, graph_snapshot_traits(graph, snapshot)->tier), "archive");
}

/* --- families ----------------------------------------------------------------------------------
 */

static uint64_t
key_of(const struct graph *graph, nid snapshot)
{
	sid key = graph_snapshot_traits(graph, snapshot)->data_key;

	if (graph_snapshot(graph, snapshot)->encrypted != YES)
		return KEY_NONE;
	return key ? KEY_FIRST + (uint64_t)key : KEY_MIXED;
}

/* Snapshots of which nobody says whether, or with which key, they are encrypted may belong to any
 * family that this leaves open: then all of these are one. */
static void
join_uncertain(struct maker *maker)
{
	bool any_unread = false, any_mixed = false;

	vec_foreach (member, &maker->members) {
		const struct snapshot *row = graph_snapshot(maker->graph, member->node);

		any_unread = any_unread || row->encrypted == UNREAD;
		any_mixed = any_mixed || member->key == KEY_MIXED;
	}
	vec_foreach (member, &maker->members) {
		if (any_unread)
			member->key = KEY_NONE;
		else if (any_mixed && member->key != KEY_NONE)
			member->key = KEY_MIXED;
	}
}

static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->started != y->started)
		return x->started < y->started ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

/* --- where a snapshot's blocks came from -------------------------------------------------------
 */

enum origin {
	ORIGIN_UNKNOWN,
	ORIGIN_NOWHERE, /* a new lineage: all its blocks were stored anew */
	ORIGIN_CELL,
};

struct found_origin {
	enum origin origin;
	cid cell;
};

static bool
same_place(const struct graph *graph, nid a, nid b)
{
	const struct node *x = graph_node(graph, a), *y = graph_node(graph, b);

	return x->account == y->account && x->region == y->region;
}

/* Another key, or none before: the first snapshot is a full one. */
static bool
changes_key(const struct graph *graph, nid from, nid to)
{
	const struct snapshot *x = graph_snapshot(graph, from), *y = graph_snapshot(graph, to);
	sid x_key = graph_snapshot_traits(graph, from)->data_key;
	sid y_key = graph_snapshot_traits(graph, to)->data_key;

	if (x->encrypted == UNREAD || y->encrypted == UNREAD)
		return false;
	return x->encrypted != y->encrypted || (x_key && y_key && x_key != y_key);
}

/* What a volume or copy of `source` goes on from, in the family that begins at `start`. */
static struct found_origin
origin_in_snapshot(const struct maker *maker, nid snapshot, nid source, cid start)
{
	const struct graph *graph = maker->graph;
	cid cell = lineage_cell(maker->to, source);

	if (source == snapshot || !graph_node(graph, source)->defined)
		return (struct found_origin){ORIGIN_UNKNOWN, 0};
	if (is_foreign(graph, source))
		return (struct found_origin){ORIGIN_NOWHERE, 0};
	if (!same_place(graph, snapshot, source))
		return (struct found_origin){ORIGIN_UNKNOWN, 0};
	if (changes_key(graph, source, snapshot))
		return (struct found_origin){ORIGIN_NOWHERE, 0};
	if (cell >= start)
		return (struct found_origin){ORIGIN_CELL, cell};
	return (struct found_origin){ORIGIN_UNKNOWN, 0};
}

/* The one thing that an edge of that kind leads to, or 0. */
static nid
only_out(const struct graph *graph, nid from, enum edge_kind kind)
{
	struct edge_walk walk = graph_out(graph, from);
	nid found = 0;

	while (edge_next(graph, &walk)) {
		if (walk.edge->kind != kind || walk.edge->belief == BELIEF_WEAK)
			continue;
		if (found)
			return 0;
		found = walk.edge->to;
	}
	return found;
}

/* The one AMI that maps the snapshot, or 0. */
static nid
only_image(const struct graph *graph, nid snapshot)
{
	struct edge_walk walk = graph_in(graph, snapshot);
	nid found = 0;

	while (edge_next(graph, &walk)) {
		if (walk.edge->kind != EDGE_MAPS)
			continue;
		if (found)
			return 0;
		found = walk.edge->from;
	}
	return found;
}

/* The volume that the snapshot was taken of, if a document describes it, or 0. */
static nid
described_volume(const struct graph *graph, nid snapshot)
{
	struct edge_walk walk = graph_out(graph, snapshot);
	sid volume = graph_snapshot(graph, snapshot)->volume;

	while (edge_next(graph, &walk)) {
		const struct node *node = graph_node(graph, walk.edge->to);

		if (walk.edge->kind == EDGE_SNAPSHOT_OF && node->id == volume && node->defined)
			return walk.edge->to;
	}
	return 0;
}

/* The volume is described: it says what it was made from. */
static struct found_origin
origin_by_volume(const struct maker *maker, nid snapshot, cid start)
{
	const struct graph *graph = maker->graph;
	nid volume = described_volume(graph, snapshot);
	nid source;

	if (!volume)
		return (struct found_origin){ORIGIN_UNKNOWN, 0};
	source = only_out(graph, volume, EDGE_CREATED_FROM);
	if (!source)
		return (struct found_origin){ORIGIN_NOWHERE, 0};
	return origin_in_snapshot(maker, snapshot, source, start);
}

/*
 * The volume is gone, as it mostly is: its AMI says from which AMI the instance was launched. Only
 * where both have one disk is it told which disk came from which.
 */
static struct found_origin
origin_by_image(const struct maker *maker, nid snapshot, cid start)
{
	const struct graph *graph = maker->graph;
	nid image = only_image(graph, snapshot), source, disk;

	if (graph_snapshot(graph, snapshot)->form != DESCRIPTION_CREATE_IMAGE || !image ||
		only_out(graph, image, EDGE_MAPS) != snapshot)
		return (struct found_origin){ORIGIN_UNKNOWN, 0};
	source = only_out(graph, image, EDGE_SOURCE_IMAGE);
	if (!source || source == image || !graph_node(graph, source)->defined)
		return (struct found_origin){ORIGIN_UNKNOWN, 0};
	if (is_foreign(graph, source))
		return (struct found_origin){ORIGIN_NOWHERE, 0};
	disk = only_out(graph, source, EDGE_MAPS);
	if (!disk)
		return (struct found_origin){ORIGIN_UNKNOWN, 0};
	return origin_in_snapshot(maker, snapshot, disk, start);
}

/* A real volume's id: copies carry an arbitrary one. */
static sid
volume_of(const struct graph *graph, nid snapshot)
{
	sid volume = graph_snapshot(graph, snapshot)->volume;

	return id_is(graph_text(graph, volume), "vol-") &&
			       !slice_is(graph_text(graph, volume), "vol-ffffffff")
		       ? volume
		       : 0;
}

static struct found_origin
origin_of(const struct maker *maker, nid snapshot, cid start)
{
	sid volume = volume_of(maker->graph, snapshot);
	struct found_origin found = {ORIGIN_UNKNOWN, 0};

	if (!volume)
		return found;
	if (maker->last_of_volume[volume] >= start)
		return (struct found_origin){ORIGIN_CELL, maker->last_of_volume[volume]};
	found = origin_by_volume(maker, snapshot, start);
	return found.origin == ORIGIN_UNKNOWN ? origin_by_image(maker, snapshot, start) : found;
}

/* --- cells -------------------------------------------------------------------------------------
 */

static uint64_t
most_bytes(const struct snapshot *row)
{
	if (row->full_bytes)
		return row->full_bytes;
	return row->size_gib ? (uint64_t)row->size_gib << GIB_SHIFT : BYTES_UNKNOWN;
}

/* A copy without a change of key, in one account and region, moves nothing: what it holds is what
 * its source holds. */
static cid
copied_cell(const struct maker *maker, nid snapshot, cid start)
{
	const struct graph *graph = maker->graph;
	nid source = only_out(graph, snapshot, EDGE_COPIED_SNAPSHOT);
	struct found_origin found;
	uint64_t mine, other;

	if (!source || volume_of(graph, snapshot))
		return 0;
	found = origin_in_snapshot(maker, snapshot, source, start);
	mine = graph_snapshot(graph, snapshot)->full_bytes;
	other = graph_snapshot(graph, source)->full_bytes;
	/* A description is only text: a copy of another size is none. */
	return found.origin == ORIGIN_CELL && (!mine || !other || mine == other) ? found.cell : 0;
}

/* A new lineage, where a copy with another key is told to be one. */
static struct found_origin
origin_of_copy(const struct maker *maker, nid snapshot, cid start)
{
	nid source = only_out(maker->graph, snapshot, EDGE_COPIED_SNAPSHOT);
	struct found_origin found = {ORIGIN_UNKNOWN, 0};

	if (source && same_place(maker->graph, snapshot, source))
		found = origin_in_snapshot(maker, snapshot, source, start);
	return found.origin == ORIGIN_NOWHERE ? found : (struct found_origin){ORIGIN_UNKNOWN, 0};
}

static void
join_cell(struct maker *maker, cid to, nid snapshot)
{
	const struct snapshot *row = graph_snapshot(maker->graph, snapshot);
	struct cell *cell = &maker->to->cells.items[to];

	cell->members++;
	cell->binned += snapshot_is_binned(maker->graph, snapshot);
	if (row->full_bytes > cell->least)
		cell->least = row->full_bytes;
	if (most_bytes(row) < cell->most)
		cell->most = most_bytes(row);
	maker->to->of_row[graph_node(maker->graph, snapshot)->row] = to;
}

/* Two snapshots of one volume that began at one time: which of them is the other's parent is not
 * known. */
static bool
began_together(const struct maker *maker, nid snapshot, cid before)
{
	const struct graph *graph = maker->graph;
	nid other = maker->to->cells.items[before].first;

	return graph_snapshot(graph, snapshot)->started == graph_snapshot(graph, other)->started;
}

static void
add_cell(struct maker *maker, struct family *family, nid snapshot)
{
	struct lineages *to = maker->to;
	cid number = (cid)to->cells.count;
	sid volume = volume_of(maker->graph, snapshot);
	struct found_origin found = volume ? origin_of(maker, snapshot, family->start)
					   : origin_of_copy(maker, snapshot, family->start);
	struct cell cell = {.first = snapshot,
		.family = (uint32_t)to->families.count,
		.parent = found.cell,
		.most = BYTES_UNKNOWN,
		.loose = found.origin == ORIGIN_UNKNOWN};

	vec_push(&to->cells, cell);
	join_cell(maker, number, snapshot);
	family->count++;
	family->roots += found.cell == 0;
	family->loose += cell.loose;
	if (!volume)
		return;
	if (found.cell && found.cell == maker->last_of_volume[volume])
		family->unordered =
			family->unordered || began_together(maker, snapshot, found.cell);
	maker->last_of_volume[volume] = number;
}

static void
add_family(struct maker *maker, size_t from, size_t to)
{
	const struct graph *graph = maker->graph;
	const struct node *node = graph_node(graph, maker->members.items[from].node);
	struct family family = {.account = node->account,
		.region = node->region,
		.start = (cid)maker->to->cells.count,
		.encrypted = maker->members.items[from].key != KEY_NONE};

	for (size_t i = from; i < to; i++) {
		const struct member *member = &maker->members.items[i];
		cid copied = copied_cell(maker, member->node, family.start);

		family.unordered = family.unordered || member->started == TIME_NONE;
		if (copied)
			join_cell(maker, copied, member->node);
		else
			add_cell(maker, &family, member->node);
	}
	vec_push(&maker->to->families, family);
}

/* The snapshots of one account and region. */
static void
add_place(struct maker *maker)
{
	size_t from = 0;

	if (maker->members.count == 0)
		return;
	join_uncertain(maker);
	qsort(maker->members.items, maker->members.count, sizeof(struct member), compare_members);
	vec_foreach (member, &maker->members) {
		size_t i = (size_t)(member - maker->members.items);

		if (member->key == maker->members.items[from].key)
			continue;
		add_family(maker, from, i);
		from = i;
	}
	add_family(maker, from, maker->members.count);
	maker->members.count = 0;
}

/* Whose bytes are stored in the standard tier: those in the Recycle Bin too. */
static bool
is_stored(const struct graph *graph, nid snapshot)
{
	return graph_node(graph, snapshot)->defined && !snapshot_is_archived(graph, snapshot);
}

void
lineages_make(struct lineages *lineages, const struct graph *graph, lineage_member *member,
	const void *context)
{
	struct maker maker = {.to = lineages, .graph = graph};
	nid first = graph->kind_start[NODE_SNAPSHOT];

	*lineages = (struct lineages){
		.graph = graph, .of_row = xcalloc(graph->snapshots.count + 1, sizeof(cid))};
	maker.last_of_volume = xcalloc(graph->strings.count + 1, sizeof(cid));
	vec_push(&lineages->cells, (struct cell){0});
	graph_foreach (snapshot, graph, NODE_SNAPSHOT) {
		const struct snapshot *row = graph_snapshot(graph, snapshot);

		if (snapshot > first && !same_place(graph, snapshot, snapshot - 1))
			add_place(&maker);
		if (is_stored(graph, snapshot) && member(context, snapshot))
			vec_push(&maker.members,
				((struct member){snapshot, row->started, key_of(graph, snapshot)}));
	}
	add_place(&maker);
	vec_release(&maker.members);
	free(maker.last_of_volume);
}

cid
lineage_cell(const struct lineages *lineages, nid n)
{
	const struct node *node = graph_node(lineages->graph, n);

	return node->kind == NODE_SNAPSHOT ? lineages->of_row[node->row] : 0;
}

void
lineages_release(struct lineages *lineages)
{
	vec_release(&lineages->cells);
	vec_release(&lineages->families);
	free(lineages->of_row);
	*lineages = (struct lineages){0};
}
