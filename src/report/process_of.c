/*
 * What the picture of the process shows: from a graph with or without a plan, or from a plan alone.
 * It must not know: how it is drawn.
 */
#include "process.h"
#include "report.h"
#include "subgraph.h"

/* --- from a graph ---------------------------------------------------------------------------- */

static size_t
take_node(struct process *process, const struct graph *graph, const struct graph_options *options,
	enum process_rank rank, nid n)
{
	const struct node *node = graph_node(graph, n);
	size_t number = process_item(process, rank, graph_id(graph, n));
	struct process_item *item = &process->items.items[number];

	item->name = node->name ? strpool_text(&graph->strings, node->name) : "";
	item->fate = subgraph_fate(graph, options, n);
	if (item->fate != FATE_STEP && options->rule)
		item->rule = options->rule(options->fate_context, item->id);
	return number;
}

/* What the AMI maps, and what runs from it. */
static void
take_image(struct process *process, const struct graph *graph, const struct graph_options *options,
	nid image)
{
	size_t number = take_node(process, graph, options, PROCESS_IMAGE, image);

	for (struct edge_walk w = graph_out(graph, image); edge_next(graph, &w);)
		if (w.edge->kind == EDGE_MAPS)
			process_link(process, number,
				take_node(process, graph, options, PROCESS_SNAPSHOT, w.edge->to));
	for (struct edge_walk w = graph_in(graph, image); edge_next(graph, &w);)
		if (w.edge->kind == EDGE_LAUNCHED_FROM && graph_is_live(graph, w.edge->from))
			process_link(process, number,
				take_node(process, graph, options, PROCESS_INSTANCE, w.edge->from));
}

static void
take_planned(struct process *process, const struct graph *graph,
	const struct graph_options *options, enum fate fate)
{
	graph_foreach (n, graph, NODE_IMAGE) {
		if (graph_node(graph, n)->defined && subgraph_fate(graph, options, n) == fate &&
			process_has_room(process))
			take_image(process, graph, options, n);
	}
}

int
process_of_graph(struct process *process, const struct graph *graph,
	const struct graph_options *options, struct err *err)
{
	process->planned = options->plan || options->fate;
	for (size_t i = 0; i < options->focus_count; i++) {
		nid n = graph_find(graph, slice_of(options->focus[i]));

		if (!n || graph_node(graph, n)->kind != NODE_IMAGE)
			return err_set(err, ERR_UNKNOWN,
				"%s: no document of the inventory has or mentions such an AMI; "
				"look at --focus",
				options->focus[i]);
		take_image(process, graph, options, n);
	}
	if (options->focus_count)
		return 0;
	take_planned(process, graph, options, FATE_STEP);
	take_planned(process, graph, options, FATE_BLOCKED);
	return 0;
}

/* --- from a plan ----------------------------------------------------------------------------- */

static const char *
copy(struct process *process, const char *text)
{
	return arena_text(&process->arena, slice_of(text));
}

/* The item of a snapshot or instance that belongs to a drawn AMI, by the evidence for its fate. */
static void
link_evidence(struct process *process, const struct view_evidences *evidences, const char *resource,
	enum process_rank rank, struct process_item *what)
{
	for (size_t i = 0; i < evidences->count; i++) {
		const struct view_evidence *e = &evidences->items[i];
		const char *image = rank == PROCESS_SNAPSHOT ? e->from : e->to;
		const char *edge = rank == PROCESS_SNAPSHOT ? "maps" : "launched-from";
		size_t found = process_find(process, image);
		size_t number;

		if (strcmp(e->edge, edge) != 0 || found == SIZE_MAX ||
			process->items.items[found].rank != PROCESS_IMAGE)
			continue;
		number = process_item(process, rank, resource);
		process->items.items[number].fate = what->fate;
		process->items.items[number].name = what->name;
		process->items.items[number].rule = what->rule;
		process_link(process, found, number);
	}
}

static void
take_steps(struct process *process, const struct plan_view *view, struct arena *arena)
{
	for (size_t i = 0; i < view->step_count; i++) {
		struct view_step step;
		struct process_item what = {.fate = FATE_STEP};

		view->step(view, i, STEP_BRIEF, arena, &step);
		what.name = copy(process, step.name);
		if (step.phase == 1 && process_has_room(process)) {
			size_t number = process_item(process, PROCESS_IMAGE, step.resource);

			process->items.items[number].fate = FATE_STEP;
			process->items.items[number].name = what.name;
		} else if (step.phase > 1) {
			link_evidence(process, &step.evidence, step.resource,
				step.phase == 2 ? PROCESS_SNAPSHOT : PROCESS_INSTANCE, &what);
		}
		arena_clear(arena);
	}
}

static void
take_blocked(
	struct process *process, const struct plan_view *view, struct arena *arena, bool images)
{
	for (size_t i = 0; i < view->blocked_count; i++) {
		struct view_blocked blocked;
		struct process_item what = {.fate = FATE_BLOCKED, .name = ""};
		bool is_image;

		view->blocked(view, i, arena, &blocked);
		is_image = slice_starts(slice_of(blocked.resource), "ami-");
		what.rule = copy(process, blocked.rule);
		if (is_image && images && process_has_room(process)) {
			size_t number = process_item(process, PROCESS_IMAGE, blocked.resource);

			process->items.items[number].fate = FATE_BLOCKED;
			process->items.items[number].rule = what.rule;
		} else if (!is_image && !images) {
			link_evidence(process, &blocked.evidence, blocked.resource,
				slice_starts(slice_of(blocked.resource), "snap-")
					? PROCESS_SNAPSHOT
					: PROCESS_INSTANCE,
				&what);
		}
		arena_clear(arena);
	}
}

void
process_of_plan(struct process *process, const struct plan_view *view)
{
	struct arena arena = {0};

	process->planned = true;
	take_steps(process, view, &arena);
	take_blocked(process, view, &arena, true);
	take_blocked(process, view, &arena, false);
	arena_release(&arena);
}

static int
draw_plan(const char *format, FILE *file, const struct plan_view *view,
	const struct report_options *options, struct err *err)
{
	struct process process;
	int code;

	process_init(&process);
	process_of_plan(&process, view);
	process.digest = options->digest;
	code = process_draw(&process, format, file, err);
	process_release(&process);
	return code;
}

int
draw_plan_dot(FILE *file, const struct plan_view *view, const struct report_options *options,
	struct err *err)
{
	return draw_plan("dot", file, view, options, err);
}

int
draw_plan_svg(FILE *file, const struct plan_view *view, const struct report_options *options,
	struct err *err)
{
	return draw_plan("svg", file, view, options, err);
}
