/*
 * Elements of documents read again: as they stand, and as an AMI's definition.
 * It must not know: files, policy, how a plan prints it.
 */
#include "inventory.h"

#include "ids.h"
#include "json_pull.h"
#include "json_write.h"
#include "load.h"
#include "reread.h"

#define SLICE_OF(text)                                                                             \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

/* What register-image takes, and tags, in the order of the definition. */
static const struct {
	struct slice name;
	bool instance_store; /* only there does it define anything */
} members[] = {
	{SLICE_OF("Name"), false},
	{SLICE_OF("Description"), false},
	{SLICE_OF("Architecture"), false},
	{SLICE_OF("RootDeviceName"), false},
	{SLICE_OF("VirtualizationType"), false},
	{SLICE_OF("BlockDeviceMappings"), false},
	{SLICE_OF("BootMode"), false},
	{SLICE_OF("EnaSupport"), false},
	{SLICE_OF("ImdsSupport"), false},
	{SLICE_OF("KernelId"), false},
	{SLICE_OF("RamdiskId"), false},
	{SLICE_OF("SriovNetSupport"), false},
	{SLICE_OF("TpmSupport"), false},
	{SLICE_OF("ImageLocation"), true},
	{SLICE_OF("DeprecationTime"), false},
	{SLICE_OF("DeregistrationProtection"), false},
	{SLICE_OF("Tags"), false},
};

#define MEMBERS (sizeof(members) / sizeof(*members))

/* A record's document from its element on; SLICE_NONE if it has none. */
static struct slice
from_element(const struct inventory *inventory, rid record)
{
	const struct graph *graph = inventory->graph;
	const struct record *at = &graph->records.items[record];
	const struct document *document;

	if (record == 0 || record >= graph->records.count || at->doc == 0)
		return SLICE_NONE;
	document = &graph->documents.items[at->doc];
	return (struct slice){document->bytes + at->at, document->size - at->at};
}

static void
begin_element(struct json *json, struct slice bytes, struct err *err)
{
	json_begin(json, bytes, "", err);
	json->checked = true; /* when it was loaded */
}

struct slice
inventory_element(const struct inventory *inventory, rid record)
{
	struct slice raw = SLICE_NONE;
	struct slice bytes = from_element(inventory, record);
	struct json json;
	struct err err;

	if (!bytes.at)
		return SLICE_NONE;
	begin_element(&json, bytes, &err);
	(void)json_skip(&json, &raw);
	json_end(&json);
	return raw;
}

/* Where each of the members stands in the element that `bytes` begin with; SLICE_NONE for those
 * that do not. False: the element goes on behind them. */
static bool
find_members(struct slice bytes, struct slice found[MEMBERS])
{
	struct json json;
	struct err err;
	struct slice name;
	bool whole;

	memset(found, 0, MEMBERS * sizeof(*found));
	begin_element(&json, bytes, &err);
	if (json_enter(&json, JSON_OBJECT)) {
		while (json_next_member(&json, &name)) {
			struct slice raw;
			size_t i = 0;

			while (i < MEMBERS && !slice_equal(name, members[i].name))
				i++;
			if (!json_skip(&json, &raw))
				break;
			if (i < MEMBERS && raw.at[0] != 'n') /* null */
				found[i] = raw;
		}
	}
	whole = json.done;
	json_end(&json);
	return whole;
}

/* Bytes of an element, but of a few. */
enum { USUAL_ELEMENT = 4 << 10 };

/* The same in the element's bytes read into `text`. False: only the mapping has them. */
static bool
reread_members(const struct inventory *inventory, rid record, struct buf *text,
	struct slice found[MEMBERS])
{
	const struct record *at = &inventory->graph->records.items[record];

	for (size_t len = USUAL_ELEMENT;; len *= 2) {
		size_t got;

		buf_reserve(text, len);
		got = reread_bytes(inventory->reread, at->doc, at->at, text->at, len);
		if (got && find_members((struct slice){text->at, got}, found))
			return true;
		if (got < len)
			return false;
	}
}

