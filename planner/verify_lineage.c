/*
 * Which AMI a snapshot or an instance belongs to, for the proof, and whether its step comes after
 * that AMI's. It must not know: who else needs it, or what may be accepted.
 */
#include "verify_judge.h"

/* ---- snapshots ---- */

nid
judge_find_image(
	const struct judge *j, nid snapshot, bool (*want)(const struct judge *j, nid image))
{
	const struct graph *graph = j->graph;
	struct edge_walk in = graph_in(graph, snapshot);
	struct edge_walk out = graph_out(graph, snapshot);

	while (edge_next(graph, &in))
		if (in.edge->kind == EDGE_MAPS && want(j, in.edge->from))
			return in.edge->from;
	while (edge_next(graph, &out))
		if (edge_is_made_for(out.edge) && want(j, out.edge->to))
			return out.edge->to;
	return 0;
}

bool
judge_is_mapped(const struct judge *j, nid snapshot)
{
	struct edge_walk in = graph_in(j->graph, snapshot);

	while (edge_next(j->graph, &in))
		if (in.edge->kind == EDGE_MAPS && judge_exists(j, in.edge->from))
			return true;
	return false;
}

static bool
want_any(const struct judge *j, nid image)
{
	(void)j;
	return image != 0;
}

/* The plan's word is no link: depends_on names an AMI as easily as any other. */
bool
judge_is_linked(const struct judge *j, nid snapshot)
{
	return judge_find_image(j, snapshot, want_any) != 0;
}

bool
judge_is_weakly_linked(const struct judge *j, nid snapshot)
{
	struct edge_walk out = graph_out(j->graph, snapshot);

	while (edge_next(j->graph, &out))
		if (out.edge->kind == EDGE_MADE_FOR)
			return true;
	return false;
}

/* ---- instances ---- */

int64_t
judge_last_launch(const struct judge *j, nid image)
{
	int64_t newest = graph_image(j->graph, image)->last_launched;
	struct edge_walk in = graph_in(j->graph, image);

	while (edge_next(j->graph, &in))
		if (in.edge->kind == EDGE_LAUNCHED_FROM &&
			!graph_is_live(j->graph, in.edge->from) &&
			graph_instance(j->graph, in.edge->from)->launched > newest)
			newest = graph_instance(j->graph, in.edge->from)->launched;
	return newest;
}

nid
judge_launch_image(const struct judge *j, nid instance)
{
	struct edge_walk out = graph_out(j->graph, instance);

	while (edge_next(j->graph, &out))
		if (out.edge->kind == EDGE_LAUNCHED_FROM)
			return out.edge->to;
	return 0;
}

/* ---- order ---- */

/* A step that must come first: it is there (its absence is another rule's), comes earlier, and is
 * depended on. */
static bool
must_follow(struct judge *j, const struct step *s, nid image, bool by_name)
{
	char id[128];
	sid number;

	if (!judge_exists(j, image) || !j->step_order[image])
		return false;
	snprintf(id, sizeof(id), "deregister-image:%s", graph_id(j->graph, image));
	number = strpool_find(&j->texts, slice_of(id));
	if (j->step_order[image] < s->view->order) {
		if (!by_name)
			return false;
		for (size_t low = 0, high = j->depends.count; number && low < high;) {
			size_t middle = low + (high - low) / 2;

			if (j->depends.items[middle] == number)
				return false;
			if (j->depends.items[middle] < number)
				low = middle + 1;
			else
				high = middle;
		}
	}
	buf_format(&j->why, "%s must come after, and depend on, %s", s->view->id, id);
	return true;
}

static int
compare_sids(const void *left, const void *right)
{
	sid a = *(const sid *)left;
	sid b = *(const sid *)right;

	return (a > b) - (a < b);
}

bool
judge_is_out_of_order(struct judge *j, const struct step *s)
{
	struct edge_walk in = graph_in(j->graph, s->node);
	struct edge_walk out = graph_out(j->graph, s->node);

	j->depends.count = 0;
	for (size_t i = 0; i < s->view->depends_on.count; i++)
		vec_push(&j->depends,
			strpool_find(&j->texts, slice_of(s->view->depends_on.items[i])));
	if (j->depends.count)
		qsort(j->depends.items, j->depends.count, sizeof(*j->depends.items), compare_sids);
	if (s->row->action == TERMINATE)
		return must_follow(j, s, judge_launch_image(j, s->node), true);
	while (edge_next(j->graph, &in))
		if (in.edge->kind == EDGE_MAPS && must_follow(j, s, in.edge->from, true))
			return true;
	while (edge_next(j->graph, &out))
		if (edge_is_made_for(out.edge) && must_follow(j, s, out.edge->to, false))
			return true;
	return false;
}
