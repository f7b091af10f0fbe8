/*
 * The price book: what is built in, what is found, and books from entries.
 * It must not know: price files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "prices.h"

static void
is_price(struct money price, const char *text)
{
	char got[MONEY_TEXT_SIZE];

	money_text(price, got);
	assert_string_equal(got, text);
}

static void
the_built_in_book_is_sorted(void **state)
{
	const struct price_book *book = &price_book_built_in;

	(void)state;
	assert_true(book->row_count > 16000);
	for (size_t i = 1; i < book->region_count; i++)
		assert_true(strcmp(book->regions[i - 1], book->regions[i]) < 0);
	for (size_t i = 1; i < book->name_count; i++)
		assert_true(strcmp(book->names[i - 1], book->names[i]) < 0);
	for (size_t i = 1; i < book->row_count; i++) {
		const struct price_row *x = &book->rows[i - 1];
		const struct price_row *y = &book->rows[i];

		assert_true(x->region < y->region || (x->region == y->region && x->name < y->name));
		assert_true(y->region < book->region_count && y->name < book->name_count);
	}
}

static void
prices_are_found(void **state)
{
	const struct price_book *book = &price_book_built_in;

	(void)state;
	is_price(price_find(book, SLICE("us-east-1"), PRICE_SNAPSHOT, NULL), "0.05");
	is_price(price_find(book, SLICE("us-east-1"), PRICE_FAST_RESTORE, NULL), "0.75");
	is_price(price_find(book, SLICE("af-south-1"), PRICE_VOLUME, "gp3"), "0.1047");
	is_price(price_find(book, SLICE("af-south-1"), PRICE_LINUX, "c5.large"), "0.114");
	is_price(price_find(book, SLICE("us-east-1"), PRICE_SYSTEM, "RHEL.t3.small"), "0.0496");
	is_price(price_find(book, SLICE("eu-central-1"), PRICE_ADDRESS, NULL), "0.005");
}

static void
what_is_not_there_is_unknown(void **state)
{
	const struct price_book *book = &price_book_built_in;
	char huge[300];

	(void)state;
	memset(huge, 'x', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	assert_false(price_find(book, SLICE("mars-north-1"), PRICE_SNAPSHOT, NULL).known);
	assert_false(price_find(book, SLICE_NONE, PRICE_SNAPSHOT, NULL).known);
	assert_false(price_find(book, SLICE("us-east-1"), PRICE_VOLUME, "gp9").known);
	assert_false(price_find(book, SLICE("us-east-1"), PRICE_VOLUME, NULL).known);
	assert_false(price_find(book, SLICE("us-east-1"), PRICE_LINUX, huge).known);
}

static void
add(struct price_draft *draft, const char *region, const char *name, const char *price)
{
	struct money money = MONEY_UNKNOWN;

	assert_true(money_parse(slice_of(price), &money));
	assert_true(price_draft_add(draft, slice_of(region), slice_of(name), money));
}

static void
a_book_of_entries(void **state)
{
	struct price_draft draft = {0};
	struct price_book book;

	(void)state;
	add(&draft, "us-east-1", "volume_gb_month.gp3", "0.08");
	add(&draft, "eu-west-1", "snapshot.standard_gb_month", "0.05");
	add(&draft, "us-east-1", "volume_gb_month.gp3", "0.080");
	add(&draft, "", "public_ipv4_hour", "0.01");
	assert_false(price_draft_add(&draft, SLICE("x"), SLICE("y"), MONEY_UNKNOWN));
	assert_true(price_draft_finish(&draft, "mine.json", "2026-01-01", &book, NULL));
	assert_int_equal(book.row_count, 3);
	is_price(price_find(&book, SLICE("us-east-1"), PRICE_VOLUME, "gp3"), "0.08");
	is_price(price_find(&book, SLICE("us-east-1"), PRICE_ADDRESS, NULL), "0.01");
	assert_false(price_find(&book, SLICE("us-east-1"), PRICE_SNAPSHOT, NULL).known);
	price_draft_release(&draft);
}

static void
two_prices_for_one_thing(void **state)
{
	struct price_draft draft = {0};
	struct price_entry clash = {0};
	struct price_book book;

	(void)state;
	add(&draft, "us-east-1", "fsr_dsu_hour", "0.75");
	add(&draft, "us-east-1", "fsr_dsu_hour", "0.76");
	assert_false(price_draft_finish(&draft, "mine.json", "", &book, &clash));
	assert_string_equal(clash.region, "us-east-1");
	assert_string_equal(clash.name, "fsr_dsu_hour");
	price_draft_release(&draft);
}

/* A book in which one type has a price with Linux, and none with anything else. */
static struct money
estimated(const char *system, const char *type, const char *linux_price, const char **how)
{
	struct price_draft draft = {0};
	struct price_book book;
	struct instance_price price;
	char name[96];

	(void)snprintf(name, sizeof(name), "linux_on_demand_hour.%s", type);
	add(&draft, "us-east-1", name, linux_price);
	assert_true(price_draft_finish(&draft, "one", "", &book, NULL));
	price = price_instance(&book, SLICE("us-east-1"), system, type);
	assert_true(price.linux.known);
	*how = price.estimate;
	price_draft_release(&draft);
	return price.hour;
}

