/*
 * Proves a plan safe: takes in what it says, asks of every step whether it is what it claims to be
 * and who would be harmed by it, and reports. It must not know: how plans are made. The family
 * (verify_*.c) calls nothing else in planner/, so that no mistake is made twice.
 */
#include "civil.h"
#include "ids.h"
#include "verify_judge.h"

static const struct action_row action_rows[ACTIONS] = {
	{"deregister-image", "ami-", DEREGISTER, NODE_IMAGE, DOC_IMAGES, 1},
	{"delete-snapshot", "snap-", DELETE, NODE_SNAPSHOT, DOC_SNAPSHOTS, 2},
	{"terminate-instances", "i-", TERMINATE, NODE_INSTANCE, DOC_INSTANCES, 3},
};

/* ---- findings ---- */

static void
find(struct judge *j, enum verify_result result, const struct view_step *step, const char *rule)
{
	struct verify_report *report = j->report;
	struct verify_finding finding = {.result = result, .rule = rule};

	if (step) {
		finding.step = arena_text(&report->arena, slice_of(step->id));
		finding.resource = arena_text(&report->arena, slice_of(step->resource));
	}
	finding.text = arena_text(&report->arena, buf_slice(&j->why));
	buf_clear(&j->why);
	vec_push(&report->findings, finding);
	report->unsafe += result == VERIFY_UNSAFE;
	report->changed += result == VERIFY_CHANGED;
	report->gone += result == VERIFY_ALREADY_GONE;
}

/* ---- what the plan says ---- */

static struct name *
name_of(struct judge *j, const char *text)
{
	sid number = strpool_add(&j->texts, slice_of(text));

	while (j->names.count <= number) {
		struct name none = {0};

		vec_push(&j->names, none);
	}
	return &j->names.items[number];
}

static const struct action_row *
action_row(const char *word)
{
	for (size_t i = 0; i < ACTIONS; i++)
		if (strcmp(action_rows[i].word, word) == 0)
			return &action_rows[i];
	return NULL;
}

/* The node that a step acts on, if the graph has it under the kind that the action needs. */
static nid
node_of(const struct judge *j, const struct action_row *row, const char *resource)
{
	nid node = graph_find(j->graph, slice_of(resource));

	return node && graph_node(j->graph, node)->kind == row->kind ? node : 0;
}

/* Step i, borrowed from `scratch` until the next. ERR_UNCHECKED: its action is not known. */
static int
read_step(struct judge *j, size_t i, struct view_step *view, struct step *step, struct err *err)
{
	arena_clear(&j->scratch);
	j->plan->step(j->plan, i, STEP_FACTS | STEP_SEEN, &j->scratch, view);
	step->view = view;
	step->row = action_row(view->action);
	if (!step->row) {
		err_set(err, ERR_UNCHECKED, "step %s: this version knows no action \"%s\"",
			view->id, view->action);
		return ERR_UNCHECKED;
	}
	step->node = node_of(j, step->row, view->resource);
	return 0;
}

static void
list_resource(struct judge *j, const char *resource, enum listing listing)
{
	struct name *name = name_of(j, resource);

	if (name->listing != NOT_LISTED)
		name->twice = true;
	else
		name->listing = (uint8_t)listing;
}

static int
take_steps(struct judge *j, struct err *err)
{
	for (size_t i = 0; i < j->plan->step_count; i++) {
		struct view_step view;
		struct step step;
		int code = read_step(j, i, &view, &step, err);

		if (code)
			return code;
		j->taken[step.row - action_rows]++;
		name_of(j, view.id)->order = view.order;
		list_resource(j, view.resource, IN_STEPS);
		if (step.node)
			j->step_order[step.node] = view.order;
	}
	return 0;
}

static void
take_others(struct judge *j)
{
	for (size_t i = 0; i < j->plan->blocked_count; i++) {
		struct view_blocked view;

		arena_clear(&j->scratch);
		j->plan->blocked(j->plan, i, &j->scratch, &view);
		list_resource(j, view.resource, IN_BLOCKED);
	}
	for (size_t i = 0; i < j->plan->kept_count; i++) {
		struct view_kept view;

		arena_clear(&j->scratch);
		j->plan->kept(j->plan, i, &j->scratch, &view);
		list_resource(j, view.resource, IN_KEPT);
	}
}

/* ---- a step by itself: is it what it claims to be? ---- */

