/*
 * What single resources cost: archived snapshots, fast restores, volumes, instances, addresses.
 * It must not know: blocks of the standard tier, totals.
 * Source: https://aws.amazon.com/ebs/pricing/, https://aws.amazon.com/ec2/pricing/on-demand/,
 * https://aws.amazon.com/vpc/pricing/
 */
#include "cost_internal.h"

/* Hours that an archived snapshot is paid for at least, and those of AWS's month there. */
#define ARCHIVE_HOURS 2160
#define ARCHIVE_MONTH 720

/* IOPS and MiB/s that a gp3 volume has for nothing. */
#define GP3_FREE_IOPS 3000
#define GP3_FREE_THROUGHPUT 125

struct money
price_at(const struct cost *cost, nid node, enum price_item item, const char *name,
	struct cost *note)
{
	const struct graph *graph = cost->graph;
	struct slice region = graph_text(graph, graph_node(graph, node)->region);
	struct money price = price_find(cost->book, region, item, name);

	if (!price.known && note)
		note_unpriced(note, node,
			arena_format(&note->arena, "%s%s", price_path(item), name ? name : ""));
	return price;
}

void
note_unpriced(struct cost *note, nid node, const char *what)
{
	note_estimated(note, node, what, NULL);
}

void
note_estimated(struct cost *note, nid node, const char *what, const char *estimate)
{
	struct arena *arena = &note->arena;
	sid region = graph_node(note->graph, node)->region;
	const char *key = arena_format(arena, "%u %s", (unsigned)region, what);
	sid number = strpool_add(&note->gaps, slice_of(key));

	while (note->unpriced.count <= number)
		vec_push(&note->unpriced, (struct unpriced){0});
	struct unpriced *gap = &note->unpriced.items[number];
	if (gap->items++ == 0) {
		gap->region = region;
		gap->what = what;
		gap->estimate = estimate;
		gap->example = node;
	}
}

bool
is_paid(const struct cost *cost, nid node)
{
	return node_is_paid(cost->graph, node);
}

bool
node_is_paid(const struct graph *graph, nid node)
{
	const struct node *n = graph_node(graph, node);
	sid payer = n->kind == NODE_VOLUME || !n->owner ? n->account : n->owner;

	return n->defined && (graph->ours.count == 0 || !payer || graph_is_ours(graph, payer));
}

/* --- snapshots ---------------------------------------------------------------------------------
 */

/* What has a cell is stored in the standard tier, as nearly all are. */
static bool
is_archived(const struct cost *cost, nid snapshot)
{
	return !lineage_cell(&cost->lineages, snapshot) &&
	       snapshot_is_archived(cost->graph, snapshot);
}

/* A copy in the standard tier for a while: both tiers are paid for. */
static bool
is_restored(const struct cost *cost, nid snapshot)
{
	int64_t expiry = graph_snapshot_traits(cost->graph, snapshot)->restore_expiry;

	return expiry != TIME_NONE && expiry > cost->plan->as_of;
}

struct amount
snapshot_archive(const struct cost *cost, nid snapshot, struct cost *note)
{
	struct bytes full, none = {.level = LEVEL_EXACT};
	struct amount amount, restored;

	if (!is_archived(cost, snapshot))
		return amount_zero();
	full = snapshot_full(cost->graph, snapshot);
	if (full.unsized && note)
		note_unpriced(note, snapshot, "its size");
	amount = amount_of_bytes(price_at(cost, snapshot, PRICE_ARCHIVE, NULL, note), &full);
	if (!is_restored(cost, snapshot))
		return amount;
	none.max = full.max;
	none.unsized = full.unsized;
	none.level = LEVEL_RANGE; /* it ends by itself */
	restored = amount_of_bytes(price_at(cost, snapshot, PRICE_SNAPSHOT, NULL, note), &none);
	amount_add(&amount, &restored);
	return amount;
}

/* Hours of the 90 days that are not over; all of them if nobody says when they began. */
static uint64_t
hours_short(const struct cost *cost, nid snapshot)
{
	int64_t archived = graph_snapshot_traits(cost->graph, snapshot)->archived;
	int64_t hours;

	if (archived == TIME_NONE || archived > cost->plan->as_of)
		return ARCHIVE_HOURS;
	hours = (cost->plan->as_of - archived + HOUR / 2) / HOUR;
	return hours < ARCHIVE_HOURS ? (uint64_t)(ARCHIVE_HOURS - hours) : 0;
}

