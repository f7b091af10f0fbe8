/*
 * Whether the terms that the plan records of itself (accepts, assumptions, as-of) can be taken at
 * their word, for the proof. It must not know: steps, or what the terms do.
 */
#include "civil.h"
#include "verify_judge.h"

/* What was collected so long ago says nothing of today. */
#define LONG_AHEAD (366 * DAY)
/* An account may well be quiet for years, and --as-of may be given: this is for what cannot be. */
#define FAR_AHEAD (3650 * DAY)

#define DIGITS "0123456789"

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

/* ---- as-of: ages and recent launches are told from it, so one far ahead makes everything old ----
 */

static enum verify_result
say_as_of(
	struct judge *j, enum verify_result result, const char *after, int64_t than, const char *so)
{
	char as_of[TIME_TEXT_SIZE];
	char text[TIME_TEXT_SIZE];

	time_format(j->terms->as_of, as_of);
	time_format(than, text);
	buf_format(&j->why, "the plan was made as of %s, %s (%s)%s", as_of, after, text, so);
	return result;
}

/* Nobody gave it: then it can be told again. */
static bool
is_not_its_inventorys(const struct judge *j, int64_t *told)
{
	const struct graph *graph = j->graph;

	*told = graph->collection_start != TIME_NONE ? graph->collection_start : graph->newest;
	*told = *told != TIME_NONE ? *told : 0;
	return j->terms->same_inventory && j->terms->as_of_derived && j->terms->as_of != *told;
}

/*
 * A collection tells when it was made, and that nothing later was read, be it the plan's own or a
 * later one. Without one the newest time is all there is: that of a quiet account is long ago, and
 * a later inventory has lost what the plan removed.
 */
enum verify_result
judge_as_of(struct judge *j)
{
	int64_t as_of = j->terms->as_of;
	int64_t collected = j->graph->collection_start;
	int64_t newest = j->graph->newest;
	int64_t told;

	if (is_not_its_inventorys(j, &told))
		return say_as_of(j, VERIFY_UNSAFE,
			"which it says nobody gave, but its own inventory tells another time", told,
			"");
	if (newest == TIME_NONE || collected > newest)
		newest = collected;
	if (newest == TIME_NONE || as_of - LONG_AHEAD <= newest)
		return VERIFY_SAFE;
	if (collected != TIME_NONE)
		return say_as_of(
			j, VERIFY_UNSAFE, "more than a year after what was collected", newest, "");
	if (!j->terms->same_inventory)
		return VERIFY_SAFE;
	if (as_of - FAR_AHEAD > newest)
		return say_as_of(j, VERIFY_UNSAFE,
			"more than ten years after the newest time in its own inventory", newest,
			", so everything looks old");
	return say_as_of(j, VERIFY_DOUBTFUL,
		"more than a year after the newest time in its own inventory", newest,
		": if it was saved long before as-of, launches since then are missing");
}

/* "0012.50": digits, then perhaps a point and digits. */
static bool
is_amount(const char *text)
{
	size_t whole = text ? strspn(text, DIGITS) : 0;

	if (whole == 0 || text[whole] == '\0')
		return whole != 0;
	return text[whole] == '.' && text[whole + 1 + strspn(text + whole + 1, DIGITS)] == '\0';
}

/* Exact, however many decimals a plan has: those of a byte at a price are more than struct money
 * reads. Both are amounts. */
static int
compare_amounts(const char *a, const char *b)
{
	size_t left, right;
	int order;

	a += strspn(a, "0");
	b += strspn(b, "0");
	left = strspn(a, DIGITS);
	right = strspn(b, DIGITS);
	if (left != right)
		return left < right ? -1 : 1;
	order = memcmp(a, b, left);
	a += left + (a[left] == '.');
	b += right + (b[right] == '.');
	for (; order == 0 && (*a || *b); a += *a != '\0', b += *b != '\0')
		order = (*a ? *a : '0') - (*b ? *b : '0');
	return order;
}

static bool
same_amount(const char *a, const char *b)
{
	return is_amount(a) && is_amount(b) && compare_amounts(a, b) == 0;
}

/* What the plan says of its choice is what it was asked for. */
static const char *
choice_denies(const struct view_choice *choice, const struct verify_terms *terms)
{
	bool asked = terms->save || terms->max_saving;

	if (!choice)
		return asked ? "does not say how its steps were chosen" : NULL;
	if (!asked)
		return "says that its steps were chosen by money";
	if ((choice->save_usd != NULL) != (terms->save != NULL) ||
		(terms->save && !same_amount(choice->save_usd, terms->save)))
		return "was chosen for another saving";
	if (choice->by_most != (terms->save_by && strcmp(terms->save_by, "most") == 0))
		return "was chosen by another end of what is saved";
	if (!choice->save_usd &&
		(terms->max_steps < 0 || choice->max_steps != (uint64_t)terms->max_steps))
		return "was chosen for another number of steps";
	return NULL;
}

/* By the plan's own amounts: what they rest on is not proven here. */
static bool
saves_too_little(struct judge *j, const struct view_choice *choice)
{
	const struct view_money *saving = &j->plan->cost.monthly_saving_usd;
	const char *most = saving->max ? saving->max : saving->priced;
	const char *saved = choice->by_most ? most : saving->min;

	if (is_amount(saved) && is_amount(choice->save_usd) &&
		compare_amounts(saved, choice->save_usd) >= 0)
		return false;
	buf_format(&j->why, "the plan was chosen to save %s USD a month and %s %s, by its own cost",
		choice->save_usd, choice->by_most ? "saves at most" : "surely saves",
		saved ? saved : "an unknown amount");
	return true;
}

bool
judge_misses_choice(struct judge *j)
{
	const struct view_choice *choice = j->plan->choice;
	const char *denied = choice_denies(choice, j->terms);

	if (denied) {
		buf_format(&j->why, "the plan %s; its selection says otherwise", denied);
		return true;
	}
	if (!choice)
		return false;
	if (choice->save_usd)
		return saves_too_little(j, choice);
	if (j->plan->step_count <= choice->max_steps)
		return false;
	buf_format(&j->why, "the plan was chosen to have at most %llu steps and has %zu",
		(unsigned long long)choice->max_steps, j->plan->step_count);
	return true;
}
