/*
 * IAM policies for collecting and for carrying out a plan, as JSON.
 * It must not know: how AWS is called.
 * Sources:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticblockstore.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
#include "iam.h"

#include "json_write.h"
#include "texts.h"

#include <ctype.h>

/* A resource that a step touches. */
struct touched {
	const char *account, *region, *resource;
	size_t mutation;
};

/* Texts on their way to a struct texts. */
struct text_list {
	const char **items;
	size_t count, room;
};

/* Lifetime: one document. */
struct iam {
	const struct iam_needs *needs;
	struct arena arena;
	VEC(struct touched) touched; /* in plan order: by action, account, region, id */
	VEC(const char *) accounts;  /* sorted */
};

/* --- the plan -------------------------------------------------------------------------------- */

static void
add_account(struct iam *iam, const char *account)
{
	vec_foreach (known, &iam->accounts)
		if (strcmp(*known, account) == 0)
			return;
	vec_push(&iam->accounts, account);
}

static size_t
mutation_of(const struct iam *iam, const char *word)
{
	size_t i = 0;

	while (i < iam->needs->mutation_count && strcmp(iam->needs->mutations[i].word, word) != 0)
		i++;
	return i;
}

static void
take_steps(struct iam *iam, const struct plan_view *view)
{
	struct arena scratch = {0};

	for (size_t i = 0; i < view->step_count; i++) {
		struct view_target step;
		struct touched touched;

		arena_clear(&scratch);
		view->target(view, i, &scratch, &step);
		touched = (struct touched){
			.account = arena_text(&iam->arena, slice_of(step.account)),
			.region = arena_text(&iam->arena, slice_of(step.region)),
			.resource = arena_text(&iam->arena, slice_of(step.resource)),
			.mutation = mutation_of(iam, step.action),
		};
		vec_push(&iam->touched, touched);
		add_account(iam, touched.account);
	}
	texts_sort(iam->accounts.items, iam->accounts.count);
	arena_release(&scratch);
}

/* --- statements ------------------------------------------------------------------------------ */

/* A policy under way: statements, in a buffer, since its size decides what stands in it. */
static void
begin_statement(struct json_writer *w, const char *name)
{
	json_open(w, '{');
	json_field(w, "Sid", name);
	json_field(w, "Effect", "Allow");
}

static void
put_texts(struct json_writer *w, const char *name, const char *const *texts, size_t count)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < count; i++)
		json_put_text(w, texts[i]);
	json_close(w, ']');
}

static void
put_condition(struct json_writer *w, const char *operator, const char * key,
	const char *const *values, size_t count)
{
	json_name(w, "Condition");
	json_open(w, '{');
	json_name(w, operator);
	json_open(w, '{');
	put_texts(w, key, values, count);
	json_close(w, '}');
	json_close(w, '}');
}

static int
compare_ways(const struct iam_action *a, const struct iam_action *b)
{
	return strcmp(a->through ? a->through : "", b->through ? b->through : "");
}

static int
by_way_and_name(const void *a, const void *b)
{
	const struct iam_action *x = a, *y = b;
	int order = compare_ways(x, y);

	return order ? order : strcmp(x->name, y->name);
}

/* Those that stand in one statement: of one service, called in one way. */
static bool
is_alike(const struct iam_action *a, const struct iam_action *b)
{
	size_t len = strcspn(a->name, ":");

	return compare_ways(a, b) == 0 && strncmp(a->name, b->name, len + 1) == 0;
}

/* "CollectSsmForReferences": unique where the policies are put together into one. */
static const char *
statement_name(struct iam *iam, const char *what_for, const struct iam_action *action)
{
	char *name =
		arena_format(&iam->arena, "%s%.*s%s", what_for, (int)strcspn(action->name, ":"),
			action->name, action->through ? "ForReferences" : "");
	char *service = name + strlen(what_for);

	*service = (char)toupper((unsigned char)*service);
	return name;
}

/* What is read, and where. */
struct reads {
	const char *what_for;
	const struct iam_action *actions;
	size_t count;
	struct texts regions, arns; /* none: in every region, of every resource */
};

