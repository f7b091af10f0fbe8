/*
 * How a plan's steps were chosen by money, as sentences for people.
 * It must not know: formats.
 */
#include "choice_text.h"
#include "decimal.h"
#include <inttypes.h>

static void
add_dollars(const char *exact, struct buf *out)
{
	struct decimal decimal;

	if (exact && decimal_parse(exact, &decimal))
		decimal_text_rounded(&decimal, out);
	else
		buf_add_text(out, "an unknown amount of");
	buf_add_text(out, " USD");
}

static void
add_images(const struct plan_view *view, struct buf *out)
{
	buf_format(out, "with %" PRIu64 " of %" PRIu64 " possible AMIs", view->images.go,
		view->choice->images);
}

/* What may be freed is no promise: what surely is stands beside it. */
static void
add_saving(const struct plan_view *view, struct buf *out)
{
	const struct view_money *saving = &view->cost.monthly_saving_usd;
	const char *most = saving->max ? saving->max : saving->priced;

	buf_add_text(out, view->choice->by_most ? "frees at most " : "surely frees ");
	add_dollars(view->choice->by_most ? most : saving->min, out);
	if (view->choice->by_most && !saving->max)
		buf_add_text(out, ", as far as prices and sizes are known");
	if (view->choice->by_most) {
		buf_add_text(out, ", surely ");
		add_dollars(saving->min, out);
	}
	buf_add_text(out, " a month");
}

static void
add_for_saving(const struct plan_view *view, struct buf *out)
{
	const struct view_choice *choice = view->choice;

	buf_add_text(out, " where ");
	add_dollars(choice->save_usd, out);
	buf_add_text(out, " were asked for, ");
	add_images(view, out);
	if (choice->least == choice->disturbance)
		buf_format(out, "; no choice disturbs less (%" PRIu64 ").", choice->disturbance);
	else
		buf_format(out,
			"; no choice disturbs less than %" PRIu64 " (this one: %" PRIu64 ").",
			choice->least, choice->disturbance);
}

static void
add_for_steps(const struct plan_view *view, struct buf *out)
{
	const struct view_choice *choice = view->choice;

	buf_add_text(out, ", ");
	add_images(view, out);
	buf_format(
		out, " in %zu of at most %" PRIu64 " steps; ", view->step_count, choice->max_steps);
	if (!choice->most_usd) {
		buf_add_text(out, "how much more another choice would save is not known.");
		return;
	}
	buf_format(out, "no choice of so many %s more than ",
		choice->by_most ? "can free" : "surely frees");
	add_dollars(choice->most_usd, out);
	buf_add_char(out, '.');
}

void
choice_text(const struct plan_view *view, struct buf *out)
{
	if (!view->choice)
		return;
	buf_add_text(out, "Chosen by money: ");
	add_saving(view, out);
	if (view->choice->save_usd)
		add_for_saving(view, out);
	else
		add_for_steps(view, out);
}
