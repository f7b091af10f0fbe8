/*
 * AWS's price list: the products that a price book is made of, region by region, from
 * pricing:GetProducts. It must not know: what a product is the price of.
 * Source:
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
#ifndef AMIPLAN_AWS_PRICE_LIST_H
#define AMIPLAN_AWS_PRICE_LIST_H

#include "call.h"
#include "calls.h"

extern const struct call_row price_call;

/* What is asked beside storage and Linux: an operating system by its billing code
 * ("RunInstances:0010"), in a region. Texts are borrowed. */
struct price_system {
	const char *region, *operation;
};

/* Lifetime: one run. Zero-initialise; the caller fills the first part. */
struct price_list_run {
	struct caller *caller;
	struct provider *provider;
	const char *home; /* a region near which the price list is asked */
	const char *const *regions;
	size_t region_count;
	const struct price_system *systems;
	size_t system_count;
	/* Each page of an answer, as a document. A page may come twice. False: it is not usable,
	 * `err` says why. */
	bool (*take)(void *to, struct slice answer, struct err *err);
	void *to;

	uint64_t questions, answered;
	struct err err; /* of the first question that came to nothing; code 0: none did */
	bool stopped;
};

/* Starts all questions; they are answered from http_run. */
void price_list_start(struct price_list_run *run);

#endif
