/*
 * Tests of xml_json: every kind of member, hostile documents, and errors in all their forms.
 * It must not know: what the members mean.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "err.h"
#include "xml_json.h"

/* What one document became. */
struct result {
	int code;
	struct err err;
	struct buf records;
	struct buf members;
	struct buf token;
	uint64_t count;
};

static struct result
convert_in_steps(const char *service, const char *action, struct slice xml, size_t step)
{
	const struct shape_operation *operation = shape_operation_find(service, action);
	struct result result = {0};
	struct xml_json *reader;

	assert_non_null(operation);
	reader = xml_json_new(operation, &result.records, &result.members);
	for (size_t at = 0; at < xml.len && !result.code; at += step) {
		size_t left = xml.len - at;

		result.code = xml_json_add(reader,
			(struct slice){xml.at + at, left < step ? left : step}, &result.err);
	}
	if (!result.code)
		result.code = xml_json_end(reader, &result.err);
	buf_add_text(&result.token, xml_json_token(reader));
	result.count = xml_json_records(reader);
	xml_json_free(reader);
	return result;
}

static struct result
convert(const char *service, const char *action, struct slice xml)
{
	return convert_in_steps(service, action, xml, xml.len);
}

static void
release(struct result *result)
{
	buf_release(&result->records);
	buf_release(&result->members);
	buf_release(&result->token);
}

/* `count` times `text`. */
static void
repeat(struct buf *buf, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_text(buf, text);
}

static void
assert_result(struct result result, const char *records, const char *members)
{
	if (result.code)
		fail_msg("%s", result.err.text);
	assert_string_equal(buf_slice(&result.records).at, records);
	assert_string_equal(buf_slice(&result.members).at, members);
	release(&result);
}

static void
assert_refused(struct result result, int code, const char *words)
{
	assert_int_equal(result.code, code);
	assert_int_equal(result.err.code, code);
	if (!strstr(result.err.text, words))
		fail_msg("'%s' is not in '%s'", words, result.err.text);
	release(&result);
}

#define IMAGES(items)                                                                              \
	"<DescribeImagesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"              \
	"<requestId>r</requestId><imagesSet>" items "</imagesSet></DescribeImagesResponse>"

/* One image with `inside`, and what becomes of it. */
#define RECORD(text) "\n        {" text "\n        }"
#define FIELD(name, value) "\n            \"" name "\": " value

static void
assert_image(const char *inside, const char *fields)
{
	struct buf xml = {0};
	struct buf wanted = {0};

	buf_format(&xml, IMAGES("<item>%s</item>"), inside);
	buf_format(&wanted, fields[0] ? RECORD("%s") : "\n        {%s}", fields);
	assert_result(convert("ec2", "DescribeImages", buf_slice(&xml)), wanted.at, "");
	buf_release(&xml);
	buf_release(&wanted);
}

/* --- what becomes of what -------------------------------------------------------------------- */

static void
members_leave_in_the_models_order(void **state)
{
	static const char wanted[] = FIELD("Name", "\"n\"") "," FIELD("ImageId",
		"\"ami-1\"") "," FIELD("State", "\"available\"") "," FIELD("Public", "true");
	static const char *const parts[] = {"<name>n</name>", "<imageId>ami-1</imageId>",
		"<imageState>available</imageState>", "<isPublic>true</isPublic>"};

	(void)state;
	for (int order = 0; order < 256; order++) {
		int at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
		struct buf xml = {0};

		if ((1 << at[0] | 1 << at[1] | 1 << at[2] | 1 << at[3]) != 15)
			continue; /* no permutation */
		for (int i = 0; i < 4; i++)
			buf_add_text(&xml, parts[at[i]]);
		assert_image(xml.at, wanted);
		buf_release(&xml);
	}
}

static void
pieces_that_move_keep_what_is_in_them(void **state)
{
	(void)state;
	assert_image("<imageId>ami-1</imageId><tagSet><item><value>, x</value><key>,</key></item>"
		     "<item><key>k</key></item></tagSet><name>,n</name>",
		FIELD("Name", "\",n\"") "," FIELD("Tags",
			"[\n                {\n                    \"Key\": \",\",\n"
			"                    \"Value\": \", x\"\n                },\n"
			"                {\n                    \"Key\": \"k\"\n                }\n"
			"            ]") "," FIELD("ImageId", "\"ami-1\""));
}

