/*
 * The fresh look: which questions, where the answers lie, what they say of a step.
 * It must not know: what is done about a change.
 */
#include "fresh.h"

#include "dry_run.h"
#include "facts.h"

#include <errno.h>

/* What is asked of each kind of resource, by the mutation that it waits for. */
static const struct {
	enum look_subject subject, detail;
	const char *fact; /* that the detail is about */
	enum look_ask ask;
} KINDS[MUTATIONS] = {
	[MUTATION_DEREGISTER] = {LOOK_IMAGES, LOOK_IMAGE_SHARES, "launch_permissions", ASK_IMAGES},
	[MUTATION_DELETE] = {LOOK_SNAPSHOTS, LOOK_SNAPSHOT_SHARES, "create_volume_permissions",
		ASK_SNAPSHOTS},
	[MUTATION_TERMINATE] = {LOOK_INSTANCES, LOOK_INSTANCE_GUARDS, "protection", ASK_INSTANCES},
};

/* --- what is asked for ----------------------------------------------------------------------- */

static struct fresh_place *
find_place(const struct fresh *fresh, const struct view_step *step)
{
	vec_foreach (place, &fresh->places)
		if (strcmp((*place)->account, step->account) == 0 &&
			strcmp((*place)->region, step->region) == 0)
			return *place;
	return NULL;
}

void
fresh_add(struct fresh *fresh, const struct live *live, struct provider *provider,
	const struct view_step *step)
{
	enum mutation mutation = mutation_find(step->action);
	struct fresh_place *place = find_place(fresh, step);

	if (!place) {
		place = xcalloc(1, sizeof(*place));
		place->account = step->account;
		place->region = step->region;
		place->look = (struct look){.caller = live->caller,
			.provider = provider,
			.account = step->account,
			.region = step->region,
			.directory = &place->directory,
			.progress = fresh->progress};
		vec_push(&fresh->places, place);
	}
	vec_push(&place->look.ids[KINDS[mutation].subject], step->resource);
	if (facts_tell(step->facts, KINDS[mutation].fact))
		vec_push(&place->look.ids[KINDS[mutation].detail], step->resource);
}

/* --- the answers ----------------------------------------------------------------------------- */

static int
make_root(struct fresh *fresh, struct err *err)
{
	const char *where = getenv("TMPDIR");
	struct buf path = {0};

	buf_format(&path, "%s/amiplan-XXXXXX", where && *where ? where : "/tmp");
	if (!mkdtemp(path.at)) {
		int code = err_set_at(err, ERR_IO, path.at, 0, 0,
			"no private directory can be made: %s; set TMPDIR to a place where one can",
			strerror(errno));

		buf_release(&path);
		return code;
	}
	fresh->root = path.at;
	return 0;
}

static int
open_places(struct fresh *fresh, struct err *err)
{
	int code = make_root(fresh, err);

	vec_foreach (place, &fresh->places)
		if (code == 0)
			code = directory_open(&(*place)->directory, fresh->root, (*place)->account,
				(*place)->region, COLLECTION_FILE, true, err);
	return code;
}

/* What was written; `files` counts. */
static int
close_places(struct fresh *fresh, uint64_t *files, struct err *err)
{
	*files = 0;
	vec_foreach (place, &fresh->places) {
		struct look *look = &(*place)->look;
		int code = look->err.code;

		if (code != 0)
			*err = look->err;
		else
			code = directory_commit(&(*place)->directory, err);
		if (code != 0)
			return code;
		*files += look->files;
	}
	return 0;
}

static int
load(struct fresh *fresh, struct err *err)
{
	const char *root = fresh->root;
	VEC(const char *) accounts = {0};
	int code;

	vec_foreach (place, &fresh->places)
		vec_push(&accounts, (*place)->account);
	const struct inventory_options options = {
		.paths = &root,
		.path_count = 1,
		.accounts = accounts.items,
		.account_count = accounts.count,
	};
	code = inventory_load(&options, &fresh->inventory, err);
	vec_release(&accounts);
	return code;
}

int
fresh_read(struct fresh *fresh, const struct live *live, struct err *err)
{
	uint64_t files;
	int code = open_places(fresh, err);

	if (code != 0)
		return code;
	vec_foreach (place, &fresh->places)
		look_start(&(*place)->look);
	http_run(live->http);
	if (live_signal_status())
		return 0;
	code = close_places(fresh, &files, err);
	return code == 0 && files ? load(fresh, err) : code;
}

/* --- the comparison -------------------------------------------------------------------------- */

enum look_ask
fresh_ask(const struct view_step *step)
{
	return KINDS[mutation_find(step->action)].ask;
}

static nid
find_node(const struct fresh *fresh, const char *resource)
{
	const struct graph *graph = fresh->inventory ? fresh->inventory->graph : NULL;
	nid node = graph ? graph_find(graph, slice_of(resource)) : 0;

	return node && graph_node(graph, node)->defined ? node : 0;
}

enum fresh_state
fresh_compare(const struct fresh *fresh, const struct policy *policy, const struct view_step *step,
	struct arena *arena, struct buf *why, const struct look_end **end)
{
	nid node = find_node(fresh, step->resource);
	const struct graph *graph;

	*end = &find_place(fresh, step)->look.ends[fresh_ask(step)];
	if (!node)
		return (*end)->outcome == OUTCOME_COMPLETE ? FRESH_GONE : FRESH_UNREAD;
	graph = fresh->inventory->graph;
	if (!graph_is_live(graph, node))
		return FRESH_GONE;
	return facts_differ(step->facts, facts_of(graph, policy, node, arena), why) ? FRESH_CHANGED
										    : FRESH_SAME;
}

void
fresh_release(struct fresh *fresh)
{
	vec_foreach (place, &fresh->places) {
		directory_abandon(&(*place)->directory);
		look_release(&(*place)->look);
		free(*place);
	}
	vec_release(&fresh->places);
	inventory_free(fresh->inventory);
	if (fresh->root)
		directory_remove_tree(fresh->root);
	free(fresh->root);
}
