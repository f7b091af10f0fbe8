/*
 * The options of the selection: texts → struct policy. The command line and the policy file both
 * come through these rows. It must not know: which of the two a value came from.
 */
#include "ids.h"
#include "opts.h"
#include "whole_file.h"

/* Below it, thousandths of a percent. */
#define PERCENT_DIGITS 3

/* A copy of a piece of a value, for as long as the request. */
static const char *
keep(struct request *request, const char *at, size_t len)
{
	return arena_text(&request->arena, (struct slice){at, len});
}

static int
add_image(struct request *request, struct slice id, struct err *err)
{
	if (!id_is(id, "ami-"))
		return err_set(err, ERR_USAGE,
			"\"%.*s\" is no AMI id: ami- and 8 or 17 hex digits are wanted",
			(int)(id.len < 80 ? id.len : 80), id.at);
	vec_push(&request->policy.amis, keep(request, id.at, id.len));
	return 0;
}

static int
take_ami(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	return add_image(request, slice_of(value), err);
}

static struct slice
trimmed(struct slice text)
{
	while (text.len && strchr(" \t\r", text.at[text.len - 1]))
		text.len--;
	while (text.len && strchr(" \t", *text.at))
		text.at++, text.len--;
	return text;
}

/* One id a line; blank lines and what follows a # do not count. */
static int
add_images(struct request *request, struct slice bytes, const char *name, struct err *err)
{
	uint32_t line = 0;
	size_t before = request->policy.amis.count;

	while (bytes.len > 0) {
		const char *end = memchr(bytes.at, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.at) : bytes.len;
		const char *comment = memchr(bytes.at, '#', len);
		struct slice id = trimmed(
			(struct slice){bytes.at, comment ? (size_t)(comment - bytes.at) : len});
		struct err inner;

		line++;
		if (id.len > 0 && add_image(request, id, &inner) != 0)
			return err_set_at(err, ERR_USAGE, name, line,
				(uint32_t)(id.at - bytes.at) + 1, "%s", inner.text);
		bytes.at += end ? len + 1 : len;
		bytes.len -= end ? len + 1 : len;
	}
	/* No id at all would mean no selector, and so the default one: every unused AMI. */
	if (request->policy.amis.count == before)
		return err_set_at(
			err, ERR_USAGE, name, 0, 0, "names no AMI: one id a line is wanted");
	return 0;
}

static int
take_ami_file(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	struct buf bytes = {0};
	int code;

	(void)opt;
	if (!*value)
		return err_set(err, ERR_USAGE, "the path is empty");
	code = file_read(request, value, 0, &bytes, err);
	if (code == 0)
		code = add_images(request, buf_slice(&bytes), file_title(value), err);
	buf_release(&bytes);
	return code;
}

static int
take_name(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!*value)
		return err_set(err, ERR_USAGE, "the pattern is empty");
	vec_push(&request->policy.names, value);
	return 0;
}

static int
take_arch(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!*value)
		return err_set(err, ERR_USAGE, "the architecture is empty");
	vec_push(&request->policy.architectures, value);
	return 0;
}

/* "KEY" or "KEY=GLOB". */
static int
read_tag(struct request *request, struct slice text, struct tag_filter *out, struct err *err)
{
	const char *equals = memchr(text.at, '=', text.len);
	size_t key_len = equals ? (size_t)(equals - text.at) : text.len;

	if (key_len == 0)
		return err_set(err, ERR_USAGE,
			"\"%.*s\" names no tag key: KEY or KEY=GLOB is wanted", (int)text.len,
			text.at);
	out->key = keep(request, text.at, key_len);
	out->glob = equals ? keep(request, equals + 1, text.len - key_len - 1) : NULL;
	return 0;
}

static int
take_tag(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	struct tag_filter filter;
	int code = read_tag(request, slice_of(value), &filter, err);

	(void)opt;
	if (code == 0)
		vec_push(&request->policy.tags, filter);
	return code;
}

static int
take_protect_tag(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	struct tag_filter filter;
	int code = read_tag(request, slice_of(value), &filter, err);

	(void)opt;
	if (code == 0)
		vec_push(&request->policy.protect_tags, filter);
	return code;
}

/* `at` is the limit's place. */
static int
take_age(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	struct age_limit limit = {.text = value};

	if (!age_parse(slice_of(value), &limit.age))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no age: one such as 90d, 12w, 6m, 1y or P30D is wanted, 0d for "
			"off",
			value);
	*(struct age_limit *)((char *)request + opt->at) = limit;
	return 0;
}

