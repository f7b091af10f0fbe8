/*
 * A plan as a view: items made on demand, text by text.
 * It must not know: formats. It decides nothing.
 */
#include "cost_view.h"
#include "internal.h"
#include "saving.h"
#include "texts.h"

struct source {
	const struct plan *plan;
	struct view_source given;
	VEC(nid) blocked; /* in the order of nodes: by kind, account, region, id */
	VEC(nid) kept;
	VEC(uint32_t) documents; /* by account, region, kind, path */
	VEC(uint32_t) places;    /* rows of graph->coverage worth telling */
};

static const struct source *
source_of(const struct plan_view *view)
{
	return view->from;
}

static const char *
digest_hex(const uint8_t digest[DIGEST_SIZE], struct arena *arena)
{
	char text[DIGEST_TEXT_SIZE];

	digest_text(digest, text);
	return arena_text(arena, slice_of(text));
}

/* --- documents and coverage --- */

static void
document_at(const struct plan_view *view, size_t i, struct arena *arena, struct view_document *out)
{
	const struct source *source = source_of(view);
	const struct graph *graph = source->plan->graph;
	const struct document *document = &graph->documents.items[source->documents.items[i]];

	*out = (struct view_document){
		.path = document->path,
		.kind = doc_kind_word(document->kind),
		.account = strpool_text(&graph->strings, document->account),
		.region = strpool_text(&graph->strings, document->region),
		.records = document->records,
		.complete = !document->more,
		.sha256 = digest_hex(document->sha256, arena) + strlen("sha256:"),
	};
}

/* The identity and the like are documents, but no kind that coverage speaks of. */
static bool
is_coverage_kind(enum doc_kind kind)
{
	/* Those behind it in documents.def tell of something else than what exists and refers. */
	return kind <= DOC_TERMINATION_PROTECTION;
}

static size_t
coverage_kind_count(void)
{
	size_t count = 0;

	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++)
		count += is_coverage_kind(kind);
	return count;
}

static enum doc_kind
coverage_kind(size_t index)
{
	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++)
		if (is_coverage_kind(kind) && index-- == 0)
			return kind;
	return DOC_NONE;
}

static void
coverage_at(const struct plan_view *view, size_t i, struct arena *arena, struct view_coverage *out)
{
	const struct source *source = source_of(view);
	const struct plan *plan = source->plan;
	const struct coverage *row =
		&plan->graph->coverage.items[source->places.items[i / coverage_kind_count()]];
	enum doc_kind kind = coverage_kind(i % coverage_kind_count());
	enum coverage_status status = (enum coverage_status)row->status[kind];

	(void)arena;
	if (status < COVERAGE_EMPTY && plan->policy->assume_complete & KIND_BIT(kind))
		status = COVERAGE_ASSUMED;
	*out = (struct view_coverage){
		.account = strpool_text(&plan->graph->strings, row->account),
		.region = strpool_text(&plan->graph->strings, row->region),
		.kind = doc_kind_word(kind),
		.status = coverage_status_word(status),
	};
}

/* --- items --- */

static const char *
action_of(enum node_kind kind)
{
	return kind == NODE_IMAGE      ? "deregister-image"
	       : kind == NODE_SNAPSHOT ? "delete-snapshot"
				       : "terminate-instances";
}

static const char *
step_id(const struct plan *plan, nid item, struct arena *arena)
{
	enum node_kind kind = (enum node_kind)graph_node(plan->graph, item)->kind;

	return arena_join(arena, action_of(kind), ":", graph_id(plan->graph, item));
}

/* A snapshot waits for every AMI that maps it or that it was made for; an instance for its AMI. */
static bool
depends_on(const struct plan *plan, nid item, const struct edge *edge, bool out)
{
	nid other = out ? edge->to : edge->from;

	if (graph_node(plan->graph, other)->kind != NODE_IMAGE || plan->fate[other] != FATE_STEP ||
		other == item)
		return false;
	if (out)
		return edge->kind == EDGE_LAUNCHED_FROM ||
		       (edge->kind == EDGE_MADE_FOR && edge->belief != BELIEF_WEAK);
	return edge->kind == EDGE_MAPS;
}

static struct texts
dependencies(const struct plan *plan, nid item, struct arena *arena)
{
	const struct graph *graph = plan->graph;
	struct edge_walk out = graph_out(graph, item), in = graph_in(graph, item);
	size_t room = (size_t)(out.end - out.next) + (size_t)(in.end - in.next);
	struct texts texts = {arena_array(arena, room + 1, sizeof(char *)), 0};

	while (edge_next(graph, &out))
		if (depends_on(plan, item, out.edge, true))
			texts.items[texts.count++] = step_id(plan, out.edge->to, arena);
	while (edge_next(graph, &in))
		if (depends_on(plan, item, in.edge, false))
			texts.items[texts.count++] = step_id(plan, in.edge->from, arena);
	texts.count = texts_sort_once(texts.items, texts.count);
	return texts;
}

