/*
 * amiplan prices: the price book, built in or fresh from AWS's price list.
 * It must not know: how prices are asked for, what a product is the price of.
 */
#include "ids.h"
#include "ledger.h"
#include "live.h"
#include "manual.h"
#include "price_answer.h"
#include "price_list.h"
#include "price_report.h"
#include "work.h"

/* Where nothing names a region, the price list is asked here. */
#define REGION_OF_LISTS "us-east-1"
#define CLASHES_NAMED 10

/* Lifetime: one verb. */
struct pricing {
	struct request *request;
	const char *format;
	struct inventory *inventory;
	VEC(const char *) regions;
	VEC(struct price_system) systems;
	struct ledger ledger; /* --prices */
	struct price_draft draft;
	char date[PRICE_DATE_SIZE];
	price_clashes clashes;
	struct price_book book;
	struct price_report report;
};

static int
write_book(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct pricing *pricing = subject;

	(void)err;
	if (strcmp(pricing->format, "json") == 0)
		write_prices_json(file, &pricing->report);
	else
		write_prices_text(file, &pricing->report, options);
	return 0;
}

/* --- what is asked for ----------------------------------------------------------------------- */

static void
want_region(struct pricing *pricing, const char *region)
{
	vec_foreach (known, &pricing->regions)
		if (strcmp(*known, region) == 0)
			return;
	if (id_is_region(slice_of(region)))
		vec_push(&pricing->regions, region);
}

/* Linux is asked for anyway. */
static void
want_system(struct pricing *pricing, const char *region, const char *operation)
{
	if (!*operation || strcmp(operation, "RunInstances") == 0 ||
		!id_is_region(slice_of(region)))
		return;
	vec_foreach (known, &pricing->systems)
		if (strcmp(known->region, region) == 0 && strcmp(known->operation, operation) == 0)
			return;
	vec_push(&pricing->systems, ((struct price_system){region, operation}));
}

/* The regions of what costs anything, and the operating systems that run there. */
static void
look_at_inventory(struct pricing *pricing)
{
	static const enum node_kind kinds[] = {NODE_SNAPSHOT, NODE_VOLUME, NODE_INSTANCE};
	const struct graph *graph = pricing->inventory->graph;

	for (size_t k = 0; k < COUNT_OF(kinds); k++)
		graph_foreach (n, graph, kinds[k]) {
			const char *region =
				strpool_text(&graph->strings, graph_node(graph, n)->region);

			if (!graph_node(graph, n)->defined)
				continue;
			want_region(pricing, region);
			if (kinds[k] == NODE_INSTANCE)
				want_system(pricing, region,
					strpool_text(
						&graph->strings, graph_terms(graph, n)->operation));
		}
}

static int
choose_regions(struct pricing *pricing, struct err *err)
{
	struct request *request = pricing->request;
	int code = 0;

	vec_foreach (region, &request->regions)
		want_region(pricing, *region);
	if (request->operands.count)
		code = work_inventory(request, request->operands.items, request->operands.count,
			&pricing->inventory, err);
	if (code == 0 && pricing->inventory)
		look_at_inventory(pricing);
	if (code == 0 && pricing->regions.count == 0)
		code = err_set(
			err, ERR_USAGE, "no region is named: say --region REGION, or an INVENTORY");
	return code;
}

/* --- the price list -------------------------------------------------------------------------- */

static bool
take_answer(void *to, struct slice answer, struct err *err)
{
	struct pricing *pricing = to;

	return price_answer_add(&pricing->draft, answer, pricing->date, err) == 0;
}

static int
ask(struct pricing *pricing, int *status, struct err *err)
{
	struct live live = {0};
	struct price_list_run run = {
		.regions = pricing->regions.items,
		.region_count = pricing->regions.count,
		.systems = pricing->systems.items,
		.system_count = pricing->systems.count,
		.take = take_answer,
		.to = pricing,
	};
	int code = live_open(pricing->request, NULL, &live, err);

	if (code == 0) {
		run.caller = live.caller;
		run.provider = live.base;
		run.home = live_region(&live) ? live_region(&live) : REGION_OF_LISTS;
		price_list_start(&run);
		http_run(live.http);
		*status = live_signal_status();
		if (run.err.code && !*status) {
			*err = run.err;
			code = err->code;
		}
	}
	live_close(&live);
	return code;
}

