/*
 * References as records spell them: an id becomes an edge at once, all else a wish that freeze
 * settles. It must not know: whether what is wished for exists.
 */
#include "builder.h"
#include "ids.h"

static void
not_understood(
	struct builder *b, nid from, struct slice text, sid member, const char *wanted, rid record)
{
	buf_clear(&b->text);
	buf_format(&b->text, "%s is ",
		member ? strpool_text(&b->graph->strings, member) : "a reference");
	builder_quote(b, text);
	buf_format(&b->text, ", which is no %s: what it refers to is not known", wanted);
	builder_notice_of(b, "reference-not-understood", from, builder_sentence(b), record);
}

bool
slice_mentions(struct slice text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; text.at && i + len <= text.len; i++) {
		size_t same = 0;

		while (same < len &&
			(text.at[i + same] | (text.at[i + same] >= 'A' && text.at[i + same] <= 'Z'
							     ? 0x20
							     : 0)) == word[same])
			same++;
		if (same == len)
			return true;
	}
	return false;
}

void
builder_image_reference(struct builder *b, nid from, struct slice text, sid member, rid record)
{
	const struct slice alias = SLICE("resolve:ssm:");

	char room[ID_ROOM];
	struct slice id = id_tidy(text, "ami-", room);

	if (text.len == 0 || id_tidy(text, "aki-", room).len || id_tidy(text, "ari-", room).len)
		return;
	if (id.len) {
		builder_edge(b, from, builder_node(b, NODE_IMAGE, id), EDGE_NAMES_IMAGE,
			SOURCE_FIELD, BELIEF_FACT, member, record);
		return;
	}
	if (slice_mentions(text, "resolve:")) {
		bool malformed = !slice_starts(text, alias.at);
		struct slice rest = {text.at + alias.len, text.len - alias.len};
		sid wanted = builder_text(b, malformed || !rest.len ? text : rest);

		vec_push(&b->aliases, ((struct alias_wish){from, wanted, member, record,
					      malformed || !rest.len}));
		return;
	}
	not_understood(b, from, text, member, "AMI id", record);
}

void
builder_snapshot_reference(struct builder *b, nid from, struct slice text, sid member, rid record)
{
	char room[ID_ROOM];
	struct slice id = id_tidy(text, "snap-", room);

	if (text.len == 0)
		return;
	if (id.len)
		builder_edge(b, from, builder_node(b, NODE_SNAPSHOT, id), EDGE_NAMES_SNAPSHOT,
			SOURCE_FIELD, BELIEF_FACT, member, record);
	else
		not_understood(b, from, text, member, "snapshot id", record);
}

/* A version is "", "$Default", "$Latest" or a number from 1 on. */
static bool
is_version(struct slice text)
{
	size_t i = 0;

	if (text.len == 0 || slice_is(text, "$Default") || slice_is(text, "$Latest"))
		return true;
	while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9')
		i++;
	return i == text.len && text.len <= 18 && text.at[0] != '0';
}

void
builder_template_reference(struct builder *b, nid from, struct slice id, struct slice name,
	struct slice version, sid member, rid record)
{
	struct template_wish wish = {.from = from, .member = member, .record = record};

	if (id.len == 0 && name.len == 0)
		return;
	if (id.len && !id_is(id, "lt-")) {
		not_understood(b, from, id, member, "launch template id", record);
		return;
	}
	if (!is_version(version)) {
		not_understood(b, from, version, member, "launch template version", record);
		wish.malformed = true;
	}
	if (id.len) {
		builder_node(b, NODE_LAUNCH_TEMPLATE, id);
		wish.id = builder_text(b, id);
	}
	wish.name = name.len ? builder_text(b, name) : 0;
	wish.version = version.len ? builder_text(b, version) : 0;
	vec_push(&b->templates, wish);
}

void
builder_configuration_reference(struct builder *b, nid from, struct slice name, rid record)
{
	if (name.len)
		vec_push(&b->configurations,
			((struct configuration_wish){from, builder_text(b, name), record}));
}