static void
empty_elements_keep_their_type(void **state)
{
	(void)state;
	assert_image("", "");
	assert_image("<tagSet/>", FIELD("Tags", "[]"));
	assert_image("<tagSet>\n </tagSet>", FIELD("Tags", "[]"));
	assert_image("<description/>", FIELD("Description", "\"\""));
	assert_image("<stateReason></stateReason>", FIELD("StateReason", "{}"));
	assert_image("<isPublic/>", FIELD("Public", "false"));
}

static void
booleans_are_true_only_if_they_say_so(void **state)
{
	(void)state;
	assert_image("<isPublic>true</isPublic>", FIELD("Public", "true"));
	assert_image("<isPublic>false</isPublic>", FIELD("Public", "false"));
	assert_image("<isPublic>True</isPublic>", FIELD("Public", "false"));
	assert_image("<isPublic> true</isPublic>", FIELD("Public", "false"));
}

static void
other_names_of_a_member_are_taken(void **state)
{
	(void)state;
	assert_image("<state>failed</state><ownerId>1</ownerId><public>true</public>",
		FIELD("State", "\"failed\"") "," FIELD("OwnerId", "\"1\"") "," FIELD(
			"Public", "true"));
	assert_image("<blockDeviceMapping><item><ebs><ebsCardIndex>1</ebsCardIndex></ebs></item>"
		     "<item><ebs><EbsCardIndex>2</EbsCardIndex></ebs></item></blockDeviceMapping>",
		FIELD("BlockDeviceMappings",
			"[\n                {\n                    \"Ebs\": {\n"
			"                        \"EbsCardIndex\": 1\n                    }\n"
			"                },\n                {\n                    \"Ebs\": {\n"
			"                        \"EbsCardIndex\": 2\n                    }\n"
			"                }\n            ]"));
}

static void
a_second_member_of_a_name_is_left_out(void **state)
{
	(void)state;
	assert_image("<name>a</name><name>b</name>", FIELD("Name", "\"a\""));
	assert_image("<imageState>a</imageState><state>b</state>", FIELD("State", "\"a\""));
	assert_image("<tagSet><item/></tagSet><tagSet><item/></tagSet>",
		FIELD("Tags", "[\n                {}\n            ]"));
}

static void
unknown_members_vanish_with_all_that_is_in_them(void **state)
{
	(void)state;
	assert_image("<new><imageId>x</imageId><deep><name>y</name></deep>z</new><name>n</name>",
		FIELD("Name", "\"n\""));
	assert_image("<name>n<b>o</b></name>", FIELD("Name", "\"n\""));
	assert_image("<NAME>n</NAME>", "");
}

static void
text_comes_through_whatever_its_form(void **state)
{
	static const char wanted[] =
		FIELD("Description", "\"a<b>&\\\"c\\\\\\n\\t\\r caf\xc3\xa9\"");

	(void)state;
	assert_image("<description>a&lt;b&gt;&amp;\"c\\\n\t&#13; caf&#xe9;</description>", wanted);
	assert_image(
		"<description><![CDATA[a<b>&\"c\\\n\t]]>&#13; caf\xc3\xa9</description>", wanted);
	assert_image("<description>a<!-- ] -->&#60;b<?pi ?>&gt;&amp;&quot;c\\\r\n\t&#xd; caf&#233;"
		     "</description>",
		wanted);
	assert_image(
		"<x:description xmlns:x=\"y\">a</x:description>", FIELD("Description", "\"a\""));
	assert_image("<description> a </description>", FIELD("Description", "\" a \""));
	assert_image("<description>\xf0\x9f\x98\x80\xe2\x80\xa8\x7f</description>",
		FIELD("Description", "\"\xf0\x9f\x98\x80\xe2\x80\xa8\x7f\""));
}

