/*
 * Cost and usage reports, row by row, into sums of the last whole month.
 * It must not know: what becomes of the sums.
 * Source: https://docs.aws.amazon.com/cur/latest/userguide/data-dictionary.html,
 * https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
 */
#include "cur.h"

#include "civil.h"
#include "csv.h"
#include "ids.h"
#include "usage_type.h"

#include <stdio.h>
#include <sys/stat.h>

#define HOUR 3600
#define DAY_HOURS 24

/* Ten digits of dollars, or of GiB: more in one sum is no bill but nonsense. */
#define SUM_MOST ((money_units)1000000000000000000 * 1000000 << 30)

/* GiB as parsed by money_parse_bill, in units that make a byte. */
#define UNITS_PER_BYTE 100000000000000

/* --- columns --------------------------------------------------------------------------------- */

enum column {
	COLUMN_TYPE,
	COLUMN_USAGE_TYPE,
	COLUMN_PRODUCT,
	COLUMN_RESOURCE,
	COLUMN_START,
	COLUMN_END,
	COLUMN_AMOUNT,
	COLUMN_COST,
	COLUMN_CURRENCY,
	COLUMNS
};

static const struct {
	const char *legacy, *cur2;
	bool optional;
} columns[] = {
	[COLUMN_TYPE] = {"lineItem/LineItemType", "line_item_line_item_type", false},
	[COLUMN_USAGE_TYPE] = {"lineItem/UsageType", "line_item_usage_type", false},
	[COLUMN_PRODUCT] = {"lineItem/ProductCode", "line_item_product_code", false},
	[COLUMN_RESOURCE] = {"lineItem/ResourceId", "line_item_resource_id", false},
	[COLUMN_START] = {"lineItem/UsageStartDate", "line_item_usage_start_date", false},
	[COLUMN_END] = {"lineItem/UsageEndDate", "line_item_usage_end_date", false},
	[COLUMN_AMOUNT] = {"lineItem/UsageAmount", "line_item_usage_amount", false},
	[COLUMN_COST] = {"lineItem/UnblendedCost", "line_item_unblended_cost", false},
	[COLUMN_CURRENCY] = {"lineItem/CurrencyCode", "line_item_currency_code", true},
};

#define NO_CELL SIZE_MAX

/* --- state ----------------------------------------------------------------------------------- */

/* Sums of one part of one resource in one month. */
struct sums {
	int32_t month; /* years times twelve and months; 0: none */
	uint32_t hours, first, last;
	uint32_t early_hours, late_hours; /* of the month's first and last day */
	uint8_t rows;
	money_units cost, discounts, amount, early, late;
};

/* Of two months at a time, the even and the odd: a newer one takes the place of an older one. */
struct account {
	struct sums months[2];
};

struct month {
	int32_t number;
	int64_t start, end;
	bool has_begin, has_end; /* there are rows of its first day and its last hour */
	int64_t newest;          /* end of the newest row */
};

/* Times repeat from row to row. */
struct time_memo {
	char text[40];
	size_t len;
	int64_t time;
};

struct reader {
	struct billed_table *table;
	struct err *err;
	struct csv csv;
	size_t cells[COLUMNS];        /* where each column stands in this file */
	VEC(struct account) accounts; /* by number of the key */
	struct month months[2];
	struct time_memo start, end;
	bool saw_relevant, saw_id;
};

/* What matters of a row. */
struct row {
	enum billed_part part;
	uint8_t kind; /* enum billed_rows */
	struct sums *sums;
	struct month *month;
	uint32_t from, to; /* hours of the month */
};

/* --- header ---------------------------------------------------------------------------------- */

static size_t
find_column(struct csv *csv, enum column column)
{
	for (size_t i = 0; i < csv->cells.count; i++) {
		struct slice name = csv_cell(csv, i);

		if (slice_is(name, columns[column].legacy) || slice_is(name, columns[column].cur2))
			return i;
	}
	return NO_CELL;
}

static bool
has_column(struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->cells.count; i++)
		if (slice_is(csv_cell(csv, i), name))
			return true;
	return false;
}

