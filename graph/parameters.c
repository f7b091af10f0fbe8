/*
 * SSM parameters: which AMIs their values name, and which parameter a `resolve:ssm:` reference
 * means. It must not know: whether an unresolved reference matters; the planner decides that by the
 * template's depth.
 *
 * A reference is a name or an ARN, with a version or a label behind a colon if it has one.
 * Parameters of AWS itself (/aws/…) never stand for an AMI of ours.
 */
#include "builder.h"
#include "ids.h"

/* A reference taken apart. `selector` is without its colon; SLICE_NONE if there is none. */
struct alias {
	struct slice account, region; /* of an ARN; SLICE_NONE otherwise */
	struct slice name, selector;
	bool by_arn; /* then a leading slash of the name is not to be told */
};

/* What one name (with one selector) means in one place. node 0: get-parameters calls it invalid. */
struct meaning {
	sid account, region, name, selector;
	nid node;
	bool has_image;
};

struct meanings {
	struct builder *b;
	VEC(struct meaning) items;
};

/* --- a parameter as read ---------------------------------------------------------------------- */

static struct slice
trim(struct slice text)
{
	while (text.len && (text.at[0] == ' ' || text.at[0] == '\n' || text.at[0] == '\t' ||
				   text.at[0] == '\r')) {
		text.at++;
		text.len--;
	}
	while (text.len && strchr(" \n\t\r", text.at[text.len - 1]) && text.at[text.len - 1])
		text.len--;
	return text;
}

/* An AMI id in a form that nobody here reads (JSON, capitals), or a reference onward: it may stand
 * for any AMI. */
static bool
is_riddle(struct slice item)
{
	return slice_mentions(item, "ami-") || slice_mentions(item, "resolve:");
}

/* Edges to the AMIs that a value names, alone or in a list with commas. True if there is one;
 * `open` is set where an item may name one that was not understood. */
static bool
add_images(struct builder *b, nid parameter, struct slice value, rid record, bool *open)
{
	sid member = builder_text(b, SLICE("Value"));
	bool any = false;

	while (value.len) {
		const char *comma = memchr(value.at, ',', value.len);
		size_t len = comma ? (size_t)(comma - value.at) : value.len;
		struct slice item = trim((struct slice){value.at, len});

		if (id_is(item, "ami-")) {
			builder_edge(b, parameter, builder_node(b, NODE_IMAGE, item),
				EDGE_NAMES_IMAGE, SOURCE_FIELD, BELIEF_FACT, member, record);
			any = true;
		} else if (is_riddle(item)) {
			*open = true;
		}
		len += comma != NULL;
		value = (struct slice){value.at + len, value.len - len};
	}
	return any;
}

static struct slice
without_colon(struct slice selector)
{
	if (selector.len && selector.at[0] == ':')
		return (struct slice){selector.at + 1, selector.len - 1};
	return selector;
}

void
builder_parameter(struct builder *b, struct slice name, struct slice arn, uint64_t version,
	struct slice selector, struct slice value, uint32_t doc, uint64_t at)
{
	struct record_facts facts = {.kind = NODE_PARAMETER, .doc = doc, .at = at};
	struct parameter_seen seen = {.version = version, .doc = doc};
	bool open = value.at == NULL; /* as describe-parameters prints it */
	rid record;

	selector = without_colon(selector);
	seen.name = builder_text(b, name);
	seen.arn = arn.len ? builder_text(b, arn) : 0;
	seen.selector = selector.len ? builder_text(b, selector) : 0;
	buf_clear(&b->text);
	buf_add_text(&b->text, "parameter/");
	buf_add_slice(&b->text, name);
	if (selector.len) {
		buf_add_char(&b->text, ':');
		buf_add_slice(&b->text, selector);
	}
	facts.id = arn.len ? arn : buf_slice(&b->text);
	facts.name = seen.name;
	record = builder_record(b, &facts);
	seen.node = b->graph->records.items[record].node;
	seen.has_image = add_images(b, seen.node, value, record, &open);
	if (!open)
		vec_push(&b->parameters, seen);
}

void
builder_parameter_invalid(struct builder *b, struct slice name, uint32_t doc)
{
	vec_push(&b->parameters,
		((struct parameter_seen){.name = builder_text(b, name), .doc = doc}));
}

/* --- references taken apart ------------------------------------------------------------------- */

static void
split_selector(struct slice *name, struct slice *selector)
{
	const char *colon = name->at ? memchr(name->at, ':', name->len) : NULL;

	*selector = SLICE_NONE;
	if (!colon)
		return;
	*selector = (struct slice){colon + 1, name->len - (size_t)(colon + 1 - name->at)};
	name->len = (size_t)(colon - name->at);
}

