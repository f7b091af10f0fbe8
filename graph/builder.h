/*
 * What the builder holds until freeze: the half-made graph, and what waits to be settled. Private
 * to the builder's own files. It must not know: JSON, files, policy. Nothing outside graph/
 * includes it.
 */
#ifndef AMIPLAN_GRAPH_BUILDER_H
#define AMIPLAN_GRAPH_BUILDER_H

#include "buf.h"
#include "build.h"
#include "civil.h"

/* What a record says of its node, until the winner is known. Parallel to graph.records. */
struct claim_of_record {
	sid name, owner;
	uint8_t kind, state;
};

enum side_kind {
	SIDE_IMAGE_PERMISSIONS,
	SIDE_IMAGE_LAUNCHED,
	SIDE_SNAPSHOT_PERMISSIONS,
	SIDE_SNAPSHOT_LOCK,
	SIDE_SNAPSHOT_TIER,
	SIDE_SNAPSHOT_RESTORE,
	SIDE_INSTANCE_PROTECTED,
};

/* A fact of a side document. `seq` keeps equal documents in the order of their elements. */
struct side_fact {
	uint8_t kind; /* enum side_kind */
	bool value;
	nid node;
	uint32_t doc, seq;
	sid text;
	int64_t time;
};

struct template_wish {
	nid from;
	sid id, name, version, member;
	rid record;
	bool malformed; /* the version is none: nobody knows which is meant */
};

struct configuration_wish {
	nid from;
	sid name;
	rid record;
};

/* `text` is what follows "resolve:ssm:"; the whole text where it begins in another way. */
struct alias_wish {
	nid from;
	sid text, member;
	rid record;
	bool malformed;
};

struct parameter_seen {
	sid name, arn, selector;
	uint64_t version;
	nid node; /* 0: get-parameters calls the name invalid */
	uint32_t doc;
	bool has_image;
};

struct pending_notice {
	const char *code;
	nid node;
	sid text;
	uint32_t doc;
	rid record; /* the notice falls with its record; 0: it stays */
};

struct place_of {
	sid account, region;
};

/* By number: an order to find them in, none to show. */
static inline int
place_compare(struct place_of a, struct place_of b)
{
	if (a.account != b.account)
		return a.account < b.account ? -1 : 1;
	return (a.region > b.region) - (a.region < b.region);
}

struct vouch {
	sid account, region;
	uint8_t kind, status;
};

/* Lifetime: until builder_free. */
struct builder {
	struct graph *graph; /* NULL once frozen */
	VEC(nid) named;      /* by sid: the direct way from an id to its node */
	VEC(struct claim_of_record) claims;
	VEC(struct side_fact) sides;
	VEC(struct template_wish) templates;
	VEC(struct configuration_wish) configurations;
	VEC(struct alias_wish) aliases;
	VEC(struct parameter_seen) parameters;
	VEC(struct pending_notice) notices;
	VEC(struct place_of) settled; /* places where an alias was settled */
	VEC(struct vouch) vouches;
	VEC(struct collection_facts) collections;
	VEC(uint32_t) block_docs; /* parallel to graph->blocks */
	VEC(nid) doubted;         /* snapshots that two documents describe differently */
	struct buf text;          /* for sentences under way */
	bool too_many;            /* more nodes, edges or records than 32 bits number */
};

static inline struct node *
builder_node_at(struct builder *b, nid n)
{
	return &b->graph->nodes.items[n];
}

static inline struct place_of
builder_place(const struct builder *b, nid n)
{
	const struct node *node = &b->graph->nodes.items[n];

	return (struct place_of){node->account, node->region};
}

/* Where the record says that `from` is. It is where its node is, but a group or launch
 * configuration without an ARN is known by its name alone, which stands for one in each of several
 * places. */
struct place_of builder_place_of(const struct builder *b, nid from, rid record);

/* True if `word` (lower case) stands in `text` in whatever case. */
bool slice_mentions(struct slice text, const char *word);
/* The node of an id that is named already, or 0. */
nid builder_find(const struct builder *b, struct slice id);

