/*
 * What later calls ask about, found in the pages of earlier ones: ids of AMIs, of snapshots, of
 * instances that live, templates with versions to read, names of parameters, regions. It is read
 * from the page at hand, so no file is read back and only ids stay in memory.
 * It must not know: which calls follow.
 */
#ifndef AMIPLAN_AWS_FINDINGS_H
#define AMIPLAN_AWS_FINDINGS_H

#include "arena.h"
#include "calls.h"
#include "vec.h"

typedef VEC(const char *) id_list;

/* Lifetime: one place. Zero-initialise. The lists may hold an id twice until findings_settle. */
struct findings {
	struct arena text;
	bool wants_snapshots;    /* their ids are not kept otherwise */
	const char *const *amis; /* the AMIs of whose instances the ids are kept; borrowed */
	size_t ami_count;

	id_list images;
	id_list used; /* AMIs that a live instance was launched from */
	id_list snapshots;
	id_list instances;  /* live ones of `amis` */
	id_list templates;  /* that have versions beside the default and the latest, or may have */
	id_list parameters; /* behind resolve:ssm:, as get-parameters takes them */
	id_list regions;
};

/* Looks through the elements of a page's list (page.records). False: they are not well-formed. */
bool findings_look(
	struct findings *findings, enum collect_call call, struct slice records, struct err *err);

/* Sorts the lists and drops what stands in them twice. */
void findings_settle(struct findings *findings);
bool findings_has(const id_list *list, const char *id); /* of a settled list */
void findings_release(struct findings *findings);

#endif
