/*
 * Price lists from files: the three kinds, what is refused and where.
 * It must not know: plans.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "billing_kit.h"
#include "buf.h"
#include "price_file.h"

static int
load_bytes(const void *bytes, size_t len, struct price_list *list, struct err *err)
{
	char path[GIVEN_PATH_SIZE];
	const char *paths[] = {path};
	int code;

	*err = (struct err){0};
	given_bytes(bytes, len, path);
	code = price_list_load(paths, 1, list, err);
	unlink(path);
	return code;
}

static void
load(const char *text, struct price_list *list)
{
	struct err err;

	if (load_bytes(text, strlen(text), list, &err) != 0)
		fail_msg("%u:%u: %s", err.line, err.column, err.text);
}

static void
is_price(const struct price_list *list, const char *region, enum price_item item, const char *name,
	const char *text)
{
	char got[MONEY_TEXT_SIZE];
	struct money price = price_find(&list->book, slice_of(region), item, name);

	money_text(price, got);
	assert_string_equal(got, text ? text : "");
}

static void
refuses(const char *text, uint32_t line, uint32_t column, const char *words)
{
	struct price_list list = {0};
	struct err err;

	assert_int_not_equal(load_bytes(text, strlen(text), &list, &err), 0);
	if (!strstr(err.text, words))
		fail_msg("%s: not \"%s\"", err.text, words);
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, column);
	assert_null(list.files.items);
}

/* --- amiplan's schema ------------------------------------------------------------------------ */

static void
the_own_schema(void **state)
{
	struct price_list list = {0};

	(void)state;
	load("\xef\xbb\xbf {\n"
	     " \"schema\": 1, \"currency\": \"USD\", \"note\": {\"regions\": 1},\n"
	     " \"sources\": {\"a\": {\"what\": 3, \"published\": \"committed 2026-08-09\"},\n"
	     "  \"b\": {\"published\": \"2026-07\"}, \"c\": {\"published\": \"soon\"}},\n"
	     " \"global\": {\"src\": \"x\", \"public_ipv4_hour\": 5e-3},\n"
	     " \"os_on_demand_hour\": {\"us-east-1\": {\"src\": \"x\", \"c5.large\": "
	     "{\"RHEL\": 2, \"Linux\": 1.5}}},\n"
	     " \"regions\": {\"eu-west-1\": {\"src\": {\"ebs\": \"x\"}, \"location\": \"there\",\n"
	     "  \"snapshot\": {\"standard_gb_month\": \"0.05\", \"archive_gb_month\": null,\n"
	     "   \"moon_gb_month\": -1}, \"fsr_dsu_hour\": 0,\n"
	     "  \"volume_gb_month\": {\"gp3\": 0.08000000000000},\n"
	     "  \"linux_on_demand_hour\": {\"c5.large\": 1}}}}\n",
		&list);
	is_price(&list, "eu-west-1", PRICE_SNAPSHOT, NULL, "0.05");
	is_price(&list, "eu-west-1", PRICE_ARCHIVE, NULL, NULL);
	is_price(&list, "eu-west-1", PRICE_FAST_RESTORE, NULL, "0.00");
	is_price(&list, "eu-west-1", PRICE_VOLUME, "gp3", "0.08");
	is_price(&list, "eu-west-1", PRICE_LINUX, "c5.large", "1.00");
	is_price(&list, "us-east-1", PRICE_SYSTEM, "RHEL.c5.large", "2.00");
	is_price(&list, "us-east-1", PRICE_SNAPSHOT, NULL, NULL);
	is_price(&list, "sa-east-1", PRICE_ADDRESS, NULL, "0.005");
	assert_string_equal(list.book.date, "2026-07");
	assert_int_equal(strncmp(list.book.source, "/tmp/amiplan-test-", 18), 0);
	price_list_release(&list);
}

#define REGION_OPEN "{\"regions\": {\"eu-west-1\":\n {"

