/*
 * The choice by money: what the steps of a plan disturb and what they need, as a problem of closed
 * sets; and the solution as a list of what is spared.
 * It must not know: where gains come from (cost_gains.c), how the problem is solved (closure.c).
 *
 * An AMI that is spared keeps its snapshots and its instances. So what is chosen among is AMIs,
 * each with the snapshots that are its alone; snapshots that several AMIs share, each needing all
 * of these; snapshots without an AMI; and instances, which go with their AMI or not at all.
 */
#include "saving.h"
#include "cost_gains.h"
#include "cost_internal.h"

/* Rounds after which a choice that the cost does not confirm gives way to everything. */
#define ROUNDS 16

/* How much a step disturbs, by the days since the AMI was last launched. */
static const struct {
	int64_t days;
	uint32_t weight;
} recency[] = {{30, 8}, {90, 4}, {365, 2}, {INT64_MAX / DAY, 1}};

/* One question in the making. */
struct problem {
	const struct cost *cost;
	const struct plan *plan;
	const struct graph *graph;
	nid *leader; /* by nid: with which step it goes; most go by themselves; 0: no step */
	uint32_t *followers;        /* by nid of a leader: how many steps go with it */
	uint32_t *weight_of;        /* by nid */
	uint32_t *node_of;          /* by nid: the leader's; NO_NODE */
	enum save_by by;            /* what counts as gained */
	struct closure low;         /* gains that no set falls short of */
	struct closure high;        /* gains that no set exceeds */
	const struct bitset *going; /* while a solution is carried out, by nid */
	bool is_owned, is_held;     /* of the snapshot that is asked about */
};

/* --- disturbance ------------------------------------------------------------------------------ */

/* Nobody knows when: as if just now. */
static uint32_t
weight_since(const struct plan *plan, int64_t time)
{
	size_t i = 0;

	if (time == TIME_NONE)
		return recency[0].weight;
	while (plan->as_of - time > recency[i].days * DAY)
		i++;
	return recency[i].weight;
}

static bool
is_step(const struct plan *plan, nid node)
{
	return plan->fate[node] == FATE_STEP;
}

/* AMIs whose stay would keep the snapshot: those that map it; without any, those it was made for.
 */
typedef void owner_visitor(struct problem *problem, nid snapshot, nid image);

static void
each_owner(struct problem *problem, nid snapshot, owner_visitor *visit)
{
	const struct graph *graph = problem->graph;
	bool mapped = is_mapped(graph, snapshot);
	struct edge_walk walk = mapped ? graph_in(graph, snapshot) : graph_out(graph, snapshot);

	while (edge_next(graph, &walk)) {
		nid image = mapped ? walk.edge->from : walk.edge->to;
		bool owns = mapped ? is_mapping(graph, walk.edge)
				   : walk.edge->kind == EDGE_MADE_FOR &&
					     walk.edge->belief != BELIEF_WEAK;

		if (owns && is_step(problem->plan, image))
			visit(problem, snapshot, image);
	}
}

/* It follows its only owner; with a second one it goes by itself. */
static void
meet_owner(struct problem *problem, nid snapshot, nid image)
{
	uint32_t *weight = &problem->weight_of[snapshot];
	nid *leader = &problem->leader[snapshot];

	if (problem->weight_of[image] > *weight)
		*weight = problem->weight_of[image];
	*leader = *leader == 0 || *leader == image ? image : snapshot;
}

static void
weigh_image(struct problem *problem, nid image)
{
	problem->weight_of[image] =
		weight_since(problem->plan, launched_or_made(problem->graph, image));
	problem->leader[image] = image;
}

/* A snapshot without an AMI: nothing can be launched from it any more. */
static void
weigh_snapshot(struct problem *problem, nid snapshot)
{
	problem->weight_of[snapshot] = 1;
	each_owner(problem, snapshot, meet_owner);
	if (problem->leader[snapshot] == 0)
		problem->leader[snapshot] = snapshot;
	else if (problem->leader[snapshot] != snapshot)
		problem->followers[problem->leader[snapshot]]++;
}

