/*
 * Answers of pricing:GetProducts: one, several in an array, or several one after another. Each
 * product in them is a document of its own, written as a string.
 * It must not know: what a product is a price of.
 * Source:
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
#include "price_readers.h"

#include <stddef.h>

/* Attributes of a product, and where they go. */
static const struct {
	const char *attribute;
	size_t at;
} fields[] = {
#define FIELD(member, attribute, column) {attribute, offsetof(struct product, member)},
	PRODUCT_FIELDS(FIELD)
#undef FIELD
};

static void
read_attributes(struct json *json, struct product *product)
{
	struct slice name, text;

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &name)) {
		struct slice *field = NULL;

		for (size_t i = 0; !field && i < sizeof(fields) / sizeof(fields[0]); i++)
			if (slice_is(name, fields[i].attribute))
				field = (struct slice *)(void *)((char *)product + fields[i].at);
		if (!field || json_peek(json) != JSON_STRING)
			json_skip(json, NULL);
		else if (json_string(json, &text))
			*field = text;
	}
}

/* The member of that name, if it is an object: entered. */
static bool
enter_member(struct json *json, struct slice name, const char *wanted)
{
	if (slice_is(name, wanted) && json_peek(json) == JSON_OBJECT)
		return json_enter(json, JSON_OBJECT);
	json_skip(json, NULL);
	return false;
}

static void
read_product(struct json *json, struct product *product)
{
	struct slice name;

	while (json_next_member(json, &name)) {
		if (slice_is(name, "attributes"))
			read_attributes(json, product);
		else
			json_skip(json, NULL);
	}
}

static void
read_amount(struct json *json, struct slice *out)
{
	struct slice name;

	while (json_next_member(json, &name)) {
		if (slice_is(name, "USD") && json_peek(json) == JSON_STRING)
			json_string(json, out);
		else
			json_skip(json, NULL);
	}
}

/* One range of amounts at one price: only the first one is the list price. */
static void
read_dimension(struct json *json, struct product *product)
{
	struct slice name, from = SLICE_NONE, unit = SLICE_NONE, price = SLICE_NONE;

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &name)) {
		if (slice_is(name, "pricePerUnit") && enter_member(json, name, "pricePerUnit"))
			read_amount(json, &price);
		else if (slice_is(name, "unit") && json_peek(json) == JSON_STRING)
			json_string(json, &unit);
		else if (slice_is(name, "beginRange") && json_peek(json) == JSON_STRING)
			json_string(json, &from);
		else if (!slice_is(name, "pricePerUnit"))
			json_skip(json, NULL);
	}
	if (from.len && !slice_is(from, "0"))
		return;
	if (product->price.len && price.len && !slice_equal(product->price, price))
		json_fail(json, json->at, ERR_CONFLICT, "two prices on demand for one product");
	product->price = price;
	product->unit = unit;
}

static void
read_dimensions(struct json *json, struct product *product)
{
	struct slice name;

	while (json_next_member(json, &name))
		read_dimension(json, product);
}

static void
read_terms(struct json *json, struct product *product)
{
	struct slice kind, code, name;

	while (json_next_member(json, &kind)) {
		if (!enter_member(json, kind, "OnDemand"))
			continue;
		while (json_next_member(json, &code)) {
			if (!json_enter(json, JSON_OBJECT))
				return;
			while (json_next_member(json, &name))
				if (enter_member(json, name, "priceDimensions"))
					read_dimensions(json, product);
		}
	}
}

/* True if the document tells of a price on demand. */
static bool
read_entry(struct price_reader *reader, struct json *json, struct product *product)
{
	struct slice name, date;

	if (!json_enter(json, JSON_OBJECT))
		return false;
	while (json_next_member(json, &name)) {
		if (slice_is(name, "publicationDate") && json_peek(json) == JSON_STRING) {
			if (json_string(json, &date))
				price_see_date(reader, date);
		} else if (slice_is(name, "terms") && enter_member(json, name, "terms")) {
			read_terms(json, product);
		} else if (slice_is(name, "product") && enter_member(json, name, "product")) {
			read_product(json, product);
		} else if (!slice_is(name, "terms") && !slice_is(name, "product")) {
			json_skip(json, NULL);
		}
	}
	return (product->unit.at || product->price.at) && !json->failed;
}

static void
add_entry(struct price_reader *reader, const struct product *product, struct json *outer,
	const char *at)
{
	enum product_result result = product_add(reader->draft, product);

	if (result == PRODUCT_NO_USD || result == PRODUCT_BAD_PRICE)
		json_fail(outer, at, ERR_VALUE, "%.*s in %.*s: %s",
			(int)(product->usage_type.len < 60 ? product->usage_type.len : 60),
			product->usage_type.at,
			(int)(product->region.len < 30 ? product->region.len : 30),
			product->region.at, product_problem(result));
}

/* An element of PriceList: a string with a document in it, or that document itself. */
static void
read_element(struct price_reader *reader, struct json *json)
{
	bool quoted = json_peek(json) == JSON_STRING;
	const char *at = json->at;
	struct product product = {0};
	struct json inner;
	struct slice text;
	struct err err = {0};

	if (!(quoted ? json_string(json, &text) : json_skip(json, &text)))
		return;
	json_begin(&inner, text, reader->title, &err);
	if (read_entry(reader, &inner, &product))
		add_entry(reader, &product, json, at);
	if (inner.failed)
		json_fail(json, at, err.code, "in this product: %s", err.text);
	json_end(&inner);
	json_forget(json);
}

static void
read_answer(struct price_reader *reader, struct json *json)
{
	struct slice name;

	if (!json_enter(json, JSON_OBJECT))
		return;
	while (json_next_member(json, &name)) {
		if (!slice_is(name, "PriceList")) {
			json_skip(json, NULL);
			continue;
		}
		if (!json_enter(json, JSON_ARRAY))
			return;
		while (json_next_element(json))
			read_element(reader, json);
	}
}

bool
price_read_products(struct price_reader *reader, struct json *json)
{
	if (json_peek(json) != JSON_ARRAY) {
		read_answer(reader, json);
	} else if (json_enter(json, JSON_ARRAY)) {
		while (json_next_element(json))
			read_answer(reader, json);
	}
	return !json->failed;
}