static void
assert_volume_size(const char *text, const char *wanted)
{
	struct buf xml = {0};
	struct buf json = {0};

	buf_format(&xml,
		"<DescribeVolumesResponse><volumeSet><item><size>%s</size></item></volumeSet>"
		"</DescribeVolumesResponse>",
		text);
	if (wanted) {
		buf_format(&json, RECORD(FIELD("Size", "%s")), wanted);
		assert_result(convert("ec2", "DescribeVolumes", buf_slice(&xml)), json.at, "");
	} else {
		assert_refused(convert("ec2", "DescribeVolumes", buf_slice(&xml)), ERR_VALUE,
			"where an integer is due");
	}
	buf_release(&xml);
	buf_release(&json);
}

static void
integers_fit_in_64_bits(void **state)
{
	(void)state;
	assert_volume_size("8", "8");
	assert_volume_size(" 8 ", "8");
	assert_volume_size("+8", "8");
	assert_volume_size("-0", "0");
	assert_volume_size("007", "7");
	assert_volume_size("9223372036854775807", "9223372036854775807");
	assert_volume_size("-9223372036854775808", "-9223372036854775808");
	assert_volume_size("9223372036854775808", NULL);
	assert_volume_size("", NULL);
	assert_volume_size("-", NULL);
	assert_volume_size("8.0", NULL);
	assert_volume_size("0x8", NULL);
	assert_volume_size("8 GiB", NULL);
}

static void
assert_capacity(const char *text, const char *wanted)
{
	struct buf xml = {0};
	struct buf json = {0};

	buf_format(&xml,
		"<DescribeFleetsResponse><fleetSet><item><fulfilledCapacity>%s</fulfilledCapacity>"
		"</item></fleetSet></DescribeFleetsResponse>",
		text);
	if (wanted) {
		buf_format(&json, RECORD(FIELD("FulfilledCapacity", "%s")), wanted);
		assert_result(convert("ec2", "DescribeFleets", buf_slice(&xml)), json.at, "");
	} else {
		assert_refused(convert("ec2", "DescribeFleets", buf_slice(&xml)), ERR_VALUE,
			"where a number is due");
	}
	buf_release(&xml);
	buf_release(&json);
}

static void
numbers_keep_their_digits(void **state)
{
	static const char *const refused[] = {"", "-", ".5", "5.", "1e", "1e+", "1.5x", "NaN",
		"007", "Infinity", "1,5", "\"", "1}"};

	(void)state;
	assert_capacity("1.5", "1.5");
	assert_capacity("10", "10.0");
	assert_capacity("0", "0.0");
	assert_capacity("-0.10000000000000000001", "-0.10000000000000000001");
	assert_capacity("1.0E-4", "1.0E-4");
	assert_capacity("1e+9", "1e+9");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_capacity(refused[i], NULL);
}

/* --- the answer as a whole ------------------------------------------------------------------- */

static void
a_page_has_records_members_and_a_token(void **state)
{
	struct result result = convert("autoscaling", "DescribeWarmPool",
		SLICE("<DescribeWarmPoolResponse><DescribeWarmPoolResult><NextToken>t&amp;</"
		      "NextToken>"
		      "<Instances><member><InstanceId>i-1</InstanceId></member><member/></"
		      "Instances>"
		      "<WarmPoolConfiguration><MinSize>1</MinSize></WarmPoolConfiguration>"
		      "</DescribeWarmPoolResult><ResponseMetadata><RequestId>r</RequestId>"
		      "</ResponseMetadata></DescribeWarmPoolResponse>"));

	(void)state;
	assert_int_equal(result.count, 2);
	assert_string_equal(result.token.at, "t&");
	assert_result(result, RECORD(FIELD("InstanceId", "\"i-1\"")) ",\n        {}",
		"\n    \"WarmPoolConfiguration\": {\n        \"MinSize\": 1\n    }");
}

static void
without_records_everything_is_a_member(void **state)
{
	const struct slice xml =
		SLICE("<DescribeRegionsResponse><regionInfo><item><regionName>r</regionName></item>"
		      "</regionInfo></DescribeRegionsResponse>");
	const struct shape_operation *operation = shape_operation_find("ec2", "DescribeRegions");
	struct buf members = {0};
	struct xml_json *reader = xml_json_new(operation, NULL, &members);

	(void)state;
	assert_int_equal(xml_json_add(reader, xml, NULL), 0);
	assert_int_equal(xml_json_end(reader, NULL), 0);
	assert_string_equal(members.at, "\n    \"Regions\": [\n        {\n            "
					"\"RegionName\": \"r\"\n        }\n    ]");
	assert_int_equal(xml_json_records(reader), 0);
	assert_string_equal(xml_json_token(reader), "");
	xml_json_free(reader);
	buf_release(&members);
}

