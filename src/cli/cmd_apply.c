/*
 * amiplan apply: asks EC2 about each step of a plan, as a dry run.
 * It must not know: how AWS is called, how facts are compared.
 */
#include "dry_report.h"
#include "dry_run.h"
#include "fresh.h"
#include "ids.h"
#include "whoami.h"
#include "work.h"

/* A step that is acted on, beside its row of the report. */
struct todo {
	size_t index; /* in the plan */
	enum mutation mutation;
	struct provider *provider;
};

/* Somebody whom AWS sees, and in which account. */
struct actor {
	struct provider *provider;
	struct identity identity;
};

/* Lifetime: one verb. */
struct apply {
	struct request *request;
	struct saved_plan plan;
	struct live live;
	struct fresh fresh;
	struct dry_run run;
	struct arena text;
	struct strpool names; /* ids of steps; numbers follow each other as the steps do */
	sid first_name;
	VEC(struct todo) todos;
	VEC(struct actor) actors;
	VEC(struct dry_run_item) items;
	struct dry_report report;
	const char *format;
};

/* --- the steps ------------------------------------------------------------------------------- */

static void
read_step(const struct apply *apply, size_t index, struct arena *arena, struct view_step *out)
{
	apply->plan.view.step(&apply->plan.view, index, arena, out);
}

static bool
is_wanted(const struct policy *policy, const struct view_step *step)
{
	vec_foreach (place, &policy->only)
		if (strcmp(place->account, step->account) == 0 &&
			(!place->region || strcmp(place->region, step->region) == 0))
			return true;
	return policy->only.count == 0;
}

static int
check_digest(const struct view_step *step, struct err *err)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];

	digest_of(slice_of(step->facts), digest);
	digest_text(digest, text);
	if (strcmp(step->seen, text) == 0)
		return 0;
	return err_set(err, ERR_VALUE,
		"step %s: its facts are not those of its `seen`: the plan was changed after it was "
		"made; make it anew",
		step->id);
}

/* A plan is a file that anybody may have written. */
static int
check_step(const struct view_step *step, enum mutation mutation, struct err *err)
{
	const char *prefix = mutation < MUTATIONS ? mutation_table[mutation].prefix : "";

	if (mutation == MUTATIONS)
		return err_set(err, ERR_VALUE, "step %s: nobody knows the action \"%s\"", step->id,
			step->action);
	if (!id_is(slice_of(step->resource), prefix))
		return err_set(err, ERR_VALUE, "step %s: \"%s\" is no id that begins with %s",
			step->id, step->resource, prefix);
	if (!id_is_account(slice_of(step->account)) || !id_is_region(slice_of(step->region)))
		return err_set(err, ERR_VALUE,
			"step %s: the plan does not say in which account and region it is: make "
			"the plan anew, with --account and --region",
			step->id);
	return check_digest(step, err);
}

static void
keep_step(struct apply *apply, const struct view_step *step, size_t index, enum mutation mutation)
{
	struct arena *arena = &apply->text;
	struct dry_step kept = {
		.id = arena_text(arena, slice_of(step->id)),
		.action = mutation_table[mutation].word,
		.resource = arena_text(arena, slice_of(step->resource)),
		.name = arena_text(arena, slice_of(step->name)),
		.account = arena_text(arena, slice_of(step->account)),
		.region = arena_text(arena, slice_of(step->region)),
		.order = step->order,
	};

	vec_push(&apply->report.steps, kept);
	vec_push(&apply->todos, ((struct todo){.index = index, .mutation = mutation}));
}

static int
take_step(struct apply *apply, const struct view_step *step, size_t index, struct err *err)
{
	enum mutation mutation = mutation_find(step->action);
	int code = check_step(step, mutation, err);
	sid number;

	if (code != 0)
		return code;
	if (strpool_find(&apply->names, slice_of(step->id)))
		return err_set(err, ERR_VALUE, "step %s stands in the plan twice", step->id);
	number = strpool_add(&apply->names, slice_of(step->id));
	if (apply->todos.count == 0)
		apply->first_name = number;
	keep_step(apply, step, index, mutation);
	return 0;
}

static int
take_steps(struct apply *apply, struct err *err)
{
	struct arena arena = {0};
	int code = 0;

	for (size_t i = 0; code == 0 && i < apply->plan.view.step_count; i++) {
		struct view_step step;

		arena_clear(&arena);
		read_step(apply, i, &arena, &step);
		if (is_wanted(&apply->request->policy, &step))
			code = take_step(apply, &step, i, err);
		else
			apply->report.left_out++;
	}
	arena_release(&arena);
	return code;
}

