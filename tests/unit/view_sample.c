/*
 * A plan made by hand, for tests of writers and readers: every list has entries, every optional
 * member is there once and absent once. It must not know: planner or graph.
 */
#include "view_sample.h"

#define IMAGE "ami-0aaaaaaaaaaaaaaa1"
#define OTHER "ami-0aaaaaaaaaaaaaaa2"
#define SNAP "snap-0bbbbbbbbbbbbbbb1"
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
document(const struct plan_view *view, size_t i, struct arena *arena, struct view_document *out)
{
	static const struct view_document DOCUMENTS[] = {
		{"111111111111/eu-west-1/images.json", "images", "111111111111", "eu-west-1", 3,
			true, SHA},
		{"odd \"name\"\n.json", "snapshots", "", "", 0, false, SHA},
	};

	(void)view;
	(void)arena;
	*out = DOCUMENTS[i];
}

static void
coverage(const struct plan_view *view, size_t i, struct arena *arena, struct view_coverage *out)
{
	static const struct view_coverage COVERAGE[] = {
		{"111111111111", "eu-west-1", "images", "complete"},
		{"111111111111", "eu-west-1", "fleets", "absent"},
		{"111111111111", "eu-west-1", "parameters", "absent"},
	};

	(void)view;
	(void)arena;
	*out = COVERAGE[i];
}

static struct view_evidence EVIDENCE[] = {
	{"maps", IMAGE, SNAP, "block-device-mapping", "/dev/xvda", "fact"},
	{"made-for", SNAP, IMAGE, "description",
		"Created by CreateImage(i-0ccccccccccccccc1) for " IMAGE, "strong"},
};

static void
step(const struct plan_view *view, size_t i, unsigned parts, struct arena *arena,
	struct view_step *out)
{
	static const char *DEPENDS[] = {"deregister-image:" IMAGE};
	static const char *WARNINGS[] = {"accepted-shared: --accept shared"};
	static struct view_step STEPS[2] = {
		{
			.id = "deregister-image:" IMAGE,
			.order = 1,
			.phase = 1,
			.action = "deregister-image",
			.resource = IMAGE,
			.name = "web \x1b[31m\xe2\x80\xaegnp",
			.account = "111111111111",
			.region = "eu-west-1",
			.because = "nothing uses it: no instance, template, group, fleet or spot "
				   "request names it.",
			.monthly_saving_usd = {.min = NULL},
			.facts = "{\"created\":\"2024-01-01T00:00:00Z\",\"owner\":\"111111111111\","
				 "\"tags\":{},"
				 "\"mapped_snapshots\":[\"" SNAP "\"]}",
			.seen = "sha256:" SHA,
			.definition = "{\"Name\":\"web\",\"BlockDeviceMappings\":[{\"Ebs\":{}}]}",
			.reversible = "register-image from the definition",
		},
		{
			.id = "delete-snapshot:" SNAP,
			.order = 2,
			.phase = 2,
			.action = "delete-snapshot",
			.resource = SNAP,
			.name = "",
			.account = "111111111111",
			.region = "eu-west-1",
			.because = "no AMI that stays maps it.",
			.monthly_saving_usd = {"0.00", "0.40", "0.40", "range"},
			.facts = "{}",
			.seen = "sha256:" SHA,
			.definition = NULL,
			.reversible = "no, unless a Recycle Bin rule applies",
		},
	};

	(void)view;
	(void)arena;
	STEPS[0].warnings = (struct texts){WARNINGS, 1};
	STEPS[1].depends_on = (struct texts){DEPENDS, 1};
	STEPS[1].evidence = (struct view_evidences){EVIDENCE, 2};
	*out = STEPS[i];
	if (!(parts & STEP_FACTS))
		out->facts = NULL;
	if (!(parts & STEP_SEEN))
		out->seen = NULL;
	if (!(parts & STEP_DEFINITION))
		out->definition = NULL;
}

static const char *BY[] = {"i-0ccccccccccccccc1", "i-0ccccccccccccccc2"};
static struct view_also ALSO[] = {
	{"in-use", "safety", "2 instances run from it", "terminate its instances first", {BY, 2}},
};

static void
target(const struct plan_view *view, size_t i, struct arena *arena, struct view_target *out)
{
	struct view_step it;

	view->step(view, i, STEP_BRIEF, arena, &it); /* a test may have put its own there */
	*out = (struct view_target){it.action, it.resource, it.account, it.region};
}

static void
blocked(const struct plan_view *view, size_t i, struct arena *arena, struct view_blocked *out)
{
	static struct view_blocked BLOCKED[] = {
		{"ami-0aaaaaaaaaaaaaaa3", "deregister-image", "inventory-incomplete", "safety",
			"nobody read the fleets", "read what is missing", {NULL, 0}, {NULL, 0},
			"https://docs.aws.amazon.com/x", {ALSO, 1}},
		{"snap-0bbbbbbbbbbbbbbb3", "delete-snapshot", "snapshot-in-use", "enforced",
			"ami-0aaaaaaaaaaaaaaa3 maps it and stays",
			"deregister ami-0aaaaaaaaaaaaaaa3 first", {BY, 1}, {EVIDENCE, 1},
			"https://docs.aws.amazon.com/y", {NULL, 0}},
	};

	(void)view;
	(void)arena;
	*out = BLOCKED[i];
}