static void
what_the_schema_refuses(void **state)
{
	(void)state;
	refuses(REGION_OPEN "\"fsr_dsu_hour\": -0.75}}}", 2, 19, "\"-0.75\" is no price");
	refuses(REGION_OPEN "\"fsr_dsu_hour\": 0.123456789012345}}}", 2, 19, "fourteen decimals");
	refuses(REGION_OPEN "\"fsr_dsu_hour\": 1e-15}}}", 2, 19, "is no price");
	refuses(REGION_OPEN "\"fsr_dsu_hour\": 1e9}}}", 2, 19, "is no price");
	refuses(REGION_OPEN "\"fsr_dsu_hour\": \"dear\"}}}", 2, 19, "\"dear\" is no price");
	refuses(REGION_OPEN "\"fsr_dsu_hour\": true}}}", 2, 19, "number");
	refuses(REGION_OPEN "\"fsr_dsu_hour\": 01}}}", 2, 19, "");
	refuses(REGION_OPEN "\"snapshot\": {\"standard_gb_month\": [1]}}}}", 2, 37, "number");
	refuses(REGION_OPEN "\"fsr_dsu_hour\": 1", 2, 20, "truncated");
	refuses(REGION_OPEN "\"snapshot\": {\"standard_gb_monthly\": 1}}}}", 0, 0,
		"no price in it");
	refuses("{\"schema\": 2, \"regions\": {}}", 1, 12, "schema 2");
	refuses("{\"currency\": \"CNY\", \"regions\": {}}", 1, 14, "\"CNY\"");
	refuses("{\"regions\": {\"mars\": {}}}", 1, 21, "\"mars\" is no region");
	refuses("{\"regions\": []}", 1, 13, "object");
	refuses("{\"Images\": []}", 1, 1, "is no price list");
	refuses("{\"products\": {}, \"terms\": {}}", 1, 1, "as CSV");
	refuses("{\"regions\": {}} x", 1, 17, "");
	refuses("", 1, 1, "is no price list");
}

/* --- GetProducts ----------------------------------------------------------------------------- */

/* A product as the service writes it. */
static void
add_product(struct buf *out, const char *attributes, const char *unit, const char *price)
{
	buf_format(out,
		"{\"product\": {\"sku\": \"A\", \"attributes\": {\"regionCode\": \"eu-west-1\", "
		"%s}}, "
		"\"serviceCode\": \"AmazonEC2\", \"terms\": {\"OnDemand\": {\"A.J\": "
		"{\"offerTermCode\": "
		"\"J\", \"priceDimensions\": {\"A.J.6\": {\"unit\": \"%s\", \"beginRange\": \"0\", "
		"\"endRange\": \"Inf\", \"pricePerUnit\": {%s}}, \"A.J.7\": {\"unit\": \"x\", "
		"\"beginRange\": \"99\", \"pricePerUnit\": {\"USD\": \"7\"}}}}}, \"Reserved\": "
		"{\"B\": "
		"{\"priceDimensions\": {\"B\": {\"pricePerUnit\": {\"USD\": \"8\"}}}}}}, "
		"\"publicationDate\": \"2026-10-02T01:02:03Z\"}",
		attributes, unit, price);
}

/* The same as a string in a list. */
static void
add_quoted(struct buf *out, const char *attributes, const char *unit, const char *price)
{
	struct buf product = {0};

	add_product(&product, attributes, unit, price);
	buf_add_char(out, '"');
	for (size_t i = 0; i < product.len; i++)
		buf_format(out, "%s%c", product.at[i] == '"' ? "\\" : "", product.at[i]);
	buf_add_char(out, '"');
	buf_release(&product);
}

#define BOX(os)                                                                                    \
	"\"usagetype\": \"EU-BoxUsage:c5.large\", \"instanceType\": \"c5.large\", "                \
	"\"operatingSystem\": \"" os "\", \"preInstalledSw\": \"NA\", \"tenancy\": \"Shared\", "   \
	"\"licenseModel\": \"No License required\", \"marketoption\": \"OnDemand\""

