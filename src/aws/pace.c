/*
 * How fast AWS takes calls: one token bucket for each account, region and action, as documented,
 * slower while AWS throttles. Beside it the retry quota of each account, region and service.
 * It must not know: a clock, what a call is.
 */
#include "pace.h"
#include "buf.h"
#include "strpool.h"
#include "vec.h"

/* The first row that fits. Every listing here is paged, so the smaller bucket of unfiltered and
 * unpaged calls has no row. What asks about one resource a call leaves a quarter of the rate to
 * others: its account's console and tools share the bucket. */
static const struct pace_row rows[] = {
	{SERVICE_EC2, "DescribeImageAttribute", false, 100, 15000},
	{SERVICE_EC2, "DescribeSnapshotAttribute", false, 100, 15000},
	{SERVICE_EC2, "DescribeInstanceAttribute", false, 100, 15000},
	{SERVICE_EC2, "DescribeSpotFleetRequests", false, 50, 3000},
	{SERVICE_EC2, "DescribeStoreImageTasks", false, 50, 500},
	{SERVICE_EC2, "DeregisterImage", true, 100, 5000},
	{SERVICE_EC2, "DeleteSnapshot", true, 100, 5000},
	{SERVICE_EC2, "TerminateInstances", true, 100, 5000},
	{SERVICE_EC2, "CreateTags", true, 100, 10000},
	{SERVICE_EC2, "DeleteTags", true, 100, 10000},
	{SERVICE_EC2, "ModifyImageAttribute", true, 100, 5000},
	{SERVICE_EC2, "ModifySnapshotAttribute", true, 100, 5000},
	{SERVICE_EC2, NULL, true, 50, 5000},
	{SERVICE_EC2, NULL, false, 100, 20000},
	/* So many requests a second are an account's quota, whoever asks.
	 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html */
	{SERVICE_EBS, NULL, false, 10, 50000},
	/* https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-pelong.html */
	{SERVICE_PRICING, NULL, false, 10, 5000},
	/* Nothing is published for the other services. */
	{SERVICES, NULL, true, 20, 5000},
	{SERVICES, NULL, false, 50, 10000},
};

enum {
	TOKEN = 1000000,    /* parts of a token: a millisecond's refill is a whole number of them */
	SLOWEST = 500,      /* thousandths of a token a second, however often AWS throttles */
	STEPS = 32,         /* calls taken until a halved rate of the row is whole again */
	PATIENCE_MS = 1000, /* what was sent before AWS throttled halves the rate only once */
};

struct pace_bucket {
	const struct pace_row *row;
	uint32_t rate;  /* thousandths of a token a second, at present */
	int64_t tokens; /* in parts */
	int64_t filled; /* up to when */
	int64_t slowed; /* when the rate was halved last */
	bool used;
	void *user;
};

struct pace_quota {
	uint32_t left;
};

struct pace {
	struct strpool names;
	VEC(struct pace_bucket *) buckets; /* by number of the name; NULL: a quota's */
	VEC(struct pace_quota *) quotas;
};

const struct pace_row *
pace_row_of(enum service service, const char *action, bool mutates)
{
	const struct pace_row *row = rows;

	for (;; row++) {
		if (row->service != SERVICES && row->service != service)
			continue;
		if (row->action ? strcmp(row->action, action) == 0 : row->mutates == mutates)
			return row;
	}
}

struct pace *
pace_new(void)
{
	struct pace *pace = xcalloc(1, sizeof(*pace));

	strpool_init(&pace->names);
	return pace;
}

void
pace_free(struct pace *pace)
{
	if (!pace)
		return;
	vec_foreach (bucket, &pace->buckets)
		free(*bucket);
	vec_foreach (quota, &pace->quotas)
		free(*quota);
	vec_release(&pace->buckets);
	vec_release(&pace->quotas);
	strpool_release(&pace->names);
	free(pace);
}

/* --- names ---------------------------------------------------------------------------------------
 */

/* The number of a bucket's or quota's name. No part can hold a line break that matters: AWS would
 * not have it, and two that are taken for one would only be slower. */
