/*
 * Tests of which block lists a saving needs: along a volume, at a fork, of copies, past the Recycle
 * Bin. It must not know: how lists are read, what a saving comes to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cost_needs.h"
#include "given.h"

#define PLACE "111122223333/us-east-1/"

static struct given given;

static int
begin(void **state)
{
	(void)state;
	given_begin(&given);
	given_file(&given, PLACE "identity.json",
		"{\"Account\": \"111122223333\", \"Arn\": \"arn:aws:iam::111122223333:user/a\", "
		"\"UserId\": \"A\"}");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	given_end(&given);
	return 0;
}

/* A snapshot as describe-snapshots prints it. */
struct told {
	char name;          /* the last digit of its id, and its hour */
	const char *volume; /* the digits of its id */
	unsigned size_gib;
	uint64_t full_bytes; /* 0: not told */
	const char *more;    /* further members, with a comma before them */
};

static void
write_snapshots(const char *file, const struct told *all, size_t count)
{
	struct buf json = {0};

	buf_add_text(&json, "{\"Snapshots\": [");
	for (size_t i = 0; i < count; i++) {
		buf_format(&json,
			"%s{\"SnapshotId\": \"snap-0000000%c\", \"OwnerId\": \"111122223333\", "
			"\"VolumeId\": \"vol-%s\", \"VolumeSize\": %u, "
			"\"StartTime\": \"2024-01-01T1%c:00:00Z\"",
			i ? ", " : "", all[i].name, all[i].volume, all[i].size_gib, all[i].name);
		if (all[i].full_bytes)
			buf_format(&json, ", \"FullSnapshotSizeInBytes\": %llu",
				(unsigned long long)all[i].full_bytes);
		buf_format(&json, "%s}", all[i].more ? all[i].more : ", \"State\": \"completed\"");
	}
	buf_add_text(&json, "]}");
	given_file(&given, file, json.at);
	buf_release(&json);
}

/* "0>1 1>2": from which snapshot to which, 0 for all blocks; then "hidden 3", "read 1". */
static void
expect_needs(const char *going, const char *wanted)
{
	struct block_needs needs;
	struct buf found = {0};
	bool *goes;

	assert_int_equal(given_load(&given), 0);
	goes = xcalloc(given.graph->nodes.count, sizeof(*goes));
	for (const char *name = going; *name; name++) {
		char id[] = "snap-0000000?";

		id[sizeof(id) - 2] = *name;
		goes[graph_find(given.graph, slice_of(id))] = true;
	}
	block_needs_find(given.graph, goes, &needs);
	vec_foreach (need, &needs.items)
		buf_format(&found, "%s%c>%c", found.len ? " " : "",
			need->first ? graph_id(given.graph, need->first)[12] : '0',
			graph_id(given.graph, need->second)[12]);
	vec_foreach (node, &needs.hidden)
		buf_format(&found, " hidden %c", graph_id(given.graph, *node)[12]);
	if (needs.read)
		buf_format(&found, " read %llu", (unsigned long long)needs.read);
	assert_string_equal(found.len ? found.at : "", wanted);
	buf_release(&found);
	block_needs_release(&needs);
	free(goes);
}

static const struct told chain[] = {{'1', "00000001", 10, 0, NULL}, {'2', "00000001", 10, 0, NULL},
	{'3', "00000001", 12, 0, NULL}};

static void
neighbours_of_what_goes_are_needed(void **state)
{
	(void)state;
	write_snapshots(PLACE "snapshots.json", chain, 3);
	expect_needs("", "");
	expect_needs("1", "0>1 1>2");
	expect_needs("2", "1>2 2>3");
	expect_needs("3", "2>3");
	expect_needs("13", "0>1 1>2 2>3");
}

