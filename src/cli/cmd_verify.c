/*
 * amiplan verify: is a saved plan safe against this inventory? 0 safe, 1 not safe, 2 could not be
 * checked. It must not know: how the proof goes.
 */
#include "json_pull.h"
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

/* Appends the texts of the array that comes next. What is no list of texts is passed over. */
#define APPEND_TEXTS(json, request, list)                                                          \
	do {                                                                                       \
		struct slice text_;                                                                \
		if (json_peek(json) != JSON_ARRAY) {                                               \
			json_skip((json), NULL);                                                   \
			break;                                                                     \
		}                                                                                  \
		if (json_enter((json), JSON_ARRAY))                                                \
			while (json_next_element(json) && json_string((json), &text_))             \
				vec_push((list), arena_text(&(request)->arena, text_));            \
	} while (0)

/* Whose accounts and which pins the plan was made with hold here too, unless the command line says
 * otherwise. */
static int
adopt_selection(struct request *request, const struct plan_view *view, struct err *err)
{
	bool want_accounts = request->accounts.count == 0,
	     want_pins = request->policy.pins.count == 0;
	struct json json;
	struct slice name;
	bool failed;

	json_begin(&json, slice_of(view->selection), "the plan's selection", err);
	if (json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name)) {
			if (want_accounts && slice_is(name, "accounts"))
				APPEND_TEXTS(&json, request, &request->accounts);
			else if (want_pins && slice_is(name, "pins"))
				APPEND_TEXTS(&json, request, &request->policy.pins);
			else
				json_skip(&json, NULL);
		}
	failed = json.failed;
	json_end(&json);
	return failed ? ERR_VALUE : 0;
}

static bool
is_own_inventory(const struct plan_view *view, const struct inventory *inventory)
{
	char text[DIGEST_TEXT_SIZE];

	digest_text(inventory->digest, text);
	return strcmp(view->inventory_digest, text) == 0;
}

static void
terms_release(struct verify_terms *terms)
{
	vec_release(&terms->accepts);
	vec_release(&terms->assumed);
	vec_release(&terms->protect_tags);
	vec_release(&terms->in_use_selectors);
	vec_release(&terms->amis);
}

static int
verify_inventory(
	struct request *request, const struct plan_view *view, struct proof *proof, struct err *err)
{
	struct verify_terms terms = {0};
	struct inventory *inventory;
	int code = work_inventory(
		request, request->operands.items + 1, request->operands.count - 1, &inventory, err);

	if (code != 0)
		return code;
	code = plan_read_terms(view, &terms, err);
	if (code == 0) {
		terms.same_inventory = is_own_inventory(view, inventory);
		code = verify_plan(view, &terms, inventory->graph, &proof->report, err);
	}
	terms_release(&terms);
	inventory_free(inventory);
	return code;
}

static int
verify(struct request *request, struct saved_plan *plan, struct proof *proof, struct err *err)
{
	int code = work_open_plan(request, request->operands.items[0], plan, err);

	if (code == 0)
		code = adopt_selection(request, &plan->view, err);
	if (code == 0)
		code = verify_inventory(request, &plan->view, proof, err);
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
