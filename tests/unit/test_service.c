/*
 * Tests of service: host names of every partition, endpoints of one's own, bad URLs.
 * It must not know: what is asked of a service.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service.h"

static struct settings *
configured(const char *url)
{
	const struct settings_options options = {.endpoint_url = url};
	struct settings *settings = NULL;
	struct err err = {0};

	if (settings_load(&options, &settings, &err) != 0)
		fail_msg("%s", err.text);
	return settings;
}

static int
no_configuration(void **state)
{
	static const char *const unset[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "AWS_USE_FIPS_ENDPOINT",
		"AWS_USE_DUALSTACK_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"};

	(void)state;
	for (size_t i = 0; i < sizeof(unset) / sizeof(*unset); i++)
		unsetenv(unset[i]);
	return setenv("AWS_CONFIG_FILE", "/dev/null", 1) ||
	       setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
}

static const struct {
	enum service service;
	const char *region;
	bool fips, dual;
	const char *host;
} rules[] = {
#define ENDPOINT(service, region, fips, dual, host) {service, region, fips, dual, host},
#include "endpoints.def"
#undef ENDPOINT
};

static void
hosts_are_those_of_botocore(void **state)
{
	struct settings *settings = configured(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		struct endpoint endpoint = {0};

		setenv("AWS_USE_FIPS_ENDPOINT", rules[i].fips ? "true" : "false", 1);
		setenv("AWS_USE_DUALSTACK_ENDPOINT", rules[i].dual ? "True" : "", 1);
		assert_int_equal(
			endpoint_find(settings, rules[i].service, rules[i].region, &endpoint, NULL),
			0);
		assert_string_equal(endpoint.host, rules[i].host);
		assert_string_equal(endpoint.url + strlen("https://"), rules[i].host);
		assert_string_equal(endpoint.path, "");
		assert_string_equal(endpoint.signing_region, rules[i].region);
		assert_null(endpoint.origin);
		endpoint_release(&endpoint);
	}
	settings_free(settings);
}

static void
expect_host(enum service service, const char *region, const char *host, const char *signing)
{
	struct settings *settings = configured(NULL);
	struct endpoint endpoint = {0};

	assert_int_equal(endpoint_find(settings, service, region, &endpoint, NULL), 0);
	assert_string_equal(endpoint.host, host);
	assert_string_equal(endpoint.signing_region, signing);
	endpoint_release(&endpoint);
	settings_free(settings);
}

static void
prices_are_elsewhere(void **state)
{
	(void)state;
	expect_host(SERVICE_PRICING, "eu-west-3", "api.pricing.eu-central-1.amazonaws.com",
		"eu-central-1");
	expect_host(
		SERVICE_PRICING, "us-west-2", "api.pricing.us-east-1.amazonaws.com", "us-east-1");
	expect_host(SERVICE_PRICING, "ap-southeast-2", "api.pricing.ap-south-1.amazonaws.com",
		"ap-south-1");
	expect_host(SERVICE_PRICING, "cn-north-1", "api.pricing.cn-northwest-1.amazonaws.com.cn",
		"cn-northwest-1");
}

static void
sts_was_global_once(void **state)
{
	(void)state;
	expect_host(SERVICE_STS, "eu-west-1", "sts.eu-west-1.amazonaws.com", "eu-west-1");
	expect_host(SERVICE_STS, NULL, "sts.amazonaws.com", "us-east-1");
	setenv("AWS_STS_REGIONAL_ENDPOINTS", "legacy", 1);
	expect_host(SERVICE_STS, "eu-west-1", "sts.amazonaws.com", "us-east-1");
	expect_host(SERVICE_STS, "af-south-1", "sts.af-south-1.amazonaws.com", "af-south-1");
	expect_host(SERVICE_EC2, "eu-west-1", "ec2.eu-west-1.amazonaws.com", "eu-west-1");
	setenv("AWS_USE_FIPS_ENDPOINT", "true", 1);
	expect_host(SERVICE_STS, "us-east-1", "sts-fips.us-east-1.amazonaws.com", "us-east-1");
}

static void
partitions_follow_the_region(void **state)
{
	static const char *const names[][2] = {{"us-east-1", "aws"},
		{"us-gov-east-1", "aws-us-gov"}, {"cn-north-1", "aws-cn"},
		{"us-iso-west-1", "aws-iso"}, {"us-isob-east-1", "aws-iso-b"},
		{"eu-isoe-west-1", "aws-iso-e"}, {"us-isof-east-1", "aws-iso-f"},
		{"eusc-de-east-1", "aws-eusc"}, {"mars-1", "aws"}};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_string_equal(partition_of_region(names[i][0])->name, names[i][1]);
}

/* What is given, then url, host and path; NULL: refused. */
static const char *const urls[][4] = {
	{"http://127.0.0.1:5000", "http://127.0.0.1:5000", "127.0.0.1:5000", ""},
	{"http://127.0.0.1:5000/", "http://127.0.0.1:5000", "127.0.0.1:5000", ""},
	{"https://host.example//", "https://host.example", "host.example", ""},
	{"https://host.example:443/a/b/", "https://host.example:443/a/b", "host.example", "/a/b"},
	{"http://host.example:80", "http://host.example:80", "host.example", ""},
	{"http://host.example:443", "http://host.example:443", "host.example:443", ""},
	{"http://[::1]:4566", "http://[::1]:4566", "[::1]:4566", ""},
	{"https://vpce-1_x.ec2.eu-west-1.vpce.amazonaws.com",
		"https://vpce-1_x.ec2.eu-west-1.vpce.amazonaws.com",
		"vpce-1_x.ec2.eu-west-1.vpce.amazonaws.com", ""},
	{"host.example"},
	{"ftp://host.example"},
	{"https://"},
	{"https:///path"},
	{"https://user:secret@host.example"},
	{"https://host.example?x=1"},
	{"https://host.example/#x"},
	{"https://host.example:port"},
	{"https://host.example:0"},
	{"https://host.example:70000"},
	{"https://host.example/a b"},
	{"https://host.example\r\nX: y"},
	{"https://host.example/\xc3\xa9"},
	{"http://[::1"},
	{" https://host.example"},
};

