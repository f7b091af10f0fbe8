/*
 * What several verbs do alike: read an inventory, read a saved plan, write a result.
 * It must not know: which verb asks.
 */
#include "work.h"
#include "json_pull.h"
#include "show_work.h"
#include <sys/stat.h>
#include <unistd.h>

#define PLAN_FORMAT "amiplan.plan/"

static void
say(const char *line, void *to)
{
	show_say(to, line);
}

int
work_inventory(const struct request *request, const char *const *paths, size_t count,
	struct inventory **out, struct err *err)
{
	const struct inventory_options options = {
		.paths = paths,
		.path_count = count,
		.accounts = request->accounts.items,
		.account_count = request->accounts.count,
		.region = request->policy.region,
		.pins = request->policy.pins.items,
		.pin_count = request->policy.pins.count,
		.cache = request->cache,
		.verify_cache = request->verify_cache,
		.say = request->quiet ? NULL : say,
		.say_to = request->show,
		.meter = show_meter(request->show),
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++)
		if (request->used_stdin && strcmp(paths[i], "-") == 0)
			code = err_set(err, ERR_USAGE, "standard input (-) can be read only once");
	if (code != 0)
		return code;
	show_phase(request->show, "reading the inventory");
	code = inventory_load(&options, out, err);
	show_phase(request->show, NULL);
	return code;
}

/* All that may go comes first, and what it saves; then the plan without what is not needed. */
static int
choose(const struct ledger *ledger, const struct graph *graph, const struct policy *policy,
	struct saving *out, struct err *err)
{
	struct plan *plan;
	int code = plan_make(graph, policy, &plan, err);

	if (code == 0) {
		struct cost *cost = cost_make(plan, ledger->book, ledger->bill);

		code = saving_choose(cost, out, err);
		cost_free(cost);
		plan_free(plan);
	}
	return code;
}

/* A choice that the plan's own cost does not bear out is never shown. */
static int
check_saving(const struct cost *cost, const struct saving *saving, enum save_by by, struct err *err)
{
	const struct amount *saved = &cost_totals(cost)->saving;

	if (money_compare(by == SAVE_BY_MOST ? saved->priced : saved->min, saving->freed) == 0)
		return 0;
	return err_set(err, ERR_INTERNAL,
		"self-check: what was chosen by money does not save what it should; no plan is "
		"given; please report this");
}

int
work_plan_open(const struct request *request, const struct ledger *ledger,
	const struct graph *graph, struct work_plan *out, struct err *err)
{
	const struct policy *policy = &request->policy;
	bool chooses = policy_chooses(policy);
	int code = 0;

	*out = (struct work_plan){0};
	show_phase(request->show, "planning");
	if (chooses)
		code = choose(ledger, graph, policy, &out->saving, err);
	if (code == 0)
		code = plan_make_chosen(
			graph, policy, chooses ? &out->saving : NULL, &out->plan, err);
	if (code == 0 && ledger->book)
		out->cost = cost_make(out->plan, ledger->book, ledger->bill);
	if (code == 0 && chooses)
		code = check_saving(out->cost, &out->saving, policy->save_by, err);
	show_phase(request->show, NULL);
	if (code != 0)
		work_plan_close(out);
	return code;
}

void
work_plan_close(struct work_plan *made)
{
	cost_free(made->cost);
	plan_free(made->plan);
	saving_release(&made->saving);
	*made = (struct work_plan){0};
}

/* A key that documents of AWS have: no plan, and no need to read on. */
static bool
is_source_key(struct slice name)
{
	size_t count;
	const struct source_row *rows = inventory_sources(&count);

	for (size_t i = 0; i < count; i++)
		if (slice_is(name, rows[i].key) && !slice_is(name, "format"))
			return true;
	return false;
}

/* What is no JSON at all is left to the inventory's reader, which says why. */
static bool
is_plan(struct slice bytes)
{
	struct json json;
	struct err ignored;
	struct slice name, value;
	bool found = false;

	json_begin(&json, bytes, "", &ignored);
	if (json_peek(&json) == JSON_OBJECT && json_enter(&json, JSON_OBJECT))
		while (json_next_member(&json, &name) && !is_source_key(name)) {
			if (!slice_is(name, "format")) {
				json_skip(&json, NULL);
				continue;
			}
			found = json_peek(&json) == JSON_STRING && json_string(&json, &value) &&
				slice_starts(value, PLAN_FORMAT);
			break;
		}
	json_end(&json);
	return found;
}

bool
work_file_is_plan(struct request *request, const char *path, struct saved_plan *plan)
{
	struct stat status;

	if (strcmp(path, "-") != 0 && (stat(path, &status) != 0 || !S_ISREG(status.st_mode)))
		return false;
	return file_read(request, path, 0, &plan->bytes, NULL) == 0 &&
	       is_plan(buf_slice(&plan->bytes));
}

int
work_open_plan(struct request *request, const char *path, struct saved_plan *plan, struct err *err)
{
	int code = file_read(request, path, 0, &plan->bytes, err);

	if (code == 0)
		code = plan_read(buf_slice(&plan->bytes), file_title(path), &plan->view, err);
	plan->is_open = code == 0;
	return code;
}

void
work_close_plan(struct saved_plan *plan)
{
	if (plan->is_open)
		view_release(&plan->view);
	plan->is_open = false;
	buf_release(&plan->bytes);
}

int
work_write(const struct request *request, result_write *write, void *subject, struct err *err)
{
	struct report_options options;
	struct out out;
	int code = out_open(&out, request->output, err);

	if (code != 0)
		return code;
	options = terminal_options(request, out.file);
	if (isatty(fileno(out.file)) != 1) /* else the result is what is seen */
		show_phase(request->show, "writing the result");
	code = write(out.file, &options, subject, err);
	show_phase(request->show, NULL);
	if (code == 0)
		return out_commit(&out, err);
	out_abandon(&out);
	return code;
}

int
work_write_plan(const char *format, FILE *file, const struct plan_view *view,
	const struct report_options *options, struct err *err)
{
	return plan_write(plan_format_find(format), file, view, options, err);
}
