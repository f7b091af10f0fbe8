/*
 * amiplan cost: what an inventory, or a saved plan, costs a month and saves.
 * It must not know: how anything is priced or written.
 */
#include "cost_report.h"
#include "manual.h"
#include "plan.h"
#include "work.h"

struct costs {
	const char *format;
	const struct plan_view *view;
	struct cost_grouping grouping;
};

static int
write_costs(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct costs *costs = subject;

	(void)err;
	write_cost(file, costs->format, costs->view, &costs->grouping, options);
	return 0;
}

static int
take_by(const struct request *request, struct cost_grouping *grouping, struct err *err)
{
	static const struct {
		const char *word;
		enum cost_by by;
	} words[] = {
		{"region", BY_REGION},
		{"account", BY_ACCOUNT},
		{"ami", BY_AMI},
		{"rule", BY_RULE},
		{"pin", BY_PIN},
	};
	static const char tag[] = "tag:";
	const char *by = request->by;

	if (!by)
		return 0;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(by, words[i].word) == 0) {
			grouping->by = words[i].by;
			return 0;
		}
	if (strncmp(by, tag, sizeof(tag) - 1) != 0 || !by[sizeof(tag) - 1])
		return err_set(err, ERR_USAGE,
			"--by: \"%s\" is none of region, account, ami, rule, pin, tag:KEY", by);
	grouping->by = BY_TAG;
	grouping->tag = by + sizeof(tag) - 1;
	return 0;
}

/* Which tag is asked for, of which inventory. */
struct tag_question {
	const struct graph *graph;
	const char *key;
};

static const char *
tag_of(void *context, const char *resource)
{
	const struct tag_question *question = context;
	nid node = graph_find(question->graph, slice_of(resource));
	struct slice value = SLICE_NONE;

	if (!node || !graph_tag(question->graph, node, slice_of(question->key), &value))
		return NULL;
	return value.at ? value.at : "";
}

static int
cost_with(struct request *request, const struct ledger *ledger, const struct costs *asked,
	struct err *err)
{
	struct costs costs = *asked;
	struct inventory *inventory;
	struct work_plan made;
	struct plan_view view = {0};
	int code = work_inventory(
		request, request->operands.items, request->operands.count, &inventory, err);

	if (code != 0)
		return code;
	code = work_plan_open(request, ledger, inventory->graph, &made, err);
	if (code == 0) {
		const struct view_source source = {.tool_version = amiplan_version,
			.inventory_digest = inventory->digest,
			.cost = made.cost};
		struct tag_question question = {inventory->graph, costs.grouping.tag};

		view_of_plan(made.plan, &source, &view);
		costs.view = &view;
		costs.grouping.tag_of = tag_of;
		costs.grouping.context = &question;
		code = work_write(request, write_costs, &costs, err);
		view_release(&view);
		work_plan_close(&made);
	}
	inventory_free(inventory);
	return code;
}

static int
cost_inventory(struct request *request, const struct costs *asked, struct err *err)
{
	struct ledger ledger = {0};
	int code = ledger_open(request, &ledger, err);

	if (code == 0)
		code = cost_with(request, &ledger, asked, err);
	ledger_close(&ledger);
	return code;
}

static int
cost_saved(struct request *request, struct saved_plan *plan, struct costs *costs, struct err *err)
{
	int code;

	if (request->price_files.count || request->bill_files.count)
		return err_set(err, ERR_USAGE,
			"--%s: a saved plan has its prices already; name the inventory instead of "
			"%s",
			request->price_files.count ? "prices" : "cur", request->operands.items[0]);

	if (costs->grouping.by == BY_TAG)
		return err_set(err, ERR_USAGE,
			"--by %s: a plan does not hold all tags; name the inventory instead of %s",
			request->by, request->operands.items[0]);
	code = plan_read(
		buf_slice(&plan->bytes), file_title(request->operands.items[0]), &plan->view, err);
	if (code != 0)
		return code;
	plan->is_open = true;
	costs->view = &plan->view;
	return work_write(request, write_costs, costs, err);
}

int
cmd_cost(struct request *request, int *status, struct err *err)
{
	struct saved_plan plan = {0};
	struct costs costs = {0};
	int code = format_choose(request, cost_format_lists, &costs.format, err);

	(void)status;
	if (code == 0)
		code = take_by(request, &costs.grouping, err);
	if (code == 0)
		code = request_complete(request, err);
	if (code != 0)
		return code;
	if (request->operands.count == 1 &&
		work_file_is_plan(request, request->operands.items[0], &plan))
		code = cost_saved(request, &plan, &costs, err);
	else
		code = cost_inventory(request, &costs, err);
	work_close_plan(&plan);
	return code;
}
