/*
 * What an hour of an instance costs: listed, or estimated from the price of Linux.
 * It must not know: instances, who pays.
 *
 * Lists seldom have every operating system. The surcharge of some is the same for each vCPU in
 * every listed row that was compared (2026-08); those of Windows and SUSE follow no rule and are
 * not guessed. Source: https://aws.amazon.com/ec2/pricing/on-demand/
 */
#include "prices.h"

#include <stdio.h>

/* Nobody sells systems by vCPU for these sizes, or not seen. */
#define VCPUS_UNKNOWN 0

/* Largest size in sight, 448xlarge of u-*; it keeps the product small. */
#define SIZE_MOST 999

/* Surcharges by vCPU, for types with so many. */
static const struct {
	const char *system;
	uint32_t from, to;
	const char *price, *text;
} surcharges[] = {
#define SURCHARGE(system, from, to, price)                                                         \
	{                                                                                          \
		system, from, to, price, "the price of Linux and " price " USD for each vCPU"      \
	}
	SURCHARGE("RHEL", 1, 8, "0.0144"),
	SURCHARGE("RHEL", 12, 96, "0.0108"),
	SURCHARGE("RHEL", 128, UINT32_MAX, "0.0096"),
	SURCHARGE("RHEL HA", 1, 8, "0.0319"),
	SURCHARGE("RHEL HA", 12, 96, "0.0248"),
	SURCHARGE("RHEL HA", 128, UINT32_MAX, "0.0201"),
	SURCHARGE("Ubuntu Pro", 1, UINT32_MAX, "0.00175"),
};

/* --- vCPUs by the name of a type ------------------------------------------------------------- */

/* Types whose size does not tell, by how they begin. */
static const char *const odd_types[] = {
	"c1.", "c4.8xlarge", "cc", "cg", "cr", "d2.8xlarge", "hpc", "hs1.", "m2."};

/* Small sizes of these have two; of older families one, or a share. */
static const char *const small_types[] = {"t3.", "t3a.", "t4g."};

static bool
starts_as_one(const char *type, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(type, list[i], strlen(list[i])) == 0)
			return true;
	return false;
}

/* "large" has two, "xlarge" four, "12xlarge" twelve times four. */
static uint32_t
vcpus_of(const char *type)
{
	const char *size = strchr(type, '.');
	uint32_t count = 0;

	if (!size || starts_as_one(type, odd_types, sizeof(odd_types) / sizeof(odd_types[0])))
		return VCPUS_UNKNOWN;
	size++;
	if (strcmp(size, "micro") == 0 || strcmp(size, "small") == 0 || strcmp(size, "medium") == 0)
		return starts_as_one(
			       type, small_types, sizeof(small_types) / sizeof(small_types[0]))
			       ? 2
			       : VCPUS_UNKNOWN;
	if (strcmp(size, "large") == 0)
		return 2;
	if (strcmp(size, "xlarge") == 0)
		return 4;
	for (; *size >= '0' && *size <= '9' && count <= SIZE_MOST; size++)
		count = count * 10 + (uint32_t)(*size - '0');
	return strcmp(size, "xlarge") == 0 && count <= SIZE_MOST ? count * 4 : VCPUS_UNKNOWN;
}

/* --- prices ---------------------------------------------------------------------------------- */

static void
estimate(struct instance_price *price, const char *system, uint32_t vcpus)
{
	struct money surcharge;

	for (size_t i = 0; i < sizeof(surcharges) / sizeof(surcharges[0]); i++) {
		if (strcmp(surcharges[i].system, system) != 0 || vcpus < surcharges[i].from ||
			vcpus > surcharges[i].to)
			continue;
		(void)money_parse(slice_of(surcharges[i].price), &surcharge);
		price->hour = money_add(price->linux, money_times(surcharge, vcpus));
		price->estimate = surcharges[i].text;
	}
}

struct instance_price
price_instance(
	const struct price_book *book, struct slice region, const char *system, const char *type)
{
	struct instance_price price = {.linux = price_find(book, region, PRICE_LINUX, type)};
	char name[128];
	int len;

	if (!system) {
		price.hour = price.linux;
		return price;
	}
	len = snprintf(name, sizeof(name), "%s.%s", system, type);
	if (len > 0 && (size_t)len < sizeof(name))
		price.hour = price_find(book, region, PRICE_SYSTEM, name);
	if (!price.hour.known && price.linux.known)
		estimate(&price, system, vcpus_of(type));
	return price;
}
