/*
 * The cost estimate on worked examples: AWS's own snapshots of 10, 4 and 2 GiB for every set that
 * is deleted, archived snapshots, fast restores, volumes, instances, addresses; all in us-east-1.
 * https://docs.aws.amazon.com/ebs/latest/userguide/how_snapshots_work.html
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cost.h"
#include "given.h"

#define PLACE "111122223333/us-east-1/"
#define BLOCKS_A_GIB 2048u
#define GIB 1073741824ull

static struct given given;
static struct policy policy;
static struct plan *plan;
static struct cost *cost;
static const struct billed_table *bill;

static int
begin(void **state)
{
	(void)state;
	given_begin(&given);
	policy_init(&policy);
	policy.orphans = true;
	policy.older_than.age.off = true;
	policy.assume_complete = KIND_BIT(DOC_RECYCLE_BIN);
	assert_true(time_parse(SLICE("2026-11-22T00:00:00Z"), &policy.as_of));
	return 0;
}

static void
drop(void)
{
	cost_free(cost);
	plan_free(plan);
	cost = NULL;
	plan = NULL;
}

static int
end(void **state)
{
	(void)state;
	drop();
	policy_release(&policy);
	given_end(&given);
	return 0;
}

/* Listings without which nothing may go. */
static void
empty_listings(void)
{
	static const char *const keys[] = {"Images", "Reservations", "LaunchTemplates",
		"LaunchTemplateVersions", "AutoScalingGroups", "LaunchConfigurations",
		"SpotInstanceRequests", "SpotFleetRequestConfigs", "Fleets"};
	char path[64], text[64];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		(void)snprintf(path, sizeof(path), PLACE "%s.json", keys[i]);
		(void)snprintf(text, sizeof(text), "{\"%s\": []}", keys[i]);
		given_file(&given, path, text);
	}
	given_file(&given, PLACE "identity.json",
		"{\"Account\": \"111122223333\", \"Arn\": \"arn:aws:iam::111122223333:user/a\", "
		"\"UserId\": \"A\"}");
}

/* A snapshot as describe-snapshots prints it. One that goes is an orphan of an AMI. */
struct told {
	char name; /* the last digit of its id, and its hour */
	bool goes;
	unsigned full_gib;
	const char *volume; /* the last digit of its id */
	const char *more;   /* further members, with a comma before them */
};

static size_t tied; /* number of a snapshot that begins together with the one before it; 0 none */

static void
write_snapshots(const struct told *all, size_t count)
{
	struct buf json = {0};

	buf_add_text(&json, "{\"Snapshots\": [");
	for (size_t i = 0; i < count; i++) {
		buf_format(&json,
			"%s{\"SnapshotId\": \"snap-0000000%c\", \"OwnerId\": \"111122223333\", "
			"\"State\": \"completed\", \"VolumeId\": \"vol-0000000%s\", "
			"\"VolumeSize\": 100, \"Encrypted\": false, "
			"\"StartTime\": \"2024-01-01T1%zu:00:00Z\", "
			"\"FullSnapshotSizeInBytes\": %llu, \"Description\": \"",
			i ? ", " : "", all[i].name, all[i].volume, tied && i >= tied ? i - 1 : i,
			all[i].full_gib * GIB);
		if (all[i].goes)
			buf_format(&json, "Created by CreateImage(i-0000000%c) for ami-0000000%c",
				all[i].name, all[i].name);
		buf_format(&json, "\"%s}", all[i].more ? all[i].more : "");
	}
	buf_add_text(&json, "]}");
	given_file(&given, PLACE "snapshots.json", json.at);
	buf_release(&json);
}

static const char *block_size = "524288";

/* A list of blocks `from` to `to`, without tokens. */
static void
write_blocks(const char *name, const char *head, const char *key, unsigned from, unsigned to)
{
	struct buf json = {0};

	buf_format(&json, "{%s, \"BlockSize\": %s, \"%s\": [", head, block_size, key);
	for (unsigned i = from; i < to; i++)
		buf_format(&json, "%s{\"BlockIndex\": %u}", i > from ? ", " : "", i);
	buf_add_text(&json, "]}");
	given_file(&given, name, json.at);
	buf_release(&json);
}

static const struct cost_totals *
estimate(void)
{
	drop();
	assert_int_equal(given_load(&given), 0);
	assert_int_equal(plan_make(given.graph, &policy, &plan, &given.err), 0);
	cost = cost_make(plan, &price_book_built_in, bill);
	return cost_totals(cost);
}

