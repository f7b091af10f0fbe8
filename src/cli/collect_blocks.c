/*
 * amiplan collect --blocks PLAN: what goes by the plan, which lists that takes, what they cost; and
 * once that is agreed on, the lists. It must not know: how lists are read, how a saving is counted.
 */
#include "collect_blocks.h"

#include "blocks.h"
#include "cost_needs.h"
#include "ids.h"
#include "live.h"
#include "prices.h"
#include "show_progress.h"
#include "whoami.h"
#include "work.h"

/* What requests may cost without asking back. */
#define COST_USUAL "1"
#define REQUESTS_PER_PRICE 1000
/* AWS's quota, for the time that it will take at least. */
#define REQUESTS_PER_SECOND 50
#define EXAMPLES_NAMED 3

/* An account of the inventory, and who may ask there. */
struct asker {
	struct provider *provider;
	struct identity identity;
};

/* Lifetime: one verb. */
struct work {
	struct request *request;
	const char *directory;
	struct saved_plan plan;
	struct inventory *inventory;
	bool *goes; /* by nid */
	struct block_needs needs;
	struct live live;
	struct arena text;
	VEC(struct asker) askers;
	VEC(struct block_place *) places;
	VEC(struct block_question) questions;
	struct blocks_run run;
	uint64_t there, elsewhere, unplaced, unknown; /* lists; snapshots of the plan */
	uint64_t requests;                            /* at most, as far as sizes tell */
	struct money cost;                            /* of them; unknown: a price is missing */
	const char *unpriced;                         /* a region without a price */
	uint64_t affordable; /* requests that the highest of the prices allows */
};

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* --- what goes ------------------------------------------------------------------------------- */

/* Whose snapshots are ours, and where: as when the plan was made. */
static int
adopt_selection(struct work *work, struct err *err)
{
	struct request *request = work->request;
	struct plan_selection selection = {0};
	int code = plan_read_selection(&work->plan.view, &request->arena, &selection, err);

	if (code != 0)
		return code;
	for (size_t i = 0; i < selection.accounts.count; i++)
		vec_push(&request->accounts, selection.accounts.items[i]);
	request->policy.region = selection.region;
	return 0;
}

static void
mark_steps(struct work *work)
{
	const struct plan_view *view = &work->plan.view;
	const struct graph *graph = work->inventory->graph;
	struct arena arena = {0};

	work->goes = xcalloc(graph->nodes.count, sizeof(*work->goes));
	for (size_t i = 0; i < view->step_count; i++) {
		struct view_target step;
		nid node;

		arena_clear(&arena);
		view->target(view, i, &arena, &step);
		if (strcmp(step.action, "delete-snapshot") != 0)
			continue;
		node = graph_find(graph, slice_of(step.resource));
		if (node && graph_node(graph, node)->defined)
			work->goes[node] = true;
		else
			work->unknown++;
	}
	arena_release(&arena);
}

static int
find_needs(struct work *work, struct err *err)
{
	int code = work_open_plan(work->request, work->request->blocks_plan, &work->plan, err);

	if (code == 0)
		code = adopt_selection(work, err);
	if (code == 0)
		code = work_inventory(work->request, &work->directory, 1, &work->inventory, err);
	if (code != 0)
		return code;
	mark_steps(work);
	block_needs_find(work->inventory->graph, work->goes, &work->needs);
	return 0;
}

/* --- who asks where -------------------------------------------------------------------------- */

static struct block_place *
place_of(struct work *work, const char *account, const char *region)
{
	struct block_place *place;

	vec_foreach (known, &work->places)
		if (strcmp((*known)->account, account) == 0 &&
			strcmp((*known)->region, region) == 0)
			return *known;
	place = xcalloc(1, sizeof(*place));
	place->account = account;
	place->region = region;
	vec_push(&work->places, place);
	return place;
}

static bool
is_wanted(const struct request *request, const char *region)
{
	vec_foreach (wanted, &request->regions)
		if (strcmp(*wanted, region) == 0)
			return true;
	return request->regions.count == 0;
}

/* The ids of documents are AWS's word; only what has the form of one gets into a path. */
static bool
is_askable(const struct block_question *question)
{
	return id_is_account(slice_of(question->place->account)) &&
	       id_is_region(slice_of(question->place->region)) &&
	       id_is(slice_of(question->second), "snap-") &&
	       (!question->first || id_is(slice_of(question->first), "snap-"));
}