/* Every listed price of the systems that have a rule, against what the rule makes of Linux's. Lists
 * round, by half a thousandth at most. */
static void
estimates_are_as_listed(void **state)
{
	static const char *const systems[] = {"RHEL", "RHEL HA", "Ubuntu Pro"};
	const struct price_book *book = &price_book_built_in;
	struct money slack = MONEY_UNKNOWN;
	size_t compared = 0;

	(void)state;
	assert_true(money_parse(SLICE("0.0005"), &slack));
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		char beginning[64];

		(void)snprintf(beginning, sizeof(beginning), "os_on_demand_hour.%s.", systems[i]);
		for (size_t n = 0; n < book->name_count; n++) {
			const char *type = book->names[n] + strlen(beginning);
			char linux_price[MONEY_TEXT_SIZE], linux_name[64];
			struct money listed, made;
			const char *how;

			if (strncmp(book->names[n], beginning, strlen(beginning)) != 0)
				continue;
			(void)snprintf(linux_name, sizeof(linux_name), "Linux.%s", type);
			listed = price_find(book, SLICE("us-east-1"), PRICE_SYSTEM,
				book->names[n] + strlen("os_on_demand_hour."));
			money_text(price_find(book, SLICE("us-east-1"), PRICE_SYSTEM, linux_name),
				linux_price);
			made = estimated(systems[i], type, linux_price, &how);
			if (!made.known) { /* it has no rule, and then no word of one */
				assert_string_equal(strchr(type, '.'), ".nano");
				assert_null(how);
				continue;
			}
			assert_non_null(how);
			assert_true(money_compare(money_subtract(made, slack), listed) <= 0);
			assert_true(money_compare(money_add(made, slack), listed) >= 0);
			compared++;
		}
	}
	assert_in_range(compared, 60, 66);
}

static void
estimates_know_their_limits(void **state)
{
	static const struct {
		const char *system, *type, *price; /* Linux at 1.00; NULL: no estimate */
	} cases[] = {
		{"RHEL", "m5.large", "1.0288"},
		{"RHEL", "m5.2xlarge", "1.1152"},
		{"RHEL", "c5.9xlarge", "1.3888"},
		{"RHEL", "m7i.24xlarge", "2.0368"},
		{"RHEL", "m7i.25xlarge", NULL}, /* 100 vCPUs: not seen */
		{"RHEL", "m7i.32xlarge", "2.2288"},
		{"RHEL", "t3.micro", "1.0288"},
		{"RHEL", "t3.nano", NULL},
		{"RHEL", "t2.micro", NULL},
		{"RHEL", "c4.4xlarge", "1.1728"},
		{"RHEL", "c4.8xlarge", NULL},
		{"RHEL", "d2.8xlarge", NULL},
		{"RHEL", "hpc7a.12xlarge", NULL},
		{"RHEL", "m5.metal", NULL},
		{"RHEL", "m5.metal-24xl", NULL},
		{"RHEL", "m5.0xlarge", NULL},
		{"RHEL", "m5.99999999999999xlarge", NULL},
		{"RHEL", "m5.-1xlarge", NULL},
		{"RHEL", "m5.", NULL},
		{"RHEL", "m5", NULL},
		{"RHEL", "", NULL},
		{"RHEL HA", "m5.large", "1.0638"},
		{"Ubuntu Pro", "m5.large", "1.0035"},
		{"Windows", "m5.large", NULL},
		{"SUSE", "m5.large", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *how;
		struct money price = estimated(cases[i].system, cases[i].type, "1", &how);

		assert_int_equal(price.known, cases[i].price != NULL);
		assert_int_equal(how != NULL, cases[i].price != NULL);
		if (cases[i].price)
			is_price(price, cases[i].price);
	}
}

/* A listed price is no estimate; what has no price with Linux has none at all. */
static void
listed_prices_come_first(void **state)
{
	const struct price_book *book = &price_book_built_in;
	struct slice region = SLICE("us-east-1");
	struct instance_price price = price_instance(book, region, "RHEL", "t3.small");

	(void)state;
	is_price(price.hour, "0.0496");
	is_price(price.linux, "0.0208");
	assert_null(price.estimate);
	price = price_instance(book, region, NULL, "t3.small");
	is_price(price.hour, "0.0208");
	assert_null(price.estimate);
	price = price_instance(book, region, "Windows", "m5.large");
	assert_false(price.hour.known);
	assert_true(price.linux.known);
	price = price_instance(book, region, "RHEL", "x99.large");
	assert_false(price.hour.known || price.linux.known || price.estimate);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_built_in_book_is_sorted),
		cmocka_unit_test(prices_are_found),
		cmocka_unit_test(what_is_not_there_is_unknown),
		cmocka_unit_test(a_book_of_entries),
		cmocka_unit_test(two_prices_for_one_thing),
		cmocka_unit_test(estimates_are_as_listed),
		cmocka_unit_test(estimates_know_their_limits),
		cmocka_unit_test(listed_prices_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
