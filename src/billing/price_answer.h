/*
 * Answers of pricing:GetProducts as they come, put together to a draft of a price book.
 * It must not know: how answers are fetched, how a book is written.
 */
#ifndef AMIPLAN_BILLING_PRICE_ANSWER_H
#define AMIPLAN_BILLING_PRICE_ANSWER_H

#include "err.h"
#include "prices.h"

#define PRICE_DATE_SIZE 16

/* Takes the prices of one answer. `date` keeps the oldest publication: "" before the first. */
int price_answer_add(struct price_draft *draft, struct slice answer, char date[PRICE_DATE_SIZE],
	struct err *err);

/* A thing that two products price differently: nobody can tell which is meant. */
struct price_clash {
	const char *region, *name; /* of the draft */
	struct money least, most;
};
typedef VEC(struct price_clash) price_clashes;

/* Takes such things out of the draft, which then makes a book. */
void price_draft_part(struct price_draft *draft, price_clashes *clashes);

#endif
