/*
 * What several verbs do alike: read an inventory, read a saved plan, write a result.
 * It must not know: which verb asks.
 */
#include "work.h"

static void
say(const char *line, void *to)
{
	(void)to;
	fprintf(stderr, "amiplan: %s\n", line);
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
		.say = request->quiet ? NULL : say,
	};
	int code = 0;

	for (size_t i = 0; code == 0 && i < count; i++)
		if (request->used_stdin && strcmp(paths[i], "-") == 0)
			code = err_set(err, ERR_USAGE, "standard input (-) can be read only once");
	return code == 0 ? inventory_load(&options, out, err) : code;
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
	code = write(out.file, &options, subject, err);
	if (code == 0)
		return out_commit(&out, err);
	out_abandon(&out);
	return code;
}
