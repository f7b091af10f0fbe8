/*
 * One region of one account: its listings side by side, then what they lead to, then its directory
 * put in place. It must not know: which accounts and regions there are.
 */
#include "run.h"

#define IDENTITY_FILE "caller-identity.json"

/* A listing under way. */
struct place_call {
	struct place *place;
	enum collect_call call;
};

struct listing_request
place_request(struct place *place, enum collect_call call)
{
	struct account *account = place->account;

	return (struct listing_request){
		.caller = account->run->options->caller,
		.provider = account->source->provider,
		.account = account->id,
		.region = place->region,
		.call = call,
		.plainness = &place->plainness[call],
		.directory = &place->directory,
	};
}

void
place_give_up(struct place *place, const char *why)
{
	if (!place->problem)
		place->problem = run_keep(place->account->run, why);
}

void
place_note(struct place *place, enum collect_call call, const struct listing_end *end)
{
	struct call_record *record = &place->records[call];

	if (record->code)
		return;
	record->code = run_keep(place->account->run, end->code);
	record->message = run_keep(place->account->run, end->message);
}

static void
give_up_writing(struct place *place, const struct err *err)
{
	struct buf why = {0};

	buf_format(&why, "%s%s%s", err->file, err->file[0] ? ": " : "", err->text);
	place_give_up(place, why.at);
	buf_release(&why);
}

/* EC2 is what everything hangs on: where it does not let us in, nothing that others tell is worth
 * replacing an older collection. */
bool
place_is_lost(struct place *place, enum collect_call call, const struct listing_end *end)
{
	bool is_ec2 = call_table[call].service == SERVICE_EC2;

	if (end->stopped)
		place_give_up(place, "stopped");
	else if (end->broken)
		give_up_writing(place, end->broken);
	else if (is_ec2 &&
		 (end->refusal == REFUSAL_CREDENTIALS || end->refusal == REFUSAL_NOT_ENABLED))
		place_give_up(place, *end->message ? end->message : end->code);
	return place->problem != NULL;
}

/* --- listings -------------------------------------------------------------------------------- */

static bool
on_page(void *to, const struct page *page, struct err *err)
{
	struct place_call *at = to;
	struct place *place = at->place;
	struct run *run = place->account->run;

	if (call_table[at->call].is_looked_into &&
		!findings_look(&place->findings, at->call, buf_slice(&page->records), err))
		return false;
	run->options->progress->pages++;
	run->options->progress->records += page->count;
	run_tell(run, PROGRESS_PAGE, place->account, place->region, at->call);
	return true;
}

static void
on_listing(void *to, const struct listing_end *end)
{
	struct place_call *at = to;
	struct place *place = at->place;
	struct call_record *record = &place->records[at->call];
	bool whole = end->outcome == OUTCOME_COMPLETE || end->outcome == OUTCOME_EMPTY;

	record->outcome = end->outcome;
	record->pages = end->pages;
	record->records = end->records;
	record->files = whole;
	memcpy(record->sha256, end->sha256, sizeof(record->sha256));
	place->files += whole;
	if (!whole && !place_is_lost(place, at->call, end))
		place_note(place, at->call, end);
	place->ended[at->call] = true;
	place->under_way--;
	free(at);
	place_advance(place);
}

static void
list(struct place *place, enum collect_call call)
{
	struct listing_request request = place_request(place, call);
	struct place_call *at = xcalloc(1, sizeof(*at));

	*at = (struct place_call){place, call};
	request.file = call_table[call].file;
	request.on_page = on_page;
	request.done = on_listing;
	request.to = at;
	place->under_way++;
	listing_start(&request);
}

/* --- a place from its beginning to its end ---------------------------------------------------- */

void
place_open(struct account *account, const char *region)
{
	struct run *run = account->run;
	const struct collect_options *options = run->options;
	struct place *place = xcalloc(1, sizeof(*place));
	struct err err = {0};

	vec_push(&run->places, place);
	run->under_way++;
	place->account = account;
	place->region = run_keep(run, region);
	place->started = run_now(run);
	place->findings.wants_snapshots = options->snapshot_permissions;
	place->findings.amis = options->amis;
	place->findings.ami_count = options->ami_count;
	options->progress->places++;
	run_tell(run, PROGRESS_PLACE, account, region, CALL_IDENTITY);
	if (directory_open(&place->directory, options->directory, account->id, region,
		    COLLECTION_FILE, options->force, &err) == 0)
		return;
	give_up_writing(place, &err);
	place_advance(place);
}

static void
list_everywhere(struct account *account, enum collect_call call)
{
	vec_foreach (place, &account->run->places)
		if ((*place)->account == account && !(*place)->is_over)
			list(*place, call);
}

void
places_list(struct account *account)
{
	for (enum collect_call call = 0; call < CALLS; call++)
		if (call_table[call].subject == SUBJECT_PLACE)
			list_everywhere(account, call);
}

static bool
write_identity(struct place *place, struct err *err)
{
	struct slice text = place->account->identity;
	FILE *file;

	if (directory_create(&place->directory, IDENTITY_FILE, &file, err) != 0)
		return false;
	(void)fwrite(text.at, 1, text.len, file);
	return directory_close(&place->directory, IDENTITY_FILE, file, err) == 0;
}

