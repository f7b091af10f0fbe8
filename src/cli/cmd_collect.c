/*
 * amiplan collect: live accounts → a directory that every other verb reads.
 * It must not know: which calls are made.
 */
#include "collect.h"
#include "collect_blocks.h"
#include "live.h"
#include "manual.h"
#include "show_progress.h"
#include "whoami.h"
#include "work.h"

#include <time.h>

/* Where nothing names a region, the list of regions is asked for here. */
#define REGION_OF_LISTS "us-east-1"
/* Regions that the summary names of those that lack the same call; the rest is counted. */
#define PLACES_NAMED 3

static int64_t
now(void *to)
{
	(void)to;
	return (int64_t)time(NULL);
}

/* --- whoami ---------------------------------------------------------------------------------- */

/* Lifetime: one cmd_collect. */
struct whoami {
	const struct live *live;
	const char *format;
};

static int
write_whoami(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct whoami *whoami = subject;
	const struct live *live = whoami->live;
	VEC(struct provider *) providers = {0};
	int code;

	(void)options;
	vec_foreach (source, &live->sources)
		vec_push(&providers, source->provider);
	code = whoami_write(&live->context, providers.items, providers.count,
		strcmp(whoami->format, "json") == 0, file, err);
	vec_release(&providers);
	return code;
}

/* --- what happened, for people ---------------------------------------------------------------- */

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void
say_totals(const struct collect_result *result, const struct progress *progress,
	const char *directory, int64_t seconds)
{
	uint64_t regions = 0, files = 0, records = 0;

	vec_foreach (place, &result->places) {
		regions += place->path != NULL;
		files += place->path ? place->files : 0;
		records += place->path ? place->records : 0;
	}
	fprintf(stderr, "amiplan: %llu region%s collected into %s: %llu files, %llu record%s; ",
		(unsigned long long)regions, plural(regions), directory, (unsigned long long)files,
		(unsigned long long)records, plural(records));
	fprintf(stderr, "%llu call%s, %llu retried, %llu throttled, %lld s\n",
		(unsigned long long)progress->counts.calls, plural(progress->counts.calls),
		(unsigned long long)progress->counts.retries,
		(unsigned long long)progress->counts.throttled, (long long)seconds);
}

static bool
is_same_failure(const struct collect_failure *a, const struct collect_failure *b)
{
	return strcmp(call_table[a->call].action, call_table[b->call].action) == 0 &&
	       a->outcome == b->outcome && strcmp(a->code, b->code) == 0;
}

static bool
is_same_place(const struct collect_failure *a, const struct collect_failure *b)
{
	return strcmp(a->account, b->account) == 0 && strcmp(a->region, b->region) == 0;
}

static bool
was_said(const struct collect_result *result, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (is_same_failure(&result->failures.items[j], &result->failures.items[i]))
			return true;
	return false;
}

static void
say_places(const struct collect_result *result, size_t first)
{
	const struct collect_failure *failure = &result->failures.items[first], *last = NULL;
	size_t count = 0;

	for (size_t i = first; i < result->failures.count; i++) {
		const struct collect_failure *other = &result->failures.items[i];

		if (!is_same_failure(failure, other) || (last && is_same_place(last, other)))
			continue;
		last = other;
		if (count++ < PLACES_NAMED)
			fprintf(stderr, "%s%s/%s", count > 1 ? ", " : " in ", other->account,
				other->region);
	}
	if (count > PLACES_NAMED)
		fprintf(stderr, " and %zu more", count - PLACES_NAMED);
}

/* Each call that came to nothing once, with the places where it did. */
static void
say_failures(const struct collect_result *result)
{
	for (size_t i = 0; i < result->failures.count; i++) {
		const struct collect_failure *failure = &result->failures.items[i];
		const struct call_row *row = &call_table[failure->call];
		struct buf action = {0};

		if (was_said(result, i))
			continue;
		call_iam_action(row, &action);
		fprintf(stderr, "amiplan: not read%s: %s",
			failure->outcome == OUTCOME_PARTIAL ? " in part" : "", row->action);
		say_places(result, i);
		if (failure->outcome == OUTCOME_DENIED)
			fprintf(stderr, ": denied (%s): allow %s%s%s\n", failure->code, action.at,
				row->further_actions ? " " : "",
				row->further_actions ? row->further_actions : "");
		else
			fprintf(stderr, ": %s%s%s\n", failure->code, *failure->code ? ": " : "",
				failure->message);
		buf_release(&action);
	}
}

static size_t
count_problems(const struct collect_result *result)
{
	size_t count = 0;

	vec_foreach (place, &result->places)
		count += place->problem != NULL;
	return count;
}

static void
describe_problem(const struct collected_place *place, struct buf *out)
{
	buf_format(out, "%s%s%s%s%s", place->account, *place->region ? "/" : "", place->region,
		*place->account ? ": " : "", place->problem);
}

/* A single one is the run's error, and is said as such. */
static void
say_problems(const struct collect_result *result)
{
	if (count_problems(result) < 2)
		return;
	vec_foreach (place, &result->places) {
		struct buf text = {0};

		if (!place->problem)
			continue;
		describe_problem(place, &text);
		fprintf(stderr, "amiplan: not collected: %s\n", text.at);
		buf_release(&text);
	}
}

