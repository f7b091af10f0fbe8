/*
 * The frozen graph: what exists, what refers to what, and what was read. Const for everybody after
 * graph_freeze. It must not know: policy (what may go), files, output.
 *
 * Numbers, not pointers: sid a string, nid a node, eid an edge, rid a record; 0 is none everywhere.
 * A node is a resource or a mere mention of one (a phantom: NODE_DEFINED is not set). A record is
 * one element of one document that describes a node; the node's `record` is the one that won (see
 * build.c on duplicates).
 */
#ifndef AMIPLAN_GRAPH_GRAPH_H
#define AMIPLAN_GRAPH_GRAPH_H

#include "digest.h"
#include "err.h"
#include "strpool.h"
#include "vec.h"

#include <assert.h>

typedef uint32_t nid;
typedef uint32_t eid;
typedef uint32_t rid;

enum node_kind {
	NODE_NONE,
#define NODE(name, word, title, prefix) name,
#include "kinds.def"
#undef NODE
	NODE_KINDS
};

enum state {
	STATE_UNKNOWN,
#define STATE(name, kind, text, life) name,
#include "states.def"
#undef STATE
	STATES
};

enum life { LIFE_UNKNOWN, LIFE_LIVE, LIFE_UNSETTLED, LIFE_GONE };

enum edge_kind {
	EDGE_NONE,
#define EDGE(name, word, strength, sentence) name,
#include "edges.def"
#undef EDGE
	EDGE_KINDS
};

enum edge_strength { INFORMS, BREAKS, BLOCKS };

/* How an edge is known, and how far it is to be believed. */
enum edge_source {
	SOURCE_MAPPING,
	SOURCE_DESCRIPTION,
	SOURCE_TAG,
	SOURCE_FIELD,
	SOURCE_API,
	SOURCE_FILE
};
enum edge_belief { BELIEF_FACT, BELIEF_STRONG, BELIEF_WEAK };

enum doc_kind {
	DOC_NONE,
#define DOC(name, word, needed, command) name,
#include "documents.def"
#undef DOC
	DOC_KINDS
};

enum doc_need { NEED_NEVER, NEED_WARN, NEED_ITEM, NEED_ALWAYS };

#define COVERAGE_STATUSES(X)                                                                       \
	X(ABSENT, "absent")                                                                        \
	X(DENIED, "denied")                                                                        \
	X(PARTIAL, "partial") X(EMPTY, "empty") X(ASSUMED, "assumed") X(COMPLETE, "complete")
enum coverage_status {
#define X(name, word) COVERAGE_##name,
	COVERAGE_STATUSES(X)
#undef X
};

enum tristate { UNREAD, NO, YES };

/* One node. Account: the owner where the resource has one, else the account of its document. */
struct node {
	uint8_t kind;  /* enum node_kind */
	uint8_t state; /* enum state; of the winning record */
	bool defined;  /* false: a phantom, only mentioned */
	sid id;
	sid name; /* a Name, a template's name, a group's name; 0 if none */
	sid account;
	sid region;
	sid owner; /* images, snapshots, volumes, instances: as stated; 0 unknown */
	rid record;
	uint32_t row; /* in the table of its kind; 0 for phantoms and kinds without a table */
};

struct record {
	nid node;
	uint32_t doc;
	uint64_t at : 63;  /* byte offset of the element in the document */
	uint64_t dead : 1; /* superseded: its edges were dropped */
	rid older;         /* the previous record of the same node */
	uint32_t row;
};

struct span {
	uint32_t at;
	uint32_t count;
};

struct tag {
	sid key;
	sid value;
};

/* Rows: what a kind has beside the node. Row 0 of each table is all zero. Absent members are 0,
 * TIME_NONE, UNREAD. */
struct image {
	int64_t created, last_launched;
	struct span tags;
	sid description;          /* of a service alone; a person's stands in the document */
	uint32_t traits;          /* number in graph->image_traits; 0: nothing of it is told */
	uint8_t is_public;        /* enum tristate */
	uint8_t permissions_read; /* launch permissions: YES when read, EDGE_SHARED_WITH has them */
};
static_assert(sizeof(struct image) == 40, "there is one for each AMI");

