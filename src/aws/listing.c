/*
 * Listings: parameters, pages, the file, and what to do about an answer that is none.
 *
 * Pages follow one another, so the time that a listing takes is mostly their number times the
 * server's. To read a page as well before the next one is asked for would come on top of it. So
 * where the end of an answer shows the token, the next page is asked for at once, and maybe the one
 * after it: an answer waits until all before it are read, and counts only if its token was right.
 * It must not know: which calls a collection makes, what the records mean.
 */
#include "listing.h"

#include "json_pull.h"
#include "json_write.h"
#include "out.h"
#include "params.h"
#include "strpool.h"

/* One page: its question and what came of it. Lifetime: until it is taken; or, if it is not wanted
 * any more, until its call has ended. */
struct question {
	struct listing *listing; /* NULL: it is not wanted any more */
	struct buf token;        /* that it asks with; empty: the first page */
	struct buf foreseen;     /* of the page after it; empty: not seen yet */
	struct page page;
	struct err err; /* what was wrong with the page */
	bool ended;     /* the call; how: */
	enum call_end end;
	enum refusal refusal;
	char *code, *message;
	struct question *next; /* the page after it; NULL: not asked for yet */
};

/* Lifetime: from listing_start to `done`. */
struct listing {
	struct listing_request request;
	const struct call_row *row;
	enum call_plainness plainness; /* of the present attempt */
	struct question *now;          /* the page that is taken next, and those after it */
	FILE *file;                    /* NULL until a page has come */
	struct digest *digest;         /* of what was written to it */
	uint8_t sha256[DIGEST_SIZE];
	struct out out; /* where the file is none of a directory's */
	char *text;     /* where there is no file on disk */
	size_t text_len;
	uint64_t pages, records;
	uint64_t empty_pages; /* in a row */
	struct strpool seen;  /* hashes of the pages and tokens so far */
	bool has_seen;
	bool restarted;
	struct err err; /* what its user found wrong with a page, or what was wrong with the file */
	bool broken;    /* … with the file */
};

/* --- parameters ------------------------------------------------------------------------------ */

static const char *
token_parameter(const struct call_row *row)
{
	return row->token ? row->token : "NextToken";
}

static void
put_parameters(const struct listing *listing, const struct buf *token, struct params *params)
{
	const struct call_row *row = listing->row;
	struct parameter_walk walk;
	struct slice name, value;
	struct buf text = {0};
	bool number;

	parameters_begin(&walk, row, listing->plainness);
	while (parameters_next(&walk, &name, &value, &number)) {
		buf_clear(&text);
		buf_add_slice(&text, name);
		buf_add_char(&text, '\0');
		buf_add_slice(&text, value);
		params_add(params, text.at, text.at + name.len + 1);
	}
	for (size_t i = 0; i < listing->request.id_count; i++) {
		buf_clear(&text);
		buf_format(&text, row->batch > 1 ? "%s.%zu" : "%s", row->item, i + 1);
		params_add(params, text.at, listing->request.ids[i]);
	}
	if (token->len)
		params_add(params, token_parameter(row), token->at);
	buf_release(&text);
}

/* The object is of our own making. */
static void
put_body_members(struct json_writer *w, struct slice object)
{
	struct json json;
	struct slice name, value;

	if (!object.len)
		return;
	json_begin(&json, object, "", NULL);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name) && json_skip(&json, &value)) {
			json_name_slice(w, name);
			json_put_raw(w, value);
		}
	json_end(&json);
}

static void
put_json_parameters(const struct listing *listing, const struct buf *token, struct params *params)
{
	const struct call_row *row = listing->row;
	struct parameter_walk walk;
	struct json_writer w;
	struct slice name, value;
	bool number;

	json_writer_buf(&w, &params->json, false);
	json_open(&w, '{');
	put_body_members(&w, listing->request.body_members);
	parameters_begin(&walk, row, listing->plainness);
	while (parameters_next(&walk, &name, &value, &number)) {
		json_name_slice(&w, name);
		if (number)
			json_put_raw(&w, value);
		else
			json_put_slice(&w, value);
	}
	if (row->item) {
		json_name(&w, row->item);
		json_open(&w, '[');
		for (size_t i = 0; i < listing->request.id_count; i++)
			json_put_text(&w, listing->request.ids[i]);
		json_close(&w, ']');
	}
	if (token->len)
		json_field(&w, token_parameter(row), token->at);
	json_close(&w, '}');
}