static bool
missing_column(struct csv *csv, enum column column)
{
	if (has_column(csv, "BilledCost") && has_column(csv, "ChargePeriodStart"))
		return csv_fail(csv, 0, ERR_SYNTAX,
			"is a FOCUS export: export CUR 2.0 (or a legacy cost and usage report)");
	if (column == COLUMN_RESOURCE)
		return csv_fail(csv, 0, ERR_SYNTAX,
			"has no resource ids (no column %s): make the export with them (\"Include "
			"resource IDs\", in CUR 2.0 INCLUDE_RESOURCES=TRUE)",
			columns[column].legacy);
	return csv_fail(csv, 0, ERR_SYNTAX,
		"is no cost and usage report: its first line has no column %s or %s",
		columns[column].legacy, columns[column].cur2);
}

static bool
read_header(struct reader *reader)
{
	struct csv *csv = &reader->csv;

	if (!csv_next(csv)) {
		if (!csv->failed)
			err_set_at(reader->err, ERR_SYNTAX, stream_title(csv->stream), 0, 0,
				"is empty: a cost and usage report begins with the names of its "
				"columns");
		csv->failed = true;
		return false;
	}
	csv->width = csv->cells.count;
	for (enum column i = 0; i < COLUMNS; i++) {
		reader->cells[i] = find_column(csv, i);
		if (reader->cells[i] == NO_CELL && !columns[i].optional)
			return missing_column(csv, i);
	}
	return true;
}

/* --- cells ----------------------------------------------------------------------------------- */

static struct slice
cell(struct reader *reader, enum column column)
{
	return csv_cell(&reader->csv, reader->cells[column]);
}

static bool
bad_cell(struct reader *reader, enum column column, const char *what)
{
	struct slice text = cell(reader, column);

	(void)csv_fail(&reader->csv, reader->cells[column], ERR_VALUE, "%s: \"%.*s\" %s",
		columns[column].legacy, (int)(text.len < 60 ? text.len : 60), text.at, what);
	return false;
}

/* Kinds of rows that say what a resource costs; taxes, fees and refunds are of no one resource. */
static const struct {
	const char *type;
	enum billed_rows kind;
} types[] = {
	{"Usage", BILLED_USAGE},
	{"DiscountedUsage", BILLED_RESERVED},
	{"SavingsPlanCoveredUsage", BILLED_SAVINGS_PLAN},
	{"Discount", BILLED_DISCOUNT},
	{"BundledDiscount", BILLED_DISCOUNT},
	{"EdpDiscount", BILLED_DISCOUNT},
	{"PrivateRateDiscount", BILLED_DISCOUNT},
};

static uint8_t
kind_of(struct slice type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_is(type, types[i].type))
			return (uint8_t)types[i].kind;
	return 0;
}

/* "arn:aws:ec2:eu-west-1::snapshot/snap-…", "vol-…". */
static struct slice
id_of(struct slice resource)
{
	const char *slash = resource.len ? memrchr(resource.at, '/', resource.len) : NULL;

	if (!slash)
		return resource;
	return (struct slice){slash + 1, resource.len - (size_t)(slash + 1 - resource.at)};
}

/* A time with its zone, or in UTC without one. */
static bool
parse_time(struct slice text, int64_t *out)
{
	char zoned[40];

	if (time_parse(text, out))
		return true;
	if (text.len + 1 > sizeof(zoned))
		return false;
	memcpy(zoned, text.at, text.len);
	zoned[text.len] = 'Z';
	return time_parse((struct slice){zoned, text.len + 1}, out);
}

static bool
take_time(struct reader *reader, enum column column, struct time_memo *memo)
{
	struct slice text = cell(reader, column);

	if (text.len == memo->len && text.len && memcmp(text.at, memo->text, text.len) == 0)
		return true;
	if (text.len == 0 || text.len > sizeof(memo->text) || !parse_time(text, &memo->time))
		return bad_cell(reader, column, "is no time");
	memcpy(memo->text, text.at, text.len);
	memo->len = text.len;
	return true;
}

static bool
take_sum(struct reader *reader, enum column column, money_units *sum, money_units *out)
{
	struct money money;

	if (!money_parse_bill(cell(reader, column), &money))
		return bad_cell(reader, column, "is no number");
	if (column == COLUMN_AMOUNT && money.units < 0)
		return bad_cell(reader, column, "is below zero");
	if (__builtin_add_overflow(*sum, money.units, sum) || *sum > SUM_MOST || *sum < -SUM_MOST)
		return bad_cell(reader, column, "is beyond every bill");
	*out = money.units;
	return true;
}

/* --- months ---------------------------------------------------------------------------------- */

