/*
 * The documented cleanup process for real resources: an AMI with its snapshots and instances, and
 * the three numbered actions, as the AWS page draws it.
 * It must not know: where the resources were read from.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html
 */
#ifndef AMIPLAN_REPORT_PROCESS_H
#define AMIPLAN_REPORT_PROCESS_H

#include "arena.h"
#include "plan.h"
#include "strpool.h"
#include "vec.h"
#include <stdio.h>

enum process_rank { PROCESS_IMAGE, PROCESS_SNAPSHOT, PROCESS_INSTANCE, PROCESS_RANKS };

/* One resource of the picture. Texts live in the process's arena. */
struct process_item {
	enum process_rank rank;
	const char *id, *name; /* name: "" if none */
	enum fate fate;
	const char *rule; /* why it stays: the rule; NULL if it goes or nobody says */
};

/* An AMI needs the snapshot, or the instance was launched from it. Numbers of items. */
struct process_link {
	size_t image, other;
};

/* Lifetime: one picture: process_init, process_release. */
struct process {
	struct arena arena;
	struct strpool known; /* ids of the items, and "IMAGE OTHER" of the links */
	VEC(size_t) item_of;  /* by number in `known` */
	size_t images;
	VEC(struct process_item) items;
	VEC(struct process_link) links;
	uint64_t left_out;  /* AMIs beyond those of the picture */
	bool planned;       /* fates are known */
	const char *digest; /* of the plan file, to stand below the picture; or NULL */
};

/* As many AMIs as one picture shows at a glance. */
enum { PROCESS_IMAGES = 12 };

void process_init(struct process *process);
/* True if one more AMI has room; else it is counted. */
bool process_has_room(struct process *process);
/* The number of the item with that id, made if it is new. */
size_t process_item(struct process *process, enum process_rank rank, const char *id);
/* The number of the item with that id; SIZE_MAX if there is none. */
size_t process_find(const struct process *process, const char *id);
void process_link(struct process *process, size_t image, size_t other);
void process_release(struct process *process);

/* Draws it in one of picture_write's formats. */
int process_draw(struct process *process, const char *format, FILE *file, struct err *err);

/*
 * Fills it from a graph: the AMIs named, or those that the options' plan decides on, with what they
 * map and what runs from them. ERR_UNKNOWN for a focus that is no AMI.
 */
struct graph_options;
int process_of_graph(struct process *process, const struct graph *graph,
	const struct graph_options *options, struct err *err);
/* Fills it from a plan alone. */
void process_of_plan(struct process *process, const struct plan_view *view);

#endif
