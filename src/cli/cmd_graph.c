/*
 * amiplan graph: the dependency graph or the documented process, in the colours of a saved plan
 * where one is named.
 * It must not know: how graphs are drawn.
 */
#include "process.h"
#include "strpool.h"
#include "work.h"

struct drawing {
	const char *format;
	const struct graph *graph;
	struct graph_options options;
	bool process;
	bool collapsed;
};

/* What a saved plan says of each id. Ids are told by their number in the pool. */
struct fates {
	struct strpool ids;
	VEC(const char *) words; /* by number; the numbers 0 and 1 are no ids */
	VEC(sid) rules;          /* by number: of the rule that keeps it, in the same pool */
};

static int
draw_process(FILE *file, const struct drawing *drawing, struct err *err)
{
	struct process process;
	int code;

	process_init(&process);
	code = process_of_graph(&process, drawing->graph, &drawing->options, err);
	if (code == 0)
		code = process_draw(&process, drawing->format, file, err);
	process_release(&process);
	return code;
}

static int
write_drawing(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	struct drawing *drawing = subject;

	(void)options;
	if (strcmp(drawing->format, "json") == 0)
		return write_graph_json(file, drawing->graph, &drawing->options, err);
	if (drawing->process)
		return draw_process(file, drawing, err);
	return draw_dependencies(
		file, drawing->format, drawing->graph, &drawing->options, &drawing->collapsed, err);
}

static void
add_fate(struct fates *fates, const char *id, const char *word, const char *rule)
{
	sid of_rule = strpool_add(&fates->ids, slice_of(rule));
	sid number = strpool_add(&fates->ids, slice_of(id));

	while (fates->words.count <= number) {
		vec_push(&fates->words, NULL);
		vec_push(&fates->rules, 0);
	}
	fates->words.items[number] = word;
	fates->rules.items[number] = of_rule;
}

static void
add_fates(struct fates *fates, const struct plan_view *view)
{
	struct arena arena = {0};
	struct view_target step;
	struct view_blocked blocked;
	struct view_kept kept;

	for (size_t i = 0; i < view->step_count; i++, arena_clear(&arena)) {
		view->target(view, i, &arena, &step);
		add_fate(fates, step.resource, "step", NULL);
	}
	for (size_t i = 0; i < view->blocked_count; i++, arena_clear(&arena)) {
		view->blocked(view, i, &arena, &blocked);
		add_fate(fates, blocked.resource, "blocked", blocked.rule);
	}
	for (size_t i = 0; i < view->kept_count; i++, arena_clear(&arena)) {
		view->kept(view, i, &arena, &kept);
		add_fate(fates, kept.resource, "kept", kept.rule);
	}
	arena_release(&arena);
}

static const char *
fate_of(void *context, const char *id)
{
	const struct fates *fates = context;
	sid number = strpool_find(&fates->ids, slice_of(id));

	return number < fates->words.count ? fates->words.items[number] : NULL;
}

static const char *
rule_of(void *context, const char *id)
{
	const struct fates *fates = context;
	sid number = strpool_find(&fates->ids, slice_of(id));

	if (number >= fates->rules.count || !fates->rules.items[number])
		return NULL;
	return strpool_text(&fates->ids, fates->rules.items[number]);
}

static int
read_fates(struct request *request, struct fates *fates, struct err *err)
{
	struct saved_plan plan = {0};
	int code = work_open_plan(request, request->plan_file, &plan, err);

	if (code == 0)
		add_fates(fates, &plan.view);
	work_close_plan(&plan);
	return code;
}

static int
draw(struct request *request, struct drawing *drawing, struct err *err)
{
	struct inventory *inventory;
	int code = work_inventory(
		request, request->operands.items, request->operands.count, &inventory, err);

	if (code != 0)
		return code;
	drawing->graph = inventory->graph;
	code = work_write(request, write_drawing, drawing, err);
	if (code == 0 && drawing->collapsed && !request->quiet)
		fputs("amiplan: the graph is too large to draw each resource: a box stands for "
		      "what hangs together; name what to look at with --focus ID (and --depth "
		      "N), or take -T dot --no-collapse or -T json\n",
			stderr);
	inventory_free(inventory);
	return code;
}

/* Written as it is, at any size; the others are laid out first. */
static bool
is_for_programs(const char *format)
{
	return strcmp(format, "dot") == 0 || strcmp(format, "json") == 0;
}

int
cmd_graph(struct request *request, int *status, struct err *err)
{
	struct fates fates = {0};
	struct drawing drawing = {.options =
					  {
						  .focus = request->focus.items,
						  .focus_count = request->focus.count,
						  .depth = request->depth,
						  .every = request->no_collapse,
					  },
		.process = request->process};
	int code = format_choose(request, graph_format_lists, &drawing.format, err);

	(void)status;
	if (code == 0 && request->process && !request->focus.count && !request->plan_file)
		code = err_set(err, ERR_USAGE,
			"--process draws the AMIs of --focus ID, or those of --plan PLAN: say "
			"which");
	if (code == 0 && request->process && strcmp(drawing.format, "json") == 0)
		code = err_set(err, ERR_USAGE, "--process is a picture: take dot, svg, png or pdf");
	if (code == 0 && request->no_collapse && request->process)
		code = err_set(err, ERR_USAGE, "--no-collapse is for the graph, not for --process");
	if (code == 0 && request->no_collapse && !is_for_programs(drawing.format))
		code = err_set(err, ERR_USAGE,
			"--no-collapse goes with -T dot or -T json: laying out every resource may "
			"take hours");
	if (code != 0)
		return code;
	strpool_init(&fates.ids);
	if (request->plan_file) {
		code = read_fates(request, &fates, err);
		drawing.options.fate = fate_of;
		drawing.options.rule = rule_of;
		drawing.options.fate_context = &fates;
	}
	if (code == 0)
		code = draw(request, &drawing, err);
	strpool_release(&fates.ids);
	vec_release(&fates.words);
	vec_release(&fates.rules);
	return code;
}