/* Scripts go through the list from its beginning: the orders must rise along it. */
static bool
wrong_order(struct judge *j, const struct step *s)
{
	uint32_t last = j->last_order;

	j->last_order = s->view->order;
	if (s->view->order <= last) {
		buf_format(&j->why, "%s has the order %u but stands after a step with the order %u",
			s->view->id, (unsigned)s->view->order, (unsigned)last);
		return true;
	}
	for (size_t i = 0; i < s->view->depends_on.count; i++) {
		uint32_t order = name_of(j, s->view->depends_on.items[i])->order;

		if (order && order < s->view->order)
			continue;
		buf_format(&j->why, "%s depends on %s, which %s", s->view->id,
			s->view->depends_on.items[i],
			order ? "does not come before it" : "is no step");
		return true;
	}
	return false;
}

static bool
wrong_action(struct judge *j, const struct step *s)
{
	const struct view_step *view = s->view;
	size_t len = strlen(s->row->word);

	if (!id_is(slice_of(view->resource), s->row->prefix))
		buf_format(&j->why, "%s cannot be done to %s", view->action, view->resource);
	else if (strncmp(view->id, view->action, len) != 0 || view->id[len] != ':' ||
		 strcmp(view->id + len + 1, view->resource) != 0)
		buf_format(&j->why, "the step %s does not say what it does: %s %s", view->id,
			view->action, view->resource);
	else if (view->phase != s->row->phase)
		buf_format(&j->why, "%s belongs in phase %u, not %u", view->action,
			(unsigned)s->row->phase, (unsigned)view->phase);
	else
		return false;
	return true;
}

static bool
wrong_listing(struct judge *j, const struct step *s)
{
	if (!name_of(j, s->view->resource)->twice)
		return false;
	buf_format(&j->why, "the plan lists %s more than once", s->view->resource);
	return true;
}

static bool
wrong_digest(struct judge *j, const struct step *s)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	digest_of(slice_of(s->view->facts), digest);
	digest_text(digest, text);
	if (s->view->seen && strcmp(text, s->view->seen) == 0)
		return false;
	buf_format(
		&j->why, "the facts of %s are not those that its digest was made of", s->view->id);
	return true;
}

static const struct form {
	const char *rule;
	bool (*is_wrong)(struct judge *j, const struct step *s);
} forms[] = {
	{"order", wrong_order},
	{"unknown-action", wrong_action},
	{"listed-twice", wrong_listing},
	{"changed", wrong_digest},
};

/* ---- a step in the world ---- */

/* In a later inventory the world may have moved without harm; in the plan's own the facts were
 * forged. */
static void
judge_unharmful(struct judge *j, const struct step *s)
{
	bool changed = judge_is_changed(j, s);

	if (changed && j->terms->same_inventory) {
		find(j, VERIFY_UNSAFE, s->view, "changed");
		return;
	}
	j->report->safe++;
	if (changed)
		find(j, VERIFY_CHANGED, s->view, "changed");
}

/* Gone is safe only where the listing that would show it was read; in the plan's own inventory it
 * cannot be gone. */
static void
judge_absent(struct judge *j, const struct step *s, sid account, sid region)
{
	if (j->terms->same_inventory) {
		buf_format(&j->why, "%s is not in the inventory that the plan was made from",
			s->view->resource);
		find(j, VERIFY_UNSAFE, s->view, "absent");
	} else if (!s->node || !graph_node(j->graph, s->node)->defined) {
		if (judge_is_covered(j, account, region, s->row->listing)) {
			buf_format(&j->why, "%s is already gone", s->view->resource);
			find(j, VERIFY_ALREADY_GONE, s->view, "absent");
			return;
		}
		buf_format(&j->why,
			"%s is not in the inventory, whose %s are not complete in %s/%s",
			s->view->resource, doc_kind_word(s->row->listing), s->view->account,
			s->view->region);
		find(j, VERIFY_UNSAFE, s->view, "inventory-incomplete");
	} else {
		buf_format(&j->why, "%s is already gone: it is %s", s->view->resource,
			state_text((enum state)graph_node(j->graph, s->node)->state));
		find(j, VERIFY_ALREADY_GONE, s->view, "absent");
	}
}

