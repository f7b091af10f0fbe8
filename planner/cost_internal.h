/*
 * What the passes of the cost estimate share. Nobody but cost*.c includes it.
 * It must not know: files, formats.
 */
#ifndef AMIPLAN_PLANNER_COST_INTERNAL_H
#define AMIPLAN_PLANNER_COST_INTERNAL_H

#include "cost.h"
#include "internal.h"
#include "lineage.h"

/* What becomes of a cell of a lineage. */
enum cell_fate {
	CELL_STAYS,
	CELL_GOES,     /* every snapshot in it is a step */
	CELL_VANISHES, /* it leaves the Recycle Bin by itself */
};

/* Bytes of a family; `unsized`: snapshots of which nobody says how large they are. */
struct bytes {
	uint64_t min, max;
	uint64_t unsized;
	enum cost_level level;
};

/* What is known of a family as a whole. */
struct family_facts {
	uint64_t most;  /* the sum of its cells' */
	uint64_t least; /* the largest of its cells' */
	bool listed;    /* every snapshot of its place was read */
	bool whole;     /* and those in the Recycle Bin: nothing unknown can hold its blocks */
};

struct cost {
	const struct plan *plan;
	const struct graph *graph;
	const struct price_book *book;
	const struct billed_table *bill; /* NULL: none */
	struct lineages lineages;
	struct cost_totals totals;
	struct family_facts *facts; /* by family */
	uint8_t *scratch;           /* by cell, for one count at a time */
	uint64_t *billed;           /* by cell: bytes billed for it; BYTES_UNKNOWN. NULL: no bill */
	uint64_t *share_min, *share_max; /* by cell that goes: bytes that count as freed by it */
	uint8_t *mapped;                 /* by cell: an AMI maps one of its snapshots */
	uint8_t *now, *later;            /* by cell: enum cell_fate; later: past the bin */
	nid *holder; /* by cell: the snapshot of those that stay which its bytes are told of; 0 none
		      */
	cid *first_child, *next_sibling;  /* by cell; 0 none */
	const struct block_list **blocks; /* by cell: of a root its blocks, else what changed from
					     its parent; NULL: not read */
	struct strpool gaps;              /* texts of `unpriced`, to find them again */
	VEC(struct unpriced) unpriced;    /* by number of the text */
	VEC(struct continuing) continuing;
	VEC(struct amount) sums; /* of what goes on costing together */
	size_t last_sum;         /* the entry of the newest of them */
	struct arena arena;
};

/* --- amounts (cost_amount.c) --- */
struct amount amount_zero(void);
struct amount amount_exact(struct money money);
/* From nothing up to so much. */
struct amount amount_up_to(struct money most);
struct amount amount_of_bytes(struct money per_gib, const struct bytes *bytes);
struct amount amount_times(struct amount a, uint64_t times);
void amount_add(struct amount *to, const struct amount *other);
void sheet_zero(struct sheet *sheet);
void sheet_add(struct sheet *sheet, enum cost_part part, const struct amount *amount);

/* --- bytes of lineages (cost_family.c) --- */
/* What is known of each family; called once, after the fates. */
void families_weigh(struct cost *cost);
/* `fates` by cell. What is freed when every cell that goes is gone. */
struct bytes family_freed(const struct cost *cost, uint32_t family, const uint8_t *fates);
/* The same for `now`, and shares it out among the cells that go: share_min, share_max. */
struct bytes family_shared_out(struct cost *cost, uint32_t family);
/* What the cells that stay hold, apart for those that an AMI maps and the others. */
void family_stored(const struct cost *cost, uint32_t family, const uint8_t *fates,
	struct bytes *mapped, struct bytes *others);
/* What is freed when this snapshot alone is deleted. */
struct bytes snapshot_freed(const struct cost *cost, nid snapshot);
/* What it refers to. */
struct bytes snapshot_full(const struct graph *graph, nid snapshot);
uint64_t bytes_sum(uint64_t a, uint64_t b); /* saturates */

/* --- counting blocks (cost_blocks.c) --- */
/* By cell: of a root its blocks, else what changed from its parent; NULL: not read. To be freed. */
const struct block_list **lineages_blocks(
	const struct lineages *lineages, const struct graph *graph);
/*
 * Bytes that only cells with `gone` hold; `each` (by cell; may be NULL): those whose version began
 * at that cell. False: a list that this needs was not read.
 */
bool blocks_freed(const struct cost *cost, uint32_t family, const uint8_t *gone, uint64_t *each,
	uint64_t *out);
bool blocks_freed_alone(const struct cost *cost, cid cell, uint64_t *out);
/*
 * Sets of cells, all of which are `gone`, that alone hold some blocks, each with the bytes of all
 * versions that just these cells hold. Not all of them, where there are very many
 * (LIMIT_HOLDERS_WORK). The lists that blocks_freed needs were read.
 */
typedef void holders_visitor(void *context, const cid *cells, size_t count, uint64_t bytes);
void blocks_each_holders(const struct cost *cost, uint32_t family, const uint8_t *gone,
	holders_visitor *visit, void *context);
/* Bytes that the family stores. */
bool blocks_stored(const struct cost *cost, uint32_t family, uint64_t *out);

/* --- by the bill (cost_billed.c) --- */
/* What is billed for each cell; called once. */
void bill_find(struct cost *cost);
/* Narrows what sizes and counts say of what is freed, if the bill can. */
void bill_freed(
	const struct cost *cost, uint32_t family, const uint8_t *fates, struct bytes *bytes);
void bill_freed_alone(const struct cost *cost, cid cell, struct bytes *bytes);
/* False: it does not tell of every snapshot. */
bool bill_stored(const struct cost *cost, uint32_t family, const uint8_t *fates,
	struct bytes *mapped, struct bytes *others);
/* On demand through the whole month, all of it covered by commitments, or neither is known. */
enum bill_cover { COVER_UNKNOWN, COVER_NONE, COVER_ALL };
enum bill_cover bill_cover_of(const struct cost *cost, nid instance);

/* --- prices of single things (cost_items.c) --- */
/*
 * Everything that a resource costs beside the blocks of the standard tier. What has no price is
 * noted in `note`, unless that is NULL: several threads may ask then.
 */
typedef struct amount item_amount(const struct cost *cost, nid node, struct cost *note);
item_amount snapshot_archive, snapshot_fast_restore, volume_cost;
item_amount snapshot_early_delete; /* once */
item_amount instance_cost, instance_saving, address_cost, address_saving;
/* Elastic IP addresses that stay when the instance goes. */
struct amount address_kept(const struct cost *cost, nid instance);
/* The price of an item in the place of `node`. */
struct money price_at(const struct cost *cost, nid node, enum price_item item, const char *name,
	struct cost *note);
void note_unpriced(struct cost *note, nid node, const char *what);
/* It is not in the list, but sums have an estimate of it. */
void note_estimated(struct cost *note, nid node, const char *what, const char *estimate);
/* Whether the volume goes when the instances that are steps are terminated, or, unless `alone` is
 * 0, when that one is. */
enum tristate volume_goes(const struct cost *cost, nid volume, nid alone);
/* Ours, and billed at all. */
bool is_paid(const struct cost *cost, nid node);
bool node_is_paid(const struct graph *graph, nid node);

#endif