static void
answers_may_be_empty(void **state)
{
	(void)state;
	assert_result(convert("ec2", "DescribeImages", SLICE("<DescribeImagesResponse/>")), "", "");
	assert_result(convert("ec2", "DescribeImages", SLICE(IMAGES(""))), "", "");
	assert_result(convert("ec2", "DeleteSnapshot",
			      SLICE("<DeleteSnapshotResponse><return>true</return>"
				    "</DeleteSnapshotResponse>")),
		"", "");
	assert_result(convert("ec2", "DeregisterImage",
			      SLICE("<DeregisterImageResponse><return>true</return>"
				    "</DeregisterImageResponse>")),
		"", "\n    \"Return\": true");
}

static void
another_answer_is_noticed_at_its_root(void **state)
{
	static const char *const others[] = {"<html><body>Busy</body></html>",
		"<Response><Errors><Error><Code>c</Code></Error></Errors></Response>",
		"<DescribeImagesResult/>", "<DescribeSnapshotsResponse/>", "<DescribeImages/>",
		"<ListAllMyBucketsResult/>"};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_refused(convert("ec2", "DescribeImages", slice_of(others[i])), ERR_SYNTAX,
			"where <DescribeImagesResponse> is due");
	assert_refused(
		convert("sts", "GetCallerIdentity",
			SLICE("<GetCallerIdentityResponse><Other><Account>1</Account></Other>"
			      "</GetCallerIdentityResponse>")),
		ERR_SYNTAX, "is an empty envelope");
	assert_refused(
		convert("ec2", "DescribeImages", SLICE("{}")), ERR_SYNTAX, "not well-formed");
	assert_refused(convert("ec2", "DescribeImages", SLICE("")), ERR_SYNTAX, "not well-formed");
}

/* --- hostile documents ----------------------------------------------------------------------- */

static const char rich[] =
	"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><?p q?>"
	"<DescribeImagesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n"
	"  <imagesSet>\n    <item>\n      <imageId>ami-1</imageId>\n"
	"      <name>a&amp;b&#233;\xc3\xa9\xf0\x9f\x98\x80<![CDATA[<&]]></name><x y='z'><w/></x>\n"
	"      "
	"<isPublic>true</isPublic><tagSet><item><value>v</value><key>k</key></item></tagSet>\n"
	"      <blockDeviceMapping><item><ebs><volumeSize>8</volumeSize></ebs></item>"
	"</blockDeviceMapping>\n    </item>\n    <item/>\n  </imagesSet><nextToken>t</nextToken>"
	"</DescribeImagesResponse>\n";

static void
the_cut_between_pieces_does_not_matter(void **state)
{
	struct result whole = convert("ec2", "DescribeImages", SLICE(rich));

	(void)state;
	assert_int_equal(whole.code, 0);
	assert_int_equal(whole.count, 2);
	for (size_t step = 1; step < sizeof(rich) - 1; step++) {
		struct result cut = convert_in_steps("ec2", "DescribeImages", SLICE(rich), step);

		assert_string_equal(cut.token.at, "t");
		assert_result(cut, whole.records.at, buf_slice(&whole.members).at);
	}
	release(&whole);
}

/* Long enough that bytes one by one reach every limit, were they counted wrong. */
static void
long_documents_may_come_byte_by_byte(void **state)
{
	struct buf xml = {0};
	struct result result;

	(void)state;
	buf_add_text(&xml, "<DescribeImagesResponse><imagesSet>");
	repeat(&xml, "<item><!-- comment --><name>n</name></item>", 10000);
	buf_add_text(&xml, "</imagesSet></DescribeImagesResponse>");
	assert_true(xml.len > 4 * LIMIT_XML_TAG);
	result = convert_in_steps("ec2", "DescribeImages", buf_slice(&xml), 1);
	if (result.code)
		fail_msg("%s", result.err.text);
	assert_int_equal(result.count, 10000);
	release(&result);
	buf_release(&xml);
}