struct slice
inventory_text(const struct inventory *inventory, nid n, struct slice member, struct arena *arena)
{
	struct slice bytes = from_element(inventory, graph_node(inventory->graph, n)->record);
	struct slice text, name, found = SLICE_NONE;
	struct json json;
	struct err err;

	if (!bytes.at)
		return SLICE_NONE;
	begin_element(&json, bytes, &err);
	if (json_enter(&json, JSON_OBJECT)) {
		while (json_next_member(&json, &name)) {
			if (!slice_equal(name, member) || json_peek(&json) != JSON_STRING)
				(void)json_skip(&json, NULL);
			else if (json_string(&json, &text))
				found = (struct slice){arena_text(arena, text), text.len};
		}
	}
	json_end(&json);
	return found;
}

/* The member of launch permissions that has a grantee of this form. */
static const char *
grant_member(struct slice grantee)
{
	struct arn arn;

	if (id_is_account(grantee))
		return "UserId";
	if (!id_parse_arn(grantee, &arn))
		return "Group";
	return slice_starts(arn.resource, "ou/") ? "OrganizationalUnitArn" : "OrganizationArn";
}

static void
put_permissions(const struct graph *graph, nid image, struct json_writer *w)
{
	struct edge_walk walk = graph_out(graph, image);

	json_name(w, "LaunchPermissions");
	if (graph_image(graph, image)->permissions_read != YES) {
		json_put_null(w);
		return;
	}
	json_open(w, '[');
	while (edge_next(graph, &walk)) {
		struct slice grantee;

		if (walk.edge->kind != EDGE_SHARED_WITH)
			continue;
		grantee = graph_text(graph, graph_node(graph, walk.edge->to)->id);
		json_open(w, '{');
		json_field_slice(w, grant_member(grantee), grantee);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/*
 * A fault maps up to `around` bytes on either side, so that many elements would bring whole
 * documents back: what this one brought goes with it.
 */
static void
let_go(const struct graph *graph, const struct record *record)
{
	const size_t around = (size_t)64 * 1024;
	const struct document *document = &graph->documents.items[record->doc];
	size_t from = record->at > around ? record->at - around : 0;
	size_t left = document->size - record->at;

	mapped_let_go((struct slice){document->bytes, document->size}, from,
		left > 2 * around ? record->at + 2 * around : document->size);
}

static void
put_members(const struct graph *graph, nid image, const struct slice found[MEMBERS],
	struct json_writer *w)
{
	const struct image_traits *traits = graph_image_traits(graph, image);
	bool instance_store =
		slice_is(graph_text(graph, traits->root_device_type), "instance-store");

	for (size_t i = 0; i < MEMBERS; i++) {
		if (found[i].at && (!members[i].instance_store || instance_store)) {
			json_name_slice(w, members[i].name);
			json_put_verbatim(w, found[i]);
		}
	}
}

void
inventory_definition(struct inventory *inventory, nid image, struct buf *out)
{
	const struct graph *graph = inventory->graph;
	rid record = graph_node(graph, image)->record;
	struct slice bytes = from_element(inventory, record);
	bool mapped = bytes.at && graph->documents.items[graph->records.items[record].doc].mapped;
	struct slice found[MEMBERS] = {{NULL, 0}};
	struct buf text = {0};
	struct json_writer w;

	if (mapped && reread_members(inventory, record, &text, found))
		mapped = false;
	else if (bytes.at)
		(void)find_members(bytes, found);
	json_writer_buf(&w, out, false);
	json_open(&w, '{');
	put_members(graph, image, found, &w);
	put_permissions(graph, image, &w);
	json_close(&w, '}');
	buf_release(&text);
	if (mapped)
		let_go(graph, &graph->records.items[record]);
}