/* In what few AMIs of an account differ, so that they share rows. Row 0 tells nothing. */
struct image_traits {
	int64_t bin_exit;
	sid architecture, protection, owner_alias, image_type, root_device_type, product_code_type;
	sid state_text; /* as printed, for states that are not known */
};

struct snapshot {
	int64_t started;
	uint64_t full_bytes; /* FullSnapshotSizeInBytes; 0 unknown */
	struct span tags;
	sid description, volume;
	uint32_t size_gib;
	uint32_t traits; /* number in graph->snapshot_traits; 0: nothing of it is told */
	uint8_t permissions_read;
	uint8_t encrypted; /* enum tristate */
	uint8_t form;      /* enum description_form */
};
static_assert(sizeof(struct snapshot) == 48, "there is one for each snapshot");

/* The same for snapshots. */
struct snapshot_traits {
	int64_t lock_expires, bin_exit, archived, restore_expiry;
	sid lock_state, tier, data_key;
	sid state_text;         /* as printed, for states that are not known */
	uint32_t fast_restores; /* availability zones with fast restore not disabled */
};

struct instance {
	sid type, lifecycle, operator_principal, spot_request, state_text, platform;
	int64_t launched;
	struct span tags;
	uint32_t terms;     /* number in graph->terms; 0: nothing of it is told */
	uint8_t managed;    /* enum tristate: Operator.Managed */
	uint8_t protected_; /* enum tristate: DisableApiTermination */
};

/* On which terms an instance is billed. Few differ, so instances share rows. Row 0 tells nothing.
 */
struct terms {
	sid operation, platform, tenancy; /* UsageOperation, PlatformDetails, Placement.Tenancy */
	sid product_type;                 /* of a product code: "marketplace" … */
	uint32_t released_addresses;      /* public IPv4 that termination releases */
	uint32_t own_addresses;           /* Elastic IP addresses: they stay */
	uint32_t other_addresses;         /* whose they are is not told */
	bool reserved;                    /* runs in a capacity reservation */
};

struct volume {
	sid type, state_text;
	uint32_t size_gib, iops, throughput;
	uint8_t delete_on_termination; /* enum tristate: of its (first) attachment */
};

struct template
{
	uint64_t default_version,
		latest_version; /* 0 unknown; completed at freeze from the versions read */
	uint64_t other_default; /* what another document calls the default; 0: they agree */
	bool defaults_lost;     /* documents call more than two versions so */
};

struct template_version {
	nid template;
	uint64_t number;
	uint32_t age_rank; /* 0 newest of its template's versions read, 1 next … */
	bool is_default, is_latest;
	bool unresolved; /* its image is a parameter nobody read */
	sid image_text;
};

struct spot_request {
	sid type; /* "one-time", "persistent" */
};

struct edge {
	nid from, to;
	sid detail; /* the member or piece of text that proves it */
	rid record; /* where it was read; 0: derived, by tag or selector */
	uint8_t kind, source, belief;
	uint8_t goes; /* enum tristate, of EDGE_ATTACHED_TO: DeleteOnTermination */
};

/* Numbers of blocks. */
struct block_set {
	uint64_t *words;
	size_t count; /* of words; blocks beyond them are not in it */
};

/*
 * What ListSnapshotBlocks (`first` 0) or ListChangedBlocks said: the blocks that `second` has, or
 * that differ from `first` to `second`. Tokens are not kept: those of two calls cannot be compared.
 */
struct block_list {
	nid first, second;
	uint32_t block_size;
	struct block_set blocks;
	struct block_set not_in_first, not_in_second; /* of the changed ones, where tokens tell */
};

struct document {
	const char *path;   /* relative to the argument it was found below */
	const char *opened; /* as it was opened, for errors; NULL: as `path` */
	enum doc_kind kind; /* DOC_NONE: of no known kind, not used */
	sid account, region;
	sid group; /* documents whose pages belong together: a template's id for its versions */
	uint64_t records;
	bool more;   /* it has a NextToken */
	bool mapped; /* `bytes` come back from the file when they were given back */
	uint8_t sha256[DIGEST_SIZE];
	const char *bytes; /* borrowed from the inventory, for definitions and places */
	size_t size;
};

