/*
 * Usage types, as bills and price lists write them: "EUC1-EBS:SnapshotUsage".
 * It must not know: files, rows.
 */
#ifndef AMIPLAN_BILLING_USAGE_TYPE_H
#define AMIPLAN_BILLING_USAGE_TYPE_H

#include "billed.h"

/* Without the region's code: letters, perhaps a digit, a hyphen. us-east-1 has none. */
struct slice usage_type_base(struct slice usage_type);
/* The part of a bill that it belongs to; BILLED_PARTS: none. */
enum billed_part usage_type_part(struct slice usage_type);

#endif