static uint64_t
pages_of(const struct block_need *need)
{
	return need->blocks / BLOCKS_PER_PAGE + (need->blocks % BLOCKS_PER_PAGE != 0);
}

static void
count_cost(struct work *work, const struct block_need *need, const char *region)
{
	struct money price =
		price_find(&price_book_built_in, slice_of(region), PRICE_BLOCK_LIST, NULL);
	uint64_t pages = need->blocks ? pages_of(need) : 1;

	work->requests += pages;
	work->cost = money_add(work->cost, money_share(price, pages, REQUESTS_PER_PRICE));
	if (!price.known)
		work->unpriced = region;
}

static void
add_question(struct work *work, const struct block_need *need)
{
	const struct graph *graph = work->inventory->graph;
	const struct node *node = graph_node(graph, need->second);
	const char *region = strpool_text(&graph->strings, node->region);
	struct block_question question = {
		.place = place_of(work, strpool_text(&graph->strings, node->account), region),
		.first = need->first ? graph_id(graph, need->first) : NULL,
		.second = graph_id(graph, need->second),
	};

	if (!is_askable(&question)) {
		work->unplaced++;
	} else if (!is_wanted(work->request, region)) {
		work->elsewhere++;
	} else if (blocks_are_there(work->directory, &question)) {
		work->there++;
	} else {
		vec_push(&work->questions, question);
		count_cost(work, need, region);
	}
}

static int
identify(struct work *work, struct err *err)
{
	int code =
		live_open(work->request, work->questions.items[0].place->region, &work->live, err);

	vec_foreach (source, &work->live.sources) {
		struct asker asker = {.provider = source->provider};

		if (code == 0)
			code = identity_get(
				&work->live.context, source->provider, &asker.identity, err);
		if (code == 0)
			vec_push(&work->askers, asker);
	}
	return code;
}

/* Only the owner's account is told of the blocks of a snapshot. */
static int
assign_askers(struct work *work, struct err *err)
{
	vec_foreach (place, &work->places)
		vec_foreach (asker, &work->askers)
			if (strcmp(asker->identity.account, (*place)->account) == 0)
				(*place)->provider = asker->provider;
	vec_foreach (question, &work->questions)
		if (!question->place->provider)
			return err_set(err, ERR_VALUE,
				"%s is in account %s, and the caller is %s of account %s: say "
				"--role-arn or --accounts for a role in each account",
				question->second, question->place->account,
				work->askers.items[0].identity.arn,
				work->askers.items[0].identity.account);
	return 0;
}

/* --- what it costs --------------------------------------------------------------------------- */

static void
announce(const struct work *work)
{
	uint64_t minutes = work->requests / REQUESTS_PER_SECOND / 60;
	char cost[MONEY_TEXT_SIZE];

	money_text(work->cost, cost);
	fprintf(stderr, "amiplan: %zu block list%s to read: up to %llu request%s, ",
		work->questions.count, plural(work->questions.count),
		(unsigned long long)work->requests, plural(work->requests));
	if (work->cost.known)
		fprintf(stderr, "up to %s USD", cost);
	else
		fprintf(stderr, "at a price that is not known for %s", work->unpriced);
	if (minutes)
		fprintf(stderr, ", %llu minute%s or more", (unsigned long long)minutes,
			plural(minutes));
	fputc('\n', stderr);
}

static int
read_limit(const struct work *work, struct money *limit, struct err *err)
{
	const char *given = work->request->max_cost;

	if (!money_parse(slice_of(given ? given : COST_USUAL), limit))
		return err_set(err, ERR_USAGE,
			"--max-cost: \"%s\" is no amount of US dollars, such as 2.50", given);
	return 0;
}

static int
agree(const struct work *work, struct money limit, struct err *err)
{
	struct buf refusal = {0};
	char most[MONEY_TEXT_SIZE];
	bool yes = true;
	int code = 0;

	if (work->cost.known && money_compare(work->cost, limit) <= 0)
		return 0;
	if (work->request->yes)
		return 0;
	money_text(limit, most);
	if (work->cost.known)
		buf_format(
			&refusal, "that may be more than %s USD: allow it by --max-cost USD", most);
	else
		buf_format(&refusal, "what it costs is not known: allow it by --yes");
	code = live_confirm("Read them? [y/N] ", refusal.at, &yes, err);
	buf_release(&refusal);
	return code == 0 && !yes ? err_set(err, ERR_IO, "nothing was read") : code;
}

