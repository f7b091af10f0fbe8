/*
 * What the inventory lacks, once per account, region and kind, with the command that reads it.
 * It must not know: how a script is written.
 */
#include "internal.h"

struct listing {
	const struct plan *plan;
	struct arena *arena;
	VEC(struct view_missing) found;
};

/* --- which items a gap blocks, and which ids to ask for --- */

static size_t
count_blocked(const struct plan *plan, struct plan_place place, enum doc_kind kind)
{
	size_t count = 0;

	vec_foreach (reason, &plan->reasons) {
		const struct node *node = graph_node(plan->graph, reason->item);
		count += reason->rule == RULE_INVENTORY_INCOMPLETE &&
			 reason->kinds & KIND_BIT(kind) && node->account == place.account &&
			 node->region == place.region && plan->fate[reason->item] == FATE_BLOCKED;
	}
	return count;
}

/* Image references are asked for by AMI, though no AMI needs its own. */
static bool
is_asked_by_id(const struct graph *graph, nid item, enum doc_kind kind)
{
	return lacks_own_document(graph, item, kind) ||
	       (kind == DOC_IMAGE_REFERENCES && graph_node(graph, item)->kind == NODE_IMAGE);
}

/* Candidates that policy keeps, or that something uses, need no document of their own. */
static struct texts
candidate_ids(
	const struct plan *plan, struct plan_place place, enum doc_kind kind, struct arena *arena)
{
	struct texts texts = {arena_array(arena, plan->candidates.count + 1, sizeof(char *)), 0};

	vec_foreach (item, &plan->candidates) {
		const struct node *node = graph_node(plan->graph, *item);
		if (node->account == place.account && node->region == place.region &&
			plan->fate[*item] != FATE_KEPT && is_asked_by_id(plan->graph, *item, kind))
			texts.items[texts.count++] = graph_id(plan->graph, *item);
	}
	return texts;
}

static struct texts
gap_subjects(
	const struct plan *plan, struct plan_place place, enum doc_kind kind, struct arena *arena)
{
	const struct graph *graph = plan->graph;
	const struct gap *gap = first_gap(graph, kind, place.account, place.region);
	const struct gap *end = graph->gaps.items + graph->gaps.count;
	struct texts texts = {NULL, 0};
	size_t room = 0;

	for (const struct gap *g = gap; g && g < end && g->kind == kind; g++)
		room++;
	texts.items = arena_array(arena, room + 1, sizeof(char *));
	for (; gap && gap < end && gap->kind == kind; gap++) {
		const char *subject = strpool_text(&graph->strings, gap->subject);
		if (gap->account != place.account || gap->region != place.region)
			break;
		if (texts.count == 0 || strcmp(texts.items[texts.count - 1], subject) != 0)
			texts.items[texts.count++] = subject;
	}
	return texts;
}

/* "lt-…:3" is asked for by its template. */
static void
cut_versions(struct texts *texts, struct arena *arena)
{
	size_t kept = 0;

	for (size_t i = 0; i < texts->count; i++) {
		size_t len = strcspn(texts->items[i], ":");
		const char *id = arena_text(arena, (struct slice){texts->items[i], len});
		if (kept == 0 || strcmp(texts->items[kept - 1], id) != 0)
			texts->items[kept++] = id;
	}
	texts->count = kept;
}

/* --- one kind in one place --- */

static const char *
why_missing(const struct plan *plan, struct plan_place place, enum doc_kind kind,
	enum coverage_status status, struct arena *arena)
{
	const struct gap *gap = first_gap(plan->graph, kind, place.account, place.region);

	if (place.region == 0)
		return "nothing tells the region of these documents: say --region";
	if (gap)
		return strpool_text(&plan->graph->strings, gap->text);
	if (status == COVERAGE_DENIED)
		return arena_format(arena, "reading %s was denied", doc_kind_word(kind));
	if (status == COVERAGE_PARTIAL)
		return arena_format(arena, "only a part of %s was read", doc_kind_word(kind));
	return arena_format(arena, "no document of kind %s", doc_kind_word(kind));
}

static bool
is_of(const struct failed_call *call, struct plan_place place, enum doc_kind kind)
{
	return call->kind == kind && call->account == place.account && call->region == place.region;
}

static void
add_failures(const struct plan *plan, struct plan_place place, enum doc_kind kind,
	struct arena *arena, struct view_missing *out)
{
	const struct graph *graph = plan->graph;
	const struct strpool *strings = &graph->strings;
	struct view_failure *failures;
	size_t count = 0;