static void
a_document_cut_short_is_refused(void **state)
{
	size_t end = sizeof(rich) - 2; /* only the last line break may be missing */

	(void)state;
	for (size_t len = 0; len < end; len++)
		assert_refused(convert("ec2", "DescribeImages", (struct slice){rich, len}),
			ERR_SYNTAX, "not well-formed");
}

static void
whitespace_between_elements_does_not_matter(void **state)
{
	(void)state;
	assert_result(convert("ec2", "DescribeImages",
			      SLICE(IMAGES("\n  <item>\r\n\t<imageId>a</imageId>  \n</item>\n"))),
		RECORD(FIELD("ImageId", "\"a\"")), "");
}

/* What came second may be the rest of the list, or the way to it. */
static void
nothing_of_a_list_is_lost(void **state)
{
	static const char *const bodies[] = {
		"<imagesSet/><imagesSet><item/></imagesSet>",
		"<nextToken>a</nextToken><nextToken/>",
		"<nextToken><a>b</a></nextToken>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct buf xml = {0};

		buf_format(&xml, "<DescribeImagesResponse>%s</DescribeImagesResponse>", bodies[i]);
		assert_refused(
			convert("ec2", "DescribeImages", buf_slice(&xml)), ERR_SYNTAX, "token");
		buf_release(&xml);
	}
}

static void
entities_and_doctypes_are_refused(void **state)
{
	static const char *const doctypes[] = {
		"<!DOCTYPE x><DescribeImagesResponse/>",
		"<!DOCTYPE html><html/>",
		"<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><DescribeImagesResponse/>",
		("<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
		 "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><DescribeImagesResponse>&c;"
		 "</DescribeImagesResponse>"),
		("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1/x\">%p;]>"
		 "<DescribeImagesResponse/>"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(doctypes) / sizeof(doctypes[0]); i++)
		assert_refused(convert("ec2", "DescribeImages", slice_of(doctypes[i])), ERR_SYNTAX,
			"has a DOCTYPE");
	assert_refused(convert("ec2", "DescribeImages", SLICE(IMAGES("&a;"))), ERR_SYNTAX,
		"undefined entity");
}

static void
what_is_not_utf8_is_refused(void **state)
{
	static const char *const bytes[] = {"\xff", "\xc3(", "\xc0\x80", "\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\x80", "\x01", "&#0;", "&#xd800;", "\xef\xbf\xbf"};

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		struct buf xml = {0};

		buf_format(&xml, IMAGES("<item><name>%s</name></item>"), bytes[i]);
		assert_refused(convert("ec2", "DescribeImages", buf_slice(&xml)), ERR_SYNTAX,
			"not well-formed");
		buf_release(&xml);
	}
	/* What a document says of its encoding changes nothing. */
	assert_refused(convert("ec2", "DescribeImages",
			       SLICE("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" IMAGES(
				       "<item><name>\xe9</name></item>"))),
		ERR_SYNTAX, "not well-formed");
}

static void
nesting_is_bounded(void **state)
{
	/* Root, list, item and the innermost element stand around and in the known part. */
	const size_t deepest = LIMIT_XML_DEPTH - 3;

	(void)state;
	for (size_t depth = deepest; depth <= deepest + 1; depth++) {
		struct buf xml = {0};
		struct result result;

		buf_add_text(&xml, "<DescribeImagesResponse><imagesSet><item>");
		repeat(&xml, "<a>", depth);
		repeat(&xml, "</a>", depth);
		buf_add_text(&xml, "</item></imagesSet></DescribeImagesResponse>");
		result = convert("ec2", "DescribeImages", buf_slice(&xml));
		if (depth == deepest)
			assert_result(result, "\n        {}", "");
		else
			assert_refused(result, ERR_LIMIT, "nested too deep");
		buf_release(&xml);
	}
}

static void
texts_are_bounded(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct buf xml = {0};
		struct result result;

		buf_add_text(&xml, "<DescribeImagesResponse><imagesSet><item><name>");
		repeat(&xml, "aaaaaaaaaaaaaaaa", LIMIT_XML_TEXT / 16);
		repeat(&xml, "a", more);
		buf_add_text(&xml, "</name></item></imagesSet></DescribeImagesResponse>");
		result = convert("ec2", "DescribeImages", buf_slice(&xml));
		if (more) {
			assert_refused(result, ERR_LIMIT, "text that is too long");
		} else {
			assert_int_equal(result.code, 0);
			release(&result);
		}
		buf_release(&xml);
	}
}

