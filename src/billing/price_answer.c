/*
 * Answers of pricing:GetProducts: read as those in files are, and what is in doubt left out.
 * It must not know: how answers are fetched, how a book is written.
 */
#include "price_answer.h"

#include "price_readers.h"

#define TITLE "the price list"

/* A public address costs the same in every region, and is asked for in one. */
static void
spread_addresses(struct price_draft *draft, size_t from)
{
	for (size_t i = from; i < draft->entries.count; i++) {
		struct price_entry *entry = &draft->entries.items[i];

		if (strcmp(entry->name, price_path(PRICE_ADDRESS)) == 0)
			entry->region = "";
	}
}

int
price_answer_add(
	struct price_draft *draft, struct slice answer, char date[PRICE_DATE_SIZE], struct err *err)
{
	size_t before = draft->entries.count;
	struct price_reader reader = {.draft = draft, .title = TITLE, .err = err, .date = date};
	struct json json;
	bool good;

	json_begin(&json, answer, TITLE, err);
	good = price_read_products(&reader, &json);
	json_end(&json);
	spread_addresses(draft, before);
	return good ? 0 : err->code;
}

/* --- what is in doubt ------------------------------------------------------------------------ */

static int
compare_entries(const void *a, const void *b)
{
	const struct price_entry *x = a, *y = b;
	int order = strcmp(x->region, y->region);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order ? order : (x->units > y->units) - (x->units < y->units);
}

static bool
is_same_thing(const struct price_entry *a, const struct price_entry *b)
{
	return strcmp(a->region, b->region) == 0 && strcmp(a->name, b->name) == 0;
}

void
price_draft_part(struct price_draft *draft, price_clashes *clashes)
{
	struct price_entry *entries = draft->entries.items;
	size_t count = draft->entries.count, kept = 0, next;

	if (count)
		qsort(entries, count, sizeof(*entries), compare_entries);
	for (size_t i = 0; i < count; i = next) {
		const struct price_entry first = entries[i];
		int64_t most;

		for (next = i + 1; next < count && is_same_thing(&first, &entries[next]);)
			next++;
		most = entries[next - 1].units;
		if (most == first.units)
			entries[kept++] = first;
		else
			vec_push(clashes,
				((struct price_clash){first.region, first.name,
					money_of_price(first.units), money_of_price(most)}));
	}
	draft->entries.count = kept;
}
