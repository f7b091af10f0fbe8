/*
 * Cost and usage reports: what is summed up, which month, what is refused.
 * It must not know: plans.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "billing_kit.h"
#include "buf.h"
#include "cur.h"
#include "usage_type.h"

#define GIB ((uint64_t)1 << 30)

static const char legacy_header[] =
	"identity/LineItemId,lineItem/LineItemType,lineItem/UsageType,lineItem/ProductCode,"
	"lineItem/ResourceId,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/UsageAmount,"
	"lineItem/UnblendedCost,lineItem/CurrencyCode\n";
static const char cur2_header[] =
	"line_item_line_item_type,line_item_usage_type,line_item_product_code,"
	"line_item_resource_id,line_item_usage_start_date,line_item_usage_end_date,"
	"line_item_usage_amount,line_item_unblended_cost,tags\n";

#define SNAP "arn:aws:ec2:us-east-1:123456789012:snapshot/snap-0000000000000000a"
#define SNAP_ID SLICE("snap-0000000000000000a")

/* One hour of a month. */
static void
add_hour(struct buf *buf, const char *month, unsigned hour, const char *type, const char *usage,
	const char *resource, const char *amount, const char *cost)
{
	unsigned next = hour + 1, days = strcmp(month, "2026-09") == 0 ? 30 : 31;
	const char *end_month = month;

	if (next == days * 24) {
		next = 0;
		end_month = strcmp(month, "2026-09") == 0 ? "2026-10" : "2026-11";
	}
	buf_format(buf, "x,%s,%s,AmazonEC2,%s,%s-%02uT%02u:00:00Z,%s-%02uT%02u:00:00Z,%s,%s,USD\n",
		type, usage, resource, month, hour / 24 + 1, hour % 24, end_month, next / 24 + 1,
		next % 24, amount, cost);
}

static void
add_hours(struct buf *buf, const char *month, unsigned from, unsigned to, const char *usage,
	const char *resource, const char *amount, const char *cost)
{
	for (unsigned hour = from; hour < to; hour++)
		add_hour(buf, month, hour, "Usage", usage, resource, amount, cost);
}

static int
load(const struct buf *text, struct billed_table *table, struct err *err)
{
	char path[GIVEN_PATH_SIZE];
	const char *paths[1] = {path};
	const struct cur_options options = {.paths = paths, .count = 1};
	int code;

	*err = (struct err){0};
	given_bytes(text->at, text->len, path);
	code = cur_load(&options, table, err);
	unlink(path);
	return code;
}

static void
is_money(struct money money, const char *text)
{
	char got[MONEY_TEXT_SIZE];

	money_text(money, got);
	assert_string_equal(got, text);
}

/* 40 GiB for October: 744 hours of 40 / 744 GiB-months, as AWS rounds them. */
static void
a_month_of_a_snapshot(void **state)
{
	struct buf text = {0};
	struct billed_table table;
	struct err err;

	(void)state;
	buf_add_text(&text, legacy_header);
	add_hours(&text, "2026-09", 0, 720, "EBS:SnapshotUsage", SNAP, "0.1", "9");
	add_hours(&text, "2026-10", 0, 744, "EBS:SnapshotUsage", SNAP, "0.0537634409",
		"0.0026881720");
	assert_int_equal(load(&text, &table, &err), 0);
	const struct billed *billed = billed_find(&table, SNAP_ID, BILLED_SNAPSHOT);

	assert_string_equal(table.month, "2026-10");
	assert_int_equal(table.month_hours, 744);
	assert_int_equal(table.resources, 1);
	assert_non_null(billed);
	assert_int_equal(billed->hours, 744);
	assert_int_equal(billed->rows, BILLED_USAGE);
	assert_false(billed->partial);
	assert_in_range(billed->bytes, 40 * GIB - 100, 40 * GIB + 100);
	assert_in_range(billed->bytes_last, 40 * GIB - 100, 40 * GIB + 100);
	is_money(billed->cost, "1.999999968");
	assert_null(billed_find(&table, SNAP_ID, BILLED_ARCHIVE));
	assert_null(billed_find(&table, SLICE("snap-0000000000000000b"), BILLED_SNAPSHOT));
	assert_null(billed_find(NULL, SNAP_ID, BILLED_SNAPSHOT));
	billed_table_release(&table);
	buf_release(&text);
}

