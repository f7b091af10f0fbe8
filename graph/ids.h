/*
 * AWS resource ids: which kind, and whether a piece of text is one, whole.
 * Ids have 8 or 17 lower-case hex digits after the prefix. Source:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
 * It must not know: the graph.
 */
#ifndef AMIPLAN_GRAPH_IDS_H
#define AMIPLAN_GRAPH_IDS_H

#include "slice.h"

/* True if `text` is `prefix` ("ami-", "snap-", "i-", "vol-", "lt-") and 8 or 17 hex digits, nothing
 * more. */
bool id_is(struct slice text, const char *prefix);

/* An id with its terminator. */
#define ID_ROOM 32

/* As id_is, for an id that surrounding blanks or capitals may disguise: the id itself, in `room`
 * unless `text` is already it; SLICE_NONE if there is none. */
struct slice id_tidy(struct slice text, const char *prefix, char room[ID_ROOM]);

/* "ami-", "aki-" or "ari-": describe-images lists kernels and ramdisks too. */
bool id_is_any_image(struct slice text);

bool id_is_account(struct slice text); /* 12 digits */

/* "us-east-1", "eu-isoe-west-1", …: the name has the form of a region of a known partition. */
bool id_is_region(struct slice text);

/* The region that a zone name starts with ("us-west-2-lax-1a" → "us-west-2"), or SLICE_NONE. */
struct slice id_region_of_zone(struct slice zone);

/* The parts of an ARN, borrowed from `text`. False if `text` is none. */
struct arn {
	struct slice partition, service, region, account, resource;
};
bool id_parse_arn(struct slice text, struct arn *out);

/*
 * The next whole id with `prefix` in free text, from *from on: not preceded or followed by a
 * letter, digit, `-` or `_` (so not in "import-ami-…"); a following `-` or `.` at a sentence's end
 * is fine. Advances *from. False: no more.
 */
bool id_find(struct slice text, const char *prefix, size_t *from, struct slice *out);

#endif
