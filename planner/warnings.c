/*
 * What the plan as a whole should say: notices of the inventory, what was not read but only warns,
 * what a step leaves behind. It must not know: fates beyond reading them.
 */
#include "internal.h"

#include <stdarg.h>

static void
warn(struct plan *plan, const char *code, nid node, struct plan_place place, const char *text)
{
	struct plan_warning warning = {code, node, place.account, place.region, text};

	vec_push(&plan->warnings, warning);
}

void
warn_node(struct plan *plan, const char *code, nid node, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = arena_format_list(&plan->arena, format, arguments);

	va_end(arguments);
	warn(plan, code, node, (struct plan_place){0, 0}, text);
}

static void
warn_place(struct plan *plan, const char *code, struct plan_place place, const char *text)
{
	warn(plan, code, 0, place, text);
}

/* --- of the inventory --- */

static void
add_notices(struct plan *plan)
{
	vec_foreach (notice, &plan->graph->notices)
		warn(plan, notice->code, notice->node,
			(struct plan_place){notice->account, notice->region},
			strpool_text(&plan->graph->strings, notice->text));
}

/* A collection asked for it, and for all of it. */
static bool
is_vouched(const struct graph *graph, const struct document *document)
{
	const struct coverage *row = graph_coverage(graph, document->account, document->region);

	return row && row->vouched[document->kind];
}

/* Of what every claim rests on, and nobody vouches for. */
static bool
has_unvouched(const struct graph *graph)
{
	for (size_t i = 1; i < graph->documents.count; i++) {
		const struct document *document = &graph->documents.items[i];

		if (document->kind != DOC_NONE && doc_kind_need(document->kind) == NEED_ALWAYS &&
			!is_vouched(graph, document))
			return true;
	}
	return false;
}

static bool
has_empty_document(const struct graph *graph)
{
	for (size_t i = 1; i < graph->documents.count; i++) {
		const struct document *document = &graph->documents.items[i];

		if (document->kind != DOC_NONE && document->records == 0 &&
			!is_vouched(graph, document))
			return true;
	}
	return false;
}

static void
add_trust(struct plan *plan)
{
	const struct graph *graph = plan->graph;

	if (plan->as_of_guessed)
		warn(plan, "as-of-guessed", 0, (struct plan_place){0, 0},
			"\"now\" is the newest timestamp in the inventory; say when it was taken "
			"with --as-of");
	if (has_unvouched(graph) || graph->collection_start == TIME_NONE)
		warn(plan, "may-be-filtered", 0, (struct plan_place){0, 0},
			"nothing vouches that the documents were saved without --filters, --query "
			"or ids; "
			"what they leave out looks unused");
	if (has_empty_document(graph))
		warn(plan, "empty-documents", 0, (struct plan_place){0, 0},
			"some documents are empty lists and nothing vouches for them; they were "
			"taken to mean there is nothing");
}

/* --- of a place --- */

static bool
any_node(const struct graph *graph, enum node_kind kind, struct plan_place place,
	bool (*is)(const struct graph *, nid))
{
	nid end = graph_place_end(graph, kind, place.account, place.region);

	for (nid n = graph_place_start(graph, kind, place.account, place.region); n < end; n++)
		if (is(graph, n))
			return true;
	return false;
}

static bool
is_disabled(const struct graph *graph, nid image)
{
	return graph_node(graph, image)->state == STATE_IMAGE_DISABLED;
}

static bool
is_operated(const struct graph *graph, nid instance)
{
	return graph_instance(graph, instance)->managed == YES;
}

/* Only instances that would be terminated matter, and a collection asks about these alone. */
static bool
may_be_protected(const struct plan *plan, struct plan_place place)
{
	vec_foreach (item, &plan->candidates) {
		const struct node *node = graph_node(plan->graph, *item);

		if (node->kind == NODE_INSTANCE && node->account == place.account &&
			node->region == place.region &&
			graph_instance(plan->graph, *item)->protected_ == UNREAD)
			return true;
	}
	return false;
}

/* Each kind that AWS gives without the managed resources unless they are asked for, and what
 * is not seen without them. Images and snapshots are not among them. Source:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html */
