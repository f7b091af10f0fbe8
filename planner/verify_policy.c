/*
 * Whether the plan's own selection, as it records it, would have kept what a step touches: ages,
 * the newest of each group, filters; for the proof. Read from cli.md ("Selecting") anew, with code
 * of its own. It must not know: who else needs the item, or what may be accepted (nothing here
 * may).
 */
#include "glob.h"
#include "verify_judge.h"

/* ---- ages ---- */

static bool
is_younger(const struct judge *j, int64_t time, struct age limit)
{
	if (limit.off || (limit.months == 0 && limit.seconds == 0))
		return false;
	return time == TIME_NONE || time > age_before(j->terms->as_of, limit);
}

/* A snapshot that no step's AMI brought along was selected for itself. */
static bool
came_alone(const struct judge *j, const struct step *s)
{
	struct edge_walk in = graph_in(j->graph, s->node);
	struct edge_walk out = graph_out(j->graph, s->node);

	while (edge_next(j->graph, &in))
		if (in.edge->kind == EDGE_MAPS &&
			(judge_exists(j, in.edge->from) || j->step_order[in.edge->from]))
			return false;
	while (edge_next(j->graph, &out))
		if (edge_is_made_for(out.edge) && j->step_order[out.edge->to])
			return false;
	return true;
}

bool
judge_is_too_young(struct judge *j, const struct step *s)
{
	bool is_image = s->row->action == DEREGISTER;

	if (!is_image && !came_alone(j, s))
		return false;
	if (!is_younger(j,
		    is_image ? graph_image(j->graph, s->node)->created
			     : graph_snapshot(j->graph, s->node)->started,
		    j->terms->older_than))
		return false;
	buf_format(&j->why, "%s is younger than the plan's --older-than allows, or nobody knows",
		s->view->resource);
	return true;
}

/* Without a launch on record an AMI counts as launched when it was made. */
bool
judge_is_launched_since(struct judge *j, const struct step *s)
{
	int64_t launched = judge_last_launch(j, s->node);

	if (launched == TIME_NONE)
		launched = graph_image(j->graph, s->node)->created;
	if (!is_younger(j, launched, j->terms->not_launched_for))
		return false;
	buf_format(&j->why,
		"%s was launched within the time that the plan's --not-launched-for names, or "
		"nobody knows when",
		s->view->resource);
	return true;
}

/* ---- filters ---- */

/* Alternatives: none given lets everything pass, what has no text passes none. */
static bool
passes(const char *const *globs, size_t count, struct slice text)
{
	for (size_t i = 0; i < count; i++)
		if (text.at && glob_match(slice_of(globs[i]), text))
			return true;
	return count == 0;
}

static size_t
key_length(const char *filter)
{
	return strcspn(filter, "=");
}

/* Of the filters of one key, one must hold. */
static bool
passes_tags(const struct judge *j, nid node)
{
	vec_foreach (filter, &j->terms->tags) {
		size_t len = key_length(*filter);
		bool holds = false;

		vec_foreach (other, &j->terms->tags) {
			if (key_length(*other) == len && memcmp(*filter, *other, len) == 0)
				holds = holds || judge_has_tag(j, node, slice_of(*other));
		}
		if (!holds)
			return false;
	}
	return true;
}

/* "ACCOUNT" or "ACCOUNT/REGION". */
static bool
passes_places(const struct judge *j, nid node)
{
	struct slice account = graph_text(j->graph, graph_node(j->graph, node)->account);
	struct slice region = graph_text(j->graph, graph_node(j->graph, node)->region);

	vec_foreach (place, &j->terms->only) {
		size_t len = strcspn(*place, "/");

		if (slice_equal(account, (struct slice){*place, len}) &&
			((*place)[len] == '\0' || slice_is(region, *place + len + 1)))
			return true;
	}
	return j->terms->only.count == 0;
}

/* What comes along with its AMI is asked for its place alone. */
bool
judge_is_filtered_out(struct judge *j, const struct step *s)
{
	const struct verify_terms *terms = j->terms;
	bool is_image = s->row->action == DEREGISTER;
	const char *filter = NULL;
	struct slice name = {0};

	if (is_image)
		name = graph_text(j->graph, graph_node(j->graph, s->node)->name);
	else
		graph_tag(j->graph, s->node, SLICE("Name"), &name);
	if (!passes_places(j, s->node))
		filter = "only";
	else if (!is_image && (s->row->action != DELETE || !came_alone(j, s)))
		return false;
	else if (!passes(terms->names.items, terms->names.count, name))
		filter = "name";
	else if (!passes_tags(j, s->node))
		filter = "tag";
	else if (is_image &&
		 !passes(terms->architectures.items, terms->architectures.count,
			 graph_text(j->graph, graph_image_traits(j->graph, s->node)->architecture)))
		filter = "arch";
	if (!filter)
		return false;
	buf_format(&j->why, "the plan's --%s passes over %s", filter, s->view->resource);
	return true;
}

