/*
 * The run of a collection: who calls, which regions, and what became of each.
 * It must not know: what is read of a region.
 */
#include "collect.h"

#include "ids.h"
#include "json_pull.h"
#include "run.h"

/* Milliseconds between two events for who watches, when nothing else happens. */
#define TICK_MS 100

/* --- what the parts share -------------------------------------------------------------------- */

/* Hostile text: an error's text is one printable line. */
const char *
run_keep(struct run *run, const char *text)
{
	struct err shown = {0};

	(void)err_set(&shown, ERR_IO, "%s", text);
	return arena_text(&run->result->arena, slice_of(shown.text));
}

/* AWS's own time, as far as its answers have shown that ours is wrong: a plan is as of it, and what
 * is old is judged by it. */
int64_t
run_now(const struct run *run)
{
	const struct collect_options *options = run->options;

	return options->now(options->now_to) + caller_counts(options->caller).skew;
}

void
run_note_failure(struct run *run, const char *account, const char *region, enum collect_call call,
	const struct call_record *record)
{
	const struct collect_failure failure = {
		.account = account,
		.region = region,
		.call = call,
		.outcome = record->outcome,
		.code = record->code,
		.message = record->message,
	};

	vec_push(&run->result->failures, failure);
}

void
run_note_place(struct run *run, const struct collected_place *place)
{
	vec_push(&run->result->places, *place);
}

void
run_tell(struct run *run, enum progress_event event, const struct account *account,
	const char *region, enum collect_call call)
{
	struct progress *progress = run->options->progress;

	progress->counts = caller_counts(run->options->caller);
	progress_tell(progress, event, account && account->id ? account->id : NULL, region,
		event == PROGRESS_PAGE ? call_table[call].action : NULL);
}

/* --- regions --------------------------------------------------------------------------------- */

static void
lose_account(struct account *account, const struct listing_end *end)
{
	struct run *run = account->run;
	struct buf why = {0};
	struct collected_place lost = {.account = account->id ? account->id : "", .region = ""};

	buf_format(&why, "%s: %s%s%s", account->source->name, end->code, *end->code ? ": " : "",
		end->message);
	lost.problem = run_keep(run, end->stopped ? "stopped" : why.at);
	run_note_place(run, &lost);
	buf_release(&why);
}

static void
begin_places(struct account *account, const char *const *regions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		place_open(account, regions[i]);
	places_list(account);
}

static bool
on_regions_page(void *to, const struct page *page, struct err *err)
{
	struct account *account = to;

	return findings_look(&account->findings, CALL_REGIONS, buf_slice(&page->records), err);
}

static void
on_regions(void *to, const struct listing_end *end)
{
	struct account *account = to;
	const struct listing_end none = {
		.code = "", .message = "the answer of DescribeRegions names no region"};

	findings_settle(&account->findings);
	if (end->outcome != OUTCOME_COMPLETE && end->outcome != OUTCOME_EMPTY)
		lose_account(account, end);
	else if (account->findings.regions.count == 0)
		lose_account(account, &none);
	else
		begin_places(
			account, account->findings.regions.items, account->findings.regions.count);
	account->run->under_way--;
}

static struct listing_request
account_request(struct account *account, enum collect_call call)
{
	const struct collect_options *options = account->run->options;

	return (struct listing_request){
		.caller = options->caller,
		.provider = account->source->provider,
		.account = account->id ? account->id : "",
		.region = options->home_region,
		.call = call,
		.plainness = &account->plainness[call],
		.to = account,
	};
}

static void
begin_account(struct account *account)
{
	const struct collect_options *options = account->run->options;
	struct listing_request request = account_request(account, CALL_REGIONS);

	if (!options->all_regions) {
		begin_places(account, options->regions, options->region_count);
		return;
	}
	request.on_page = on_regions_page;
	request.done = on_regions;
	account->run->under_way++;
	listing_start(&request);
}

/* --- callers --------------------------------------------------------------------------------- */

/* Account and ARN of an identity's document. */
static bool
read_identity(struct account *account, struct slice text, struct err *err)
{
	struct arena *arena = &account->run->result->arena;
	struct json json;
	struct slice name = SLICE_NONE, value = SLICE_NONE;

	json_begin(&json, text, "GetCallerIdentity", err);
	if (json_peek(&json) == JSON_OBJECT && json_enter(&json, JSON_OBJECT)) {
		while (json_next_member(&json, &name)) {
			if (json_peek(&json) != JSON_STRING || !json_string(&json, &value)) {
				if (!json_skip(&json, NULL))
					break;
			} else if (slice_is(name, "Account") && id_is_account(value)) {
				account->id = arena_text(arena, value);
			} else if (slice_is(name, "Arn")) {
				account->arn = arena_text(arena, value);
			}
		}
	}
	json_end(&json);
	return account->id && account->arn;
}