static void
expect_money(struct money money, const char *text)
{
	char found[MONEY_TEXT_SIZE] = "unknown";

	if (money.known)
		money_text(money, found);
	assert_string_equal(found, text);
}

static void
expect(const struct amount *amount, const char *min, const char *max, enum cost_level level)
{
	expect_money(amount->min, min);
	expect_money(amount->max, max);
	assert_int_equal(amount->level, level);
}

/* --- AWS's example: A has 10 GiB, B another 4 of them, C 2 more ---------------------------------
 */

struct example {
	const char *goes; /* "AC" */
	const char *freed, *left, *at_least, *at_most;
};

/* GiB times 0.05 USD: freed and left of the 16 GiB stored; and the range from full sizes. */
static const struct example examples[] = {
	{"A", "0.20", "0.60", "0.00", "0.50"},
	{"B", "0.00", "0.80", "0.00", "0.50"},
	{"C", "0.10", "0.70", "0.10", "0.60"},
	{"AB", "0.20", "0.60", "0.00", "1.00"},
	{"AC", "0.30", "0.50", "0.10", "1.10"},
	{"BC", "0.30", "0.50", "0.10", "1.10"},
	{"ABC", "0.80", "0.00", "0.60", "1.60"},
};

static void
write_example(const char *goes)
{
	const struct told told[] = {
		{'a', strchr(goes, 'A') != NULL, 10, "1", NULL},
		{'b', strchr(goes, 'B') != NULL, 10, "1", NULL},
		{'c', strchr(goes, 'C') != NULL, 12, "1", NULL},
	};

	empty_listings();
	write_snapshots(told, 3);
}

static void
write_example_blocks(void)
{
	write_blocks(PLACE "a.json", "\"SnapshotId\": \"snap-0000000a\"", "Blocks", 0,
		10 * BLOCKS_A_GIB);
	write_blocks(PLACE "ab.json",
		"\"FirstSnapshotId\": \"snap-0000000a\", \"SecondSnapshotId\": \"snap-0000000b\"",
		"ChangedBlocks", 0, 4 * BLOCKS_A_GIB);
	write_blocks(PLACE "bc.json",
		"\"FirstSnapshotId\": \"snap-0000000b\", \"SecondSnapshotId\": \"snap-0000000c\"",
		"ChangedBlocks", 10 * BLOCKS_A_GIB, 12 * BLOCKS_A_GIB);
}

static void
sizes_alone_give_a_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		write_example(examples[i].goes);
		expect(&estimate()->saving, examples[i].at_least, examples[i].at_most, LEVEL_RANGE);
	}
}

/* What only a part frees, the whole frees as well: A's 8 GiB less the one of its neighbour, though
 * with that neighbour goes what stood between A and a snapshot of 10 that stays. */
static void
more_that_goes_is_no_less_sure(void **state)
{
	(void)state;
	for (int both = 0; both < 2; both++) {
		const struct told told[] = {
			{'a', true, 8, "1", NULL},
			{'b', both, 1, "1", NULL},
			{'c', false, 10, "1", NULL},
			{'d', both, 1, "1", NULL},
			{'e', true, 5, "1", NULL},
		};

		empty_listings();
		write_snapshots(told, 5);
		/* 8 - 1 and 5 - 1 */
		expect(&estimate()->saving, "0.55", both ? "0.75" : "0.65", LEVEL_RANGE);
		/* and of the one that stays 10 - 1 - 1 */
		expect(&cost_totals(cost)->before.total, "0.95", "1.25", LEVEL_RANGE);
	}
}

static void
an_unread_bin_leaves_no_minimum(void **state)
{
	(void)state;
	policy.assume_complete = 0;
	write_example("ABC");
	expect(&estimate()->saving, "0.00", "1.60", LEVEL_RANGE);
}

static void
blocks_make_it_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const struct cost_totals *totals;

		write_example(examples[i].goes);
		write_example_blocks();
		totals = estimate();
		expect(&totals->saving, examples[i].freed, examples[i].freed, LEVEL_EXACT);
		expect(&totals->before.total, "0.80", "0.80", LEVEL_EXACT);
		expect(&totals->after[0].total, "0.80", "0.80", LEVEL_EXACT);
		expect(&totals->after[1].total, examples[i].left, examples[i].left, LEVEL_EXACT);
	}
}

