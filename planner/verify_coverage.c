/*
 * What the proof may take as read: which documents are there, or were assumed by the plan's user.
 * It must not know: steps, or what a gap means for them.
 */
#include "verify_judge.h"

void
judge_take_assumptions(struct judge *j)
{
	vec_foreach (word, &j->terms->assumed) {
		bool all = strcmp(*word, "all") == 0;
		enum doc_kind one = doc_kind_from_word(slice_of(*word));

		for (int kind = 1; kind < DOC_KINDS; kind++)
			if (all || kind == (int)one)
				j->is_assumed[kind] = true;
	}
}

bool
judge_is_covered(const struct judge *j, sid account, sid region, enum doc_kind kind)
{
	switch (graph_covered(j->graph, account, region, kind)) {
	case COVERAGE_COMPLETE:
	case COVERAGE_EMPTY:
	case COVERAGE_ASSUMED:
		return true;
	case COVERAGE_ABSENT:
	case COVERAGE_DENIED:
	case COVERAGE_PARTIAL:
		break;
	}
	return j->is_assumed[kind];
}

enum doc_kind
judge_missing_kind(const struct judge *j, sid account, sid region)
{
	for (int i = 1; i < DOC_KINDS; i++) {
		enum doc_kind kind = (enum doc_kind)i;

		if (doc_kind_need(kind) == NEED_ALWAYS &&
			!judge_is_covered(j, account, region, kind))
			return kind;
	}
	return DOC_NONE;
}

/* What is asked of each resource by itself, and says nothing of other kinds of resource. */
static bool
item_is_read(const struct judge *j, nid node, enum doc_kind kind)
{
	enum node_kind of = (enum node_kind)graph_node(j->graph, node)->kind;

	if (j->is_assumed[kind])
		return true;
	if (kind == DOC_LAUNCH_PERMISSIONS)
		return of != NODE_IMAGE || graph_image(j->graph, node)->permissions_read == YES;
	if (kind == DOC_SNAPSHOT_PERMISSIONS)
		return of != NODE_SNAPSHOT ||
		       graph_snapshot(j->graph, node)->permissions_read == YES;
	return of != NODE_INSTANCE || graph_instance(j->graph, node)->protected_ != UNREAD;
}

/* A kind that we do not know was surely not read. Parameters are missed only where somebody names
 * one, which judge_unresolved_in tells. */
const char *
judge_missing_requirement(const struct judge *j, nid node)
{
	const struct node *of = graph_node(j->graph, node);

	vec_foreach (word, &j->terms->require) {
		enum doc_kind kind = doc_kind_from_word(slice_of(*word));
		bool own = kind == DOC_LAUNCH_PERMISSIONS || kind == DOC_SNAPSHOT_PERMISSIONS ||
			   kind == DOC_TERMINATION_PROTECTION;

		if (kind == DOC_PARAMETERS)
			continue;
		if (kind == DOC_NONE || !(own ? item_is_read(j, node, kind)
					      : judge_is_covered(j, of->account, of->region, kind)))
			return *word;
	}
	return NULL;
}

bool
judge_all_is_assumed(const struct judge *j)
{
	for (int kind = 1; kind < DOC_KINDS; kind++)
		if (doc_kind_need((enum doc_kind)kind) == NEED_ALWAYS && !j->is_assumed[kind])
			return false;
	return true;
}

/* Nobody can assume an account into the inventory: a listing of it must be there. What was asked of
 * single resources there, or who asked, is none. */
static bool
is_in_inventory(const struct coverage *place)
{
	for (int kind = 1; place && kind < DOC_KINDS; kind++)
		if (place->seen[kind] && doc_kind_need((enum doc_kind)kind) == NEED_ALWAYS)
			return true;
	return false;
}

/* A grantee that is itself in the inventory, read whole in that region, has its say by its own
 * documents. */
bool
judge_is_read_whole(const struct judge *j, sid account, sid region)
{
	return is_in_inventory(graph_coverage(j->graph, account, region)) &&
	       judge_missing_kind(j, account, region) == DOC_NONE &&
	       !judge_unresolved_in(j, account, region);
}
