/*
 * Minimum cuts: which open nodes are worth their cost at one lambda.
 * It must not know: where lambda comes from.
 *
 * A node's balance is what its gain is worth less what it costs, both in units. Worth flows from
 * nodes that have it along what they need, without limit, to nodes that lack it. Whoever keeps
 * some when no more can flow pays for all that it needs. Those nodes, and what they reach, are the
 * smallest best set; all that reaches no lack any more is the greatest.
 *
 * The flow is found by push-relabel (Goldberg and Tarjan 1988), highest label first: a label is a
 * lower bound of a node's distance to a lack, and worth flows to lower labels only. Every so often
 * the labels are measured anew, which also finds the nodes that reach none. A lack takes what comes
 * by itself, so the network needs neither source nor sink, and only the first half of the
 * algorithm. Parts that no arc connects are solved one by one.
 */
#include "closure_internal.h"

#define NO_NODE UINT32_MAX
/* The label of a node that reaches no lack. */
#define FAR UINT32_MAX
/* How far a label rises between two measurements, more than to its double: worth that no lack can
 * take climbs without end, and one look at all finds all of it. */
#define CLIMB 4

/* Lifetime: one question; the arrays are by node unless they say otherwise. */
struct cut {
	const struct network *net;
	const uint8_t *place; /* of the cut under way */
	closure_product *balance;
	closure_product *flow; /* by arc */
	uint32_t *label;
	uint32_t *ceiling; /* what the label may rise to until it is measured anew */
	size_t *turn;      /* how many of its arcs and uses this label has tried */
	uint32_t *head;    /* by label: the first node that waits with worth to push */
	uint32_t *next;    /* the one that waits behind it */
	uint32_t highest;  /* no node waits above */
	uint32_t *part;    /* the nodes of the part that is solved */
	uint32_t *queue;   /* of the search under way */
	struct bitset met; /* nodes whose part is known */
	uint32_t part_count;
	size_t part_work; /* its nodes and arcs: what one look at all of it takes */
	size_t work;      /* since the labels were measured */
};

struct cut *
cut_new(const struct network *net)
{
	struct cut *cut = xcalloc(1, sizeof(*cut));
	size_t arcs = net->needs[net->count];

	cut->net = net;
	cut->balance = xcalloc(net->count, sizeof(*cut->balance));
	cut->flow = xcalloc(arcs, sizeof(*cut->flow));
	cut->label = xcalloc(net->count, sizeof(*cut->label));
	cut->ceiling = xcalloc(net->count, sizeof(*cut->ceiling));
	cut->turn = xcalloc(net->count, sizeof(*cut->turn));
	cut->head = xcalloc(net->count, sizeof(*cut->head));
	cut->next = xcalloc(net->count, sizeof(*cut->next));
	cut->part = xcalloc(net->count, sizeof(*cut->part));
	cut->queue = xcalloc(net->count, sizeof(*cut->queue));
	bitset_init(&cut->met, net->count);
	return cut;
}

void
cut_free(struct cut *cut)
{
	if (!cut)
		return;
	free(cut->balance);
	free(cut->flow);
	free(cut->label);
	free(cut->ceiling);
	free(cut->turn);
	free(cut->head);
	free(cut->next);
	free(cut->part);
	free(cut->queue);
	bitset_release(&cut->met);
	free(cut);
}

static bool
is_open(const struct cut *cut, uint32_t node)
{
	return cut->place[node] == PLACE_OPEN;
}

/* Puts `node` into the part, unless it has one or is not open. */
static void
meet(struct cut *cut, uint32_t node)
{
	if (!is_open(cut, node) || bitset_has(&cut->met, node))
		return;
	bitset_add(&cut->met, node);
	cut->part[cut->part_count++] = node;
}

/* The part is its own queue: whoever is met stands behind those whose arcs were not followed. */
static void
gather_part(struct cut *cut, uint32_t first)
{
	const struct network *net = cut->net;

	cut->part_count = 0;
	cut->part_work = 0;
	meet(cut, first);
	for (uint32_t i = 0; i < cut->part_count; i++) {
		uint32_t node = cut->part[i];

		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++)
			meet(cut, net->needed[a]);
		for (size_t u = net->uses[node]; u < net->uses[node + 1]; u++)
			meet(cut, net->user[u]);
		cut->part_work += 1 + net->needs[node + 1] - net->needs[node] +
				  net->uses[node + 1] - net->uses[node];
	}
}

