/*
 * Tests of pace and timers, on a clock that only the test moves.
 * It must not know: calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pace.h"
#include "timers.h"

enum { START = 1000 };

/* Tokens that are there at `now`. */
static uint32_t
drain(struct pace_bucket *bucket, int64_t now)
{
	uint32_t count = 0;

	while (pace_take(bucket, now) == 0)
		count++;
	return count;
}

static void
each_action_falls_under_its_row(void **state)
{
	static const struct {
		enum service service;
		const char *action;
		bool mutates;
		uint32_t capacity, refill;
	} cases[] = {
		{SERVICE_EC2, "DescribeImages", false, 100, 20000},
		{SERVICE_EC2, "ListImagesInRecycleBin", false, 100, 20000},
		{SERVICE_EC2, "DescribeImageAttribute", false, 100, 15000},
		{SERVICE_EC2, "DescribeSpotFleetRequests", false, 50, 3000},
		{SERVICE_EC2, "DeregisterImage", true, 100, 5000},
		{SERVICE_EC2, "DisableImage", true, 50, 5000},
		{SERVICE_SSM, "DeleteSnapshot", true, 20, 5000},
		{SERVICE_EBS, "ListChangedBlocks", false, 10, 50000},
		{SERVICE_PRICING, "GetProducts", false, 10, 5000},
		{SERVICE_AUTOSCALING, "DescribeAutoScalingGroups", false, 50, 10000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct pace_row *row =
			pace_row_of(cases[i].service, cases[i].action, cases[i].mutates);

		print_message("%s\n", cases[i].action);
		assert_int_equal(row->capacity, cases[i].capacity);
		assert_int_equal(row->refill, cases[i].refill);
	}
}

static void
a_bucket_is_full_drains_and_fills(void **state)
{
	struct pace *pace = pace_new();
	struct pace_bucket *bucket =
		pace_bucket(pace, "1", "eu-west-1", SERVICE_EC2, "DescribeImages", false);

	(void)state;
	assert_int_equal(drain(bucket, START), 100);
	assert_int_equal(pace_take(bucket, START), 50); /* 20 a second */
	assert_int_equal(pace_take(bucket, START + 49), 1);
	assert_int_equal(pace_take(bucket, START + 50), 0);
	assert_int_equal(drain(bucket, START + 1050), 20);
	assert_int_equal(drain(bucket, START + 1000000), 100); /* not more than it holds */
	assert_int_equal(drain(bucket, START), 0);             /* a clock that goes back */
	pace_free(pace);
}

static void
buckets_are_apart(void **state)
{
	struct pace *pace = pace_new();
	struct pace_bucket *bucket =
		pace_bucket(pace, "1", "eu-west-1", SERVICE_EC2, "DescribeImages", false);

	(void)state;
	assert_ptr_equal(
		bucket, pace_bucket(pace, "1", "eu-west-1", SERVICE_EC2, "DescribeImages", false));
	assert_ptr_not_equal(
		bucket, pace_bucket(pace, "2", "eu-west-1", SERVICE_EC2, "DescribeImages", false));
	assert_ptr_not_equal(
		bucket, pace_bucket(pace, "1", "eu-west-2", SERVICE_EC2, "DescribeImages", false));
	assert_ptr_not_equal(
		bucket, pace_bucket(pace, "1", "eu-west-1", SERVICE_EC2, "DescribeVolumes", false));
	assert_ptr_equal(pace_quota(pace, "1", "eu-west-1", SERVICE_EC2),
		pace_quota(pace, "1", "eu-west-1", SERVICE_EC2));
	assert_ptr_not_equal(pace_quota(pace, "1", "eu-west-1", SERVICE_EC2),
		pace_quota(pace, "1", "eu-west-1", SERVICE_SSM));
	pace_free(pace);
}

static void
throttling_empties_and_slows_its_bucket_alone(void **state)
{
	struct pace *pace = pace_new();
	struct pace_bucket *slow =
		pace_bucket(pace, "1", "eu-west-1", SERVICE_EC2, "DescribeImages", false);
	struct pace_bucket *other =
		pace_bucket(pace, "1", "eu-west-2", SERVICE_EC2, "DescribeImages", false);

	(void)state;
	pace_throttled(slow, START, 300);
	pace_throttled(
		slow, START + 10, 100); /* of the same burst: no second halving, no shorter */
	assert_int_equal(pace_take(slow, START + 100), 200);
	assert_int_equal(drain(slow, START + 300), 1);
	assert_int_equal(drain(slow, START + 1300), 10);
	assert_int_equal(drain(other, START), 100);
	pace_throttled(slow, START + 2000, 0);
	assert_int_equal(drain(slow, START + 2000), 1);
	assert_int_equal(drain(slow, START + 3000), 5);
	pace_free(pace);
}

static void
the_rate_has_a_floor_and_comes_back(void **state)
{
	struct pace *pace = pace_new();
	struct pace_bucket *bucket =
		pace_bucket(pace, "1", "eu-west-1", SERVICE_EC2, "DescribeImages", false);
	int64_t now = START;

	(void)state;
	for (int i = 0; i < 50; i++, now += 2000)
		pace_throttled(bucket, now, 0);
	assert_int_equal(
		drain(bucket, now), 2); /* the one it is left with, and 2 s at 0.5 a second */
	assert_int_equal(drain(bucket, now + 2000), 1);
	for (int i = 0; i < 1000; i++)
		pace_taken(bucket);
	assert_int_equal(drain(bucket, now + 3000), 20);
	pace_free(pace);
}

static void
a_quota_ends_and_is_given_back(void **state)
{
	struct pace *pace = pace_new();
	struct pace_quota *quota = pace_quota(pace, "", "eu-west-1", SERVICE_STS);
	int taken = 0;

	(void)state;
	while (pace_quota_take(quota, QUOTA_TIMEOUT))
		taken++;
	assert_int_equal(taken, QUOTA_CAPACITY / QUOTA_TIMEOUT);
	pace_quota_give(quota, QUOTA_RETRY);
	assert_false(pace_quota_take(quota, QUOTA_TIMEOUT));
	assert_true(pace_quota_take(quota, QUOTA_RETRY));
	for (int i = 0; i < 1000; i++)
		pace_quota_give(quota, QUOTA_RETRY);
	assert_true(pace_quota_take(quota, QUOTA_CAPACITY));
	assert_false(pace_quota_take(quota, QUOTA_SUCCESS));
	pace_free(pace);
}

static void
nothing(void *to)
{
	(void)to;
}

static void
timers_come_in_order_of_time_then_of_adding(void **state)
{
	struct timers timers = {0};
	struct timer timer;
	int64_t last = -1;
	uint64_t number = 0;
	uint32_t random = 7;
	size_t count = 0;

	(void)state;
	assert_true(timers_next(&timers) == INT64_MAX);
	for (int i = 0; i < 1000; i++) {
		random = random * 1664525u + 1013904223u;
		timers_add(&timers, (random >> 16) % 100, nothing, NULL);
	}
	assert_false(timers_take(&timers, -1, &timer));
	while (timers_take(&timers, 49, &timer)) {
		assert_true(timer.due > last || (timer.due == last && timer.number > number));
		last = timer.due;
		number = timer.number;
		count++;
	}
	assert_true(last == 49 && count > 400 && count < 600);
	assert_true(timers_next(&timers) == 50);
	while (timers_take(&timers, INT64_MAX, &timer))
		count++;
	assert_int_equal(count, 1000);
	timers_release(&timers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_action_falls_under_its_row),
		cmocka_unit_test(a_bucket_is_full_drains_and_fills),
		cmocka_unit_test(buckets_are_apart),
		cmocka_unit_test(throttling_empties_and_slows_its_bucket_alone),
		cmocka_unit_test(the_rate_has_a_floor_and_comes_back),
		cmocka_unit_test(a_quota_ends_and_is_given_back),
		cmocka_unit_test(timers_come_in_order_of_time_then_of_adding),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
