/*
 * What AWS answers about one resource at a time, or a few: many calls of one kind, some of them
 * under way at a time. It must not know: which resources are asked about, and why.
 */
#include "run.h"

/* One call under way. `file` is its own, since a request borrows it. */
struct item_call {
	struct items *items;
	size_t first, count;
	char file[160];
};

static void fill(struct items *items);

/* --- the row's record ------------------------------------------------------------------------ */

static enum outcome
outcome_of(const struct items *items)
{
	uint64_t known = items->answered + items->gone;

	if (items->ids.count == 0)
		return items->left_out ? OUTCOME_SKIPPED : OUTCOME_EMPTY;
	if (known == items->ids.count)
		return items->left_out ? OUTCOME_PARTIAL : OUTCOME_COMPLETE;
	return known ? OUTCOME_PARTIAL : items->failure;
}

static bool
is_over(const struct items *items)
{
	return items->under_way == 0 &&
	       (items->next >= items->ids.count || items->refused || items->place->problem);
}

/* --- answers --------------------------------------------------------------------------------- */

static void ask(struct items *items, size_t first, size_t count);

/* One bad name spoils the answer for those asked with it: then each by itself. */
static bool
is_worth_splitting(const struct item_call *call, const struct listing_end *end)
{
	return call->count > 1 && !end->stopped && !end->broken &&
	       (end->refusal == REFUSAL_NOT_FOUND || end->refusal == REFUSAL_OTHER);
}

/* What is no word about the one resource that was asked about. */
static bool
is_about_everything(const struct items *items, const struct listing_end *end)
{
	bool none_answered = items->answered + items->gone == 0;

	switch (end->refusal) {
	case REFUSAL_UNKNOWN:
	case REFUSAL_CREDENTIALS:
	case REFUSAL_NOT_ENABLED:
		return true;
	case REFUSAL_DENIED: /* a policy may deny one resource, by its tags */
		return none_answered;
	case REFUSAL_NONE:
	case REFUSAL_NOT_FOUND:
	case REFUSAL_DRY_RUN:
	case REFUSAL_IN_USE:
	case REFUSAL_PROTECTED:
	case REFUSAL_TOKEN:
	case REFUSAL_OTHER:
		break;
	}
	return items->failed_in_a_row >= LIMIT_ITEMS_FAILED;
}

static void
take_failure(struct items *items, const struct item_call *call, const struct listing_end *end)
{
	if (is_worth_splitting(call, end)) {
		for (size_t i = 0; i < call->count; i++)
			ask(items, call->first + i, 1);
		return;
	}
	if (end->refusal == REFUSAL_NOT_FOUND) {
		items->gone += call->count;
		items->failed_in_a_row = 0;
		return;
	}
	place_note(items->place, items->call, end);
	items->failure = end->outcome;
	items->failed_in_a_row++;
	if (is_about_everything(items, end))
		items->refused = true;
}

static void
take_answer(struct items *items, const struct item_call *call, const struct listing_end *end)
{
	struct call_record *record = &items->place->records[items->call];
	struct run *run = items->place->account->run;
	struct sha256 digest;

	memcpy(digest.bytes, end->sha256, sizeof(digest.bytes));
	items->answered += call->count;
	items->failed_in_a_row = 0;
	record->pages += end->pages;
	record->records += end->records;
	record->files++;
	items->place->files++;
	vec_push(&items->digests, digest);
	run->options->progress->items_done += call->count;
	run_tell(run, PROGRESS_PAGE, items->place->account, items->place->region, items->call);
}

static void
on_item(void *to, const struct listing_end *end)
{
	struct item_call *call = to;
	struct items *items = call->items;
	struct place *place = items->place;

	items->under_way--;
	place->under_way--;
	if (end->outcome == OUTCOME_COMPLETE || end->outcome == OUTCOME_EMPTY)
		take_answer(items, call, end);
	else if (!place_is_lost(place, items->call, end))
		take_failure(items, call, end);
	free(call);
	fill(items);
	if (is_over(items))
		place->records[items->call].outcome = outcome_of(items);
	place_advance(place);
}

/* Template versions name parameters. */
static bool
on_item_page(void *to, const struct page *page, struct err *err)
{
	const struct item_call *call = to;
	struct items *items = call->items;

	return !call_table[items->call].is_looked_into ||
	       findings_look(&items->place->findings, items->call, buf_slice(&page->records), err);
}

/* --- questions ------------------------------------------------------------------------------- */

/* One resource's answer is called after it; ids have their own form, and are safe in a path. */
static void
name_file(struct item_call *call)
{
	const struct items *items = call->items;
	const struct call_row *row = &call_table[items->call];

	if (row->batch == 1)
		(void)snprintf(call->file, sizeof(call->file), "%s/%s.json", row->file,
			items->ids.items[call->first]);
	else
		(void)snprintf(
			call->file, sizeof(call->file), "%s/%zu.json", row->file, call->first + 1);
}

static void
ask(struct items *items, size_t first, size_t count)
{
	struct listing_request request = place_request(items->place, items->call);
	struct item_call *call = xcalloc(1, sizeof(*call));

	*call = (struct item_call){.items = items, .first = first, .count = count};
	name_file(call);
	request.ids = items->ids.items + first;
	request.id_count = count;
	request.file = call->file;
	request.on_page = on_item_page;
	request.done = on_item;
	request.to = call;
	items->under_way++;
	items->place->under_way++;
	listing_start(&request);
}

/* The first goes alone: where the call is denied or not known, it is not made a thousand times. */
static void
fill(struct items *items)
{
	size_t batch = call_table[items->call].batch;
	uint64_t room = items->answered + items->gone ? LIMIT_ITEMS_ASKED : 1;

	while (items->under_way < room && items->next < items->ids.count && !items->refused &&
		!items->place->problem) {
		size_t left = items->ids.count - items->next;
		size_t count = left < batch ? left : batch;
		size_t first = items->next;

		items->next += count;
		ask(items, first, count);
	}
}

void
items_begin(struct place *place, enum collect_call call, const id_list *ids, bool left_out)
{
	struct items *items = &place->items[call];

	items->place = place;
	items->call = call;
	items->left_out = left_out;
	vec_foreach (id, ids)
		vec_push(&items->ids, *id);
	place->account->run->options->progress->items += items->ids.count;
	fill(items);
	if (is_over(items))
		place->records[call].outcome = outcome_of(items);
}