static void
start_part(struct cut *cut, uint64_t cost_unit, uint64_t gain_unit)
{
	const struct network *net = cut->net;

	for (uint32_t i = 0; i < cut->part_count; i++) {
		uint32_t node = cut->part[i];

		cut->balance[node] = (closure_product)net->gain[node] * cost_unit -
				     (closure_product)net->cost[node] * gain_unit;
		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++)
			cut->flow[a] = 0;
	}
}

static void
wait_to_push(struct cut *cut, uint32_t node)
{
	uint32_t label = cut->label[node];

	cut->next[node] = cut->head[label];
	cut->head[label] = node;
	if (label > cut->highest)
		cut->highest = label;
}

/* Labels `node` in the search back from the lacks; returns the queue's new length. */
static uint32_t
label_node(struct cut *cut, uint32_t node, uint32_t label, uint32_t queued)
{
	if (!is_open(cut, node) || cut->label[node] != FAR)
		return queued;
	cut->label[node] = label;
	cut->queue[queued] = node;
	return queued + 1;
}

/* Labels become distances: a search from the lacks against the ways that worth can take. */
static void
measure_labels(struct cut *cut)
{
	const struct network *net = cut->net;
	uint32_t queued = 0;

	for (uint32_t i = 0; i < cut->part_count; i++)
		cut->label[cut->part[i]] = FAR;
	for (uint32_t i = 0; i < cut->part_count; i++)
		if (cut->balance[cut->part[i]] < 0)
			queued = label_node(cut, cut->part[i], 0, queued);
	for (uint32_t i = 0; i < queued; i++) {
		uint32_t node = cut->queue[i];
		uint32_t label = cut->label[node] + 1;

		for (size_t u = net->uses[node]; u < net->uses[node + 1]; u++)
			queued = label_node(cut, net->user[u], label, queued);
		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++)
			if (cut->flow[a] > 0)
				queued = label_node(cut, net->needed[a], label, queued);
	}
	cut->work = 0;
}

/* After measuring: everybody starts again, and those with worth and a way wait. False if there are
 * none. */
static bool
start_pushing(struct cut *cut)
{
	bool any = false;

	cut->highest = 0;
	for (uint32_t i = 0; i < cut->part_count; i++)
		cut->head[i] = NO_NODE;
	for (uint32_t i = 0; i < cut->part_count; i++) {
		uint32_t node = cut->part[i];

		cut->turn[node] = 0;
		if (cut->label[node] == FAR)
			continue;
		cut->ceiling[node] = 2 * cut->label[node] + CLIMB;
		if (cut->balance[node] > 0) {
			wait_to_push(cut, node);
			any = true;
		}
	}
	return any;
}

/* A way that worth at a node can take: along an arc, or back along a use as far as it came. */
struct way {
	uint32_t to;
	size_t arc;
	bool back;
};

/* The way of that number. False if there are no more. */
static bool
way_at(const struct network *net, uint32_t node, size_t number, struct way *way)
{
	size_t needs = net->needs[node + 1] - net->needs[node];
	size_t use = net->uses[node] + number - needs;

	if (number < needs) {
		size_t arc = net->needs[node] + number;

		*way = (struct way){net->needed[arc], arc, false};
		return true;
	}
	if (use >= net->uses[node + 1])
		return false;
	*way = (struct way){net->user[use], net->arc[use], true};
	return true;
}

static bool
is_passable(const struct cut *cut, const struct way *way)
{
	return is_open(cut, way->to) && cut->label[way->to] != FAR &&
	       (!way->back || cut->flow[way->arc] > 0);
}

static void
push(struct cut *cut, uint32_t node, const struct way *way)
{
	closure_product amount = cut->balance[node];
	bool waits = cut->balance[way->to] > 0;

	if (way->back && amount > cut->flow[way->arc])
		amount = cut->flow[way->arc];
	cut->flow[way->arc] += way->back ? -amount : amount;
	cut->balance[node] -= amount;
	cut->balance[way->to] += amount;
	if (!waits && cut->balance[way->to] > 0)
		wait_to_push(cut, way->to);
}