/* A step's number is for that step alone, the total for the set. */
static void
steps_stand_alone(void **state)
{
	struct amount a, b, share_a, share_b;

	(void)state;
	write_example("AB");
	write_example_blocks();
	estimate();
	a = cost_of_step(cost, given_node(&given, "snap-0000000a"));
	b = cost_of_step(cost, given_node(&given, "snap-0000000b"));
	expect(&a, "0.20", "0.20", LEVEL_EXACT);
	expect(&b, "0.00", "0.00", LEVEL_EXACT);
	share_a = cost_share_of_step(cost, given_node(&given, "snap-0000000a"));
	share_b = cost_share_of_step(cost, given_node(&given, "snap-0000000b"));
	expect(&share_a, "0.20", "0.20", LEVEL_EXACT);
	expect(&share_b, "0.00", "0.00", LEVEL_EXACT);
}

/* Volume 2 was made from A and 4 GiB were added: A is still needed, B's own 4 are not. */
static void
two_volumes(const char *goes, const char *freed)
{
	const struct told told[] = {
		{'a', *goes == 'A', 10, "1", NULL},
		{'b', *goes == 'B', 14, "2", NULL},
	};

	empty_listings();
	write_snapshots(told, 2);
	given_file(&given, PLACE "volumes.json",
		"{\"Volumes\": [{\"VolumeId\": \"vol-00000002\", \"SnapshotId\": "
		"\"snap-0000000a\", \"Size\": 100, \"VolumeType\": \"gp3\", \"State\": "
		"\"available\", \"AvailabilityZone\": \"us-east-1a\"}]}");
	write_blocks(PLACE "a.json", "\"SnapshotId\": \"snap-0000000a\"", "Blocks", 0,
		10 * BLOCKS_A_GIB);
	write_blocks(PLACE "ab.json",
		"\"FirstSnapshotId\": \"snap-0000000a\", \"SecondSnapshotId\": \"snap-0000000b\"",
		"ChangedBlocks", 10 * BLOCKS_A_GIB, 14 * BLOCKS_A_GIB);
	expect(&estimate()->saving, freed, freed, LEVEL_EXACT);
}

static void
a_volume_carries_the_lineage_on(void **state)
{
	(void)state;
	two_volumes("A", "0.00");
	two_volumes("B", "0.20");
}

/* A second volume of unknown origin may have come from anywhere: counted blocks are a limit then.
 */
static void
an_unknown_relative_is_doubt(void **state)
{
	const struct told told[] = {
		{'a', true, 10, "1", NULL},
		{'b', false, 10, "1", NULL},
		{'d', false, 3, "9", NULL},
	};

	(void)state;
	empty_listings();
	write_snapshots(told, 3);
	write_example_blocks();
	given_file(&given, PLACE "bc.json", "{\"Things\": []}");
	expect(&estimate()->saving, "0.00", "0.20", LEVEL_BLOCKS);
}

/* What nobody listed in the Recycle Bin may hold what is counted as freed. */
static void
an_unread_bin_makes_counts_a_limit(void **state)
{
	const struct cost_totals *totals;
	struct amount a;

	(void)state;
	policy.assume_complete = 0;
	write_example("A");
	write_example_blocks();
	totals = estimate();
	expect(&totals->saving, "0.00", "0.20", LEVEL_BLOCKS);
	expect(&totals->after[1].total, "0.60", "0.60", LEVEL_EXACT);
	a = cost_of_step(cost, given_node(&given, "snap-0000000a"));
	expect(&a, "0.00", "0.20", LEVEL_BLOCKS);
}

