/*
 * Notices and gaps while the graph is built, and the sentences that they carry.
 * It must not know: why something is a gap; the passes decide that.
 */
#include "builder.h"

#define SHOWN_BYTES 80 /* of a text that was not understood */

sid
builder_sentence(struct builder *b)
{
	return strpool_add(&b->graph->strings, buf_slice(&b->text));
}

void
builder_name(struct builder *b, nid n)
{
	const struct node *node = builder_node_at(b, n);
	bool by_arn = slice_starts(graph_text(b->graph, node->id), "arn:");

	buf_format(&b->text, "%s %s", node_kind_title((enum node_kind)node->kind),
		strpool_text(&b->graph->strings, by_arn && node->name ? node->name : node->id));
}

void
builder_quote(struct builder *b, struct slice text)
{
	size_t len = text.len;

	if (len > SHOWN_BYTES) {
		len = SHOWN_BYTES;
		while (len && ((unsigned char)text.at[len] & 0xc0) ==
				      0x80) /* not inside a UTF-8 character */
			len--;
	}
	buf_add_char(&b->text, '"');
	buf_add_slice(&b->text, (struct slice){text.at, len});
	buf_add_text(&b->text, len < text.len ? "...\"" : "\"");
}

void
builder_notice_of(struct builder *b, const char *code, nid node, sid text, rid record)
{
	vec_push(&b->notices, ((struct pending_notice){.code = code,
				      .node = node,
				      .text = text,
				      .doc = b->graph->records.items[record].doc,
				      .record = record}));
}

void
builder_notice(struct builder *b, const char *code, nid node, sid text, uint32_t doc)
{
	vec_push(&b->notices,
		((struct pending_notice){.code = code, .node = node, .text = text, .doc = doc}));
}

const char *
builder_undescribed(bool may_be)
{
	return may_be ? "no document surely describes: not every account and region is known"
		      : "no document describes";
}

void
builder_gap(
	struct builder *b, struct place_of place, enum doc_kind kind, sid subject, nid by, sid text)
{
	vec_push(&b->graph->gaps, ((struct gap){.kind = kind,
					  .account = place.account,
					  .region = place.region,
					  .subject = subject,
					  .by = by,
					  .text = text}));
}
