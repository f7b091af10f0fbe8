/*
 * Making a plan: what may go, why not, in what order. A const graph and a policy in, a const plan
 * out. It must not know: files, formats, the command line.
 */
#ifndef AMIPLAN_PLANNER_PLAN_H
#define AMIPLAN_PLANNER_PLAN_H

#include "buf.h"
#include "graph.h"
#include "policy.h"
#include "view.h"

struct plan; /* Lifetime: plan. Borrows the graph and the policy. */
struct saving;

enum fate { FATE_NONE, FATE_STEP, FATE_BLOCKED, FATE_KEPT }; /* FATE_NONE: nobody selected it */

/*
 * Errors: ERR_UNKNOWN (an --ami that no document has or mentions), ERR_CAP (--max-steps,
 * --max-percent), ERR_INTERNAL (the self-check).
 */
int plan_make(
	const struct graph *graph, const struct policy *policy, struct plan **out, struct err *err);
/*
 * The same with what was chosen by money (saving.h), which it borrows. Where the policy chooses and
 * nothing was chosen yet (NULL), the plan has all that may go, and no cap speaks of it.
 */
int plan_make_chosen(const struct graph *graph, const struct policy *policy,
	const struct saving *saving, struct plan **out, struct err *err);
void plan_free(struct plan *plan);

size_t plan_step_count(const struct plan *plan);
enum fate plan_fate(const struct plan *plan, nid node);

/* What a view needs beside the plan. */
struct view_source {
	const char *tool_version;
	const uint8_t *inventory_digest; /* DIGEST_SIZE bytes */
	void (*definition)(
		void *context, nid image, struct buf *out); /* JSON of the AMI's definition */
	void *context;
	const struct cost *cost; /* of that plan; NULL: no price list is applied */
};

/* The plan as a view; `view` borrows the plan. */
void view_of_plan(
	const struct plan *plan, const struct view_source *source, struct plan_view *view);
void view_release(struct plan_view *view);

/* What is missing, needed things first, by account, region, kind. */
void plan_missing(const struct plan *plan, struct arena *arena, struct view_missings *out);

/* What a document says of a resource that the graph does not keep. */
struct element_source {
	/* The text of this member of the element that describes `n`; SLICE_NONE if it has none. */
	struct slice (*member)(void *context, nid n, struct slice name, struct arena *arena);
	void *context;
};

/* Why this resource can or cannot go. The plan only grows lists of evidence. ERR_UNKNOWN if no
 * document has or mentions the id. */
int plan_explain(struct plan *plan, const struct element_source *source, struct slice id,
	struct arena *arena, struct view_explanation *out, struct err *err);

#endif