/* The step of that id, or NULL if it is not acted on. */
static const struct dry_step *
find_step(const struct apply *apply, const char *id)
{
	sid number = strpool_find(&apply->names, slice_of(id));

	/* The pool has known the empty text from the beginning. */
	return number && number >= apply->first_name
		       ? &apply->report.steps.items[number - apply->first_name]
		       : NULL;
}

/* --- who acts -------------------------------------------------------------------------------- */

static struct actor *
find_actor(const struct apply *apply, const char *account)
{
	vec_foreach (actor, &apply->actors)
		if (strcmp(actor->identity.account, account) == 0)
			return actor;
	return NULL;
}

static int
identify(struct apply *apply, const struct live_source *source, struct err *err)
{
	struct actor actor = {.provider = source->provider};
	int code = identity_get(&apply->live.context, source->provider, &actor.identity, err);

	if (code != 0)
		return code;
	if (find_actor(apply, actor.identity.account)) {
		code = err_set(err, ERR_USAGE, "two roles of one account, %s: name one of them",
			actor.identity.account);
		identity_release(&actor.identity);
		return code;
	}
	vec_push(&apply->actors, actor);
	return 0;
}

static int
refuse_account(const struct apply *apply, const struct dry_step *step, struct err *err)
{
	return err_set(err, ERR_VALUE,
		"step %s is in account %s, and the caller is %s of account %s: say --only ACCOUNT "
		"for the caller's own steps, or --role-arn for a role in each account",
		step->id, step->account, apply->actors.items[0].identity.arn,
		apply->actors.items[0].identity.account);
}

/* Each step gets the credentials of its own account; a plan of another's is refused whole. */
static int
assign_actors(struct apply *apply, struct err *err)
{
	for (size_t i = 0; i < apply->todos.count; i++) {
		const struct dry_step *step = &apply->report.steps.items[i];
		const struct actor *actor = find_actor(apply, step->account);

		if (!actor)
			return refuse_account(apply, step, err);
		apply->todos.items[i].provider = actor->provider;
	}
	vec_foreach (actor, &apply->actors)
		vec_push(&apply->report.callers,
			((struct dry_caller){actor->identity.account, actor->identity.arn}));
	return 0;
}

static int
find_actors(struct apply *apply, struct err *err)
{
	int code =
		live_open(apply->request, apply->report.steps.items[0].region, &apply->live, err);

	vec_foreach (source, &apply->live.sources)
		if (code == 0)
			code = identify(apply, source, err);
	return code == 0 ? assign_actors(apply, err) : code;
}

/* --- the fresh look -------------------------------------------------------------------------- */

/* The options by which the plan's facts chose their tags: the fresh facts choose the same. */
static int
adopt_option(struct request *request, const char *name, const struct texts *values, struct err *err)
{
	static const struct opt_group *const groups[] = {&selection_options, NULL};
	const struct opt *opt = opt_find(groups, slice_of(name));
	int code = 0;

	for (size_t i = 0; code == 0 && i < values->count; i++)
		code = opt->take(request, opt, values->items[i], err);
	return code;
}

static int
adopt_selection(struct apply *apply, struct err *err)
{
	struct request *request = apply->request;
	struct plan_selection selection = {0};
	int code = plan_read_selection(&apply->plan.view, &request->arena, &selection, err);
	const struct texts group = {&selection.group_by, selection.group_by != NULL};

	if (code == 0)
		code = adopt_option(request, "tag", &selection.tags, err);
	if (code == 0)
		code = adopt_option(request, "protect-tag", &selection.protect_tags, err);
	if (code == 0)
		code = adopt_option(request, "in-use-selector", &selection.in_use_selectors, err);
	if (code == 0)
		code = adopt_option(request, "group-by", &group, err);
	if (code == ERR_USAGE) /* the plan's mistake, not the command line's */
		code = err_set(err, ERR_VALUE,
			"the plan's selection does not hold together: make "
			"it anew");
	return code;
}

/* A step as it stands in the report, with the facts of the plan: what the look goes by. */
static void
as_kept(const struct apply *apply, size_t i, struct arena *arena, struct view_step *out)
{
	const struct dry_step *kept = &apply->report.steps.items[i];

	read_step(apply, apply->todos.items[i].index, arena, out);
	out->account = kept->account;
	out->region = kept->region;
	out->resource = kept->resource;
}

static const char *
text_of(struct apply *apply, const struct buf *buf)
{
	return arena_text(&apply->text, buf_slice(buf));
}