/* --- the document ---------------------------------------------------------------------------- */

static void
put(struct listing *listing, struct slice text)
{
	if (text.len == 0)
		return;
	(void)fwrite(text.at, 1, text.len, listing->file);
	digest_add(listing->digest, text.at, text.len);
}

static void
drop_file(struct listing *listing)
{
	const struct listing_request *request = &listing->request;

	if (!listing->file)
		return;
	if (!request->directory && request->file)
		out_abandon(&listing->out);
	else
		(void)fclose(listing->file);
	listing->file = NULL;
	digest_end_take(listing->digest, listing->sha256);
	if (request->directory)
		directory_remove(request->directory, request->file);
	free(listing->text);
	listing->text = NULL;
}

static int
open_out(struct listing *listing)
{
	int code = out_open(&listing->out, listing->request.file, &listing->err);

	if (code == 0)
		listing->file = listing->out.file;
	return code;
}

static int
open_file(struct listing *listing)
{
	const struct listing_request *request = &listing->request;
	const char *list = page_list(listing->row);
	int code = 0;

	if (request->directory)
		code = directory_create(
			request->directory, request->file, &listing->file, &listing->err);
	else if (request->file)
		code = open_out(listing);
	else if (!(listing->file = open_memstream(&listing->text, &listing->text_len)))
		die_oom();
	if (code != 0)
		return code;
	listing->digest = digest_new();
	put(listing, list ? SLICE("{\n    \"") : SLICE("{"));
	put(listing, slice_of(list));
	put(listing, list ? SLICE("\": [") : SLICE_NONE);
	return 0;
}

static int
write_page(struct listing *listing, const struct page *page)
{
	int code = listing->file ? 0 : open_file(listing);

	if (code != 0)
		return code;
	if (page->count && listing->records)
		put(listing, SLICE(","));
	put(listing, buf_slice(&page->records));
	return 0;
}

static int
close_file(struct listing *listing, FILE *file)
{
	const struct listing_request *request = &listing->request;

	if (request->directory)
		return directory_close(request->directory, request->file, file, &listing->err);
	if (request->file)
		return out_commit(&listing->out, &listing->err);
	if (fclose(file) != 0)
		die_oom();
	return 0;
}

/* What stands beside the list is the same in every page: that of the last one counts. */
static int
end_file(struct listing *listing)
{
	struct slice others = buf_slice(&listing->now->page.members);
	FILE *file = listing->file;

	if (page_list(listing->row))
		put(listing, listing->records ? SLICE("\n    ]") : SLICE("]"));
	if (page_list(listing->row) && others.len)
		put(listing, SLICE(","));
	put(listing, others);
	if (listing->request.members) {
		put(listing, SLICE(",\n    "));
		put(listing, slice_of(listing->request.members));
	}
	put(listing, SLICE("\n}\n"));
	digest_end_take(listing->digest, listing->sha256);
	listing->file = NULL;
	return close_file(listing, file);
}

/* --- what came already --------------------------------------------------------------------------
 */

static bool
is_seen(const struct listing *listing, struct slice text)
{
	uint64_t hash = strpool_hash(text);

	return listing->has_seen &&
	       strpool_find(&listing->seen, (struct slice){(const char *)&hash, sizeof(hash)});
}

/* True if it was before; from now on it is. */
static bool
was_seen(struct listing *listing, struct slice text)
{
	uint64_t hash = strpool_hash(text);
	uint32_t before;

	if (!listing->has_seen)
		strpool_init(&listing->seen);
	listing->has_seen = true;
	before = listing->seen.count;
	(void)strpool_add(&listing->seen, (struct slice){(const char *)&hash, sizeof(hash)});
	return listing->seen.count == before;
}

