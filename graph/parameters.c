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

/* What one reference means in one place. node 0: get-parameters calls it invalid. */
struct meaning {
	sid text; /* as build_key makes it, of name and selector */
	struct place_of place;
	nid node;
	bool has_image;
};

struct meanings {
	struct builder *b;
	VEC(struct meaning) items;
	struct names names; /* numbers of items */
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
	int order = place_compare(x->place, y->place);

	(void)graph;
	if (x->text != y->text)
		return x->text < y->text ? -1 : 1;
	if (order)
		return order;
	/* A value settles a name whatever another document calls invalid. */
	return x->node > y->node ? -1 : x->node < y->node;
}

/*
 * Makes, in b->text, the one text under which a reference meets what get-parameters answered: the
 * name and its selector. `by_arn`: the bare name behind a colon, which no name begins with.
 */
static struct slice
build_key(struct builder *b, struct slice name, struct slice selector, bool by_arn)
{
	buf_clear(&b->text);
	if (by_arn)
		buf_add_char(&b->text, ':');
	buf_add_slice(&b->text, by_arn ? bare(name) : name);
	if (selector.at) {
		buf_add_char(&b->text, ':');
		buf_add_slice(&b->text, selector);
	}
	return buf_slice(&b->text);
}

/* As asked for: `selector` SLICE_NONE is none. */
static void
add_meaning(struct meanings *m, const struct parameter_seen *seen, struct place_of place,
	struct slice selector, bool by_arn)
{
	struct builder *b = m->b;
	struct alias alias;

	/* Adding text moves the pool: the pieces are cut anew. */
	parse_alias(graph_text(b->graph, seen->name), &alias);
	vec_push(&m->items,
		((struct meaning){builder_text(b, build_key(b, alias.name, selector, by_arn)),
			place, seen->node, seen->has_image}));
}

/* What was asked for, and the version that it is, whatever it was asked for by. */
static void
add_meanings(
	struct meanings *m, const struct parameter_seen *seen, struct place_of place, bool by_arn)
{
	const struct graph *graph = m->b->graph;
	bool page = graph->documents.items[seen->doc].more;
	struct alias alias;
	char number[24];

	parse_alias(graph_text(graph, seen->name), &alias);
	if (seen->selector)
		alias.selector = graph_text(graph, seen->selector);
	/* One page of a history: which version is the newest is on another. */
	if (!page || alias.selector.len)
		add_meaning(m, seen, place, alias.selector, by_arn);
	if (!seen->version)
		return;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)seen->version);
	add_meaning(m, seen, place, slice_of(number), by_arn);
}

/* Where the parameter is: as its ARN says, else where its document is. */
static struct place_of
place_of_parameter(struct builder *b, const struct parameter_seen *seen)
{
	const struct document *document = &b->graph->documents.items[seen->doc];
	struct place_of place = {document->account, document->region};
	sid text = seen->arn ? seen->arn : seen->name;
	struct alias alias;

	if (!slice_starts(graph_text(b->graph, text), "arn:") ||
		!parse_alias(graph_text(b->graph, text), &alias))
		return place;
	if (alias.account.len)
		place.account = builder_text(b, alias.account);
	/* Adding text moves the pool: the pieces are cut anew. */
	parse_alias(graph_text(b->graph, text), &alias);
	if (alias.region.len)
		place.region = builder_text(b, alias.region);
	return place;
}

