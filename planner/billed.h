/*
 * What a bill says of resources: sums over one whole month, by resource and part.
 * It must not know: files, columns, prices of lists.
 *
 * EBS bills a stored block to one snapshot; when that one is deleted, the block's cost moves to a
 * later snapshot that needs it still. So a set of snapshots frees at most what is billed for it,
 * and exactly that if every later snapshot of its lineages goes too.
 * Source: https://repost.aws/knowledge-center/ebs-snapshot-billing
 */
#ifndef AMIPLAN_PLANNER_BILLED_H
#define AMIPLAN_PLANNER_BILLED_H

#include "digest.h"
#include "money.h"
#include "strpool.h"
#include "vec.h"

enum billed_part {
#define PART(name, prefix, single) name,
#include "billed_parts.def"
	BILLED_PARTS
};

/* Kinds of rows seen, as bits. */
enum billed_rows {
	BILLED_USAGE = 1,        /* on demand, or spot */
	BILLED_RESERVED = 2,     /* DiscountedUsage: a reservation pays */
	BILLED_SAVINGS_PLAN = 4, /* SavingsPlanCoveredUsage: a commitment pays */
	BILLED_DISCOUNT = 8,     /* discounts in rows of their own */
};

/* One part of one resource. Sums are of usage rows, unblended, before discounts. */
struct billed {
	struct money cost;
	struct money discounts; /* zero or less */
	uint64_t bytes;         /* average of the month: hours without a row count as none */
	uint64_t bytes_last;    /* average of its last day in the rows, as if for a whole month */
	uint32_t hours;         /* that usage rows tell of */
	uint8_t rows;           /* enum billed_rows */
	bool partial; /* it does not fill the month evenly: made, deleted, or billed anew in it */
};

struct billed_file {
	const char *name;
	uint8_t sha256[DIGEST_SIZE]; /* of the decompressed content */
};

/* Lifetime: its owner's. Zero-initialise. */
struct billed_table {
	struct strpool keys;      /* part and id */
	VEC(struct billed) items; /* by number of the key; those that are in the month have rows */
	char month[8];            /* "2026-10", the last whole month */
	uint32_t month_hours;
	size_t resources; /* that have rows in it */
	VEC(struct billed_file) files;
};

/* NULL: the bill has no row of it in that month, or `table` is NULL. */
const struct billed *billed_find(
	const struct billed_table *table, struct slice id, enum billed_part part);
const char *billed_prefix(enum billed_part part); /* of its ids: "snap-" */
bool billed_is_single(enum billed_part part);     /* at most one usage row an hour */

/* How a reader numbers a part of a resource: for strpool_add and strpool_find. */
#define BILLED_KEY_ROOM 40
struct slice billed_key(struct slice id, enum billed_part part, char room[BILLED_KEY_ROOM]);

void billed_table_init(struct billed_table *table);
void billed_table_release(struct billed_table *table);

#endif