static void
forget_seen(struct listing *listing)
{
	if (listing->has_seen)
		strpool_release(&listing->seen);
	listing->has_seen = false;
}

/* --- questions ------------------------------------------------------------------------------- */

static void
free_question(struct question *question)
{
	page_release(&question->page);
	buf_release(&question->token);
	buf_release(&question->foreseen);
	free(question->code);
	free(question->message);
	free(question);
}

/* Nobody takes the answers after this one; calls that are under way end by themselves. */
static void
drop_next(struct question *question)
{
	struct question *next;

	for (struct question *at = question->next; at; at = next) {
		next = at->next;
		at->listing = NULL;
		at->next = NULL;
		if (at->ended)
			free_question(at);
	}
	question->next = NULL;
}

static void start_call(struct question *question);

static struct question *
ask(struct listing *listing, struct slice token)
{
	struct question *question = xcalloc(1, sizeof(*question));

	question->listing = listing;
	buf_add_slice(&question->token, token);
	start_call(question);
	return question;
}

/* True if the token leads back: to a page that was taken, or that is asked for. */
static bool
leads_back(const struct listing *listing, struct slice token)
{
	for (const struct question *at = listing->now; at; at = at->next)
		if (slice_equal(buf_slice(&at->token), token))
			return true;
	return is_seen(listing, token);
}

/* The page after the last one that was asked for, once its token is known. What may be endless is
 * left to the judgement of who takes the page. */
static void
ask_ahead(struct listing *listing)
{
	struct question *last = listing->now;
	struct slice token;
	uint64_t asked = 1; /* and not taken */

	for (; last->next; last = last->next)
		asked++;
	token = buf_slice(&last->foreseen);
	if (token.len && asked <= LIMIT_PAGES_AHEAD &&
		listing->empty_pages + asked < LIMIT_EMPTY_PAGES && !leads_back(listing, token))
		last->next = ask(listing, token);
}

/* --- the end --------------------------------------------------------------------------------- */

static void
finish(struct listing *listing, struct listing_end *end)
{
	bool whole = end->outcome == OUTCOME_COMPLETE || end->outcome == OUTCOME_EMPTY;

	if (!whole)
		drop_file(listing);
	end->pages = whole ? listing->pages : 0;
	end->records = whole ? listing->records : 0;
	memcpy(end->sha256, listing->sha256, sizeof(end->sha256));
	end->broken = listing->broken ? &listing->err : NULL;
	if (listing->text)
		end->text = (struct slice){listing->text, listing->text_len};
	listing->request.done(listing->request.to, end);
	drop_next(listing->now);
	free_question(listing->now);
	free(listing->text);
	forget_seen(listing);
	free(listing);
}

static void
fail(struct listing *listing, const char *message)
{
	struct listing_end end = {.outcome = OUTCOME_FAILED, .code = "", .message = message};

	finish(listing, &end);
}

static void
fail_to_write(struct listing *listing)
{
	listing->broken = true;
	fail(listing, listing->err.text);
}

/* --- answers --------------------------------------------------------------------------------- */

/* A page whose records have come already stands where others should: the list would look whole.
 * A listing of one page cannot go in circles. */
static bool
repeats_page(struct listing *listing, const struct page *page)
{
	return page->count && (listing->pages || page->token.len) &&
	       was_seen(listing, buf_slice(&page->records));
}

/* A token that leads back, or pages without end, would never come to one. */
static bool
is_endless(struct listing *listing, const struct page *page)
{
	return was_seen(listing, buf_slice(&page->token)) || listing->pages >= LIMIT_PAGES ||
	       listing->empty_pages >= LIMIT_EMPTY_PAGES;
}

static void
succeed(struct listing *listing)
{
	struct listing_end end = {.code = "", .message = ""};

	if (!listing->request.only_pages && end_file(listing) != 0) {
		fail_to_write(listing);
		return;
	}
	end.outcome =
		page_list(listing->row) && listing->records == 0 ? OUTCOME_EMPTY : OUTCOME_COMPLETE;
	finish(listing, &end);
}