/* What is missing although its document was read: it makes that kind partial in that place. */
struct gap {
	enum doc_kind kind;
	sid account, region;
	sid subject; /* a template id, a parameter's name, … for the remedy */
	nid by;      /* who names it */
	sid text;    /* one sentence */
};

struct coverage {
	sid account, region;
	uint8_t status[DOC_KINDS];    /* enum coverage_status */
	bool seen[DOC_KINDS];         /* at least one document of the kind */
	bool vouched[DOC_KINDS];      /* a collection asked for it, unfiltered */
	bool with_managed[DOC_KINDS]; /* … for what AWS services manage too */
	bool with_disabled;           /* … for disabled AMIs too */
};

/* A call of a collection that came to nothing, or not to all: why its kind is missing. */
struct failed_call {
	enum doc_kind kind;
	sid account, region;
	sid action;     /* as IAM names it: "ec2:DescribeFleets" */
	sid code, text; /* AWS's or the transport's words: hostile; 0: none */
	bool denied;
};

/* Something worth a warning in every plan. */
struct notice {
	const char *code; /* static: "reference-not-understood", … */
	nid node;
	sid account, region;
	sid text;
};

/*
 * Half of the edges, by one end: edges of node n are list[start[n]] … list[start[n + 1] - 1], in
 * order of kind, other end's id. The edges themselves lie in the order of the out half, so that
 * half has no list: its position i is edge i + 1.
 */
struct csr {
	uint32_t *start;
	eid *list;
};
static inline eid
csr_edge(const struct csr *half, uint32_t i)
{
	return half->list ? half->list[i] : i + 1;
}

/* Lifetime: inventory. */
struct graph {
	struct strpool strings;
	VEC(struct node) nodes; /* 1 … count - 1, by kind, account, region, id */
	VEC(struct edge) edges;
	VEC(struct record) records;
	VEC(struct image) images;
	VEC(struct image_traits) image_traits;
	VEC(struct snapshot) snapshots;
	VEC(struct snapshot_traits) snapshot_traits;
	VEC(struct instance) instances;
	VEC(struct terms) terms;
	VEC(struct volume) volumes;
	VEC(struct template) templates;
	VEC(struct template_version) versions;
	VEC(struct spot_request) spot_requests;
	VEC(struct tag) tags;
	VEC(struct document) documents; /* 0 is none */
	VEC(struct gap) gaps;           /* sorted by kind, account, region, subject, by */
	VEC(struct failed_call) failed; /* sorted by kind, account, region, action, text */
	VEC(struct coverage) coverage;  /* sorted by account, region (texts) */
	VEC(struct notice) notices;     /* sorted by code, node id, text */
	VEC(struct block_list) blocks;  /* sorted by first, second */
	VEC(sid) ours;                  /* accounts that are ours, sorted; empty: unknown */
	struct csr out, in;
	nid *by_id; /* all nodes by id alone: nodes.count - 1 of them. For graph_find */
	nid kind_start[NODE_KINDS + 1]; /* the first node of each kind; at the end nodes.count */
	int64_t newest;                 /* newest past timestamp of any record; TIME_NONE */
	int64_t collection_start;       /* earliest start among collection documents; TIME_NONE */
};

void graph_free(struct graph *graph);

/* All nodes of one kind, in their order: by account, region, id. */
#define graph_foreach(n, graph, kind)                                                              \
	for (nid n = (graph)->kind_start[kind]; n < (graph)->kind_start[(kind) + 1]; n++)

/* Tables of words. */
const char *node_kind_word(enum node_kind kind);
const char *node_kind_title(enum node_kind kind);
const char *edge_kind_word(enum edge_kind kind);
const char *edge_kind_sentence(enum edge_kind kind);
enum edge_strength edge_kind_strength(enum edge_kind kind);
const char *edge_source_word(enum edge_source
		source); /* "block-device-mapping", "description", "tag", "field", "api", "file" */
