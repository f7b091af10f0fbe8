/*
 * A plan as CSV (RFC 4180): one row an item, for spreadsheets and scripts.
 * It must not know: how anything was decided.
 */
#include "quote.h"
#include "report.h"
#include <inttypes.h>

/* Every column, in order. A row fills in what it has. */
#define COLUMNS(X)                                                                                 \
	X(fate)                                                                                    \
	X(order)                                                                                   \
	X(phase)                                                                                   \
	X(action)                                                                                  \
	X(resource)                                                                                \
	X(name)                                                                                    \
	X(account)                                                                                 \
	X(region)                                                                                  \
	X(rule)                                                                                    \
	X(class)                                                                                   \
	X(reason)                                                                                  \
	X(remedy)                                                                                  \
	X(by)                                                                                      \
	X(also)                                                                                    \
	X(depends_on)                                                                              \
	X(warnings)                                                                                \
	X(monthly_saving_usd_min)                                                                  \
	X(monthly_saving_usd_max)                                                                  \
	X(reversible)                                                                              \
	X(plan)

struct row {
#define X(column) const char *column;
	COLUMNS(X)
#undef X
};

static void
put_cell(FILE *file, const char *text, bool last)
{
	if (text)
		quote_csv(file, slice_of(text));
	fputs(last ? "\r\n" : ",", file);
}

static void
put_row(FILE *file, const struct row *row)
{
#define X(column) row->column,
	const char *const cells[] = {COLUMNS(X)};
#undef X

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		put_cell(file, cells[i], i + 1 == sizeof(cells) / sizeof(cells[0]));
}

/* A list in one cell: "a; b". */
static const char *
join(struct arena *arena, const struct texts *texts)
{
	struct buf buf = {0};
	const char *text;

	for (size_t i = 0; i < texts->count; i++)
		buf_format(&buf, "%s%s", i ? "; " : "", texts->items[i]);
	text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

static const char *
join_also(struct arena *arena, const struct view_alsos *alsos)
{
	struct buf buf = {0};
	const char *text;

	for (size_t i = 0; i < alsos->count; i++)
		buf_format(&buf, "%s%s", i ? "; " : "", alsos->items[i].rule);
	text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

static void
put_steps(FILE *file, const struct plan_view *view, const char *plan, struct arena *arena)
{
	for (size_t i = 0; i < view->step_count; i++) {
		struct view_step step;

		view->step(view, i, STEP_BRIEF, arena, &step);
		put_row(file, &(struct row){.fate = "step",
				      .order = arena_format(arena, "%" PRIu32, step.order),
				      .phase = arena_format(arena, "%" PRIu32, step.phase),
				      .action = step.action,
				      .resource = step.resource,
				      .name = step.name,
				      .account = step.account,
				      .region = step.region,
				      .reason = step.because,
				      .depends_on = join(arena, &step.depends_on),
				      .warnings = join(arena, &step.warnings),
				      .monthly_saving_usd_min = step.monthly_saving_usd.min,
				      .monthly_saving_usd_max = step.monthly_saving_usd.max,
				      .reversible = step.reversible,
				      .plan = plan});
		arena_clear(arena);
	}
}

static void
put_blocked(FILE *file, const struct plan_view *view, const char *plan, struct arena *arena)
{
	for (size_t i = 0; i < view->blocked_count; i++) {
		struct view_blocked blocked;

		view->blocked(view, i, arena, &blocked);
		put_row(file, &(struct row){.fate = "blocked",
				      .action = blocked.action,
				      .resource = blocked.resource,
				      .rule = blocked.rule,
				      .class = blocked.class,
				      .reason = blocked.reason,
				      .remedy = blocked.remedy,
				      .by = join(arena, &blocked.by),
				      .also = join_also(arena, &blocked.also),
				      .plan = plan});
		arena_clear(arena);
	}
}

static void
put_kept(FILE *file, const struct plan_view *view, const char *plan, struct arena *arena)
{
	for (size_t i = 0; i < view->kept_count; i++) {
		struct view_kept kept;

		view->kept(view, i, arena, &kept);
		put_row(file, &(struct row){.fate = "kept",
				      .resource = kept.resource,
				      .rule = kept.rule,
				      .reason = kept.reason,
				      .by = join(arena, &kept.by),
				      .also = join_also(arena, &kept.also),
				      .plan = plan});
		arena_clear(arena);
	}
}

void
write_plan_csv(FILE *file, const struct plan_view *view, const struct report_options *options)
{
	struct arena arena = {0};

#define X(column) .column = #column,
	put_row(file, &(struct row){COLUMNS(X)});
#undef X
	put_steps(file, view, options->digest, &arena);
	put_blocked(file, view, options->digest, &arena);
	put_kept(file, view, options->digest, &arena);
	arena_release(&arena);
}
