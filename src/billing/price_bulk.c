/*
 * The bulk price list as CSV: some lines about itself, the names of the columns, a row a price.
 * Read as a stream: that of EC2 in one region has gigabytes.
 * It must not know: what a product is a price of.
 * Source:
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
 */
#include "csv.h"
#include "price_readers.h"

#include <stddef.h>

/* Columns, and where they go. */
static const struct {
	const char *column;
	size_t at;
} fields[] = {
#define FIELD(member, attribute, column) {column, offsetof(struct product, member)},
	PRODUCT_FIELDS(FIELD)
#undef FIELD
		{"Unit", offsetof(struct product, unit)},
	{"PricePerUnit", offsetof(struct product, price)},
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))
#define PRICE_FIELD (FIELD_COUNT - 1)

/* Where each column stands; SIZE_MAX: nowhere. */
struct bulk {
	struct csv csv;
	size_t cells[FIELD_COUNT];
	size_t term, currency, from;
};

static size_t
find_column(struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->cells.count; i++)
		if (slice_is(csv_cell(csv, i), name))
			return i;
	return SIZE_MAX;
}

static bool
find_columns(struct bulk *bulk)
{
	static const char *const needed[] = {"Region Code", "usageType", "PricePerUnit", NULL};
	struct csv *csv = &bulk->csv;

	for (size_t i = 0; needed[i]; i++)
		if (find_column(csv, needed[i]) == SIZE_MAX)
			return csv_fail(csv, 0, ERR_SYNTAX, "there is no column \"%s\"", needed[i]);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		bulk->cells[i] = find_column(csv, fields[i].column);
	bulk->term = find_column(csv, "TermType");
	bulk->currency = find_column(csv, "Currency");
	bulk->from = find_column(csv, "StartingRange");
	csv->width = csv->cells.count;
	return true;
}

/* The lines before the columns' names. */
static bool
read_head(struct price_reader *reader, struct bulk *bulk)
{
	struct csv *csv = &bulk->csv;

	while (csv_next(csv)) {
		if (slice_is(csv_cell(csv, 0), "SKU"))
			return find_columns(bulk);
		if (slice_is(csv_cell(csv, 0), "Publication Date"))
			price_see_date(reader, csv_cell(csv, 1));
		else if (csv->cells.count > 2)
			break;
	}
	return csv->failed ? false
			   : csv_fail(csv, 0, ERR_SYNTAX,
				     "is no price list: neither JSON nor the bulk list, whose "
				     "columns begin with SKU");
}

/* Absent columns are as empty cells. */
static struct slice
cell(struct bulk *bulk, size_t i)
{
	return i == SIZE_MAX ? SLICE_NONE : csv_cell(&bulk->csv, i);
}

static bool
is_or_empty(struct slice text, const char *wanted)
{
	return text.len == 0 || slice_is(text, wanted);
}

static bool
read_row(struct price_reader *reader, struct bulk *bulk)
{
	struct product product = {0};
	enum product_result result;

	if (!is_or_empty(cell(bulk, bulk->term), "OnDemand") ||
		!is_or_empty(cell(bulk, bulk->from), "0"))
		return true;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		*(struct slice *)(void *)((char *)&product + fields[i].at) =
			cell(bulk, bulk->cells[i]);
	if (!is_or_empty(cell(bulk, bulk->currency), "USD"))
		product.price = SLICE_NONE;
	result = product_add(reader->draft, &product);
	if (result != PRODUCT_NO_USD && result != PRODUCT_BAD_PRICE)
		return true;
	return csv_fail(&bulk->csv,
		result == PRODUCT_NO_USD && bulk->currency != SIZE_MAX ? bulk->currency
								       : bulk->cells[PRICE_FIELD],
		ERR_VALUE, "%s", product_problem(result));
}

bool
price_read_bulk(struct price_reader *reader, struct stream *stream)
{
	struct bulk bulk;
	bool good;

	csv_begin(&bulk.csv, stream, reader->err);
	if (read_head(reader, &bulk))
		while (csv_next(&bulk.csv) && read_row(reader, &bulk))
			;
	good = !bulk.csv.failed;
	csv_end(&bulk.csv);
	return good;
}
