/*
 * The formats of each verb, and the choice among them.
 * It must not know: how a format is written.
 */
#include "choose.h"
#include "commands.h"
#include "report.h"

#define LIST(mode, array)                                                                          \
	{                                                                                          \
		mode, array, COUNT_OF(array), false                                                \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL, 0, false                                                               \
	}

static const struct format text_and_json[] = {{"text", ".txt"}, {"json", ".json"}};
static const struct format missing_formats[] = {
	{"text", ".txt"}, {"json", ".json"}, {"aws-cli", ".sh"}};
static const struct format rules_formats[] = {
	{"text", ".txt"}, {"json", ".json"}, {"markdown", ".md"}};
static const struct format iam_formats[] = {{"json", ".json"}};
static const struct format graph_formats[] = {
	{"dot", ".dot"}, {"svg", ".svg"}, {"png", ".png"}, {"pdf", ".pdf"}, {"json", ".json"}};

static const struct format cost_formats[] = {
	{"text", ".txt"}, {"json", ".json"}, {"csv", ".csv"}, {"markdown", ".md"}};

const struct format_list plan_format_lists[] = {{NULL, NULL, 0, true},
	LIST("missing", missing_formats), LIST("list-rules", rules_formats),
	LIST("iam-policy", iam_formats), END};
const struct format_list show_format_lists[] = {{NULL, NULL, 0, true}, END};
const struct format_list graph_format_lists[] = {LIST(NULL, graph_formats), END};
const struct format_list collect_format_lists[] = {LIST("whoami", text_and_json), END};
const struct format_list cost_format_lists[] = {LIST(NULL, cost_formats), END};
const struct format_list report_format_lists[] = {LIST(NULL, text_and_json), END};

size_t
format_count(const struct format_list *list)
{
	size_t count = list->count;

	if (list->of_plans)
		plan_formats(&count);
	return count;
}

const char *
format_name(const struct format_list *list, size_t i)
{
	size_t count;

	return list->of_plans ? plan_formats(&count)[i].name : list->formats[i].name;
}

const char *
format_default(const struct format_list *list)
{
	return list->of_plans ? "text" : list->formats[0].name;
}

static const char *
by_name(const struct format_list *list, const char *name)
{
	for (size_t i = 0; i < format_count(list); i++)
		if (strcmp(format_name(list, i), name) == 0)
			return format_name(list, i);
	return NULL;
}

static bool
ends_with(const char *path, const char *extension)
{
	size_t len = strlen(path), tail = extension ? strlen(extension) : 0;

	return tail > 0 && len > tail && strcmp(path + len - tail, extension) == 0;
}

static const char *
by_extension(const struct format_list *list, const char *path)
{
	if (list->of_plans) {
		const struct plan_format *format = plan_format_for_file(path);

		return format ? format->name : NULL;
	}
	for (size_t i = 0; i < list->count; i++)
		if (ends_with(path, list->formats[i].extension))
			return list->formats[i].name;
	return NULL;
}

static int
no_such_format(const struct request *request, const struct format_list *list, struct err *err)
{
	struct buf names = {0};
	int code;

	for (size_t i = 0; i < format_count(list); i++)
		buf_format(&names, "%s%s", i ? ", " : "", format_name(list, i));
	code = err_set(err, ERR_USAGE, "-T: \"%s\" is no format of %s%s%s: one of %s",
		request->format, request->command->name, list->mode ? " --" : "",
		list->mode ? list->mode : "", names.at ? names.at : "");
	buf_release(&names);
	return code;
}

int
format_choose(const struct request *request, const struct format_list *list, const char **name,
	struct err *err)
{
	bool is_file = request->output && strcmp(request->output, "-") != 0;
	const char *found = NULL;

	if (request->format)
		found = by_name(list, request->format);
	else if (is_file)
		found = by_extension(list, request->output);
	if (!found && request->format)
		return no_such_format(request, list, err);
	*name = found ? found : format_default(list);
	return 0;
}
