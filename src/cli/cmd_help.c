/*
 * amiplan help: the verbs, one verb, or the manual page.
 * It must not know: what they say.
 */
#include "manual.h"
#include "work.h"

static int
write_help(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct request *request = subject;

	(void)options;
	(void)err;
	if (request->man)
		manual_page(file);
	else if (request->operands.count)
		help_command(file, command_find(request->operands.items[0]));
	else
		help_overview(file);
	return 0;
}

int
cmd_help(struct request *request, int *status, struct err *err)
{
	const char *verb = request->operands.count ? request->operands.items[0] : NULL;

	(void)status;
	if (verb && request->man)
		return err_set(
			err, ERR_USAGE, "--man prints the whole manual page: leave VERB out");
	if (verb && later_verb(slice_of(verb)))
		return err_set(err, ERR_USAGE, "`%s` is not part of this version", verb);
	if (verb && !command_find(verb))
		return err_set(err, ERR_USAGE, "there is no verb \"%s\"", verb);
	return work_write(request, write_help, request, err);
}