	vec_foreach (call, &graph->failed)
		count += is_of(call, place, kind);
	if (count == 0)
		return;
	failures = arena_array(arena, count, sizeof(*failures));
	out->failures = failures;
	vec_foreach (call, &graph->failed)
		if (is_of(call, place, kind))
			failures[out->failure_count++] =
				(struct view_failure){strpool_text(strings, call->action),
					strpool_text(strings, call->code),
					strpool_text(strings, call->text), call->denied};
}

static void
add_missing(
	struct listing *listing, struct plan_place place, enum doc_kind kind, struct texts subjects)
{
	const struct plan *plan = listing->plan;
	const struct strpool *strings = &plan->graph->strings;
	enum coverage_status status = graph_covered(plan->graph, place.account, place.region, kind);

	struct view_missing missing = {
		.account = strpool_text(strings, place.account),
		.region = strpool_text(strings, place.region),
		.kind = doc_kind_word(kind),
		.status = coverage_status_word(status),
		.why = why_missing(plan, place, kind, status, listing->arena),
		.command = doc_kind_command(kind),
		.subjects = subjects,
		.blocks = count_blocked(plan, place, kind),
		.needed =
			doc_kind_need(kind) != NEED_WARN || plan->policy->require & KIND_BIT(kind),
	};
	add_failures(plan, place, kind, listing->arena, &missing);
	vec_push(&listing->found, missing);
}

static void
look_at(struct listing *listing, struct plan_place place, enum doc_kind kind)
{
	const struct plan *plan = listing->plan;
	struct texts subjects = {NULL, 0};

	switch (doc_kind_need(kind)) {
	case NEED_ALWAYS:
	case NEED_WARN:
		if (kind_is_read(plan, place.account, place.region, kind))
			return;
		subjects = kind == DOC_TEMPLATE_VERSIONS || kind == DOC_LAUNCH_TEMPLATES
				   ? gap_subjects(plan, place, kind, listing->arena)
				   : candidate_ids(plan, place, kind, listing->arena);
		cut_versions(&subjects, listing->arena);
		if (kind == DOC_TERMINATION_PROTECTION && subjects.count == 0)
			return;
		break;
	case NEED_ITEM:
		if (plan->policy->assume_complete & KIND_BIT(kind))
			return;
		subjects = kind == DOC_PARAMETERS
				   ? gap_subjects(plan, place, kind, listing->arena)
				   : candidate_ids(plan, place, kind, listing->arena);
		if (subjects.count == 0 || (kind == DOC_PARAMETERS && plan->policy->assume_aliases))
			return;
		break;
	case NEED_NEVER:
		if (!(plan->policy->require & KIND_BIT(kind)) ||
			kind_is_read(plan, place.account, place.region, kind))
			return;
		break;
	}
	add_missing(listing, place, kind, subjects);
}

static bool
holds_candidates(const struct plan *plan, struct plan_place place)
{
	vec_foreach (known, &plan->places)
		if (known->account == place.account && known->region == place.region)
			return true;
	return false;
}

/* The plan touches the places of its candidates. While there are none, what is missing may be why:
 * then every region of ours counts. */
static bool
is_worth_listing(const struct plan *plan, struct plan_place place)
{
	if (plan->places.count)
		return holds_candidates(plan, place);
	if (place.region == 0 || !is_place_in_scope(plan, place))
		return false;
	return plan->graph->ours.count == 0 || place.account == 0 ||
	       graph_is_ours(plan->graph, place.account);
}

static int
needed_first(const void *a, const void *b)
{
	const struct view_missing *x = a, *y = b;
	int order = (int)y->needed - (int)x->needed;

	if (order == 0)
		order = strcmp(x->account, y->account);
	if (order == 0)
		order = strcmp(x->region, y->region);
	return order ? order : strcmp(x->kind, y->kind);
}

void
plan_missing(const struct plan *plan, struct arena *arena, struct view_missings *out)
{
	struct listing listing = {.plan = plan, .arena = arena};

	vec_foreach (row, &plan->graph->coverage) {
		struct plan_place place = {row->account, row->region};
		if (!is_worth_listing(plan, place))
			continue;
		for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++)
			look_at(&listing, place, kind);
	}
	if (listing.found.count)
		qsort(listing.found.items, listing.found.count, sizeof(listing.found.items[0]),
			needed_first);
	out->count = listing.found.count;
	out->items = arena_array(arena, listing.found.count + 1, sizeof(struct view_missing));
	if (listing.found.count)
		memcpy(out->items, listing.found.items,
			listing.found.count * sizeof(struct view_missing));
	vec_release(&listing.found);
}
