/*
 * What the tests of the proof share: a small world (two AMIs on one snapshot, an orphaned snapshot,
 * an instance; everything was read), a plan of it by hand, and what a proof says of both.
 * It must not know: how plans are made.
 */
#ifndef AMIPLAN_TESTS_VERIFY_KIT_H
#define AMIPLAN_TESTS_VERIFY_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "build.h"
#include "civil.h"
#include "verify.h"

#define OURS "111111111111"
#define OTHER "222222222222"
#define REGION "us-east-1"
#define IMAGE "ami-11111111"
#define TWIN "ami-22222222" /* maps the same snapshot */
#define LOST "ami-99999999" /* deregistered long ago */
#define MAPPED "snap-11111111"
#define ORPHAN "snap-22222222"
#define INSTANCE "i-11111111"
#define AS_OF 1750000000
#define LONG_AGO (AS_OF - 400 * 86400)

struct world {
	struct builder *b;
	uint32_t docs[DOC_KINDS];
	nid image, twin, lost, mapped, orphan, instance;
	struct image image_row;
	struct image_traits image_traits;
	struct snapshot mapped_row, orphan_row;
	struct snapshot_traits mapped_traits;
	struct instance instance_row;
	enum state image_state, mapped_state, instance_state;
	sid owner;
	const char *orphan_text;
	struct slice mapped_text;
	enum doc_kind unread; /* a kind of document that is missing */
	bool no_image, nobody, no_permissions, no_mapping;
	struct tag tag;
	struct graph *graph;
};

/* Open, change what shall be different, close: what `spoil` does (it may be NULL) comes last. */
void open_world(struct world *w);
void close_world(struct world *w, void (*spoil)(struct world *w));
void free_world(struct world *w);

/* For what spoils a world. */
sid word(struct world *w, const char *text);
nid node(struct world *w, enum node_kind kind, const char *id);
uint32_t add_document(struct world *w, enum doc_kind kind, const char *account, uint64_t records);
rid add_record(struct world *w, enum node_kind kind, const char *id, enum doc_kind doc,
	enum state state, sid owner, uint32_t row);
void refer(struct world *w, nid from, nid to, enum edge_kind kind);
void tag_image(struct world *w, const char *key, const char *value);
/* A template of `count` versions; the one numbered `names` names the AMI (or the snapshot). */
void add_template(struct world *w, uint64_t count, uint64_t names, nid image, nid snapshot);

#define STEPS 5

struct paper {
	struct plan_view view;
	struct view_step steps[STEPS + 1];
	const char *after_images[2], *after_image[1];
	const char *blocked, *kept;
	char seen[DIGEST_TEXT_SIZE];
};

/* A plan of the world that is safe, and the terms under which it is. */
void write_paper(struct paper *p);
struct verify_terms write_terms(void);
void free_terms(struct verify_terms *terms);

void prove(const struct world *w, const struct paper *p, const struct verify_terms *terms,
	struct verify_report *report);
/* The safe plan in a world that `spoil` (it may be NULL) has changed. */
void prove_spoiled(void (*spoil)(struct world *w), const struct verify_terms *terms,
	struct verify_report *report);
/* The first finding about a resource; NULL: about the plan. */
const struct verify_finding *finding_of(const struct verify_report *report, const char *resource);
/* The first finding about it is this one, and unsafe. */
void expect(const struct verify_report *report, const char *resource, const char *rule);
void expect_safe(const struct verify_report *report, size_t steps);

#endif
