/*
 * Reads one document: tells its kind by its content, and hands its records to their sinks as they
 * come by. It must not know: which files there are, where the document is from.
 */
#ifndef AMIPLAN_INVENTORY_DOCUMENT_H
#define AMIPLAN_INVENTORY_DOCUMENT_H

#include "decode.h"
#include "files.h"
#include "meter.h"
#include "sink.h"

enum document_use {
	USE_RECORDS,    /* read */
	USE_UNKNOWN,    /* well-formed, of no known kind */
	USE_BARE,       /* a list without its object around it */
	USE_OWN,        /* amiplan's own output */
	USE_COLLECTION, /* what a collection says of its documents */
	USE_LATER,      /* of a known kind that nothing is read from yet */
};

/* Lifetime: one load. */
struct reader {
	struct decoder decoder;
	struct sink sink;
	struct arena element;
	void *record;                  /* room for the largest shape */
	const struct file_bytes *file; /* the present document */
	size_t read;                   /* of its bytes, given back up to here */
	struct meter *meter;
	struct err *err;
};

void reader_init(struct reader *reader, struct builder *builder, struct err *err);
void reader_release(struct reader *reader);

struct document_found {
	enum document_use use;
	bool is_listing; /* USE_BARE: the elements look like AWS's records */
	bool per_item;   /* about one resource: has no place of its own */
	uint32_t doc;    /* its number, if records were read */
	struct place inside;
};

/* `base` has path, sha256, bytes and size, `file` the same bytes; `name` is for errors. */
int document_read(struct reader *reader, const struct document *base, const struct file_bytes *file,
	const char *name, struct document_found *out);

#endif