static void
add_parameter(struct meanings *m, const struct parameter_seen *seen)
{
	struct builder *b = m->b;
	struct place_of place = place_of_parameter(b, seen);
	struct alias alias;

	if (!parse_alias(graph_text(b->graph, seen->name), &alias))
		return;
	add_meanings(m, seen, place, true);
	if (!alias.by_arn)
		add_meanings(m, seen, place, false);
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
	for (size_t i = 0; i < kept; i++)
		names_add(&m->names, m->items.items[i].text, m->items.items[i].place, (uint32_t)i);
	names_sort(&m->names);
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

/* Who names an AMI through a parameter that nobody read may name any AMI. `may_be`: a namesake was
 * read, of a place that may be another one. */
static void
leave_open(struct builder *b, const struct alias_wish *wish, bool may_be)
{
	const struct node *from = builder_node_at(b, wish->from);

	if (!graph_is_live(b->graph, wish->from))
		return;
	if (from->kind == NODE_TEMPLATE_VERSION && from->row)
		b->graph->versions.items[from->row].unresolved = true;
	buf_clear(&b->text);
	builder_name(b, wish->from);
	buf_format(&b->text, " takes its AMI from parameter %s, which %s",
		strpool_text(&b->graph->strings, wish->text),
		may_be ? builder_undescribed(true) : "nobody read");
	builder_gap(b, builder_place_of(b, wish->from, wish->record), DOC_PARAMETERS, wish->text,
		wish->from, builder_sentence(b));
}

static void
use_value(
	struct builder *b, const struct alias_wish *wish, const struct meaning *meaning, bool sure)
{
	builder_edge(b, wish->from, meaning->node, EDGE_RESOLVES, SOURCE_FIELD, BELIEF_FACT,
		wish->member, wish->record);
	if (sure && !meaning->has_image)
		notice_about(b, "reference-not-understood", meaning->node, wish->text,
			"stands for an AMI, but its value is no AMI id", wish->record);
}

/* `half`: as an ARN tells it. One that no document knows is not "none". */
static sid
half_of_place(const struct builder *b, struct slice half, sid otherwise)
{
	sid known = strpool_find(&b->graph->strings, half);

	if (!half.len)
		return otherwise;
	return known ? known : UINT32_MAX;
}

/* What get-parameters took is looked up where `from` is, or where the ARN says. */
static struct names_walk
find_meanings(const struct meanings *m, const struct alias_wish *wish, const struct alias *alias)
{
	struct builder *b = m->b;
	struct place_of place = builder_place_of(b, wish->from, wish->record);
	struct slice key = build_key(b, alias->name, alias->selector, alias->by_arn);

	place.account = half_of_place(b, alias->account, place.account);
	place.region = half_of_place(b, alias->region, place.region);
	return names_find(&m->names, place, strpool_find(&b->graph->strings, key));
}

/* Of one place the values come first: they settle a name whatever another document calls invalid.
 */
static void
settle_alias(const struct meanings *m, const struct alias_wish *wish, const struct alias *alias)
{
	struct builder *b = m->b;
	struct names_walk walk = find_meanings(m, wish, alias);
	bool may_be = false;
	bool settled = false;

	for (; names_next(&walk); settled = settled || walk.is_sure) {
		const struct meaning *meaning = &m->items.items[walk.number];

		if (meaning->node)
			use_value(b, wish, meaning, walk.is_sure);
		else if (walk.is_sure && !settled)
			notice_about(b, "parameter-invalid", wish->from, wish->text,
				"does not exist: what takes its AMI from it cannot launch",
				wish->record);
		may_be = may_be || meaning->node;
	}
	if (settled)
		vec_push(&b->settled, builder_place_of(b, wish->from, wish->record));
	else
		leave_open(b, wish, may_be);
}

static void
follow_alias(const struct meanings *m, const struct alias_wish *wish)
{
	struct builder *b = m->b;
	struct alias alias;

	if (builder_is_dead(b, wish->record))
		return;
	if (wish->malformed || !parse_alias(graph_text(b->graph, wish->text), &alias)) {
		leave_open(b, wish, false);
		notice_about(b, "reference-not-understood", wish->from, wish->text,
			"is no name or ARN of a parameter", wish->record);
	} else if (!slice_starts(alias.name, "/aws/")) {
		settle_alias(m, wish, &alias);
	}
}

void
freeze_parameters(struct builder *b)
{
	struct meanings m = {.b = b};

	collect_meanings(&m);
	vec_foreach (wish, &b->aliases)
		follow_alias(&m, wish);
	vec_release(&m.items);
	names_release(&m.names);
	vec_release(&b->aliases);
	vec_release(&b->parameters);
}
