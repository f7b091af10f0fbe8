/*
 * Price lists and bills of a request.
 * It must not know: how they are read, or what is made of them.
 */
#include "ledger.h"
#include "files.h"
#include "texts.h"
#include "whole_file.h"

static void
say(const char *line, void *to)
{
	(void)to;
	fprintf(stderr, "amiplan: %s\n", line);
}

/* Sorted, so that the order of options changes no byte; and standard input only once. */
static int
tidy_paths(struct request *request, const char **paths, size_t *count, struct err *err)
{
	size_t kept = 0;

	texts_sort(paths, *count);
	for (size_t i = 0; i < *count; i++) {
		if (kept && strcmp(paths[kept - 1], paths[i]) == 0)
			continue;
		if (strcmp(paths[i], "-") == 0 && request->used_stdin)
			return err_set(err, ERR_USAGE, "standard input (-) can be read only once");
		request->used_stdin = request->used_stdin || strcmp(paths[i], "-") == 0;
		paths[kept++] = paths[i];
	}
	*count = kept;
	return 0;
}

static int
read_prices(struct request *request, struct ledger *ledger, struct err *err)
{
	int code;

	ledger->book = &price_book_built_in;
	if (request->price_files.count == 0)
		return 0;
	code = tidy_paths(request, request->price_files.items, &request->price_files.count, err);
	if (code == 0)
		code = price_list_load(request->price_files.items, request->price_files.count,
			&ledger->prices, err);
	if (code != 0)
		return code;
	/* What a plan tells is UTF-8, whatever a path is. */
	ledger->prices.book.source = file_text(&request->arena, ledger->prices.book.source);
	ledger->book = &ledger->prices.book;
	vec_foreach (file, &ledger->prices.files) {
		struct evidence_file record = {file_text(&request->arena, file->name), file->sha256,
			*file->date ? file->date : NULL};

		vec_push(&request->policy.prices, record);
	}
	return 0;
}

static int
read_bills(struct request *request, struct ledger *ledger, struct err *err)
{
	struct cur_options options = {.say = request->quiet ? NULL : say};
	int code;

	if (request->bill_files.count == 0)
		return 0;
	code = tidy_paths(request, request->bill_files.items, &request->bill_files.count, err);
	options.paths = request->bill_files.items;
	options.count = request->bill_files.count;
	if (code == 0)
		code = cur_load(&options, &ledger->table, err);
	if (code != 0)
		return code;
	ledger->bill = &ledger->table;
	request->policy.bill_month = ledger->table.month;
	vec_foreach (file, &ledger->table.files) {
		char *hex = arena_alloc(&request->arena, DIGEST_TEXT_SIZE);
		struct evidence_file record = {file_text(&request->arena, file->name), hex, NULL};

		digest_text(file->sha256, hex);
		vec_push(&request->policy.bills, record);
	}
	return 0;
}

int
ledger_open(struct request *request, struct ledger *ledger, struct err *err)
{
	int code = read_prices(request, ledger, err);

	return code == 0 ? read_bills(request, ledger, err) : code;
}

void
ledger_close(struct ledger *ledger)
{
	price_list_release(&ledger->prices);
	if (ledger->bill)
		billed_table_release(&ledger->table);
}
