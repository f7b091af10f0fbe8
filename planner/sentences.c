/*
 * Reasons as sentences, in one place: made last, from data recorded where the decision was made.
 * It must not know: how to decide anything.
 */
#include "internal.h"

/* --- pieces --- */

static const char *
time_text(struct arena *arena, int64_t time)
{
	char text[TIME_TEXT_SIZE];

	time_format(time, text);
	return arena_text(arena, slice_of(text));
}

const char *
since_text(const struct plan *plan, struct arena *arena, int64_t time)
{
	char date[TIME_TEXT_SIZE], ago[32];

	if (time == TIME_NONE)
		return "at an unknown time";
	time_format(time, date);
	date[strlen("2026-01-31")] = '\0';
	if (time > plan->as_of)
		return arena_join(arena, "on ", date, ", after the plan's date");
	age_describe(plan->as_of - time, ago, sizeof(ago));
	return arena_join(arena, "on ", date, " (", ago, " before)");
}

static const char *
standing_text(const struct plan *plan, nid version)
{
	const struct template_version *row = graph_version(plan->graph, version);

	if (row->is_default && row->is_latest)
		return "default and latest version";
	if (row->is_default)
		return "default version";
	if (row->is_latest)
		return "latest version";
	return version_standing(plan, version) == REFERENCE_LIVE ? "version in use"
								 : "older version";
}

/* "lt-…:3 (web, default version)", "i-… (running)": the id and what helps a person to know it. */
static const char *
node_text(const struct plan *plan, nid n, struct arena *arena)
{
	const struct graph *graph = plan->graph;
	const struct node *node = graph_node(graph, n);
	const char *id = graph_id(graph, n), *name = strpool_text(&graph->strings, node->name);

	switch ((enum node_kind)node->kind) {
	case NODE_TEMPLATE_VERSION:
		return arena_format(
			arena, "%s (%s%s%s)", id, name, *name ? ", " : "", standing_text(plan, n));
	case NODE_INSTANCE:
	case NODE_SPOT_REQUEST:
	case NODE_SPOT_FLEET:
	case NODE_FLEET:
		return arena_format(arena, "%s (%s)", id,
			node->defined ? state_text((enum state)node->state) : "not listed");
	case NODE_AUTO_SCALING_GROUP:
	case NODE_LAUNCH_CONFIGURATION:
	case NODE_PARAMETER:
	case NODE_RECIPE:
		return arena_format(arena, "%s %s", node_kind_title((enum node_kind)node->kind),
			*name ? name : id);
	case NODE_ACCOUNT:
	case NODE_NONE:
	case NODE_IMAGE:
	case NODE_SNAPSHOT:
	case NODE_VOLUME:
	case NODE_LAUNCH_TEMPLATE:
	case NODE_RECOVERY_POINT:
	case NODE_FILE_PIN:
	case NODE_KINDS:
		break;
	}
	return id;
}

#define NAMED_AT_MOST 3