/* One statement a service. Most reading cannot be granted by resource: AWS knows none for it. */
static void
put_reads(struct iam *iam, struct json_writer *w, const struct reads *reads)
{
	size_t count = reads->count;
	struct iam_action *sorted = arena_array(&iam->arena, count + 1, sizeof(*sorted));

	memcpy(sorted, reads->actions, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_way_and_name);
	for (size_t i = 0, next; i < count; i = next) {
		begin_statement(w, statement_name(iam, reads->what_for, &sorted[i]));
		json_name(w, "Action");
		json_open(w, '[');
		for (next = i; next < count && is_alike(&sorted[i], &sorted[next]); next++)
			if (next == i || strcmp(sorted[next].name, sorted[next - 1].name) != 0)
				json_put_text(w, sorted[next].name);
		json_close(w, ']');
		if (reads->arns.count)
			put_texts(w, "Resource", reads->arns.items, reads->arns.count);
		else
			json_field(w, "Resource", "*");
		if (sorted[i].through)
			put_condition(w, "ForAnyValue:StringEquals", "aws:CalledVia",
				&sorted[i].through, 1);
		else if (reads->regions.count)
			put_condition(w, "StringEquals", "aws:RequestedRegion",
				reads->regions.items, reads->regions.count);
		json_close(w, '}');
	}
}

static void
put_arn(const struct iam *iam, struct json_writer *w, const struct touched *touched,
	const char *resource)
{
	const struct iam_mutation *mutation = &iam->needs->mutations[touched->mutation];
	struct buf arn = {0};

	buf_format(&arn, "arn:%s:ec2:%s:%s:%s/%s", iam->needs->partition(touched->region),
		touched->region, mutation->arn_has_account ? touched->account : "",
		mutation->arn_type, resource);
	json_put_slice(w, buf_slice(&arn));
	buf_release(&arn);
}

static bool
is_of(const struct touched *touched, const char *account, size_t mutation)
{
	return touched->mutation == mutation && strcmp(touched->account, account) == 0;
}

/* By id, or, where ids do not fit, all of each region: those of other accounts are then kept out by
 * a condition, since an AMI's ARN does not name its account. */
static void
put_mutation(const struct iam *iam, struct json_writer *w, const char *account, size_t mutation,
	bool by_id)
{
	const struct touched *last = NULL;
	const char *action = iam->needs->mutations[mutation].action;
	struct buf name = {0};

	vec_foreach (touched, &iam->touched) {
		if (!is_of(touched, account, mutation))
			continue;
		if (!last) {
			begin_statement(w, action);
			buf_format(&name, "ec2:%s", action);
			json_field_slice(w, "Action", buf_slice(&name));
			json_name(w, "Resource");
			json_open(w, '[');
		}
		if (by_id)
			put_arn(iam, w, touched, touched->resource);
		else if (!last || strcmp(last->region, touched->region) != 0)
			put_arn(iam, w, touched, "*");
		last = touched;
	}
	if (last) {
		json_close(w, ']');
		if (!by_id)
			put_condition(w, "StringEquals", "aws:ResourceAccount", &account, 1);
		json_close(w, '}');
	}
	buf_release(&name);
}

/* --- policies -------------------------------------------------------------------------------- */

static void
begin_policy(struct json_writer *w, struct buf *out)
{
	json_writer_buf(w, out, false);
	json_open(w, '{');
	json_field(w, "Version", "2012-10-17");
	json_name(w, "Statement");
	json_open(w, '[');
}

static void
end_policy(struct json_writer *w)
{
	json_close(w, ']');
	json_close(w, '}');
}

/* Sorted, each once. `all` is released. */
static struct texts
sorted_once(struct iam *iam, struct text_list *all)
{
	struct texts kept = {arena_array(&iam->arena, all->count + 1, sizeof(char *)), 0};

	vec_foreach (text, all)
		kept.items[kept.count++] = *text;
	kept.count = texts_sort_once(kept.items, kept.count);
	vec_release(all);
	return kept;
}

/* The regions of an account's steps. */
static struct texts
regions_of(struct iam *iam, const char *account)
{
	struct text_list regions = {0};

	vec_foreach (touched, &iam->touched)
		if (strcmp(touched->account, account) == 0)
			vec_push(&regions, touched->region);
	return sorted_once(iam, &regions);
}

/* All snapshots of the regions where some go: what these share with others is asked about, too. */
static struct texts
snapshot_arns(struct iam *iam)
{
	const struct iam_needs *needs = iam->needs;
	struct text_list arns = {0};

	vec_foreach (touched, &iam->touched) {
		if (touched->mutation < needs->mutation_count &&
			strcmp(needs->mutations[touched->mutation].arn_type, "snapshot") == 0)
			vec_push(
				&arns, arena_format(&iam->arena, "arn:%s:ec2:%s::snapshot/*",
					       needs->partition(touched->region), touched->region));
	}
	return sorted_once(iam, &arns);
}

