/*
 * Tests of graphs as bytes: every member goes there and back, and no beginning of the bytes is
 * taken for the whole. It must not know: where the bytes are kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"
#include "store.h"

/* Bytes that were put, and how many of them were taken. */
struct pile {
	struct buf bytes;
	size_t taken;
};

static bool
put(const void *bytes, size_t len, void *with)
{
	struct pile *pile = with;

	buf_add(&pile->bytes, bytes, len);
	return true;
}

static bool
take(void *bytes, size_t len, void *with)
{
	struct pile *pile = with;

	assert_true(len <= pile->bytes.len - pile->taken);
	if (len)
		memcpy(bytes, pile->bytes.at + pile->taken, len);
	pile->taken += len;
	return true;
}

static void
save(struct graph *graph, struct pile *pile)
{
	struct graph_stream stream = {.put = put, .with = pile};

	assert_true(graph_save(graph, &stream));
}

/* As if only so many bytes could come. */
static struct graph *
restore(struct pile *pile, size_t len)
{
	struct graph_stream stream = {.take = take, .with = pile, .left = len};

	pile->taken = 0;
	return graph_restore(&stream);
}

/* --- members -----------------------------------------------------------------------------------
 */

#ifdef __has_builtin
#if __has_builtin(__builtin_clear_padding)
#define HAS_CLEAR_PADDING 1
#endif
#endif

#ifdef HAS_CLEAR_PADDING

#define TABLES(X)                                                                                  \
	X(nodes)                                                                                   \
	X(edges)                                                                                   \
	X(records)                                                                                 \
	X(images)                                                                                  \
	X(image_traits)                                                                            \
	X(snapshots)                                                                               \
	X(snapshot_traits)                                                                         \
	X(instances)                                                                               \
	X(terms)                                                                                   \
	X(volumes)                                                                                 \
	X(templates)                                                                               \
	X(versions)                                                                                \
	X(spot_requests)                                                                           \
	X(tags)                                                                                    \
	X(documents)                                                                               \
	X(gaps)                                                                                    \
	X(failed)                                                                                  \
	X(coverage)                                                                                \
	X(notices)                                                                                 \
	X(blocks)                                                                                  \
	X(ours)

/* One row a table with every byte set that is no padding; pointers point nowhere. */
static struct graph *
make_full(void)
{
	struct graph *graph = xcalloc(1, sizeof(*graph));

#define X(table)                                                                                   \
	vec_reserve(&graph->table, 1);                                                             \
	memset(graph->table.items, 1, sizeof(*graph->table.items));                                \
	__builtin_clear_padding(graph->table.items);                                               \
	graph->table.count = 1;
	TABLES(X)
#undef X
	memset(graph->kind_start, 1, sizeof(graph->kind_start));
	memset(&graph->newest, 1, sizeof(graph->newest));
	memset(&graph->collection_start, 1, sizeof(graph->collection_start));
	graph->documents.items[0].path = graph->documents.items[0].opened = NULL;
	graph->documents.items[0].bytes = NULL;
	graph->documents.items[0].size = 0;
	graph->documents.items[0].mapped = false;
	graph->notices.items[0].code = "a-code";
	memset(&graph->blocks.items[0].blocks, 0, sizeof(struct block_set));
	memset(&graph->blocks.items[0].not_in_first, 0, sizeof(struct block_set));
	memset(&graph->blocks.items[0].not_in_second, 0, sizeof(struct block_set));
	graph->by_id = xcalloc(1, sizeof(nid));
	graph->out.start = xcalloc(2, sizeof(uint32_t));
	graph->in.start = xcalloc(2, sizeof(uint32_t));
	graph->in.list = xcalloc(1, sizeof(eid));
	strpool_init(&graph->strings);
	return graph;
}

static void
no_member_is_forgotten(void **state)
{
	struct graph *graph = make_full();
	struct pile pile = {0};
	struct graph *restored;

	(void)state;
	save(graph, &pile);
	restored = restore(&pile, pile.bytes.len);
	assert_non_null(restored);
	assert_string_equal(restored->notices.items[0].code, "a-code");
	restored->notices.items[0].code = graph->notices.items[0].code;
#define X(table)                                                                                   \
	assert_int_equal(restored->table.count, 1);                                                \
	assert_memory_equal(restored->table.items, graph->table.items, sizeof(*graph->table.items));
	TABLES(X)
#undef X
	assert_memory_equal(restored->kind_start, graph->kind_start, sizeof(graph->kind_start));
	assert_int_equal(restored->newest, graph->newest);
	assert_int_equal(restored->collection_start, graph->collection_start);
	graph_free(graph);
	graph_free(restored);
	buf_release(&pile.bytes);
}

#else

static void
no_member_is_forgotten(void **state)
{
	(void)state;
	skip(); /* the compiler cannot tell padding from members */
}

#endif

/* --- a real one --------------------------------------------------------------------------------
 */

#define IMAGES                                                                                     \
	"{\"Images\": [{\"ImageId\": \"ami-0123456789abcdef0\", \"State\": \"surprising\","        \
	"\"Name\": \"web\", \"Tags\": [{\"Key\": \"team\", \"Value\": \"blue\"}],"                 \
	"\"BlockDeviceMappings\": [{\"Ebs\": {\"SnapshotId\": \"snap-0123456789abcdef0\"}}]}]}"
#define BLOCKS                                                                                     \
	"{\"SnapshotId\": \"snap-0123456789abcdef0\", \"BlockSize\": 524288,"                      \
	"\"Blocks\": [{\"BlockIndex\": 3}, {\"BlockIndex\": 700}]}"

static struct given given;

static int
setup(void **state)
{
	(void)state;
	given_begin(&given);
	given_file(&given, "111122223333/us-east-1/images.json", IMAGES);
	given_file(&given, "111122223333/us-east-1/blocks.json", BLOCKS);
	return given_load(&given);
}

static int
teardown(void **state)
{
	(void)state;
	given_end(&given);
	return 0;
}

static void
check_blocks(const struct graph *graph)
{
	nid snapshot = graph_find(graph, SLICE("snap-0123456789abcdef0"));
	const struct block_list *list = graph_blocks(graph, 0, snapshot);

	assert_non_null(list);
	assert_true(block_set_has(&list->blocks, 3));
	assert_true(block_set_has(&list->blocks, 700));
	assert_false(block_set_has(&list->blocks, 4));
}

static void
a_graph_comes_back(void **state)
{
	struct pile pile = {0};
	struct graph *graph;
	struct slice team;
	nid image;

	(void)state;
	save(given.inventory->graph, &pile);
	graph = restore(&pile, pile.bytes.len);
	assert_non_null(graph);
	assert_int_equal(graph_check(graph, &given.err), 0);
	image = graph_find(graph, SLICE("ami-0123456789abcdef0"));
	assert_int_not_equal(image, 0);
	assert_true(graph_tag(graph, image, SLICE("team"), &team));
	assert_true(slice_is(team, "blue"));
	assert_int_equal(graph->notices.count, 1);
	assert_string_equal(graph->notices.items[0].code, "state-not-known");
	assert_int_equal(graph->edges.count, given.graph->edges.count);
	check_blocks(graph);
	graph_free(graph);
	buf_release(&pile.bytes);
}

static void
no_beginning_is_the_whole(void **state)
{
	struct pile pile = {0};

	(void)state;
	save(given.inventory->graph, &pile);
	for (size_t len = 0; len < pile.bytes.len; len++)
		assert_null(restore(&pile, len));
	buf_release(&pile.bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_member_is_forgotten),
		cmocka_unit_test_setup_teardown(a_graph_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(no_beginning_is_the_whole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
