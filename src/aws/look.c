/*
 * The questions of a fresh look, some at a time, and where the answers go.
 * It must not know: plans, what the answers mean.
 */
#include "look.h"

/* Values that one filter takes. */
#define FILTER_VALUES 200

#define BY_FILTER(action_, kind_, filter, more, optional_)                                         \
	(&(const struct call_row){.kind = (kind_),                                                 \
		.service = SERVICE_EC2,                                                            \
		.action = (action_),                                                               \
		.fixed = "Filter.1.Name=" filter more,                                             \
		.optional = (optional_),                                                           \
		.page_size_parameter = "MaxResults",                                               \
		.page_size = 1000,                                                                 \
		.item = "Filter.1.Value",                                                          \
		.batch = FILTER_VALUES})

const struct look_row look_table[LOOK_ASKS] = {
#define LOOK(name, ...) [name] = {__VA_ARGS__},
#include "look.def"
#undef LOOK
};

/* One call under way. */
struct asked {
	struct look *look;
	enum look_ask ask;
	size_t count; /* what it asks about */
	char *file;
};

const struct call_row *
look_call(enum look_ask ask)
{
	const struct look_row *row = &look_table[ask];

	return row->row ? row->row : &call_table[row->call];
}

static void pump(struct look *look);

/* --- answers --------------------------------------------------------------------------------- */

static void
note_failure(struct look *look, enum look_ask ask, const struct listing_end *end)
{
	struct look_end *noted = &look->ends[ask];

	if (noted->outcome == OUTCOME_DENIED || noted->outcome == OUTCOME_FAILED)
		return;
	noted->outcome = end->outcome;
	(void)snprintf(noted->code, sizeof(noted->code), "%s", end->code);
	(void)err_set(&noted->why, ERR_IO, "%s", end->message);
}

/* A single resource that is not there any more is an answer; the listing of its kind says so. */
static void
note(struct look *look, enum look_ask ask, const struct listing_end *end)
{
	switch (end->outcome) {
	case OUTCOME_COMPLETE:
	case OUTCOME_EMPTY:
	case OUTCOME_PARTIAL:
	case OUTCOME_SKIPPED:
		look->files++;
		if (look->ends[ask].outcome == OUTCOME_SKIPPED)
			look->ends[ask].outcome = OUTCOME_COMPLETE;
		break;
	case OUTCOME_DENIED:
	case OUTCOME_FAILED:
		if (end->refusal == REFUSAL_NOT_FOUND)
			break;
		note_failure(look, ask, end);
		look->refused[ask] = true;
		break;
	}
}

static void
tell(const struct look *look, const struct asked *asked, const struct listing_end *end)
{
	struct progress *progress = look->progress;

	if (!progress)
		return;
	progress->items_done += asked->count;
	progress->records += end->records;
	progress->counts = caller_counts(look->caller);
	progress_tell(progress, PROGRESS_PAGE, look->account, look->region,
		look_call(asked->ask)->action);
}

static void
done(void *to, const struct listing_end *end)
{
	struct asked *asked = to;
	struct look *look = asked->look;

	if (end->broken && look->err.code == 0)
		look->err = *end->broken;
	note(look, asked->ask, end);
	tell(look, asked, end);
	free(asked->file);
	free(asked);
	look->under_way--;
	pump(look);
}

/* --- questions ------------------------------------------------------------------------------- */

static char *
file_name(const struct look_row *row, const char *const *ids, size_t first, size_t batch)
{
	struct buf name = {0};

	if (row->subject == LOOK_PLACE)
		buf_add_text(&name, row->file);
	else if (batch == 1)
		buf_format(&name, "%s/%s.json", row->file, ids[first]);
	else
		buf_format(&name, "%s/%zu.json", row->file, first / batch + 1);
	return name.at;
}

static size_t
how_many(const struct look *look, enum look_ask ask)
{
	enum look_subject subject = look_table[ask].subject;
	bool any = look->ids[LOOK_IMAGES].count || look->ids[LOOK_SNAPSHOTS].count;

	return subject == LOOK_PLACE ? any : look->ids[subject].count;
}

static void
start(struct look *look, enum look_ask ask)
{
	const struct look_row *row = &look_table[ask];
	const char *const *ids = look->ids[row->subject].items;
	size_t first = look->next[ask], left = how_many(look, ask) - first;
	size_t batch = row->subject == LOOK_PLACE ? 1 : look_call(ask)->batch;
	struct asked *asked = xcalloc(1, sizeof(*asked));

	*asked = (struct asked){
		look, ask, left < batch ? left : batch, file_name(row, ids, first, batch)};
	const struct listing_request request = {
		.caller = look->caller,
		.provider = look->provider,
		.account = look->account,
		.region = look->region,
		.row = look_call(ask),
		.ids = row->subject == LOOK_PLACE ? NULL : ids + first,
		.id_count = row->subject == LOOK_PLACE ? 0 : asked->count,
		.plainness = &look->plainness[ask],
		.directory = look->directory,
		.file = asked->file,
		.done = done,
		.to = asked,
	};

	look->next[ask] += asked->count;
	look->under_way++;
	listing_start(&request);
}

static bool
has_more(const struct look *look, enum look_ask ask)
{
	return !look->refused[ask] && look->err.code == 0 && look->next[ask] < how_many(look, ask);
}

static void
pump(struct look *look)
{
	for (enum look_ask ask = 0; ask < LOOK_ASKS; ask++)
		while (look->under_way < LIMIT_ITEMS_ASKED && has_more(look, ask))
			start(look, ask);
}

void
look_start(struct look *look)
{
	for (enum look_ask ask = 0; look->progress && ask < LOOK_ASKS; ask++)
		look->progress->items += how_many(look, ask);
	pump(look);
}

void
look_release(struct look *look)
{
	for (size_t i = 0; i < LOOK_SUBJECTS; i++)
		vec_release(&look->ids[i]);
}