/* November has begun: the last whole month is October. In any order of months. */
static void
the_last_whole_month(void **state)
{
	static const char *const orders[] = {"sep oct nov", "nov oct sep", "oct nov sep"};

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct buf text = {0};
		struct billed_table table;
		struct err err;

		buf_add_text(&text, legacy_header);
		for (const char *at = orders[i]; at; at = strchr(at, ' ')) {
			at += *at == ' ';
			if (*at == 's')
				add_hours(&text, "2026-09", 0, 720, "EBS:SnapshotUsage", SNAP, "1",
					"1");
			else if (*at == 'o')
				add_hours(&text, "2026-10", 0, 744, "EBS:SnapshotUsage", SNAP, "1",
					"2");
			else
				add_hours(&text, "2026-11", 0, 300, "EBS:SnapshotUsage", SNAP, "1",
					"3");
		}
		assert_int_equal(load(&text, &table, &err), 0);
		assert_string_equal(table.month, "2026-10");
		is_money(billed_find(&table, SNAP_ID, BILLED_SNAPSHOT)->cost, "1488.00");
		billed_table_release(&table);
		buf_release(&text);
	}
}

static void
only_part_of_a_month(void **state)
{
	struct buf text = {0};
	struct billed_table table;
	struct err err;

	(void)state;
	buf_add_text(&text, legacy_header);
	add_hours(&text, "2026-10", 0, 744, "EBS:VolumeUsage.gp3", "vol-00000001", "0.1", "0.1");
	add_hours(&text, "2026-10", 100, 744, "EUC1-EBS:SnapshotUsage", SNAP, "0.01", "0.1");
	add_hours(&text, "2026-10", 0, 744, "APS3-EBS:SnapshotArchiveStorage", SNAP, "0.01", "0.1");
	for (unsigned hour = 0; hour < 744; hour++)
		add_hour(&text, "2026-10", hour, "Usage", "EBS:SnapshotUsage",
			"arn:aws:ec2:us-east-1::snapshot/snap-00000002",
			hour < 372 ? "0.01" : "0.02", "1e-1");
	assert_int_equal(load(&text, &table, &err), 0);
	const struct billed *made = billed_find(&table, SNAP_ID, BILLED_SNAPSHOT);
	const struct billed *grown = billed_find(&table, SLICE("snap-00000002"), BILLED_SNAPSHOT);

	assert_true(made->partial);
	assert_int_equal(made->hours, 644);
	assert_in_range(made->bytes_last, 744 * GIB / 100 - 100, 744 * GIB / 100 + 100);
	assert_true(grown->partial);
	assert_in_range(grown->bytes_last, 1488 * GIB / 100 - 100, 1488 * GIB / 100 + 100);
	is_money(grown->cost, "74.40");
	assert_false(billed_find(&table, SNAP_ID, BILLED_ARCHIVE)->partial);
	assert_false(billed_find(&table, SLICE("vol-00000001"), BILLED_VOLUME)->partial);
	billed_table_release(&table);
	buf_release(&text);
}

/* Who pays: on demand, a reservation, a savings plan; and discounts apart. */
static void
kinds_of_rows(void **state)
{
	struct buf text = {0};
	struct billed_table table;
	struct err err;

	(void)state;
	buf_add_text(&text, legacy_header);
	add_hours(&text, "2026-10", 0, 744, "USE1-BoxUsage:c5.large", "i-00000001", "1", "0.085");
	add_hours(&text, "2026-10", 0, 3, "SpotUsage:c5.large", "i-00000003", "1", "0.01");
	add_hours(&text, "2026-10", 0, 9, "EBS:VolumeP-IOPS.gp3", "vol-00000001", "5", "1");
	for (unsigned hour = 0; hour < 744; hour++) {
		add_hour(&text, "2026-10", hour, "SavingsPlanCoveredUsage", "BoxUsage:c5.large",
			"i-00000002", "1", "0.085");
		add_hour(&text, "2026-10", hour, "SavingsPlanNegation", "BoxUsage:c5.large",
			"i-00000002", "1", "-0.085");
		add_hour(&text, "2026-10", hour, "DiscountedUsage", "BoxUsage:c5.large",
			"i-00000002", "1", "0");
		add_hour(&text, "2026-10", hour, "EdpDiscount", "BoxUsage:c5.large", "i-00000001",
			"0", "-0.005");
		/* What is no snapshot, volume or instance of EC2, or no usage of it. */
		add_hour(&text, "2026-10", hour, "Usage", "EBS:SnapshotUsage.outposts", SNAP, "1",
			"1");
		add_hour(&text, "2026-10", hour, "Usage", "EBS:SnapshotUsageUnderBilling", SNAP,
			"1", "1");
		add_hour(&text, "2026-10", hour, "Usage", "DataTransfer-Out-Bytes", "i-00000001",
			"1", "1");
		add_hour(
			&text, "2026-10", hour, "Tax", "BoxUsage:c5.large", "i-00000001", "1", "1");
	}
	buf_add_text(&text, "x,Usage,BoxUsage:c5.large,ElasticMapReduce,i-00000001,"
			    "2026-10-01T00:00:00Z,2026-10-01T01:00:00Z,1,7,USD\n");
	assert_int_equal(load(&text, &table, &err), 0);
	const struct billed *demand = billed_find(&table, SLICE("i-00000001"), BILLED_INSTANCE);
	const struct billed *covered = billed_find(&table, SLICE("i-00000002"), BILLED_INSTANCE);

	assert_int_equal(demand->rows, BILLED_USAGE | BILLED_DISCOUNT);
	is_money(demand->cost, "63.24");
	is_money(demand->discounts, "-3.72");
	assert_int_equal(covered->rows, BILLED_SAVINGS_PLAN | BILLED_RESERVED);
	is_money(covered->cost, "0.00");
	is_money(billed_find(&table, SLICE("i-00000003"), BILLED_SPOT)->cost, "0.03");
	is_money(billed_find(&table, SLICE("vol-00000001"), BILLED_VOLUME_MORE)->cost, "9.00");
	assert_null(billed_find(&table, SNAP_ID, BILLED_SNAPSHOT));
	assert_int_equal(table.resources, 4);
	billed_table_release(&table);
	buf_release(&text);
}