static int
judge(const struct collect_result *result, int *status, struct err *err)
{
	size_t count = count_problems(result);

	if (result->stopped) {
		*status = live_signal_status();
		return 0;
	}
	if (count > 1)
		return err_set(err, ERR_IO, "%zu of %zu accounts or regions could not be collected",
			count, result->places.count);
	vec_foreach (place, &result->places) {
		struct buf text = {0};

		if (!place->problem)
			continue;
		describe_problem(place, &text);
		(void)err_set(err, ERR_IO, "could not be collected: %s", text.at);
		buf_release(&text);
		return ERR_IO;
	}
	return 0;
}

static void
say_end(const struct request *request, const struct collect_result *result,
	const struct progress *progress, const struct progress_show *show, const char *directory)
{
	bool any = false;

	if (request->quiet)
		return;
	vec_foreach (place, &result->places)
		any = any || place->path;
	if (result->stopped)
		fputs("amiplan: stopped: what was not complete was left as it was before\n",
			stderr);
	if (any)
		say_totals(result, progress, directory, progress_show_seconds(show));
	say_failures(result);
	if (!result->stopped)
		say_problems(result);
	if (any)
		fprintf(stderr, "amiplan: next: amiplan plan %s\n", directory);
}

/* --- the run --------------------------------------------------------------------------------- */

static int
choose_directory(const struct request *request, const char **out, struct err *err)
{
	const char *operand = request->operands.count ? request->operands.items[0] : NULL;
	const char *directory = operand ? operand : request->output;

	if (operand && request->output)
		return err_set(err, ERR_USAGE, "the directory is named twice: %s and -o %s",
			operand, request->output);
	if (!directory || !*directory || strcmp(directory, "-") == 0)
		return err_set(err, ERR_USAGE, "say where to: amiplan collect DIRECTORY");
	*out = directory;
	return 0;
}

/* The regions to collect; where roles and lists are asked for is the first of them. */
static int
choose_regions(const struct request *request, const struct live *live,
	struct collect_options *options, const char **only, struct err *err)
{
	*only = live_region(live);
	options->all_regions = request->all_regions;
	options->regions = request->regions.items;
	options->region_count = request->regions.count;
	if (request->regions.count == 0 && *only) {
		options->regions = only;
		options->region_count = 1;
	}
	options->home_region = *only ? *only : REGION_OF_LISTS;
	if (options->region_count == 0 && !request->all_regions)
		return err_set(err, ERR_USAGE,
			"no region is named: say --region REGION or --all-regions, or set "
			"AWS_REGION or the profile's region");
	return 0;
}

static int
collect(const struct request *request, const struct live *live, const char *directory, int *status,
	struct err *err)
{
	struct progress progress = {.account = ""};
	struct progress_show show;
	struct collect_result result;
	VEC(struct collect_source) sources = {0};
	const char *only;
	struct collect_options options = {
		.http = live->http,
		.caller = live->caller,
		.directory = directory,
		.details = (enum collect_details)request->details,
		.amis = request->collect_amis.items,
		.ami_count = request->collect_amis.count,
		.snapshot_permissions = request->snapshot_permissions,
		.no_old_versions = request->no_old_versions,
		.force = request->force,
		.tool_version = amiplan_version,
		.now = now,
		.progress = &progress,
	};
	int code = choose_regions(request, live, &options, &only, err);

	if (code != 0)
		return code;
	vec_foreach (source, &live->sources)
		vec_push(&sources, ((struct collect_source){source->provider, source->name}));
	options.sources = sources.items;
	options.source_count = sources.count;
	progress_show_begin(&show, &progress,
		(struct progress_words){
			.places = "regions", .records = "records", .items = "details"},
		request->quiet);
	code = collect_run(&options, &result, err);
	progress_show_end(&show);
	if (code == 0) {
		say_end(request, &result, &progress, &show, directory);
		code = judge(&result, status, err);
		collect_result_release(&result);
	}
	vec_release(&sources);
	return code;
}

int
cmd_collect(struct request *request, int *status, struct err *err)
{
	struct live live = {0};
	struct whoami whoami = {.live = &live};
	const char *directory = NULL;
	int code = 0;

	if (request->all_regions && request->regions.count)
		return err_set(err, ERR_USAGE, "--region and --all-regions: say one of them");
	if (request->external_id && request->roles.count == 0)
		return err_set(err, ERR_USAGE,
			"--external-id does nothing without --role-arn or --accounts");
	if (request->blocks_plan)
		return collect_blocks(request, status, err);
	if (request->max_cost || request->yes)
		return err_set(err, ERR_USAGE, "--max-cost and --yes are for --blocks");
	if (request->whoami)
		code = format_choose(request, collect_format_lists, &whoami.format, err);
	else if (request->format)
		code = err_set(err, ERR_USAGE, "-T is for --whoami: a collection has one format");
	else
		code = choose_directory(request, &directory, err);
	if (code == 0)
		code = live_open(request, request->regions.count ? request->regions.items[0] : NULL,
			&live, err);
	if (code == 0 && request->whoami)
		code = work_write(request, write_whoami, &whoami, err);
	else if (code == 0)
		code = collect(request, &live, directory, status, err);
	live_close(&live);
	return code;
}
