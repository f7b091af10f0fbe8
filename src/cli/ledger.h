/*
 * The price lists and bills that a request names, read.
 * It must not know: how they are read, or what is made of them.
 */
#ifndef AMIPLAN_CLI_LEDGER_H
#define AMIPLAN_CLI_LEDGER_H

#include "cur.h"
#include "price_file.h"
#include "request.h"

/* Lifetime: its owner's. Zero-initialise. */
struct ledger {
	struct price_list prices;
	struct billed_table table;
	const struct price_book *book;   /* the built-in one where no list was named */
	const struct billed_table *bill; /* NULL: none was named */
};

/* Reads them, and records in the request's policy what was read. */
int ledger_open(struct request *request, struct ledger *ledger, struct err *err);
void ledger_close(struct ledger *ledger);

#endif
