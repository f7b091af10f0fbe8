/*
 * The calls of a collection as a table: what each asks, where its answer goes, what it needs from
 * IAM. It must not know: how a call is made, when.
 */
#ifndef AMIPLAN_AWS_CALLS_H
#define AMIPLAN_AWS_CALLS_H

#include "buf.h"
#include "graph.h"
#include "service.h"

/* What one call asks about. */
enum call_subject {
	SUBJECT_CALLER,
	SUBJECT_REGIONS,
	SUBJECT_PLACE, /* an account's region: one listing */
	SUBJECT_TEMPLATE,
	SUBJECT_IMAGE,
	SUBJECT_SNAPSHOT,
	SUBJECT_INSTANCE,
	SUBJECT_PARAMETER,
};

enum collect_call {
#define CALL(name, ...) name,
#include "calls.def"
#undef CALL
	CALLS
};

struct call_row {
	enum doc_kind kind; /* DOC_NONE: the planner takes nothing from it */
	enum service service;
	const char *action;
	enum call_subject subject;
	const char *file;                /* below the place; a folder where items are asked for */
	const char *fixed, *optional;    /* "Name=value Name=value" */
	const char *page_size_parameter; /* NULL: the size is not ours to say */
	uint32_t page_size;
	const char *list;            /* of the JSON services; NULL: the shapes know it */
	const char *token;           /* the parameter that asks for a page; NULL: NextToken */
	const char *item;            /* the parameter that names an item */
	uint32_t batch;              /* items a call */
	bool is_looked_into;         /* later calls ask about what the answer names */
	const char *further_actions; /* IAM's, beside its own; NULL: none */
};

extern const struct call_row call_table[CALLS];

/* How much of what could be asked is asked: less, where the server does not know it. */
enum call_plainness { PLAIN_NOT, PLAIN_PARAMETERS, PLAIN_PAGES, PLAINNESSES };

/* The parameters of a row that are the same in each of its calls, in order. */
struct parameter_walk {
	const struct call_row *row;
	enum call_plainness plainness;
	const char *rest;
	unsigned stage;
	char size[12]; /* a page's, as text */
};
void parameters_begin(
	struct parameter_walk *walk, const struct call_row *row, enum call_plainness plainness);
/* False: no more. `number` is true for a page's size. */
bool parameters_next(
	struct parameter_walk *walk, struct slice *name, struct slice *value, bool *number);

/* Where a call of PROTOCOL_REST_JSON is posted to; NULL: it is of another protocol. */
const char *call_rest_path(const struct call_row *row);

/* Adds "ec2:DescribeImages". */
void call_iam_action(const struct call_row *row, struct buf *out);

#endif