/* ---- the newest of each group ---- */

/* One part of a name, between separators: does it tell one build from the next? A number, also
 * after v, r or b; a date and time; a hash of seven or more hexadecimal digits with a number in it.
 */
static bool
tells_builds_apart(struct slice part)
{
	static const char digits[] = "0123456789";
	char text[256];
	size_t numbers = 0;

	if (part.len == 0 || part.len >= sizeof(text) || memchr(part.at, 0, part.len))
		return false;
	memcpy(text, part.at, part.len);
	text[part.len] = '\0';
	for (size_t i = 0; i < part.len; i++)
		numbers += text[i] >= '0' && text[i] <= '9';
	if (text[strspn(text, digits)] == '\0')
		return true;
	if (strchr("vrb", text[0]) && text[1 + strspn(text + 1, digits)] == '\0')
		return true;
	if (text[0] >= '0' && text[0] <= '9' && numbers >= 2 &&
		text[strspn(text, "0123456789TZtz")] == '\0')
		return true;
	return part.len >= 7 && numbers && text[strspn(text, "0123456789abcdef")] == '\0';
}

/* From the front: the end of the last part that does not change from build to build. */
static struct slice
stem_of(struct slice name)
{
	static const char separators[] = "-_./ ():+";
	size_t end = 0;

	for (size_t at = 0; at < name.len;) {
		size_t from = at;

		while (at < name.len && !memchr(separators, name.at[at], sizeof(separators) - 1))
			at++;
		if (at > from && (from == 0 || !tells_builds_apart(
						       (struct slice){name.at + from, at - from})))
			end = at;
		at++;
	}
	return end ? (struct slice){name.at, end} : name;
}

/* Appends what the group is told by; false: the AMI lacks it and stands alone. */
static bool
put_tags_of_group(const struct judge *j, nid image, struct buf *key)
{
	struct slice value;

	for (const char *at = j->terms->group_by + sizeof("tag:") - 1;;) {
		size_t len = strcspn(at, ",");

		if (!graph_tag(j->graph, image, (struct slice){at, len}, &value))
			return false;
		buf_format(key, "/%zu:", value.len);
		buf_add_slice(key, value);
		if (at[len] == '\0')
			return true;
		at += len + 1;
	}
}

static sid
group_of(struct judge *j, nid image, struct strpool *groups, struct buf *key)
{
	const struct node *node = graph_node(j->graph, image);
	struct slice name = graph_text(j->graph, node->name);
	bool complete = true;

	buf_clear(key);
	buf_format(key, "%u/%u/%u", node->account, node->region,
		graph_image_traits(j->graph, image)->architecture);
	if (slice_starts(slice_of(j->terms->group_by), "tag:")) {
		complete = put_tags_of_group(j, image, key);
	} else if (name.at) {
		buf_add_char(key, '/');
		buf_add_slice(key, stem_of(name));
	} else {
		complete = false;
	}
	if (!complete)
		buf_format(key, "//%u", image);
	return strpool_add(groups, buf_slice(key));
}

/* An AMI with its group. */
struct ranked {
	sid group;
	nid image;
	int64_t created;
	const char *id;
};

static int
compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left;
	const struct ranked *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->created != b->created)
		return a->created > b->created ? -1 : 1;
	return strcmp(a->id, b->id);
}

void
judge_find_newest(struct judge *j)
{
	const struct graph *graph = j->graph;
	VEC(struct ranked) all = {0};
	struct strpool groups;
	struct buf key = {0};
	size_t place = 0;

	if (!j->terms->keep_last || !j->terms->group_by)
		return;
	strpool_init(&groups);
	graph_foreach (image, graph, NODE_IMAGE) {
		const struct node *node = graph_node(graph, image);
		struct ranked one = {
			0, image, graph_image(graph, image)->created, graph_id(graph, image)};

		if (!node->defined || node->state != STATE_IMAGE_AVAILABLE ||
			!graph_is_ours(graph, node->account))
			continue;
		one.group = group_of(j, image, &groups, &key);
		vec_push(&all, one);
	}
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), compare_ranked);
	for (size_t i = 0; i < all.count; i++) {
		place = i && all.items[i].group == all.items[i - 1].group ? place + 1 : 0;
		if (place < j->terms->keep_last)
			bitset_add(&j->newest, all.items[i].image);
	}
	vec_release(&all);
	strpool_release(&groups);
	buf_release(&key);
}

bool
judge_is_kept_newest(struct judge *j, const struct step *s)
{
	if (!bitset_has(&j->newest, s->node))
		return false;
	buf_format(&j->why, "%s is among the newest %u of its group, which --keep-last keeps",
		s->view->resource, (unsigned)j->terms->keep_last);
	return true;
}