/* The present page goes into the document: false, and the listing has failed, if it cannot. */
static bool
add_page(struct listing *listing)
{
	const struct listing_request *request = &listing->request;
	const struct page *page = &listing->now->page;

	if (repeats_page(listing, page)) {
		fail(listing, "a page came twice, and what should have come instead is not known");
		return false;
	}
	if (request->on_page && !request->on_page(request->to, page, &listing->err)) {
		fail(listing, listing->err.text);
		return false;
	}
	if (!request->only_pages && write_page(listing, page) != 0) {
		fail_to_write(listing);
		return false;
	}
	listing->pages++;
	listing->empty_pages = page->count ? 0 : listing->empty_pages + 1;
	listing->records += page_list(listing->row) ? page->count : 1;
	return true;
}

/* What was asked ahead is the next page if the parser has found the same token. */
static bool
was_foreseen(const struct listing *listing)
{
	const struct question *next = listing->now->next;

	return !next || slice_equal(buf_slice(&next->token), buf_slice(&listing->now->page.token));
}

/* Many listings wait for their turn: none keeps the page that it has taken. As take. */
static bool
turn_page(struct listing *listing)
{
	struct question *taken = listing->now;

	listing->now = taken->next ? taken->next : ask(listing, buf_slice(&taken->page.token));
	free_question(taken);
	ask_ahead(listing);
	return listing->now->ended;
}

/* As take. */
static bool
take_page(struct listing *listing)
{
	const struct page *page = &listing->now->page;

	if (!add_page(listing))
		return false;
	if (!was_foreseen(listing))
		fail(listing, "the end of a page shows another token than the page has");
	else if (page->token.len == 0)
		succeed(listing);
	else if (is_endless(listing, page))
		fail(listing, "its pages do not come to an end");
	else
		return turn_page(listing);
	return false;
}

static void
begin_anew(struct listing *listing)
{
	drop_file(listing);
	forget_seen(listing);
	listing->pages = listing->records = listing->empty_pages = 0;
	free_question(listing->now);
	listing->now = ask(listing, SLICE_NONE);
}

/* What is not understood is mostly a parameter that the endpoint is too old or too simple for. */
static bool
is_about_parameters(const struct question *question)
{
	static const char *const codes[] = {
		"UnknownParameter", "InvalidParameter", "InvalidMaxResults", "ValidationError"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strncmp(question->code, codes[i], strlen(codes[i])) == 0)
			return true;
	return false;
}

static enum call_plainness
plainer(const struct call_row *row, enum call_plainness than)
{
	if (than == PLAIN_NOT && *row->optional)
		return PLAIN_PARAMETERS;
	return row->page_size_parameter ? PLAIN_PAGES : than;
}

/* The next plainer way to ask, or the one that another call of the row has come to already. */
static bool
grow_plainer(struct listing *listing)
{
	enum call_plainness *known = listing->request.plainness;

	if (*known == listing->plainness)
		*known = plainer(listing->row, *known);
	if (*known == listing->plainness)
		return false;
	listing->plainness = *known;
	return true;
}

static void
take_refusal(struct listing *listing)
{
	const struct question *now = listing->now;
	struct listing_end end = {
		.outcome = now->refusal == REFUSAL_DENIED ? OUTCOME_DENIED : OUTCOME_FAILED,
		.refusal = now->refusal,
		.code = now->code,
		.message = now->message,
	};

	if (now->refusal == REFUSAL_TOKEN && now->token.len && !listing->restarted) {
		listing->restarted = true;
		begin_anew(listing);
	} else if (now->token.len == 0 && is_about_parameters(now) && grow_plainer(listing)) {
		begin_anew(listing);
	} else {
		finish(listing, &end);
	}
}

/* No usable answer. That there is nothing to sign with is AWS's no to everything. */
static void
take_failure(struct listing *listing)
{
	const struct question *now = listing->now;
	struct listing_end end = {.outcome = OUTCOME_FAILED,
		.refusal = now->refusal == REFUSAL_CREDENTIALS ? now->refusal : REFUSAL_NONE,
		.code = "",
		.message = now->err.code ? now->err.text : now->message};

	finish(listing, &end);
}

