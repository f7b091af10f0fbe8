/*
 * amiplan plan: inventory → plan → one format; or what is missing; or the IAM policies that it
 * needs; or the rules.
 * It must not know: how any of it is decided or written.
 */
#include "iam_needs.h"
#include "manual.h"
#include "plan.h"
#include "work.h"

/* What a writer needs. */
struct result {
	const char *format;
	const struct plan_view *view;
	const struct view_missings *missing;
};

static int
write_rules(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct result *result = subject;

	(void)err;
	if (strcmp(result->format, "json") == 0)
		write_rules_json(file);
	else if (strcmp(result->format, "markdown") == 0)
		write_rules_markdown(file);
	else
		write_rules_text(file, options);
	return 0;
}

static int
write_missing(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct result *result = subject;

	(void)err;
	if (strcmp(result->format, "json") == 0)
		write_missing_json(file, result->missing);
	else if (strcmp(result->format, "aws-cli") == 0)
		write_missing_script(file, result->missing);
	else
		write_missing_text(file, result->missing, options);
	return 0;
}

static int
write_plan(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct result *result = subject;

	return work_write_plan(result->format, file, result->view, options, err);
}

static int
write_iam(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct result *result = subject;
	struct arena arena = {0};
	struct iam_needs needs;

	(void)options;
	(void)err;
	iam_needs_fill(&needs, &arena);
	write_iam_policies(file, result->view, &needs);
	arena_release(&arena);
	return 0;
}

static void
definition(void *context, nid image, struct buf *out)
{
	inventory_definition(context, image, out);
}

static int
give_plan(struct request *request, struct inventory *inventory, const struct work_plan *made,
	const char *format, struct err *err)
{
	const struct view_source source = {
		.cost = made->cost,
		.tool_version = amiplan_version,
		.inventory_digest = inventory->digest,
		.definition = definition,
		.context = inventory,
	};
	struct plan_view view = {0};
	struct result result = {.format = format, .view = &view};
	int code;

	view_of_plan(made->plan, &source, &view);
	code = work_write(request, request->iam_policy ? write_iam : write_plan, &result, err);
	view_release(&view);
	return code;
}

/* Of all that may go: what is missing stands in the way of each choice. */
static int
give_missing(struct request *request, const struct inventory *inventory, const char *format,
	struct err *err)
{
	struct arena arena = {0};
	struct view_missings missing = {0};
	struct result result = {.format = format, .missing = &missing};
	struct plan *plan;
	int code = plan_make(inventory->graph, &request->policy, &plan, err);

	if (code != 0)
		return code;
	plan_missing(plan, &arena, &missing);
	code = work_write(request, write_missing, &result, err);
	arena_release(&arena);
	plan_free(plan);
	return code;
}

/* What is asked for instead of a plan; NULL: a plan. */
static const char *
mode_of(const struct request *request)
{
	return request->missing      ? "missing"
	       : request->list_rules ? "list-rules"
	       : request->iam_policy ? "iam-policy"
				     : NULL;
}

static int
plan_inventory(struct request *request, const struct ledger *ledger, struct inventory *inventory,
	const char *format, int *status, struct err *err)
{
	struct work_plan made;
	int code = work_plan_open(request, ledger, inventory->graph, &made, err);

	if (code != 0)
		return code;
	code = give_plan(request, inventory, &made, format, err);
	if (request->detailed_exitcode && !mode_of(request) && plan_step_count(made.plan) > 0)
		*status = 2;
	work_plan_close(&made);
	return code;
}

static int
read_and_plan(struct request *request, const struct ledger *ledger, const char *format, int *status,
	struct err *err)
{
	struct inventory *inventory;
	int code = work_inventory(
		request, request->operands.items, request->operands.count, &inventory, err);

	if (code != 0)
		return code;
	code = request->missing ? give_missing(request, inventory, format, err)
				: plan_inventory(request, ledger, inventory, format, status, err);
	inventory_free(inventory);
	return code;
}

static const struct format_list *
formats_of_mode(const struct request *request)
{
	const struct format_list *list = plan_format_lists;
	const char *mode = mode_of(request);

	while (mode && (!list->mode || strcmp(list->mode, mode) != 0))
		list++;
	return list;
}

static int
check_modes(const struct request *request, struct err *err)
{
	if (request->missing + request->list_rules + request->iam_policy < 2)
		return 0;
	return err_set(err, ERR_USAGE, "--missing, --list-rules and --iam-policy: say one of them");
}

int
cmd_plan(struct request *request, int *status, struct err *err)
{
	struct result result = {0};
	struct ledger ledger = {0};
	int code = check_modes(request, err);

	if (code == 0)
		code = format_choose(request, formats_of_mode(request), &result.format, err);
	if (code != 0 || (code = request_complete(request, err)) != 0)
		return code;
	if (request->list_rules)
		return work_write(request, write_rules, &result, err);
	if (request->missing) /* it is asked so that a plan can be made: no cap stands in its way */
		request->policy.max_steps = request->policy.max_percent_milli = -1;
	code = ledger_open(request, &ledger, err);
	if (code == 0)
		code = read_and_plan(request, &ledger, result.format, status, err);
	ledger_close(&ledger);
	return code;
}