/* An ARN holds "parameter/a/b" for the name "/a/b", and "parameter/a" for "a" and "/a" alike. */
static bool
parse_parameter_arn(struct slice text, struct alias *out)
{
	const struct slice word = SLICE("parameter");
	struct arn arn;

	if (!id_parse_arn(text, &arn) || !slice_is(arn.service, "ssm") ||
		!slice_starts(arn.resource, "parameter/"))
		return false;
	out->account = arn.account;
	out->region = arn.region;
	out->by_arn = true;
	out->name = (struct slice){arn.resource.at + word.len, arn.resource.len - word.len};
	split_selector(&out->name, &out->selector);
	return out->name.len > 1;
}

static bool
parse_alias(struct slice text, struct alias *out)
{
	*out = (struct alias){.name = text};
	if (slice_starts(text, "arn:"))
		return parse_parameter_arn(text, out);
	split_selector(&out->name, &out->selector);
	return out->name.len > 0;
}

/* The name without its leading slash: the key under which names and ARNs meet. */
static struct slice
bare(struct slice name)
{
	if (name.at && name.len && name.at[0] == '/')
		return (struct slice){name.at + 1, name.len - 1};
	return name;
}

/* --- meanings --------------------------------------------------------------------------------- */

static int
compare_meanings(const void *a, const void *b, const struct graph *graph)
{
	const struct meaning *x = a;
	const struct meaning *y = b;

	(void)graph;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->region != y->region)
		return x->region < y->region ? -1 : 1;
	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	if (x->selector != y->selector)
		return x->selector < y->selector ? -1 : 1;
	/* A value settles a name whatever another document calls invalid. */
	return x->node > y->node ? -1 : x->node < y->node;
}

static void
add_meaning(struct meanings *m, struct meaning meaning, const struct parameter_seen *seen)
{
	struct builder *b = m->b;
	bool page = b->graph->documents.items[seen->doc].more;
	char number[24];

	/* One page of a history: which version is the newest is on another. */
	if (!page || meaning.selector)
		vec_push(&m->items, meaning);
	if (!seen->version)
		return;
	/* Whatever it was asked for by, it is also the version that it is. */
	snprintf(number, sizeof(number), "%llu", (unsigned long long)seen->version);
	meaning.selector = builder_text(b, slice_of(number));
	vec_push(&m->items, meaning);
}

/* A name as get-parameters knows it: under its text, and, for ARNs, under the bare name with a mark
 * that no name can have. */
static sid
arn_key(struct builder *b, struct slice name)
{
	buf_clear(&b->text);
	buf_add_text(&b->text, "arn:");
	buf_add_slice(&b->text, bare(name));
	return builder_text(b, buf_slice(&b->text));
}

static void
add_parameter(struct meanings *m, const struct parameter_seen *seen)
{
	struct builder *b = m->b;
	const struct document *document = &b->graph->documents.items[seen->doc];
	struct meaning meaning = {.account = document->account,
		.region = document->region,
		.node = seen->node,
		.has_image = seen->has_image};
	sid text = seen->arn ? seen->arn : seen->name;
	struct alias of_arn;
	struct alias alias;

	if (!parse_alias(graph_text(b->graph, seen->name), &alias))
		return;
	meaning.selector = seen->selector ? seen->selector : builder_text(b, alias.selector);
	if (slice_starts(graph_text(b->graph, text), "arn:") &&
		parse_alias(graph_text(b->graph, text), &of_arn)) {
		if (of_arn.account.len)
			meaning.account = builder_text(b, of_arn.account);
		/* Adding text moves the pool: the pieces are cut anew. */
		parse_alias(graph_text(b->graph, text), &of_arn);
		if (of_arn.region.len)
			meaning.region = builder_text(b, of_arn.region);
	}
	parse_alias(graph_text(b->graph, seen->name), &alias);
	meaning.name = arn_key(b, alias.name);
	add_meaning(m, meaning, seen);
	parse_alias(graph_text(b->graph, seen->name), &alias);
	if (!alias.by_arn) {
		meaning.name = builder_text(b, alias.name);
		add_meaning(m, meaning, seen);
	}
}

/* Sorted, each once: thousands of documents may repeat one parameter. */
static void
collect_meanings(struct meanings *m)
{
	size_t kept = 0;

	vec_foreach (seen, &m->b->parameters)
		add_parameter(m, seen);
	sort_items(m->items.items, m->items.count, sizeof(*m->items.items), compare_meanings,
		m->b->graph);
	for (size_t i = 0; i < m->items.count; i++) {
		if (kept &&
			compare_meanings(&m->items.items[kept - 1], &m->items.items[i], NULL) == 0)
			m->items.items[kept - 1].has_image |= m->items.items[i].has_image;
		else
			m->items.items[kept++] = m->items.items[i];
	}
	m->items.count = kept;
}

