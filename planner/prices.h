/*
 * The price book: list prices by region and item, built in or from a file, dated.
 * A price that the book does not have is unknown, never 0.
 * It must not know: files, what is paid for how long.
 * Source: the `sources` of prices.json; https://aws.amazon.com/ebs/pricing/
 */
#ifndef AMIPLAN_PLANNER_PRICES_H
#define AMIPLAN_PLANNER_PRICES_H

#include "arena.h"
#include "money.h"
#include "vec.h"

enum price_item {
#define ITEM(name, path, unit) name,
#include "price_items.def"
#undef ITEM
	PRICE_ITEMS
};

/* Hours of a month, where a price is by the hour: 8,760 / 12. */
enum { HOURS_PER_MONTH = 730 };

struct price_row {
	uint16_t region, name; /* numbers in the book's lists */
	int64_t units;         /* 10^-14 USD */
};

/* Lifetime: its owner's; the built-in one's is the process. All lists are sorted. */
struct price_book {
	const char *source; /* "built-in", or the file's name */
	const char *date;   /* of the oldest price in it: "2025-04-04"; "" unknown */
	const char *const *regions;
	const char *const *names;
	const struct price_row *rows;
	size_t region_count, name_count, row_count;
};

extern const struct price_book price_book_built_in;

/*
 * `name`: the type of volume or instance where the item's path ends in a dot ("gp3", "c5.large",
 * "RHEL.c5.large" for PRICE_SYSTEM), else NULL. What costs the same everywhere is found for any
 * region.
 */
struct money price_find(
	const struct price_book *book, struct slice region, enum price_item item, const char *name);

const char *price_path(enum price_item item); /* "snapshot.standard_gb_month", "volume_gb_month." */
const char *price_unit(enum price_item item);
/* Whether an item has this path, with any name where it takes one. */
bool price_is_path(struct slice path);

/* An hour of an instance on demand, in shared tenancy. */
struct instance_price {
	struct money hour;    /* with its operating system */
	struct money linux;   /* without a licence: it costs no less */
	const char *estimate; /* NULL: `hour` is in the list, or unknown; else what it is made of */
};

/* `system`: as in systems.def; NULL: priced as Linux. */
struct instance_price price_instance(
	const struct price_book *book, struct slice region, const char *system, const char *type);

struct price_entry {
	const char *region, *name;
	int64_t units;
};

/* A book under way. Lifetime: the book's, which borrows from it. Zero-initialise;
 * price_draft_release after the book's last use. */
struct price_draft {
	struct arena text;
	VEC(struct price_entry) entries;
	VEC(const char *) regions, names;
	VEC(struct price_row) rows;
};

/* Adds a price under the path of an item with its name ("volume_gb_month.gp3"). Copies the texts.
 * False if the price is unknown or beyond what a price can be. */
bool price_draft_add(
	struct price_draft *draft, struct slice region, struct slice name, struct money price);
/*
 * Makes the book. False if two entries give one thing two prices; then `region` and `name` of the
 * book's lists say which
 * (`clash`, may be NULL), or if there are more regions or names than 16 bits number.
 */
bool price_draft_finish(struct price_draft *draft, const char *source, const char *date,
	struct price_book *out, struct price_entry *clash);
void price_draft_release(struct price_draft *draft);

#endif