/* One above the lowest neighbour that worth can flow to; no way is longer than the part. */
static void
relabel(struct cut *cut, uint32_t node)
{
	uint32_t lowest = FAR;
	struct way way;

	for (size_t i = 0; way_at(cut->net, node, i, &way); i++) {
		if (is_passable(cut, &way) && cut->label[way.to] < lowest)
			lowest = cut->label[way.to];
		cut->work++;
	}
	cut->label[node] = lowest < cut->part_count - 1 ? lowest + 1 : FAR;
	cut->turn[node] = 0;
}

/* As much work as one look at the whole part: time to measure. */
static bool
is_due(const struct cut *cut)
{
	return cut->work > cut->part_work;
}

/* Pushes until the node has nothing left, or no way, or the labels are to be measured. */
static void
discharge(struct cut *cut, uint32_t node)
{
	while (cut->balance[node] > 0 && cut->label[node] <= cut->ceiling[node] && !is_due(cut)) {
		struct way way;

		cut->work++;
		if (!way_at(cut->net, node, cut->turn[node], &way))
			relabel(cut, node);
		else if (is_passable(cut, &way) && cut->label[way.to] + 1 == cut->label[node])
			push(cut, node, &way);
		else
			cut->turn[node]++;
	}
}

/* The node that waits with the highest label, or NO_NODE. */
static uint32_t
next_waiting(struct cut *cut)
{
	uint32_t node;

	while (cut->highest > 0 && cut->head[cut->highest] == NO_NODE)
		cut->highest--;
	node = cut->head[cut->highest];
	if (node != NO_NODE)
		cut->head[cut->highest] = cut->next[node];
	return node;
}

/* Leaves the labels as measured: FAR is on the greatest set's side. */
static void
push_all(struct cut *cut)
{
	measure_labels(cut);
	while (start_pushing(cut)) {
		uint32_t node;

		while (!is_due(cut) && (node = next_waiting(cut)) != NO_NODE)
			discharge(cut, node);
		measure_labels(cut);
	}
}

static uint32_t
join_smallest(const struct cut *cut, uint32_t node, uint8_t *side, uint32_t queued)
{
	if (!is_open(cut, node) || side[node] == SIDE_SMALLEST)
		return queued;
	side[node] = SIDE_SMALLEST;
	cut->queue[queued] = node;
	return queued + 1;
}

/* Whoever has worth left, and all that it could flow to. */
static void
read_sides(struct cut *cut, uint8_t *side)
{
	const struct network *net = cut->net;
	uint32_t queued = 0;

	for (uint32_t i = 0; i < cut->part_count; i++)
		side[cut->part[i]] = cut->label[cut->part[i]] == FAR ? SIDE_GREATEST : SIDE_OUTSIDE;
	for (uint32_t i = 0; i < cut->part_count; i++)
		if (cut->balance[cut->part[i]] > 0)
			queued = join_smallest(cut, cut->part[i], side, queued);
	for (uint32_t i = 0; i < queued; i++) {
		uint32_t node = cut->queue[i];

		for (size_t a = net->needs[node]; a < net->needs[node + 1]; a++)
			queued = join_smallest(cut, net->needed[a], side, queued);
		for (size_t u = net->uses[node]; u < net->uses[node + 1]; u++)
			if (cut->flow[net->arc[u]] > 0)
				queued = join_smallest(cut, net->user[u], side, queued);
	}
}

void
cut_make(struct cut *cut, const uint8_t *place, uint64_t cost_unit, uint64_t gain_unit,
	uint8_t *side)
{
	cut->place = place;
	for (uint32_t node = 0; node < cut->net->count; node++)
		bitset_remove(&cut->met, node);
	for (uint32_t node = 0; node < cut->net->count; node++) {
		if (!is_open(cut, node) || bitset_has(&cut->met, node))
			continue;
		gather_part(cut, node);
		start_part(cut, cost_unit, gain_unit);
		push_all(cut);
		read_sides(cut, side);
	}
}