static void
answers_of_get_products(void **state)
{
	static const struct {
		const char *attributes, *unit, *price;
	} products[] = {
		{"\"usagetype\": \"EU-EBS:SnapshotUsage\", \"locationType\": \"AWS Region\"",
			"GB-Mo", "\"USD\": \"0.0500000000\""},
		{"\"usagetype\": \"EU-EBS:SnapshotUsage\", \"locationType\": \"AWS Local Zone\"",
			"GB-Mo", "\"USD\": \"9\""},
		{"\"usagetype\": \"EU-EBS:directAPI.snapshot.List\"", "Requests",
			"\"USD\": \"0.0000006000\""},
		{"\"usagetype\": \"EU-EBS:VolumeIOUsage\"", "IOs", "\"USD\": \"0.0000000500\""},
		{"\"usagetype\": \"EU-EBS:VolumeP-Throughput.gp3\"", "GiBps-mo",
			"\"USD\": \"40.96\""},
		{"\"usagetype\": \"EU-EBS:VolumeUsage.piops\", \"volumeApiName\": \"io1\"", "GB-Mo",
			"\"USD\": \"0.138\""},
		{"\"usagetype\": \"EU-PublicIPv4:InUseAddress\"", "Hrs", "\"USD\": \"0.005\""},
		{BOX("Linux") ", \"capacitystatus\": \"Used\"", "Hrs", "\"USD\": \"0.096\""},
		{BOX("Linux") ", \"capacitystatus\": \"UnusedCapacityReservation\"", "Hrs",
			"\"USD\": \"0.5\""},
		{BOX("RHEL"), "Hrs", "\"USD\": \"0.1248\""},
		{BOX("TempleOS"), "Hrs", "\"USD\": \"0.001\""},
		/* Another currency, of something that costs us nothing. */
		{"\"usagetype\": \"EU-Requests-Tier1\"", "x", "\"CNY\": \"1\""},
	};
	struct buf text = {0};
	struct price_list list = {0};

	(void)state;
	/* Two answers one after another, the second with products that are no strings. */
	buf_add_text(&text, "{\"FormatVersion\": \"aws_v1\", \"PriceList\": [");
	for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
		if (i == 6)
			buf_add_text(&text, "], \"NextToken\": \"x\"}\n{\"PriceList\": [");
		else if (i)
			buf_add_text(&text, ",\n");
		(i < 6 ? add_quoted : add_product)(
			&text, products[i].attributes, products[i].unit, products[i].price);
	}
	buf_add_text(&text, "]}\n");
	load(text.at, &list);
	is_price(&list, "eu-west-1", PRICE_SNAPSHOT, NULL, "0.05");
	is_price(&list, "eu-west-1", PRICE_BLOCK_LIST, NULL, "0.0006");
	is_price(&list, "eu-west-1", PRICE_MAGNETIC_IO, NULL, "0.05");
	is_price(&list, "eu-west-1", PRICE_THROUGHPUT, NULL, "0.04");
	is_price(&list, "eu-west-1", PRICE_VOLUME, "io1", "0.138");
	is_price(&list, "eu-west-1", PRICE_ADDRESS, NULL, "0.005");
	is_price(&list, "eu-west-1", PRICE_LINUX, "c5.large", "0.096");
	is_price(&list, "eu-west-1", PRICE_SYSTEM, "RHEL.c5.large", "0.1248");
	assert_int_equal(list.book.row_count, 8);
	assert_string_equal(list.book.date, "2026-10-02");
	price_list_release(&list);
	/* The same in an array. */
	buf_clear(&text);
	buf_add_text(&text, "[{\"PriceList\": [");
	add_quoted(&text, products[0].attributes, "GB-Mo", products[0].price);
	buf_add_text(&text, "]}, {\"PriceList\": []}]");
	load(text.at, &list);
	is_price(&list, "eu-west-1", PRICE_SNAPSHOT, NULL, "0.05");
	price_list_release(&list);
	buf_release(&text);
}

static void
what_products_refuse(void **state)
{
	static const char usage[] = "\"usagetype\": \"EU-EBS:SnapshotUsage\"";
	struct buf text = {0};

	(void)state;
	buf_add_text(&text, "{\"PriceList\": [\n ");
	add_quoted(&text, usage, "GB-Mo", "\"CNY\": \"0.3\"");
	buf_add_text(&text, "]}");
	refuses(text.at, 2, 2, "EU-EBS:SnapshotUsage in eu-west-1: there is no price in USD");
	buf_clear(&text);
	buf_add_text(&text, "{\"PriceList\": [\n ");
	add_quoted(&text, usage, "GB-Mo", "\"USD\": \"-0.3\"");
	buf_add_text(&text, "]}");
	refuses(text.at, 2, 2, "is no price");
	buf_clear(&text);
	buf_add_text(&text, "{\"PriceList\": [\n ");
	add_quoted(&text, usage, "GB-Mo", "\"USD\": \"0.05\"");
	buf_add_text(&text, ", ");
	add_quoted(&text, usage, "GB-Mo", "\"USD\": \"0.06\"");
	buf_add_text(&text, "]}");
	refuses(text.at, 0, 0, "two prices for snapshot.standard_gb_month in eu-west-1");
	buf_release(&text);
	refuses("{\"PriceList\": [\"{\\\"product\\\": \"]}", 1, 16, "in this product: ");
	refuses("{\"PriceList\": [3]}", 1, 16, "in this product: ");
	refuses("{\"PriceList\": {}}", 1, 15, "array");
	refuses("{\"PriceList\": []}", 0, 0, "no price in it");
	refuses("{\"PriceList\": []} {\"PriceList\": [}", 1, 34, "");
}

/* --- the bulk list --------------------------------------------------------------------------- */

#define BULK_HEAD                                                                                  \
	"\"FormatVersion\",\"v1.0\"\n\"Disclaimer\",\"This, and \"\"that\"\"\"\n"                  \
	"\"Publication Date\",\"2026-09-30T20:00:00Z\"\n\"Version\",\"2\"\n"                       \
	"\"OfferCode\",\"AmazonEC2\"\n"                                                            \
	"\"SKU\",\"TermType\",\"StartingRange\",\"Unit\",\"PricePerUnit\",\"Currency\","           \
	"\"Location Type\",\"usageType\",\"Region Code\",\"Instance Type\",\"Tenancy\","           \
	"\"Operating System\"\n"