static bool
write_collection(struct place *place, struct err *err)
{
	const struct collect_options *options = place->account->run->options;
	const struct collection collection = {
		.tool_version = options->tool_version,
		.account = place->account->id,
		.region = place->region,
		.caller = place->account->arn,
		.started = place->started,
		.ended = run_now(place->account->run),
		.records = place->records,
	};
	FILE *file;

	if (directory_create(&place->directory, COLLECTION_FILE, &file, err) != 0)
		return false;
	collection_write(file, &collection);
	return directory_close(&place->directory, COLLECTION_FILE, file, err) == 0;
}

static void
note_digests(struct place *place)
{
	digest_of(place->account->identity, place->records[CALL_IDENTITY].sha256);
	for (size_t i = 0; i < CALLS; i++) {
		struct items *items = &place->items[i];

		if (items->digests.count)
			digest_of_many(items->digests.items, items->digests.count,
				place->records[i].sha256);
	}
}

static void
note_plainness(struct place *place)
{
	for (size_t i = 0; i < CALLS; i++)
		place->records[i].plainness = place->plainness[i];
	place->records[CALL_IDENTITY] = (struct call_record){
		.outcome = OUTCOME_COMPLETE, .pages = 1, .records = 1, .files = 1};
}

/* The first call that says why EC2 told nothing; NULL where it did. What other services tell is not
 * worth replacing an older collection. */
static const struct call_record *
find_defeat(const struct place *place)
{
	const struct call_record *defeat = NULL;

	for (size_t i = 0; i < CALLS; i++) {
		const struct call_record *record = &place->records[i];

		if (call_table[i].service != SERVICE_EC2)
			continue;
		if (record->outcome == OUTCOME_COMPLETE || record->outcome == OUTCOME_EMPTY ||
			record->outcome == OUTCOME_PARTIAL)
			return NULL;
		if (!defeat && record->code)
			defeat = record;
	}
	return defeat;
}

static void
put_in_place(struct place *place)
{
	const struct call_record *defeat = find_defeat(place);
	struct err err = {0};

	if (defeat) {
		place_give_up(place, *defeat->message ? defeat->message : defeat->code);
		return;
	}
	note_plainness(place);
	note_digests(place);
	if (!write_identity(place, &err) || !write_collection(place, &err) ||
		directory_sync(&place->directory, &err) != 0 ||
		directory_commit(&place->directory, &err) != 0)
		give_up_writing(place, &err);
}

static void
report(struct place *place, const char *path)
{
	struct run *run = place->account->run;
	struct collected_place end = {
		.account = place->account->id,
		.region = place->region,
		.path = place->problem ? NULL : path,
		.problem = place->problem,
		.files = place->files,
	};

	for (enum collect_call call = 0; call < CALLS; call++) {
		const struct call_record *record = &place->records[call];

		end.records += call == CALL_IDENTITY ? 0 : record->records;
		end.pages += record->pages;
		if (!place->problem && record->code)
			run_note_failure(run, end.account, end.region, call, record);
	}
	run_note_place(run, &end);
}

static void
release_items(struct place *place)
{
	for (size_t i = 0; i < CALLS; i++) {
		vec_release(&place->items[i].ids);
		vec_release(&place->items[i].digests);
	}
}

static void
end_place(struct place *place)
{
	struct run *run = place->account->run;
	char *path = place->directory.path
			     ? xstrndup(place->directory.path, strlen(place->directory.path))
			     : NULL;

	place->is_over = true;
	if (!place->problem)
		put_in_place(place);
	directory_abandon(&place->directory);
	report(place, run_keep(run, path ? path : ""));
	free(path);
	release_items(place);
	findings_release(&place->findings);
	memset(&place->findings, 0, sizeof(place->findings));
	run->under_way--;
	run->options->progress->places_done++;
	run_tell(run, PROGRESS_PLACE_END, place->account, place->region, CALL_IDENTITY);
}

/* Details need both AMIs and what runs them, snapshots too where theirs are wanted. */
static bool
may_begin_details(const struct place *place)
{
	return place->ended[CALL_IMAGES] && place->ended[CALL_INSTANCES] &&
	       place->ended[CALL_SNAPSHOTS] && !place->details_begun;
}

void
place_advance(struct place *place)
{
	if (place->is_over)
		return;
	if (!place->problem && may_begin_details(place)) {
		place->details_begun = true;
		place_ask_details(place);
	}
	if (!place->problem && place->ended[CALL_TEMPLATES] && !place->versions_begun) {
		place->versions_begun = true;
		place_ask_versions(place);
	}
	if (!place->problem && place->under_way == 0 && !place->parameters_begun) {
		place->parameters_begun = true;
		place_ask_parameters(place);
	}
	if (place->under_way == 0)
		end_place(place);
}

void
place_free(struct place *place)
{
	directory_abandon(&place->directory);
	release_items(place);
	findings_release(&place->findings);
	free(place);
}