struct amount
snapshot_early_delete(const struct cost *cost, nid snapshot, struct cost *note)
{
	struct bytes full = snapshot_full(cost->graph, snapshot);
	uint64_t hours;
	struct money price;

	if (!is_archived(cost, snapshot) || (hours = hours_short(cost, snapshot)) == 0)
		return amount_zero();
	price = price_at(cost, snapshot, PRICE_EARLY_DELETE, NULL, note);
	if (graph_snapshot_traits(cost->graph, snapshot)->archived == TIME_NONE)
		full.min = 0, full.level = LEVEL_RANGE;
	if (price.known)
		price = money_share(price, hours, ARCHIVE_MONTH);
	return amount_of_bytes(price, &full);
}

struct amount
snapshot_fast_restore(const struct cost *cost, nid snapshot, struct cost *note)
{
	uint32_t zones = graph_snapshot_traits(cost->graph, snapshot)->fast_restores;

	if (zones == 0)
		return amount_zero();
	return amount_times(amount_exact(price_at(cost, snapshot, PRICE_FAST_RESTORE, NULL, note)),
		(uint64_t)HOURS_PER_MONTH * zones);
}

/* --- volumes -----------------------------------------------------------------------------------
 */

static struct money
times_beyond(struct money price, uint64_t count, uint64_t from, uint64_t to)
{
	uint64_t end = count < to ? count : to;

	return end > from ? money_times(price, end - from) : MONEY_ZERO;
}

/* Provisioned IOPS by type of volume: those between `from` and `to` at the price of `name`. The
 * IOPS that a gp2 volume shows are its own and cost nothing. */
static const struct {
	const char *type, *name;
	uint64_t from, to;
} iops_tiers[] = {
	{"gp3", "gp3", GP3_FREE_IOPS, UINT64_MAX},
	{"io1", "io1", 0, UINT64_MAX},
	{"io2", "io2_tier1", 0, 32000},
	{"io2", "io2_tier2", 32000, 64000},
	{"io2", "io2_tier3", 64000, UINT64_MAX},
};

static void
add_price(struct amount *to, struct money money)
{
	struct amount amount = amount_exact(money);

	amount_add(to, &amount);
}

static void
add_iops(const struct cost *cost, nid volume, struct slice type, struct amount *amount,
	struct cost *note)
{
	const struct volume *row = graph_volume(cost->graph, volume);
	bool provisioned = slice_is(type, "io1") || slice_is(type, "io2");

	if (provisioned && row->iops == 0) {
		amount->max = MONEY_UNKNOWN;
		if (note)
			note_unpriced(note, volume, "its IOPS");
	}
	for (size_t i = 0; i < sizeof(iops_tiers) / sizeof(iops_tiers[0]); i++)
		if (slice_is(type, iops_tiers[i].type) && row->iops > iops_tiers[i].from)
			add_price(amount, times_beyond(price_at(cost, volume, PRICE_IOPS,
							       iops_tiers[i].name, note),
						  row->iops, iops_tiers[i].from, iops_tiers[i].to));
	if (slice_is(type, "gp3") && row->throughput > GP3_FREE_THROUGHPUT)
		add_price(amount, money_times(price_at(cost, volume, PRICE_THROUGHPUT, NULL, note),
					  row->throughput - GP3_FREE_THROUGHPUT));
}

static bool
is_deleted(const struct cost *cost, nid volume)
{
	struct slice state = graph_text(cost->graph, graph_volume(cost->graph, volume)->state_text);

	return slice_is(state, "deleting") || slice_is(state, "deleted");
}

struct amount
volume_cost(const struct cost *cost, nid volume, struct cost *note)
{
	const struct volume *row = graph_volume(cost->graph, volume);
	const char *type = strpool_text(&cost->graph->strings, row->type);
	struct amount amount = amount_zero();

	if (is_deleted(cost, volume))
		return amount;
	if (row->size_gib == 0) {
		amount.max = MONEY_UNKNOWN;
		if (note)
			note_unpriced(note, volume, "its size");
	}
	add_price(&amount,
		money_times(price_at(cost, volume, PRICE_VOLUME, type, note), row->size_gib));
	add_iops(cost, volume, slice_of(type), &amount, note);
	if (strcmp(type, "standard") != 0)
		return amount;
	/* A magnetic volume is paid for each request too, and nothing counts them. */
	amount.max = MONEY_UNKNOWN;
	if (note)
		note_unpriced(note, volume, "its requests (a magnetic volume's)");
	return amount;
}