/* Warnings lie sorted by code; a step looks its own up in the index by node. */
static struct texts
warnings_of(const struct plan *plan, nid item, struct arena *arena)
{
	struct texts texts = {NULL, 0};
	size_t low = 0, high = plan->by_node.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (plan->warnings.items[plan->by_node.items[middle]].node < item)
			low = middle + 1;
		else
			high = middle;
	}
	while (high < plan->by_node.count &&
		plan->warnings.items[plan->by_node.items[high]].node == item)
		high++;
	texts.items = arena_array(arena, high - low + 1, sizeof(char *));
	for (size_t i = low; i < high; i++) {
		const struct plan_warning *warning = &plan->warnings.items[plan->by_node.items[i]];
		texts.items[texts.count++] =
			arena_format(arena, "%s: %s", warning->code, warning->text);
	}
	return texts;
}

static const char *
name_of(const struct graph *graph, nid item)
{
	const struct node *node = graph_node(graph, item);
	struct slice name = SLICE_NONE;

	if (node->name)
		return strpool_text(&graph->strings, node->name);
	return graph_tag(graph, item, SLICE("Name"), &name) && name.at ? name.at : "";
}

static const char *
seen_of(const char *facts, struct arena *arena)
{
	uint8_t digest[DIGEST_SIZE];

	digest_of(slice_of(facts), digest);
	return digest_hex(digest, arena);
}

/* Bytes of a definition, but of a few: nothing has to grow. */
enum { USUAL_DEFINITION = 2 << 10 };