/* Blocks of a size that EBS does not have: what they add up to cannot be. */
static void
counts_that_sizes_deny_are_none(void **state)
{
	static const struct {
		const char *size, *goes, *min, *max;
	} cases[] = {
		{"4294967295", "A", "0.00", "0.50"},
		{"4294967295", "ABC", "0.60", "1.60"},
		{"65536", "ABC", "0.10", "1.60"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct cost_totals *totals;

		block_size = cases[i].size;
		write_example(cases[i].goes);
		write_example_blocks();
		block_size = "524288";
		totals = estimate();
		expect(&totals->saving, cases[i].min, cases[i].max, LEVEL_RANGE);
		expect(&totals->before.total, "0.60", "1.60", LEVEL_RANGE);
	}
}

/* B began when A did: C may have come from A, and hold all of it. */
static void
one_time_twice_tells_no_neighbours(void **state)
{
	const struct told told[] = {
		{'0', false, 2, "1", NULL},
		{'a', true, 10, "1", NULL},
		{'b', false, 2, "1", NULL},
		{'c', false, 10, "1", NULL},
	};

	(void)state;
	for (tied = 0; tied < 3; tied += 2) {
		empty_listings();
		write_snapshots(told, 4);
		expect(&estimate()->saving, tied ? "0.00" : "0.30", "0.50", LEVEL_RANGE);
	}
	tied = 0;
}

/* A page of several is no list. */
static void
half_a_list_is_none(void **state)
{
	(void)state;
	write_example("A");
	write_example_blocks();
	given_file(&given, PLACE "ab.json",
		"{\"FirstSnapshotId\": \"snap-0000000a\", \"SecondSnapshotId\": \"snap-0000000b\", "
		"\"BlockSize\": 524288, \"ChangedBlocks\": [{\"BlockIndex\": 1}], \"NextToken\": "
		"\"x\"}");
	expect(&estimate()->saving, "0.00", "0.50", LEVEL_RANGE);
	assert_true(given_notice(&given, "blocks-incomplete", "snap-0000000b"));
}

/* Of what goes, C's blocks can be counted; of A it is not known what B still holds. */
static void
what_can_be_counted_is_sure(void **state)
{
	const struct told told[] = {
		{'a', true, 10, "1", NULL},
		{'b', false, 10, "1", NULL},
		{'c', true, 10, "1", NULL},
	};

	(void)state;
	empty_listings();
	write_snapshots(told, 3);
	write_blocks(PLACE "bc.json",
		"\"FirstSnapshotId\": \"snap-0000000b\", \"SecondSnapshotId\": \"snap-0000000c\"",
		"ChangedBlocks", 8 * BLOCKS_A_GIB, 10 * BLOCKS_A_GIB);
	expect(&estimate()->saving, "0.10", "1.00", LEVEL_RANGE);
}

/* --- what is no chain ---------------------------------------------------------------------------
 */

static void
a_copy_holds_all_of_its_source(void **state)
{
	static const char copied[] =
		"{\"Snapshots\": [{\"SnapshotId\": \"snap-0000000d\", "
		"\"OwnerId\": \"111122223333\", \"State\": \"completed\", "
		"\"VolumeId\": \"vol-ffffffff\", \"VolumeSize\": 100, "
		"\"Encrypted\": false, \"FullSnapshotSizeInBytes\": "
		"10737418240, \"StartTime\": \"2024-01-02T10:00:00Z\", "
		"\"Description\": \"[Copied snap-0000000a from us-east-1]\"}]}";
	const struct told told[] = {{'a', true, 10, "1", NULL}};

	(void)state;
	empty_listings();
	write_snapshots(told, 1);
	expect(&estimate()->saving, "0.50", "0.50", LEVEL_RANGE);
	given_file(&given, PLACE "copy.json", copied);
	expect(&estimate()->saving, "0.00", "0.00", LEVEL_EXACT);
	expect(&cost_totals(cost)->before.total, "0.50", "0.50", LEVEL_EXACT);
}

static void
what_lies_in_the_bin_still_holds(void **state)
{
	const struct told told[] = {
		{'a', true, 10, "1", NULL},
		{'b', false, 10, "1",
			", \"RecycleBinEnterTime\": \"2026-11-20T00:00:00Z\", "
			"\"RecycleBinExitTime\": \"2026-12-01T00:00:00Z\""},
	};
	const struct cost_totals *totals;
	char time[TIME_TEXT_SIZE];

	(void)state;
	empty_listings();
	/* Two listings: the bin has its own. */
	write_snapshots(told + 1, 1);
	assert_int_equal(rename(given_path(&given, PLACE "snapshots.json"),
				 given_path(&given, PLACE "bin.json")),
		0);
	write_snapshots(told, 1);
	totals = estimate();
	expect(&totals->saving, "0.00", "0.50", LEVEL_RANGE);
	expect(&totals->saving_later, "0.50", "0.50", LEVEL_RANGE);
	time_format(totals->bin_exit, time);
	assert_string_equal(time, "2026-12-01T00:00:00Z");
}

static void
archived_ones_are_whole_and_paid_for_90_days(void **state)
{
	const struct told told[] = {{'a', true, 40, "1", ", \"StorageTier\": \"archive\""}};
	const struct cost_totals *totals;

	(void)state;
	empty_listings();
	write_snapshots(told, 1);
	given_file(&given, PLACE "tiers.json",
		"{\"SnapshotTierStatuses\": [{\"SnapshotId\": \"snap-0000000a\", \"StorageTier\": "
		"\"archive\", \"ArchivalCompleteTime\": \"2026-11-22T00:00:00Z\"}]}");
	totals = estimate();
	expect(&totals->saving, "0.50", "0.50", LEVEL_EXACT);
	expect(&totals->one_off, "1.50", "1.50", LEVEL_EXACT);
	given_file(&given, PLACE "tiers.json",
		"{\"SnapshotTierStatuses\": [{\"SnapshotId\": \"snap-0000000a\", \"StorageTier\": "
		"\"archive\", \"ArchivalCompleteTime\": \"2026-10-08T00:29:00Z\"}]}");
	expect(&estimate()->one_off, "0.75", "0.75", LEVEL_EXACT); /* 1,080 hours of 2,160 */
	given_file(&given, PLACE "tiers.json", "{\"SnapshotTierStatuses\": []}");
	expect(&estimate()->one_off, "0.00", "1.50", LEVEL_RANGE);
}

static void
fast_restore_costs_by_zone(void **state)
{
	const struct told told[] = {{'a', true, 1, "1", NULL}};
	const struct cost_totals *totals;

	(void)state;
	empty_listings();
	write_snapshots(told, 1);
	given_file(&given, PLACE "fsr.json",
		"{\"FastSnapshotRestores\": [{\"SnapshotId\": \"snap-0000000a\", "
		"\"AvailabilityZone\": \"us-east-1a\", \"State\": \"enabled\"}, {\"SnapshotId\": "
		"\"snap-0000000a\", \"AvailabilityZone\": \"us-east-1b\", \"State\": "
		"\"disabled\"}]}");
	totals = estimate();
	expect(&totals->before.parts[PART_FAST_RESTORE], "547.50", "547.50", LEVEL_EXACT);
	expect(&totals->after[1].parts[PART_FAST_RESTORE], "0.00", "0.00", LEVEL_EXACT);
}

/* --- volumes, instances, addresses --------------------------------------------------------------
 */

static void
volumes_cost_by_type(void **state)
{
	static const struct {
		const char *members, *min, *max;
	} volumes[] = {
		{"\"Size\": 100, \"VolumeType\": \"gp2\", \"Iops\": 300", "10.00", "10.00"},
		{"\"Size\": 100, \"VolumeType\": \"gp3\", \"Iops\": 3000, \"Throughput\": 125",
			"8.00", "8.00"},
		{"\"Size\": 100, \"VolumeType\": \"gp3\", \"Iops\": 4000, \"Throughput\": 225",
			"17.00", "17.00"},
		{"\"Size\": 10, \"VolumeType\": \"io1\", \"Iops\": 100", "7.75", "7.75"},
		{"\"Size\": 100, \"VolumeType\": \"io2\", \"Iops\": 70000", "3739.60", "3739.60"},
		{"\"Size\": 100, \"VolumeType\": \"io2\"", "12.50", "unknown"},
		{"\"Size\": 100, \"VolumeType\": \"st1\"", "4.50", "4.50"},
		{"\"Size\": 100, \"VolumeType\": \"standard\"", "5.00", "unknown"},
		{"\"Size\": 100, \"VolumeType\": \"gp9\"", "0.00", "unknown"},
		{"\"VolumeType\": \"gp3\"", "0.00", "unknown"},
	};
	char text[300];

	(void)state;
	empty_listings();
	write_snapshots(NULL, 0);
	for (size_t i = 0; i < sizeof(volumes) / sizeof(volumes[0]); i++) {
		const struct cost_totals *totals;

		(void)snprintf(text, sizeof(text),
			"{\"Volumes\": [{\"VolumeId\": \"vol-00000001\", \"State\": \"available\", "
			"\"AvailabilityZone\": \"us-east-1a\", %s}]}",
			volumes[i].members);
		given_file(&given, PLACE "volumes.json", text);
		totals = estimate();
		expect_money(totals->before.parts[PART_VOLUMES].min, volumes[i].min);
		expect_money(totals->before.parts[PART_VOLUMES].max, volumes[i].max);
		assert_int_equal(totals->unpriced_count > 0, !strcmp(volumes[i].max, "unknown"));
	}
}

/* One instance of an AMI that goes with it, and its two volumes. */
static const struct cost_totals *
instance(const char *members)
{
	char text[2000];

	empty_listings();
	write_snapshots(NULL, 0);
	given_file(&given, PLACE "Images.json",
		"{\"Images\": [{\"ImageId\": \"ami-00000001\", \"OwnerId\": \"111122223333\", "
		"\"State\": \"available\", \"CreationDate\": \"2020-01-01T00:00:00Z\"}]}");
	given_file(&given, PLACE "permissions.json",
		"{\"ImageId\": \"ami-00000001\", \"LaunchPermissions\": []}");
	(void)snprintf(text, sizeof(text),
		"{\"Reservations\": [{\"OwnerId\": \"111122223333\", \"Instances\": "
		"[{\"InstanceId\": \"i-00000001\", \"ImageId\": \"ami-00000001\", "
		"\"InstanceType\": \"t3.micro\", \"LaunchTime\": \"2021-01-01T00:00:00Z\", "
		"\"Placement\": {\"AvailabilityZone\": \"us-east-1a\"}, \"BlockDeviceMappings\": "
		"[{\"Ebs\": {\"VolumeId\": \"vol-00000001\", \"DeleteOnTermination\": true}}, "
		"{\"Ebs\": {\"VolumeId\": \"vol-00000002\", \"DeleteOnTermination\": false}}], "
		"%s}]}]}",
		members);
	given_file(&given, PLACE "Reservations.json", text);
	given_file(&given, PLACE "volumes.json",
		"{\"Volumes\": [{\"VolumeId\": \"vol-00000001\", \"Size\": 10, \"VolumeType\": "
		"\"gp3\", \"State\": \"in-use\", \"AvailabilityZone\": \"us-east-1a\"}, "
		"{\"VolumeId\": \"vol-00000002\", \"Size\": 100, \"VolumeType\": \"gp3\", "
		"\"State\": \"in-use\", \"AvailabilityZone\": \"us-east-1a\"}]}");
	policy.assume_complete |= KIND_BIT(DOC_SNAPSHOTS); /* an empty list is no listing of them */
	policy.orphans = false;
	policy.amis.count = 0;
	vec_push(&policy.amis, "ami-00000001");
	policy.terminate_instances = true;
	estimate();
	assert_int_equal(plan_fate(plan, given_node(&given, "i-00000001")), FATE_STEP);
	return cost_totals(cost);
}

#define RUNNING "\"State\": {\"Name\": \"running\"}, "
#define STOPPED "\"State\": {\"Name\": \"stopped\"}, "
#define LINUX "\"UsageOperation\": \"RunInstances\""

/* t3.micro is 0.0104 an hour, 7.592 a month; the volume that goes is 0.80. */
static void
instances_save_by_state_and_terms(void **state)
{
	static const struct {
		const char *members, *min, *max;
	} cases[] = {
		{RUNNING LINUX, "0.80", "8.392"},
		{STOPPED LINUX, "0.80", "0.80"},
		{RUNNING "\"CapacityReservationId\": \"cr-1\", " LINUX, "0.80", "0.80"},
		{RUNNING "\"UsageOperation\": \"RunInstances:00g0\"", "0.80", "8.392"},
		{RUNNING "\"UsageOperation\": \"RunInstances:0006\"", "0.80", "unknown"},
		{RUNNING "\"InstanceLifecycle\": \"spot\", " LINUX, "0.80", "unknown"},
		{RUNNING "\"PublicIpAddress\": \"1.2.3.4\", " LINUX, "0.80", "12.042"},
		{RUNNING "\"NetworkInterfaces\": [{\"Association\": {\"PublicIp\": \"1.2.3.4\", "
			 "\"IpOwnerId\": \"amazon\"}}], " LINUX,
			"4.45", "12.042"},
		{RUNNING "\"NetworkInterfaces\": [{\"Association\": {\"PublicIp\": \"1.2.3.4\", "
			 "\"IpOwnerId\": \"111122223333\"}}], " LINUX,
			"0.80", "8.392"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct cost_totals *totals = instance(cases[i].members);

		expect_money(totals->saving.min, cases[i].min);
		expect_money(totals->saving.max, cases[i].max);
		expect(&totals->after[2].parts[PART_VOLUMES], "8.00", "8.00", LEVEL_EXACT);
	}
}

static void
what_stays_is_listed(void **state)
{
	const struct cost_totals *totals =
		instance(RUNNING "\"NetworkInterfaces\": [{\"Association\": {\"PublicIp\": "
				 "\"1.2.3.4\", \"IpOwnerId\": \"111122223333\"}}], " LINUX);
	struct amount amount;

	(void)state;
	assert_int_equal(totals->continuing_count, 2);
	assert_int_equal(totals->continuing[0].node, given_node(&given, "i-00000001"));
	assert_int_equal(totals->continuing[0].why, WHY_STAYS);
	amount = cost_of_continuing(cost, &totals->continuing[0]);
	expect(&amount, "0.00", "3.65", LEVEL_RANGE);
	assert_int_equal(totals->continuing[1].node, given_node(&given, "vol-00000002"));
	assert_int_equal(totals->continuing[1].why, WHY_STAYS);
	amount = cost_of_continuing(cost, &totals->continuing[1]);
	expect(&amount, "8.00", "8.00", LEVEL_EXACT);
}

/* --- by a bill ---------------------------------------------------------------------------------
 */

static struct billed_table table;

static void
bill_part(const char *id, enum billed_part part, struct billed billed)
{
	char room[BILLED_KEY_ROOM];
	sid key = strpool_add(&table.keys, billed_key(slice_of(id), part, room));

	while (table.items.count <= key)
		vec_push(&table.items, (struct billed){0});
	table.items.items[key] = billed;
	bill = &table;
}

static void
bill_gib(const char *id, uint64_t gib)
{
	bill_part(id, BILLED_SNAPSHOT,
		(struct billed){.bytes = gib << 30, .hours = 744, .rows = BILLED_USAGE});
}

static int
begin_bill(void **state)
{
	billed_table_init(&table);
	return begin(state);
}

static int
end_bill(void **state)
{
	int result = end(state);

	bill = NULL;
	billed_table_release(&table);
	return result;
}

/* The oldest holder pays: A 10, B 4, C 2. Exact where nothing later stays, else at most so much,
 * and never less sure than sizes alone. */
static void
a_bill_narrows_the_range(void **state)
{
	static const struct {
		const char *goes, *min, *max, *left_min, *left_max;
		enum cost_level level;
	} cases[] = {
		{"A", "0.00", "0.50", "0.30", "0.80", LEVEL_RANGE},
		{"B", "0.00", "0.20", "0.60", "0.80", LEVEL_BILLED},
		{"C", "0.10", "0.10", "0.70", "0.70", LEVEL_BILLED},
		{"AB", "0.00", "0.70", "0.10", "0.80", LEVEL_BILLED},
		{"AC", "0.10", "0.60", "0.20", "0.70", LEVEL_BILLED},
		{"BC", "0.30", "0.30", "0.50", "0.50", LEVEL_BILLED},
		{"ABC", "0.80", "0.80", "0.00", "0.00", LEVEL_BILLED},
	};

	(void)state;
	bill_gib("snap-0000000a", 10);
	bill_gib("snap-0000000b", 4);
	bill_gib("snap-0000000c", 2);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct cost_totals *totals;
		struct amount alone;

		write_example(cases[i].goes);
		totals = estimate();
		expect(&totals->saving, cases[i].min, cases[i].max, cases[i].level);
		expect(&totals->before.total, "0.80", "0.80", LEVEL_BILLED);
		expect(&totals->after[1].total, cases[i].left_min, cases[i].left_max, LEVEL_BILLED);
		if (!strchr(cases[i].goes, 'C'))
			continue;
		alone = cost_of_step(cost, given_node(&given, "snap-0000000c"));
		expect(&alone, "0.10", "0.10", LEVEL_BILLED);
	}
}

/* Nothing comes after C: what is billed for it is freed, whatever becomes of A's. */
static void
a_bill_is_sure_of_the_last(void **state)
{
	const struct told told[] = {
		{'a', true, 10, "1", NULL},
		{'b', false, 10, "1", NULL},
		{'c', true, 10, "1", NULL},
	};

	(void)state;
	bill_gib("snap-0000000a", 10);
	bill_gib("snap-0000000b", 4);
	bill_gib("snap-0000000c", 2);
	empty_listings();
	write_snapshots(told, 3);
	expect(&estimate()->saving, "0.10", "0.60", LEVEL_BILLED);
}

/* A snapshot in the bin may take over what is billed for one that goes: nothing is sure then. */
static void
a_bill_is_not_sure_of_an_unread_bin(void **state)
{
	(void)state;
	policy.assume_complete = 0;
	bill_gib("snap-0000000a", 10);
	bill_gib("snap-0000000b", 4);
	bill_gib("snap-0000000c", 2);
	write_example("ABC");
	expect(&estimate()->saving, "0.00", "0.80", LEVEL_BILLED);
}

/* Blocks that were counted know better; and a snapshot without a row says nothing. */
static void
a_bill_yields_to_blocks(void **state)
{
	struct billed grown = {.bytes = GIB, .bytes_last = 2 * GIB, .rows = BILLED_USAGE};

	(void)state;
	bill_gib("snap-0000000a", 10);
	bill_gib("snap-0000000c", 2);
	write_example("BC");
	expect(&estimate()->saving, "0.10", "1.10", LEVEL_RANGE);
	bill_gib("snap-0000000b", 4);
	write_example_blocks();
	expect(&estimate()->saving, "0.30", "0.30", LEVEL_EXACT);
	/* Not even through the month: its last day counts. */
	grown.partial = true;
	bill_part("snap-0000000c", BILLED_SNAPSHOT, grown);
	write_example("C");
	given_file(&given, PLACE "bc.json", "{\"Things\": []}");
	expect(&estimate()->saving, "0.10", "0.10", LEVEL_BILLED);
}

/* A month on demand is surely saved; what a commitment pays is not. */
static void
a_bill_knows_commitments(void **state)
{
	static const struct {
		uint8_t rows;
		bool partial;
		const char *min, *max;
		enum cost_level level;
	} cases[] = {
		{BILLED_USAGE, false, "8.392", "8.392", LEVEL_BILLED},
		{BILLED_USAGE | BILLED_DISCOUNT, false, "8.392", "8.392", LEVEL_BILLED},
		{BILLED_USAGE, true, "0.80", "8.392", LEVEL_RANGE},
		{BILLED_SAVINGS_PLAN, false, "0.80", "0.80", LEVEL_EXACT},
		{BILLED_RESERVED, true, "0.80", "0.80", LEVEL_EXACT},
		{BILLED_USAGE | BILLED_RESERVED, false, "0.80", "8.392", LEVEL_RANGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bill_part("i-00000001", BILLED_INSTANCE,
			(struct billed){.rows = cases[i].rows, .partial = cases[i].partial});
		expect(&instance(RUNNING LINUX)->saving, cases[i].min, cases[i].max,
			cases[i].level);
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(sizes_alone_give_a_range),
		CASE(more_that_goes_is_no_less_sure),
		CASE(an_unread_bin_leaves_no_minimum),
		CASE(blocks_make_it_exact),
		CASE(steps_stand_alone),
		CASE(a_volume_carries_the_lineage_on),
		CASE(an_unknown_relative_is_doubt),
		CASE(an_unread_bin_makes_counts_a_limit),
		CASE(counts_that_sizes_deny_are_none),
		CASE(one_time_twice_tells_no_neighbours),
		CASE(half_a_list_is_none),
		CASE(what_can_be_counted_is_sure),
		CASE(a_copy_holds_all_of_its_source),
		CASE(what_lies_in_the_bin_still_holds),
		CASE(archived_ones_are_whole_and_paid_for_90_days),
		CASE(fast_restore_costs_by_zone),
		CASE(volumes_cost_by_type),
		CASE(instances_save_by_state_and_terms),
		CASE(what_stays_is_listed),
		cmocka_unit_test_setup_teardown(a_bill_narrows_the_range, begin_bill, end_bill),
		cmocka_unit_test_setup_teardown(a_bill_is_sure_of_the_last, begin_bill, end_bill),
		cmocka_unit_test_setup_teardown(
			a_bill_is_not_sure_of_an_unread_bin, begin_bill, end_bill),
		cmocka_unit_test_setup_teardown(a_bill_yields_to_blocks, begin_bill, end_bill),
		cmocka_unit_test_setup_teardown(a_bill_knows_commitments, begin_bill, end_bill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