static void
endpoints_of_ones_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		struct settings *settings = configured(urls[i][0]);
		struct endpoint endpoint = {0};
		struct err err = {0};
		int code = endpoint_find(settings, SERVICE_EC2, "eu-west-1", &endpoint, &err);

		if (code != (urls[i][1] ? 0 : ERR_USAGE))
			fail_msg("%s: %d %s", urls[i][0], code, err.text);
		if (code == 0) {
			assert_string_equal(endpoint.url, urls[i][1]);
			assert_string_equal(endpoint.host, urls[i][2]);
			assert_string_equal(endpoint.path, urls[i][3]);
			assert_string_equal(endpoint.signing_region, "eu-west-1");
			assert_string_equal(endpoint.origin, "--endpoint-url");
		}
		endpoint_release(&endpoint);
		settings_free(settings);
	}
}

static void
a_login_stays_at_home(void **state)
{
	struct settings *settings = configured("http://127.0.0.1:5000");
	struct endpoint endpoint = {0};

	(void)state;
	assert_int_equal(endpoint_find(settings, SERVICE_SSO, "eu-west-1", &endpoint, NULL), 0);
	assert_string_equal(endpoint.host, "portal.sso.eu-west-1.amazonaws.com");
	endpoint_release(&endpoint);
	settings_free(settings);
}

static void
a_region_is_a_name(void **state)
{
	static const char *const wrong[] = {
		"", "EU-WEST-1", "eu west", "x/y", "evil.example/", "-a", "a-", "a\n"};
	struct settings *settings = configured(NULL);
	struct endpoint endpoint = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_int_equal(
			endpoint_find(settings, SERVICE_EC2, wrong[i], &endpoint, NULL), ERR_USAGE);
	assert_int_equal(endpoint_find(settings, SERVICE_EC2, NULL, &endpoint, NULL), ERR_USAGE);
	assert_null(endpoint.url);
	settings_free(settings);
}

static void
rows_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SERVICES; i++) {
		const struct service_row *row = &service_table[i];
		bool query = row->protocol == PROTOCOL_EC2 || row->protocol == PROTOCOL_QUERY;

		assert_true(row->word && row->prefix && row->signing && row->section);
		assert_int_equal(strncmp(row->variable, "AWS_ENDPOINT_URL_", 17), 0);
		assert_int_equal(query, row->version != NULL);
		assert_int_equal(row->protocol == PROTOCOL_JSON, row->target != NULL);
	}
}

#define service_test(f) cmocka_unit_test_setup(f, no_configuration)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		service_test(hosts_are_those_of_botocore),
		service_test(prices_are_elsewhere),
		service_test(sts_was_global_once),
		service_test(partitions_follow_the_region),
		service_test(endpoints_of_ones_own),
		service_test(a_login_stays_at_home),
		service_test(a_region_is_a_name),
		service_test(rows_are_whole),
	};

	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