/* Two roles in one account would each write the other's places. */
static int
check_accounts(struct run *run)
{
	for (size_t i = 0; i < run->accounts.count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct account *a = run->accounts.items[j],
					     *b = run->accounts.items[i];

			if (a->id && b->id && strcmp(a->id, b->id) == 0)
				return err_set(&run->err, ERR_USAGE,
					"%s and %s are both of account %s: name one of them",
					a->source->name, b->source->name, a->id);
		}
	return 0;
}

static void
on_identity(void *to, const struct listing_end *end)
{
	struct account *account = to;
	struct run *run = account->run;
	struct listing_end bad = {.code = "",
		.message = "the answer of GetCallerIdentity tells no "
			   "account"};

	if (end->outcome != OUTCOME_COMPLETE)
		lose_account(account, end);
	else if (!read_identity(account, end->text, NULL))
		lose_account(account, &bad);
	else
		account->identity = slice_of(arena_text(&run->result->arena, end->text));
	run_tell(run, PROGRESS_CALLER, account, run->options->home_region, CALL_IDENTITY);
	run->callers_under_way--;
	run->under_way--;
	/* Nothing is read before it is sure that no account is meant twice. */
	if (run->callers_under_way || check_accounts(run) != 0)
		return;
	vec_foreach (known, &run->accounts)
		if ((*known)->id)
			begin_account(*known);
}

/* --- the run --------------------------------------------------------------------------------- */

static void
tick(void *to)
{
	struct run *run = to;

	if (run->under_way == 0 || http_stopped(run->options->http))
		return;
	run_tell(run, PROGRESS_TICK, NULL, NULL, CALL_IDENTITY);
	http_after(run->options->http, TICK_MS, tick, run);
}

static void
begin(struct run *run)
{
	const struct collect_options *options = run->options;

	for (size_t i = 0; i < options->source_count; i++) {
		struct account *account = xcalloc(1, sizeof(*account));

		account->run = run;
		account->source = &options->sources[i];
		vec_push(&run->accounts, account);
	}
	run->callers_under_way = run->under_way = run->accounts.count;
	vec_foreach (account, &run->accounts) {
		struct listing_request request = account_request(*account, CALL_IDENTITY);

		request.done = on_identity;
		listing_start(&request);
	}
}

static int
compare_places(const void *a, const void *b)
{
	const struct collected_place *x = a, *y = b;
	int order = strcmp(x->account, y->account);

	if (order == 0)
		order = strcmp(x->region, y->region);
	return order ? order : strcmp(x->problem ? x->problem : "", y->problem ? y->problem : "");
}

static int
compare_failures(const void *a, const void *b)
{
	const struct collect_failure *x = a, *y = b;
	int order = strcmp(x->account, y->account);

	if (order == 0)
		order = strcmp(x->region, y->region);
	return order ? order : ((int)x->call - (int)y->call);
}

static void
sort_result(struct collect_result *result)
{
	if (result->places.count)
		qsort(result->places.items, result->places.count, sizeof(*result->places.items),
			compare_places);
	if (result->failures.count)
		qsort(result->failures.items, result->failures.count,
			sizeof(*result->failures.items), compare_failures);
}

static void
release_run(struct run *run)
{
	vec_foreach (place, &run->places)
		place_free(*place);
	vec_foreach (account, &run->accounts) {
		findings_release(&(*account)->findings);
		free(*account);
	}
	vec_release(&run->places);
	vec_release(&run->accounts);
}

int
collect_run(const struct collect_options *options, struct collect_result *out, struct err *err)
{
	struct run run = {.options = options, .result = out};

	*out = (struct collect_result){.stopped = false};
	begin(&run);
	if (options->progress->watch)
		http_after(options->http, TICK_MS, tick, &run);
	http_run(options->http);
	out->stopped = http_stopped(options->http);
	sort_result(out);
	options->progress->counts = caller_counts(options->caller);
	release_run(&run);
	if (run.err.code == 0)
		return 0;
	collect_result_release(out);
	return err_set(err, run.err.code, "%s", run.err.text);
}

void
collect_result_release(struct collect_result *result)
{
	vec_release(&result->places);
	vec_release(&result->failures);
	arena_release(&result->arena);
}
