/*
 * amiplan diff: two saved plans, or two inventories. Their content tells which.
 * It must not know: what counts as a difference.
 */
#include "work.h"

struct difference {
	const char *format;
	struct diff *diff;
};

static int
write_difference(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct difference *difference = subject;

	(void)err;
	if (strcmp(difference->format, "json") == 0)
		write_diff_json(file, difference->diff);
	else
		write_diff_text(file, difference->diff, options);
	return 0;
}

static int
diff_two_plans(const struct request *request, struct saved_plan plans[2], struct diff **out,
	struct err *err)
{
	for (size_t i = 0; i < 2; i++) {
		int code = plan_read(buf_slice(&plans[i].bytes),
			file_title(request->operands.items[i]), &plans[i].view, err);

		if (code != 0)
			return code;
		plans[i].is_open = true;
	}
	*out = diff_plans(&plans[0].view, &plans[1].view);
	return 0;
}

static int
diff_two_inventories(const struct request *request, struct inventory *inventories[2],
	struct diff **out, struct err *err)
{
	for (size_t i = 0; i < 2; i++) {
		int code = work_inventory(
			request, &request->operands.items[i], 1, &inventories[i], err);

		if (code != 0)
			return code;
	}
	*out = diff_graphs(inventories[0]->graph, inventories[1]->graph);
	return 0;
}

static int
compare(struct request *request, struct saved_plan plans[2], struct inventory *inventories[2],
	struct diff **out, struct err *err)
{
	const char *const *paths = request->operands.items;
	bool is_plans[2] = {false, false};

	for (size_t i = 0; i < 2; i++) {
		is_plans[i] = work_file_is_plan(request, paths[i], &plans[i]);
		if (is_plans[i])
			continue;
		if (strcmp(paths[i], "-") == 0)
			return err_set(err, ERR_USAGE,
				"diff: standard input holds no plan; name an inventory's file or "
				"directory");
		buf_release(&plans[i].bytes);
	}
	if (is_plans[0] != is_plans[1])
		return err_set(err, ERR_USAGE,
			"%s is a plan and %s is not: compare two plans or two inventories",
			paths[is_plans[0] ? 0 : 1], paths[is_plans[0] ? 1 : 0]);
	return is_plans[0] ? diff_two_plans(request, plans, out, err)
			   : diff_two_inventories(request, inventories, out, err);
}

int
cmd_diff(struct request *request, int *status, struct err *err)
{
	struct saved_plan plans[2] = {{.is_open = false}};
	struct inventory *inventories[2] = {NULL};
	struct difference difference = {0};
	int code = format_choose(request, report_format_lists, &difference.format, err);

	if (code == 0)
		code = compare(request, plans, inventories, &difference.diff, err);
	if (code == 0)
		code = work_write(request, write_difference, &difference, err);
	if (code == 0 && request->detailed_exitcode && !diff_is_empty(difference.diff))
		*status = 2;
	diff_free(difference.diff);
	for (size_t i = 0; i < 2; i++) {
		work_close_plan(&plans[i]);
		inventory_free(inventories[i]);
	}
	return code;
}