/* CUR 2.0: other names, times without a zone, cells of JSON; rows of a whole month. */
static void
cur_2_0(void **state)
{
	struct buf text = {0};
	struct billed_table table;
	struct err err;

	(void)state;
	buf_add_text(&text, cur2_header);
	buf_add_text(&text, "Usage,EBS:SnapshotUsage,AmazonEC2," SNAP
			    ",2026-10-01 00:00:00.000,2026-11-01 00:00:00.000,12.5,0.625,"
			    "\"{\"\"user_a\"\":\"\"x,\n\"\"}\"\n");
	assert_int_equal(load(&text, &table, &err), 0);
	const struct billed *billed = billed_find(&table, SNAP_ID, BILLED_SNAPSHOT);

	assert_int_equal(billed->bytes, 25 * GIB / 2);
	assert_int_equal(billed->bytes_last, 25 * GIB / 2);
	assert_false(billed->partial);
	is_money(billed->cost, "0.625");
	billed_table_release(&table);
	buf_release(&text);
}

static void
refuses(const char *text, uint32_t line, uint32_t column, const char *words)
{
	struct buf buf = {0};
	struct billed_table table = {0};
	struct err err;

	buf_add_text(&buf, text);
	assert_int_not_equal(load(&buf, &table, &err), 0);
	if (!strstr(err.text, words))
		fail_msg("%s: not \"%s\"", err.text, words);
	if (err.line != line || err.column != column)
		fail_msg("%s: at %u:%u", err.text, err.line, err.column);
	assert_null(table.items.items);
	buf_release(&buf);
}

#define CUR2                                                                                       \
	"line_item_line_item_type,line_item_usage_type,line_item_product_code,"                    \
	"line_item_resource_id,line_item_usage_start_date,line_item_usage_end_date,"               \
	"line_item_usage_amount,line_item_unblended_cost,line_item_currency_code\n"                \
	"Usage,EBS:SnapshotUsage,AmazonEC2,snap-00000001,"

static void
what_is_refused(void **state)
{
	(void)state;
	refuses("", 0, 0, "is empty");
	refuses("{\"Images\": []}\n", 1, 2, "a quote inside a cell");
	refuses("a,b\n1,2\n", 1, 1, "no column lineItem/LineItemType");
	refuses("BilledCost,ChargePeriodStart\n", 1, 1, "FOCUS");
	refuses("line_item_line_item_type,line_item_usage_type,line_item_product_code\n", 1, 1,
		"no resource ids");
	refuses(CUR2 "2026-10-01,2026-11-01,1,1,CNY\n", 2, 75, "another currency");
	refuses(CUR2 "yesterday,2026-11-01,1,1,USD\n", 2, 49, "\"yesterday\" is no time");
	refuses(CUR2 "2026-10-01,2026-11-02,1,1,USD\n", 2, 60, "not in the month");
	refuses(CUR2 "2026-10-01,2026-11-01,1,1.2.3,USD\n", 2, 73, "is no number");
	refuses(CUR2 "2026-10-01,2026-11-01,-1,1,USD\n", 2, 71, "below zero");
	refuses(CUR2 "2026-10-01,2026-11-01,1,99999999999,USD\n", 2, 73, "beyond every bill");
	refuses(CUR2 "2026-10-01,2026-11-01,1,1\n", 2, 73, "8 cells");
	refuses(CUR2 "2026-10-01,2026-10-12,1,1,USD\n", 0, 0, "ends on 2026-10-12 at 00:00");
	refuses("line_item_line_item_type,line_item_usage_type,line_item_product_code,"
		"line_item_resource_id,line_item_usage_start_date,line_item_usage_end_date,"
		"line_item_usage_amount,line_item_unblended_cost\n"
		"Usage,EBS:SnapshotUsage,AmazonEC2,,2026-10-01,2026-11-01,1,1\n",
		0, 0, "no resource ids");
	refuses("line_item_line_item_type,line_item_usage_type,line_item_product_code,"
		"line_item_resource_id,line_item_usage_start_date,line_item_usage_end_date,"
		"line_item_usage_amount,line_item_unblended_cost\n"
		"Usage,Requests,AmazonS3,bucket,2026-10-01,2026-11-01,1,1\n",
		0, 0, "no usage of a snapshot");
}

