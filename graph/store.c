/*
 * The table of all members of a frozen graph, and the walk over it that writes or reads them. One
 * walk for both directions, so that they cannot disagree. It must not know: files.
 */
#include "store.h"

#include "builder.h"

#include <assert.h>

enum {
	ROOM = 64 << 10, /* bytes of rows that are packed at a time */
	PIECES = 16,     /* of a row, each between two paddings */
	FIRST_TEXT = 2,  /* what stands before it is in every pool */
};

/* Where a member lies in its struct. */
struct column {
	uint16_t at, size;
};

/* clang-format off: tables */
#define COLUMN(member)                                                                             \
	{                                                                                          \
		offsetof(ROW, member), sizeof(((ROW *)NULL)->member)                               \
	}

#define ROW struct node
static const struct column node_columns[] = {
	COLUMN(kind),
	COLUMN(state),
	COLUMN(defined),
	COLUMN(id),
	COLUMN(name),
	COLUMN(account),
	COLUMN(region),
	COLUMN(owner),
	COLUMN(record),
	COLUMN(row),
};
#undef ROW

#define ROW struct edge
static const struct column edge_columns[] = {
	COLUMN(from),
	COLUMN(to),
	COLUMN(detail),
	COLUMN(record),
	COLUMN(kind),
	COLUMN(source),
	COLUMN(belief),
	COLUMN(goes),
};
#undef ROW

/* `at` and `dead` share a word, which has no offset of its own. */
#define ROW struct record
static const struct column record_columns[] = {
	COLUMN(node),
	COLUMN(doc),
	{offsetof(ROW, doc) + sizeof(uint32_t), sizeof(uint64_t)},
	COLUMN(older),
	COLUMN(row),
};
#undef ROW

#define ROW struct image
static const struct column image_columns[] = {
	COLUMN(created),
	COLUMN(last_launched),
	COLUMN(tags),
	COLUMN(description),
	COLUMN(traits),
	COLUMN(is_public),
	COLUMN(permissions_read),
};
#undef ROW

#define ROW struct image_traits
static const struct column image_trait_columns[] = {
	COLUMN(bin_exit),
	COLUMN(architecture),
	COLUMN(protection),
	COLUMN(owner_alias),
	COLUMN(image_type),
	COLUMN(root_device_type),
	COLUMN(product_code_type),
	COLUMN(state_text),
};
#undef ROW

#define ROW struct snapshot
static const struct column snapshot_columns[] = {
	COLUMN(started),
	COLUMN(full_bytes),
	COLUMN(tags),
	COLUMN(description),
	COLUMN(volume),
	COLUMN(size_gib),
	COLUMN(traits),
	COLUMN(permissions_read),
	COLUMN(encrypted),
	COLUMN(form),
};
#undef ROW

#define ROW struct snapshot_traits
static const struct column snapshot_trait_columns[] = {
	COLUMN(lock_expires),
	COLUMN(bin_exit),
	COLUMN(archived),
	COLUMN(restore_expiry),
	COLUMN(lock_state),
	COLUMN(tier),
	COLUMN(data_key),
	COLUMN(state_text),
	COLUMN(fast_restores),
};
#undef ROW

#define ROW struct instance
static const struct column instance_columns[] = {
	COLUMN(type),
	COLUMN(lifecycle),
	COLUMN(operator_principal),
	COLUMN(spot_request),
	COLUMN(state_text),
	COLUMN(platform),
	COLUMN(launched),
	COLUMN(tags),
	COLUMN(terms),
	COLUMN(managed),
	COLUMN(protected_),
};
#undef ROW

#define ROW struct terms
static const struct column terms_columns[] = {
	COLUMN(operation),
	COLUMN(platform),
	COLUMN(tenancy),
	COLUMN(product_type),
	COLUMN(released_addresses),
	COLUMN(own_addresses),
	COLUMN(other_addresses),
	COLUMN(reserved),
};
#undef ROW

#define ROW struct volume
static const struct column volume_columns[] = {
	COLUMN(type),
	COLUMN(state_text),
	COLUMN(size_gib),
	COLUMN(iops),
	COLUMN(throughput),
	COLUMN(delete_on_termination),
};
#undef ROW

#define ROW struct template
static const struct column template_columns[] = {
	COLUMN(default_version),
	COLUMN(latest_version),
	COLUMN(other_default),
	COLUMN(defaults_lost),
};
#undef ROW

