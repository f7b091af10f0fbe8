/*
 * The documented process as a picture: three ranks, three numbered actions, what stays and why.
 * It must not know: where the resources were read from.
 */
#include "process.h"
#include "quote.h"
#include "style.h"
#include <inttypes.h>

/* Snapshots or instances of one AMI that are drawn; the rest is counted. */
enum { MOST_OF_AN_IMAGE = 8 };

static const struct {
	const char *action;
	enum node_kind kind;
	enum edge_strength strength; /* of the link to its AMI */
} ranks[PROCESS_RANKS] = {
	[PROCESS_IMAGE] = {"1 Deregister AMI", NODE_IMAGE, BLOCKS},
	[PROCESS_SNAPSHOT] = {"2 Delete snapshot", NODE_SNAPSHOT, BLOCKS},
	[PROCESS_INSTANCE] = {"3 Terminate instance\\n(optional)", NODE_INSTANCE, INFORMS},
};

void
process_init(struct process *process)
{
	*process = (struct process){0};
	strpool_init(&process->known);
}

void
process_release(struct process *process)
{
	strpool_release(&process->known);
	vec_release(&process->item_of);
	vec_release(&process->items);
	vec_release(&process->links);
	arena_release(&process->arena);
}

bool
process_has_room(struct process *process)
{
	if (process->images < PROCESS_IMAGES) {
		process->images++;
		return true;
	}
	process->left_out++;
	return false;
}

size_t
process_find(const struct process *process, const char *id)
{
	sid known = strpool_find(&process->known, slice_of(id));

	return known < process->item_of.count ? process->item_of.items[known] : SIZE_MAX;
}

/* True if the text is new. */
static bool
learn(struct process *process, const char *text, size_t item)
{
	uint32_t before = process->known.count;
	sid number = strpool_add(&process->known, slice_of(text));

	while (process->item_of.count <= number)
		vec_push(&process->item_of, SIZE_MAX);
	if (number < before)
		return false;
	process->item_of.items[number] = item;
	return true;
}

size_t
process_item(struct process *process, enum process_rank rank, const char *id)
{
	struct process_item item = {.rank = rank, .name = ""};

	if (!learn(process, id, process->items.count))
		return process_find(process, id);
	item.id = arena_text(&process->arena, slice_of(id));
	vec_push(&process->items, item);
	return process->items.count - 1;
}

void
process_link(struct process *process, size_t image, size_t other)
{
	char text[48];

	snprintf(text, sizeof(text), "%zu %zu", image, other);
	if (learn(process, text, SIZE_MAX))
		vec_push(&process->links, ((struct process_link){image, other}));
}

/* --- drawing --------------------------------------------------------------------------------- */

/* Lifetime: one picture. */
struct board {
	struct picture picture;
	struct process *process;
	struct Agraph_s *rows[PROCESS_RANKS];
	struct Agnode_s *actions[PROCESS_RANKS];
	struct Agnode_s **drawn; /* by item; NULL: counted */
};

/* The three actions one below the other, each the head of its row. */
static void
draw_actions(struct board *board)
{
	for (int rank = 0; rank < PROCESS_RANKS; rank++) {
		char name[32];
		struct Agnode_s *action;

		snprintf(name, sizeof(name), "row:%d", rank);
		board->rows[rank] = picture_cluster(&board->picture, NULL, name);
		picture_set(board->rows[rank], "rank", "same");
		snprintf(name, sizeof(name), "action:%d", rank + 1);
		action = picture_node(&board->picture, name);
		picture_put_in(board->rows[rank], action);
		picture_set(action, "label", ranks[rank].action);
		picture_set(action, "shape", "rarrow");
		picture_set(action, "fillcolor", "#1f4e79");
		picture_set(action, "fontcolor", "white");
		picture_set(action, "fontsize", "12");
		picture_set(action, "margin", "0.3,0.1");
		board->actions[rank] = action;
		if (rank > 0)
			picture_set(picture_edge(&board->picture, board->actions[rank - 1], action),
				"style", "invis");
	}
}

static const char *
fate_word(const struct board *board, const struct process_item *item)
{
	if (!board->process->planned)
		return NULL;
	return item->fate == FATE_NONE ? "stays: not selected" : style_fate(item->fate)->word;
}