static int
take_keep_last(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	uint64_t number;

	(void)opt;
	if (!opt_number(slice_of(value), UINT32_MAX, &number))
		return err_set(err, ERR_USAGE, "\"%s\" is no number of AMIs", value);
	request->policy.keep_last = (uint32_t)number;
	request->ranked = true;
	return 0;
}

/* One tag key of --group-by, with or without "tag:". */
static int
add_group_key(struct request *request, struct slice key, const char *value, struct err *err)
{
	if (slice_starts(key, "tag:")) {
		key.at += 4;
		key.len -= 4;
	} else if (slice_is(key, "name-prefix")) {
		return err_set(err, ERR_USAGE,
			"name-prefix stands alone, not beside tag keys: \"%s\"", value);
	}
	if (key.len == 0)
		return err_set(err, ERR_USAGE,
			"\"%s\" has an empty key: name-prefix, tag:KEY or KEY,KEY... is wanted",
			value);
	vec_push(&request->policy.group_keys, keep(request, key.at, key.len));
	return 0;
}

static int
take_group_by(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	const char *at = value;
	int code = 0;

	(void)opt;
	request->grouped = true;
	request->policy.group_keys.count = 0;
	request->policy.group_by = GROUP_NAME_PREFIX;
	if (strcmp(value, "name-prefix") == 0)
		return 0;
	request->policy.group_by = GROUP_TAGS;
	while (code == 0) {
		size_t len = strcspn(at, ",");

		code = add_group_key(request, (struct slice){at, len}, value, err);
		if (!at[len])
			break;
		at += len + 1;
	}
	return code;
}

static int
take_in_use_selector(
	struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	static const char all[] = ",all";
	struct in_use_selector selector = {.text = value};
	struct slice rest = slice_of(value);

	(void)opt;
	if (rest.len >= sizeof(all) - 1 && strcmp(rest.at + rest.len - sizeof(all) + 1, all) == 0) {
		selector.all = true;
		rest.len -= sizeof(all) - 1;
	}
	if (slice_starts(rest, "name=") && rest.len > 5) {
		selector.glob = keep(request, rest.at + 5, rest.len - 5);
	} else if (slice_starts(rest, "tag:") && rest.len > 4 && rest.at[4] != '=') {
		struct tag_filter filter = {0};

		read_tag(request, (struct slice){rest.at + 4, rest.len - 4}, &filter, NULL);
		selector.key = filter.key;
		selector.glob = filter.glob;
	} else {
		return err_set(err, ERR_USAGE,
			"\"%s\" is no selector: tag:KEY, tag:KEY=GLOB or name=GLOB is wanted, each "
			"also with "
			",all",
			value);
	}
	vec_push(&request->policy.in_use_selectors, selector);
	return 0;
}

static int
take_template_depth(
	struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	uint64_t number = TEMPLATE_DEPTH_ALL;

	(void)opt;
	if (strcmp(value, "all") != 0 &&
		!opt_number(slice_of(value), TEMPLATE_DEPTH_ALL - 1, &number))
		return err_set(err, ERR_USAGE, "\"%s\" is neither a number nor all", value);
	request->policy.template_depth = (uint32_t)number;
	return 0;
}

static int
take_max_steps(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	uint64_t number;

	(void)opt;
	if (!opt_number(slice_of(value), INT64_MAX, &number))
		return err_set(err, ERR_USAGE, "\"%s\" is no number of steps", value);
	request->policy.max_steps = (int64_t)number;
	return 0;
}

static int
take_save(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	struct money money;

	(void)opt;
	if (!money_parse(slice_of(value), &money) || money_compare(money, MONEY_ZERO) == 0)
		return err_set(err, ERR_USAGE,
			"\"%s\" is no amount of US dollars: a number above 0 is wanted, such as "
			"120 or 99.50",
			value);
	request->policy.save = money;
	return 0;
}

static int
take_save_by(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (strcmp(value, "sure") != 0 && strcmp(value, "most") != 0)
		return err_set(err, ERR_USAGE, "\"%s\" is neither sure nor most", value);
	request->policy.save_by = strcmp(value, "most") == 0 ? SAVE_BY_MOST : SAVE_BY_SURE;
	request->measured = true;
	return 0;
}