static void
kept(const struct plan_view *view, size_t i, struct arena *arena, struct view_kept *out)
{
	static struct view_kept KEPT[] = {
		{OTHER, "too-young", "created 3 days before as-of, --older-than asks for 30d",
			{NULL, 0}, {ALSO, 1}},
	};

	(void)view;
	(void)arena;
	*out = KEPT[i];
}

static void
warning(const struct plan_view *view, size_t i, struct arena *arena, struct view_warning *out)
{
	static const struct view_warning WARNINGS[] = {
		{"as-of-guessed", NULL, "as-of is the newest time in the inventory"},
		{"references-not-read", "111111111111/eu-west-1",
			"nobody read the image references"},
	};

	(void)view;
	(void)arena;
	*out = WARNINGS[i];
}

static void
continuing(const struct plan_view *view, size_t i, struct arena *arena, struct view_continuing *out)
{
	(void)view;
	(void)i;
	(void)arena;
	*out = (struct view_continuing){"snap-0bbbbbbbbbbbbbbb3", 1, "snapshot", "111111111111", "",
		"blocked", "snapshot-in-use", {"0.00", "0.10", "0.10", "range"}};
}

#define AMOUNT(usd)                                                                                \
	{                                                                                          \
		usd, usd, usd, "exact"                                                             \
	}
#define SHEET(usd)                                                                                 \
	{                                                                                          \
		{AMOUNT(usd), AMOUNT("0.00"), AMOUNT("0.00"), {"0.00", NULL, "7.30", "range"},     \
			AMOUNT("0.00"), AMOUNT("0.00")},                                           \
			AMOUNT(usd)                                                                \
	}

struct plan_view
view_sample(void)
{
	static struct view_unpriced unpriced[] = {
		{"linux_on_demand_hour.p9.big", "eu-west-1", "i-0ccccccccccccccc1", NULL, 2},
		{"os_on_demand_hour.RHEL.m5.large", "", "i-0ccccccccccccccc2", "a <guess>", 1}};
	static const char *ACCOUNTS[] = {"111111111111"};
	static const char *REGIONS[] = {"eu-west-1"};

	return (struct plan_view){
		.tool_version = "0.1.0",
		.as_of = "2026-11-22T00:00:00Z",
		.accounts = {ACCOUNTS, 1},
		.regions = {REGIONS, 1},
		.inventory_digest = "sha256:" SHA,
		.selection =
			"{\"amis\":[],\"unused\":true,\"orphans\":true,\"names\":[],\"tags\":[],"
			"\"architectures\":[],\"older_than\":\"30d\",\"not_launched_for\":null,"
			"\"keep_last\":null,"
			"\"group_by\":null,\"protect_tags\":[\"keep\"],\"in_use_selectors\":[],"
			"\"template_depth\":10,\"pins\":[],\"max_steps\":null,\"max_percent\":null,"
			"\"snapshots\":\"delete\",\"terminate_instances\":false,"
			"\"accepts\":[\"shared\",\"in-use=" IMAGE
			"\"],\"assume_complete\":[\"volumes\"],"
			"\"require\":[],\"only\":[],\"accounts\":[\"111111111111\"],\"region\":"
			"null,"
			"\"as_of_given\":true,"
			"\"defaulted\":false}",
		.images = {3, 1, 1, 1, 0},
		.snapshots = {4, 1, 1, 0, 2},
		.instances = {7, 0, 0, 0, 7},
		.cost = {.prices_source = "built-in",
			.prices_date = "2025-04-04",
			.before = SHEET("1.00"),
			.after_phase = {SHEET("1.00"), SHEET("0.60"), SHEET("0.60")},
			.monthly_saving_usd = {"0.00", "0.40", "0.40", "range"},
			.one_off_usd = {"0.00", NULL, "0.00", "exact"},
			.bin_exit = "2026-12-24T00:00:00Z",
			.saving_after_bin = {"0.10", "0.40", "0.40", "range"},
			.unpriced = unpriced,
			.unpriced_count = sizeof(unpriced) / sizeof(unpriced[0])},
		.continuing_count = 1,
		.document_count = 2,
		.coverage_count = 3,
		.summary_steps = 2,
		.step_count = 2,
		.blocked_count = 2,
		.kept_count = 1,
		.warning_count = 2,
		.document = document,
		.coverage = coverage,
		.step = step,
		.target = target,
		.blocked = blocked,
		.kept = kept,
		.warning = warning,
		.continuing = continuing,
	};
}

struct buf
view_written(const struct plan_view *view,
	void (*write)(FILE *, const struct plan_view *, const struct report_options *),
	const struct report_options *options)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	struct buf result = {0};

	if (!file)
		die_oom();
	write(file, view, options);
	fclose(file);
	buf_add(&result, text, size);
	free(text);
	return result;
}