const char *edge_belief_word(enum edge_belief belief); /* "fact", "strong", "weak" */
const char *doc_kind_word(enum doc_kind kind);
const char *doc_kind_command(enum doc_kind kind);
enum doc_need doc_kind_need(enum doc_kind kind);
enum doc_kind doc_kind_from_word(struct slice word); /* DOC_NONE if none */
const char *coverage_status_word(enum coverage_status status);
enum state state_from_text(enum node_kind kind, struct slice text);
enum life state_life(enum state state);
const char *state_text(enum state state); /* "unknown" for STATE_UNKNOWN */

/* Look-ups. */
nid graph_find(
	const struct graph *graph, struct slice id); /* 0 if nothing has or mentions that id */
/* The number of an account's or a region's name; 0 if no document speaks of it. */
sid graph_account(const struct graph *graph, struct slice account);
sid graph_region(const struct graph *graph, struct slice region);
static inline const struct node *
graph_node(const struct graph *graph, nid n)
{
	return &graph->nodes.items[n];
}
static inline struct slice
graph_text(const struct graph *graph, sid s)
{
	return strpool_slice(&graph->strings, s);
}
static inline const char *
graph_id(const struct graph *graph, nid n)
{
	return strpool_text(&graph->strings, graph->nodes.items[n].id);
}
/* Rows by node; the all-zero row for phantoms. The node must be of that kind. */
const struct image *graph_image(const struct graph *graph, nid n);
const struct snapshot *graph_snapshot(const struct graph *graph, nid n);
const struct image_traits *graph_image_traits(const struct graph *graph, nid n);
const struct snapshot_traits *graph_snapshot_traits(const struct graph *graph, nid n);
const struct instance *graph_instance(const struct graph *graph, nid n);
const struct template_version *graph_version(const struct graph *graph, nid n);
/* Tags of an image, snapshot or instance (empty for others). */
struct span graph_tags(const struct graph *graph, nid n);
/* Value of tag `key`; false if absent. */
bool graph_tag(const struct graph *graph, nid n, struct slice key, struct slice *value);
/* True if it can stand for something that is in use: not GONE (an unknown state counts as live). */
bool graph_is_live(const struct graph *graph, nid n);
bool graph_is_ours(const struct graph *graph, sid account);

const struct terms *graph_terms(const struct graph *graph, nid instance);
const struct volume *graph_volume(const struct graph *graph, nid n);
/* The list of these two snapshots, in this direction; `first` 0: all blocks of `second`. NULL if
 * nobody read it, or not all of it. */
const struct block_list *graph_blocks(const struct graph *graph, nid first, nid second);
static inline bool
block_set_has(const struct block_set *set, size_t i)
{
	return i / 64 < set->count && (set->words[i / 64] >> (i % 64) & 1);
}

/* The nodes of one kind in one place lie together: the first of them, and the first behind them. */
nid graph_place_start(const struct graph *graph, enum node_kind kind, sid account, sid region);
nid graph_place_end(const struct graph *graph, enum node_kind kind, sid account, sid region);

/* The coverage of a place, or NULL if no document speaks of it. */
const struct coverage *graph_coverage(const struct graph *graph, sid account, sid region);
/* Status of one kind in one place: ABSENT where nothing speaks of it. */
enum coverage_status graph_covered(
	const struct graph *graph, sid account, sid region, enum doc_kind kind);

/*
 * for (struct edge_walk w = graph_in(g, n); edge_next(g, &w); ) use w.edge, w.id
 * In order of edge kind, then the other end's id: the same for the same inventory whatever its
 * order was.
 */
struct edge_walk {
	const struct csr *half;
	uint32_t next, end;
	const struct edge *edge;
	eid id;
};
struct edge_walk graph_out(const struct graph *graph, nid n);
struct edge_walk graph_in(const struct graph *graph, nid n);
static inline bool
edge_next(const struct graph *graph, struct edge_walk *walk)
{
	if (walk->next == walk->end)
		return false;
	walk->id = csr_edge(walk->half, walk->next++);
	walk->edge = &graph->edges.items[walk->id];
	return true;
}

/* Proves the structure's own invariants (both CSR halves agree, numbers in range, order): for tests
 * and `--verbose`. */
int graph_check(const struct graph *graph, struct err *err);

#endif