#define ROW struct template_version
static const struct column version_columns[] = {
	COLUMN(template),
	COLUMN(number),
	COLUMN(age_rank),
	COLUMN(is_default),
	COLUMN(is_latest),
	COLUMN(unresolved),
	COLUMN(image_text),
};
#undef ROW

#define ROW struct spot_request
static const struct column spot_request_columns[] = {
	COLUMN(type),
};
#undef ROW

#define ROW struct tag
static const struct column tag_columns[] = {
	COLUMN(key),
	COLUMN(value),
};
#undef ROW

/* The rest is borrowed from the inventory. */
#define ROW struct document
static const struct column document_columns[] = {
	COLUMN(kind),
	COLUMN(account),
	COLUMN(region),
	COLUMN(group),
	COLUMN(records),
	COLUMN(more),
	COLUMN(sha256),
};
#undef ROW

#define ROW struct gap
static const struct column gap_columns[] = {
	COLUMN(kind),
	COLUMN(account),
	COLUMN(region),
	COLUMN(subject),
	COLUMN(by),
	COLUMN(text),
};
#undef ROW

#define ROW struct coverage
static const struct column coverage_columns[] = {
	COLUMN(account),
	COLUMN(region),
	COLUMN(status),
	COLUMN(seen),
	COLUMN(vouched),
	COLUMN(with_managed),
	COLUMN(with_disabled),
};
#undef ROW

#define ROW struct failed_call
static const struct column failed_call_columns[] = {
	COLUMN(kind),
	COLUMN(account),
	COLUMN(region),
	COLUMN(action),
	COLUMN(code),
	COLUMN(text),
	COLUMN(denied),
};
#undef ROW

/* `code` is text of the program: move_codes. */
#define ROW struct notice
static const struct column notice_columns[] = {
	COLUMN(node),
	COLUMN(account),
	COLUMN(region),
	COLUMN(text),
};
#undef ROW

/* The sets: move_sets. */
#define ROW struct block_list
static const struct column block_columns[] = {
	COLUMN(first),
	COLUMN(second),
	COLUMN(block_size),
};
#undef ROW

static const struct column sid_columns[] = {
	{0, sizeof(sid)},
};

/* What stands in the graph itself. */
#define ROW struct graph
static const struct column graph_columns[] = {
	COLUMN(kind_start),
	COLUMN(newest),
	COLUMN(collection_start),
};
#undef ROW

struct table {
	size_t vec;  /* offset in struct graph */
	size_t size; /* of a row */
	const struct column *columns;
	size_t count;
};

#define TABLE(member, columns)                                                                     \
	{                                                                                          \
		offsetof(struct graph, member), sizeof(*((struct graph *)NULL)->member.items),     \
			columns, sizeof(columns) / sizeof(*(columns))                              \
	}
static const struct table tables[] = {
	TABLE(nodes, node_columns),
	TABLE(edges, edge_columns),
	TABLE(records, record_columns),
	TABLE(images, image_columns),
	TABLE(image_traits, image_trait_columns),
	TABLE(snapshots, snapshot_columns),
	TABLE(snapshot_traits, snapshot_trait_columns),
	TABLE(instances, instance_columns),
	TABLE(terms, terms_columns),
	TABLE(volumes, volume_columns),
	TABLE(templates, template_columns),
	TABLE(versions, version_columns),
	TABLE(spot_requests, spot_request_columns),
	TABLE(tags, tag_columns),
	TABLE(documents, document_columns),
	TABLE(gaps, gap_columns),
	TABLE(failed, failed_call_columns),
	TABLE(coverage, coverage_columns),
	TABLE(notices, notice_columns),
	TABLE(blocks, block_columns),
	TABLE(ours, sid_columns),
};
/* clang-format on */

#define TABLES (sizeof(tables) / sizeof(*tables))

/* A new member of the graph belongs into this file. */
static_assert(offsetof(struct graph, kind_start) == sizeof(struct strpool) +
							    TABLES * sizeof(struct vec_any) +
							    2 * sizeof(struct csr) + sizeof(void *),
	"graph/store.c lacks a member of struct graph");
static_assert(sizeof(struct graph) == offsetof(struct graph, newest) + 2 * sizeof(int64_t),
	"graph/store.c lacks a member of struct graph");

/* Lifetime: one graph that is written or read. */
struct mover {
	struct graph *graph; /* written: never changed */
	struct graph_stream *stream;
	char *room; /* for packed rows, and for texts */
	size_t size;
};

static bool
is_reading(const struct mover *mover)
{
	return mover->stream->take != NULL;
}

