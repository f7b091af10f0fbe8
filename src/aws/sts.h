/*
 * Calls to STS that wait for their answer: what assuming a role and asking who one is need.
 * It must not know: profiles, which role.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
 */
#ifndef AMIPLAN_AWS_STS_H
#define AMIPLAN_AWS_STS_H

#include "buf.h"
#include "creds.h"
#include "params.h"

struct sts_call {
	const char *region; /* NULL: the global endpoint */
	const char *action;
	const struct params *params;
	struct provider *provider; /* who signs it; NULL: unsigned */
	const char *title;         /* what messages begin with */
	const char *hide; /* what no message may show beside the credentials; NULL: nothing */
};

/*
 * Appends the answer's members as a JSON object to `json`, as `aws sts … --output json` prints it.
 * Retries what may pass; measures the clock's skew and signs again once; asks the provider anew,
 * once, for credentials that STS calls expired. ERR_IO without a usable answer, ERR_VALUE where STS
 * says no: its code and words are in the text. What provider_get returns.
 */
int sts_run(const struct provider_context *context, const struct sts_call *call, struct buf *json,
	struct err *err);

#endif
