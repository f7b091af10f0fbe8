/*
 * Launch templates and their versions: which is default and latest, how old each is, and which
 * version a reference means. It must not know: depth, liveness of AMIs, anything the planner
 * decides.
 */
#include "builder.h"

struct version_at {
	nid template, version;
	uint64_t number;
};

struct span_of_versions {
	size_t at, count;
};

/* A template of which something is known, with the versions that its words mean. */
struct known_template {
	nid template;
	struct span_of_versions span;
	nid latest, first_default;
	bool more_defaults;  /* documents of different times call different versions the default */
	bool default_unread; /* what a document calls the default is not among the versions */
};

struct templates {
	struct builder *b;
	VEC(struct known_template) known; /* by template */
	VEC(struct version_at) versions;  /* by template, number */
	struct names names;
};

static int
compare_versions(const void *a, const void *b, const struct graph *graph)
{
	const struct version_at *x = a;
	const struct version_at *y = b;

	(void)graph;
	if (x->template != y->template)
		return x->template <y->template ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->version < y->version ? -1 : x->version > y->version;
}

static struct template_version *
row_of(struct builder *b, nid version)
{
	return &b->graph->versions.items[builder_node_at(b, version)->row];
}

/* --- the index ------------------------------------------------------------------------------- */

static void
collect_versions(struct templates *t)
{
	struct graph *graph = t->b->graph;

	for (nid n = 1; n < graph->nodes.count; n++) {
		const struct node *node = &graph->nodes.items[n];

		if (node->kind == NODE_TEMPLATE_VERSION && node->row) {
			const struct template_version *row = &graph->versions.items[node->row];

			vec_push(
				&t->versions, ((struct version_at){row->template, n, row->number}));
		}
	}
	sort_items(t->versions.items, t->versions.count, sizeof(*t->versions.items),
		compare_versions, graph);
}

/* The versions of a template that were read, oldest first. Counts them: for once a template, not
 * once a reference. */
static struct span_of_versions
versions_of(const struct templates *t, nid template)
{
	struct span_of_versions span = {0, t->versions.count};
	size_t end;

	while (span.at < span.count) {
		size_t middle = span.at + (span.count - span.at) / 2;

		if (t->versions.items[middle].template <template)
			span.at = middle + 1;
		else
			span.count = middle;
	}
	for (end = span.at; end < t->versions.count && t->versions.items[end].template == template;
		end++)
		;
	span.count = end - span.at;
	return span;
}

/* A template that no document lists is where its versions are. */
static void
place_template(struct templates *t, nid template, struct span_of_versions span)
{
	struct node *node = builder_node_at(t->b, template);

	for (size_t i = span.at + span.count; i-- > span.at;) {
		const struct node *version = builder_node_at(t->b, t->versions.items[i].version);

		node->account = node->account ? node->account : version->account;
		node->region = node->region ? node->region : version->region;
		node->name = node->name ? node->name : version->name;
	}
}

/* The default and latest number of a template, from its own record and from the versions read. */
static struct template numbers_of(struct templates *t, nid template, struct span_of_versions span)
{
	struct template numbers =
		t->b->graph->templates.items[builder_node_at(t->b, template)->row];

	for (size_t i = span.at; i < span.at + span.count; i++) {
		uint64_t number = t->versions.items[i].number;

		if (number > numbers.latest_version)
			numbers.latest_version = number;
		if (!numbers.default_version &&
			row_of(t->b, t->versions.items[i].version)->is_default)
			numbers.default_version = number;
	}
	return numbers;
}

/*
 * Two documents of different times may call two versions the default: then both are, since either
 * may be launched. The latest is the highest number that anything tells of.
 */
static void
mark_versions(struct templates *t, struct known_template *known, const struct template *numbers)
{
	struct span_of_versions span = known->span;
	bool default_read = !numbers->default_version;
	bool other_read = !numbers->other_default;

	for (size_t i = 0; i < span.count; i++) {
		const struct version_at *at = &t->versions.items[span.at + i];
		struct template_version *row = row_of(t->b, at->version);

		default_read = default_read || at->number == numbers->default_version;
		other_read = other_read || at->number == numbers->other_default;
		row->age_rank = (uint32_t)(span.count - 1 - i);
		row->is_default = row->is_default || at->number == numbers->default_version ||
				  at->number == numbers->other_default;
		row->is_latest = row->is_latest || at->number == numbers->latest_version;
		known->latest = row->is_latest ? at->version : known->latest;
		known->more_defaults =
			known->more_defaults || (row->is_default && known->first_default);
		if (row->is_default && !known->first_default)
			known->first_default = at->version;
	}
	known->default_unread =
		!default_read || !other_read || numbers->defaults_lost || !known->first_default;
}