static bool
move(struct mover *mover, void *bytes, size_t len)
{
	struct graph_stream *stream = mover->stream;

	if (!is_reading(mover))
		return stream->put(bytes, len, stream->with);
	if (len > stream->left)
		return false;
	stream->left -= len;
	return stream->take(bytes, len, stream->with);
}

/* How many things follow, each of which takes `size` bytes at least: no more than can come. */
static bool
move_count(struct mover *mover, size_t *count, size_t size)
{
	uint64_t number = *count;

	if (!move(mover, &number, sizeof(number)))
		return false;
	if (is_reading(mover) && number > mover->stream->left / size)
		return false;
	*count = (size_t)number;
	return true;
}

/* --- rows --------------------------------------------------------------------------------------
 */

/* The members of a row, those that lie side by side as one piece. */
struct packing {
	struct column pieces[PIECES];
	size_t count;
	size_t packed; /* bytes of a row without its padding */
};

static void
join_columns(const struct table *table, struct packing *packing)
{
	*packing = (struct packing){.count = 0};
	for (size_t i = 0; i < table->count; i++) {
		const struct column *column = &table->columns[i];
		struct column *last = packing->count ? &packing->pieces[packing->count - 1] : NULL;

		packing->packed += column->size;
		if (last && last->at + last->size == column->at) {
			last->size = (uint16_t)(last->size + column->size);
			continue;
		}
		assert(packing->count < PIECES);
		packing->pieces[packing->count++] = *column;
	}
	assert(packing->packed > 0);
}

static void
pack(const struct packing *packing, const char *row, size_t size, size_t count, char *packed)
{
	for (; count > 0; count--, row += size) {
		for (size_t i = 0; i < packing->count; i++) {
			const struct column *piece = &packing->pieces[i];

			memcpy(packed, row + piece->at, piece->size);
			packed += piece->size;
		}
	}
}

static void
unpack(const struct packing *packing, char *row, size_t size, size_t count, const char *packed)
{
	for (; count > 0; count--, row += size) {
		for (size_t i = 0; i < packing->count; i++) {
			const struct column *piece = &packing->pieces[i];

			memcpy(row + piece->at, packed, piece->size);
			packed += piece->size;
		}
	}
}

static bool
move_rows(struct mover *mover, const struct packing *packing, char *rows, size_t size, size_t count)
{
	size_t most = ROOM / packing->packed;

	while (count > 0) {
		size_t some = count < most ? count : most;

		if (!is_reading(mover))
			pack(packing, rows, size, some, mover->room);
		if (!move(mover, mover->room, some * packing->packed))
			return false;
		if (is_reading(mover))
			unpack(packing, rows, size, some, mover->room);
		rows += some * size;
		count -= some;
	}
	return true;
}

static bool
move_table(struct mover *mover, const struct table *table)
{
	char *vec = (char *)mover->graph + table->vec;
	struct packing packing;
	struct vec_any any;

	join_columns(table, &packing);
	memcpy(&any, vec, sizeof(any));
	if (!move_count(mover, &any.count, packing.packed))
		return false;
	if (is_reading(mover) && any.count) {
		any.items = xcalloc(any.count, table->size);
		any.room = any.count;
		memcpy(vec, &any, sizeof(any));
	}
	return move_rows(mover, &packing, any.items, table->size, any.count);
}

static bool
move_tables(struct mover *mover)
{
	static const struct table itself = {0, sizeof(struct graph), graph_columns,
		sizeof(graph_columns) / sizeof(*graph_columns)};
	struct packing packing;

	for (size_t i = 0; i < TABLES; i++) {
		if (!move_table(mover, &tables[i]))
			return false;
	}
	join_columns(&itself, &packing);
	return move_rows(mover, &packing, (char *)mover->graph, sizeof(struct graph), 1);
}

/* --- order and halves --------------------------------------------------------------------------
 */

static bool
move_numbers(struct mover *mover, uint32_t **numbers, size_t count)
{
	if (is_reading(mover)) {
		if (count > mover->stream->left / sizeof(**numbers))
			return false;
		*numbers = xcalloc(count + 1, sizeof(**numbers));
	}
	return move(mover, *numbers, count * sizeof(**numbers));
}

static bool
move_order(struct mover *mover)
{
	struct graph *graph = mover->graph;
	size_t nodes = graph->nodes.count, edges = graph->edges.count;

	if (nodes == 0 || edges == 0) /* number 0 is always there */
		return false;
	return move_numbers(mover, &graph->by_id, nodes - 1) &&
	       move_numbers(mover, &graph->out.start, nodes + 1) &&
	       move_numbers(mover, &graph->in.start, nodes + 1) &&
	       move_numbers(mover, &graph->in.list, edges - 1);
}