static void
weigh_instance(struct problem *problem, nid instance)
{
	problem->weight_of[instance] =
		weight_since(problem->plan, graph_instance(problem->graph, instance)->launched);
	problem->leader[instance] = instance;
}

/* --- the problem -------------------------------------------------------------------------------
 */

static void
need(struct problem *problem, nid item, nid needed)
{
	closure_need(&problem->low, problem->node_of[item], problem->node_of[needed]);
	closure_need(&problem->high, problem->node_of[item], problem->node_of[needed]);
}

/* A leader and its followers are one node: they go together, and disturb alike. */
static void
add_leader(struct problem *problem, nid item)
{
	uint32_t steps = 1 + problem->followers[item];
	uint32_t weight = problem->weight_of[item] * steps;

	if (problem->leader[item] != item)
		return;
	problem->node_of[item] = closure_add(&problem->low, weight, steps, 0);
	closure_add(&problem->high, weight, steps, 0);
}

static void
add_follower(struct problem *problem, nid item)
{
	problem->node_of[item] = problem->node_of[problem->leader[item]];
}

static void
need_owners(struct problem *problem, nid snapshot)
{
	if (problem->leader[snapshot] == snapshot)
		each_owner(problem, snapshot, need);
}

/* An instance and its AMI need each other, but where the user took that upon himself. */
static void
need_image(struct problem *problem, nid instance)
{
	struct edge_walk walk = graph_out(problem->graph, instance);

	while (edge_next(problem->graph, &walk)) {
		nid image = walk.edge->to;

		if (walk.edge->kind != EDGE_LAUNCHED_FROM || !is_step(problem->plan, image))
			continue;
		if (!rule_is_accepted(problem->plan, RULE_IMAGE_STAYS, instance))
			need(problem, instance, image);
		if (!rule_is_accepted(problem->plan, RULE_IN_USE, image))
			need(problem, image, instance);
	}
}

/* NODE_KINDS: of every kind. */
static void
each_step(struct problem *problem, enum node_kind kind,
	void (*visit)(struct problem *problem, nid item))
{
	vec_foreach (item, &problem->plan->steps)
		if (kind == NODE_KINDS || graph_node(problem->graph, *item)->kind == kind)
			visit(problem, *item);
}

static void
pose(struct problem *problem, const struct cost *cost)
{
	static const struct {
		enum node_kind kind;
		void (*visit)(struct problem *problem, nid item);
	} passes[] = {
		{NODE_IMAGE, weigh_image},
		{NODE_SNAPSHOT, weigh_snapshot},
		{NODE_INSTANCE, weigh_instance},
		{NODE_KINDS, add_leader},
		{NODE_KINDS, add_follower},
		{NODE_SNAPSHOT, need_owners},
		{NODE_INSTANCE, need_image},
	};
	size_t nodes = cost->graph->nodes.count;

	*problem = (struct problem){.cost = cost,
		.plan = cost->plan,
		.graph = cost->graph,
		.by = cost->plan->policy->save_by};
	problem->leader = xcalloc(nodes, sizeof(*problem->leader));
	problem->followers = xcalloc(nodes, sizeof(*problem->followers));
	problem->weight_of = xcalloc(nodes, sizeof(*problem->weight_of));
	problem->node_of = xcalloc(nodes, sizeof(*problem->node_of));
	for (size_t i = 0; i < nodes; i++)
		problem->node_of[i] = NO_NODE;
	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++)
		each_step(problem, passes[i].kind, passes[i].visit);
	gains_add(cost, problem->by, GAIN_AT_LEAST, problem->node_of, &problem->low);
	gains_add(cost, problem->by, GAIN_AT_MOST, problem->node_of, &problem->high);
}

static void
problem_release(struct problem *problem)
{
	free(problem->leader);
	free(problem->followers);
	free(problem->weight_of);
	free(problem->node_of);
	closure_release(&problem->low);
	closure_release(&problem->high);
}

/* --- the solution ------------------------------------------------------------------------------
 */