static void
tags_and_comments_are_bounded(void **state)
{
	static const char *const begins[] = {"<DescribeImagesResponse><",
		"<DescribeImagesResponse a='", "<DescribeImagesResponse><!--",
		"<DescribeImagesResponse><?a ", "<!--", "<?xml a='", "<"};

	(void)state;
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		struct buf xml = {0};

		buf_add_text(&xml, begins[i]);
		repeat(&xml, "aaaaaaaaaaaaaaaa", LIMIT_XML_TAG / 8);
		assert_refused(convert("ec2", "DescribeImages", buf_slice(&xml)), ERR_LIMIT,
			"tag or a comment that is too long");
		buf_release(&xml);
	}
}

static void
what_is_unknown_is_bounded(void **state)
{
	const struct shape_operation *operation = shape_operation_find("ec2", "DescribeImages");
	struct buf piece = {0};
	struct buf records = {0};
	struct buf members = {0};
	struct xml_json *reader = xml_json_new(operation, &records, &members);
	struct err err = {0};

	(void)state;
	assert_int_equal(xml_json_add(reader, SLICE("<DescribeImagesResponse>"), &err), 0);
	repeat(&piece, "<a b='c'/>", 1000);
	for (size_t i = 0; i < LIMIT_XML_UNKNOWN / 2000; i++)
		assert_int_equal(xml_json_add(reader, buf_slice(&piece), &err), 0);
	assert_int_equal(xml_json_add(reader, SLICE("<a/>"), &err), ERR_LIMIT);
	assert_non_null(strstr(err.text, "unknown"));
	xml_json_free(reader);
	buf_release(&piece);
	buf_release(&records);
	buf_release(&members);
}

static void
an_error_stays(void **state)
{
	const struct shape_operation *operation = shape_operation_find("ec2", "DescribeImages");
	struct buf members = {0};
	struct xml_json *reader = xml_json_new(operation, NULL, &members);
	struct err first = {0};
	struct err second = {0};

	(void)state;
	assert_int_equal(xml_json_add(reader, SLICE("<html/>"), &first), ERR_SYNTAX);
	assert_int_equal(
		xml_json_add(reader, SLICE("<DescribeImagesResponse/>"), &second), ERR_SYNTAX);
	assert_string_equal(first.text, second.text);
	assert_int_equal(xml_json_end(reader, &second), ERR_SYNTAX);
	assert_string_equal(first.text, second.text);
	assert_int_equal(xml_json_end(reader, NULL), ERR_SYNTAX);
	xml_json_free(reader);
	xml_json_free(NULL);
	buf_release(&members);
}

/* --- tables ---------------------------------------------------------------------------------- */

static void
operations_are_found(void **state)
{
	const struct shape_operation *images = shape_operation_find("ec2", "DescribeImages");
	const struct shape_operation *groups =
		shape_operation_find("autoscaling", "DescribeAutoScalingGroups");

	(void)state;
	assert_non_null(images);
	assert_string_equal(images->list, "Images");
	assert_string_equal(images->token, "NextToken");
	assert_null(images->wrapper);
	assert_non_null(groups);
	assert_string_equal(groups->wrapper, "DescribeAutoScalingGroupsResult");
	assert_null(shape_operation_find("sts", "DescribeImages"));
	assert_null(shape_operation_find("ec2", "CreateImage"));
}

/* --- error answers --------------------------------------------------------------------------- */

