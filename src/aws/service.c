/*
 * The AWS services that are called, and where their endpoints are.
 * It must not know: credentials, what is asked of a service.
 * Source of names: https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
#include "service.h"
#include "buf.h"

#define URL_VARIABLE(suffix) "AWS_ENDPOINT_URL_" suffix

const struct service_row service_table[SERVICES] = {
	[SERVICE_EC2] = {.word = "ec2",
		.prefix = "ec2",
		.signing = "ec2",
		.variable = URL_VARIABLE("EC2"),
		.section = "ec2",
		.version = "2016-11-15",
		.protocol = PROTOCOL_EC2,
		.gov_fips = true},
	[SERVICE_AUTOSCALING] = {.word = "autoscaling",
		.prefix = "autoscaling",
		.signing = "autoscaling",
		.variable = URL_VARIABLE("AUTO_SCALING"),
		.section = "auto_scaling",
		.version = "2011-01-01",
		.protocol = PROTOCOL_QUERY,
		.gov_fips = true},
	[SERVICE_STS] = {.word = "sts",
		.prefix = "sts",
		.signing = "sts",
		.variable = URL_VARIABLE("STS"),
		.section = "sts",
		.version = "2011-06-15",
		.protocol = PROTOCOL_QUERY,
		.gov_fips = true},
	[SERVICE_SSM] = {.word = "ssm",
		.prefix = "ssm",
		.signing = "ssm",
		.variable = URL_VARIABLE("SSM"),
		.section = "ssm",
		.target = "AmazonSSM",
		.protocol = PROTOCOL_JSON,
		.gov_fips = true},
	[SERVICE_RBIN] = {.word = "rbin",
		.prefix = "rbin",
		.signing = "rbin",
		.variable = URL_VARIABLE("RBIN"),
		.section = "rbin",
		.protocol = PROTOCOL_REST_JSON},
	[SERVICE_EBS] = {.word = "ebs",
		.prefix = "ebs",
		.signing = "ebs",
		.variable = URL_VARIABLE("EBS"),
		.section = "ebs",
		.protocol = PROTOCOL_REST_JSON},
	[SERVICE_PRICING] = {.word = "pricing",
		.prefix = "api.pricing",
		.signing = "pricing",
		.variable = URL_VARIABLE("PRICING"),
		.section = "pricing",
		.target = "AWSPriceListService",
		.protocol = PROTOCOL_JSON},
	[SERVICE_SSO] = {.word = "sso",
		.prefix = "portal.sso",
		.signing = "awsssoportal",
		.variable = URL_VARIABLE("SSO"),
		.section = "sso",
		.protocol = PROTOCOL_REST_JSON,
		.gov_fips = true,
		.signs_in = true},
	[SERVICE_SSO_OIDC] = {.word = "sso-oidc",
		.prefix = "oidc",
		.signing = "sso-oauth",
		.variable = URL_VARIABLE("SSO_OIDC"),
		.section = "sso_oidc",
		.protocol = PROTOCOL_REST_JSON,
		.gov_fips = true,
		.signs_in = true},
};

/* --- partitions ------------------------------------------------------------------------------ */

static const struct {
	const char *region_prefix; /* of its regions' names; the last row takes the others */
	struct partition partition;
} partitions[] = {
	{"cn-", {"aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"}},
	{"us-gov-", {"aws-us-gov", "amazonaws.com", "api.aws"}},
	{"us-iso-", {"aws-iso", "c2s.ic.gov", "api.aws.ic.gov"}},
	{"us-isob-", {"aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"}},
	{"eu-isoe-", {"aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"}},
	{"us-isof-", {"aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"}},
	{"eusc-", {"aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"}},
	{"", {"aws", "amazonaws.com", "api.aws"}},
};

const struct partition *
partition_of_region(const char *region)
{
	size_t i = 0;

	while (!slice_starts(slice_of(region), partitions[i].region_prefix))
		i++;
	return &partitions[i].partition;
}

/* --- regions --------------------------------------------------------------------------------- */