/* "a, b, c and 12 more" */
static const char *
by_text(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	struct buf buf = {0};

	for (uint32_t i = 0; i < reason->by.count && i < NAMED_AT_MOST; i++) {
		const char *separator = i == 0 ? "" : i + 1 == reason->by.count ? " and " : ", ";
		buf_add_text(&buf, separator);
		buf_add_text(&buf, node_text(plan, plan->by.items[reason->by.at + i], arena));
	}
	if (reason->by.count > NAMED_AT_MOST)
		buf_format(&buf, " and %u more", reason->by.count - NAMED_AT_MOST);
	const char *text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

static const char *
tag_text(const struct tag_filter *filter, struct arena *arena)
{
	return filter->glob ? arena_format(arena, "%s=%s", filter->key, filter->glob)
			    : arena_format(arena, "%s", filter->key);
}

/* --- what is missing --- */

static const char *
gap_text(const struct graph *graph, const struct node *node, enum doc_kind kind)
{
	const struct gap *gap = first_gap(graph, kind, node->account, node->region);

	return gap ? strpool_text(&graph->strings, gap->text) : NULL;
}

static const char *
missing_kind_text(const struct plan *plan, const struct reason *reason, enum doc_kind kind,
	struct arena *arena)
{
	const struct graph *graph = plan->graph;
	const struct node *node = graph_node(graph, reason->item);

	if (kind == DOC_LAUNCH_PERMISSIONS)
		return "who it is shared with was not read (launch-permissions)";
	if (kind == DOC_PARAMETERS && reason->index) {
		const struct gap *gap = &graph->gaps.items[reason->index - 1];
		return arena_format(arena,
			"%s launches by the parameter %s, which was not read and may stand for any "
			"AMI",
			graph_id(graph, gap->by), strpool_text(&graph->strings, gap->subject));
	}
	enum coverage_status status = graph_covered(graph, node->account, node->region, kind);
	if (status == COVERAGE_PARTIAL) {
		const char *gap = gap_text(graph, node, kind);
		return arena_format(arena, "%s: only a part was read%s%s", doc_kind_word(kind),
			gap ? ": " : "", gap ? gap : "");
	}
	return arena_format(arena, "%s %s", doc_kind_word(kind),
		status == COVERAGE_DENIED ? "could not be read (denied)" : "were not read");
}

static const char *
missing_text(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const struct node *node = graph_node(plan->graph, reason->item);
	struct buf buf = {0};

	if (node->account == 0)
		buf_add_text(&buf, "nothing tells its account (say --account)");
	if (node->region == 0)
		buf_format(&buf, "%snothing tells its region (say --region)", buf.len ? "; " : "");
	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++)
		if (reason->kinds & KIND_BIT(kind) &&
			(node->region || doc_kind_need(kind) != NEED_ALWAYS))
			buf_format(&buf, "%s%s", buf.len ? "; " : "",
				missing_kind_text(plan, reason, kind, arena));
	const char *text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

/* A command is there to be copied into a shell: a name that is not made of what names of parameters
 * are made of stays NAME. */
static bool
is_legal_name(const char *text)
{
	static const char legal[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-";

	return *text && *text != '-' && text[strspn(text, legal)] == '\0';
}

static const char *
missing_commands(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const struct graph *graph = plan->graph;
	const struct node *node = graph_node(graph, reason->item);
	struct buf buf = {0};

	if (node->account == 0 || node->region == 0)
		return "say the documents' place with --account and --region, or keep them as "
		       "ACCOUNT/REGION/*.json";
	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++) {
		if (!(reason->kinds & KIND_BIT(kind)))
			continue;
		struct slice command = slice_of(doc_kind_command(kind));
		const char *subject =
			kind == DOC_LAUNCH_PERMISSIONS ? graph_id(graph, reason->item) : NULL;
		if (kind == DOC_PARAMETERS && reason->index)
			subject = strpool_text(
				&graph->strings, graph->gaps.items[reason->index - 1].subject);
		if (subject && !is_legal_name(subject))
			subject = NULL;
		if (buf.len)
			buf_add_text(&buf, "; ");
		size_t keep = command.len;
		if (subject) /* the commands end in ID or NAME */
			while (keep > 0 && command.at[keep - 1] != ' ')
				keep--;
		buf_add(&buf, command.at, keep);
		if (subject)
			buf_add_text(&buf, subject);
		if (node->region)
			buf_format(
				&buf, " --region %s", strpool_text(&graph->strings, node->region));
	}
	const char *text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

/* --- the sentence of each rule --- */

static const char *
state_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const struct node *node = graph_node(plan->graph, reason->item);

	if (reason->detail == DETAIL_STATE_GONE)
		return arena_format(
			arena, "it is already gone (%s)", state_text((enum state)node->state));
	if (reason->detail == DETAIL_STATE_UNSETTLED)
		return arena_format(arena, "it is %s", state_text((enum state)node->state));
	if (reason->word)
		return arena_format(arena, "its state %s is not known to this version",
			strpool_text(&plan->graph->strings, reason->word));
	return "its state is not known";
}

static const char *
reference_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const char *selector = "";

	if (reason->detail == DETAIL_SELECTOR)
		selector = arena_format(arena, "the in-use selector %s picks it",
			plan->policy->in_use_selectors.items[reason->index].text);
	if (reason->by.count == 0)
		return selector;
	return arena_format(arena, "%s %s it%s%s", by_text(plan, reason, arena),
		reason->by.count == 1 ? "needs" : "need", *selector ? "; " : "", selector);
}

static const char *
lock_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const char *mode = strpool_text(&plan->graph->strings, reason->word);

	if (reason->when == TIME_NONE)
		return arena_format(arena, "it is locked (%s), for a time nobody told", mode);
	return arena_format(
		arena, "it is locked (%s) until %s", mode, time_text(arena, reason->when));
}

