/*
 * Usage types by table.
 * It must not know: files, rows.
 */
#include "usage_type.h"

enum match { WHOLE, BEGINNING };

static const struct {
	const char *text;
	enum billed_part part;
	enum match match;
} usages[] = {
#define USAGE(part, text, match) {text, part, match},
#include "billed_parts.def"
};

/* "USE1-", "EU-", "AFS1-", "UGW1-": two to four capitals and at most one digit. */
struct slice
usage_type_base(struct slice usage_type)
{
	size_t letters = 0, len;

	while (letters < usage_type.len && usage_type.at[letters] >= 'A' &&
		usage_type.at[letters] <= 'Z')
		letters++;
	len = letters;
	if (len < usage_type.len && usage_type.at[len] >= '0' && usage_type.at[len] <= '9')
		len++;
	if (letters < 2 || letters > 4 || len == usage_type.len || usage_type.at[len] != '-')
		return usage_type;
	return (struct slice){usage_type.at + len + 1, usage_type.len - len - 1};
}

enum billed_part
usage_type_part(struct slice usage_type)
{
	struct slice base = usage_type_base(usage_type);

	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++)
		if (slice_starts(base, usages[i].text) &&
			(usages[i].match == BEGINNING || base.len == strlen(usages[i].text)))
			return usages[i].part;
	return BILLED_PARTS;
}