/* "10", "12.5": exact, so at most three places. */
static bool
read_percent(struct slice text, uint64_t *milli)
{
	const char *dot = memchr(text.at, '.', text.len);
	size_t places = dot ? text.len - (size_t)(dot - text.at) - 1 : 0;
	uint64_t whole, part = 0;

	if (!opt_number(
		    (struct slice){text.at, dot ? (size_t)(dot - text.at) : text.len}, 100, &whole))
		return false;
	if (dot && (places > PERCENT_DIGITS ||
			   !opt_number((struct slice){dot + 1, places}, 999, &part)))
		return false;
	while (places++ < PERCENT_DIGITS)
		part *= 10;
	*milli = whole * 1000 + part;
	return *milli <= 100000;
}

static int
take_max_percent(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	uint64_t milli;

	(void)opt;
	if (!read_percent(slice_of(value), &milli))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no percentage: a number from 0 to 100 is wanted, with at most "
			"three "
			"places",
			value);
	request->policy.max_percent_milli = (int64_t)milli;
	return 0;
}

static int
take_snapshots(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (strcmp(value, "delete") != 0 && strcmp(value, "keep") != 0)
		return err_set(err, ERR_USAGE, "\"%s\" is neither delete nor keep", value);
	request->policy.keep_snapshots = strcmp(value, "keep") == 0;
	return 0;
}

/* Of what rules speak of. */
static bool
kind_of_id(struct slice id, enum node_kind *kind)
{
	static const struct {
		const char *prefix;
		enum node_kind kind;
	} forms[] = {{"ami-", NODE_IMAGE}, {"snap-", NODE_SNAPSHOT}, {"i-", NODE_INSTANCE}};

	for (size_t i = 0; i < COUNT_OF(forms); i++)
		if (id_is(id, forms[i].prefix)) {
			*kind = forms[i].kind;
			return true;
		}
	return false;
}

static int
take_accept(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	size_t len = strcspn(value, "=");
	struct slice id = slice_of(value[len] ? value + len + 1 : NULL);
	struct accept accept = {.rule = rule_from_word((struct slice){value, len})};
	enum node_kind kind = NODE_IMAGE;
	const char *why_not = "";

	(void)opt;
	if (accept.rule == RULE_NONE)
		return err_set(err, ERR_USAGE,
			"there is no rule \"%.*s\" (`amiplan plan --list-rules` lists them)",
			(int)len, value);
	if (!rule_is_acceptable(accept.rule, &why_not))
		return err_set(err, ERR_USAGE, "%s cannot be accepted: %s", rule_word(accept.rule),
			why_not);
	if (id.at && !kind_of_id(id, &kind))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no id of an AMI, a snapshot or an instance", id.at);
	if (id.at && !rule_concerns(accept.rule, kind))
		return err_set(err, ERR_USAGE, "%s says nothing of %s: that is %s %s",
			rule_word(accept.rule), id.at, kind == NODE_SNAPSHOT ? "a" : "an",
			node_kind_title(kind));
	accept.id = id.at;
	vec_push(&request->policy.accepts, accept);
	return 0;
}

int
take_only(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	size_t len = strcspn(value, "/");
	struct place place = {.region = value[len] ? value + len + 1 : NULL};

	(void)opt;
	if (!id_is_account((struct slice){value, len}) ||
		(place.region && !id_is_region(slice_of(place.region))))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no place: ACCOUNT or ACCOUNT/REGION is wanted, such as "
			"123456789012/us-east-1",
			value);
	place.account = keep(request, value, len);
	vec_push(&request->policy.only, place);
	return 0;
}

/* The kinds that the contract lists: the two after them are never missed. */
static bool
kind_can_be_named(enum doc_kind kind)
{
	return kind != DOC_NONE && kind <= DOC_TERMINATION_PROTECTION;
}

static int
no_such_kind(const char *value, const char *beside, struct err *err)
{
	struct buf words = {0};
	int code;

	for (enum doc_kind kind = DOC_NONE + 1; kind_can_be_named(kind); kind++)
		buf_format(&words, "%s%s", words.len ? " " : "", doc_kind_word(kind));
	code = err_set(err, ERR_USAGE, "\"%.40s\" is no kind of document: one of %s%s", value,
		words.at, beside);
	buf_release(&words);
	return code;
}