static const char *
protection_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const struct tag_filter *filter = &plan->policy->protect_tags.items[reason->index];

	if (reason->detail == DETAIL_CARRIED)
		return arena_format(arena, "%s, whose snapshot it is, has the protected tag %s",
			by_text(plan, reason, arena), tag_text(filter, arena));
	return arena_format(arena, "it has the protected tag %s", tag_text(filter, arena));
}

static const char *
in_use_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	if (reason->by.count == 1)
		return arena_format(arena, "%s was launched from it", by_text(plan, reason, arena));
	return arena_format(arena, "%u instances were launched from it: %s", reason->by.count,
		by_text(plan, reason, arena));
}

static const char *
snapshot_in_use_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	if (reason->detail == DETAIL_UNMAPPED)
		return arena_format(
			arena, "it was made for %s, which stays", by_text(plan, reason, arena));
	return arena_format(arena, "%s, which %s, %s it", by_text(plan, reason, arena),
		reason->by.count == 1 ? "stays" : "stay", reason->by.count == 1 ? "maps" : "map");
}

static const char *
shared_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const char *public = reason->detail == DETAIL_PUBLIC ? "it is public" : "";

	if (reason->by.count == 0)
		return public;
	return arena_format(arena, "%s%sit is shared with %s, whose use was not read", public,
		*public ? "; " : "", by_text(plan, reason, arena));
}

/* The field exists since April 2017; an AMI without it counts as launched when it was made. */
static const char *
launched_sentence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	bool recorded = last_launch(plan->graph, reason->item) != TIME_NONE;

	return arena_format(arena, "%s %s: within %s",
		recorded ? "it was last launched"
			 : "no launch of it is recorded, and it was created",
		since_text(plan, arena, reason->when), plan->policy->not_launched_for.text);
}

const char *
reason_text(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const struct strpool *strings = &plan->graph->strings;
	const char *word = strpool_text(strings, reason->word);
	const char *by = by_text(plan, reason, arena);

	switch ((enum rule)reason->rule) {
	case RULE_NOT_OWNED:
		return arena_format(arena, "it belongs to account %s", word);
	case RULE_AWS_BACKUP:
		return reason->detail == DETAIL_CARRIED
			       ? arena_format(
					 arena, "AWS Backup manages %s, whose snapshot it is", by)
			       : "AWS Backup manages it";
	case RULE_DEREGISTRATION_PROTECTED:
		return arena_format(arena, "it is protected from deregistration (%s)", word);
	case RULE_SNAPSHOT_IN_USE:
		return snapshot_in_use_sentence(plan, reason, arena);
	case RULE_SNAPSHOT_LOCKED:
		return lock_sentence(plan, reason, arena);
	case RULE_TERMINATION_PROTECTED:
		if (reason->detail == DETAIL_OPERATOR)
			return arena_format(
				arena, "it is managed by %s", *word ? word : "an operator");
		return "it is protected from termination";
	case RULE_IMAGE_STATE:
	case RULE_SNAPSHOT_STATE:
	case RULE_INSTANCE_STATE:
		return state_sentence(plan, reason, arena);
	case RULE_OWNER_UNKNOWN:
		return plan->graph->ours.count ? "nothing tells who owns it"
					       : "nothing tells which accounts are yours";
	case RULE_INVENTORY_INCOMPLETE:
		return missing_text(plan, reason, arena);
	case RULE_IN_USE:
		return in_use_sentence(plan, reason, arena);
	case RULE_REFERENCED:
	case RULE_SNAPSHOT_REFERENCED:
		return reference_sentence(plan, reason, arena);
	case RULE_OLD_TEMPLATE_VERSION:
		return arena_format(arena, "only older template versions name it: %s", by);
	case RULE_SHARED:
		return shared_sentence(plan, reason, arena);
	case RULE_RECENTLY_LAUNCHED:
		if (reason->when == TIME_NONE)
			return "nothing tells when it was created";
		return arena_format(arena,
			"it was launched or created at %s, less than 24 hours before",
			time_text(arena, reason->when));
	case RULE_PREDATES_IMAGE:
		return arena_format(arena,
			"it started %s, more than a day before %s, and no text says it was made "
			"for an AMI",
			since_text(plan, arena, reason->when), by);
	case RULE_IMAGE_IN_RECYCLE_BIN:
		return arena_format(arena,
			"%s is in the Recycle Bin%s%s and needs it to be restored", by,
			reason->when == TIME_NONE ? "" : " until ",
			reason->when == TIME_NONE ? "" : time_text(arena, reason->when));
	case RULE_WEAK_EVIDENCE:
		return arena_format(arena, "only %s links it to %s",
			reason->detail == DETAIL_COPIED ? "a text copied with it"
							: "a mention in its description",
			by);
	case RULE_ASG_MANAGED:
		return arena_format(arena, "%s would replace it", by);
	case RULE_MANAGED_ELSEWHERE:
		return arena_format(
			arena, "%s made it and may still want it", manager_name(reason->index));
	case RULE_IMAGE_STAYS:
		return arena_format(arena, "its AMI %s stays", by);
	case RULE_PROTECTED_TAG:
		return protection_sentence(plan, reason, arena);
	case RULE_TOO_YOUNG:
		return arena_format(arena, "it was created %s: younger than %s",
			since_text(plan, arena, reason->when), plan->policy->older_than.text);
	case RULE_KEPT_NEWEST:
		if (plan->policy->keep_last == 1)
			return "it is the newest of its group";
		return arena_format(
			arena, "it is among the %u newest of its group", plan->policy->keep_last);
	case RULE_LAUNCHED_SINCE:
		return launched_sentence(plan, reason, arena);
	case RULE_NOT_NEEDED_FOR_SAVING:
		return plan->policy->save.known
			       ? "it might go, but the saving that was asked for does not need it"
			       : "it might go, but other steps save more";
	case RULE_NONE:
	case RULES:
		break;
	}
	return "";
}

