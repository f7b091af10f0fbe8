/*
 * What the parts of a collection share: the run, its accounts, their places. Private to collect*.c.
 * It must not know: files' contents, the command line.
 */
#ifndef AMIPLAN_AWS_RUN_H
#define AMIPLAN_AWS_RUN_H

#include "collect.h"
#include "creds.h"
#include "directory.h"
#include "findings.h"
#include "listing.h"

struct run;

/* Whose places they are. Lifetime: the run. */
struct account {
	struct run *run;
	const struct collect_source *source;
	const char *id;        /* NULL until the caller is known */
	const char *arn;       /* of the caller */
	struct slice identity; /* the document */
	enum call_plainness plainness[CALLS];
	struct findings findings; /* the account's regions */
	struct call_record identity_record;
};

/* What is asked item by item: one row of the table in one place. */
struct items {
	struct place *place;
	enum collect_call call;
	id_list ids;
	size_t next;   /* the first that was not asked about yet */
	bool left_out; /* there are others */
	bool refused;  /* the server will not answer: no use to ask on */
	uint64_t under_way, answered, gone;
	uint64_t failed_in_a_row;
	enum outcome failure;       /* of those that are neither */
	VEC(struct sha256) digests; /* of the files, in no order */
};

/* One region of an account. Lifetime: the run; its memory is mostly given back when it ends. */
struct place {
	struct account *account;
	const char *region;
	struct directory directory;
	struct findings findings;
	struct items items[CALLS];
	struct call_record records[CALLS];
	enum call_plainness plainness[CALLS];
	bool ended[CALLS];  /* of its listings */
	uint64_t under_way; /* listings, and calls about items */
	uint64_t files;
	int64_t started;
	bool details_begun, versions_begun, parameters_begun, is_over;
	const char *problem; /* why nothing of it will be written; NULL: it will be */
};

struct run {
	const struct collect_options *options;
	struct collect_result *result;
	VEC(struct account *) accounts;
	VEC(struct place *) places;
	uint64_t callers_under_way;
	uint64_t under_way; /* callers, lists of regions, places */
	struct err err;     /* ends the run */
};

/* UTC seconds by AWS's clock, where that is known to differ from ours. */
int64_t run_now(const struct run *run);
/* Text of AWS or of the transport, made printable, in the result's memory. */
const char *run_keep(struct run *run, const char *text);
void run_note_failure(struct run *run, const char *account, const char *region,
	enum collect_call call, const struct call_record *record);
void run_note_place(struct run *run, const struct collected_place *place);
void run_tell(struct run *run, enum progress_event event, const struct account *account,
	const char *region, enum collect_call call);

/* --- collect_place.c --- */

/* Opens a region: its directory. */
void place_open(struct account *account, const char *region);
/* Begins the listings of an account's places, call by call: those that have the most pages begin
 * first in all of them. */
void places_list(struct account *account);
void place_free(struct place *place);
/* Something of it has ended: what can begin begins, and it ends itself when nothing is left. */
void place_advance(struct place *place);
/* Nothing of it will be written. The first reason stays; it is copied. */
void place_give_up(struct place *place, const char *why);
/* What a failed call says of the place as a whole: false if it goes on without it. */
bool place_is_lost(struct place *place, enum collect_call call, const struct listing_end *end);
/* How one of its calls is asked: without ids, file and who is told. */
struct listing_request place_request(struct place *place, enum collect_call call);
/* The first failure of a row stays in its record. */
void place_note(struct place *place, enum collect_call call, const struct listing_end *end);

/* --- collect_items.c --- */

/* Asks about each id, a few at a time; `left_out`: there are others that are not asked about. */
void items_begin(struct place *place, enum collect_call call, const id_list *ids, bool left_out);

/* --- collect_details.c: which items --- */

void place_ask_details(struct place *place);    /* once AMIs, instances and snapshots are listed */
void place_ask_versions(struct place *place);   /* once templates are */
void place_ask_parameters(struct place *place); /* once everything else has been read */

#endif
