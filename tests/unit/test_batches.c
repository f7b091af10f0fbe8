/*
 * Tests of long lists, which are decoded in a thread of their own: the same records, and the error
 * that comes first in the document. It must not know: the members of records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "given.h"

enum { MANY = 5000, NOWHERE = -1 };

static struct given given;

static int
setup(void **state)
{
	(void)state;
	given_begin(&given);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	given_end(&given);
	return 0;
}

/* One AMI a line from line 2 on; those at `bad_id` and `bad_json` are wrong in their ways. */
static int
load(int bad_id, int bad_json)
{
	struct buf text = {0};
	int code;

	buf_add_text(&text, "{\"Images\": [\n");
	for (int i = 0; i < MANY; i++) {
		buf_format(&text, "%s{\"Name\": \"caf\\u00e9 %d\", \"ImageId\": \"%s%017x\",",
			i ? ",\n" : "", i, i == bad_id ? "amy-" : "ami-", (unsigned)i);
		buf_format(&text,
			" \"Tags\": [{\"Key\": \"n\", \"Value\": \"%d\"}], \"State\": %s}", i,
			i == bad_json ? "avail" : "\"available\"");
	}
	buf_add_text(&text, "\n]}\n");
	code = given_document(&given, text.at);
	buf_release(&text);
	return code;
}

static void
all_records_come(void **state)
{
	(void)state;
	assert_int_equal(load(NOWHERE, NOWHERE), 0);
	assert_int_equal(given.graph->images.count, MANY + 1);
	for (unsigned i = 0; i < MANY; i++) {
		char id[32], name[32];
		const struct node *node;
		struct slice value;

		snprintf(id, sizeof(id), "ami-%017x", i);
		snprintf(name, sizeof(name), "caf\xc3\xa9 %u", i);
		node = graph_node(given.graph, given_node(&given, id));
		assert_string_equal(given_text(&given, node->name), name);
		assert_true(graph_tag(given.graph, given_node(&given, id), SLICE("n"), &value));
		assert_true(slice_is(value, strrchr(name, ' ') + 1));
	}
}

/* Wherever the mistakes are, also on both sides of a batch's end. */
static void
the_first_error_tells(void **state)
{
	static const int places[] = {
		0, LIMIT_BATCH - 1, LIMIT_BATCH, LIMIT_BATCH + 1, 2 * LIMIT_BATCH, 1000, MANY - 1};
	enum { PLACES = sizeof(places) / sizeof(places[0]) };

	(void)state;
	for (int i = 0; i < PLACES; i++) {
		for (int j = 0; j < PLACES; j++) {
			int first = places[i] < places[j] ? places[i] : places[j];

			given_end(&given);
			given_begin(&given);
			assert_int_not_equal(load(places[i], places[j]), 0);
			assert_int_equal(given.err.line, first + 2);
			/* In one record the JSON is read before its id is looked at. */
			assert_int_equal(
				given.err.code, places[i] < places[j] ? ERR_VALUE : ERR_SYNTAX);
		}
	}
}

static void
a_truncated_list(void **state)
{
	struct buf text = {0};

	(void)state;
	buf_add_text(&text, "{\"Images\": [\n");
	for (int i = 0; i < MANY; i++)
		buf_format(&text, "{\"ImageId\": \"ami-%017x\"},\n", (unsigned)i);
	assert_int_equal(given_document(&given, text.at), ERR_SYNTAX);
	assert_int_equal(given.err.line, MANY + 2);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_records_come, setup, teardown),
		cmocka_unit_test_setup_teardown(the_first_error_tells, setup, teardown),
		cmocka_unit_test_setup_teardown(a_truncated_list, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
