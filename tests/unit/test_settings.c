/*
 * Tests of settings: which source wins, where a value says it comes from, what does not parse.
 * It must not know: how credentials are got.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "given.h"
#include "settings.h"

static struct given given;

static int
begin(void **state)
{
	static const char *const unset[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION",
		"AWS_DEFAULT_REGION", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_MAX_ATTEMPTS", "AWS_USE_FIPS_ENDPOINT",
		"AWS_USE_DUALSTACK_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS", "AWS_CONFIG_FILE",
		"AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED",
		"AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
		"AWS_METADATA_SERVICE_TIMEOUT", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"};

	(void)state;
	given_begin(&given);
	for (size_t i = 0; i < sizeof(unset) / sizeof(*unset); i++)
		unsetenv(unset[i]);
	return setenv("HOME", given.dir, 1);
}

static int
end(void **state)
{
	(void)state;
	given_end(&given);
	return 0;
}

static struct settings *
load(const struct settings_options *options)
{
	static const struct settings_options none;
	struct settings *settings = NULL;
	struct err err = {0};

	if (settings_load(options ? options : &none, &settings, &err) != 0)
		fail_msg("%s:%u: %s", err.file, (unsigned)err.line, err.text);
	return settings;
}

static void
expect_failure(int code, const char *says)
{
	const struct settings_options none = {0};
	struct settings *settings = NULL;
	struct err err = {0};

	assert_int_equal(settings_load(&none, &settings, &err), code);
	assert_null(settings);
	if (!strstr(err.text, says))
		fail_msg("%s", err.text);
}

static void
assert_setting(struct setting setting, const char *value, const char *origin)
{
	assert_non_null(setting.value);
	assert_string_equal(setting.value, value);
	assert_string_equal(setting.origin, origin);
}

static void
nothing_is_set(void **state)
{
	struct settings *settings = load(NULL);
	struct metadata_settings metadata = settings_metadata(settings);
	struct setting endpoint;

	(void)state;
	assert_setting(settings_profile(settings), "default", "default");
	assert_false(settings_profile_explicit(settings));
	assert_null(settings_region(settings).value);
	assert_null(settings_ca_bundle(settings).value);
	assert_int_equal(
		settings_endpoint(settings, "AWS_ENDPOINT_URL_EC2", "ec2", true, &endpoint, NULL),
		0);
	assert_null(endpoint.value);
	assert_false(settings_fips(settings));
	assert_false(settings_dual_stack(settings));
	assert_false(settings_legacy_global_sts(settings));
	assert_int_equal(settings_max_attempts(settings), 3);
	assert_false(metadata.disabled);
	assert_false(metadata.v1_disabled);
	assert_string_equal(metadata.endpoint, "http://169.254.169.254");
	assert_int_equal(metadata.timeout_ms, 1000);
	assert_int_equal(metadata.attempts, 1);
	settings_free(settings);
}

/* One setting in all its places, taken away from the strongest on. */
static void
the_strongest_place_wins(void **state)
{
	const struct settings_options options = {.region = "option-1"};
	struct settings *settings;

	(void)state;
	given_file(&given, ".aws/config", "[default]\nregion = config-1\n");
	given_file(&given, ".aws/credentials", "[default]\nregion = credentials-1\n");
	setenv("AWS_REGION", "env-1", 1);
	setenv("AWS_DEFAULT_REGION", "env-2", 1);
	settings = load(&options);
	assert_setting(settings_region(settings), "option-1", "--region");
	settings_free(settings);
	settings = load(NULL);
	assert_setting(settings_region(settings), "env-1", "AWS_REGION");
	setenv("AWS_REGION", "", 1);
	assert_setting(settings_region(settings), "env-2", "AWS_DEFAULT_REGION");
	unsetenv("AWS_DEFAULT_REGION");
	assert_setting(settings_region(settings), "credentials-1", "~/.aws/credentials [default]");
	settings_free(settings);
	given_file(&given, ".aws/credentials", "");
	settings = load(NULL);
	assert_setting(settings_region(settings), "config-1", "~/.aws/config [default]");
	settings_free(settings);
}

static void
profiles_are_chosen(void **state)
{
	const struct settings_options options = {.profile = "a"};
	struct settings *settings;

	(void)state;
	given_file(&given, ".aws/config", "[profile a]\nregion = one-1\n[profile b]\nx = y\n");
	setenv("AWS_PROFILE", "b", 1);
	settings = load(NULL);
	assert_setting(settings_profile(settings), "b", "AWS_PROFILE");
	assert_false(settings_profile_explicit(settings));
	assert_string_equal(settings_profile_key(settings, "a", "region"), "one-1");
	assert_true(settings_has_profile(settings, "a"));
	assert_false(settings_has_profile(settings, "c"));
	settings_free(settings);
	settings = load(&options);
	assert_setting(settings_profile(settings), "a", "--profile");
	assert_setting(settings_region(settings), "one-1", "~/.aws/config [profile a]");
	assert_true(settings_profile_explicit(settings));
	settings_free(settings);
	setenv("AWS_DEFAULT_PROFILE", "c", 1);
	expect_failure(ERR_UNKNOWN, "the profile 'c' (AWS_DEFAULT_PROFILE)");
}

