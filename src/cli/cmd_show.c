/*
 * amiplan show: a saved plan in another format, or in all of them.
 * It must not know: how plans are made.
 */
#include "bundle.h"
#include "work.h"

struct shown {
	const char *format;
	const struct saved_plan *plan;
	const struct place *only; /* NULL: all of the plan */
	char digest[DIGEST_TEXT_SIZE];
};

static int
write_shown(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct shown *shown = subject;
	struct report_options here = *options;

	here.digest = shown->digest;
	if (shown->only) {
		here.account = shown->only->account;
		here.region = shown->only->region;
	}
	if (strcmp(shown->format, "json") != 0)
		return work_write_plan(shown->format, file, &shown->plan->view, &here, err);
	fwrite(shown->plan->bytes.at, 1, shown->plan->bytes.len, file);
	return 0;
}

/* A plan is shown whole; only a script can be of a part of it. */
static int
take_part(const struct request *request, struct shown *shown, struct err *err)
{
	const struct plan_format *format = plan_format_find(shown->format);

	if (!request->policy.only.count)
		return 0;
	if (!format || !format->check)
		return err_set(err, ERR_USAGE, "--only is for scripts, not for the format %s",
			shown->format);
	if (request->policy.only.count > 1)
		return err_set(err, ERR_USAGE,
			"--only: one script is of one place; say it once, and show once for each");
	shown->only = &request->policy.only.items[0];
	return 0;
}

static void
digest_plan(const struct saved_plan *plan, char out[DIGEST_TEXT_SIZE])
{
	uint8_t bytes[DIGEST_SIZE];

	digest_of(buf_slice(&plan->bytes), bytes);
	digest_text(bytes, out);
}

int
cmd_show(struct request *request, int *status, struct err *err)
{
	struct saved_plan plan = {0};
	struct shown shown = {.plan = &plan};
	int code = format_choose(request, show_format_lists, &shown.format, err);

	if (code == 0 && request->bundle &&
		(request->output || request->format || request->policy.only.count))
		code = err_set(err, ERR_USAGE,
			"--bundle makes every format of the whole plan: it goes with none of -o, "
			"-T, "
			"--only");
	if (code != 0 || (code = take_part(request, &shown, err)) != 0)
		return code;
	code = work_open_plan(request, request->operands.items[0], &plan, err);
	if (code == 0)
		digest_plan(&plan, shown.digest);
	if (code == 0 && request->bundle)
		code = bundle_write(request->bundle, &plan, shown.digest, err);
	else if (code == 0)
		code = work_write(request, write_shown, &shown, err);
	if (code == 0 && request->detailed_exitcode && plan.view.step_count > 0)
		*status = 2;
	work_close_plan(&plan);
	return code;
}
