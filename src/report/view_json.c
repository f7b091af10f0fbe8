/*
 * The parts of a view that several JSON writers share.
 * It must not know: which document they are parts of.
 */
#include "view_json.h"

/* "" is how a view says that an account or region is not known. */
void
view_json_text_or_null(struct json_writer *w, const char *name, const char *text)
{
	json_field(w, name, text && *text ? text : NULL);
}

void
view_json_texts(struct json_writer *w, const char *name, const struct texts *texts)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < texts->count; i++)
		json_put_text(w, texts->items[i]);
	json_close(w, ']');
}

void
view_json_evidences(struct json_writer *w, const char *name, const struct view_evidences *evidences)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < evidences->count; i++) {
		const struct view_evidence *evidence = &evidences->items[i];

		json_open(w, '{');
		json_field(w, "edge", evidence->edge);
		json_field(w, "from", evidence->from);
		json_field(w, "to", evidence->to);
		json_field(w, "source", evidence->source);
		json_field(w, "detail", evidence->detail);
		json_field(w, "strength", evidence->strength);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void
view_json_alsos(struct json_writer *w, const char *name, const struct view_alsos *alsos)
{
	json_name(w, name);
	json_open(w, '[');
	for (size_t i = 0; i < alsos->count; i++) {
		const struct view_also *also = &alsos->items[i];

		json_open(w, '{');
		json_field(w, "rule", also->rule);
		json_field(w, "class", also->class);
		json_field(w, "reason", also->reason);
		json_field(w, "remedy", also->remedy);
		view_json_texts(w, "by", &also->by);
		json_close(w, '}');
	}
	json_close(w, ']');
}