/* So many requests cost no more than was agreed on; what was announced is agreed on at any rate. */
static uint64_t
affordable(const struct work *work, struct money limit)
{
	uint64_t most = UINT64_MAX;

	vec_foreach (question, &work->questions) {
		struct money price = price_find(&price_book_built_in,
			slice_of(question->place->region), PRICE_BLOCK_LIST, NULL);
		money_units requests = price.known && price.units
					       ? limit.units * REQUESTS_PER_PRICE / price.units
					       : 0;

		if (requests < (money_units)most)
			most = (uint64_t)requests;
	}
	return most > work->requests ? most : work->requests;
}

/* --- what came of it ------------------------------------------------------------------------- */

static uint64_t
count_ends(const struct work *work, enum block_end end)
{
	uint64_t count = 0;

	vec_foreach (question, &work->questions)
		count += question->end == end;
	return count;
}

static void
name_examples(const struct work *work, enum block_end end)
{
	uint64_t count = 0;

	vec_foreach (question, &work->questions) {
		if (question->end != end || count++ >= EXAMPLES_NAMED)
			continue;
		fprintf(stderr, "%s%s%s%s", count > 1 ? ", " : " ",
			question->first ? question->first : "", question->first ? ".." : "",
			question->second);
	}
	if (count > EXAMPLES_NAMED)
		fprintf(stderr, " and %llu more", (unsigned long long)count - EXAMPLES_NAMED);
}

static const struct block_question *
first_of(const struct work *work, enum block_end end)
{
	vec_foreach (question, &work->questions)
		if (question->end == end)
			return question;
	return NULL;
}

/* Each way in which lists were not read once, with examples. */
static void
say_unread(const struct work *work)
{
	static const char *const words[] = {
		[BLOCKS_HOPELESS] = "not asked, since the same call was refused",
		[BLOCKS_LEFT_OUT] = "left out, since the requests that were agreed on are used up",
		[BLOCKS_UNRELATED] = "not related, so their saving stays a range",
		[BLOCKS_GONE] = "gone",
		[BLOCKS_DENIED] = "denied",
		[BLOCKS_FAILED] = "not read",
	};

	for (size_t end = 0; end < COUNT_OF(words); end++) {
		const struct block_question *first = first_of(work, (enum block_end)end);

		if (!first || !words[end])
			continue;
		fprintf(stderr, "amiplan: %s:", words[end]);
		name_examples(work, (enum block_end)end);
		if (first->code && *first->code)
			fprintf(stderr, ": %s", first->code);
		if (first->message && *first->message)
			fprintf(stderr, ": %s", first->message);
		if (end == BLOCKS_DENIED)
			fprintf(stderr, ": allow ebs:%s",
				block_call_table[first->first ? BLOCK_CALL_CHANGED : BLOCK_CALL_ALL]
					.action);
		fputc('\n', stderr);
	}
}

/* What no run can read, and what this one was not asked for. */
static void
say_left(const struct work *work)
{
	const struct graph *graph = work->inventory->graph;
	unsigned long long there = work->needs.read + work->there;

	if (work->needs.hidden.count)
		fprintf(stderr,
			"amiplan: EBS lists no blocks of %zu snapshot%s that is not completed or "
			"in "
			"the Recycle Bin, such as %s: what it shares stays a range\n",
			work->needs.hidden.count, plural(work->needs.hidden.count),
			graph_id(graph, work->needs.hidden.items[0]));
	if (work->unknown)
		fprintf(stderr, "amiplan: %llu snapshot%s of the plan not in the inventory\n",
			(unsigned long long)work->unknown, work->unknown == 1 ? " is" : "s are");
	if (work->unplaced)
		fprintf(stderr,
			"amiplan: not asked: %llu list%s of snapshots whose account or region "
			"nobody knows\n",
			(unsigned long long)work->unplaced, plural(work->unplaced));
	if (work->elsewhere)
		fprintf(stderr, "amiplan: not asked: %llu list%s in other regions\n",
			(unsigned long long)work->elsewhere, plural(work->elsewhere));
	if (there)
		fprintf(stderr, "amiplan: %llu block list%s there already\n", there,
			there == 1 ? " is" : "s are");
}