static const char *
definition_of(const struct source *source, nid item, struct arena *arena)
{
	struct buf buf = {0};

	if (!source->given.definition)
		return "{}";
	buf_reserve(&buf, USUAL_DEFINITION);
	source->given.definition(source->given.context, item, &buf);
	const char *text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

/* The members that only programs read (enum step_part). */
static void
add_parts(const struct source *source, nid item, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	const struct plan *plan = source->plan;

	if (parts & (STEP_FACTS | STEP_SEEN)) {
		const char *facts = facts_of(plan->graph, plan->policy, item, arena);

		if (parts & STEP_FACTS)
			out->facts = facts;
		if (parts & STEP_SEEN)
			out->seen = seen_of(facts, arena);
	}
	if (parts & STEP_DEFINITION && graph_node(plan->graph, item)->kind == NODE_IMAGE)
		out->definition = definition_of(source, item, arena);
}

static void
step_at(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	const struct source *source = source_of(view);
	const struct plan *plan = source->plan;
	nid item = plan->steps.items[i];
	const struct node *node = graph_node(plan->graph, item);
	enum node_kind kind = (enum node_kind)node->kind;

	*out = (struct view_step){
		.id = step_id(plan, item, arena),
		.order = (uint32_t)i + 1,
		.phase = kind == NODE_IMAGE      ? 1
			 : kind == NODE_SNAPSHOT ? 2
						 : 3,
		.action = action_of(kind),
		.resource = graph_id(plan->graph, item),
		.name = name_of(plan->graph, item),
		.account = strpool_text(&plan->graph->strings, node->account),
		.region = strpool_text(&plan->graph->strings, node->region),
		.depends_on = dependencies(plan, item, arena),
		.because = step_because(plan, item, arena),
		.evidence = step_evidence(plan, item, arena),
		.warnings = warnings_of(plan, item, arena),
		.reversible = step_reversible(plan, item),
	};
	if (source->given.cost) {
		struct amount saving = cost_of_step(source->given.cost, item);
		struct amount share = cost_share_of_step(source->given.cost, item);
		view_of_amount(&saving, arena, &out->monthly_saving_usd);
		view_of_amount(&share, arena, &out->share_usd);
	}
	add_parts(source, item, parts, arena, out);
}

static void
target_at(const struct plan_view *view, size_t i, struct arena *arena, struct view_target *out)
{
	const struct plan *plan = source_of(view)->plan;
	nid item = plan->steps.items[i];
	const struct node *node = graph_node(plan->graph, item);

	(void)arena;
	*out = (struct view_target){
		.action = action_of((enum node_kind)node->kind),
		.resource = graph_id(plan->graph, item),
		.account = strpool_text(&plan->graph->strings, node->account),
		.region = strpool_text(&plan->graph->strings, node->region),
	};
}

static const struct reason *
reasons_of(const struct plan *plan, nid item, size_t *count)
{
	const struct reason *first = &plan->reasons.items[plan->reason_start[item] - 1];
	const struct reason *end = plan->reasons.items + plan->reasons.count;
	const struct reason *next = first;

	while (next < end && next->item == item)
		next++;
	*count = (size_t)(next - first);
	return first;
}

static struct view_also
also_of(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	return (struct view_also){
		.rule = rule_word((enum rule)reason->rule),
		.class = rule_class_word((enum rule_class)reason->class),
		.reason = reason_text(plan, reason, arena),
		.remedy = reason_remedy(plan, reason, arena),
		.by = reason_by_ids(plan, reason, arena),
	};
}

static struct view_alsos
alsos_of(const struct plan *plan, const struct reason *reasons, size_t count, struct arena *arena)
{
	struct view_alsos list = {arena_array(arena, count + 1, sizeof(struct view_also)), count};

	for (size_t i = 0; i < count; i++)
		list.items[i] = also_of(plan, &reasons[i], arena);
	return list;
}

static void
blocked_at(const struct plan_view *view, size_t i, struct arena *arena, struct view_blocked *out)
{
	const struct source *source = source_of(view);
	const struct plan *plan = source->plan;
	nid item = source->blocked.items[i];
	size_t count;
	const struct reason *reasons = reasons_of(plan, item, &count);
	struct view_also first = also_of(plan, &reasons[0], arena);

	*out = (struct view_blocked){
		.resource = graph_id(plan->graph, item),
		.action = action_of((enum node_kind)graph_node(plan->graph, item)->kind),
		.rule = first.rule,
		.class = first.class,
		.reason = first.reason,
		.remedy = first.remedy,
		.by = first.by,
		.evidence = reason_evidence(plan, &reasons[0], arena),
		.source = rule_source((enum rule)reasons[0].rule),
		.also = alsos_of(plan, reasons + 1, count - 1, arena),
	};
}

static void
kept_at(const struct plan_view *view, size_t i, struct arena *arena, struct view_kept *out)
{
	const struct source *source = source_of(view);
	const struct plan *plan = source->plan;
	nid item = source->kept.items[i];
	size_t count;
	const struct reason *reasons = reasons_of(plan, item, &count);

	*out = (struct view_kept){
		.resource = graph_id(plan->graph, item),
		.rule = rule_word((enum rule)reasons[0].rule),
		.reason = reason_text(plan, &reasons[0], arena),
		.by = reason_by_ids(plan, &reasons[0], arena),
		.also = alsos_of(plan, reasons + 1, count - 1, arena),
	};
}

static void
warning_at(const struct plan_view *view, size_t i, struct arena *arena, struct view_warning *out)
{
	const struct plan *plan = source_of(view)->plan;
	const struct graph *graph = plan->graph;
	const struct plan_warning *warning = &plan->warnings.items[i];
	const char *subject = NULL;

	if (warning->node)
		subject = graph_id(graph, warning->node);
	else if (warning->account || warning->region)
		subject = arena_format(arena, warning->region ? "%s/%s" : "%s%s",
			strpool_text(&graph->strings, warning->account),
			strpool_text(&graph->strings, warning->region));
	*out = (struct view_warning){
		.code = warning->code, .resource = subject, .text = warning->text};
}

static void
continuing_at(
	const struct plan_view *view, size_t i, struct arena *arena, struct view_continuing *out)
{
	const struct source *source = source_of(view);

	view_of_continuing(source->given.cost, source->plan, i, arena, out);
}

/* --- the whole --- */

static const char *
dollars(struct money money, struct arena *arena)
{
	char text[MONEY_TEXT_SIZE];

	money_text(money, text);
	return money.known ? arena_text(arena, slice_of(text)) : NULL;
}

static const struct view_choice *
choice_of(const struct plan *plan, struct arena *arena)
{
	const struct saving *saving = plan->saving;
	struct view_choice *choice;

	if (!saving)
		return NULL;
	choice = arena_alloc(arena, sizeof(*choice));
	*choice = (struct view_choice){
		.save_usd = dollars(plan->policy->save, arena),
		.by_most = plan->policy->save_by == SAVE_BY_MOST,
		.images = saving->images,
		.steps = saving->steps,
		.disturbance = saving->disturbance,
		.least = saving->least,
		.most_usd = dollars(saving->most, arena),
	};
	if (!choice->save_usd)
		choice->max_steps = (uint64_t)plan->policy->max_steps;
	return choice;
}

static struct view_counts
counts_of(const struct plan *plan, enum node_kind kind)
{
	const struct graph *graph = plan->graph;
	struct view_counts counts = {0};

	graph_foreach (item, graph, kind) {
		if (!is_item(graph, item) || !is_ours(plan, item))
			continue;
		counts.total++;
		counts.go += plan->fate[item] == FATE_STEP;
		counts.blocked += plan->fate[item] == FATE_BLOCKED;
		counts.kept += plan->fate[item] == FATE_KEPT;
		counts.not_selected += plan->fate[item] == FATE_NONE;
	}
	return counts;
}

static int
by_document(const void *a, const void *b, void *context)
{
	const struct graph *graph = context;
	const struct document *x = &graph->documents.items[*(const uint32_t *)a];
	const struct document *y = &graph->documents.items[*(const uint32_t *)b];
	int order = strpool_compare(&graph->strings, x->account, y->account);

	if (order == 0)
		order = strpool_compare(&graph->strings, x->region, y->region);
	if (order == 0)
		order = (x->kind > y->kind) - (x->kind < y->kind);
	if (order == 0)
		order = strcmp(x->path, y->path);
	return order ? order : memcmp(x->sha256, y->sha256, DIGEST_SIZE);
}

static void
list_documents(struct source *source)
{
	const struct graph *graph = source->plan->graph;

	for (uint32_t i = 1; i < graph->documents.count; i++)
		if (graph->documents.items[i].kind != DOC_NONE)
			vec_push(&source->documents, i);
	if (source->documents.count)
		qsort_r(source->documents.items, source->documents.count,
			sizeof(source->documents.items[0]), by_document, (void *)(uintptr_t)graph);
}

/* Places that a document speaks of, and ours. The owner of a public AMI that some listing shows is
 * no place of this inventory. */
static void
list_places(struct source *source)
{
	const struct graph *graph = source->plan->graph;

	for (uint32_t i = 0; i < graph->coverage.count; i++) {
		const struct coverage *row = &graph->coverage.items[i];
		bool told = graph->ours.count == 0 || graph_is_ours(graph, row->account) ||
			    place_was_listed(row);
		if (told)
			vec_push(&source->places, i);
	}
}

static struct texts
sorted_places(const struct source *source, bool regions, struct arena *arena)
{
	const struct graph *graph = source->plan->graph;
	struct texts texts = {arena_array(arena, source->places.count + 1, sizeof(char *)), 0};

	vec_foreach (place, &source->places) {
		const struct coverage *row = &graph->coverage.items[*place];
		sid text = regions ? row->region : row->account;
		if (text)
			texts.items[texts.count++] = strpool_text(&graph->strings, text);
	}
	texts.count = texts_sort_once(texts.items, texts.count);
	return texts;
}

static void
release_source(struct plan_view *view)
{
	struct source *source = (struct source *)(uintptr_t)view->from;

	vec_release(&source->blocked);
	vec_release(&source->kept);
	vec_release(&source->documents);
	vec_release(&source->places);
	free(source);
}

void
view_of_plan(const struct plan *plan, const struct view_source *given, struct plan_view *view)
{
	struct source *source = xcalloc(1, sizeof(*source));
	char as_of[TIME_TEXT_SIZE];

	source->plan = plan;
	source->given = *given;
	vec_foreach (item, &plan->candidates) {
		if (plan->fate[*item] == FATE_BLOCKED)
			vec_push(&source->blocked, *item);
		else if (plan->fate[*item] == FATE_KEPT)
			vec_push(&source->kept, *item);
	}
	list_documents(source);
	list_places(source);
	*view = (struct plan_view){.from = source};
	time_format(plan->as_of, as_of);
	view->tool_version = given->tool_version;
	view->as_of = arena_text(&view->arena, slice_of(as_of));
	view->accounts = sorted_places(source, false, &view->arena);
	view->regions = sorted_places(source, true, &view->arena);
	view->inventory_digest = digest_hex(given->inventory_digest, &view->arena);
	view->selection = selection_json(plan, &view->arena);
	view->images = counts_of(plan, NODE_IMAGE);
	view->snapshots = counts_of(plan, NODE_SNAPSHOT);
	view->instances = counts_of(plan, NODE_INSTANCE);
	if (given->cost) {
		view_of_cost(given->cost, &view->arena, &view->cost);
		view->continuing_count = cost_totals(given->cost)->continuing_count;
	}
	view->choice = choice_of(plan, &view->arena);
	view->document_count = source->documents.count;
	view->coverage_count = source->places.count * coverage_kind_count();
	view->step_count = plan->steps.count;
	view->summary_steps = plan->steps.count;
	view->blocked_count = source->blocked.count;
	view->kept_count = source->kept.count;
	view->warning_count = plan->warnings.count;
	view->document = document_at;
	view->coverage = coverage_at;
	view->step = step_at;
	view->target = target_at;
	view->blocked = blocked_at;
	view->kept = kept_at;
	view->warning = warning_at;
	view->continuing = continuing_at;
	view->release = release_source;
}

void
view_release(struct plan_view *view)
{
	if (view->release)
		view->release(view);
	arena_release(&view->arena);
	*view = (struct plan_view){0};
}