/* Position of the first meaning of that name in that place. */
static size_t
first_meaning(const struct meanings *m, struct meaning wanted)
{
	size_t low = 0;
	size_t high = m->items.count;

	wanted.node = UINT32_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_meanings(&m->items.items[middle], &wanted, NULL) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_meaning_of(const struct meanings *m, size_t i, const struct meaning *wanted)
{
	const struct meaning *item = i < m->items.count ? &m->items.items[i] : NULL;

	return item && item->account == wanted->account && item->region == wanted->region &&
	       item->name == wanted->name && item->selector == wanted->selector;
}

/* --- settling --------------------------------------------------------------------------------- */

static void
notice_about(
	struct builder *b, const char *code, nid node, sid parameter, const char *what, rid record)
{
	buf_clear(&b->text);
	buf_format(&b->text, "parameter %s %s", strpool_text(&b->graph->strings, parameter), what);
	builder_notice_of(b, code, node, builder_sentence(b), record);
}

/* Who names an AMI through a parameter that nobody read may name any AMI. */
static void
leave_open(struct builder *b, const struct alias_wish *wish)
{
	const struct node *from = builder_node_at(b, wish->from);

	if (!graph_is_live(b->graph, wish->from))
		return;
	if (from->kind == NODE_TEMPLATE_VERSION && from->row)
		b->graph->versions.items[from->row].unresolved = true;
	buf_clear(&b->text);
	builder_name(b, wish->from);
	buf_format(&b->text, " takes its AMI from parameter %s, which nobody read",
		strpool_text(&b->graph->strings, wish->text));
	builder_gap(b, DOC_PARAMETERS, wish->text, wish->from, builder_sentence(b));
}

static void
use_meaning(struct builder *b, const struct alias_wish *wish, const struct meaning *meaning)
{
	if (!meaning->node) {
		notice_about(b, "parameter-invalid", wish->from, wish->text,
			"does not exist: what takes its AMI from it cannot launch", wish->record);
		return;
	}
	builder_edge(b, wish->from, meaning->node, EDGE_RESOLVES, SOURCE_FIELD, BELIEF_FACT,
		wish->member, wish->record);
	if (!meaning->has_image)
		notice_about(b, "reference-not-understood", meaning->node, wish->text,
			"stands for an AMI, but its value is no AMI id", wish->record);
}

/* The text that get-parameters takes is looked up where `from` is, or where its ARN says. */
static bool
find_wanted(struct builder *b, const struct alias_wish *wish, struct meaning *wanted)
{
	const struct node *from = builder_node_at(b, wish->from);
	const struct strpool *strings = &b->graph->strings;
	struct alias alias;

	if (!parse_alias(graph_text(b->graph, wish->text), &alias))
		return false;
	wanted->account = alias.account.len ? strpool_find(strings, alias.account) : from->account;
	wanted->region = alias.region.len ? strpool_find(strings, alias.region) : from->region;
	wanted->selector = alias.selector.at ? strpool_find(strings, alias.selector) : 0;
	/* A selector or place that no document knows is not "none". */
	if ((alias.selector.at && !wanted->selector) || (alias.account.len && !wanted->account) ||
		(alias.region.len && !wanted->region))
		wanted->account = wanted->region = wanted->selector = UINT32_MAX;
	if (alias.by_arn)
		wanted->name = arn_key(b, alias.name);
	else
		wanted->name = strpool_find(strings, alias.name);
	return true;
}

static void
settle_alias(struct meanings *m, const struct alias_wish *wish)
{
	struct builder *b = m->b;
	const struct node *from = builder_node_at(b, wish->from);
	struct meaning wanted = {0};
	struct alias alias;
	size_t i;

	if (builder_is_dead(b, wish->record))
		return;
	if (wish->malformed || !find_wanted(b, wish, &wanted)) {
		leave_open(b, wish);
		notice_about(b, "reference-not-understood", wish->from, wish->text,
			"is no name or ARN of a parameter", wish->record);
		return;
	}
	parse_alias(graph_text(b->graph, wish->text), &alias);
	if (slice_starts(alias.name, "/aws/"))
		return;
	i = first_meaning(m, wanted);
	if (!is_meaning_of(m, i, &wanted)) {
		leave_open(b, wish);
		return;
	}
	vec_push(&b->settled, ((struct place_of){from->account, from->region}));
	do {
		use_meaning(b, wish, &m->items.items[i++]);
	} while (is_meaning_of(m, i, &wanted) && m->items.items[i].node);
}

void
freeze_parameters(struct builder *b)
{
	struct meanings m = {.b = b};

	collect_meanings(&m);
	vec_foreach (wish, &b->aliases)
		settle_alias(&m, wish);
	vec_release(&m.items);
	vec_release(&b->aliases);
	vec_release(&b->parameters);
}
