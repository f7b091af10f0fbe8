/*
 * amiplan help: the verbs, one verb, a manual page, or a completion script.
 * It must not know: what they say.
 */
#include "completion.h"
#include "manual.h"
#include "work.h"

static int
write_help(FILE *file, const struct report_options *options, void *subject, struct err *err)
{
	const struct request *request = subject;

	(void)options;
	(void)err;
	if (request->completion)
		completion_find(request->completion)(file);
	else if (request->man && request->operands.count)
		manual_page_of(file, command_find(request->operands.items[0]));
	else if (request->man)
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
	if (request->completion && (verb || request->man))
		return err_set(err, ERR_USAGE, "--completion stands alone");
	if (request->completion && !completion_find(request->completion))
		return err_set(err, ERR_USAGE, "--completion: \"%s\" is none of bash, zsh, fish",
			request->completion);
	if (verb && later_verb(slice_of(verb)))
		return err_set(err, ERR_USAGE, "`%s` is not part of this version", verb);
	if (verb && !command_find(verb))
		return err_set(err, ERR_USAGE, "there is no verb \"%s\"", verb);
	return work_write(request, write_help, request, err);
}