static const struct {
	enum doc_kind kind;
	const char *text;
} managed_kinds[] = {
	{DOC_INSTANCES,
		"no managed instance is listed: where managed resources are hidden, their use of "
		"an AMI is not seen"},
	{DOC_LAUNCH_TEMPLATES,
		"launch templates were not asked for with the managed ones: where managed "
		"resources are hidden, the AMIs that they name look unused"},
	{DOC_TEMPLATE_VERSIONS,
		"versions of launch templates were not asked for with the managed ones: where "
		"managed resources are hidden, the AMIs that they name look unused"},
	{DOC_VOLUMES,
		"volumes were not asked for with the managed ones: where managed resources are "
		"hidden, what they cost is not counted"},
};

/* A managed resource that is listed shows that its kind was read with them. One warning a place:
 * the first kind is the one that matters most, and asked for anew the same way as the others. */
static void
add_managed(struct plan *plan, struct plan_place place)
{
	const struct coverage *row = graph_coverage(plan->graph, place.account, place.region);

	for (size_t i = 0; i < sizeof(managed_kinds) / sizeof(managed_kinds[0]); i++) {
		enum doc_kind kind = managed_kinds[i].kind;

		if (row && row->with_managed[kind])
			continue;
		if (kind == DOC_INSTANCES &&
			any_node(plan->graph, NODE_INSTANCE, place, is_operated))
			continue;
		if (kind != DOC_INSTANCES && !(row && row->seen[kind]))
			continue;
		warn_place(plan, "managed-may-be-hidden", place, managed_kinds[i].text);
		return;
	}
}

/* A collection asked for disabled AMIs too. */
static bool
asked_for_disabled(const struct plan *plan, struct plan_place place)
{
	const struct coverage *row = graph_coverage(plan->graph, place.account, place.region);

	return row && row->with_disabled;
}

static void
add_place(struct plan *plan, struct plan_place place)
{
	static const struct {
		enum doc_kind kind;
		const char *code, *text;
	} unread[] = {
		{DOC_IMAGE_REFERENCES, "references-not-read",
			"image references were not read: SSM parameters and Image Builder recipes "
			"may name an AMI"},
		{DOC_RECYCLE_BIN, "recycle-bin-not-read",
			"the Recycle Bin was not read: an AMI in it may need its snapshots to be "
			"restored"},
		{DOC_SNAPSHOT_PERMISSIONS, "snapshot-sharing-not-read",
			"who the snapshots are shared with was not read for all of them: somebody "
			"may lose one"},
		{DOC_SNAPSHOT_LOCKS, "refusal-not-predicted",
			"locked snapshots were not read: AWS may refuse to delete one"},
	};

	for (size_t i = 0; i < sizeof(unread) / sizeof(unread[0]); i++)
		if (!kind_is_read(plan, place.account, place.region, unread[i].kind))
			warn_place(plan, unread[i].code, place, unread[i].text);
	if (plan->policy->terminate_instances &&
		!kind_is_read(plan, place.account, place.region, DOC_TERMINATION_PROTECTION) &&
		may_be_protected(plan, place))
		warn_place(plan, "refusal-not-predicted", place,
			"termination protection was not read: AWS may refuse to terminate an "
			"instance");
	if (!asked_for_disabled(plan, place) &&
		!any_node(plan->graph, NODE_IMAGE, place, is_disabled))
		warn_place(plan, "images-may-lack-disabled", place,
			"no disabled AMI is listed: unless the list was made with "
			"--include-disabled, snapshots of disabled AMIs look like orphans");
	add_managed(plan, place);
}

static int
by_place(const void *a, const void *b, void *context)
{
	const struct strpool *strings = context;
	const struct plan_place *x = a, *y = b;
	int order = strpool_compare(strings, x->account, y->account);

	return order ? order : strpool_compare(strings, x->region, y->region);
}

static void
list_places(struct plan *plan)
{
	struct plan_place last = {UINT32_MAX, UINT32_MAX};
	size_t kept = 0;

	vec_foreach (item, &plan->candidates) {
		const struct node *node = graph_node(plan->graph, *item);
		struct plan_place place = {node->account, node->region};
		if (is_ours(plan, *item) &&
			(place.account != last.account || place.region != last.region))
			vec_push(&plan->places, place);
		last = place;
	}
	if (plan->places.count == 0)
		return;
	qsort_r(plan->places.items, plan->places.count, sizeof(plan->places.items[0]), by_place,
		(void *)(uintptr_t)&plan->graph->strings);
	for (size_t i = 0; i < plan->places.count; i++)
		if (i == 0 || by_place(&plan->places.items[i], &plan->places.items[kept - 1],
				      (void *)(uintptr_t)&plan->graph->strings) != 0)
			plan->places.items[kept++] = plan->places.items[i];
	plan->places.count = kept;
}