/* Length of the run of capitals, or of anything but capitals, that `at` begins with. */
static size_t
run_length(const char *at)
{
	bool capitals = *at >= 'A' && *at <= 'Z';
	size_t len = 0;

	while (at[len] && (at[len] >= 'A' && at[len] <= 'Z') == capitals)
		len++;
	return len;
}

/* Fills in ID, BY, OWNER and COMMAND, which stand in the table's remedy as whole words. */
const char *
reason_remedy(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	const struct {
		struct slice word;
		const char *text;
	} words[] = {
		{SLICE("ID"), graph_id(plan->graph, reason->item)},
		{SLICE("BY"), reason->by.count ? by_text(plan, reason, arena) : "what names it"},
		{SLICE("OWNER"), strpool_text(&plan->graph->strings, reason->word)},
		{SLICE("COMMAND"), reason->rule == RULE_INVENTORY_INCOMPLETE
					   ? missing_commands(plan, reason, arena)
					   : ""},
	};
	const char *remedy = rule_remedy((enum rule)reason->rule);
	struct buf buf = {0};

	for (const char *at = remedy; *at;) {
		size_t len = run_length(at);
		const char *text = NULL;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (slice_equal((struct slice){at, len}, words[i].word))
				text = words[i].text;
		if (text)
			buf_add_text(&buf, text);
		else
			buf_add(&buf, at, len);
		at += len;
	}
	const char *text = arena_text(arena, buf_slice(&buf));
	buf_release(&buf);
	return text;
}

/* --- lists --- */

struct texts
reason_by_ids(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	bool selector = reason->detail == DETAIL_SELECTOR;
	struct texts texts = {arena_array(arena, reason->by.count + 1u, sizeof(char *)), 0};

	for (uint32_t i = 0; i < reason->by.count; i++)
		texts.items[texts.count++] =
			graph_id(plan->graph, plan->by.items[reason->by.at + i]);
	if (selector)
		texts.items[texts.count++] =
			plan->policy->in_use_selectors.items[reason->index].text;
	return texts;
}

struct view_evidence
evidence_of_edge(const struct plan *plan, const struct edge *edge)
{
	const struct graph *graph = plan->graph;

	return (struct view_evidence){
		.edge = edge_kind_word((enum edge_kind)edge->kind),
		.from = graph_id(graph, edge->from),
		.to = graph_id(graph, edge->to),
		.source = edge_source_word((enum edge_source)edge->source),
		.detail = strpool_text(&graph->strings, edge->detail),
		.strength = edge_belief_word((enum edge_belief)edge->belief),
	};
}

struct view_evidences
reason_evidence(const struct plan *plan, const struct reason *reason, struct arena *arena)
{
	struct view_evidences list = {
		arena_array(arena, reason->edges.count + 1u, sizeof(struct view_evidence)),
		reason->edges.count};

	for (uint32_t i = 0; i < reason->edges.count; i++)
		list.items[i] = evidence_of_edge(
			plan, &plan->graph->edges.items[plan->edges.items[reason->edges.at + i]]);
	return list;
}
