/*
 * Ids, regions, zones, ARNs: what is one and what is only nearly one.
 * It must not know: the graph.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "err.h"
#include "ids.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
whole_ids(void **state)
{
	static const char *const good[] = {"ami-12345678", "ami-0123456789abcdef0", "ami-ffffffff"};
	static const char *const bad[] = {"", "ami-", "ami-1234567", "ami-123456789",
		"ami-0123456789abcdef01", "ami-1234567g", "ami-1234567A", "AMI-12345678",
		" ami-12345678", "ami-12345678 ", "xami-12345678", "ami-0123456789abcdef",
		"ami-based", "import-ami-12345678", "snap-12345678"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(id_is(slice_of(good[i]), "ami-"));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(id_is(slice_of(bad[i]), "ami-"));
	assert_false(id_is(SLICE_NONE, "ami-"));
	assert_false(id_is((struct slice){"ami-1234567\0", 12}, "ami-"));
	assert_true(id_is_any_image(SLICE("aki-12345678")));
	assert_true(id_is_any_image(SLICE("ari-12345678")));
	assert_false(id_is_any_image(SLICE("api-12345678")));
}

static void
accounts_and_regions(void **state)
{
	static const char *const regions[] = {"us-east-1", "ap-southeast-12", "mx-central-1",
		"cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1",
		"us-isof-south-1", "eusc-de-east-1"};
	static const char *const others[] = {"", "us-east-1a", "us-east-", "us-east", "us--1",
		"prod-east-1", "us-east-1/", "US-EAST-1", "eusc-fr-east-1", "us-gov-1-1", "-east-1",
		"us-east-x1"};

	(void)state;
	for (size_t i = 0; i < COUNT(regions); i++)
		assert_true(id_is_region(slice_of(regions[i])));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(id_is_region(slice_of(others[i])));
	assert_true(id_is_account(SLICE("012345678901")));
	assert_false(id_is_account(SLICE("01234567890")));
	assert_false(id_is_account(SLICE("0123456789012")));
	assert_false(id_is_account(SLICE("01234567890a")));
}

static void
zones(void **state)
{
	static const char *const table[][2] = {{"us-east-1a", "us-east-1"},
		{"us-west-2-lax-1a", "us-west-2"}, {"us-gov-west-1b", "us-gov-west-1"},
		{"us-east-1-wl1-bos-wlz-1", "us-east-1"}, {"eu-isoe-west-1c", "eu-isoe-west-1"},
		{"ap-northeast-12a", "ap-northeast-12"}};
	static const char *const none[] = {
		"", "use1-az1", "us-east-1", "us-east-1ab", "us-east-1-", "moon-1a"};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_true(slice_is(id_region_of_zone(slice_of(table[i][0])), table[i][1]));
	for (size_t i = 0; i < COUNT(none); i++)
		assert_null(id_region_of_zone(slice_of(none[i])).at);
}

static void
arns(void **state)
{
	static const char *const bad[] = {"", "arn",
		"arn:aws:ssm:us-east-1:111122223333:", "arn:aws:ssm:us-east-1:111122223333",
		"arm:aws:ssm:us-east-1:111122223333:x", "arn:gcp:ssm:us-east-1:111122223333:x",
		"arn:aws::us-east-1:1:x"};
	struct arn arn;

	(void)state;
	assert_true(
		id_parse_arn(SLICE("arn:aws-cn:ssm:cn-north-1:111122223333:parameter/a:b"), &arn));
	assert_true(slice_is(arn.partition, "aws-cn"));
	assert_true(slice_is(arn.service, "ssm"));
	assert_true(slice_is(arn.region, "cn-north-1"));
	assert_true(slice_is(arn.account, "111122223333"));
	assert_true(slice_is(arn.resource, "parameter/a:b"));
	assert_true(id_parse_arn(SLICE("arn:aws:ec2:us-east-1::image/ami-12345678"), &arn));
	assert_int_equal(arn.account.len, 0);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(id_parse_arn(slice_of(bad[i]), &arn));
}

static void
ids_in_text(void **state)
{
	/* Text, then the one id that is in it, or NULL. */
	static const char *const table[][2] = {
		{"ami-12345678", "ami-12345678"},
		{"base (ami-0123456789abcdef0), old", "ami-0123456789abcdef0"},
		{"see ami-12345678.", "ami-12345678"},
		{"ami-12345678- gone", "ami-12345678"},
		{"ami-12345678-", "ami-12345678"},
		{"image/ami-12345678", "ami-12345678"},
		{"\"ami-12345678\",", "ami-12345678"},
		{"ami-ami-12345678 ami-87654321", "ami-87654321"},
		{"import-ami-12345678", NULL},
		{"my_ami-12345678", NULL},
		{"xami-12345678", NULL},
		{"ami-12345678-v2", NULL},
		{"ami-12345678_2", NULL},
		{"ami-12345678x", NULL},
		{"ami-123456789", NULL},
		{"an ami-based thing", NULL},
		{"ami-2849f526756d7ac3t", NULL},
		{"AMI-12345678", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		size_t from = 0;
		struct slice id;
		bool found = id_find(slice_of(table[i][0]), "ami-", &from, &id);

		assert_int_equal(found, table[i][1] != NULL);
		if (!found)
			continue;
		assert_true(slice_is(id, table[i][1]));
		assert_false(id_find(slice_of(table[i][0]), "ami-", &from, &id));
	}
}

static void
several_ids_in_text(void **state)
{
	struct slice text = SLICE("snap-11111111 ami-1 snap-22222222,snap-33333333");
	struct slice id;
	size_t from = 0;

	(void)state;
	assert_true(id_find(text, "snap-", &from, &id) && slice_is(id, "snap-11111111"));
	assert_true(id_find(text, "snap-", &from, &id) && slice_is(id, "snap-22222222"));
	assert_true(id_find(text, "snap-", &from, &id) && slice_is(id, "snap-33333333"));
	assert_false(id_find(text, "snap-", &from, &id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_ids),
		cmocka_unit_test(accounts_and_regions),
		cmocka_unit_test(zones),
		cmocka_unit_test(arns),
		cmocka_unit_test(ids_in_text),
		cmocka_unit_test(several_ids_in_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