/* --- of a step --- */

struct step_of {
	struct plan *plan;
	nid item;
};

static void
warn_if_beyond(void *context, nid from, eid proof, enum reference standing)
{
	const struct step_of *step = context;

	(void)proof;
	if (standing == REFERENCE_BEYOND)
		warn_node(step->plan, "named-by-old-version", step->item,
			"%s names it, older than the newest %u versions of its template",
			graph_id(step->plan->graph, from), step->plan->policy->template_depth);
}

static void
warn_old_versions(struct plan *plan, nid item)
{
	struct step_of step = {plan, item};

	each_reference(plan, item, warn_if_beyond, &step);
}

static void
warn_image_step(struct plan *plan, nid image)
{
	const struct graph *graph = plan->graph;
	struct edge_walk walk = graph_out(graph, image);
	struct slice value;

	while (edge_next(graph, &walk))
		if (walk.edge->kind == EDGE_MAPS && !graph_node(graph, walk.edge->to)->defined)
			warn_node(plan, "snapshot-not-listed", image,
				"it maps %s, which no document lists: it may be another account's, "
				"or gone",
				graph_id(graph, walk.edge->to));
	if (graph_tag(graph, image, SLICE("Ec2ImageBuilderArn"), &value) ||
		(graph_tag(graph, image, SLICE("CreatedBy"), &value) &&
			slice_is(value, "EC2 Image Builder")))
		warn_node(plan, "builder-record-remains", image,
			"Image Builder made it and keeps its record of it: delete the image there "
			"too");
	if (graph_image_traits(graph, image)->product_code_type)
		warn_node(plan, "product-code", image,
			"it carries a product code (%s): it cannot be made again from its "
			"snapshots without it",
			strpool_text(&graph->strings,
				graph_image_traits(graph, image)->product_code_type));
}

static void
add_step_warnings(struct plan *plan)
{
	vec_foreach (item, &plan->steps) {
		warn_old_versions(plan, *item);
		if (graph_node(plan->graph, *item)->kind == NODE_IMAGE)
			warn_image_step(plan, *item);
	}
}

/* --- in order, once each --- */

static int
by_code_and_subject(const void *a, const void *b, void *context)
{
	const struct graph *graph = context;
	const struct plan_warning *x = a, *y = b;
	int order = strcmp(x->code, y->code);

	if (order == 0)
		order = strpool_compare(&graph->strings, x->account, y->account);
	if (order == 0)
		order = strpool_compare(&graph->strings, x->region, y->region);
	if (order == 0)
		order = strcmp(x->node ? graph_id(graph, x->node) : "",
			y->node ? graph_id(graph, y->node) : "");
	return order ? order : strcmp(x->text, y->text);
}

static int
by_node(const void *a, const void *b, void *context)
{
	const struct plan_warning *warnings = context;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (warnings[i].node != warnings[j].node)
		return warnings[i].node < warnings[j].node ? -1 : 1;
	return (i > j) - (i < j);
}

static void
index_by_node(struct plan *plan)
{
	for (uint32_t i = 0; i < plan->warnings.count; i++)
		if (plan->warnings.items[i].node)
			vec_push(&plan->by_node, i);
	if (plan->by_node.count)
		qsort_r(plan->by_node.items, plan->by_node.count, sizeof(plan->by_node.items[0]),
			by_node, plan->warnings.items);
}

void
add_warnings(struct plan *plan)
{
	size_t kept = 0;
	void *graph = (void *)(uintptr_t)plan->graph;

	list_places(plan);
	add_notices(plan);
	add_trust(plan);
	vec_foreach (place, &plan->places)
		add_place(plan, *place);
	add_step_warnings(plan);
	if (plan->warnings.count == 0)
		return;
	qsort_r(plan->warnings.items, plan->warnings.count, sizeof(plan->warnings.items[0]),
		by_code_and_subject, graph);
	for (size_t i = 0; i < plan->warnings.count; i++)
		if (i == 0 || by_code_and_subject(&plan->warnings.items[i],
				      &plan->warnings.items[kept - 1], graph) != 0)
			plan->warnings.items[kept++] = plan->warnings.items[i];
	plan->warnings.count = kept;
	index_by_node(plan);
}
