/*
 * How fast AWS takes calls: one token bucket for each account, region and action, as documented,
 * slower while AWS throttles. Beside it the retry quota of each account, region and service, which
 * ends a storm of retries. Nothing here waits; times are the caller's milliseconds.
 * It must not know: a clock, what a call is.
 * Source: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
#ifndef AMIPLAN_AWS_PACE_H
#define AMIPLAN_AWS_PACE_H

#include "service.h"
#include <stdbool.h>
#include <stdint.h>

/* What a bucket holds and gets back. In thousandths, since some get less than one a second. */
struct pace_row {
	enum service service; /* SERVICES: any */
	const char *action;   /* NULL: any */
	bool mutates;         /* compared where action is NULL */
	uint32_t capacity;    /* tokens */
	uint32_t refill;      /* thousandths of a token a second */
};

/* The row that a call falls under; the last one takes any. */
const struct pace_row *pace_row_of(enum service service, const char *action, bool mutates);

/* Lifetime: process. All buckets. */
struct pace;
struct pace_bucket;
struct pace_quota;

struct pace *pace_new(void);
void pace_free(struct pace *pace);

/* The bucket of such calls, full if it is new; and their quota. Both live as long as `pace`. */
struct pace_bucket *pace_bucket(struct pace *pace, const char *account, const char *region,
	enum service service, const char *action, bool mutates);
struct pace_quota *pace_quota(
	struct pace *pace, const char *account, const char *region, enum service service);

/* Takes a token: 0, or without one the milliseconds until there is one. */
uint32_t pace_take(struct pace_bucket *bucket, int64_t now);
/* AWS throttled a call: the bucket is empty for `wait` milliseconds and fills at half the rate. */
void pace_throttled(struct pace_bucket *bucket, int64_t now, uint32_t wait);
/* AWS took a call: the rate creeps back to what is documented. */
void pace_taken(struct pace_bucket *bucket);

/* What a retry costs: the weights of the SDKs' standard mode. */
enum { QUOTA_CAPACITY = 500, QUOTA_RETRY = 5, QUOTA_TIMEOUT = 10, QUOTA_SUCCESS = 1 };
/* False, and nothing taken, if that much is not left. */
bool pace_quota_take(struct pace_quota *quota, uint32_t cost);
void pace_quota_give(struct pace_quota *quota, uint32_t cost);

/* For the one who uses a bucket: where its calls wait. NULL at first. */
void **pace_user(struct pace_bucket *bucket);

#endif
