/*
 * amiplan apply: asks EC2 about each step of a plan, as a dry run.
 * It must not know: how AWS is called, how a step is judged.
 */
#include "apply.h"

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

/* --- what is asked --------------------------------------------------------------------------- */

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
			"the plan's selection does not hold together: make it anew");
	return code;
}

static int
look(struct apply *apply, struct err *err)
{
	struct arena arena = {0};
	int code;

	for (size_t i = 0; i < apply->todos.count; i++) {
		struct view_step step;

		arena_clear(&arena);
		apply_read_step(apply, i, &arena, &step);
		fresh_add(&apply->fresh, &apply->live, apply->todos.items[i].provider, &step);
	}
	arena_release(&arena);
	code = fresh_read(&apply->fresh, &apply->live, err);
	if (code == 0 && !live_signal_status())
		apply_judge_look(apply);
	return code;
}

static void
ask(struct apply *apply)
{
	apply->run = (struct dry_run){
		.caller = apply->live.caller,
		.arena = &apply->text,
		.items = apply->items.items,
		.count = apply->items.count,
		.progress = &apply->progress,
	};
	progress_show_next(
		&apply->show, &apply->progress, (struct progress_words){.items = "steps asked"});
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
	apply_judge_answers(apply);
	code = work_write(apply->request, write_report, apply, err);
	if (code == 0 && apply->run.ignored)
		return err_set(err, ERR_IO,
			"the server does not know dry runs, and may have carried out a step: "
			"nothing more was asked");
	if (code == 0 && apply->report.counts[DRY_WOULD] != apply->report.steps.count)
		*status = 1;
	return code;
}

/* The fresh look, then the dry runs of what still holds; both are shown as they go on. */
static int
call_aws(struct apply *apply, struct err *err)
{
	int code;

	apply->fresh.progress = &apply->progress;
	progress_show_begin(&apply->show, &apply->progress,
		(struct progress_words){.items = "looked at"}, apply->request->quiet);
	code = look(apply, err);
	if (code == 0 && !live_signal_status())
		ask(apply);
	progress_show_end(&apply->show);
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
	return code == 0 ? apply_take_steps(apply, err) : code;
}

static int
run(struct apply *apply, int *status, struct err *err)
{
	int code = open_plan(apply, err);

	if (code == 0 && apply->todos.count) {
		code = find_actors(apply, err);
		if (code == 0)
			code = call_aws(apply, err);
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
	struct apply apply = {.request = request, .progress = {.account = ""}};
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
