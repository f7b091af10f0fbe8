/*
 * Which resources are asked about one by one.
 * It must not know: how they are asked about.
 */
#include "run.h"

static bool
is_named(const struct collect_options *options, const char *image)
{
	for (size_t i = 0; i < options->ami_count; i++)
		if (strcmp(options->amis[i], image) == 0)
			return true;
	return false;
}

/* AMIs that no live instance runs may go; and what the user names is looked at in any case. */
static bool
is_wanted(const struct place *place, const char *image)
{
	const struct collect_options *options = place->account->run->options;

	switch (options->details) {
	case DETAILS_ALL:
		return true;
	case DETAILS_AUTO:
		if (place->findings.images.count <= LIMIT_DETAILS_ALL)
			return true;
		break;
	case DETAILS_CANDIDATES:
		break;
	case DETAILS_NONE:
		return is_named(options, image);
	}
	return !findings_has(&place->findings.used, image) || is_named(options, image);
}

static bool
was_listed(const struct place *place, enum collect_call call)
{
	enum outcome outcome = place->records[call].outcome;

	return outcome == OUTCOME_COMPLETE || outcome == OUTCOME_EMPTY;
}

static void
ask_about_images(struct place *place)
{
	const id_list *images = &place->findings.images;
	id_list chosen = {0};

	vec_foreach (image, images)
		if (is_wanted(place, *image))
			vec_push(&chosen, *image);
	items_begin(place, CALL_LAUNCH_PERMISSIONS, &chosen, chosen.count < images->count);
	items_begin(place, CALL_REFERENCES, &chosen, chosen.count < images->count);
	vec_release(&chosen);
}

/* Whether an instance may be terminated matters only for instances of AMIs that are named. */
void
place_ask_details(struct place *place)
{
	const struct collect_options *options = place->account->run->options;
	struct findings *findings = &place->findings;

	findings_settle(findings);
	if (was_listed(place, CALL_IMAGES))
		ask_about_images(place);
	if (was_listed(place, CALL_INSTANCES) && findings->instances.count)
		items_begin(place, CALL_PROTECTION, &findings->instances, true);
	if (options->snapshot_permissions && was_listed(place, CALL_SNAPSHOTS))
		items_begin(place, CALL_SNAPSHOT_PERMISSIONS, &findings->snapshots, false);
}

void
place_ask_versions(struct place *place)
{
	findings_settle(&place->findings);
	if (!was_listed(place, CALL_TEMPLATES))
		return;
	if (!place->account->run->options->no_old_versions)
		items_begin(place, CALL_VERSIONS, &place->findings.templates, false);
	else if (place->findings.templates.count == 0) /* then nothing is left out */
		place->records[CALL_VERSIONS].outcome = OUTCOME_EMPTY;
}

void
place_ask_parameters(struct place *place)
{
	findings_settle(&place->findings);
	/* Templates that could not be read may name parameters that nobody knows of. */
	if (was_listed(place, CALL_LIVE_VERSIONS))
		items_begin(place, CALL_PARAMETERS, &place->findings.parameters, false);
}
