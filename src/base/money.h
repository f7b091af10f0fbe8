/*
 * Amounts in US dollars, exact: integers of a unit that both a price and a byte count divide.
 * It must not know: what is paid for.
 *
 * The unit is 10^-14 USD / 2^30: prices have at most fourteen decimals (those per MiB/s, which AWS
 * lists per GiB/s), and a GiB has 2^30 bytes, so a price per GiB times bytes is a whole number of
 * units. 128 bits hold 10^15 USD.
 */
#ifndef AMIPLAN_BASE_MONEY_H
#define AMIPLAN_BASE_MONEY_H

#include "buf.h"
#include <stdint.h>

__extension__ typedef __int128 money_units;

/* Zero-initialised it is unknown, which is never 0 USD. */
struct money {
	money_units units;
	bool known;
};

#define MONEY_UNKNOWN ((struct money){0, false})
#define MONEY_ZERO ((struct money){0, true})

/* "0.05", "12", "0.0000006000": at most fourteen decimals that count, no sign, no exponent. False
 * for anything else. */
bool money_parse(struct slice text, struct money *out);

/*
 * What a bill has: a sign and an exponent too, any number of decimals of which the first nineteen
 * digits count, rounded half to even in units (10^-23 USD). False for what is no number, or so
 * large that it is no amount (10^15).
 */
bool money_parse_bill(struct slice text, struct money *out);

/* A price as a number of 10^-14 USD, and back: what money_parse gives is a whole number of them.
 * False for unknown, for what is below zero, no whole number of them, or beyond 64 bits (92,233
 * USD: no price). */
struct money money_of_price(int64_t price);
bool money_price(struct money money, int64_t *out);

/* Unknown if either is. A sum or product beyond 128 bits is die_oom's kind of end: it cannot come
 * of prices and sizes within bounds.h. */
struct money money_add(struct money a, struct money b);
struct money money_subtract(struct money a, struct money b);
struct money money_times(struct money a, uint64_t times);
/* A price per GiB for so many bytes. */
struct money money_of_bytes(struct money per_gib, uint64_t bytes);
/* a * numerator / denominator, rounded half to even in units (10^-23 USD). */
struct money money_share(struct money a, uint64_t numerator, uint64_t denominator);

/* Order of amounts; both known. */
int money_compare(struct money a, struct money b);
struct money money_min(struct money a, struct money b);
struct money money_max(struct money a, struct money b);

/* Exact decimal text, two decimals at least, "-" before what is below zero; nothing for unknown. */
#define MONEY_TEXT_SIZE 80
void money_text(struct money money, char out[MONEY_TEXT_SIZE]);
/* Rounded half to even to two decimals, thousands apart: "1,234.50"; "unknown". For people. */
void money_text_rounded(struct money money, char out[MONEY_TEXT_SIZE]);

#endif