static void
errors_are_read_in_all_their_forms(void **state)
{
	static const struct {
		const char *body;
		const char *code; /* NULL: it is no error answer */
		const char *message;
	} cases[] = {
		{"<?xml version=\"1.0\" "
		 "encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>AuthFailure"
		 "</Code><Message>AWS was &lt;not&gt; able</Message></Error></Errors>"
		 "<RequestID>r</RequestID></Response>",
			"AuthFailure", "AWS was <not> able"},
		{"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
		 "<Type>Sender</Type><Code>ExpiredToken</Code><Message>m</Message></Error>"
		 "<RequestId>r</RequestId></ErrorResponse>",
			"ExpiredToken", "m"},
		{"<ErrorResponse><Errors><Error><Code>AccessDenied</Code><Message/></Error></"
		 "Errors>"
		 "</ErrorResponse>",
			"AccessDenied", ""},
		{"<Error><Code>AccessDenied</Code></Error>", "AccessDenied", ""},
		{"<e:Response "
		 "xmlns:e='x'><e:Errors><e:Error><e:Code>a</e:Code></e:Error></e:Errors>"
		 "</e:Response>",
			"a", ""},
		{"<Response><Errors><Error><Code>a</Code><Message>b</Message></Error><Error><Code>c"
		 "</Code><Message>d</Message></Error></Errors></Response>",
			"a", "b"},
		{"<Response><Errors><Error><Message>b</Message><Code><![CDATA[a]]>&amp;</Code></"
		 "Error>"
		 "</Errors></Response>",
			"a&", "b"},
		{"", NULL, NULL},
		{"busy", NULL, NULL},
		{"{\"__type\":\"x\"}", NULL, NULL},
		{"<html><body><h1>503</h1></body></html>", NULL, NULL},
		{"<html><Code>a</Code></html>", NULL, NULL},
		{"<!DOCTYPE HTML><html><p>unclosed</html>", NULL, NULL},
		{"<!DOCTYPE x [<!ENTITY a "
		 "'b'>]><Response><Error><Code>&a;</Code></Error></Response>",
			NULL, NULL},
		{"<Response><Errors><Error><Code>a</Code>", NULL, NULL},
		{"<Response><Errors/></Response>", NULL, NULL},
		{"<Response><Error><Code/><Message>m</Message></Error></Response>", NULL, NULL},
		{"<DescribeImagesResponse/>", NULL, NULL},
		{"<Response><Error><Code>\xff</Code></Error></Response>", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf code = {0};
		struct buf message = {0};

		assert_int_equal(
			xml_error(slice_of(cases[i].body), &code, &message), cases[i].code != NULL);
		assert_string_equal(buf_slice(&code).at, cases[i].code ? cases[i].code : "");
		assert_string_equal(
			buf_slice(&message).at, cases[i].message ? cases[i].message : "");
		buf_release(&code);
		buf_release(&message);
	}
}

static void
errors_are_bounded(void **state)
{
	struct buf xml = {0};
	struct buf code = {0};
	struct buf message = {0};

	(void)state;
	buf_add_text(&xml, "<Response>");
	repeat(&xml, "<a>", LIMIT_XML_DEPTH);
	buf_add_text(&xml, "<Code>a</Code>");
	repeat(&xml, "</a>", LIMIT_XML_DEPTH);
	buf_add_text(&xml, "</Response>");
	assert_false(xml_error(buf_slice(&xml), &code, &message));
	buf_clear(&xml);
	buf_add_text(&xml, "<Response><Code>a</Code><Message>");
	repeat(&xml, "aaaaaaaaaaaaaaaa", LIMIT_XML_TEXT / 16);
	buf_add_text(&xml, "</Message></Response>");
	assert_false(xml_error(buf_slice(&xml), &code, &message));
	assert_null(code.at);
	assert_null(message.at);
	buf_release(&xml);
}

/* --- what the end tells ------------------------------------------------------------------------
 */

static const struct {
	const char *service, *action, *end;
	const char *token; /* NULL: not to be seen */
} ends[] = {
	{"ec2", "DescribeImages", "<nextToken>eyJ2==</nextToken></DescribeImagesResponse>",
		"eyJ2=="},
	{"ec2", "DescribeImages",
		"</imagesSet>\n    <nextToken>a b</nextToken>\r\n\t </DescribeImagesResponse>\n",
		"a b"},
	{"ec2", "DescribeImages",
		"<nextToken>a</nextToken></item><nextToken>b</nextToken></DescribeImagesResponse>",
		"b"},
	{"autoscaling", "DescribeAutoScalingGroups",
		"</AutoScalingGroups><NextToken>t/+</NextToken></DescribeAutoScalingGroupsResult>"
		"<ResponseMetadata/></DescribeAutoScalingGroupsResponse>",
		"t/+"},
	/* What somebody else than the parser should not decide. */
	{"ec2", "DescribeImages", "<nextToken>a&amp;</nextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken>\xc3\xa9</nextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken>a\nb</nextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages",
		"<nextToken><![CDATA[<nextToken>b]]></nextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages",
		"<nextToken>a<!--<nextToken>b--></nextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken>a</nextToken></item></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken>a</nextToken><imagesSet/></DescribeImagesResponse>",
		NULL},
	{"ec2", "DescribeImages", "<nextToken></nextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken/></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken>a</nextToken>  ", NULL},
	{"ec2", "DescribeImages", "a</nextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken>a</DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<NextToken>a</NextToken></DescribeImagesResponse>", NULL},
	{"ec2", "DescribeImages", "<nextToken>a</nextToken></DescribeSnapshotsResponse>", NULL},
	{"ec2", "DescribeRegions", "<nextToken>a</nextToken></DescribeRegionsResponse>", NULL},
	{"ec2", "DescribeImages", "", NULL},
};

static void
a_token_at_the_end_is_seen_before_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct shape_operation *operation =
			shape_operation_find(ends[i].service, ends[i].action);
		struct buf token = {0};

		assert_non_null(operation);
		if (xml_json_foresee(operation, slice_of(ends[i].end), &token) != !!ends[i].token)
			fail_msg("%s", ends[i].end);
		assert_string_equal(buf_slice(&token).at, ends[i].token ? ends[i].token : "");
		buf_release(&token);
	}
}