/* Steps that no longer are what the plan rests on are not asked about. */
static void
judge_look(struct apply *apply, size_t i, const struct view_step *step, struct arena *arena)
{
	struct dry_step *kept = &apply->report.steps.items[i];
	const struct look_end *end;
	struct buf why = {0};

	switch (fresh_compare(&apply->fresh, &apply->request->policy, step, arena, &why, &end)) {
	case FRESH_SAME:
		vec_push(&apply->items,
			((struct dry_run_item){.mutation = apply->todos.items[i].mutation,
				.resource = kept->resource,
				.account = kept->account,
				.region = kept->region,
				.provider = apply->todos.items[i].provider}));
		break;
	case FRESH_CHANGED:
		kept->verdict = DRY_STALE;
		kept->changed = text_of(apply, &why);
		break;
	case FRESH_GONE:
		kept->verdict = DRY_GONE;
		break;
	case FRESH_UNREAD:
		kept->verdict = end->outcome == OUTCOME_DENIED ? DRY_DENIED : DRY_UNKNOWN;
		if (end->outcome == OUTCOME_DENIED)
			kept->allow = arena_format(
				&apply->text, "ec2:%s", look_call(fresh_ask(step))->action);
		kept->code = end->code;
		kept->message = end->why.text;
		break;
	}
	buf_release(&why);
}

static void
note_gaps(struct apply *apply)
{
	vec_foreach (place, &apply->fresh.places)
		for (enum look_ask ask = 0; ask < LOOK_ASKS; ask++) {
			const struct look_end *end = &(*place)->look.ends[ask];
			struct dry_gap gap = {
				.account = (*place)->account,
				.region = (*place)->region,
				.action = look_call(ask)->action,
				.what = look_table[ask].title,
				.denied = end->outcome == OUTCOME_DENIED,
				.code = end->code,
				.message = end->why.text,
			};

			if (end->outcome == OUTCOME_DENIED || end->outcome == OUTCOME_FAILED)
				vec_push(&apply->report.gaps, gap);
		}
}

static int
look(struct apply *apply, struct err *err)
{
	struct arena arena = {0};
	struct view_step step;
	int code;

	for (size_t i = 0; i < apply->todos.count; i++) {
		arena_clear(&arena);
		as_kept(apply, i, &arena, &step);
		fresh_add(&apply->fresh, &apply->live, apply->todos.items[i].provider, &step);
	}
	code = fresh_read(&apply->fresh, &apply->live, err);
	note_gaps(apply);
	for (size_t i = 0; code == 0 && !live_signal_status() && i < apply->todos.count; i++) {
		arena_clear(&arena);
		as_kept(apply, i, &arena, &step);
		judge_look(apply, i, &step, &arena);
	}
	arena_release(&arena);
	return code;
}

/* --- the dry run ----------------------------------------------------------------------------- */

/* "… is not authorized to perform: ec2:DeleteSnapshot on resource …": it may be another action than
 * the call's own. */
static const char *
denied_action(struct apply *apply, const struct dry_run_item *item)
{
	static const char before[] = "not authorized to perform: ";
	const char *found = strstr(item->message, before);
	const char *name = found ? found + strlen(before) : "";
	size_t len =
		strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:");

	if (memchr(name, ':', len) && len < 128)
		return arena_text(&apply->text, (struct slice){name, len});
	return arena_format(&apply->text, "ec2:%s", mutation_table[item->mutation].action);
}

/* The AMI that the message names goes first, by an earlier step: then it is as it should be. */
static void
judge_use(const struct apply *apply, const struct dry_run_item *item, struct dry_step *step)
{
	struct slice message = slice_of(item->message), id;
	size_t from = 0;

	step->verdict = DRY_REFUSED;
	while (id_find(message, "ami-", &from, &id)) {
		struct buf name = {0};
		const struct dry_step *user;

		buf_format(&name, "%s:%.*s", mutation_table[MUTATION_DEREGISTER].word, (int)id.len,
			id.at);
		user = find_step(apply, name.at);
		buf_release(&name);
		if (!user || user->order >= step->order)
			return;
		if (user->order > step->after)
			step->after = user->order;
	}
	if (step->after)
		step->verdict = DRY_WOULD;
}

static void
judge_answer(struct apply *apply, const struct dry_run_item *item, struct dry_step *step)
{
	step->code = item->code;
	step->message = item->message;
	switch (item->answer) {
	case ANSWER_WOULD:
		step->verdict = DRY_WOULD;
		break;
	case ANSWER_DENIED:
		step->verdict = DRY_DENIED;
		step->allow = denied_action(apply, item);
		break;
	case ANSWER_GONE:
		step->verdict = DRY_GONE;
		break;
	case ANSWER_IN_USE:
		judge_use(apply, item, step);
		break;
	case ANSWER_REFUSED:
		step->verdict = DRY_REFUSED;
		break;
	case ANSWER_NONE:
		step->verdict = DRY_UNKNOWN;
		step->message = "it was not asked";
		break;
	case ANSWER_FAILED:
		step->verdict = DRY_UNKNOWN;
		break;
	case ANSWER_DONE:
		step->verdict = DRY_UNKNOWN;
		step->message = "the server answered success where a dry run never succeeds: it "
				"may have carried the step out";
		break;
	}
}

