/*
 * Times and ages: UTC seconds since 1970, proleptic Gregorian calendar, no time zone data, no
 * clock. It must not know: which resource a time belongs to.
 */
#ifndef AMIPLAN_BASE_CIVIL_H
#define AMIPLAN_BASE_CIVIL_H

#include "slice.h"
#include <stdbool.h>
#include <stdint.h>

/* "No time known". Orders before every real time. */
#define TIME_NONE INT64_MIN

/*
 * Parses what AWS tools print: 2026-11-22T18:33:14.000Z, 2026-11-22T18:33:14+00:00 (0 to 9 fraction
 * digits, Z or an offset), the same with a blank for T (boto3's str()), 2026-11-22 alone
 * (midnight). Fractions are cut off. Years 1970 to 9999. False, output untouched, if it is anything
 * else (month 13, 30 February, a trailing byte…).
 */
bool time_parse(struct slice text, int64_t *out);

/* Seconds since 1970 as very old `aws` versions printed them, fraction allowed ("1417392594.0"). */
bool time_from_epoch_text(struct slice number, int64_t *out);

/* "2026-11-22T18:33:14Z" with a terminator. TIME_NONE gives "". */
#define TIME_TEXT_SIZE 24
void time_format(int64_t time, char out[TIME_TEXT_SIZE]);

/* A length of time; months are kept apart since their length depends on where they start. */
struct age {
	uint32_t months;
	int64_t seconds;
	bool off; /* 0d: no limit */
};

/*
 * "90d", "12w", "6m" (months), "1y", "36h", or an ISO 8601 duration ("P30D", "P1Y2M10DT2H"). Zero
 * of any unit is `off`. False if it is anything else, negative, or larger than 1000 years.
 */
bool age_parse(struct slice text, struct age *out);

/* `time` minus `age`: months by the UTC calendar with the day clamped (31 March minus 1 month = 28
 * or 29 February), then seconds. */
int64_t age_before(int64_t time, struct age age);

/* "2 years", "5 months", "12 days", "3 hours": how long `seconds` is, for people. Buffer of at
 * least 32 bytes. */
void age_describe(int64_t seconds, char *out, size_t size);

#endif