static sid
number_of(struct pace *pace, const char *account, const char *region, enum service service,
	const char *action)
{
	struct buf name = {0};
	sid number;

	buf_format(&name, "%s\n%s\n%d\n%s", account, region, (int)service, action);
	number = strpool_add(&pace->names, buf_slice(&name));
	buf_release(&name);
	while (pace->buckets.count <= number)
		vec_push(&pace->buckets, NULL);
	while (pace->quotas.count <= number)
		vec_push(&pace->quotas, NULL);
	return number;
}

struct pace_bucket *
pace_bucket(struct pace *pace, const char *account, const char *region, enum service service,
	const char *action, bool mutates)
{
	sid number = number_of(pace, account, region, service, action);
	struct pace_bucket *bucket = pace->buckets.items[number];

	if (!bucket) {
		bucket = pace->buckets.items[number] = xcalloc(1, sizeof(*bucket));
		bucket->row = pace_row_of(service, action, mutates);
		bucket->rate = bucket->row->refill;
		bucket->tokens = (int64_t)bucket->row->capacity * TOKEN;
	}
	return bucket;
}

struct pace_quota *
pace_quota(struct pace *pace, const char *account, const char *region, enum service service)
{
	sid number = number_of(pace, account, region, service, "");

	if (!pace->quotas.items[number]) {
		pace->quotas.items[number] = xcalloc(1, sizeof(struct pace_quota));
		pace->quotas.items[number]->left = QUOTA_CAPACITY;
	}
	return pace->quotas.items[number];
}

/* --- buckets -------------------------------------------------------------------------------------
 */

static void
fill(struct pace_bucket *bucket, int64_t now)
{
	int64_t room = (int64_t)bucket->row->capacity * TOKEN - bucket->tokens;
	int64_t passed = now - bucket->filled;

	if (!bucket->used || passed <= 0) {
		bucket->filled = bucket->used && bucket->filled > now ? bucket->filled : now;
		bucket->used = true;
		return;
	}
	bucket->filled = now;
	bucket->tokens += passed < room / bucket->rate ? passed * bucket->rate : room;
}

uint32_t
pace_take(struct pace_bucket *bucket, int64_t now)
{
	int64_t missing;

	fill(bucket, now);
	if (bucket->tokens >= TOKEN && bucket->filled <= now) {
		bucket->tokens -= TOKEN;
		return 0;
	}
	missing = bucket->tokens < TOKEN ? TOKEN - bucket->tokens : 0;
	return (uint32_t)(bucket->filled - now + (missing + bucket->rate - 1) / bucket->rate);
}

/* The bucket is filled, with nothing, up to the end of the wait: until then nothing comes in. One
 * token is there at that moment. */
void
pace_throttled(struct pace_bucket *bucket, int64_t now, uint32_t wait)
{
	fill(bucket, now);
	bucket->tokens = TOKEN;
	if (bucket->filled < now + wait)
		bucket->filled = now + wait;
	if (bucket->slowed && now - bucket->slowed < PATIENCE_MS)
		return;
	bucket->slowed = now;
	bucket->rate = bucket->rate / 2 > SLOWEST ? bucket->rate / 2 : SLOWEST;
	if (bucket->rate > bucket->row->refill)
		bucket->rate = bucket->row->refill;
}

void
pace_taken(struct pace_bucket *bucket)
{
	uint32_t step = bucket->row->refill / (2 * STEPS) + 1;
	uint32_t missing = bucket->row->refill - bucket->rate;

	bucket->rate += step < missing ? step : missing;
}

void **
pace_user(struct pace_bucket *bucket)
{
	return &bucket->user;
}

/* --- quotas --------------------------------------------------------------------------------------
 */

bool
pace_quota_take(struct pace_quota *quota, uint32_t cost)
{
	if (quota->left < cost)
		return false;
	quota->left -= cost;
	return true;
}

void
pace_quota_give(struct pace_quota *quota, uint32_t cost)
{
	quota->left = cost < QUOTA_CAPACITY - quota->left ? quota->left + cost : QUOTA_CAPACITY;
}
