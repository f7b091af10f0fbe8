/*
 * What a product of AWS's price list is a price of.
 * It must not know: JSON, CSV.
 * Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-billing-codes.html
 */
#include "price_readers.h"
#include "usage_type.h"

#include <stdio.h>

/* Prices by usage type. Lists count single requests where ours count by the thousand or million. */
static const struct {
	const char *usage, *path;
	uint64_t times;
} rates[] = {
	{"EBS:SnapshotUsage", "snapshot.standard_gb_month", 1},
	{"EBS:SnapshotArchiveStorage", "snapshot.archive_gb_month", 1},
	{"EBS:SnapshotArchiveEarlyDelete", "snapshot.archive_early_delete_gb_month", 1},
	{"EBS:SnapshotArchiveRetrieval", "snapshot.archive_retrieval_gb", 1},
	{"EBS:FastSnapshotRestore", "fsr_dsu_hour", 1},
	{"EBS:directAPI.snapshot.List", "ebs_direct_api_per_1000.list", 1000},
	{"EBS:directAPI.snapshot.Get", "ebs_direct_api_per_1000.get", 1000},
	{"EBS:directAPI.snapshot.Put", "ebs_direct_api_per_1000.put", 1000},
	{"EBS:VolumeUsage", "volume_gb_month.standard", 1},
	{"EBS:VolumeUsage.gp2", "volume_gb_month.gp2", 1},
	{"EBS:VolumeUsage.gp3", "volume_gb_month.gp3", 1},
	{"EBS:VolumeUsage.piops", "volume_gb_month.io1", 1},
	{"EBS:VolumeUsage.io2", "volume_gb_month.io2", 1},
	{"EBS:VolumeUsage.st1", "volume_gb_month.st1", 1},
	{"EBS:VolumeUsage.sc1", "volume_gb_month.sc1", 1},
	{"EBS:VolumeP-IOPS.gp3", "volume_iops_month.gp3", 1},
	{"EBS:VolumeP-IOPS.piops", "volume_iops_month.io1", 1},
	{"EBS:VolumeP-IOPS.io2", "volume_iops_month.io2_tier1", 1},
	{"EBS:VolumeP-IOPS.io2.tier2", "volume_iops_month.io2_tier2", 1},
	{"EBS:VolumeP-IOPS.io2.tier3", "volume_iops_month.io2_tier3", 1},
	{"EBS:VolumeP-Throughput.gp3", "gp3_throughput_mibps_month", 1},
	{"EBS:VolumeIOUsage", "standard_per_million_ios", 1000000},
	{"PublicIPv4:InUseAddress", "public_ipv4_hour", 1},
};

static const struct {
	const char *system, *software, *name;
} systems[] = {
#define SYSTEM(operation, platform, system, software, name) {system, software, name},
#include "systems.def"
};

static bool
is_or_absent(struct slice text, const char *wanted)
{
	return text.len == 0 || slice_is(text, wanted);
}

/* The plain price of an hour: not of reserved capacity, of a licence of one's own, or of a host. */
static bool
is_usual_instance(const struct product *product)
{
	return slice_is(product->tenancy, "Shared") && is_or_absent(product->capacity, "Used") &&
	       is_or_absent(product->license, "No License required") &&
	       is_or_absent(product->market, "OnDemand");
}

/* "linux_on_demand_hour.c5.large", "os_on_demand_hour.RHEL.c5.large". */
static bool
instance_path(const struct product *product, char *out, size_t room)
{
	static const char box[] = "BoxUsage:";
	struct slice base = usage_type_base(product->usage_type);
	int len;

	if (!slice_starts(base, box) || !is_usual_instance(product) || product->type.len > 64)
		return false;
	base.at += sizeof(box) - 1;
	base.len -= sizeof(box) - 1;
	if (!slice_equal(base, product->type))
		return false;
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (!systems[i].system || !slice_is(product->system, systems[i].system) ||
			!is_or_absent(product->software, systems[i].software))
			continue;
		len = systems[i].name ? snprintf(out, room, "os_on_demand_hour.%s.%.*s",
						systems[i].name, (int)base.len, base.at)
				      : snprintf(out, room, "linux_on_demand_hour.%.*s",
						(int)base.len, base.at);
		return len > 0 && (size_t)len < room;
	}
	return false;
}

static bool
find_rate(const struct product *product, size_t *out)
{
	struct slice base = usage_type_base(product->usage_type);

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (slice_is(base, rates[i].usage)) {
			*out = i;
			return true;
		}
	return false;
}

static enum product_result
add_price(struct price_draft *draft, const struct product *product, const char *path,
	uint64_t times, uint64_t shared)
{
	struct money price;

	if (product->price.len == 0)
		return PRODUCT_NO_USD;
	if (!money_parse_bill(product->price, &price) ||
		money_compare(price, money_of_price(INT64_MAX)) > 0)
		return PRODUCT_BAD_PRICE;
	price = money_share(money_times(price, times), 1, shared);
	return price_draft_add(draft, product->region, slice_of(path), price) ? PRODUCT_TAKEN
									      : PRODUCT_BAD_PRICE;
}

enum product_result
product_add(struct price_draft *draft, const struct product *product)
{
	char path[128];
	size_t rate;

	/* Local Zones and Wavelength Zones repeat the codes of their region at other prices. */
	if (product->region.len == 0 || !is_or_absent(product->place, "AWS Region"))
		return PRODUCT_OTHER;
	if (find_rate(product, &rate))
		return add_price(draft, product, rates[rate].path, rates[rate].times,
			slice_starts(product->unit, "GiBps") ? 1024 : 1);
	if (instance_path(product, path, sizeof(path)))
		return add_price(draft, product, path, 1, 1);
	return PRODUCT_OTHER;
}

const char *
product_problem(enum product_result result)
{
	return result == PRODUCT_NO_USD
		       ? "there is no price in USD here: other currencies are not understood"
		       : "the price here " NO_PRICE;
}

bool
price_add_text(
	struct price_draft *draft, struct slice region, struct slice path, struct slice price)
{
	struct money money;

	return money_parse_bill(price, &money) && price_draft_add(draft, region, path, money);
}
