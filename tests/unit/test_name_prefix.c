/*
 * What --group-by name-prefix takes for the family of an AMI.
 * It must not know: how groups are ranked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "internal.h"

static const struct {
	const char *name;
	const char *prefix;
} names[] = {
	{"web-2024.06.01", "web"},
	{"web-20240601", "web"},
	{"web-20240601T0312Z", "web"},
	{"web-v2", "web"},
	{"web-1.14.2", "web"},
	{"web-7f3a9c1", "web"},
	{"web_base_2024-06-01_7f3a9c1d", "web_base"},
	{"web (2024-11-01)", "web"},
	{"al2023-base-17", "al2023-base"},
	{"packer-web-1717171717", "packer-web"},
	{"team/web/2024/06", "team/web"},
	{"web", "web"},
	{"web-blue", "web-blue"},
	{"web-decade", "web-decade"}, /* hex letters alone are a word */
	{"facade-1", "facade"},
	{"20240601", "20240601"}, /* nothing would be left */
	{"-", "-"},
	{"", ""},
};

static void
prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct slice prefix = name_prefix(slice_of(names[i].name));

		if (!slice_is(prefix, names[i].prefix))
			fail_msg("%s: %.*s, not %s", names[i].name, (int)prefix.len, prefix.at,
				names[i].prefix);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(prefixes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
