/*
 * Price files of amiplan's own schema, that of planner/prices.json.
 * It must not know: other price lists.
 */
#include "price_readers.h"

#include "ids.h"

#include <stdio.h>

#define PATH_ROOM 128

/* Consumes a number, a string or null; false with an error, or at null without one. */
static bool
take_price(struct json *json, struct slice *out)
{
	enum json_type type = json_peek(json);

	if (type == JSON_NULL) {
		json_skip(json, NULL);
		return false;
	}
	return type == JSON_STRING ? json_string(json, out) : json_number_text(json, out);
}

/* The price that comes next, of this path; what is no item of ours is skipped. */
static void
read_price(struct price_reader *reader, struct json *json, struct slice region, const char *path)
{
	const char *at;
	struct slice price;

	if (!price_is_path(slice_of(path))) {
		json_skip(json, NULL);
		return;
	}
	(void)json_peek(json);
	at = json->at;
	if (take_price(json, &price) &&
		!price_add_text(reader->draft, region, slice_of(path), price))
		json_fail(json, at, ERR_VALUE, "%s: \"%.*s\" " NO_PRICE, path,
			(int)(price.len < 40 ? price.len : 40), price.at);
}

/* "family.name"; cut where it is longer than any item. */
static void
join(char path[PATH_ROOM], const char *family, struct slice name, struct slice last)
{
	(void)snprintf(path, PATH_ROOM, "%.40s%s%.*s%s%.*s", family, *family ? "." : "",
		(int)(name.len < 40 ? name.len : 40), name.at, last.len ? "." : "",
		(int)(last.len < 40 ? last.len : 40), last.len ? last.at : "");
}

/* A region's prices: numbers, and families of numbers. */
static void
read_region(struct price_reader *reader, struct json *json, struct slice region)
{
	struct slice member, name;
	char family[PATH_ROOM], path[PATH_ROOM];

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &member)) {
		join(family, "", member, SLICE_NONE);
		if (json_peek(json) != JSON_OBJECT) {
			read_price(reader, json, region, family);
			continue;
		}
		json_enter(json, JSON_OBJECT);
		while (json_next_member(json, &name)) {
			join(path, family, name, SLICE_NONE);
			read_price(reader, json, region, path);
		}
	}
}

/* {TYPE: {SYSTEM: price}} */
static void
read_systems(struct price_reader *reader, struct json *json, struct slice region)
{
	struct slice type, system;
	char path[PATH_ROOM];

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &type)) {
		if (json_peek(json) != JSON_OBJECT) {
			json_skip(json, NULL);
			continue;
		}
		json_enter(json, JSON_OBJECT);
		while (json_next_member(json, &system)) {
			join(path, "os_on_demand_hour", system, type);
			read_price(reader, json, region, path);
		}
	}
}

typedef void read_block(struct price_reader *reader, struct json *json, struct slice region);

static void
read_regions(struct price_reader *reader, struct json *json, read_block *read)
{
	struct slice region;

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &region)) {
		if (!id_is_region(region)) {
			json_fail(json, json->at, ERR_VALUE, "\"%.*s\" is no region",
				(int)(region.len < 40 ? region.len : 40), region.at);
			return;
		}
		read(reader, json, region);
	}
}

static void
read_sources(struct price_reader *reader, struct json *json)
{
	struct slice key, name, text;

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &key)) {
		if (!json_enter(json, JSON_OBJECT))
			return;
		while (json_next_member(json, &name)) {
			if (slice_is(name, "published") && json_peek(json) == JSON_STRING &&
				json_string(json, &text))
				price_see_date(reader, text);
			else
				json_skip(json, NULL);
		}
	}
}

static void
check_currency(struct json *json)
{
	const char *at;
	struct slice text;

	(void)json_peek(json);
	at = json->at;
	if (json_string(json, &text) && !slice_is(text, "USD"))
		json_fail(json, at, ERR_VALUE, "prices are in \"%.*s\": only USD is understood",
			(int)(text.len < 10 ? text.len : 10), text.at);
}

static void
check_schema(struct json *json)
{
	const char *at;
	int64_t schema;

	(void)json_peek(json);
	at = json->at;
	if (json_integer(json, &schema) && schema != 1)
		json_fail(json, at, ERR_VALUE, "this is schema %lld: only schema 1 is understood",
			(long long)schema);
}

static void
read_member(struct price_reader *reader, struct json *json, struct slice name)
{
	if (slice_is(name, "schema"))
		check_schema(json);
	else if (slice_is(name, "currency"))
		check_currency(json);
	else if (slice_is(name, "sources"))
		read_sources(reader, json);
	else if (slice_is(name, "global"))
		read_region(reader, json, SLICE(""));
	else if (slice_is(name, "regions"))
		read_regions(reader, json, read_region);
	else if (slice_is(name, "os_on_demand_hour"))
		read_regions(reader, json, read_systems);
	else
		json_skip(json, NULL);
}

bool
price_read_schema(struct price_reader *reader, struct json *json)
{
	struct slice name;

	if (json_enter(json, JSON_OBJECT))
		while (json_next_member(json, &name))
			read_member(reader, json, name);
	return !json->failed;
}