/* Steps that go, and what they free by the cost's own word. */
struct solution {
	struct bitset going; /* by nid */
	uint64_t steps, weight;
	struct money freed;
};

/* One owner that stays is enough. */
static void
look_at_owner(struct problem *problem, nid snapshot, nid image)
{
	(void)snapshot;
	problem->is_owned = true;
	problem->is_held = problem->is_held || !bitset_has(problem->going, image);
}

/* AMIs come first. A snapshot goes when all its owners do, whether it was worth a choice or not. */
static bool
goes(struct problem *problem, const struct bitset *chosen, nid item)
{
	problem->is_owned = problem->is_held = false;
	if (graph_node(problem->graph, item)->kind == NODE_SNAPSHOT)
		each_owner(problem, item, look_at_owner);
	if (problem->is_owned)
		return !problem->is_held;
	return !chosen || bitset_has(chosen, problem->node_of[item]);
}

/* `chosen` by node; NULL: everything goes. */
static void
carry_out(struct problem *problem, const struct bitset *chosen, struct solution *solution)
{
	bitset_release(&solution->going);
	bitset_init(&solution->going, problem->graph->nodes.count);
	solution->steps = solution->weight = 0;
	problem->going = &solution->going;
	vec_foreach (item, &problem->plan->steps) {
		if (!goes(problem, chosen, *item))
			continue;
		bitset_add(&solution->going, *item);
		solution->steps++;
		solution->weight += problem->weight_of[*item];
	}
	solution->freed = gains_of(problem->cost, problem->by, &solution->going);
}

/* What can be had, down to a whole cent: so much may be asked for. `everything` is by nid. */
static int
out_of_reach(const struct problem *problem, struct money save, struct money had,
	const struct bitset *everything, struct err *err)
{
	uint64_t nanos = gains_nanos(had, GAIN_AT_LEAST);
	struct money most = gains_of(problem->cost, SAVE_BY_MOST, everything);
	char asked[MONEY_TEXT_SIZE], had_text[MONEY_TEXT_SIZE], most_text[MONEY_TEXT_SIZE];

	money_text(save, asked);
	money_text(gains_money(nanos - nanos % NANOS_PER_CENT), had_text);
	if (problem->by == SAVE_BY_MOST)
		return err_set(err, ERR_SAVING,
			"--save %s: at most %s USD a month may be freed, as far as prices and "
			"sizes are known; ask for less, or select more",
			asked, had_text);
	nanos = gains_nanos(most, GAIN_AT_LEAST);
	money_text(gains_money(nanos - nanos % NANOS_PER_CENT), most_text);
	return err_set(err, ERR_SAVING,
		"--save %s: at most %s USD a month was found to be surely freed; ask for less, or "
		"make it surer: with the listings of the Recycle Bin, block lists (`amiplan "
		"collect --blocks`) or a bill (--cur)%s%s%s",
		asked, had_text,
		money_compare(most, save) >= 0
			? "; or choose by what may be freed (--save-by most), here at most "
			: "",
		money_compare(most, save) >= 0 ? most_text : "",
		money_compare(most, save) >= 0 ? " USD" : "");
}

/* True, with what goes, if there is a set that gains so much. */
static bool
aim_at(struct problem *problem, uint64_t goal, struct solution *solution)
{
	struct closure_choice choice = {0};
	bool reached = closure_save(&problem->low, goal, &choice);

	if (reached)
		carry_out(problem, &choice.chosen, solution);
	closure_choice_release(&choice);
	return reached;
}

/*
 * Gains that are not told of all that goes (documents that deny one another, lists and bills of a
 * part) may be more than the cost says of a part. Where it does not confirm a choice, the next one
 * aims higher by what is lacking; in the end comes all that gains anything, and then everything.
 */
static int
choose_for_saving(
	struct problem *problem, struct money save, struct solution *solution, struct err *err)
{
	uint64_t goal = gains_nanos(save, GAIN_AT_MOST);
	struct money most = MONEY_ZERO;

