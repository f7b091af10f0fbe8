/*
 * What the readers of price lists share.
 * It must not know: the command line.
 */
#ifndef AMIPLAN_BILLING_PRICE_READERS_H
#define AMIPLAN_BILLING_PRICE_READERS_H

#include "json_pull.h"
#include "price_file.h"
#include "stream.h"

/* A file under way. */
struct price_reader {
	struct price_draft *draft;
	const char *title;
	struct err *err;
	char *date; /* of struct price_file */
};

/* The earlier of both dates is kept; what is no date is nothing. */
void price_see_date(struct price_reader *reader, struct slice text);

/*
 * What a price list tells of one price. Every member is a name of the API and a column of the bulk
 * list: FIELD(member, attribute, column).
 */
#define PRODUCT_FIELDS(FIELD)                                                                      \
	FIELD(region, "regionCode", "Region Code")                                                 \
	FIELD(place, "locationType", "Location Type")                                              \
	FIELD(usage_type, "usagetype", "usageType")                                                \
	FIELD(type, "instanceType", "Instance Type")                                               \
	FIELD(system, "operatingSystem", "Operating System")                                       \
	FIELD(software, "preInstalledSw", "Pre Installed S/W")                                     \
	FIELD(tenancy, "tenancy", "Tenancy")                                                       \
	FIELD(capacity, "capacitystatus", "CapacityStatus")                                        \
	FIELD(license, "licenseModel", "License Model")                                            \
	FIELD(market, "marketoption", "MarketOption")

struct product {
#define FIELD(member, attribute, column) struct slice member;
	PRODUCT_FIELDS(FIELD)
#undef FIELD
	struct slice unit, price; /* `price` in USD; none: only in another currency */
};

enum product_result {
	PRODUCT_OTHER, /* nothing that a plan costs */
	PRODUCT_TAKEN,
	PRODUCT_NO_USD,
	PRODUCT_BAD_PRICE,
};
enum product_result product_add(struct price_draft *draft, const struct product *product);
/* Why not: for the last two. */
const char *product_problem(enum product_result result);

/* A number or a string of digits in USD; false if it can be no price. */
bool price_add_text(
	struct price_draft *draft, struct slice region, struct slice path, struct slice price);
#define NO_PRICE                                                                                   \
	"is no price: a number of USD is wanted, not below zero, of at most fourteen decimals"

/* Each takes the whole document and fails with a place in it. */
bool price_read_schema(struct price_reader *reader, struct json *json);
bool price_read_products(struct price_reader *reader, struct json *json);
bool price_read_bulk(struct price_reader *reader, struct stream *stream);

#endif
