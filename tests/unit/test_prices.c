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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_built_in_book_is_sorted),
		cmocka_unit_test(prices_are_found),
		cmocka_unit_test(what_is_not_there_is_unknown),
		cmocka_unit_test(a_book_of_entries),
		cmocka_unit_test(two_prices_for_one_thing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