	for (int round = 0; round < ROUNDS && aim_at(problem, goal, solution); round++) {
		if (money_compare(solution->freed, save) >= 0)
			return 0;
		most = money_max(most, solution->freed);
		goal += gains_nanos(money_subtract(save, solution->freed), GAIN_AT_MOST);
	}
	for (int everything = 0; everything < 2; everything++) {
		if (everything)
			carry_out(problem, NULL, solution);
		else
			aim_at(problem, closure_reach(&problem->low), solution);
		if (money_compare(solution->freed, save) >= 0)
			return 0;
		most = money_max(most, solution->freed);
	}
	return out_of_reach(problem, save, most, &solution->going, err);
}

/* Snapshots that several AMIs share go along with the last of these, chosen or not: then the choice
 * is made anew for fewer steps. */
static void
choose_for_steps(struct problem *problem, uint64_t max_steps, struct solution *solution)
{
	uint64_t budget = max_steps;

	for (int round = 0;; round++) {
		struct closure_choice choice = {0};
		uint64_t excess;

		closure_most(&problem->low, budget, &choice);
		carry_out(problem, &choice.chosen, solution);
		closure_choice_release(&choice);
		if (solution->steps <= max_steps)
			return;
		excess = round < ROUNDS ? solution->steps - max_steps : budget / 2 + 1;
		budget -= excess < budget ? excess : budget;
	}
}

/* Gains that were cut off are no limit to anything. */
static bool
bounds_hold(const struct problem *problem)
{
	return closure_reach(&problem->high) < LIMIT_CLOSURE_GAIN;
}

/* Whole nano-dollars that are no less than what is asked for are no less than that rounded up. */
static uint64_t
least_disturbance(const struct problem *problem, struct money save)
{
	struct closure_choice choice = {0};
	uint64_t least = 0;

	if (bounds_hold(problem) &&
		closure_save(&problem->high, gains_nanos(save, GAIN_AT_MOST), &choice))
		least = choice.bound;
	closure_choice_release(&choice);
	return least;
}

static struct money
most_saving(const struct problem *problem, uint64_t max_steps)
{
	struct closure_choice choice = {0};
	struct money most = MONEY_UNKNOWN;

	if (bounds_hold(problem)) {
		closure_most(&problem->high, max_steps, &choice);
		most = gains_money(choice.bound);
	}
	closure_choice_release(&choice);
	return most;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static void
fill(struct problem *problem, const struct solution *solution, struct saving *out)
{
	const struct policy *policy = problem->plan->policy;

	*out = (struct saving){
		.freed = solution->freed,
		.disturbance = solution->weight,
		.steps = problem->plan->steps.count,
	};
	bitset_init(&out->spared, problem->graph->nodes.count);
	vec_foreach (item, &problem->plan->steps) {
		out->images += graph_node(problem->graph, *item)->kind == NODE_IMAGE;
		if (!bitset_has(&solution->going, *item))
			bitset_add(&out->spared, *item);
	}
	if (policy->save.known) {
		out->least = least_disturbance(problem, policy->save);
		if (out->least > out->disturbance)
			out->least = out->disturbance;
		return;
	}
	out->most = most_saving(problem, (uint64_t)policy->max_steps);
	if (out->most.known)
		out->most = money_max(out->most, out->freed);
}

int
saving_choose(const struct cost *cost, struct saving *out, struct err *err)
{
	const struct policy *policy = cost->plan->policy;
	struct problem problem;
	struct solution solution = {.freed = MONEY_ZERO};
	int code = 0;

	pose(&problem, cost);
	bitset_init(&solution.going, cost->graph->nodes.count);
	if (policy->save.known)
		code = choose_for_saving(&problem, policy->save, &solution, err);
	else
		choose_for_steps(&problem, (uint64_t)policy->max_steps, &solution);
	if (code == 0)
		fill(&problem, &solution, out);
	bitset_release(&solution.going);
	problem_release(&problem);
	return code;
}

void
saving_release(struct saving *saving)
{
	bitset_release(&saving->spared);
}