/* --- what is missing of a template ----------------------------------------------------------- */

static void
find_gap(struct templates *t, const struct known_template *known)
{
	struct builder *b = t->b;
	nid template = known->template;
	bool default_read = !known->default_unread;
	bool latest_read = known->latest != 0;

	if (default_read && latest_read)
		return;
	buf_clear(&b->text);
	buf_add_text(&b->text, "of ");
	builder_name(b, template);
	buf_format(&b->text, " the %s not read",
		default_read ? "latest version was"
			     : (latest_read ? "default version was"
					    : "default and latest versions were"));
	builder_gap(b, builder_place(b, template), DOC_TEMPLATE_VERSIONS,
		builder_node_at(b, template)->id, template, builder_sentence(b));
}

/* Fewer versions than there are, and only the ends of them: the ends are all that was asked for. A
 * version between them that was read shows that all were asked for, and the others deleted; and so
 * does a collection that asked for all. */
static void
find_middle_gap(
	struct templates *t, const struct known_template *known, const struct template *numbers)
{
	struct builder *b = t->b;
	const struct node *template = builder_node_at(b, known->template);
	struct span_of_versions span = known->span;

	if (span.count == 0 || span.count >= numbers->latest_version ||
		builder_is_vouched(b, template->account, template->region, DOC_TEMPLATE_VERSIONS))
		return;
	for (size_t i = span.at; i < span.at + span.count; i++) {
		const struct template_version *row = row_of(b, t->versions.items[i].version);

		if (!row->is_default && !row->is_latest)
			return;
	}
	buf_clear(&b->text);
	buf_add_text(&b->text, "of ");
	builder_name(b, known->template);
	buf_add_text(&b->text, " only the default and the latest version were read, as with "
			       "--versions '$Latest' '$Default': "
			       "older versions may name AMIs too");
	builder_gap(b, builder_place(b, known->template), DOC_TEMPLATE_VERSIONS, template->id,
		known->template, builder_sentence(b));
}

static void
settle_template(struct templates *t, nid n)
{
	struct builder *b = t->b;
	struct known_template known = {.template = n, .span = versions_of(t, n)};
	struct template numbers;
	const struct node *node = builder_node_at(b, n);

	if (!node->defined && known.span.count == 0)
		return;
	place_template(t, n, known.span);
	numbers = numbers_of(t, n, known.span);
	mark_versions(t, &known, &numbers);
	if (node->row)
		b->graph->templates.items[node->row] = numbers;
	vec_push(&t->known, known);
	find_gap(t, &known);
	if (known.latest && !known.default_unread)
		find_middle_gap(t, &known, &numbers);
	names_add(&t->names, node->name, builder_place(b, n), n);
}

/* --- references ------------------------------------------------------------------------------ */

static void
add_version_edge(struct builder *b, const struct template_wish *wish, nid version)
{
	builder_edge(b, wish->from, version, EDGE_USES_VERSION, SOURCE_FIELD, BELIEF_FACT,
		wish->member, wish->record);
}

/* The number that a version text means; 0 for default and latest. */
static uint64_t
number_in(struct slice text)
{
	uint64_t number = 0;

	for (size_t i = 0; text.at && i < text.len && text.at[i] >= '0' && text.at[i] <= '9'; i++)
		number = number * 10 + (uint64_t)(text.at[i] - '0');
	return number;
}

/* An error of who reads, not of who writes: what is named exists, but no document has it. */
static void
miss_how(struct builder *b, const struct template_wish *wish, enum doc_kind kind, sid subject,
	const char *what, bool may_be)
{
	if (!graph_is_live(b->graph, wish->from))
		return;
	buf_clear(&b->text);
	builder_name(b, wish->from);
	buf_format(&b->text, " launches from %s %s, which %s", what,
		strpool_text(&b->graph->strings, subject), builder_undescribed(may_be));
	builder_gap(b, builder_place_of(b, wish->from, wish->record), kind, subject, wish->from,
		builder_sentence(b));
}

static void
miss(struct builder *b, const struct template_wish *wish, enum doc_kind kind, sid subject,
	const char *what)
{
	miss_how(b, wish, kind, subject, what, false);
}

