/*
 * What AWS's XML answers look like: the tables of shapes.def, which is generated from AWS's own
 * service models. It must not know: how an answer is parsed, what its members mean.
 */
#ifndef AMIPLAN_AWS_SHAPES_H
#define AMIPLAN_AWS_SHAPES_H

#include "slice.h"
#include <stdint.h>

enum shape_kind {
	SHAPE_KIND_TEXT,    /* strings, and what is printed as it came: timestamps */
	SHAPE_KIND_BOOLEAN, /* "true"; any other text is false */
	SHAPE_KIND_INTEGER, /* fits in 64 bits */
	SHAPE_KIND_NUMBER,  /* with a fraction */
	SHAPE_KIND_LIST,
	SHAPE_KIND_STRUCTURE,
};

struct shape_member {
	const char *element; /* local name */
	const char *name;    /* in JSON */
	uint16_t position;   /* in the output; elements with one meaning share one */
	uint16_t shape;      /* index in shape_table, as all of these */
};

struct shape {
	enum shape_kind kind;
	uint16_t item;                      /* of a list: its elements' shape */
	uint16_t positions;                 /* of a structure: places for members in the output */
	uint16_t count;                     /* of a structure: rows of `members` */
	const struct shape_member *members; /* in byte order of `element` */
};

extern const struct shape shape_table[];

/* NULL: the structure has no such element. */
const struct shape_member *shape_member_find(const struct shape *structure, const char *element);

struct shape_operation {
	const char *service;
	const char *action;
	uint16_t shape;
	const char *wrapper; /* the element around the answer, below the root; NULL: none */
	const char *list;  /* JSON name of the top-level list that pages share: "Images"; NULL: none
			    */
	const char *token; /* JSON name of the next page's token; NULL: none */
};

/* NULL: no such operation is known. */
const struct shape_operation *shape_operation_find(const char *service, const char *action);

#endif
