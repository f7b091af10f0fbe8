/*
 * Exact sums of decimal texts, as amounts stand in a plan file.
 * It must not know: what is counted.
 */
#ifndef AMIPLAN_REPORT_DECIMAL_H
#define AMIPLAN_REPORT_DECIMAL_H

#include "buf.h"
#include <stdint.h>

/* Nine digits a limb, the most significant first: 45 before the point, 54 after it. */
#define DECIMAL_WHOLE 5
#define DECIMAL_LIMBS 11

/* Zero-initialised it is 0. */
struct decimal {
	uint32_t limbs[DECIMAL_LIMBS];
};

/* "0.4000000001": no sign, no exponent. False, output untouched, for anything else or longer. */
bool decimal_parse(const char *text, struct decimal *out);
void decimal_add(struct decimal *to, const struct decimal *other);
int decimal_compare(const struct decimal *a, const struct decimal *b);
/* Exact, two decimals at least. Appended. */
void decimal_text(const struct decimal *decimal, struct buf *out);
/* Rounded half to even to two decimals, thousands apart: "1,234.50". Appended. */
void decimal_text_rounded(const struct decimal *decimal, struct buf *out);

#endif
