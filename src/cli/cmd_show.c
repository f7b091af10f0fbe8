/*
 * amiplan show: a saved plan in another format.
 * It must not know: how plans are made.
 */
#include "work.h"

struct shown {
	const char *format;
	const struct saved_plan *plan;
};

static int
write_shown(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct shown *shown = subject;

	(void)err;
	if (strcmp(shown->format, "json") == 0)
		fwrite(shown->plan->bytes.at, 1, shown->plan->bytes.len, file);
	else
		plan_format_find(shown->format)->write(file, &shown->plan->view, options);
	return 0;
}

int
cmd_show(struct request *request, int *status, struct err *err)
{
	struct saved_plan plan = {0};
	struct shown shown = {.plan = &plan};
	int code = format_choose(request, show_format_lists, &shown.format, err);

	if (code != 0)
		return code;
	code = work_open_plan(request, request->operands.items[0], &plan, err);
	if (code == 0)
		code = work_write(request, write_shown, &shown, err);
	if (code == 0 && request->detailed_exitcode && plan.view.step_count > 0)
		*status = 2;
	work_close_plan(&plan);
	return code;
}