/* A version by number that was not read: it stands in the graph as a mention. */
static void
miss_number(struct builder *b, const struct template_wish *wish, nid template, uint64_t number)
{
	nid version;

	buf_clear(&b->text);
	buf_format(&b->text, "%s:%llu", graph_id(b->graph, template), (unsigned long long)number);
	version = builder_node(b, NODE_TEMPLATE_VERSION, buf_slice(&b->text));
	add_version_edge(b, wish, version);
	miss(b, wish, DOC_TEMPLATE_VERSIONS, builder_node_at(b, version)->id,
		"launch template version");
}

/* The version numbered `number`, by halving: a template can have 10,000 of them and as many users.
 */
static nid
version_numbered(const struct templates *t, struct span_of_versions span, uint64_t number)
{
	size_t low = span.at;
	size_t high = span.at + span.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->versions.items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < span.at + span.count && t->versions.items[low].number == number)
		return t->versions.items[low].version;
	return 0;
}

static const struct known_template *
known_template(const struct templates *t, nid template)
{
	size_t low = 0;
	size_t high = t->known.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->known.items[middle].template <template)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->known.count && t->known.items[low].template == template
		       ? &t->known.items[low]
		       : NULL;
}

static void
add_default_edges(const struct templates *t, const struct template_wish *wish,
	const struct known_template *known)
{
	struct span_of_versions span = known->span;

	if (!known->more_defaults) {
		add_version_edge(t->b, wish, known->first_default);
		return;
	}
	for (size_t i = span.at; i < span.at + span.count; i++) {
		nid version = t->versions.items[i].version;

		if (row_of(t->b, version)->is_default)
			add_version_edge(t->b, wish, version);
	}
}

static void
settle_number(
	const struct templates *t, const struct template_wish *wish, nid template, uint64_t number)
{
	const struct known_template *known = known_template(t, template);
	nid version = known ? version_numbered(t, known->span, number) : 0;

	if (version)
		add_version_edge(t->b, wish, version);
	else
		miss_number(t->b, wish, template, number);
}

static void
settle_version(const struct templates *t, const struct template_wish *wish, nid template)
{
	const struct known_template *known = known_template(t, template);
	struct slice text = graph_text(t->b->graph, wish->version);
	uint64_t number = number_in(text);
	sid id = builder_node_at(t->b, template)->id;

	if (wish->malformed)
		miss(t->b, wish, DOC_TEMPLATE_VERSIONS, id,
			"a version that is no number, $Latest or $Default of launch template");
	else if (number)
		settle_number(t, wish, template, number);
	else if (slice_is(text, "$Latest") && known && known->latest)
		add_version_edge(t->b, wish, known->latest);
	else if (!slice_is(text, "$Latest") && known && known->first_default)
		add_default_edges(t, wish, known);
	else if (slice_is(text, "$Latest"))
		miss(t->b, wish, DOC_TEMPLATE_VERSIONS, id,
			"the latest version of launch template");
	else
		miss(t->b, wish, DOC_TEMPLATE_VERSIONS, id,
			"the default version of launch template");
}

/* A name may have been given anew between two documents, and a place be half known: then each may
 * be meant. Surely read is only what is of the very place. */
static void
settle_named(const struct templates *t, const struct template_wish *wish)
{
	struct names_walk walk =
		names_find(&t->names, builder_place_of(t->b, wish->from, wish->record), wish->name);
	bool may_be = false;
	bool sure = false;

	for (; names_next(&walk); may_be = true) {
		settle_version(t, wish, walk.number);
		sure = sure || walk.is_sure;
	}
	if (!sure)
		miss_how(t->b, wish, DOC_LAUNCH_TEMPLATES, wish->name, "launch template", may_be);
}

static void
settle_wish(const struct templates *t, const struct template_wish *wish)
{
	struct builder *b = t->b;
	nid template;

	if (builder_is_dead(b, wish->record))
		return;
	if (!wish->id) {
		settle_named(t, wish);
		return;
	}
	template = builder_node(b, NODE_LAUNCH_TEMPLATE, graph_text(b->graph, wish->id));
	if (!known_template(t, template))
		miss(b, wish, DOC_LAUNCH_TEMPLATES, wish->id, "launch template");
	settle_version(t, wish, template);
}

void
freeze_templates(struct builder *b)
{
	struct templates t = {.b = b};
	nid count = (nid)b->graph->nodes.count;

	collect_versions(&t);
	for (nid n = 1; n < count; n++) {
		if (builder_node_at(b, n)->kind == NODE_LAUNCH_TEMPLATE)
			settle_template(&t, n);
	}
	names_sort(&t.names);
	vec_foreach (wish, &b->templates)
		settle_wish(&t, wish);
	vec_release(&t.known);
	vec_release(&t.versions);
	names_release(&t.names);
	vec_release(&b->templates);
}
