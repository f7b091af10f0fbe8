/*
 * Block lists: the two calls, their files, some at a time, and what each answer means.
 * It must not know: which lists are wanted, what they are good for, what they cost.
 */
#include "blocks.h"

#include "json_write.h"
#include "listing.h"
#include "out.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNRELATED "ValidationException.UNRELATED_SNAPSHOTS"
#define UNRELATED_FORMAT "amiplan.unrelated-snapshots/1"

#define BLOCK_CALL(action_, list_, kind_)                                                          \
	{                                                                                          \
		.kind = (kind_), .service = SERVICE_EBS, .action = (action_), .fixed = "",         \
		.optional = "", .page_size_parameter = "maxResults", .page_size = BLOCKS_PER_PAGE, \
		.list = (list_), .token = "pageToken"                                              \
	}

const struct call_row block_call_table[BLOCK_CALLS] = {
	[BLOCK_CALL_ALL] = BLOCK_CALL("ListSnapshotBlocks", "Blocks", DOC_SNAPSHOT_BLOCKS),
	[BLOCK_CALL_CHANGED] = BLOCK_CALL("ListChangedBlocks", "ChangedBlocks", DOC_CHANGED_BLOCKS),
};

/* One listing under way. */
struct asked {
	struct blocks_run *run;
	struct block_question *question;
	enum call_plainness plainness;
	char *path, *members, *file;
	struct call_row row; /* with the first snapshot among its parameters */
	char *fixed;
};

static void pump(struct blocks_run *run);

static enum block_call
call_of(const struct block_question *question)
{
	return question->first ? BLOCK_CALL_CHANGED : BLOCK_CALL_ALL;
}

/* --- files ----------------------------------------------------------------------------------- */

void
blocks_path(const char *directory, const struct block_question *question, struct buf *out)
{
	buf_format(out, "%s/%s/%s/", directory, question->place->account, question->place->region);
	if (question->first)
		buf_format(out, "changed-blocks/%s..%s.json", question->first, question->second);
	else
		buf_format(out, "blocks/%s.json", question->second);
}

bool
blocks_are_there(const char *directory, const struct block_question *question)
{
	struct buf path = {0};
	bool there;

	blocks_path(directory, question, &path);
	there = access(path.at, F_OK) == 0;
	buf_release(&path);
	return there;
}