/* --- texts -------------------------------------------------------------------------------------
 */

static bool
put_text(const struct mover *mover, struct slice text)
{
	const struct graph_stream *stream = mover->stream;
	uint32_t len = (uint32_t)text.len;

	return stream->put(&len, sizeof(len), stream->with) &&
	       stream->put(text.at, text.len, stream->with);
}

static bool
take_text(struct mover *mover)
{
	uint32_t len;

	if (!move(mover, &len, sizeof(len)) || len > mover->stream->left)
		return false;
	if (len > mover->size) {
		mover->room = xreallocarray(mover->room, len, 1);
		mover->size = len;
	}
	if (!move(mover, mover->room, len))
		return false;
	(void)strpool_add(&mover->graph->strings, (struct slice){mover->room, len});
	return true;
}

/*
 * The codes of notices are texts of the program. In a restored graph they are strings like the
 * others, behind those that the graph itself has.
 */
typedef VEC(const char *) code_list;

static size_t
find_code(const code_list *codes, const char *code)
{
	size_t i = 0;

	while (i < codes->count && strcmp(codes->items[i], code) != 0)
		i++;
	return i;
}

static bool
put_texts(struct mover *mover, const code_list *codes)
{
	const struct strpool *strings = &mover->graph->strings;
	size_t count = strings->count + codes->count;
	bool done = move_count(mover, &count, 1);

	for (sid id = FIRST_TEXT; done && id < strings->count; id++)
		done = put_text(mover, strpool_slice(strings, id));
	for (size_t i = 0; done && i < codes->count; i++)
		done = put_text(mover, slice_of(codes->items[i]));
	return done;
}

static bool
put_strings(struct mover *mover)
{
	code_list codes = {0};
	bool done;

	vec_foreach (notice, &mover->graph->notices) {
		if (find_code(&codes, notice->code) == codes.count)
			vec_push(&codes, notice->code);
	}
	done = put_texts(mover, &codes);
	vec_foreach (notice, &mover->graph->notices) {
		sid code = mover->graph->strings.count + (sid)find_code(&codes, notice->code);

		done = done && move(mover, &code, sizeof(code));
	}
	vec_release(&codes);
	return done;
}

static bool
take_strings(struct mover *mover)
{
	struct strpool *strings = &mover->graph->strings;
	size_t count = 0;

	if (!move_count(mover, &count, 1))
		return false;
	strpool_init(strings);
	strpool_seal(strings); /* from here on each text gets the next number */
	for (size_t i = FIRST_TEXT; i < count; i++) {
		if (!take_text(mover))
			return false;
	}
	vec_foreach (notice, &mover->graph->notices) {
		sid code;

		if (!move(mover, &code, sizeof(code)) || code >= strings->count)
			return false;
		notice->code = strpool_text(strings, code);
	}
	return true;
}

/* --- sets of blocks ----------------------------------------------------------------------------
 */

static bool
move_set(struct mover *mover, struct block_set *set)
{
	if (!move_count(mover, &set->count, sizeof(*set->words)))
		return false;
	if (is_reading(mover) && set->count)
		set->words = xcalloc(set->count, sizeof(*set->words));
	return move(mover, set->words, set->count * sizeof(*set->words));
}

static bool
move_sets(struct mover *mover)
{
	vec_foreach (list, &mover->graph->blocks) {
		if (!move_set(mover, &list->blocks) || !move_set(mover, &list->not_in_first) ||
			!move_set(mover, &list->not_in_second))
			return false;
	}
	return true;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static bool
move_graph(struct mover *mover)
{
	bool done;

	mover->room = xmalloc(ROOM);
	mover->size = ROOM;
	done = move_tables(mover) && move_order(mover) &&
	       (is_reading(mover) ? take_strings(mover) : put_strings(mover)) && move_sets(mover);
	free(mover->room);
	return done;
}

bool
graph_save(struct graph *graph, struct graph_stream *to)
{
	struct mover mover = {.graph = graph, .stream = to};

	return move_graph(&mover);
}

struct graph *
graph_restore(struct graph_stream *from)
{
	struct mover mover = {.graph = xcalloc(1, sizeof(struct graph)), .stream = from};

	if (move_graph(&mover))
		return mover.graph;
	graph_free(mover.graph);
	return NULL;
}
