/*
 * amiplan verify: is a saved plan safe against this inventory? 0 safe, 1 not safe, 2 could not be
 * checked. It must not know: how the proof goes.
 */
#include "work.h"

struct proof {
	const char *format;
	struct verify_report report;
};

static int
write_proof(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct proof *proof = subject;

	(void)err;
	if (strcmp(proof->format, "json") == 0)
		write_verify_json(file, &proof->report);
	else
		write_verify_text(file, &proof->report, options);
	return 0;
}

/* Whose accounts, which region and which pins the plan was made with hold here too, unless the
 * command line says otherwise. */
static void
adopt_selection(struct request *request, const struct plan_selection *selection)
{
	bool want_accounts = request->accounts.count == 0,
	     want_pins = request->policy.pins.count == 0;

	if (!request->policy.region)
		request->policy.region = selection->region;
	for (size_t i = 0; want_accounts && i < selection->accounts.count; i++)
		vec_push(&request->accounts, selection->accounts.items[i]);
	for (size_t i = 0; want_pins && i < selection->pins.count; i++)
		vec_push(&request->policy.pins, selection->pins.items[i]);
}

static bool
is_own_inventory(const struct plan_view *view, const struct inventory *inventory)
{
	char text[DIGEST_TEXT_SIZE];

	digest_text(inventory->digest, text);
	return strcmp(view->inventory_digest, text) == 0;
}

static int
verify_inventory(struct request *request, const struct plan_view *view, struct verify_terms *terms,
	struct proof *proof, struct err *err)
{
	struct inventory *inventory;
	int code = work_inventory(
		request, request->operands.items + 1, request->operands.count - 1, &inventory, err);

	if (code != 0)
		return code;
	terms->same_inventory = is_own_inventory(view, inventory);
	code = verify_plan(view, terms, inventory->graph, &proof->report, err);
	inventory_free(inventory);
	return code;
}

static int
verify(struct request *request, struct saved_plan *plan, struct proof *proof, struct err *err)
{
	struct plan_selection selection = {0};
	struct verify_terms terms = {0};
	int code = work_open_plan(request, request->operands.items[0], plan, err);

	if (code == 0)
		code = plan_read_selection(&plan->view, &request->arena, &selection, err);
	if (code == 0)
		code = plan_terms(&plan->view, &selection, &terms, err);
	if (code == 0) {
		adopt_selection(request, &selection);
		code = verify_inventory(request, &plan->view, &terms, proof, err);
	}
	plan_terms_release(&terms);
	if (code == 0 || code == ERR_USAGE)
		return code;
	/* 1 would say "not safe", and that nobody knows. */
	if (err)
		err->code = ERR_UNCHECKED;
	return ERR_UNCHECKED;
}

int
cmd_verify(struct request *request, int *status, struct err *err)
{
	struct proof proof = {0};
	struct saved_plan plan = {0};
	int code = format_choose(request, report_format_lists, &proof.format, err);

	if (code != 0)
		return code;
	code = verify(request, &plan, &proof, err);
	if (code == 0)
		code = work_write(request, write_proof, &proof, err);
	if (code == 0 && proof.report.unsafe > 0)
		*status = 1;
	verify_report_release(&proof.report);
	work_close_plan(&plan);
	return code;
}
