/*
 * Price lists from files: amiplan's own schema, answers of pricing:GetProducts, the bulk list as
 * CSV; which of them a file is, its content tells. Any of them may be gzip.
 * It must not know: what is paid for.
 */
#ifndef AMIPLAN_BILLING_PRICE_FILE_H
#define AMIPLAN_BILLING_PRICE_FILE_H

#include "digest.h"
#include "prices.h"

/* One file as it was read. */
struct price_file {
	const char *name;
	char sha256[DIGEST_TEXT_SIZE]; /* of the decompressed content */
	char date[16];                 /* of its oldest price: "2026-10-01"; "" unknown */
};

/* A book and what it borrows from. Lifetime: its owner's. Zero-initialise. */
struct price_list {
	struct price_book book;
	struct price_draft draft;
	VEC(struct price_file) files;
};

/* All files together make one book; "-" is standard input. Two prices for one thing are an error,
 * and so is a file with no price. `out` borrows the paths. */
int price_list_load(
	const char *const *paths, size_t count, struct price_list *out, struct err *err);
void price_list_release(struct price_list *list);

#endif