static void
draw_item(struct board *board, size_t number)
{
	const struct process_item *item = &board->process->items.items[number];
	const struct fate_style *style = style_fate(item->fate);
	const char *word = fate_word(board, item);
	struct Agnode_s *node = picture_node(&board->picture, item->id);
	struct buf label = {0};

	style_add_line(&label, slice_of(node_kind_title(ranks[item->rank].kind)));
	style_add_line(&label, slice_of(item->id));
	if (*item->name)
		style_add_line(&label, slice_of(item->name));
	if (word)
		style_add_line(&label, slice_of(word));
	if (item->rule)
		style_add_line(&label, slice_of(item->rule));
	picture_put_in(board->rows[item->rank], node);
	picture_set(node, "label", label.at);
	style_node(node, ranks[item->rank].kind);
	picture_set(node, "fillcolor", style->fill);
	picture_set(node, "peripheries", style->peripheries);
	picture_set(node, "penwidth", style->pen);
	board->drawn[number] = node;
	buf_release(&label);
}

/* How many of a rank an AMI has beyond those that are drawn. */
static void
draw_more(struct board *board, size_t image, enum process_rank rank, uint64_t more)
{
	char text[64];
	struct Agnode_s *node;

	snprintf(text, sizeof(text), "more:%zu:%d", image, (int)rank);
	node = picture_node(&board->picture, text);
	snprintf(text, sizeof(text), "+ %" PRIu64 " %s%s", more, node_kind_title(ranks[rank].kind),
		more == 1 ? "" : "s");
	picture_put_in(board->rows[rank], node);
	picture_set(node, "label", text);
	picture_set(node, "shape", "plaintext");
	picture_set(node, "peripheries", "0");
	style_edge(picture_edge(&board->picture, board->drawn[image], node), ranks[rank].strength);
}

static void
draw_links_of(struct board *board, size_t image)
{
	uint64_t seen[PROCESS_RANKS] = {0};

	vec_foreach (link, &board->process->links) {
		enum process_rank rank = board->process->items.items[link->other].rank;
		struct Agedge_s *edge;

		if (link->image != image)
			continue;
		if (!board->drawn[link->other]) {
			if (++seen[rank] > MOST_OF_AN_IMAGE)
				continue;
			draw_item(board, link->other);
		}
		edge = picture_edge(
			&board->picture, board->drawn[image], board->drawn[link->other]);
		style_edge(edge, ranks[rank].strength);
		picture_set(edge, "label", rank == PROCESS_SNAPSHOT ? "maps" : "launched");
	}
	for (int rank = 0; rank < PROCESS_RANKS; rank++)
		if (seen[rank] > MOST_OF_AN_IMAGE)
			draw_more(board, image, (enum process_rank)rank,
				seen[rank] - MOST_OF_AN_IMAGE);
}

/* Snapshots of AMIs that are gone already have no AMI above them. */
static void
draw_orphans(struct board *board)
{
	uint64_t seen[PROCESS_RANKS] = {0};
	bool *linked = xcalloc(board->process->items.count + 1, sizeof(*linked));

	vec_foreach (link, &board->process->links)
		linked[link->other] = true;
	for (size_t i = 0; i < board->process->items.count; i++) {
		enum process_rank rank = board->process->items.items[i].rank;

		if (rank != PROCESS_IMAGE && !linked[i] && seen[rank]++ < PROCESS_IMAGES)
			draw_item(board, i);
	}
	free(linked);
}

static void
draw_left_out(struct board *board)
{
	char text[64];
	struct Agnode_s *node;

	if (!board->process->left_out)
		return;
	node = picture_node(&board->picture, "more:images");
	snprintf(text, sizeof(text), "+ %" PRIu64 " AMIs", board->process->left_out);
	picture_put_in(board->rows[PROCESS_IMAGE], node);
	picture_set(node, "label", text);
	picture_set(node, "shape", "plaintext");
	picture_set(node, "peripheries", "0");
}

int
process_draw(struct process *process, const char *format, FILE *file, struct err *err)
{
	struct board board = {.process = process};
	int code;

	picture_open(&board.picture, style_defaults);
	picture_set(board.picture.top, "rankdir", "TB");
	picture_set(board.picture.top, "newrank", "true");
	if (process->digest)
		picture_set(board.picture.top, "label", process->digest);
	board.drawn = xcalloc(process->items.count + 1, sizeof(struct Agnode_s *));
	draw_actions(&board);
	for (size_t i = 0; i < process->items.count; i++)
		if (process->items.items[i].rank == PROCESS_IMAGE)
			draw_item(&board, i);
	for (size_t i = 0; i < process->items.count; i++)
		if (process->items.items[i].rank == PROCESS_IMAGE)
			draw_links_of(&board, i);
	draw_orphans(&board);
	draw_left_out(&board);
	code = picture_write(&board.picture, format, file, err);
	picture_close(&board.picture);
	free(board.drawn);
	return code;
}
