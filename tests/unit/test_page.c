/*
 * Tests of pages of the JSON services: what a page is made of, and which answers are none.
 * It must not know: how pages are put together.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "page.h"

static int
take(struct page *page, const char *answer, struct err *err)
{
	int code = page_begin(page, &call_table[CALL_IMAGE_RULES], err);

	code = code ? code : page_add(page, slice_of(answer), err);
	return code ? code : page_end(page, err);
}

static void
a_page_is_list_members_and_token(void **state)
{
	struct page page = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(take(&page,
				 "{\"Rules\": [{\"a\": 1}, {}], \"NextToken\": \"t\\u0041\", "
				 "\"More\": 2, \"no word\": 3}",
				 &err),
		0);
	assert_int_equal(page.count, 2);
	assert_string_equal(page.token.at, "tA");
	assert_string_equal(page.members.at, "\n    \"More\": 2");
	assert_int_equal(take(&page, "{\"NextToken\": null}", &err), 0);
	assert_int_equal(page.count + page.token.len + page.members.len, 0);
	page_release(&page);
}

/* Each would have passed for the last page of a list. */
static void
what_is_no_page_is_refused(void **state)
{
	static const char *const answers[] = {
		"{\"Rules\": [{}], \"NextToken\": 5}",
		"{\"Rules\": [{}], \"NextToken\": {\"t\": 1}}",
		"{\"Rules\": {\"a\": []}}",
		"{\"Rules\": [{}], \"Rules\": [{}]}",
		"{\"Rules\": [{}]",
		"{\"Rules\": [{}]} x",
		"[]",
		"\"Rules\"",
		"",
	};
	struct page page = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct err err = {0};

		if (take(&page, answers[i], &err) == 0)
			fail_msg("%s was taken", answers[i]);
		assert_int_not_equal(err.code, 0);
	}
	page_release(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_list_members_and_token),
		cmocka_unit_test(what_is_no_page_is_refused),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
