/*
 * A price book as text and as JSON. The name of a price is a path: what stands before its first dot
 * is a family, and operating systems have a type of instance behind theirs.
 * It must not know: where prices come from, what is paid for.
 */
#include "price_report.h"

#include "json_write.h"
#include "layout.h"

#define SOURCE_KEY "book"
#define SYSTEMS "os_on_demand_hour."
#define LINUX "linux_on_demand_hour."
#define PRICE_COLUMN 48

/* --- a walk over the book -------------------------------------------------------------------- */

static bool
is_wanted(const struct price_report *report, const char *region)
{
	for (size_t i = 0; i < report->region_count; i++)
		if (strcmp(report->regions[i], region) == 0)
			return true;
	return report->region_count == 0;
}

/* The rows of a region stand together, sorted by name. */
struct region_rows {
	const char *region;
	const struct price_row *rows;
	size_t count;
};

static bool
next_region(const struct price_report *report, size_t *at, struct region_rows *out)
{
	const struct price_book *book = report->book;
	size_t from = *at;

	if (from == book->row_count)
		return false;
	while (*at < book->row_count && book->rows[*at].region == book->rows[from].region)
		++*at;
	*out = (struct region_rows){
		book->regions[book->rows[from].region], &book->rows[from], *at - from};
	return true;
}

/* What stands before the first dot, with the dot; nothing for a price by itself. */
static size_t
family_len(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? (size_t)(dot - name) + 1 : 0;
}

static bool
is_of(const char *name, const char *family)
{
	return strncmp(name, family, strlen(family)) == 0;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
put_price(struct json_writer *w, const char *name, int64_t units)
{
	char text[MONEY_TEXT_SIZE];

	money_text(money_of_price(units), text);
	json_name(w, name);
	json_put_raw(w, slice_of(text));
}

/* One row of os_on_demand_hour, by type. */
struct system_row {
	const char *type;
	struct slice system;
	int64_t units;
};

static int
compare_systems(const void *a, const void *b)
{
	const struct system_row *x = a, *y = b;
	int order = strcmp(x->type, y->type);

	return order ? order : slice_compare(x->system, y->system);
}

typedef VEC(struct system_row) system_rows;

static void
find_systems(const struct price_book *book, const struct region_rows *rows, system_rows *out)
{
	out->count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const char *name = book->names[rows->rows[i].name], *system;
		size_t len;

		if (!is_of(name, SYSTEMS))
			continue;
		system = name + strlen(SYSTEMS);
		len = strcspn(system, ".");
		if (system[len])
			vec_push(out, ((struct system_row){system + len + 1, {system, len},
					      rows->rows[i].units}));
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), compare_systems);
}

static void
put_systems(struct json_writer *w, const char *region, const system_rows *rows)
{
	json_name(w, region);
	json_open(w, '{');
	json_field(w, "src", SOURCE_KEY);
	for (size_t i = 0; i < rows->count;) {
		const char *type = rows->items[i].type;

		json_name(w, type);
		json_open(w, '{');
		for (; i < rows->count && strcmp(rows->items[i].type, type) == 0; i++) {
			char text[MONEY_TEXT_SIZE];

			money_text(money_of_price(rows->items[i].units), text);
			json_name_slice(w, rows->items[i].system);
			json_put_raw(w, slice_of(text));
		}
		json_close(w, '}');
	}
	json_close(w, '}');
}

static void
put_all_systems(struct json_writer *w, const struct price_report *report)
{
	struct region_rows rows;
	system_rows systems = {0};
	size_t at = 0;

	json_name(w, "os_on_demand_hour");
	json_open(w, '{');
	while (next_region(report, &at, &rows)) {
		find_systems(report->book, &rows, &systems);
		if (systems.count && is_wanted(report, rows.region))
			put_systems(w, rows.region, &systems);
	}
	json_close(w, '}');
	vec_release(&systems);
}