static bool
month_start(int32_t number, int64_t *out)
{
	char text[40];
	int len = snprintf(text, sizeof(text), "%04d-%02d-01", number / 12, number % 12 + 1);

	return time_parse((struct slice){text, (size_t)len}, out);
}

static int32_t
month_number(int64_t time)
{
	char text[TIME_TEXT_SIZE];
	int32_t number = 0;

	time_format(time, text);
	for (size_t i = 0; i < 4; i++)
		number = number * 10 + (text[i] - '0');
	return number * 12 + (text[5] - '0') * 10 + text[6] - '0' - 1;
}

/* The month that the time lies in; NULL if it is older than the two that are kept. */
static struct month *
find_month(struct reader *reader, int64_t time)
{
	struct month fresh = {.newest = TIME_NONE};
	struct month *month;

	for (size_t i = 0; i < 2; i++)
		if (time >= reader->months[i].start && time < reader->months[i].end)
			return &reader->months[i];
	fresh.number = month_number(time);
	month = &reader->months[fresh.number % 2];
	if (month->number > fresh.number || !month_start(fresh.number, &fresh.start) ||
		!month_start(fresh.number + 1, &fresh.end))
		return NULL;
	*month = fresh;
	return month;
}

static uint32_t
month_hours(const struct month *month)
{
	return (uint32_t)((month->end - month->start) / HOUR);
}