static void
the_bulk_list(void **state)
{
	struct price_list list = {0};
	char zipped[4096];
	struct err err;
	static const char text[] = BULK_HEAD
		"a,OnDemand,0,GB-Mo,0.0500000000,USD,AWS Region,EU-EBS:SnapshotUsage,eu-west-1,,,\n"
		"a,OnDemand,0,GB-Mo,0.0500000000,USD,AWS Region,EU-EBS:SnapshotUsage,eu-west-1,,,\n"
		"a,OnDemand,51200,GB-Mo,0.01,USD,AWS Region,EU-EBS:SnapshotUsage,eu-west-1,,,\n"
		"a,Reserved,0,Hrs,0.01,USD,AWS "
		"Region,EU-BoxUsage:c5.large,eu-west-1,c5.large,Shared,"
		"Linux\n"
		"a,OnDemand,0,Hrs,0.096,USD,AWS "
		"Region,EU-BoxUsage:c5.large,eu-west-1,c5.large,Shared,"
		"Linux\n"
		"a,OnDemand,0,Hrs,1,USD,AWS "
		"Region,EU-BoxUsage:c5.large,eu-west-1,c5.large,Dedicated,"
		"Linux\n"
		"a,OnDemand,0,x,oops,CNY,AWS Region,EU-Other,eu-west-1,,,\n";

	(void)state;
	assert_int_equal(load_bytes(zipped, given_gzip(text, strlen(text), zipped, sizeof(zipped)),
				 &list, &err),
		0);
	is_price(&list, "eu-west-1", PRICE_SNAPSHOT, NULL, "0.05");
	is_price(&list, "eu-west-1", PRICE_LINUX, "c5.large", "0.096");
	assert_int_equal(list.book.row_count, 2);
	assert_string_equal(list.book.date, "2026-09-30");
	price_list_release(&list);
	refuses(BULK_HEAD "a,OnDemand,0,GB-Mo,-1,USD,AWS Region,EBS:SnapshotUsage,us-east-1,,,\n",
		7, 20, "is no price");
	refuses(BULK_HEAD "a,OnDemand,0,GB-Mo,1,CNY,AWS Region,EBS:SnapshotUsage,us-east-1,,,\n", 7,
		22, "no price in USD");
	refuses(BULK_HEAD "a,OnDemand,0\n", 7, 12, "3 cells");
	refuses("SKU,TermType,usageType,PricePerUnit\n", 1, 1, "no column \"Region Code\"");
	refuses("FormatVersion,1\na,b,c\n", 2, 1, "is no price list");
}

/* --- several files --------------------------------------------------------------------------- */

static void
several_files_make_one_list(void **state)
{
	static const char *const texts[] = {
		"{\"sources\": {\"a\": {\"published\": \"2026-03-01\"}}, \"regions\": "
		"{\"eu-west-1\": "
		"{\"fsr_dsu_hour\": 0.75}}}",
		"{\"sources\": {\"a\": {\"published\": \"2026-02-01\"}}, \"regions\": "
		"{\"eu-west-2\": "
		"{\"fsr_dsu_hour\": 0.8}}}",
		"{\"regions\": {\"eu-west-1\": {\"fsr_dsu_hour\": 0.9}}}",
	};
	char names[3][GIVEN_PATH_SIZE];
	const char *paths[] = {names[0], names[1], names[2]};
	struct price_list list = {0};
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		given_bytes(texts[i], strlen(texts[i]), names[i]);
	assert_int_equal(price_list_load(paths, 2, &list, &err), 0);
	is_price(&list, "eu-west-1", PRICE_FAST_RESTORE, NULL, "0.75");
	is_price(&list, "eu-west-2", PRICE_FAST_RESTORE, NULL, "0.80");
	assert_string_equal(list.book.date, "2026-02-01");
	assert_int_equal(list.files.count, 2);
	assert_string_equal(list.files.items[0].date, "2026-03-01");
	price_list_release(&list);
	assert_int_equal(price_list_load(paths, 3, &list, &err), ERR_CONFLICT);
	assert_non_null(strstr(err.text, "two prices for fsr_dsu_hour in eu-west-1"));
	for (size_t i = 0; i < 3; i++)
		unlink(names[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_own_schema),
		cmocka_unit_test(what_the_schema_refuses),
		cmocka_unit_test(answers_of_get_products),
		cmocka_unit_test(what_products_refuse),
		cmocka_unit_test(the_bulk_list),
		cmocka_unit_test(several_files_make_one_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
