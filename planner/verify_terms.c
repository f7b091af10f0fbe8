/*
 * Whether the terms that the plan records of itself (accepts, assumptions, as-of) can be taken at
 * their word, for the proof. It must not know: steps, or what the terms do.
 */
#include "civil.h"
#include "money.h"
#include "verify_judge.h"

/* An account may well be quiet for years, and --as-of may be given: this is for what cannot be. */
#define FAR_AHEAD (INT64_C(3650) * 24 * 3600)

/* "RULE" or "RULE=ID", of a rule that a user may take upon himself. */
static int
check_accepts(const struct judge *j, struct err *err)
{
	vec_foreach (accept, &j->terms->accepts) {
		struct slice rule = {*accept, strcspn(*accept, "=")};

		if (!judge_is_acceptable(rule))
			return err_set(err, ERR_UNCHECKED,
				"the plan accepts \"%s\", which is no rule that may be accepted",
				*accept);
	}
	return 0;
}

static int
check_kind(const char *member, const char *word, struct err *err)
{
	if (doc_kind_from_word(slice_of(word)) != DOC_NONE)
		return 0;
	return err_set(err, ERR_UNCHECKED,
		"the plan's \"%s\" names \"%s\", which is no kind of document", member, word);
}

int
judge_check_words(const struct judge *j, struct err *err)
{
	int code = check_accepts(j, err);

	vec_foreach (word, &j->terms->assumed) {
		if (code == 0 && strcmp(*word, "all") != 0)
			code = check_kind("assume_complete", *word, err);
	}
	vec_foreach (word, &j->terms->require) {
		if (code == 0)
			code = check_kind("require", *word, err);
	}
	return code;
}

/* Ages and recent launches are told from as-of: one far ahead of everything in the inventory makes
 * all of it look old. A later inventory says nothing of that. */
bool
judge_is_far_ahead(struct judge *j)
{
	char as_of[TIME_TEXT_SIZE];
	char newest[TIME_TEXT_SIZE];
	int64_t newest_time = j->graph->newest;

	if (newest_time != TIME_NONE && j->graph->collection_start > newest_time)
		newest_time = j->graph->collection_start;
	if (!j->terms->same_inventory || newest_time == TIME_NONE ||
		j->terms->as_of - FAR_AHEAD <= newest_time)
		return false;
	time_format(j->terms->as_of, as_of);
	time_format(newest_time, newest);
	buf_format(&j->why,
		"the plan was made as of %s, more than ten years after the newest time in its own "
		"inventory (%s), so everything looks old",
		as_of, newest);
	return true;
}

/* By the plan's own amounts: what they rest on is not proven here. */
static bool
saves_too_little(struct judge *j, const char *asked)
{
	const char *saved = j->plan->cost.monthly_saving_usd.min;
	struct money goal, sure;

	if (saved && money_parse(slice_of(saved), &sure) && money_parse(slice_of(asked), &goal) &&
		money_compare(sure, goal) >= 0)
		return false;
	buf_format(&j->why,
		"the plan was chosen to save %s USD a month and surely saves %s, by its own cost",
		asked, saved ? saved : "an unknown amount");
	return true;
}

bool
judge_misses_choice(struct judge *j)
{
	const struct view_choice *choice = j->plan->choice;

	if (!choice)
		return false;
	if (choice->save_usd)
		return saves_too_little(j, choice->save_usd);
	if (j->plan->step_count <= choice->max_steps)
		return false;
	buf_format(&j->why, "the plan was chosen to have at most %llu steps and has %zu",
		(unsigned long long)choice->max_steps, j->plan->step_count);
	return true;
}
