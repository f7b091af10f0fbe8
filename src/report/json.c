/*
 * A plan as JSON: the plan file. Layout and order of members are the contract of
 * docs/plan.schema.json. It must not know: how anything was decided.
 */
#include "report.h"

#include "cost_report.h"
#include "parallel.h"
#include "view_json.h"

static void
field_raw(struct json_writer *w, const char *name, const char *json)
{
	json_field_raw(w, name, slice_of(json));
}

static void
put_document(struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_document document;

	view->document(view, i, arena, &document);
	json_open(w, '{');
	json_field(w, "path", document.path);
	json_field(w, "kind", document.kind);
	view_json_text_or_null(w, "account", document.account);
	view_json_text_or_null(w, "region", document.region);
	json_field_integer(w, "records", (int64_t)document.records);
	json_field_bool(w, "complete", document.complete);
	json_field(w, "sha256", document.sha256);
	json_close(w, '}');
}

static void
put_coverage(struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_coverage coverage;

	view->coverage(view, i, arena, &coverage);
	json_open(w, '{');
	view_json_text_or_null(w, "account", coverage.account);
	view_json_text_or_null(w, "region", coverage.region);
	json_field(w, "kind", coverage.kind);
	json_field(w, "status", coverage.status);
	json_close(w, '}');
}

static bool
same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Mostly a step's part of the saving is what it saves alone: then it is not said twice. */
static bool
is_other(const struct view_money *share, const struct view_money *alone)
{
	return share->min &&
	       !(same_text(share->min, alone->min) && same_text(share->max, alone->max) &&
		       (share->max || same_text(share->priced, alone->priced)));
}

static void
put_step(struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_step step;

	view->step(view, i, STEP_WHOLE, arena, &step);
	json_open(w, '{');
	json_field(w, "id", step.id);
	json_field_integer(w, "order", step.order);
	json_field_integer(w, "phase", step.phase);
	json_field(w, "action", step.action);
	json_field(w, "resource", step.resource);
	json_field(w, "name", step.name ? step.name : "");
	view_json_text_or_null(w, "account", step.account);
	view_json_text_or_null(w, "region", step.region);
	view_json_texts(w, "depends_on", &step.depends_on);
	json_field(w, "because", step.because);
	view_json_evidences(w, "evidence", &step.evidence);
	view_json_texts(w, "warnings", &step.warnings);
	cost_json_money(w, "monthly_saving_usd", &step.monthly_saving_usd);
	if (is_other(&step.share_usd, &step.monthly_saving_usd))
		cost_json_money(w, "share_usd", &step.share_usd);
	field_raw(w, "facts", step.facts);
	json_field(w, "seen", step.seen);
	if (step.definition)
		field_raw(w, "definition", step.definition);
	json_field(w, "reversible", step.reversible);
	json_close(w, '}');
}

static void
put_blocked(struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_blocked blocked;

	view->blocked(view, i, arena, &blocked);
	json_open(w, '{');
	json_field(w, "resource", blocked.resource);
	json_field(w, "action", blocked.action);
	json_field(w, "rule", blocked.rule);
	json_field(w, "class", blocked.class);
	json_field(w, "reason", blocked.reason);
	json_field(w, "remedy", blocked.remedy);
	view_json_texts(w, "by", &blocked.by);
	view_json_evidences(w, "evidence", &blocked.evidence);
	json_field(w, "source", blocked.source);
	view_json_alsos(w, "also", &blocked.also);
	json_close(w, '}');
}

static void
put_kept(struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_kept kept;

	view->kept(view, i, arena, &kept);
	json_open(w, '{');
	json_field(w, "resource", kept.resource);
	json_field(w, "rule", kept.rule);
	json_field(w, "reason", kept.reason);
	view_json_texts(w, "by", &kept.by);
	view_json_alsos(w, "also", &kept.also);
	json_close(w, '}');
}

static void
put_warning(struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_warning warning;

	view->warning(view, i, arena, &warning);
	json_open(w, '{');
	json_field(w, "code", warning.code);
	json_field(w, "resource", warning.resource);
	json_field(w, "text", warning.text);
	json_close(w, '}');
}

typedef void put_item(
	struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena);

/* A list whose stretches are made on their own. */
struct list {
	const struct plan_view *view;
	struct json_writer *whole;
	size_t count;
	put_item *put;
	struct buf texts[PARALLEL_SLOTS];
};

#define STRETCH 128

