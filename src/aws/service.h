/*
 * The AWS services that are called, one row each, and where their endpoints are: partitions, FIPS
 * and dual-stack names, endpoints of one's own. It must not know: credentials, what is asked of a
 * service.
 */
#ifndef AMIPLAN_AWS_SERVICE_H
#define AMIPLAN_AWS_SERVICE_H

#include "err.h"
#include "settings.h"

enum protocol {
	PROTOCOL_EC2,       /* form in, XML out, lists as Name.N */
	PROTOCOL_QUERY,     /* form in, XML out, lists as Name.member.N */
	PROTOCOL_JSON,      /* JSON 1.1 with X-Amz-Target */
	PROTOCOL_REST_JSON, /* path and JSON */
};

enum service {
	SERVICE_EC2,
	SERVICE_AUTOSCALING,
	SERVICE_STS,
	SERVICE_SSM,
	SERVICE_RBIN,
	SERVICE_EBS,
	SERVICE_PRICING,
	SERVICE_SSO,
	SERVICE_SSO_OIDC,
	SERVICES
};

struct service_row {
	const char *word;     /* what people call it: "ec2" */
	const char *prefix;   /* of its host names: "ec2", "api.pricing" */
	const char *signing;  /* signing name */
	const char *variable; /* "AWS_ENDPOINT_URL_EC2" */
	const char *section;  /* its name in a `services` section: "ec2", "auto_scaling" */
	const char *version;  /* API version of the query protocols, else NULL */
	const char *target;   /* X-Amz-Target prefix of PROTOCOL_JSON, else NULL */
	enum protocol protocol;
	bool gov_fips; /* in aws-us-gov the plain names are the FIPS ones */
	bool signs_in; /* it is sent a person's login: --endpoint-url is not meant for it */
};

extern const struct service_row service_table[SERVICES];

struct partition {
	const char *name; /* "aws", "aws-cn": what ARNs begin with */
	const char *suffix, *dual_suffix;
};

/* The partition of a region's name; unknown regions are in `aws`. */
const struct partition *partition_of_region(const char *region);

/* Lifetime: its owner's. */
struct endpoint {
	char *url;            /* "https://ec2.eu-west-1.amazonaws.com", never with a final slash */
	char *host;           /* the Host header: with the port where it is not the scheme's own */
	char *path;           /* of the URL: "" or "/prefix" */
	char *signing_region; /* the region, also with an endpoint of one's own */
	const char *origin;   /* who configured it, the settings' own; NULL: the partition's rule */
};

/*
 * Explicit option, then AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's `services`
 * section, its endpoint_url, then the partition's rule. `pricing` goes to the nearest region that
 * has it, and `sts` to its global name where settings or a missing region ask for that; `region`
 * may be NULL for `sts` alone. Errors: ERR_USAGE for a region that is no name, a URL that is none,
 * no region. Source:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
int endpoint_find(const struct settings *settings, enum service service, const char *region,
	struct endpoint *out, struct err *err);
void endpoint_release(struct endpoint *endpoint);

#endif