static void
all_children_at_a_fork_are_needed(void **state)
{
	static const struct told all[] = {{'1', "00000001", 10, 0, NULL},
		{'2', "00000002", 10, 0, NULL}, {'3', "00000003", 10, 0, NULL}};

	(void)state;
	write_snapshots(PLACE "snapshots.json", all, 3);
	given_file(&given, PLACE "volumes.json",
		"{\"Volumes\": [{\"VolumeId\": \"vol-00000002\", \"SnapshotId\": "
		"\"snap-00000001\"}, {\"VolumeId\": \"vol-00000003\", \"SnapshotId\": "
		"\"snap-00000001\"}]}");
	expect_needs("1", "0>1 1>2 1>3");
	expect_needs("2", "1>2");
}

static void
lists_that_were_read_are_not_needed_in_either_direction(void **state)
{
	(void)state;
	write_snapshots(PLACE "snapshots.json", chain, 3);
	given_file(&given, PLACE "a.json",
		"{\"Blocks\": [], \"BlockSize\": 524288, \"SnapshotId\": \"snap-00000001\"}");
	given_file(&given, PLACE "b.json",
		"{\"ChangedBlocks\": [], \"BlockSize\": 524288, \"FirstSnapshotId\": "
		"\"snap-00000002\", \"SecondSnapshotId\": \"snap-00000001\"}");
	expect_needs("12", "2>3 read 2");
	/* Half a list is none. */
	given_file(&given, PLACE "a.json",
		"{\"Blocks\": [], \"BlockSize\": 524288, \"SnapshotId\": \"snap-00000001\", "
		"\"NextToken\": \"more\"}");
	expect_needs("12", "0>1 2>3 read 1");
}

static void
what_ebs_does_not_list_is_hidden(void **state)
{
	static const struct told binned[] = {{'2', "00000001", 10, 0,
		", \"RecycleBinEnterTime\": \"2024-02-01T00:00:00Z\", "
		"\"RecycleBinExitTime\": \"2030-02-01T00:00:00Z\""}};
	const struct told others[] = {
		chain[0], {'3', "00000001", 12, 0, ", \"State\": \"pending\""}};

	(void)state;
	write_snapshots(PLACE "bin.json", binned, 1);
	write_snapshots(PLACE "snapshots.json", others, 2);
	expect_needs("1", "0>1 hidden 2");
	expect_needs("3", " hidden 3 hidden 2");
}

static void
any_of_several_copies_will_do(void **state)
{
	const struct told all[] = {chain[0],
		{'2', "ffffffff", 10, 0,
			", \"State\": \"completed\", \"Description\": \"Copied for "
			"DestinationAmi ami-00000002 from SourceAmi ami-00000001 for "
			"SourceSnapshot snap-00000001. Task created on 1,600,000,000,000.\""},
		chain[2]};

	(void)state;
	write_snapshots(PLACE "snapshots.json", all, 3);
	expect_needs("1", ""); /* its copy stays, and holds all its blocks */
	expect_needs("12", "0>1 1>3");
}

static void
a_list_is_bounded_by_what_is_told_of_sizes(void **state)
{
	static const struct {
		unsigned size_gib;
		uint64_t full_bytes, blocks;
	} cases[] = {
		{10, 0, 20480},
		{10, 524288, 1},
		{10, 524289, 2},
		{10, (uint64_t)1 << 50, 20480},
		{0, 0, LIMIT_BLOCKS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct told told = {
			'1', "00000001", cases[i].size_gib, cases[i].full_bytes, NULL};
		struct block_needs needs;
		bool *goes;

		write_snapshots(PLACE "snapshots.json", &told, 1);
		assert_int_equal(given_load(&given), 0);
		goes = xcalloc(given.graph->nodes.count, sizeof(*goes));
		goes[graph_find(given.graph, SLICE("snap-00000001"))] = true;
		block_needs_find(given.graph, goes, &needs);
		assert_int_equal(needs.items.count, 1);
		assert_int_equal(needs.items.items[0].blocks, cases[i].blocks);
		block_needs_release(&needs);
		free(goes);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(neighbours_of_what_goes_are_needed),
		TEST(all_children_at_a_fork_are_needed),
		TEST(lists_that_were_read_are_not_needed_in_either_direction),
		TEST(what_ebs_does_not_list_is_hidden),
		TEST(any_of_several_copies_will_do),
		TEST(a_list_is_bounded_by_what_is_told_of_sizes),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
