/*
 * THE format table: what a plan can be written as. A new format is one row here and one file beside
 * it. It must not know: anything about a format but its name, its file extension and its function.
 */
#include "report.h"
#include <string.h>

static const struct plan_format FORMATS[] = {
	{"text", "txt", write_plan_text, NULL},
	{"json", "json", write_plan_json, NULL},
	{"markdown", "md", write_plan_markdown, NULL},
	{"csv", "csv", write_plan_csv, NULL},
	{"html", "html", write_plan_html, NULL},
	{"aws-cli", "sh", write_plan_aws_cli, script_check},
	{"powershell", "ps1", write_plan_powershell, script_check},
	{"console", NULL, write_plan_console, NULL},
	{"console-old", NULL, write_plan_console_old, NULL},
	{"undo", NULL, write_plan_undo, script_check},
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
