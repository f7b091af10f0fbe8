/*
 * THE format table: what a plan can be written as. A new format is one row here and one file beside
 * it. It must not know: anything about a format but its name, its file extension and its function.
 */
#include "report.h"
#include <string.h>

static const struct plan_format FORMATS[] = {
	{"text", "txt", "plan.txt", write_plan_text, NULL, NULL},
	{"json", "json", "plan.json", write_plan_json, NULL, NULL},
	{"markdown", "md", "plan.md", write_plan_markdown, NULL, NULL},
	{"csv", "csv", "plan.csv", write_plan_csv, NULL, NULL},
	{"html", "html", "plan.html", write_plan_html, NULL, NULL},
	{"aws-cli", "sh", "execute-%.sh", write_plan_aws_cli, NULL, script_check},
	{"powershell", "ps1", "execute-%.ps1", write_plan_powershell, NULL, script_check},
	{"console", NULL, "checklist.txt", write_plan_console, NULL, NULL},
	{"console-old", NULL, "checklist-old-console.txt", write_plan_console_old, NULL, NULL},
	{"undo", NULL, "undo-%.sh", write_plan_undo, NULL, script_check},
	{"dot", "dot", "process.dot", NULL, draw_plan_dot, NULL},
	{"svg", "svg", "process.svg", NULL, draw_plan_svg, NULL},
};

#define FORMAT_COUNT (sizeof(FORMATS) / sizeof(FORMATS[0]))

const struct plan_format *
plan_formats(size_t *count)
{
	*count = FORMAT_COUNT;
	return FORMATS;
}

const struct plan_format *
plan_format_find(const char *name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(FORMATS[i].name, name) == 0)
			return &FORMATS[i];
	return NULL;
}

const struct plan_format *
plan_format_for_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');

	for (size_t i = 0; dot && i < FORMAT_COUNT; i++)
		if (FORMATS[i].extension && strcmp(FORMATS[i].extension, dot + 1) == 0)
			return &FORMATS[i];
	return NULL;
}

int
plan_write(const struct plan_format *format, FILE *file, const struct plan_view *view,
	const struct report_options *options, struct err *err)
{
	int code = format->check ? format->check(view, options, err) : 0;

	if (code != 0)
		return code;
	if (format->draw)
		return format->draw(file, view, options, err);
	format->write(file, view, options);
	return 0;
}