static void
expect_endpoint(const char *value, const char *origin)
{
	struct settings *settings = load(NULL);
	struct setting endpoint = {0};

	assert_int_equal(
		settings_endpoint(settings, "AWS_ENDPOINT_URL_EC2", "ec2", true, &endpoint, NULL),
		0);
	if (value)
		assert_setting(endpoint, value, origin);
	else
		assert_null(endpoint.value);
	settings_free(settings);
}

static void
endpoints_are_looked_up_in_order(void **state)
{
	const struct settings_options options = {.endpoint_url = "http://option"};
	struct settings *settings;
	struct setting endpoint;

	(void)state;
	given_file(&given, ".aws/config",
		"[default]\nservices = s\nendpoint_url = http://profile\n"
		"[services s]\nec2 =\n  endpoint_url = http://service\n");
	setenv("AWS_ENDPOINT_URL_EC2", "http://env-ec2", 1);
	setenv("AWS_ENDPOINT_URL", "http://env", 1);
	expect_endpoint("http://env-ec2", "AWS_ENDPOINT_URL_EC2");
	unsetenv("AWS_ENDPOINT_URL_EC2");
	expect_endpoint("http://env", "AWS_ENDPOINT_URL");
	unsetenv("AWS_ENDPOINT_URL");
	expect_endpoint("http://service", "~/.aws/config [default]");
	settings = load(&options);
	assert_int_equal(
		settings_endpoint(settings, "AWS_ENDPOINT_URL_EC2", "ec2", true, &endpoint, NULL),
		0);
	assert_setting(endpoint, "http://option", "--endpoint-url");
	assert_int_equal(
		settings_endpoint(settings, "AWS_ENDPOINT_URL_SSO", "sso", false, &endpoint, NULL),
		0);
	assert_setting(endpoint, "http://profile", "~/.aws/config [default]");
	settings_free(settings);
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	expect_endpoint(NULL, NULL);
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "no", 1);
	given_file(&given, ".aws/config", "[default]\nendpoint_url = http://profile\n");
	expect_endpoint("http://profile", "~/.aws/config [default]");
}

static void
metadata_is_where_settings_say(void **state)
{
	struct metadata_settings metadata;
	struct settings *settings;

	(void)state;
	given_file(&given, ".aws/config",
		"[default]\nec2_metadata_service_endpoint_mode = IPv6\n"
		"ec2_metadata_v1_disabled = True\nmetadata_service_timeout = 5\n");
	setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "4", 1);
	settings = load(NULL);
	metadata = settings_metadata(settings);
	assert_string_equal(metadata.endpoint, "http://[fd00:ec2::254]");
	assert_true(metadata.v1_disabled);
	assert_int_equal(metadata.timeout_ms, 5000);
	assert_int_equal(metadata.attempts, 4);
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338", 1);
	setenv("AWS_EC2_METADATA_DISABLED", "TRUE", 1);
	metadata = settings_metadata(settings);
	assert_string_equal(metadata.endpoint, "http://127.0.0.1:1338");
	assert_true(metadata.disabled);
	settings_free(settings);
}

static void
numbers_are_numbers(void **state)
{
	static const char *const wrong[] = {
		"0", "-1", "x", "3x", " 3", "99999999999999999999", "51"};
	struct settings *settings;

	(void)state;
	setenv("AWS_MAX_ATTEMPTS", "7", 1);
	settings = load(NULL);
	assert_int_equal(settings_max_attempts(settings), 7);
	settings_free(settings);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		setenv("AWS_MAX_ATTEMPTS", wrong[i], 1);
		expect_failure(ERR_VALUE, "AWS_MAX_ATTEMPTS: max_attempts");
	}
}

static void
files_may_be_elsewhere(void **state)
{
	struct settings *settings;
	char *path = settings_home_path("~/x");

	(void)state;
	assert_string_equal(path, given_path(&given, "x"));
	free(path);
	path = settings_home_path("~x/~");
	assert_string_equal(path, "~x/~");
	free(path);
	given_file(&given, "config of $x", "[default]\nregion = moved-1\n");
	setenv("AWS_CONFIG_FILE", "${HOME}/config of $x", 1);
	settings = load(NULL);
	assert_setting(settings_region(settings), "moved-1", "${HOME}/config of $x [default]");
	settings_free(settings);
	setenv("AWS_CONFIG_FILE", given.dir, 1); /* a directory is no file */
	settings = load(NULL);
	assert_null(settings_region(settings).value);
	settings_free(settings);
}

static void
a_file_too_large_is_none(void **state)
{
	size_t size = LIMIT_CONFIG_BYTES + 1;
	char *text = xmalloc(size + 1);

	(void)state;
	memset(text, '#', size);
	text[size] = '\0';
	given_file(&given, ".aws/config", text);
	free(text);
	expect_failure(ERR_LIMIT, "no AWS configuration");
}

#define settings_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		settings_test(nothing_is_set),
		settings_test(the_strongest_place_wins),
		settings_test(profiles_are_chosen),
		settings_test(endpoints_are_looked_up_in_order),
		settings_test(metadata_is_where_settings_say),
		settings_test(numbers_are_numbers),
		settings_test(files_may_be_elsewhere),
		settings_test(a_file_too_large_is_none),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
