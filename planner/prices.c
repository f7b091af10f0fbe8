/*
 * The price book: the table that is compiled in, look-ups, and books made from files.
 * It must not know: files, what is paid for how long.
 */
#include "prices.h"
#include "texts.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *path, *unit;
} items[] = {
#define ITEM(name, path, unit) [name] = {path, unit},
#include "price_items.def"
#undef ITEM
};

/* --- the built-in book ----------------------------------------------------------------------- */

#define PRICES_FROM(first, last)
#define REGION(text)
#define NAME(text)
#define PRICE(region, name, units)

#undef REGION
#define REGION(text) text,
static const char *const built_in_regions[] = {
#include "prices.def"
};
#undef REGION
#define REGION(text)

#undef NAME
#define NAME(text) text,
static const char *const built_in_names[] = {
#include "prices.def"
};
#undef NAME
#define NAME(text)

#undef PRICE
#define PRICE(region, name, units) {region, name, units},
static const struct price_row built_in_rows[] = {
#include "prices.def"
};
#undef PRICE
#define PRICE(region, name, units)

#undef PRICES_FROM
#define PRICES_FROM(first, last)                                                                   \
	.source = "built-in list prices of " first " to " last, .date = first,
const struct price_book price_book_built_in = {
#include "prices.def"
	.regions = built_in_regions,
	.names = built_in_names,
	.rows = built_in_rows,
	.region_count = COUNT_OF(built_in_regions),
	.name_count = COUNT_OF(built_in_names),
	.row_count = COUNT_OF(built_in_rows),
};

/* --- look-ups -------------------------------------------------------------------------------- */

/* Position of `text` in a sorted list; `count` if it is not there. */
static size_t
find_text(const char *const *list, size_t count, struct slice text)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_compare(slice_of(list[middle]), text);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return count;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct price_row *x = a;
	const struct price_row *y = b;

	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static struct money
find_in(const struct price_book *book, struct slice region, size_t name)
{
	size_t place = find_text(book->regions, book->region_count, region);
	struct price_row wanted = {(uint16_t)place, (uint16_t)name, 0};
	const struct price_row *row;

	if (place == book->region_count)
		return MONEY_UNKNOWN;
	row = bsearch(&wanted, book->rows, book->row_count, sizeof(*row), compare_rows);
	return row ? money_of_price(row->units) : MONEY_UNKNOWN;
}

struct money
price_find(
	const struct price_book *book, struct slice region, enum price_item item, const char *name)
{
	const char *path = items[item].path;
	char named[128];
	size_t number;
	struct money price;

	if (name) {
		int len = snprintf(named, sizeof(named), "%s%s", path, name);

		if (len < 0 || (size_t)len >= sizeof(named))
			return MONEY_UNKNOWN;
		path = named;
	}
	number = find_text(book->names, book->name_count, slice_of(path));
	if (number == book->name_count)
		return MONEY_UNKNOWN;
	price = find_in(book, region, number);
	return price.known ? price : find_in(book, SLICE(""), number);
}

const char *
price_path(enum price_item item)
{
	return items[item].path;
}

const char *
price_unit(enum price_item item)
{
	return items[item].unit;
}

bool
price_is_path(struct slice path)
{
	for (size_t i = 0; i < COUNT_OF(items); i++) {
		size_t len = strlen(items[i].path);
		bool named = items[i].path[len - 1] == '.';

		if (slice_starts(path, items[i].path) && (named ? path.len > len : path.len == len))
			return true;
	}
	return false;
}

/* --- books from files ------------------------------------------------------------------------ */

bool
price_draft_add(
	struct price_draft *draft, struct slice region, struct slice name, struct money price)
{
	struct price_entry entry = {0};

	if (!money_price(price, &entry.units))
		return false;
	entry.region = arena_text(&draft->text, region);
	entry.name = arena_text(&draft->text, name);
	vec_push(&draft->entries, entry);
	return true;
}

static int
compare_entries(const void *a, const void *b)
{
	const struct price_entry *x = a;
	const struct price_entry *y = b;
	int order = strcmp(x->region, y->region);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order ? order : (x->units > y->units) - (x->units < y->units);
}

/* The same price twice is one price; two prices for one thing are none. */
static bool
has_clash(const struct price_draft *draft, struct price_entry *clash)
{
	for (size_t i = 1; i < draft->entries.count; i++) {
		const struct price_entry *one = &draft->entries.items[i - 1];
		const struct price_entry *two = &draft->entries.items[i];

		if (strcmp(one->region, two->region) == 0 && strcmp(one->name, two->name) == 0 &&
			one->units != two->units) {
			if (clash)
				*clash = *two;
			return true;
		}
	}
	return false;
}

bool
price_draft_finish(struct price_draft *draft, const char *source, const char *date,
	struct price_book *out, struct price_entry *clash)
{
	if (draft->entries.count)
		qsort(draft->entries.items, draft->entries.count, sizeof(struct price_entry),
			compare_entries);
	if (has_clash(draft, clash))
		return false;
	vec_foreach (entry, &draft->entries) {
		vec_push(&draft->regions, entry->region);
		vec_push(&draft->names, entry->name);
	}
	draft->regions.count = texts_sort_once(draft->regions.items, draft->regions.count);
	draft->names.count = texts_sort_once(draft->names.items, draft->names.count);
	if (draft->regions.count > UINT16_MAX || draft->names.count > UINT16_MAX)
		return false;
	vec_foreach (entry, &draft->entries) {
		struct price_row row = {(uint16_t)find_text(draft->regions.items,
						draft->regions.count, slice_of(entry->region)),
			(uint16_t)find_text(
				draft->names.items, draft->names.count, slice_of(entry->name)),
			entry->units};

		if (draft->rows.count == 0 ||
			compare_rows(&draft->rows.items[draft->rows.count - 1], &row) != 0)
			vec_push(&draft->rows, row);
	}
	*out = (struct price_book){.source = arena_text(&draft->text, slice_of(source)),
		.date = arena_text(&draft->text, slice_of(date)),
		.regions = draft->regions.items,
		.names = draft->names.items,
		.rows = draft->rows.items,
		.region_count = draft->regions.count,
		.name_count = draft->names.count,
		.row_count = draft->rows.count};
	return true;
}

void
price_draft_release(struct price_draft *draft)
{
	arena_release(&draft->text);
	vec_release(&draft->entries);
	vec_release(&draft->regions);
	vec_release(&draft->names);
	vec_release(&draft->rows);
}
