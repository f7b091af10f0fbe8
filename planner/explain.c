/*
 * `explain`: everything that speaks of one resource, selected or not.
 * It must not know: formats.
 */
#include "internal.h"

#define FACTS_AT_MOST 16 /* more than any kind has */

static void
add_fact(struct view_explanation *out, const char *text)
{
	if (out->facts.count < FACTS_AT_MOST)
		out->facts.items[out->facts.count++] = text;
}

static void
add_time(struct view_explanation *out, struct arena *arena, const char *what, int64_t time)
{
	char text[TIME_TEXT_SIZE];

	if (time == TIME_NONE)
		return;
	time_format(time, text);
	add_fact(out, arena_format(arena, "%s %s", what, text));
}

static void
add_word(struct view_explanation *out, const struct graph *graph, struct arena *arena,
	const char *what, sid word)
{
	if (word)
		add_fact(out,
			arena_format(arena, "%s %s", what, strpool_text(&graph->strings, word)));
}

static void
add_text(struct view_explanation *out, struct arena *arena, const char *what, struct slice text)
{
	if (text.at)
		add_fact(out, arena_format(arena, "%s %.*s", what, (int)text.len, text.at));
}

static void
add_image_facts(const struct graph *graph, const struct element_source *source, nid n,
	struct arena *arena, struct view_explanation *out)
{
	const struct image *image = graph_image(graph, n);
	const struct image_traits *traits = graph_image_traits(graph, n);

	add_time(out, arena, "created", image->created);
	add_time(out, arena, "last launched", image->last_launched);
	add_word(out, graph, arena, "architecture", traits->architecture);
	add_word(out, graph, arena, "root device", traits->root_device_type);
	add_word(out, graph, arena, "deregistration protection", traits->protection);
	add_text(out, arena, "description",
		source->member(source->context, n, SLICE("Description"), arena));
	if (image->is_public == YES)
		add_fact(out, "public");
	add_fact(out, image->permissions_read == YES ? "launch permissions read"
						     : "launch permissions not read");
	add_time(out, arena, "leaves the Recycle Bin", traits->bin_exit);
}

static void
add_snapshot_facts(
	const struct graph *graph, nid n, struct arena *arena, struct view_explanation *out)
{
	const struct snapshot *snapshot = graph_snapshot(graph, n);
	const struct snapshot_traits *traits = graph_snapshot_traits(graph, n);

	add_time(out, arena, "started", snapshot->started);
	add_word(out, graph, arena, "volume", snapshot->volume);
	if (snapshot->size_gib)
		add_fact(out, arena_format(arena, "%u GiB volume", snapshot->size_gib));
	add_word(out, graph, arena, "tier", traits->tier);
	add_word(out, graph, arena, "lock", traits->lock_state);
	add_time(out, arena, "locked until", traits->lock_expires);
	add_word(out, graph, arena, "description", snapshot->description);
	add_fact(out, arena_format(arena, "description form: %s",
			      description_form_name((enum description_form)snapshot->form)));
	add_time(out, arena, "leaves the Recycle Bin", traits->bin_exit);
}

static void
add_instance_facts(
	const struct graph *graph, nid n, struct arena *arena, struct view_explanation *out)
{
	const struct instance *instance = graph_instance(graph, n);

	add_time(out, arena, "launched", instance->launched);
	add_word(out, graph, arena, "type", instance->type);
	add_word(out, graph, arena, "lifecycle", instance->lifecycle);
	if (instance->protected_ == YES)
		add_fact(out, "termination protection");
	if (instance->managed == YES)
		add_fact(out, "managed by an operator");
}

static void
add_facts(const struct graph *graph, const struct element_source *source, nid n,
	struct arena *arena, struct view_explanation *out)
{
	enum node_kind kind = (enum node_kind)graph_node(graph, n)->kind;

	out->facts.items = arena_array(arena, FACTS_AT_MOST, sizeof(char *));
	if (!out->defined)
		return;
	if (kind == NODE_IMAGE)
		add_image_facts(graph, source, n, arena, out);
	else if (kind == NODE_SNAPSHOT)
		add_snapshot_facts(graph, n, arena, out);
	else if (kind == NODE_INSTANCE)
		add_instance_facts(graph, n, arena, out);
}

