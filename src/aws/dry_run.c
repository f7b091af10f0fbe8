/*
 * Dry runs: the calls, some at a time, and what each answer means.
 * It must not know: plans beyond the words of their actions.
 */
#include "dry_run.h"

#include "ids.h"

const struct mutation_row mutation_table[MUTATIONS] = {
	[MUTATION_DEREGISTER] = {"deregister-image", "DeregisterImage", "ImageId", "ami-", "image",
		false},
	[MUTATION_DELETE] = {"delete-snapshot", "DeleteSnapshot", "SnapshotId", "snap-", "snapshot",
		false},
	[MUTATION_TERMINATE] = {"terminate-instances", "TerminateInstances", "InstanceId.1", "i-",
		"instance", true},
};

/* One call under way. */
struct asked {
	struct dry_run *run;
	struct dry_run_item *item;
};

enum mutation
mutation_find(const char *word)
{
	enum mutation i = 0;

	while (i < MUTATIONS && strcmp(mutation_table[i].word, word) != 0)
		i++;
	return i;
}

/* --- the calls ------------------------------------------------------------------------------- */

bool
dry_run_parameters(enum mutation mutation, const char *resource, struct params *params)
{
	const struct mutation_row *row = &mutation_table[mutation];

	if (!id_is(slice_of(resource), row->prefix))
		return false;
	params_add(params, "DryRun", "true");
	params_add(params, row->parameter, resource);
	return true;
}

bool
dry_run_is_sure(const struct params *params)
{
	const char *form = params->form.len ? params->form.at : "";
	const char *found = strstr(form, "DryRun=");

	if (!found || strstr(found + 1, "DryRun="))
		return false;
	return (found == form || found[-1] == '&') &&
	       (strcmp(found, "DryRun=true") == 0 || strncmp(found, "DryRun=true&", 12) == 0);
}

static void pump(struct dry_run *run);
static void done(void *to, const struct call_result *result);

static void
ask(struct dry_run *run, struct dry_run_item *item)
{
	struct params params = {0};
	struct asked *asked;

	if (!dry_run_parameters(item->mutation, item->resource, &params) ||
		!dry_run_is_sure(&params)) {
		item->answer = ANSWER_FAILED;
		item->message = "it was not sent: it would not have been a dry run";
		params_release(&params);
		return;
	}
	asked = xcalloc(1, sizeof(*asked));
	*asked = (struct asked){run, item};
	const struct call call = {
		.service = SERVICE_EC2,
		.region = item->region,
		.action = mutation_table[item->mutation].action,
		.provider = item->provider,
		.account = item->account,
		.params = &params,
		.mutates = true,
		.done = done,
		.to = asked,
	};
	run->under_way++;
	call_start(run->caller, &call);
	params_release(&params);
}

/* --- the answers ----------------------------------------------------------------------------- */

/* AuthFailure, where the credentials were good for all that was read before, says that the resource
 * is another account's or that AWS Backup manages it. */
static enum dry_run_answer
answer_of_refusal(const struct call_result *result)
{
	switch (result->refusal) {
	case REFUSAL_DRY_RUN:
		return ANSWER_WOULD;
	case REFUSAL_DENIED:
		return strcmp(result->code, "AuthFailure") == 0 ? ANSWER_REFUSED : ANSWER_DENIED;
	case REFUSAL_NOT_FOUND:
		return ANSWER_GONE;
	case REFUSAL_IN_USE:
		return ANSWER_IN_USE;
	case REFUSAL_CREDENTIALS:
		return ANSWER_FAILED;
	case REFUSAL_NONE:
	case REFUSAL_UNKNOWN:
	case REFUSAL_NOT_ENABLED:
	case REFUSAL_PROTECTED:
	case REFUSAL_TOKEN:
	case REFUSAL_OTHER:
		break;
	}
	return ANSWER_REFUSED;
}

static enum dry_run_answer
answer_of(const struct call_result *result)
{
	switch (result->end) {
	case CALL_DONE:
		return ANSWER_DONE;
	case CALL_REFUSED:
		return answer_of_refusal(result);
	case CALL_FAILED:
		return ANSWER_FAILED;
	case CALL_STOPPED:
		break;
	}
	return ANSWER_NONE;
}

static void
tell(const struct dry_run *run, const struct dry_run_item *item)
{
	struct progress *progress = run->progress;

	if (!progress)
		return;
	progress->items_done++;
	progress->counts = caller_counts(run->caller);
	progress_tell(progress, PROGRESS_PAGE, item->account, item->region,
		mutation_table[item->mutation].action);
}

static void
done(void *to, const struct call_result *result)
{
	struct asked *asked = to;
	struct dry_run *run = asked->run;
	struct dry_run_item *item = asked->item;
	struct err words;

	(void)err_set(&words, ERR_IO, "%s", result->message);
	item->answer = answer_of(result);
	item->code = arena_text(run->arena, slice_of(result->code));
	item->message = arena_text(run->arena, slice_of(words.text));
	run->ignored = run->ignored || item->answer == ANSWER_DONE;
	/* A refusal changes nothing either, but only this one shows that DryRun is understood. */
	if (item->answer == ANSWER_WOULD)
		run->proven[item->mutation] = true;
	tell(run, item);
	free(asked);
	run->under_way--;
	pump(run);
}

/* --- the order ------------------------------------------------------------------------------- */

static bool
may_ask(const struct dry_run *run)
{
	if (run->ignored || run->next == run->count || run->under_way >= LIMIT_ITEMS_ASKED)
		return false;
	return run->under_way == 0 || run->proven[run->items[run->next].mutation];
}

static void
pump(struct dry_run *run)
{
	while (may_ask(run))
		ask(run, &run->items[run->next++]);
}

void
dry_run_start(struct dry_run *run)
{
	if (run->progress)
		run->progress->items += run->count;
	pump(run);
}
