/*
 * Whether a step's recorded facts (its state, owner, protection, the snapshots an AMI maps) are
 * still those of the graph, for the proof. Only what both tell is compared.
 * It must not know: whether a change is a harm.
 */
#include "json_pull.h"
#include "verify_judge.h"

/* What the graph says now of the fact `name`; false if this proof does not follow it. */
static bool
fact_now(const struct judge *j, nid n, struct slice name, struct slice *now)
{
	const struct node *node = graph_node(j->graph, n);

	if (slice_is(name, "state"))
		*now = slice_of(state_text((enum state)node->state));
	else if (slice_is(name, "owner"))
		*now = graph_text(j->graph, node->owner);
	else if (slice_is(name, "protection") && node->kind == NODE_IMAGE)
		*now = graph_text(j->graph, graph_image_traits(j->graph, n)->protection);
	else
		return false;
	return true;
}

/* True, with `why`: it was another then. An absent text is null. */
static bool
text_differs(struct judge *j, const struct step *s, struct slice name, struct slice now,
	struct json *json)
{
	struct slice then = {0};

	if (json_peek(json) != JSON_STRING)
		json_skip(json, NULL);
	else
		json_string(json, &then);
	if (json->failed || slice_equal(then, now))
		return false;
	buf_format(&j->why, "the %.*s of %s is %.*s, and in the plan's facts %.*s", (int)name.len,
		name.at, s->view->resource, now.at ? (int)now.len : 4, now.at ? now.at : "none",
		then.at ? (int)then.len : 4, then.at ? then.at : "none");
	return true;
}

static bool
next_mapped(const struct judge *j, struct edge_walk *out, struct slice *id)
{
	while (edge_next(j->graph, out)) {
		if (out->edge->kind != EDGE_MAPS)
			continue;
		*id = slice_of(graph_id(j->graph, out->edge->to));
		return true;
	}
	return false;
}

/* The facts list them in the order of their ids, as the graph does. */
static bool
mappings_differ(struct judge *j, const struct step *s, struct json *json)
{
	struct edge_walk out = graph_out(j->graph, s->node);
	struct slice then;
	struct slice now;
	bool same = true;

	if (json_peek(json) != JSON_ARRAY) {
		json_skip(json, NULL);
		return false;
	}
	if (json_enter(json, JSON_ARRAY))
		while (json_next_element(json))
			if (!json_string(json, &then) || !next_mapped(j, &out, &now) ||
				!slice_equal(then, now))
				same = false;
	if (json->failed || (same && !next_mapped(j, &out, &now)))
		return false;
	buf_format(&j->why, "%s does not map the snapshots that the plan's facts list",
		s->view->resource);
	return true;
}

bool
judge_is_changed(struct judge *j, const struct step *s)
{
	struct json json;
	struct err err = {0};
	struct slice name;
	bool changed = false;

	if (!s->view->facts)
		return false;
	json_begin(&json, slice_of(s->view->facts), "the facts", &err);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			struct slice now = {0};

			if (!changed && fact_now(j, s->node, name, &now))
				changed = text_differs(j, s, name, now, &json);
			else if (!changed && s->row->action == DEREGISTER &&
				 slice_is(name, "mapped_snapshots"))
				changed = mappings_differ(j, s, &json);
			else
				json_skip(&json, NULL);
		}
	json_end(&json);
	return changed;
}