/* A region becomes part of a host name that signed requests go to: nothing but its own letters. */
static bool
is_region(const char *region)
{
	size_t len = strlen(region);

	return len > 0 && len < 64 && region[0] != '-' && region[len - 1] != '-' &&
	       strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

/* Prices of all regions of a partition are served by few of them. */
static const char *
pricing_region(const char *region)
{
	static const struct {
		const char *prefix, *serves;
	} nearest[] = {
		{"cn-", "cn-northwest-1"},
		{"us-gov-", NULL},
		{"us-iso", NULL},
		{"eu-iso", NULL},
		{"eusc-", NULL},
		{"eu-", "eu-central-1"},
		{"af-", "eu-central-1"},
		{"il-", "eu-central-1"},
		{"me-", "eu-central-1"},
		{"ap-", "ap-south-1"},
		{"", "us-east-1"},
	};
	size_t i = 0;

	while (!slice_starts(slice_of(region), nearest[i].prefix))
		i++;
	return nearest[i].serves ? nearest[i].serves : region;
}

/* The regions that the global STS name served before there were regional ones. */
static bool
is_legacy_sts_region(const char *region)
{
	static const char *const legacy[] = {"ap-northeast-1", "ap-south-1", "ap-southeast-1",
		"ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
		"eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
		"us-west-2"};

	for (size_t i = 0; i < sizeof(legacy) / sizeof(*legacy); i++)
		if (strcmp(legacy[i], region) == 0)
			return true;
	return false;
}

/* --- URLs of one's own ----------------------------------------------------------------------- */

/* The length of the host at `at`: a name, an address, or an IPv6 address in brackets; 0: none. */
static size_t
host_length(const char *at)
{
	static const char hex[] = "0123456789abcdefABCDEF:.";
	size_t length;

	if (*at == '[') {
		length = 1 + strspn(at + 1, hex);
		return length > 1 && at[length] == ']' ? length + 1 : 0;
	}
	length = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
	return length <= 255 ? length : 0;
}

/* The length of ":port" at `at`, its number in *port; 0: there is none, SIZE_MAX: a wrong one. */
static size_t
port_length(const char *at, unsigned *port)
{
	size_t digits = *at == ':' ? strspn(at + 1, "0123456789") : 0;

	if (*at != ':')
		return 0;
	if (digits == 0 || digits > 5)
		return SIZE_MAX;
	*port = (unsigned)strtoul(at + 1, NULL, 10);
	return *port > 0 && *port < 65536 ? digits + 1 : SIZE_MAX;
}

/* http or https, a host, maybe a port, maybe a path; no user, query or fragment. */
static bool
take_url(const char *url, struct endpoint *out)
{
	bool secure = strncmp(url, "https://", 8) == 0;
	const char *host = url + (secure ? 8 : 7);
	unsigned usual = secure ? 443 : 80, port = usual;
	size_t name, more, rest, whole;
	struct buf with_port = {0};

	if (!secure && strncmp(url, "http://", 7) != 0)
		return false;
	name = host_length(host);
	more = name ? port_length(host + name, &port) : SIZE_MAX;
	if (more == SIZE_MAX)
		return false;
	rest = (size_t)(host - url) + name + more;
	whole = strlen(url);
	while (whole > rest && url[whole - 1] == '/')
		whole--;
	if (whole > rest && url[rest] != '/')
		return false;
	for (size_t i = rest; i < whole; i++)
		if (url[i] <= ' ' || url[i] > '~' || strchr("?#\"<>\\^`{|}", url[i]))
			return false;
	buf_add(&with_port, host, name);
	if (port != usual)
		buf_format(&with_port, ":%u", port);
	out->url = xstrndup(url, whole);
	out->host = with_port.at;
	out->path = xstrndup(url + rest, whole - rest);
	return true;
}

/* --- endpoints ------------------------------------------------------------------------------- */

/* The partition's rule for host names. */
static void
add_host(struct buf *host, const struct settings *settings, const struct service_row *row,
	const char *region)
{
	const struct partition *partition = partition_of_region(region);
	bool dual = settings_dual_stack(settings);
	bool plain = !settings_fips(settings) ||
		     (row->gov_fips && !dual && strcmp(partition->name, "aws-us-gov") == 0);

	buf_format(host, "%s%s.%s.%s", row->prefix, plain ? "" : "-fips", region,
		dual ? partition->dual_suffix : partition->suffix);
}

static bool
is_global_sts(const struct settings *settings, enum service service, const char *region)
{
	if (service != SERVICE_STS || settings_fips(settings) || settings_dual_stack(settings))
		return false;
	return !region || (settings_legacy_global_sts(settings) && is_legacy_sts_region(region));
}

static void
take_rule(const struct settings *settings, enum service service, const char *region,
	struct endpoint *out)
{
	const struct service_row *row = &service_table[service];
	struct buf url = {0}, host = {0};
	bool global = is_global_sts(settings, service, region);

	if (!region || global)
		region = "us-east-1";
	if (service == SERVICE_PRICING)
		region = pricing_region(region);
	if (global)
		buf_add_text(&host, "sts.amazonaws.com");
	else
		add_host(&host, settings, row, region);
	buf_format(&url, "https://%s", host.at);
	*out = (struct endpoint){.url = url.at,
		.host = host.at,
		.path = xstrndup("", 0),
		.signing_region = xstrndup(region, strlen(region))};
}

static int
take_configured(
	struct setting configured, const char *region, struct endpoint *out, struct err *err)
{
	struct endpoint found = {.origin = configured.origin};

	if (!take_url(configured.value, &found))
		return err_set(err, ERR_USAGE,
			"%s: '%s' is no endpoint; write https://HOST[:PORT][/PATH]",
			configured.origin, configured.value);
	region = region ? region : "us-east-1";
	found.signing_region = xstrndup(region, strlen(region));
	*out = found;
	return 0;
}

int
endpoint_find(const struct settings *settings, enum service service, const char *region,
	struct endpoint *out, struct err *err)
{
	const struct service_row *row = &service_table[service];
	struct setting configured;
	int code;

	if (!region && service != SERVICE_STS)
		return err_set(err, ERR_USAGE,
			"no region: say --region, or set AWS_REGION or the profile's region");
	if (region && !is_region(region))
		return err_set(err, ERR_USAGE, "'%s' is no region's name", region);
	code = settings_endpoint(
		settings, row->variable, row->section, !row->signs_in, &configured, err);
	if (code)
		return code;
	if (configured.value)
		return take_configured(configured, region, out, err);
	take_rule(settings, service, region, out);
	return 0;
}

void
endpoint_release(struct endpoint *endpoint)
{
	free(endpoint->url);
	free(endpoint->host);
	free(endpoint->path);
	free(endpoint->signing_region);
	*endpoint = (struct endpoint){0};
}