enum tristate
volume_goes(const struct cost *cost, nid volume, nid alone)
{
	struct edge_walk walk = graph_out(cost->graph, volume);
	enum tristate goes = YES;
	bool attached = false;

	while (edge_next(cost->graph, &walk)) {
		nid instance = walk.edge->to;

		if (walk.edge->kind != EDGE_ATTACHED_TO)
			continue;
		attached = true;
		if (alone ? instance != alone : cost->plan->fate[instance] != FATE_STEP)
			return NO;
		if (walk.edge->goes == NO)
			goes = NO;
		else if (walk.edge->goes == UNREAD && goes == YES)
			goes = UNREAD;
	}
	return attached ? goes : NO;
}

/* --- instances ---------------------------------------------------------------------------------
 */

/* Operating systems by their billing code, and by its words where the code is not told. Without a
 * name they are priced as Linux; with one, under it; what is in no row has no known price. */
static const struct {
	const char *operation, *platform, *name;
} systems[] = {
#define SYSTEM(operation, platform, system, software, name) {operation, platform, name},
#include "systems.def"
};

#define SYSTEM_COUNT (sizeof(systems) / sizeof(systems[0]))

/* Its row, or SYSTEM_COUNT. An old listing tells of Windows only: anything else is Linux there. */
static size_t
system_of(const struct graph *graph, nid instance)
{
	const struct terms *terms = graph_terms(graph, instance);
	struct slice platform = graph_text(graph, graph_instance(graph, instance)->platform);
	size_t i = 0;

	if (terms->operation) {
		while (i < SYSTEM_COUNT &&
			!slice_is(graph_text(graph, terms->operation), systems[i].operation))
			i++;
		return i;
	}
	if (terms->platform) {
		while (i < SYSTEM_COUNT &&
			!slice_is(graph_text(graph, terms->platform), systems[i].platform))
			i++;
		return i;
	}
	return platform.len ? SYSTEM_COUNT - 1 : 0;
}

/* With an operating system of its own price. Where the list does not have it, the price of Linux is
 * sure, and the rest is an estimate or unknown. */
static struct amount
hourly_price_of_system(const struct cost *cost, nid instance, const char *system, const char *type,
	struct cost *note)
{
	struct slice region = graph_text(cost->graph, graph_node(cost->graph, instance)->region);
	struct instance_price price = price_instance(cost->book, region, system, type);
	struct amount amount = amount_exact(price.hour);

	if (price.hour.known && !price.estimate)
		return amount;
	if (note)
		note_estimated(note, instance,
			arena_format(
				&note->arena, "%s%s.%s", price_path(PRICE_SYSTEM), system, type),
			price.estimate);
	if (price.linux.known) {
		amount.min = price.linux;
		amount.priced = price.hour.known ? price.hour : price.linux;
	}
	amount.level = LEVEL_RANGE;
	return amount;
}

/* The list price of an hour, where the list has it. */
static struct amount
hourly_price(const struct cost *cost, nid instance, struct cost *note)
{
	const struct graph *graph = cost->graph;
	const char *type = strpool_text(&graph->strings, graph_instance(graph, instance)->type);
	size_t system = system_of(graph, instance);
	struct amount amount;

	if (system < SYSTEM_COUNT && systems[system].name)
		return hourly_price_of_system(cost, instance, systems[system].name, type, note);
	amount = amount_exact(price_at(cost, instance, PRICE_LINUX, type, note));
	if (system == SYSTEM_COUNT) {
		amount.max = MONEY_UNKNOWN;
		if (note)
			note_unpriced(note, instance, "the licence of its operating system");
	}
	return amount;
}

/* What the price list does not tell. */
static const char *
beyond_the_list(const struct graph *graph, nid instance)
{
	struct slice lifecycle = graph_text(graph, graph_instance(graph, instance)->lifecycle);
	struct slice tenancy = graph_text(graph, graph_terms(graph, instance)->tenancy);

	if (slice_is(lifecycle, "spot"))
		return "its spot price";
	if (slice_is(tenancy, "dedicated"))
		return "its dedicated tenancy";
	return NULL;
}

static bool
is_on_host(const struct graph *graph, nid instance)
{
	return slice_is(graph_text(graph, graph_terms(graph, instance)->tenancy), "host");
}

static struct amount
unknown_amount(void)
{
	struct amount amount = amount_zero();

	amount.max = MONEY_UNKNOWN;
	amount.level = LEVEL_RANGE;
	return amount;
}

