/*
 * The parts of a view that several JSON writers share.
 * It must not know: which document they are parts of.
 */
#ifndef AMIPLAN_REPORT_VIEW_JSON_H
#define AMIPLAN_REPORT_VIEW_JSON_H

#include "json_write.h"
#include "view.h"

/* "" and NULL are null: an account, region or the like that is not known. */
void view_json_text_or_null(struct json_writer *w, const char *name, const char *text);
void view_json_texts(struct json_writer *w, const char *name, const struct texts *texts);
void view_json_evidences(
	struct json_writer *w, const char *name, const struct view_evidences *evidences);
void view_json_alsos(struct json_writer *w, const char *name, const struct view_alsos *alsos);

#endif
