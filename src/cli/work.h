/*
 * What several verbs do alike: read an inventory, read a saved plan, write a result.
 * It must not know: which verb asks.
 */
#ifndef AMIPLAN_CLI_WORK_H
#define AMIPLAN_CLI_WORK_H

#include "commands.h"
#include "inventory.h"
#include "ledger.h"
#include "out.h"
#include "report.h"
#include "saving.h"
#include "terminal.h"
#include "whole_file.h"

/* Loads the inventory of these paths as the request's options say. */
int work_inventory(const struct request *request, const char *const *paths, size_t count,
	struct inventory **out, struct err *err);

/* A plan of an inventory, with its cost. It stays where it is: the plan borrows the choice. */
struct work_plan {
	struct saving saving; /* empty, unless the policy chooses by money */
	struct plan *plan;
	struct cost *cost; /* NULL: the ledger was not opened */
};

/* Makes the plan that the request's policy asks for. A policy that chooses needs an open ledger. */
int work_plan_open(const struct request *request, const struct ledger *ledger,
	const struct graph *graph, struct work_plan *out, struct err *err);
void work_plan_close(struct work_plan *made);

/* A saved plan: its bytes and its view. Zero-initialise. */
struct saved_plan {
	struct buf bytes;
	struct plan_view view;
	bool is_open;
};

/* Reads a file that is no directory: is it a plan? `plan` has its bytes afterwards. Directories and
 * what cannot be read are inventories. */
bool work_file_is_plan(struct request *request, const char *path, struct saved_plan *plan);
int work_open_plan(
	struct request *request, const char *path, struct saved_plan *plan, struct err *err);
void work_close_plan(struct saved_plan *plan);

/* One result: opens -o, calls `write`, commits. */
typedef int result_write(
	FILE *file, const struct report_options *options, void *subject, struct err *err);
int work_write(const struct request *request, result_write *write, void *subject, struct err *err);

/* A plan in a format by name, where it can be written so. */
int work_write_plan(const char *format, FILE *file, const struct plan_view *view,
	const struct report_options *options, struct err *err);

#endif