static int
judge_step(struct judge *j, const struct step *s, struct err *err)
{
	sid account = graph_account(j->graph, slice_of(s->view->account));
	sid region = graph_region(j->graph, slice_of(s->view->region));
	const char *harm;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (forms[i].is_wrong(j, s)) {
			find(j, VERIFY_UNSAFE, s->view, forms[i].rule);
			return 0;
		}
	}
	if (!graph_coverage(j->graph, account, region) && !j->terms->same_inventory &&
		!judge_all_is_assumed(j))
		return err_set(err, ERR_UNCHECKED,
			"step %s: the inventory holds no document of %s/%s", s->view->id,
			s->view->account, s->view->region);
	if (!judge_exists(j, s->node)) {
		judge_absent(j, s, account, region);
		return 0;
	}
	harm = judge_find_harm(j, s);
	if (harm)
		find(j, VERIFY_UNSAFE, s->view, harm);
	else
		judge_unharmful(j, s);
	return 0;
}

static int
judge_steps(struct judge *j, struct err *err)
{
	for (size_t i = 0; i < j->plan->step_count; i++) {
		struct view_step view;
		struct step step;
		int code = read_step(j, i, &view, &step, err);

		if (code == 0)
			code = judge_step(j, &step, err);
		if (code)
			return code;
	}
	return 0;
}

/* ---- the plan as a whole ---- */

/* Its own totals must agree with its steps, and nothing may be listed twice. */
static void
judge_plan(struct judge *j)
{
	const struct plan_view *plan = j->plan;
	const uint64_t said[ACTIONS] = {plan->images.go, plan->snapshots.go, plan->instances.go};
	enum verify_result as_of;

	for (size_t i = 0; i < ACTIONS; i++) {
		if (said[i] == j->taken[i])
			continue;
		buf_format(&j->why, "the summary says %llu times %s, the steps are %llu",
			(unsigned long long)said[i], action_rows[i].word,
			(unsigned long long)j->taken[i]);
		find(j, VERIFY_UNSAFE, NULL, "changed");
	}
	if (plan->summary_steps != plan->step_count) {
		buf_format(&j->why, "the summary says %llu steps, the steps are %zu",
			(unsigned long long)plan->summary_steps, plan->step_count);
		find(j, VERIFY_UNSAFE, NULL, "changed");
	}
	as_of = judge_as_of(j);
	if (as_of != VERIFY_SAFE)
		find(j, as_of, NULL, "as-of");
	if (judge_misses_choice(j))
		find(j, VERIFY_UNSAFE, NULL, "changed");
	for (sid number = 1; number < j->names.count; number++) {
		const struct name *name = &j->names.items[number];

		if (!name->twice || name->listing == IN_STEPS)
			continue;
		buf_format(&j->why, "the plan lists %s more than once",
			strpool_text(&j->texts, number));
		find(j, VERIFY_UNSAFE, NULL, "listed-twice");
	}
}

/* ---- the proof ---- */

static void
judge_init(struct judge *j)
{
	strpool_init(&j->texts);
	j->step_order = xcalloc(j->graph->nodes.count + 1, sizeof(*j->step_order));
	j->unresolved = xcalloc(j->graph->coverage.count + 1, sizeof(*j->unresolved));
	bitset_init(&j->selected, j->graph->nodes.count + 1);
	bitset_init(&j->newest, j->graph->nodes.count + 1);
	judge_take_assumptions(j);
	judge_find_unresolved(j);
}

static void
judge_release(struct judge *j)
{
	strpool_release(&j->texts);
	vec_release(&j->names);
	vec_release(&j->depends);
	free(j->step_order);
	free(j->unresolved);
	bitset_release(&j->selected);
	bitset_release(&j->newest);
	arena_release(&j->scratch);
	buf_release(&j->why);
}

int
verify_plan(const struct plan_view *plan, const struct verify_terms *terms,
	const struct graph *graph, struct verify_report *report, struct err *err)
{
	struct judge judge = {.plan = plan, .terms = terms, .graph = graph, .report = report};
	int code;

	*report = (struct verify_report){0};
	if (terms->as_of == TIME_NONE)
		return err_set(err, ERR_UNCHECKED, "the plan does not say as of when it was made");
	judge_init(&judge);
	code = judge_check_words(&judge, err);
	if (code == 0)
		code = take_steps(&judge, err);
	if (code == 0) {
		take_others(&judge);
		judge_apply_selectors(&judge);
		judge_find_newest(&judge);
		judge_plan(&judge);
		code = judge_steps(&judge, err);
	}
	judge_release(&judge);
	return code;
}

void
verify_report_release(struct verify_report *report)
{
	vec_release(&report->findings);
	arena_release(&report->arena);
	*report = (struct verify_report){0};
}