static int
take_assume_complete(
	struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	enum doc_kind kind = doc_kind_from_word(slice_of(value));
	bool all = strcmp(value, "all") == 0;

	(void)opt;
	if (!all && !kind_can_be_named(kind))
		return no_such_kind(value, " all", err);
	for (enum doc_kind each = DOC_NONE + 1; kind_can_be_named(each); each++)
		if (all || each == kind)
			request->policy.assume_complete |= KIND_BIT(each);
	if (all || kind == DOC_PARAMETERS)
		request->policy.assume_aliases = true;
	return 0;
}

static int
take_require(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	enum doc_kind kind = doc_kind_from_word(slice_of(value));

	(void)opt;
	if (!kind_can_be_named(kind))
		return no_such_kind(value, "", err);
	request->policy.require |= KIND_BIT(kind);
	return 0;
}

static int
take_as_of(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!time_parse(slice_of(value), &request->policy.as_of))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no time: one such as 2026-11-22T00:00:00Z or 2026-11-22 is "
			"wanted",
			value);
	return 0;
}

int
take_prices(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!*value)
		return err_set(err, ERR_IO, "the path is empty: name a price list");
	vec_push(&request->price_files, value);
	return 0;
}

void
clear_prices(struct request *request)
{
	request->price_files.count = 0;
}

/* Lists are emptied without giving their memory back: the command line fills them again. */
#define CLEAR(name, list)                                                                          \
	static void name(struct request *request)                                                  \
	{                                                                                          \
		request->policy.list.count = 0;                                                    \
	}
CLEAR(clear_amis, amis)
CLEAR(clear_names, names)
CLEAR(clear_tags, tags)
CLEAR(clear_arches, architectures)
CLEAR(clear_protect_tags, protect_tags)
CLEAR(clear_in_use_selectors, in_use_selectors)
CLEAR(clear_accepts, accepts)
CLEAR(clear_only, only)

static void
clear_assumed(struct request *request)
{
	request->policy.assume_complete = 0;
	request->policy.assume_aliases = false;
}

static void
clear_required(struct request *request)
{
	request->policy.require = 0;
}

/* --save and --max-saving take each other's place. */
static void
forget_choice(struct request *request)
{
	request->policy.save = MONEY_UNKNOWN;
	request->policy.max_saving = false;
}

#define AT(member) offsetof(struct request, member)

