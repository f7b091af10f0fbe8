/*
 * Fuzz target: xml_json and xml_error on any bytes. The first byte chooses the operation, the
 * second how many bytes are fed at a time; the rest is the answer. It must not know: what the
 * answer means.
 */
#include <stdint.h>

#include "json_rewrite.h"
#include "xml_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *service;
	const char *action;
} operations[] = {
	{"ec2", "DescribeImages"},
	{"ec2", "DescribeInstances"},
	{"ec2", "DescribeLaunchTemplateVersions"},
	{"ec2", "DescribeFleets"},
	{"ec2", "DescribeImageAttribute"},
	{"ec2", "DeleteSnapshot"},
	{"autoscaling", "DescribeWarmPool"},
	{"sts", "AssumeRole"},
};

struct result {
	int code;
	struct err err;
	struct buf json; /* the whole file */
	struct buf token;
};

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static int
feed(struct xml_json *xml, struct slice bytes, size_t step, struct err *err)
{
	while (bytes.len > 0) {
		struct slice part = {bytes.at, bytes.len < step ? bytes.len : step};
		int code = xml_json_add(xml, part, err);

		if (code)
			return code;
		bytes.at += part.len;
		bytes.len -= part.len;
	}
	return xml_json_end(xml, err);
}

static struct result
convert(const struct shape_operation *operation, struct slice bytes, size_t step)
{
	struct result result = {0};
	struct buf records = {0};
	struct buf members = {0};
	struct xml_json *xml = xml_json_new(operation, &records, &members);

	result.code = feed(xml, bytes, step, &result.err);
	must((xml_json_records(xml) > 0) == (records.len > 0));
	buf_add_text(&result.token, xml_json_token(xml));
	buf_add_text(&result.json, "{\"\": [");
	buf_add_slice(&result.json, buf_slice(&records));
	buf_add_text(&result.json, members.len ? "]," : "]");
	buf_add_slice(&result.json, buf_slice(&members));
	buf_add_char(&result.json, '}');
	xml_json_free(xml);
	buf_release(&records);
	buf_release(&members);
	return result;
}

/* True if it is an error answer. */
static bool
read_error(struct slice bytes)
{
	struct buf code = {0};
	struct buf message = {0};
	bool found = xml_error(bytes, &code, &message);

	must(found == (code.len > 0));
	must(found || message.len == 0);
	buf_release(&code);
	buf_release(&message);
	return found;
}

/* What comes out is JSON, is the same however the bytes are cut, and no answer is an error too. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t count = sizeof(operations) / sizeof(operations[0]);
	const struct shape_operation *operation;
	struct result whole;
	struct result cut;
	struct slice bytes;
	struct err err;

	if (size < 2)
		return 0;
	operation = shape_operation_find(
		operations[data[0] % count].service, operations[data[0] % count].action);
	must(operation != NULL);
	bytes = (struct slice){(const char *)data + 2, size - 2};
	whole = convert(operation, bytes, bytes.len);
	cut = convert(operation, bytes, (size_t)data[1] + 1);

	must(whole.code == cut.code);
	if (whole.code) {
		must(whole.err.text[0] && cut.err.text[0]);
	} else {
		must(slice_equal(buf_slice(&whole.json), buf_slice(&cut.json)));
		must(slice_equal(buf_slice(&whole.token), buf_slice(&cut.token)));
		must(json_accepts(buf_slice(&whole.json), &err));
		must(!read_error(bytes));
	}
	(void)read_error(bytes);
	buf_release(&whole.json);
	buf_release(&whole.token);
	buf_release(&cut.json);
	buf_release(&cut.token);
	return 0;
}