/* Two prices for one thing are none: named, and left out. */
static void
say_clashes(const price_clashes *clashes)
{
	size_t count = 0;

	vec_foreach (clash, clashes) {
		char least[MONEY_TEXT_SIZE], most[MONEY_TEXT_SIZE];

		if (count++ >= CLASHES_NAMED)
			continue;
		money_text(clash->least, least);
		money_text(clash->most, most);
		fprintf(stderr, "amiplan: left out: %s%s%s is listed at %s and at %s\n",
			clash->region, *clash->region ? ": " : "", clash->name, least, most);
	}
	if (count > CLASHES_NAMED)
		fprintf(stderr, "amiplan: left out: %zu more that are listed at two prices\n",
			count - CLASHES_NAMED);
}

static bool
has_region(const struct price_book *book, const char *region)
{
	for (size_t i = 0; i < book->region_count; i++)
		if (strcmp(book->regions[i], region) == 0)
			return true;
	return false;
}

static int
make_book(struct pricing *pricing, struct err *err)
{
	price_draft_part(&pricing->draft, &pricing->clashes);
	if (!price_draft_finish(&pricing->draft, "price-list", pricing->date, &pricing->book, NULL))
		return err_set(err, ERR_LIMIT, "the price list has too many types of instances");
	if (pricing->book.row_count == 0)
		return err_set(err, ERR_VALUE,
			"the price list has no price of these regions: are they spelled right?");
	if (!pricing->request->quiet) {
		say_clashes(&pricing->clashes);
		vec_foreach (region, &pricing->regions)
			if (!has_region(&pricing->book, *region))
				fprintf(stderr, "amiplan: the price list has no price of %s\n",
					*region);
	}
	pricing->report = (struct price_report){
		.book = &pricing->book,
		.what = "AWS's price list, asked by pricing:GetProducts",
		.cite = "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/"
			"API_pricing_GetProducts.html",
	};
	return 0;
}

static int
refresh(struct pricing *pricing, int *status, struct err *err)
{
	int code = choose_regions(pricing, err);

	if (code == 0)
		code = ask(pricing, status, err);
	if (code == 0 && *status == 0)
		code = make_book(pricing, err);
	return code;
}

/* --- the verb -------------------------------------------------------------------------------- */

static int
open_book(struct pricing *pricing, struct err *err)
{
	const struct request *request = pricing->request;
	const struct price_book *book;
	int code = ledger_open(pricing->request, &pricing->ledger, err);

	if (code != 0)
		return code;
	book = pricing->ledger.book;
	pricing->report = (struct price_report){
		.book = book,
		.what = book->source,
		.cite = book == &price_book_built_in
				? "planner/prices.json of amiplan's source names a source for each"
				: book->source,
		.regions = request->regions.items,
		.region_count = request->regions.count,
	};
	return 0;
}

static int
take_book(struct pricing *pricing, struct err *err)
{
	int code;

	if (pricing->request->operands.count)
		return err_set(err, ERR_USAGE, "an INVENTORY is for --refresh");
	code = open_book(pricing, err);
	vec_foreach (region, &pricing->request->regions)
		if (code == 0 && !has_region(pricing->report.book, *region))
			code = err_set(err, ERR_VALUE, "the price book has no region %s", *region);
	return code;
}

int
cmd_prices(struct request *request, int *status, struct err *err)
{
	struct pricing pricing = {.request = request};
	int code = format_choose(request, report_format_lists, &pricing.format, err);

	if (code == 0 && request->refresh && request->price_files.count)
		code = err_set(err, ERR_USAGE, "--refresh and --prices: say one of them");
	else if (code == 0)
		code = request->refresh ? refresh(&pricing, status, err) : take_book(&pricing, err);
	if (code == 0 && *status == 0)
		code = work_write(request, write_book, &pricing, err);
	ledger_close(&pricing.ledger);
	vec_release(&pricing.clashes);
	price_draft_release(&pricing.draft);
	vec_release(&pricing.regions);
	vec_release(&pricing.systems);
	inventory_free(pricing.inventory);
	return code;
}
