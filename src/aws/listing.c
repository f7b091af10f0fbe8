/*
 * Listings: parameters, pages, the file, and what to do about an answer that is none.
 * It must not know: which calls a collection makes, what the records mean.
 */
#include "listing.h"

#include "json_pull.h"
#include "json_write.h"
#include "out.h"
#include "params.h"
#include "strpool.h"

/* Lifetime: from listing_start to `done`. */
struct listing {
	struct listing_request request;
	const struct call_row *row;
	enum call_plainness plainness; /* of the present attempt */
	struct page page;
	struct buf token;      /* of the page that is asked for; empty: the first */
	FILE *file;            /* NULL until a page has come */
	struct digest *digest; /* of what was written to it */
	uint8_t sha256[DIGEST_SIZE];
	struct out out; /* where the file is none of a directory's */
	char *text;     /* where there is no file on disk */
	size_t text_len;
	uint64_t pages, records;
	uint64_t empty_pages; /* in a row */
	struct strpool seen;  /* hashes of the pages and tokens so far */
	bool has_seen;
	bool restarted;
	struct err err; /* what was wrong with a page, or with the file */
	bool broken;    /* … with the file */
};

static void ask(struct listing *listing);

/* --- parameters ------------------------------------------------------------------------------ */

static const char *
token_parameter(const struct call_row *row)
{
	return row->token ? row->token : "NextToken";
}

static void
put_parameters(const struct listing *listing, struct params *params)
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
	if (listing->token.len)
		params_add(params, token_parameter(row), listing->token.at);
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
put_json_parameters(const struct listing *listing, struct params *params)
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
	if (listing->token.len)
		json_field(&w, token_parameter(row), listing->token.at);
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
write_page(struct listing *listing)
{
	int code = listing->file ? 0 : open_file(listing);

	if (code != 0)
		return code;
	if (listing->page.count && listing->records)
		put(listing, SLICE(","));
	put(listing, buf_slice(&listing->page.records));
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
	struct slice others = buf_slice(&listing->page.members);
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
	free(listing->text);
	page_release(&listing->page);
	buf_release(&listing->token);
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
repeats_page(struct listing *listing)
{
	const struct page *page = &listing->page;

	return page->count && (listing->pages || page->token.len) &&
	       was_seen(listing, buf_slice(&page->records));
}

/* A token that leads back, or pages without end, would never come to one. */
static bool
is_endless(struct listing *listing)
{
	return was_seen(listing, buf_slice(&listing->page.token)) ||
	       listing->pages >= LIMIT_PAGES || listing->empty_pages >= LIMIT_EMPTY_PAGES;
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

static void
take_page(struct listing *listing)
{
	const struct listing_request *request = &listing->request;
	struct page *page = &listing->page;

	if (repeats_page(listing)) {
		fail(listing, "a page came twice, and what should have come instead is not known");
		return;
	}
	if (request->on_page && !request->on_page(request->to, page, &listing->err)) {
		fail(listing, listing->err.text);
		return;
	}
	if (!request->only_pages && write_page(listing) != 0) {
		fail_to_write(listing);
		return;
	}
	listing->pages++;
	listing->empty_pages = page->count ? 0 : listing->empty_pages + 1;
	listing->records += page_list(listing->row) ? page->count : 1;
	if (page->token.len == 0) {
		succeed(listing);
		return;
	}
	if (is_endless(listing)) {
		fail(listing, "its pages do not come to an end");
		return;
	}
	buf_clear(&listing->token);
	buf_add_slice(&listing->token, buf_slice(&page->token));
	page_release(page); /* many listings wait for their turn with a page in hand */
	memset(page, 0, sizeof(*page));
	ask(listing);
}

static void
begin_anew(struct listing *listing)
{
	drop_file(listing);
	forget_seen(listing);
	buf_clear(&listing->token);
	listing->pages = listing->records = listing->empty_pages = 0;
	ask(listing);
}

/* What is not understood is mostly a parameter that the endpoint is too old or too simple for. */
static bool
is_about_parameters(const struct call_result *result)
{
	static const char *const codes[] = {
		"UnknownParameter", "InvalidParameter", "InvalidMaxResults", "ValidationError"};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strncmp(result->code, codes[i], strlen(codes[i])) == 0)
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
take_refusal(struct listing *listing, const struct call_result *result)
{
	struct listing_end end = {
		.outcome = result->refusal == REFUSAL_DENIED ? OUTCOME_DENIED : OUTCOME_FAILED,
		.refusal = result->refusal,
		.code = result->code,
		.message = result->message,
	};

	if (result->refusal == REFUSAL_TOKEN && listing->token.len && !listing->restarted) {
		listing->restarted = true;
		begin_anew(listing);
	} else if (listing->token.len == 0 && is_about_parameters(result) &&
		   grow_plainer(listing)) {
		begin_anew(listing);
	} else {
		finish(listing, &end);
	}
}

static void
restart(void *to)
{
	struct listing *listing = to;

	listing->err.code = page_begin(&listing->page, listing->row, &listing->err);
}

static bool
on_body(void *to, struct slice bytes)
{
	struct listing *listing = to;

	return listing->err.code == 0 && page_add(&listing->page, bytes, &listing->err) == 0;
}

static bool
on_end(void *to)
{
	struct listing *listing = to;

	return listing->err.code == 0 && page_end(&listing->page, &listing->err) == 0;
}

static void
done(void *to, const struct call_result *result)
{
	struct listing *listing = to;
	struct listing_end stopped = {
		.outcome = OUTCOME_FAILED, .stopped = true, .code = "", .message = "stopped"};

	switch (result->end) {
	case CALL_DONE:
		take_page(listing);
		break;
	case CALL_REFUSED:
		take_refusal(listing, result);
		break;
	case CALL_FAILED:
		fail(listing, listing->err.code ? listing->err.text : result->message);
		break;
	case CALL_STOPPED:
		finish(listing, &stopped);
		break;
	}
}

/* The parameters of a GET are in its query. */
static void
put_query(const struct listing *listing, struct buf *path)
{
	struct params params = {0};

	put_parameters(listing, &params);
	buf_format(path, "%s%s", listing->request.path, params.form.len ? "?" : "");
	buf_add_slice(path, buf_slice(&params.form));
	params_release(&params);
}

static void
ask(struct listing *listing)
{
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
		.on_end = on_end,
		.done = done,
		.to = listing,
	};

	memset(&listing->err, 0, sizeof(listing->err));
	if (request->path) {
		put_query(listing, &path);
		call.method = "GET";
		call.path = path.at;
	} else if (service->protocol == PROTOCOL_JSON || service->protocol == PROTOCOL_REST_JSON) {
		put_json_parameters(listing, &params);
	} else {
		put_parameters(listing, &params);
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
	ask(listing);
}