/* What came of the present page. True if the next one is there already; else the listing has ended,
 * or waits. */
static bool
take(struct listing *listing)
{
	const struct question *now = listing->now;
	struct listing_end stopped = {
		.outcome = OUTCOME_FAILED, .stopped = true, .code = "", .message = "stopped"};

	switch (now->end) {
	case CALL_DONE:
		return take_page(listing);
	case CALL_REFUSED:
		take_refusal(listing);
		break;
	case CALL_FAILED:
		take_failure(listing);
		break;
	case CALL_STOPPED:
		finish(listing, &stopped);
		break;
	}
	return false;
}

/* --- what a call tells ----------------------------------------------------------------------- */

/* What the end of an answer showed that has to come again is worth nothing. */
static void
restart(void *to)
{
	struct question *question = to;
	struct listing *listing = question->listing;

	buf_clear(&question->foreseen);
	memset(&question->err, 0, sizeof(question->err));
	if (!listing)
		return;
	drop_next(question);
	question->err.code = page_begin(&question->page, listing->row, &question->err);
}

/* A page that is not wanted any more is let go by: the call shall not be tried again. */
static bool
on_body(void *to, struct slice bytes)
{
	struct question *question = to;

	if (!question->listing)
		return true;
	return question->err.code == 0 && page_add(&question->page, bytes, &question->err) == 0;
}

static void
on_whole(void *to, struct slice rest)
{
	struct question *question = to;
	struct listing *listing = question->listing;

	if (listing && page_foresee(listing->row, rest, &question->foreseen))
		ask_ahead(listing);
}

static bool
on_end(void *to)
{
	struct question *question = to;

	if (!question->listing)
		return true;
	return question->err.code == 0 && page_end(&question->page, &question->err) == 0;
}

/* An answer that came before its turn waits for the page before it. */
static void
done(void *to, const struct call_result *result)
{
	struct question *question = to;
	struct listing *listing = question->listing;

	if (!listing) {
		free_question(question);
		return;
	}
	question->ended = true;
	question->end = result->end;
	question->refusal = result->refusal;
	question->code = xstrndup(result->code, strlen(result->code));
	question->message = xstrndup(result->message, strlen(result->message));
	if (question == listing->now)
		while (take(listing))
			;
}

/* The parameters of a GET are in its query. */
static void
put_query(const struct listing *listing, const struct buf *token, struct buf *path)
{
	struct params params = {0};

	put_parameters(listing, token, &params);
	buf_format(path, "%s%s", listing->request.path, params.form.len ? "?" : "");
	buf_add_slice(path, buf_slice(&params.form));
	params_release(&params);
}

static void
start_call(struct question *question)
{
	const struct listing *listing = question->listing;
	const struct listing_request *request = &listing->request;
	const struct service_row *service = &service_table[listing->row->service];
	const char *rest = call_rest_path(listing->row);
	struct params params = {0};
	struct buf path = {0};
	struct call call = {
		.service = listing->row->service,
		.region = request->region,
		.action = listing->row->action,
		.method = rest ? "POST" : NULL,
		.path = rest,
		.provider = request->provider,
		.account = request->account,
		.params = &params,
		.restart = restart,
		.on_body = on_body,
		.on_whole = on_whole,
		.on_end = on_end,
		.done = done,
		.to = question,
	};

	if (request->path) {
		put_query(listing, &question->token, &path);
		call.method = "GET";
		call.path = path.at;
	} else if (service->protocol == PROTOCOL_JSON || service->protocol == PROTOCOL_REST_JSON) {
		put_json_parameters(listing, &question->token, &params);
	} else {
		put_parameters(listing, &question->token, &params);
	}
	call_start(request->caller, &call);
	params_release(&params);
	buf_release(&path);
}

void
listing_start(const struct listing_request *request)
{
	struct listing *listing = xcalloc(1, sizeof(*listing));

	listing->request = *request;
	listing->row = request->row ? request->row : &call_table[request->call];
	listing->plainness = *request->plainness;
	listing->now = ask(listing, SLICE_NONE);
}
