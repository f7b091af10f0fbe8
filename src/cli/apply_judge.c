/*
 * From what the fresh look and EC2 say to a verdict a step.
 * It must not know: how AWS is called, how facts are compared.
 */
#include "apply.h"

#include "ids.h"

/* --- the fresh look -------------------------------------------------------------------------- */

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

void
apply_judge_look(struct apply *apply)
{
	struct arena arena = {0};

	note_gaps(apply);
	for (size_t i = 0; i < apply->todos.count; i++) {
		struct view_step step;

		arena_clear(&arena);
		apply_read_step(apply, i, &arena, &step);
		judge_look(apply, i, &step, &arena);
	}
	arena_release(&arena);
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
	uint32_t last = 0;

	step->verdict = DRY_REFUSED;
	while (id_find(message, "ami-", &from, &id)) {
		struct buf name = {0};
		const struct dry_step *user;

		buf_format(&name, "%s:%.*s", mutation_table[MUTATION_DEREGISTER].word, (int)id.len,
			id.at);
		user = apply_find_step(apply, name.at);
		buf_release(&name);
		if (!user || user->order >= step->order)
			return;
		if (user->order > last)
			last = user->order;
	}
	step->after = last;
	if (last)
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
	apply_read_step(apply, i, arena, &step);
	for (size_t j = 0; j < step.depends_on.count; j++) {
		const struct dry_step *first = apply_find_step(apply, step.depends_on.items[j]);

		if (first && first->verdict != DRY_WOULD && first->verdict != DRY_GONE) {
			kept->verdict = DRY_WAITS;
			kept->after = first->order;
			return;
		}
	}
}

void
apply_judge_answers(struct apply *apply)
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