static void
say_end(const struct work *work)
{
	uint64_t read = count_ends(work, BLOCKS_READ), requests = blocks_requests(&work->run);

	if (live_signal_status())
		fputs("amiplan: stopped: lists that were whole are there, a next run reads the "
		      "rest\n",
			stderr);
	fprintf(stderr, "amiplan: %llu of %zu block lists read into %s, %llu request%s\n",
		(unsigned long long)read, work->questions.count, work->directory,
		(unsigned long long)requests, plural(requests));
	say_unread(work);
	if (read)
		fprintf(stderr, "amiplan: next: amiplan plan %s\n", work->directory);
}

static int
judge(const struct work *work, int *status, struct err *err)
{
	if (work->run.err.code) {
		*err = work->run.err;
		return err->code;
	}
	*status = live_signal_status();
	if (*status == 0 && count_ends(work, BLOCKS_READ) + count_ends(work, BLOCKS_UNRELATED) == 0)
		return err_set(err, ERR_IO, "no block list could be read");
	return 0;
}

/* --- the run --------------------------------------------------------------------------------- */

static int
read_lists(struct work *work, struct money limit, int *status, struct err *err)
{
	struct progress progress = {.account = ""};
	struct progress_show show;

	work->run = (struct blocks_run){
		.caller = work->live.caller,
		.arena = &work->text,
		.directory = work->directory,
		.questions = work->questions.items,
		.count = work->questions.count,
		.request_limit = affordable(work, limit),
		.progress = &progress,
	};
	progress_show_begin(&show, &progress,
		(struct progress_words){.records = "blocks", .items = "lists"},
		work->request->quiet);
	blocks_start(&work->run);
	http_run(work->live.http);
	progress_show_end(&show);
	if (!work->request->quiet)
		say_end(work);
	return judge(work, status, err);
}

static int
run(struct work *work, int *status, struct err *err)
{
	struct money limit;
	int code = read_limit(work, &limit, err);

	if (code == 0)
		code = find_needs(work, err);
	if (code != 0)
		return code;
	vec_foreach (need, &work->needs.items)
		add_question(work, need);
	if (!work->request->quiet)
		say_left(work);
	if (work->questions.count == 0) {
		if (!work->request->quiet)
			fputs("amiplan: no block list is left to read\n", stderr);
		return 0;
	}
	code = identify(work, err);
	if (code == 0)
		code = assign_askers(work, err);
	if (code != 0)
		return code;
	announce(work);
	code = agree(work, limit, err);
	return code == 0 ? read_lists(work, limit, status, err) : code;
}

static void
release(struct work *work)
{
	vec_foreach (asker, &work->askers)
		identity_release(&asker->identity);
	vec_foreach (place, &work->places)
		free(*place);
	vec_release(&work->askers);
	vec_release(&work->places);
	vec_release(&work->questions);
	block_needs_release(&work->needs);
	free(work->goes);
	live_close(&work->live);
	inventory_free(work->inventory);
	work_close_plan(&work->plan);
	arena_release(&work->text);
}

/* Options that are about what a collection takes mean nothing here. */
static int
check_options(const struct request *request, struct err *err)
{
	if (request->whoami || request->all_regions || request->details || request->force ||
		request->snapshot_permissions || request->no_old_versions ||
		request->collect_amis.count || request->format)
		return err_set(err, ERR_USAGE,
			"--blocks reads block lists alone: of the options of a collection only "
			"--region goes with it");
	if (request->operands.count == 0 || request->output)
		return err_set(err, ERR_USAGE,
			"say which inventory: amiplan collect --blocks PLAN DIRECTORY");
	return 0;
}

int
collect_blocks(struct request *request, int *status, struct err *err)
{
	struct work work = {.request = request, .cost = MONEY_ZERO};
	int code = check_options(request, err);

	if (code != 0)
		return code;
	work.directory = request->operands.items[0];
	code = run(&work, status, err);
	release(&work);
	return code;
}