/* In the order of the contract. */
static const struct opt selection[] = {
	{.name = "ami",
		.value = "ID",
		.take = take_ami,
		.clear = clear_amis,
		.in_policy = true,
		.help = "this AMI"},
	{.name = "ami-file",
		.value = "FILE",
		.take = take_ami_file,
		.clear = clear_amis,
		.in_policy = true,
		.is_path = true,
		.help = "the AMIs of this file: one id a line, # begins a comment"},
	{.name = "unused",
		.take = take_flag,
		.at = AT(policy.unused),
		.in_policy = true,
		.help = "every AMI of ours; those that something references are kept"},
	{.name = "orphans",
		.take = take_flag,
		.at = AT(policy.orphans),
		.in_policy = true,
		.help = "snapshots with strong evidence of an AMI that no longer exists, and "
			"mapped by none"},
	{.name = "name",
		.value = "GLOB",
		.take = take_name,
		.clear = clear_names,
		.in_policy = true,
		.help = "filter: by name"},
	{.name = "tag",
		.value = "KEY[=GLOB]",
		.take = take_tag,
		.clear = clear_tags,
		.in_policy = true,
		.help = "filter: by tag; KEY alone means present. The same key repeated means or, "
			"different "
			"ones mean and"},
	{.name = "arch",
		.value = "ARCH",
		.take = take_arch,
		.clear = clear_arches,
		.in_policy = true,
		.help = "filter: by architecture, of AMIs alone"},
	{.name = "older-than",
		.value = "AGE",
		.take = take_age,
		.at = AT(policy.older_than),
		.in_policy = true,
		.help = "only what was created at least AGE before --as-of: 90d, 12w, 6m, 1y, an "
			"ISO 8601 "
			"duration, 0d for off"},
	{.name = "not-launched-for",
		.value = "AGE",
		.take = take_age,
		.at = AT(policy.not_launched_for),
		.in_policy = true,
		.help = "only AMIs that were last launched at least AGE before --as-of"},
	{.name = "keep-last",
		.value = "N",
		.take = take_keep_last,
		.in_policy = true,
		.help = "keep the N newest AMIs of each group, per account, region and "
			"architecture"},
	{.name = "group-by",
		.value = "GROUP",
		.take = take_group_by,
		.in_policy = true,
		.help = "what a group of --keep-last is: name-prefix (default; the name without "
			"its trailing "
			"version, date or hash parts), tag:KEY or KEY,KEY..."},
	{.name = "protect-tag",
		.value = "KEY[=GLOB]",
		.take = take_protect_tag,
		.clear = clear_protect_tags,
		.in_policy = true,
		.help = "never touch what has this tag; on an AMI, its snapshots too"},
	{.name = "in-use-selector",
		.value = "SELECTOR",
		.take = take_in_use_selector,
		.clear = clear_in_use_selectors,
		.in_policy = true,
		.help = "tag:KEY[=GLOB] or name=GLOB, as Karpenter or a build tool picks AMIs: the "
			"newest "
			"match per architecture counts as referenced, with ,all after it every "
			"match"},
	{.name = "template-depth",
		.value = "N",
		.take = take_template_depth,
		.in_policy = true,
		.help = "how many of a launch template's newest versions count beside the live "
			"ones: a number "
			"(default 10) or all"},
	{.name = "max-steps",
		.value = "N",
		.take = take_max_steps,
		.in_policy = true,
		.help = "an error, and no plan, if more than N steps come out; with --max-saving "
			"the limit of the choice"},
	{.name = "max-percent",
		.value = "P",
		.take = take_max_percent,
		.in_policy = true,
		.help = "an error, and no plan, if more than P percent of a kind of resource of "
			"ours would go"},
	{.name = "save",
		.value = "USD",
		.take = take_save,
		.displace = forget_choice,
		.in_policy = true,
		.help = "of all that may go, only what disturbs least and surely saves so much a "
			"month: recently launched AMIs disturb most"},
	{.name = "max-saving",
		.take = take_flag,
		.at = AT(policy.max_saving),
		.displace = forget_choice,
		.in_policy = true,
		.help = "of all that may go, only what saves most in the --max-steps N that are "
			"allowed"},
	{.name = "save-by",
		.value = "END",
		.take = take_save_by,
		.in_policy = true,
		.help = "what --save and --max-saving count as saved: sure (default), what is "
			"surely freed; or most, what may be freed at most, which promises "
			"nothing"},
	{.name = "snapshots",
		.value = "WHAT",
		.take = take_snapshots,
		.in_policy = true,
		.help = "what becomes of the snapshots of an AMI that goes: delete (default) or "
			"keep"},
	{.name = "terminate-instances",
		.take = take_flag,
		.at = AT(policy.terminate_instances),
		.in_policy = true,
		.help = "also terminate the live instances of AMIs named by --ami, never of "
			"--unused"},
	{.name = "only",
		.value = "ACCOUNT[/REGION]",
		.take = take_only,
		.clear = clear_only,
		.in_policy = true,
		.help = "plan for this place only; the rest still counts as evidence"},
	{.name = "accept",
		.value = "RULE[=ID]",
		.take = take_accept,
		.clear = clear_accepts,
		.in_policy = true,
		.help = "override a safety rule by name, everywhere or for one resource"},
	{.name = "assume-complete",
		.value = "KIND",
		.take = take_assume_complete,
		.clear = clear_assumed,
		.in_policy = true,
		.help = "accept that documents of this kind are missing; all is every kind. The "
			"plan records it"},
	{.name = "require",
		.value = "KIND",
		.take = take_require,
		.clear = clear_required,
		.in_policy = true,
		.help = "block, instead of warn, where documents of this kind are missing"},
	{.name = "as-of",
		.value = "TIME",
		.take = take_as_of,
		.in_policy = true,
		.help = "\"now\", such as 2026-11-22T00:00:00Z; without it, a time from the "
			"inventory, never the "
			"clock"},
	{.name = "prices",
		.value = "FILE",
		.take = take_prices,
		.clear = clear_prices,
		.in_policy = true,
		.is_path = true,
		.help = "a price list instead of the built-in one: answers of `aws pricing "
			"get-products`, the bulk list as CSV, or JSON like planner/prices.json; "
			"gzip or not. Several make one list"},
	{.name = "policy",
		.value = "FILE",
		.take = take_text,
		.at = AT(policy_file),
		.help = "these options, --pins included, from a YAML or JSON file: keys are their "
			"names without "
			"the dashes. The command line wins"},
};

const struct opt_group selection_options = {"Selecting", selection, COUNT_OF(selection)};
