/*
 * amiplan explain: why these resources can or cannot go.
 * It must not know: the rules.
 */
#include "idform.h"
#include "plan.h"
#include "work.h"
#include <unistd.h>

struct explained {
	const char *format;
	const struct view_explanation *items;
	size_t count;
};

struct operands {
	VEC(const char *) ids, paths;
};

/* An argument of id form is an id. What may be one, or looks like a mistyped one, is the file of
 * that name if there is one. */
static int
sort_operands(const struct request *request, struct operands *operands, struct err *err)
{
	vec_foreach (operand, &request->operands) {
		struct slice text = {*operand, strlen(*operand)};

		bool is_file = access(*operand, F_OK) == 0;

		if (idform_is(text) || (idform_may_be(text) && !is_file))
			vec_push(&operands->ids, *operand);
		else if (idform_almost(text) && !is_file)
			return err_set(err, ERR_USAGE,
				"\"%s\" is no id: 8 or 17 hex digits follow the prefix", *operand);
		else
			vec_push(&operands->paths, *operand);
	}
	if (operands->ids.count == 0)
		return err_set(
			err, ERR_USAGE, "explain: an ID is missing, such as ami-0123456789abcdef0");
	if (operands->paths.count == 0)
		return err_set(err, ERR_USAGE, "explain: an INVENTORY is missing");
	return 0;
}

static int
write_explained(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct explained *explained = subject;

	(void)err;
	if (strcmp(explained->format, "json") == 0) {
		write_explanations_json(file, explained->items, explained->count);
		return 0;
	}
	for (size_t i = 0; i < explained->count; i++) {
		if (i)
			fputc('\n', file);
		write_explanation_text(file, &explained->items[i], options);
	}
	return 0;
}

static struct slice
member(void *context, nid n, struct slice name, struct arena *arena)
{
	return inventory_text(context, n, name, arena);
}

static int
explain(const struct request *request, struct inventory *inventory, struct plan *plan,
	const struct operands *operands, struct explained *explained, struct err *err)
{
	const struct element_source source = {member, inventory};
	struct arena arena = {0};
	struct view_explanation *items = xcalloc(operands->ids.count, sizeof(*items));
	int code = 0;

	for (size_t i = 0; code == 0 && i < operands->ids.count; i++)
		code = plan_explain(
			plan, &source, slice_of(operands->ids.items[i]), &arena, &items[i], err);
	explained->items = items;
	explained->count = operands->ids.count;
	if (code == 0)
		code = work_write(request, write_explained, explained, err);
	free(items);
	arena_release(&arena);
	return code;
}

static int
explain_inventory(const struct request *request, const struct ledger *ledger,
	const struct operands *operands, struct explained *explained, struct err *err)
{
	struct inventory *inventory;
	struct work_plan made;
	int code = work_inventory(
		request, operands->paths.items, operands->paths.count, &inventory, err);

	if (code != 0)
		return code;
	code = work_plan_open(request, ledger, inventory->graph, &made, err);
	if (code == 0) {
		code = explain(request, inventory, made.plan, operands, explained, err);
		work_plan_close(&made);
	}
	inventory_free(inventory);
	return code;
}

int
cmd_explain(struct request *request, int *status, struct err *err)
{
	struct operands operands = {0};
	struct ledger ledger = {0};
	struct explained explained = {0};
	int code = format_choose(request, report_format_lists, &explained.format, err);

	(void)status;
	if (code == 0)
		code = request_complete(request, err);
	if (code == 0)
		code = sort_operands(request, &operands, err);
	if (code == 0) {
		/* Whether a plan is too large says nothing of one resource. */
		request->policy.max_percent_milli = -1;
		if (!request->policy.max_saving)
			request->policy.max_steps = -1;
		if (policy_chooses(&request->policy))
			code = ledger_open(request, &ledger, err);
	}
	if (code == 0)
		code = explain_inventory(request, &ledger, &operands, &explained, err);
	ledger_close(&ledger);
	vec_release(&operands.ids);
	vec_release(&operands.paths);
	return code;
}