/* What it depends on comes earlier in the plan, and is judged by now. */
static void
judge_order(const struct apply *apply, size_t i, struct arena *arena)
{
	struct dry_step *kept = &apply->report.steps.items[i];
	struct view_step step;

	if (kept->verdict != DRY_WOULD)
		return;
	read_step(apply, apply->todos.items[i].index, arena, &step);
	for (size_t j = 0; j < step.depends_on.count; j++) {
		const struct dry_step *first = find_step(apply, step.depends_on.items[j]);

		if (first && first->verdict != DRY_WOULD && first->verdict != DRY_GONE) {
			kept->verdict = DRY_WAITS;
			kept->after = first->order;
			return;
		}
	}
}

static void
judge_answers(struct apply *apply)
{
	struct arena arena = {0};

	for (size_t i = 0, next = 0; i < apply->todos.count; i++) {
		struct dry_step *step = &apply->report.steps.items[i];
		const struct dry_run_item *item =
			next < apply->items.count ? &apply->items.items[next] : NULL;

		/* Items stand in the order of the steps; both have their ids in one arena. */
		if (item && item->resource == step->resource) {
			judge_answer(apply, item, step);
			next++;
		}
		arena_clear(&arena);
		judge_order(apply, i, &arena);
		apply->report.counts[step->verdict]++;
	}
	arena_release(&arena);
}

static void
ask(struct apply *apply)
{
	apply->run = (struct dry_run){
		.caller = apply->live.caller,
		.arena = &apply->text,
		.items = apply->items.items,
		.count = apply->items.count,
	};
	dry_run_start(&apply->run);
	http_run(apply->live.http);
}

/* --- the verb -------------------------------------------------------------------------------- */

static int
write_report(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct apply *apply = subject;

	(void)err;
	if (strcmp(apply->format, "json") == 0)
		write_dry_json(file, &apply->report);
	else
		write_dry_text(file, &apply->report, options);
	return 0;
}

static int
give_report(struct apply *apply, int *status, struct err *err)
{
	int code;

	if (live_signal_status()) {
		*status = live_signal_status();
		return 0;
	}
	judge_answers(apply);
	code = work_write(apply->request, write_report, apply, err);
	if (code == 0 && apply->run.ignored)
		return err_set(err, ERR_IO,
			"the server does not know dry runs, and may have carried out a step: "
			"nothing more was asked");
	if (code == 0 && apply->report.counts[DRY_WOULD] != apply->report.steps.count)
		*status = 1;
	return code;
}

static int
open_plan(struct apply *apply, struct err *err)
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_TEXT_SIZE];
	int code = work_open_plan(
		apply->request, apply->request->operands.items[0], &apply->plan, err);

	if (code != 0)
		return code;
	digest_of(buf_slice(&apply->plan.bytes), digest);
	digest_text(digest, text);
	apply->report.plan = arena_text(&apply->text, slice_of(text));
	code = adopt_selection(apply, err);
	return code == 0 ? take_steps(apply, err) : code;
}

static int
run(struct apply *apply, int *status, struct err *err)
{
	int code = open_plan(apply, err);

	if (code == 0 && apply->todos.count) {
		code = find_actors(apply, err);
		if (code == 0)
			code = look(apply, err);
		if (code == 0 && !live_signal_status())
			ask(apply);
	}
	return code == 0 ? give_report(apply, status, err) : code;
}

static void
release(struct apply *apply)
{
	fresh_release(&apply->fresh);
	vec_foreach (actor, &apply->actors)
		identity_release(&actor->identity);
	vec_release(&apply->actors);
	vec_release(&apply->todos);
	vec_release(&apply->items);
	vec_release(&apply->report.callers);
	vec_release(&apply->report.gaps);
	vec_release(&apply->report.steps);
	strpool_release(&apply->names);
	live_close(&apply->live);
	work_close_plan(&apply->plan);
	arena_release(&apply->text);
}

int
cmd_apply(struct request *request, int *status, struct err *err)
{
	struct apply apply = {.request = request};
	int code = format_choose(request, report_format_lists, &apply.format, err);

	if (code == 0 && request->external_id && request->roles.count == 0)
		code = err_set(err, ERR_USAGE,
			"--external-id does nothing without --role-arn or --accounts");
	if (code != 0)
		return code;
	strpool_init(&apply.names);
	code = run(&apply, status, err);
	release(&apply);
	return code;
}