static struct view_evidences
edges_of(const struct plan *plan, struct edge_walk walk, struct arena *arena)
{
	struct view_evidences list = {arena_array(arena, (size_t)(walk.end - walk.next) + 1,
					      sizeof(struct view_evidence)),
		0};

	while (edge_next(plan->graph, &walk))
		list.items[list.count++] = evidence_of_edge(plan, walk.edge);
	return list;
}

/* Every rule is asked, as if the item had been selected; the answers go into a list of their own.
 */
static struct view_alsos
rules_that_speak(struct plan *plan, nid item, struct arena *arena)
{
	struct reasons reasons = {0};
	struct inquiry inquiry = {.plan = plan, .item = item, .reasons = &reasons};

	ask_rules(&inquiry, ALL_RULES);
	struct view_alsos list = {
		arena_array(arena, reasons.count + 1, sizeof(struct view_also)), 0};
	vec_foreach (reason, &reasons)
		list.items[list.count++] = (struct view_also){
			.rule = rule_word((enum rule)reason->rule),
			.class = rule_class_word((enum rule_class)reason->class),
			.reason = reason_text(plan, reason, arena),
			.remedy = reason_remedy(plan, reason, arena),
			.by = reason_by_ids(plan, reason, arena),
		};
	vec_release(&reasons);
	return list;
}

/* Where the plan decided, its own reason; else the first rule that speaks. */
static const char *
stays_because(
	struct plan *plan, nid n, const struct view_explanation *explanation, struct arena *arena)
{
	if (plan->reason_start[n])
		return reason_text(plan, &plan->reasons.items[plan->reason_start[n] - 1], arena);
	return explanation->rules.items[0].reason;
}

static const char *
verdict_of(
	struct plan *plan, nid n, const struct view_explanation *explanation, struct arena *arena)
{
	if (!is_item(plan->graph, n))
		return explanation->defined ? "amiplan never removes resources of this kind; it "
					      "shows what they need"
					    : "no document describes it; it is only mentioned, and "
					      "never removed";
	if (plan->fate[n] == FATE_STEP)
		return arena_format(arena, "it can go: %s", step_because(plan, n, arena));
	if (explanation->rules.count == 0)
		return "nothing speaks against removing it, but nothing selected it";
	return arena_format(arena, "it stays: %s", stays_because(plan, n, explanation, arena));
}

static const char *
fate_word(const struct plan *plan, nid n)
{
	static const char *const words[] = {[FATE_NONE] = "not selected",
		[FATE_STEP] = "step",
		[FATE_BLOCKED] = "blocked",
		[FATE_KEPT] = "kept"};

	return is_item(plan->graph, n) ? words[plan->fate[n]] : "not an item";
}

int
plan_explain(struct plan *plan, const struct element_source *source, struct slice id,
	struct arena *arena, struct view_explanation *out, struct err *err)
{
	const struct graph *graph = plan->graph;
	nid n = graph_find(graph, id);

	if (n == 0)
		return err_set(err, ERR_UNKNOWN,
			"%.*s is in no document of the inventory and nothing mentions it",
			(int)id.len, id.at);
	const struct node *node = graph_node(graph, n);
	*out = (struct view_explanation){
		.resource = graph_id(graph, n),
		.kind = node_kind_word((enum node_kind)node->kind),
		.name = strpool_text(&graph->strings, node->name),
		.account = strpool_text(&graph->strings, node->account),
		.region = strpool_text(&graph->strings, node->region),
		.owner = strpool_text(&graph->strings, node->owner),
		.state = node->defined ? state_text((enum state)node->state) : "",
		.defined = node->defined,
		.fate = fate_word(plan, n),
		.refers_to = edges_of(plan, graph_out(graph, n), arena),
		.referred_by = edges_of(plan, graph_in(graph, n), arena),
	};
	add_facts(graph, source, n, arena, out);
	if (is_item(graph, n))
		out->rules = rules_that_speak(plan, n, arena);
	out->verdict = verdict_of(plan, n, out, arena);
	return 0;
}