static void
only_the_end_is_looked_at(void **state)
{
	const struct shape_operation *operation = shape_operation_find("ec2", "DescribeImages");
	struct buf end = {0}, token = {0};

	(void)state;
	repeat(&end, "<item/>", 100000);
	buf_add_text(&end, "<nextToken>t</nextToken>");
	repeat(&end, " ", LIMIT_FORESIGHT - 100);
	buf_add_text(&end, "</DescribeImagesResponse>");
	assert_true(xml_json_foresee(operation, buf_slice(&end), &token));
	repeat(&end, " ", 100);
	assert_false(xml_json_foresee(operation, buf_slice(&end), &token));
	assert_string_equal(token.at, "t");
	buf_release(&end);
	buf_release(&token);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_leave_in_the_models_order),
		cmocka_unit_test(pieces_that_move_keep_what_is_in_them),
		cmocka_unit_test(empty_elements_keep_their_type),
		cmocka_unit_test(booleans_are_true_only_if_they_say_so),
		cmocka_unit_test(other_names_of_a_member_are_taken),
		cmocka_unit_test(a_second_member_of_a_name_is_left_out),
		cmocka_unit_test(unknown_members_vanish_with_all_that_is_in_them),
		cmocka_unit_test(text_comes_through_whatever_its_form),
		cmocka_unit_test(integers_fit_in_64_bits),
		cmocka_unit_test(numbers_keep_their_digits),
		cmocka_unit_test(a_page_has_records_members_and_a_token),
		cmocka_unit_test(without_records_everything_is_a_member),
		cmocka_unit_test(answers_may_be_empty),
		cmocka_unit_test(another_answer_is_noticed_at_its_root),
		cmocka_unit_test(the_cut_between_pieces_does_not_matter),
		cmocka_unit_test(long_documents_may_come_byte_by_byte),
		cmocka_unit_test(a_document_cut_short_is_refused),
		cmocka_unit_test(whitespace_between_elements_does_not_matter),
		cmocka_unit_test(nothing_of_a_list_is_lost),
		cmocka_unit_test(entities_and_doctypes_are_refused),
		cmocka_unit_test(what_is_not_utf8_is_refused),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(texts_are_bounded),
		cmocka_unit_test(tags_and_comments_are_bounded),
		cmocka_unit_test(what_is_unknown_is_bounded),
		cmocka_unit_test(an_error_stays),
		cmocka_unit_test(operations_are_found),
		cmocka_unit_test(errors_are_read_in_all_their_forms),
		cmocka_unit_test(errors_are_bounded),
		cmocka_unit_test(a_token_at_the_end_is_seen_before_the_rest),
		cmocka_unit_test(only_the_end_is_looked_at),
	};

	return cmocka_run_group_tests_name("xml_json", tests, NULL, NULL);
}