static void
count_lines(const char *line, void *to)
{
	(void)line;
	++*(int *)to;
}

/* Copies count once; two versions of a month are an error. */
static void
the_same_twice(void **state)
{
	struct buf text = {0}, other = {0};
	char one[GIVEN_PATH_SIZE], two[GIVEN_PATH_SIZE], three[GIVEN_PATH_SIZE];
	const char *copies[] = {one, two, one}, *versions[] = {one, three};
	int said = 0;
	struct cur_options options = {copies, 3, count_lines, &said};
	struct billed_table table;
	struct err err = {0};

	(void)state;
	buf_add_text(&text, legacy_header);
	add_hours(&text, "2026-10", 0, 744, "EBS:SnapshotUsage", SNAP, "0.1", "1");
	buf_add_slice(&other, buf_slice(&text));
	add_hours(&other, "2026-10", 0, 1, "EBS:SnapshotUsage", SNAP, "0.1", "1");
	given_bytes(text.at, text.len, one);
	given_bytes(text.at, text.len, two);
	given_bytes(other.at, other.len, three);
	assert_int_equal(cur_load(&options, &table, &err), 0);
	is_money(billed_find(&table, SNAP_ID, BILLED_SNAPSHOT)->cost, "744.00");
	assert_int_equal(table.files.count, 1);
	assert_int_equal(said, 2);
	billed_table_release(&table);
	options.paths = versions;
	options.count = 2;
	assert_int_equal(cur_load(&options, &table, &err), ERR_CONFLICT);
	assert_non_null(strstr(err.text, "snap-0000000000000000a has 745 too many"));
	/* One hour in two rows is what a changed tag makes. */
	options.paths = versions + 1;
	options.count = 1;
	assert_int_equal(cur_load(&options, &table, &err), 0);
	billed_table_release(&table);
	unlink(one);
	unlink(two);
	unlink(three);
	buf_release(&text);
	buf_release(&other);
}

static void
usage_types(void **state)
{
	static const struct {
		const char *text, *base;
		enum billed_part part;
	} cases[] = {
		{"EBS:SnapshotUsage", "EBS:SnapshotUsage", BILLED_SNAPSHOT},
		{"EU-EBS:SnapshotUsage", "EBS:SnapshotUsage", BILLED_SNAPSHOT},
		{"CAN2-EBS:SnapshotUsage", "EBS:SnapshotUsage", BILLED_SNAPSHOT},
		{"UGW1-BoxUsage", "BoxUsage", BILLED_INSTANCE},
		{"XEBS:SnapshotUsage", "XEBS:SnapshotUsage", BILLED_PARTS},
		{"EUC12-EBS:SnapshotUsage", "EUC12-EBS:SnapshotUsage", BILLED_PARTS},
		{"E1-EBS:SnapshotUsage", "E1-EBS:SnapshotUsage", BILLED_PARTS},
		{"EBS:VolumeUsage", "EBS:VolumeUsage", BILLED_VOLUME},
		{"APN1-EBS:VolumeUsage.piops", "EBS:VolumeUsage.piops", BILLED_VOLUME},
		{"EBS:FastSnapshotRestore", "EBS:FastSnapshotRestore", BILLED_FAST_RESTORE},
		{"USE1-", "", BILLED_PARTS},
		{"", "", BILLED_PARTS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(slice_is(usage_type_base(slice_of(cases[i].text)), cases[i].base));
		assert_int_equal(usage_type_part(slice_of(cases[i].text)), cases[i].part);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_month_of_a_snapshot),
		cmocka_unit_test(the_last_whole_month),
		cmocka_unit_test(only_part_of_a_month),
		cmocka_unit_test(kinds_of_rows),
		cmocka_unit_test(cur_2_0),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(the_same_twice),
		cmocka_unit_test(usage_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