/* The folders that lead to the file; the inventory's own is there. */
static int
make_folders(const char *directory, char *file, struct err *err)
{
	for (char *slash = strchr(file + strlen(directory) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		int failed;

		*slash = '\0';
		failed = mkdir(file, 0777) != 0 && errno != EEXIST;
		if (failed)
			(void)err_set_at(
				err, ERR_IO, file, 0, 0, "cannot be made: %s", strerror(errno));
		*slash = '/';
		if (failed)
			return ERR_IO;
	}
	return 0;
}

/* That two snapshots are not related is an answer: the next run need not ask again. */
static int
write_unrelated(const struct asked *asked, struct err *err)
{
	struct out out;
	struct json_writer w;
	int code = out_open(&out, asked->file, err);

	if (code != 0)
		return code;
	json_writer_file(&w, out.file, true);
	json_open(&w, '{');
	json_field(&w, "format", UNRELATED_FORMAT);
	json_field(&w, "FirstSnapshotId", asked->question->first);
	json_field(&w, "SecondSnapshotId", asked->question->second);
	json_close(&w, '}');
	fputc('\n', out.file);
	return out_commit(&out, err);
}

/* --- answers --------------------------------------------------------------------------------- */

uint64_t
blocks_requests(const struct blocks_run *run)
{
	struct caller_counts counts = caller_counts(run->caller);

	return counts.calls + counts.retries - run->requests_before;
}

static bool
is_spent(const struct blocks_run *run)
{
	return blocks_requests(run) >= run->request_limit;
}

/* Between pages: the last one needs no further request. */
static bool
on_page(void *to, const struct page *page, struct err *err)
{
	struct asked *asked = to;

	if (!page_has(page, "BlockSize")) {
		(void)err_set(err, ERR_VALUE, "the answer is no block list: it has no BlockSize");
		return false;
	}
	asked->run->progress->records += page->count;
	asked->run->progress->counts = caller_counts(asked->run->caller);
	progress_tell(asked->run->progress, PROGRESS_PAGE, asked->question->place->account,
		asked->question->place->region, asked->row.action);
	if (page->token.len == 0 || !is_spent(asked->run))
		return true;
	asked->question->end = BLOCKS_LEFT_OUT;
	(void)err_set(err, ERR_LIMIT, "the requests that were agreed on are used up");
	return false;
}

static enum block_end
end_of(const struct listing_end *end)
{
	if (end->outcome == OUTCOME_COMPLETE || end->outcome == OUTCOME_EMPTY)
		return BLOCKS_READ;
	if (end->stopped)
		return BLOCKS_NOT_ASKED;
	if (strcmp(end->code, UNRELATED) == 0)
		return BLOCKS_UNRELATED;
	if (end->outcome == OUTCOME_DENIED)
		return BLOCKS_DENIED;
	return end->refusal == REFUSAL_NOT_FOUND ? BLOCKS_GONE : BLOCKS_FAILED;
}

/* Text of AWS, made printable. */
static const char *
keep(struct blocks_run *run, const char *text)
{
	struct err shown = {0};

	(void)err_set(&shown, ERR_IO, "%.*s", LIMIT_CALL_MESSAGE, text);
	return arena_text(run->arena, slice_of(shown.text));
}

static bool
is_about_everything(enum refusal refusal)
{
	return refusal == REFUSAL_DENIED || refusal == REFUSAL_CREDENTIALS ||
	       refusal == REFUSAL_UNKNOWN || refusal == REFUSAL_NOT_ENABLED;
}

static void
take_end(struct asked *asked, const struct listing_end *end)
{
	struct blocks_run *run = asked->run;
	struct block_question *question = asked->question;

	if (end->broken) {
		run->err = *end->broken;
		return;
	}
	if (question->end != BLOCKS_LEFT_OUT)
		question->end = end_of(end);
	if (question->end == BLOCKS_UNRELATED)
		(void)write_unrelated(asked, &run->err);
	if (question->end > BLOCKS_UNRELATED) {
		question->code = keep(run, end->code);
		question->message = keep(run, end->message);
	}
	question->place->read[call_of(question)] += question->end == BLOCKS_READ;
	question->place->refused[call_of(question)] += is_about_everything(end->refusal);
}

static void
release(struct asked *asked)
{
	free(asked->path);
	free(asked->members);
	free(asked->file);
	free(asked->fixed);
	free(asked);
}

static void
on_end(void *to, const struct listing_end *end)
{
	struct asked *asked = to;
	struct blocks_run *run = asked->run;

	run->under_way--;
	run->progress->items_done++;
	take_end(asked, end);
	release(asked);
	pump(run);
}

/* --- questions ------------------------------------------------------------------------------- */

static char *
text_of(struct buf *text)
{
	char *at = text->at;

	*text = (struct buf){0};
	return at;
}

/* GET /snapshots/SECOND/changedblocks?firstSnapshotId=FIRST, or /snapshots/SECOND/blocks. */
static struct asked *
make_asked(struct blocks_run *run, struct block_question *question)
{
	struct asked *asked = xcalloc(1, sizeof(*asked));
	struct buf text = {0};

	asked->run = run;
	asked->question = question;
	asked->row = block_call_table[call_of(question)];
	blocks_path(run->directory, question, &text);
	asked->file = text_of(&text);
	buf_format(&text, "/snapshots/%s/%s", question->second,
		question->first ? "changedblocks" : "blocks");
	asked->path = text_of(&text);
	if (question->first) {
		buf_format(&text, "firstSnapshotId=%s", question->first);
		asked->row.fixed = asked->fixed = text_of(&text);
		buf_format(&text, "\"FirstSnapshotId\": \"%s\",\n    \"SecondSnapshotId\": \"%s\"",
			question->first, question->second);
	} else {
		buf_format(&text, "\"SnapshotId\": \"%s\"", question->second);
	}
	asked->members = text_of(&text);
	return asked;
}

static void
ask(struct blocks_run *run, struct block_question *question)
{
	struct asked *asked = make_asked(run, question);
	struct listing_request request = {
		.caller = run->caller,
		.provider = question->place->provider,
		.account = question->place->account,
		.region = question->place->region,
		.row = &asked->row,
		.path = asked->path,
		.plainness = &asked->plainness,
		.file = asked->file,
		.members = asked->members,
		.on_page = on_page,
		.done = on_end,
		.to = asked,
	};

	if (make_folders(run->directory, asked->file, &run->err) != 0) {
		release(asked);
		return;
	}
	run->under_way++;
	listing_start(&request);
}

/* A key that may not be used is one snapshot's affair; a call that never succeeded is denied. */
static bool
is_hopeless(const struct block_question *question)
{
	enum block_call call = call_of(question);

	return question->place->refused[call] && !question->place->read[call];
}

static void
pump(struct blocks_run *run)
{
	while (run->under_way < LIMIT_BLOCK_LISTS && run->next < run->count && !run->err.code) {
		struct block_question *question = &run->questions[run->next++];

		if (is_spent(run))
			question->end = BLOCKS_LEFT_OUT;
		else if (is_hopeless(question))
			question->end = BLOCKS_HOPELESS;
		else
			ask(run, question);
	}
}

void
blocks_start(struct blocks_run *run)
{
	struct caller_counts counts = caller_counts(run->caller);

	run->requests_before = counts.calls + counts.retries;
	run->progress->items = run->count;
	pump(run);
}