static void
make_stretch(void *context, size_t number, size_t slot)
{
	struct list *list = context;
	size_t from = number * STRETCH;
	size_t to = list->count - from < STRETCH ? list->count : from + STRETCH;
	struct arena arena = {0};
	struct json_writer w;

	buf_clear(&list->texts[slot]);
	json_writer_part(&w, &list->texts[slot], list->whole);
	for (size_t i = from; i < to; i++) {
		list->put(&w, list->view, i, &arena);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static void
take_stretch(void *context, size_t number, size_t slot)
{
	struct list *list = context;

	(void)number;
	json_put_part(list->whole, buf_slice(&list->texts[slot]));
}

/*
 * One list, a few stretches at a time on all processors: a plan of a million steps needs the memory
 * of some hundred, and the bytes do not depend on how many processors there are.
 */
static void
field_items(struct json_writer *w, const char *name, const struct plan_view *view, size_t count,
	put_item *put)
{
	struct list list = {.view = view, .whole = w, .count = count, .put = put};
	const struct parallel_pieces pieces = {.count = (count + STRETCH - 1) / STRETCH,
		.make = make_stretch,
		.take = take_stretch,
		.context = &list};

	json_name(w, name);
	json_open(w, '[');
	parallel_in_order(&pieces);
	json_close(w, ']');
	for (size_t i = 0; i < PARALLEL_SLOTS; i++)
		buf_release(&list.texts[i]);
}

static void
field_counts(
	struct json_writer *w, const char *name, const char *verb, const struct view_counts *counts)
{
	json_name(w, name);
	json_open(w, '{');
	json_field_integer(w, "total", (int64_t)counts->total);
	json_field_integer(w, verb, (int64_t)counts->go);
	json_field_integer(w, "blocked", (int64_t)counts->blocked);
	json_field_integer(w, "kept", (int64_t)counts->kept);
	json_field_integer(w, "not_selected", (int64_t)counts->not_selected);
	json_close(w, '}');
}

/* How it was chosen; what it saves stands under `cost`. */
static void
put_choice(struct json_writer *w, const struct view_choice *choice)
{
	json_name(w, "choice");
	json_open(w, '{');
	json_field(w, "save_usd", choice->save_usd);
	if (choice->by_most)
		json_field(w, "save_by", "most");
	if (!choice->save_usd)
		json_field_integer(w, "max_steps", (int64_t)choice->max_steps);
	json_field_integer(w, "possible_images", (int64_t)choice->images);
	json_field_integer(w, "possible_steps", (int64_t)choice->steps);
	json_field_integer(w, "disturbance", (int64_t)choice->disturbance);
	if (choice->save_usd)
		json_field_integer(w, "least_disturbance", (int64_t)choice->least);
	else
		json_field(w, "most_saving_usd", choice->most_usd);
	json_close(w, '}');
}

static void
put_head(struct json_writer *w, const struct plan_view *view)
{
	json_field(w, "format", "amiplan.plan/1");
	json_name(w, "tool");
	json_open(w, '{');
	json_field(w, "name", "amiplan");
	json_field(w, "version", view->tool_version);
	json_close(w, '}');
	json_field(w, "as_of", view->as_of);
	view_json_texts(w, "accounts", &view->accounts);
	view_json_texts(w, "regions", &view->regions);
	json_name(w, "inventory");
	json_open(w, '{');
	json_field(w, "digest", view->inventory_digest);
	field_items(w, "documents", view, view->document_count, put_document);
	field_items(w, "coverage", view, view->coverage_count, put_coverage);
	json_close(w, '}');
	field_raw(w, "selection", view->selection);
	json_name(w, "summary");
	json_open(w, '{');
	field_counts(w, "images", "deregister", &view->images);
	field_counts(w, "snapshots", "delete", &view->snapshots);
	field_counts(w, "instances", "terminate", &view->instances);
	json_field_integer(w, "steps", (int64_t)view->summary_steps);
	json_close(w, '}');
	if (view->choice)
		put_choice(w, view->choice);
}

/* --- cost --------------------------------------------------------------------------------------
 */

static void
put_continuing(struct json_writer *w, const struct plan_view *view, size_t i, struct arena *arena)
{
	struct view_continuing item;

	view->continuing(view, i, arena, &item);
	json_open(w, '{');
	json_field(w, "resource", item.resource);
	if (!item.resource)
		json_field_integer(w, "items", (int64_t)item.items);
	json_field(w, "kind", item.kind);
	view_json_text_or_null(w, "account", item.account);
	view_json_text_or_null(w, "region", item.region);
	json_field(w, "why", item.why);
	if (item.rule)
		json_field(w, "rule", item.rule);
	cost_json_money(w, "monthly_usd", &item.monthly_usd);
	json_close(w, '}');
}

static void
put_cost(struct json_writer *w, const struct plan_view *view)
{
	json_name(w, "cost");
	json_open(w, '{');
	cost_json_totals(w, &view->cost);
	field_items(w, "continuing", view, view->continuing_count, put_continuing);
	json_close(w, '}');
}

void
write_plan_json(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	struct json_writer w;

	(void)options;
	json_writer_file(&w, file, true);
	json_open(&w, '{');
	put_head(&w, view);
	field_items(&w, "steps", view, view->step_count, put_step);
	field_items(&w, "blocked", view, view->blocked_count, put_blocked);
	field_items(&w, "kept", view, view->kept_count, put_kept);
	field_items(&w, "warnings", view, view->warning_count, put_warning);
	put_cost(&w, view);
	json_close(&w, '}');
	fputc('\n', file);
}