/* Names are sorted, so those of a family are neighbours. */
static void
put_families(struct json_writer *w, const struct price_book *book, const struct region_rows *rows)
{
	for (size_t i = 0; i < rows->count;) {
		const char *first = book->names[rows->rows[i].name];
		size_t len = family_len(first);

		if (len == 0) {
			put_price(w, first, rows->rows[i++].units);
			continue;
		}
		if (is_of(first, SYSTEMS)) {
			i++;
			continue;
		}
		json_name_slice(w, (struct slice){first, len - 1});
		json_open(w, '{');
		for (; i < rows->count; i++) {
			const char *name = book->names[rows->rows[i].name];

			if (strncmp(name, first, len) != 0)
				break;
			put_price(w, name + len, rows->rows[i].units);
		}
		json_close(w, '}');
	}
}

static void
put_region(struct json_writer *w, const struct price_book *book, const struct region_rows *rows)
{
	json_name(w, rows->region);
	json_open(w, '{');
	json_name(w, "src");
	json_open(w, '{');
	json_field(w, "all", SOURCE_KEY);
	json_close(w, '}');
	put_families(w, book, rows);
	json_close(w, '}');
}

/* What costs the same everywhere stands under no region. */
static void
put_global(struct json_writer *w, const struct price_report *report)
{
	struct region_rows rows;
	size_t at = 0;

	json_name(w, "global");
	json_open(w, '{');
	json_field(w, "src", SOURCE_KEY);
	if (next_region(report, &at, &rows) && !*rows.region)
		put_families(w, report->book, &rows);
	json_close(w, '}');
}

static void
put_source(struct json_writer *w, const struct price_report *report)
{
	json_name(w, "sources");
	json_open(w, '{');
	json_name(w, SOURCE_KEY);
	json_open(w, '{');
	json_field(w, "what", report->what);
	json_field(w, "published", report->book->date);
	json_field(w, "cite", report->cite);
	json_close(w, '}');
	json_close(w, '}');
}

void
write_prices_json(FILE *file, const struct price_report *report)
{
	struct json_writer w;
	struct region_rows rows;
	size_t at = 0;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field_integer(&w, "schema", 1);
	json_field(&w, "currency", "USD");
	json_field_integer(&w, "hours_per_month", HOURS_PER_MONTH);
	put_source(&w, report);
	put_global(&w, report);
	put_all_systems(&w, report);
	json_name(&w, "regions");
	json_open(&w, '{');
	while (next_region(report, &at, &rows))
		if (*rows.region && is_wanted(report, rows.region))
			put_region(&w, report->book, &rows);
	json_close(&w, '}');
	json_close(&w, '}');
	fputc('\n', file);
}

/* --- text ------------------------------------------------------------------------------------ */

/* Types of instances are many: they are counted, unless all is wanted. */
static bool
is_listed(const struct layout *layout, const char *name)
{
	return layout->verbose || (!is_of(name, LINUX) && !is_of(name, SYSTEMS));
}

static void
put_row(struct layout *layout, const char *name, int64_t units)
{
	char text[MONEY_TEXT_SIZE];

	money_text(money_of_price(units), text);
	layout_put(layout, "  ");
	layout_data(layout, name);
	layout_to(layout, PRICE_COLUMN);
	layout_put(layout, text);
	layout_line(layout);
}

static void
put_rows(struct layout *layout, const struct price_book *book, const struct region_rows *rows)
{
	size_t left = 0;

	layout_style(layout, STYLE_HEAD);
	layout_data(layout, *rows->region ? rows->region : "everywhere");
	layout_style(layout, STYLE_PLAIN);
	layout_line(layout);
	for (size_t i = 0; i < rows->count; i++) {
		const char *name = book->names[rows->rows[i].name];

		if (is_listed(layout, name))
			put_row(layout, name, rows->rows[i].units);
		else
			left++;
	}
	if (left) {
		layout_format(
			layout, "  … and %zu types of instances (--verbose shows them)", left);
		layout_line(layout);
	}
}

void
write_prices_text(
	FILE *file, const struct price_report *report, const struct report_options *options)
{
	struct layout layout;
	struct region_rows rows;
	size_t at = 0;

	layout_begin(&layout, file, options);
	layout_format(&layout, "List prices in US dollars: %s, the oldest of %s.", report->what,
		*report->book->date ? report->book->date : "a day that is not told");
	layout_line(&layout);
	while (next_region(report, &at, &rows)) {
		if (*rows.region && !is_wanted(report, rows.region))
			continue;
		layout_line(&layout);
		put_rows(&layout, report->book, &rows);
	}
}