/* A month of it at list price. What of it is covered by a reservation or a savings plan is paid
 * elsewhere: nothing is sure but the upper end. */
struct amount
instance_cost(const struct cost *cost, nid instance, struct cost *note)
{
	const struct graph *graph = cost->graph;
	enum state state = (enum state)graph_node(graph, instance)->state;
	struct amount amount;
	const char *missing = beyond_the_list(graph, instance);

	if ((state != STATE_INSTANCE_RUNNING && state != STATE_INSTANCE_STOPPING) ||
		is_on_host(graph, instance))
		return amount_zero();
	if (missing) {
		if (note)
			note_unpriced(note, instance, missing);
		return unknown_amount();
	}
	amount = amount_times(hourly_price(cost, instance, note), HOURS_PER_MONTH);
	if (bill_cover_of(cost, instance) != COVER_NONE) {
		amount.min = MONEY_ZERO;
		amount.level = LEVEL_RANGE;
	} else if (amount.level == LEVEL_EXACT) {
		amount.level = LEVEL_BILLED;
	}
	if (graph_terms(graph, instance)->product_type) {
		amount.max = MONEY_UNKNOWN;
		if (note)
			note_unpriced(note, instance, "the seller's price of its product");
	}
	return amount;
}

/* A group, a fleet or a persistent request starts another one. */
static bool
is_replaced(const struct graph *graph, nid instance)
{
	struct edge_walk walk = graph_out(graph, instance);

	while (edge_next(graph, &walk))
		if (walk.edge->kind == EDGE_MEMBER_OF &&
			graph_node(graph, walk.edge->to)->kind != NODE_SPOT_REQUEST &&
			graph_is_live(graph, walk.edge->to))
			return true;
	return false;
}

struct amount
instance_saving(const struct cost *cost, nid instance, struct cost *note)
{
	const struct graph *graph = cost->graph;

	/* The reservation is paid for whether it is used or not. */
	if (graph_node(graph, instance)->state != STATE_INSTANCE_RUNNING ||
		graph_terms(graph, instance)->reserved || is_replaced(graph, instance))
		return amount_zero();
	/* The commitment is paid to its end. */
	if (bill_cover_of(cost, instance) == COVER_ALL)
		return amount_zero();
	return instance_cost(cost, instance, note);
}

/* --- addresses ---------------------------------------------------------------------------------
 */

static bool
is_up(const struct graph *graph, nid instance)
{
	enum state state = (enum state)graph_node(graph, instance)->state;

	return state == STATE_INSTANCE_RUNNING || state == STATE_INSTANCE_PENDING;
}

/* A stopped instance keeps only Elastic IP addresses. */
static uint64_t
count_released(const struct graph *graph, nid instance)
{
	return is_up(graph, instance) ? graph_terms(graph, instance)->released_addresses : 0;
}

static uint64_t
count_doubtful(const struct graph *graph, nid instance)
{
	return is_up(graph, instance) ? graph_terms(graph, instance)->other_addresses : 0;
}

static struct amount
addresses(
	const struct cost *cost, nid instance, uint64_t sure, uint64_t doubtful, struct cost *note)
{
	struct money month;
	struct amount amount, more;

	if (sure + doubtful == 0)
		return amount_zero();
	month = money_times(price_at(cost, instance, PRICE_ADDRESS, NULL, note), HOURS_PER_MONTH);
	amount = amount_exact(money_times(month, sure));
	more = amount_up_to(money_times(month, doubtful));
	amount_add(&amount, &more);
	return amount;
}

/* An address that the account brought along is free, and nothing tells it from an Elastic IP
 * address of Amazon's. */
struct amount
address_cost(const struct cost *cost, nid instance, struct cost *note)
{
	const struct graph *graph = cost->graph;
	const struct terms *terms = graph_terms(graph, instance);

	if (!graph_is_live(graph, instance))
		return amount_zero();
	return addresses(cost, instance, count_released(graph, instance),
		(uint64_t)terms->own_addresses + terms->other_addresses, note);
}

struct amount
address_saving(const struct cost *cost, nid instance, struct cost *note)
{
	return addresses(cost, instance, count_released(cost->graph, instance),
		count_doubtful(cost->graph, instance), note);
}

struct amount
address_kept(const struct cost *cost, nid instance)
{
	const struct terms *terms = graph_terms(cost->graph, instance);

	if (!graph_is_live(cost->graph, instance))
		return amount_zero();
	return addresses(
		cost, instance, 0, (uint64_t)terms->own_addresses + terms->other_addresses, NULL);
}
