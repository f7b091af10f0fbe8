/*
 * A plan made by hand, for tests of writers and readers: every list has entries, every optional
 * member is there once and absent once. It must not know: planner or graph.
 */
#ifndef AMIPLAN_TESTS_VIEW_SAMPLE_H
#define AMIPLAN_TESTS_VIEW_SAMPLE_H

#include "buf.h"
#include "report.h"

/* Static lists behind it; nothing to release. */
struct plan_view view_sample(void);

/* What `write` puts on a stream, as text. Release with buf_release. */
struct buf view_written(const struct plan_view *view,
	void (*write)(FILE *, const struct plan_view *, const struct report_options *),
	const struct report_options *options);

#endif