static void
see_hours(struct month *month, const struct row *row, int64_t end)
{
	month->has_begin |= row->from < DAY_HOURS;
	month->has_end |= row->to == month_hours(month);
	if (end > month->newest)
		month->newest = end;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* False: it is of no interest, or wrong. */
static bool
take_hours(struct reader *reader, struct row *row)
{
	if (!take_time(reader, COLUMN_START, &reader->start) ||
		!take_time(reader, COLUMN_END, &reader->end))
		return false;
	row->month = find_month(reader, reader->start.time);
	if (!row->month)
		return false;
	if (reader->end.time < reader->start.time || reader->end.time > row->month->end)
		return bad_cell(reader, COLUMN_END, "is not in the month of the row's start");
	row->from = (uint32_t)((reader->start.time - row->month->start) / HOUR);
	row->to = (uint32_t)((reader->end.time - row->month->start + HOUR - 1) / HOUR);
	return true;
}

static struct sums *
find_sums(struct reader *reader, struct slice id, const struct row *row)
{
	char room[BILLED_KEY_ROOM];
	sid key = strpool_add(&reader->table->keys, billed_key(id, row->part, room));
	struct sums *sums;

	while (reader->accounts.count <= key)
		vec_push(&reader->accounts, (struct account){0});
	sums = &reader->accounts.items[key].months[row->month->number % 2];
	if (sums->month != row->month->number)
		*sums = (struct sums){.month = row->month->number, .first = UINT32_MAX};
	return sums;
}

/* The row's resource, if it is one of those that have a plan; false otherwise, or wrong. */
static bool
take_resource(struct reader *reader, struct row *row)
{
	struct slice id = id_of(cell(reader, COLUMN_RESOURCE));

	reader->saw_relevant = true;
	reader->saw_id |= id.len > 0;
	if (!id_is(id, billed_prefix(row->part)))
		return false;
	if (reader->cells[COLUMN_CURRENCY] != NO_CELL &&
		!slice_is(cell(reader, COLUMN_CURRENCY), "USD"))
		return bad_cell(reader, COLUMN_CURRENCY,
			"is another currency: only bills in USD are understood");
	if (!take_hours(reader, row))
		return false;
	row->sums = find_sums(reader, id, row);
	return true;
}

static void
add_day(money_units amount, uint32_t hours, money_units *sum, uint32_t *sum_hours)
{
	*sum += amount;
	*sum_hours += hours;
}

static bool
add_usage(struct reader *reader, const struct row *row)
{
	struct sums *sums = row->sums;
	uint32_t hours = row->to - row->from;
	money_units ignored, amount;

	if (!take_sum(reader, COLUMN_COST, &sums->cost, &ignored) ||
		!take_sum(reader, COLUMN_AMOUNT, &sums->amount, &amount))
		return false;
	sums->hours += hours;
	if (row->from < sums->first)
		sums->first = row->from;
	if (row->to > sums->last)
		sums->last = row->to;
	if (row->from < DAY_HOURS)
		add_day(amount, hours, &sums->early, &sums->early_hours);
	if (row->to > month_hours(row->month) - DAY_HOURS)
		add_day(amount, hours, &sums->late, &sums->late_hours);
	see_hours(row->month, row, reader->end.time);
	return true;
}

static bool
take_row(struct reader *reader)
{
	struct row row = {.part = usage_type_part(cell(reader, COLUMN_USAGE_TYPE))};
	money_units ignored;

	if (row.part == BILLED_PARTS || !slice_is(cell(reader, COLUMN_PRODUCT), "AmazonEC2"))
		return true;
	row.kind = kind_of(cell(reader, COLUMN_TYPE));
	if (row.kind == 0)
		return true;
	if (!take_resource(reader, &row))
		return !reader->csv.failed;
	row.sums->rows |= row.kind;
	if (row.kind == BILLED_USAGE)
		return add_usage(reader, &row);
	if (row.kind == BILLED_DISCOUNT)
		return take_sum(reader, COLUMN_COST, &row.sums->discounts, &ignored);
	return true;
}

static int
read_file(struct reader *reader, const char *path)
{
	struct billed_file file = {0};
	struct stream *stream;
	int code = stream_open(path, &stream, reader->err);

	if (code != 0)
		return code;
	csv_begin(&reader->csv, stream, reader->err);
	if (read_header(reader))
		while (csv_next(&reader->csv) && take_row(reader))
			;
	if (reader->csv.failed) {
		code = reader->err->code;
	} else {
		file.name = stream_title(stream);
		stream_digest(stream, file.sha256);
		vec_push(&reader->table->files, file);
	}
	csv_end(&reader->csv);
	stream_close(stream);
	return code;
}

/* --- copies ---------------------------------------------------------------------------------- */

static bool
same_bytes(FILE *a, FILE *b)
{
	char left[4096], right[4096];
	size_t got;

	do {
		got = fread(left, 1, sizeof(left), a);
		if (fread(right, 1, sizeof(right), b) != got || memcmp(left, right, got) != 0)
			return false;
	} while (got == sizeof(left));
	return true;
}

/* The same file by another name, or the same bytes. */
static bool
is_copy(const char *one, const char *two)
{
	struct stat a, b;
	FILE *left, *right;
	bool same = false;

	if (stat(one, &a) != 0 || stat(two, &b) != 0 || !S_ISREG(a.st_mode) || !S_ISREG(b.st_mode))
		return false;
	if (a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return true;
	if (a.st_size != b.st_size)
		return false;
	left = fopen(one, "re");
	right = fopen(two, "re");
	if (left && right)
		same = same_bytes(left, right);
	if (left)
		(void)fclose(left);
	if (right)
		(void)fclose(right);
	return same;
}

/* Said once, and not read. */
static bool
was_read(const struct cur_options *options, size_t i)
{
	char line[LIMIT_ERR_TEXT];

	for (size_t before = 0; before < i; before++) {
		if (!is_copy(options->paths[before], options->paths[i]))
			continue;
		(void)snprintf(line, sizeof(line), "%s is the same as %s: it counts once",
			options->paths[i], options->paths[before]);
		if (options->say)
			options->say(line, options->say_to);
		return true;
	}
	return false;
}

/* --- the end --------------------------------------------------------------------------------- */

/* The newest month that is there from its first day to its last hour. */
static const struct month *
choose_month(const struct reader *reader)
{
	const struct month *even = &reader->months[0], *odd = &reader->months[1];
	const struct month *newer = even->number > odd->number ? even : odd;
	const struct month *older = newer == even ? odd : even;

	if (newer->has_begin && newer->has_end)
		return newer;
	return older->number == newer->number - 1 && older->has_begin && older->has_end ? older
											: NULL;
}

static int
no_month(const struct reader *reader, const char *path)
{
	const struct month *even = &reader->months[0], *odd = &reader->months[1];
	const struct month *newer = even->number > odd->number ? even : odd;
	char start[TIME_TEXT_SIZE], end[TIME_TEXT_SIZE];

	if (reader->saw_relevant && !reader->saw_id)
		return err_set_at(reader->err, ERR_VALUE, path, 0, 0,
			"its rows have no resource ids: make the export with them (\"Include "
			"resource IDs\", in CUR 2.0 INCLUDE_RESOURCES=TRUE)");
	if (newer->newest == TIME_NONE || newer->number == 0)
		return err_set_at(reader->err, ERR_VALUE, path, 0, 0,
			"there is no usage of a snapshot, a volume or an instance in it");
	time_format(newer->start, start);
	time_format(newer->newest, end);
	return err_set_at(reader->err, ERR_VALUE, path, 0, 0,
		"there is no whole month in it: that of %.10s ends on %.10s at %.5s; name the "
		"report of the month before too",
		start, end, end + 11);
}

static int
check_repeats(const struct reader *reader, int32_t month, const char *path)
{
	uint64_t span = 0, excess = 0, worst = 0;
	sid example = 0;
	struct slice id;

	for (sid key = 1; key < reader->accounts.count; key++) {
		const struct sums *sums = &reader->accounts.items[key].months[month % 2];
		uint64_t more = 0;

		id = strpool_slice(&reader->table->keys, key);
		if (sums->month != month || sums->hours == 0 ||
			!billed_is_single((enum billed_part)(id.at[0] - 'a')))
			continue;
		span += sums->last - sums->first;
		if (sums->hours > sums->last - sums->first)
			more = sums->hours - (sums->last - sums->first);
		excess += more;
		if (more > worst) {
			worst = more;
			example = key;
		}
	}
	/* A changed tag splits the row of one hour; that many are no accident. */
	if (excess * 10 <= span)
		return 0;
	id = strpool_slice(&reader->table->keys, example);
	return err_set_at(reader->err, ERR_CONFLICT, path, 0, 0,
		"the same hours are told more than once (%s has %llu too many): name the files of "
		"one version of each month's report, each once",
		id.at + 1, (unsigned long long)worst);
}

static uint64_t
bytes_of(money_units amount, uint64_t times, uint64_t shared)
{
	money_units bytes;

	if (amount <= 0 || shared == 0)
		return 0;
	/* In this order nothing is lost; SUM_MOST and a month's hours fit. */
	bytes = amount * (money_units)times / (UNITS_PER_BYTE * (money_units)shared);
	return bytes > (money_units)UINT64_MAX ? UINT64_MAX : (uint64_t)bytes;
}

/* Differences below a thousandth are those of rounded amounts. */
static bool
differs(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) > (a > b ? a : b) / 1000;
}

static struct billed
billed_of(const struct sums *sums, uint32_t hours)
{
	struct billed billed = {
		.cost = {sums->cost, true},
		.discounts = {sums->discounts, true},
		.bytes = bytes_of(sums->amount, 1, 1),
		.bytes_last = bytes_of(sums->late, hours, sums->late_hours),
		.hours = sums->hours,
		.rows = sums->rows,
	};
	uint64_t bytes_first = bytes_of(sums->early, hours, sums->early_hours);

	billed.partial = sums->first != 0 || sums->last != hours || sums->hours < hours ||
			 differs(bytes_first, billed.bytes_last);
	return billed;
}

static void
settle(struct reader *reader, const struct month *month)
{
	struct billed_table *table = reader->table;

	char start[TIME_TEXT_SIZE];

	table->month_hours = month_hours(month);
	time_format(month->start, start);
	memcpy(table->month, start, sizeof("2026-10") - 1);
	vec_foreach (account, &reader->accounts) {
		const struct sums *sums = &account->months[month->number % 2];
		struct billed billed = {0};

		if (sums->month == month->number)
			billed = billed_of(sums, table->month_hours);
		table->resources += billed.rows != 0;
		vec_push(&table->items, billed);
	}
}

int
cur_load(const struct cur_options *options, struct billed_table *out, struct err *err)
{
	struct err own = {0};
	struct billed_table table;
	struct reader reader = {.table = &table, .err = err ? err : &own};
	const struct month *month = NULL;
	const char *last = "";
	int code = 0;

	billed_table_init(&table);
	for (size_t i = 0; code == 0 && i < options->count; i++) {
		if (was_read(options, i))
			continue;
		last = options->paths[i];
		code = read_file(&reader, last);
	}
	if (code == 0) {
		month = choose_month(&reader);
		code = month ? check_repeats(&reader, month->number, last)
			     : no_month(&reader, last);
	}
	if (code == 0 && month) {
		settle(&reader, month);
		*out = table;
	} else {
		billed_table_release(&table);
	}
	vec_release(&reader.accounts);
	return code;
}