/* A collection read all there is of the kind in that place. */
bool builder_is_vouched(const struct builder *b, sid account, sid region, enum doc_kind kind);

/* True for a record that another one of the same node replaced. */
static inline bool
builder_is_dead(const struct builder *b, rid record)
{
	return b->graph->records.items[record].dead;
}

/* A notice that falls with its record. */
void builder_notice_of(struct builder *b, const char *code, nid node, sid text, rid record);
/* Interns what stands in b->text. */
sid builder_sentence(struct builder *b);
/* Appends "Auto Scaling group web" or "AMI ami-…" to b->text. */
void builder_name(struct builder *b, nid n);
/* Appends a quoted, shortened piece of foreign text to b->text. */
void builder_quote(struct builder *b, struct slice text);
/* The end of "…, which no document describes". `may_be`: a namesake was read, of a place that may
 * be another one. Static. */
const char *builder_undescribed(bool may_be);
/* A gap in `place`, that of who names what is missing. */
void builder_gap(struct builder *b, struct place_of place, enum doc_kind kind, sid subject, nid by,
	sid text);

/* The passes of builder_freeze, in their order. */
int freeze_records(
	struct builder *b, struct err *err); /* duplicates.c: one winner a node; places */
/* merge.c: into the winner's row goes what keeps more, from the other living records of the node.
 */
void merge_records(struct builder *b, struct node *node);
/* merge.c, after all records: where descriptions disagree, none proves for which AMI it was made.
 */
void merge_claims(struct builder *b);
void freeze_lineage(struct builder *b);    /* lineage.c */
void freeze_sides(struct builder *b);      /* sides.c */
void freeze_templates(struct builder *b);  /* templates.c */
void freeze_references(struct builder *b); /* references.c: configurations, groups known by name */
void freeze_parameters(struct builder *b); /* parameters.c */
nid *freeze_order(struct graph *graph);    /* sort.c: by_id, kind_start; all nodes in order */
void freeze_numbers(
	struct builder *b, const nid *sorted); /* number.c: nodes are put in that order */
void freeze_edges(struct graph *graph);        /* csr.c */
void freeze_coverage(struct builder *b);       /* coverage.c */
void freeze_blocks(struct builder *b);         /* blocks.c */
void blocks_release(struct graph *graph);

/* As qsort; `compare` gets the graph. */
typedef int item_order(const void *a, const void *b, const struct graph *graph);
void sort_items(
	void *items, size_t count, size_t size, item_order *compare, const struct graph *graph);
/* Items 1 … count - 1 in the order of `list`: place i has item list[i - 1]. Frees the old ones. */
void *arrange_items(void *items, size_t size, size_t count, const uint32_t *list);
#define vec_arrange(v, list)                                                                       \
	do {                                                                                       \
		(v)->items = arrange_items((v)->items, sizeof(*(v)->items), (v)->count, (list));   \
		(v)->room = (v)->count;                                                            \
	} while (0)

/*
 * Numbers (of nodes, mostly) by the name that means them in a place. Zero-initialise; names_add
 * all, names_sort once, then names_find; names_release.
 */
struct named {
	sid name;
	struct place_of place;
	uint32_t number;
};

struct names {
	VEC(struct named) items;
};

/* Everything that a name may mean, by account, region, number. */
struct names_walk {
	const struct names *names;
	sid name;
	struct place_of place;
	size_t next;
	uint32_t number; /* what was found */
	bool is_sure;    /* both places are known, and one; else what was found may be meant */
};

/* The place is that of this moment. Without a name it is left out. */
void names_add(struct names *names, sid name, struct place_of place, uint32_t number);
void names_sort(struct names *names);
/* What `name` may mean to who is in `place`: there, and wherever an unknown half of either place
 * leaves it open. A half that no document knows may be UINT32_MAX. */
struct names_walk names_find(const struct names *names, struct place_of place, sid name);
bool names_next(struct names_walk *walk);
void names_release(struct names *names);

#endif