static void
make_apply_policy(struct iam *iam, const char *account, bool by_id, struct buf *out)
{
	const struct reads reads = {.what_for = "Look",
		.actions = iam->needs->look,
		.count = iam->needs->look_count,
		.regions = regions_of(iam, account)};
	struct json_writer w;

	buf_clear(out);
	begin_policy(&w, out);
	put_reads(iam, &w, &reads);
	for (size_t i = 0; i < iam->needs->mutation_count; i++)
		put_mutation(iam, &w, account, i, by_id);
	end_policy(&w);
}

/* The document is compact, and IAM does not count white space: its length is what IAM counts. */
static void
put_policy(struct json_writer *w, const char *name, const char *account, const char *purpose,
	const char *note, struct slice document)
{
	json_name(w, name);
	json_open(w, '{');
	json_field(w, "account", account);
	json_field(w, "purpose", purpose);
	json_field_integer(w, "characters", (int64_t)document.len);
	json_field_integer(w, "limit", LIMIT_IAM_POLICY);
	json_field(w, "note", note);
	json_field_raw(w, "document", document);
	json_close(w, '}');
}

static void
put_reading_policy(struct iam *iam, struct json_writer *w, const char *name, const char *purpose,
	const char *note, const struct reads *reads)
{
	struct json_writer inner;
	struct buf document = {0};

	begin_policy(&inner, &document);
	put_reads(iam, &inner, reads);
	end_policy(&inner);
	put_policy(w, name, NULL, purpose, note, buf_slice(&document));
	buf_release(&document);
}

/* What not everybody needs who collects stands in policies of its own. */
static void
put_reading_policies(struct iam *iam, struct json_writer *w)
{
	const struct iam_needs *needs = iam->needs;
	const struct reads collect = {
		.what_for = "Collect", .actions = needs->collect, .count = needs->collect_count};
	const struct reads blocks = {.what_for = "Blocks",
		.actions = needs->blocks,
		.count = needs->blocks_count,
		.arns = snapshot_arns(iam)};
	const struct reads prices = {
		.what_for = "Prices", .actions = needs->prices, .count = needs->prices_count};

	put_reading_policy(iam, w, "amiplan-collect",
		"amiplan collect: for whoever collects, in each account that is collected", NULL,
		&collect);
	if (blocks.arns.count)
		put_reading_policy(iam, w, "amiplan-collect-blocks",
			"amiplan collect --blocks with this plan, in each account of its snapshots",
			"of encrypted snapshots a list may be denied all the same: then allow "
			"kms:Decrypt on the key that the snapshot was encrypted with, in its key "
			"policy too",
			&blocks);
	put_reading_policy(iam, w, "amiplan-prices", "amiplan prices --refresh, in any account",
		NULL, &prices);
}

static void
put_apply_policy(struct iam *iam, struct json_writer *w, const char *account)
{
	struct buf document = {0};
	const char *note = NULL;

	make_apply_policy(iam, account, true, &document);
	if (document.len > LIMIT_IAM_POLICY) {
		note = arena_format(&iam->arena,
			"the ids of this plan's resources do not fit into a managed policy (%zu "
			"characters): every AMI, snapshot or instance of the account in the plan's "
			"regions is allowed instead",
			document.len);
		make_apply_policy(iam, account, false, &document);
	}
	put_policy(w, arena_format(&iam->arena, "amiplan-apply-%s", account), account,
		"carrying out this plan, and amiplan apply", note, buf_slice(&document));
	buf_release(&document);
}

void
write_iam_policies(FILE *file, const struct plan_view *view, const struct iam_needs *needs)
{
	struct iam iam = {.needs = needs};
	struct json_writer w;

	take_steps(&iam, view);
	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.iam-policies/1");
	json_name(&w, "policies");
	json_open(&w, '{');
	put_reading_policies(&iam, &w);
	vec_foreach (account, &iam.accounts)
		put_apply_policy(&iam, &w, *account);
	json_close(&w, '}');
	json_close(&w, '}');
	fputc('\n', file);
	vec_release(&iam.touched);
	vec_release(&iam.accounts);
	arena_release(&iam.arena);
}
