/*
 * The options of the verbs that call AWS: whom AWS sees, and what is collected.
 * It must not know: how options are parsed, how AWS is called.
 */
#include "ids.h"
#include "opts.h"
#include "whole_file.h"

#define CONCURRENCY_MAX 256u
/* The longest that a whole request may take: to wait longer for a part of it changes nothing. */
#define SECONDS_MAX (LIMIT_HTTP_TOTAL_MS / 1000u)

/* --- whom AWS sees --------------------------------------------------------------------------- */

static int
take_number(struct request *request, const struct opt *opt, const char *value, unsigned max,
	struct err *err)
{
	uint64_t number;

	if (!opt_number(slice_of(value), max, &number) || number < 1)
		return err_set(err, ERR_USAGE, "\"%s\" is no number from 1 to %u", value, max);
	*(unsigned *)((char *)request + opt->at) = (unsigned)number;
	return 0;
}

static int
take_concurrency(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	return take_number(request, opt, value, CONCURRENCY_MAX, err);
}

/* The `aws` command's 0, to wait for ever, is none: every wait is bounded. */
static int
take_seconds(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	return take_number(request, opt, value, SECONDS_MAX, err);
}

static bool
is_role_arn(struct slice text)
{
	struct arn arn;

	return id_parse_arn(text, &arn) && slice_is(arn.service, "iam") &&
	       id_is_account(arn.account) && slice_starts(arn.resource, "role/") &&
	       arn.resource.len > strlen("role/");
}

static int
take_role(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!is_role_arn(slice_of(value)))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no role: one such as arn:aws:iam::111122223333:role/reader is "
			"wanted",
			value);
	vec_push(&request->roles, ((struct wanted_role){.arn = value}));
	return 0;
}

static void
clear_roles(struct request *request)
{
	request->roles.count = 0;
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

/* "arn:aws:iam::111122223333:role/reader", or "111122223333 reader". */
static bool
read_role(struct request *request, struct slice line, struct wanted_role *out)
{
	size_t len = 0;
	struct slice name;

	if (is_role_arn(line)) {
		*out = (struct wanted_role){.arn = arena_text(&request->arena, line)};
		return true;
	}
	while (len < line.len && !strchr(" \t", line.at[len]))
		len++;
	name = trimmed((struct slice){line.at + len, line.len - len});
	if (!id_is_account((struct slice){line.at, len}) || name.len == 0)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (strchr(" \t:", name.at[i]) || (unsigned char)name.at[i] < 0x20)
			return false;
	*out = (struct wanted_role){
		.account = arena_text(&request->arena, (struct slice){line.at, len}),
		.name = arena_text(&request->arena, name),
	};
	return true;
}

/* One account a line; blank lines and what follows a # do not count. */
static int
add_roles(struct request *request, struct slice bytes, const char *name, struct err *err)
{
	size_t before = request->roles.count;
	uint32_t line = 0;

	while (bytes.len > 0) {
		const char *end = memchr(bytes.at, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.at) : bytes.len;
		const char *comment = memchr(bytes.at, '#', len);
		struct slice text = trimmed(
			(struct slice){bytes.at, comment ? (size_t)(comment - bytes.at) : len});
		struct wanted_role role;

		line++;
		if (text.len && !read_role(request, text, &role))
			return err_set_at(err, ERR_USAGE, name, line,
				(uint32_t)(text.at - bytes.at) + 1,
				"a role's ARN is wanted, or an account and a role's name: "
				"111122223333 reader");
		if (text.len)
			vec_push(&request->roles, role);
		bytes.at += end ? len + 1 : len;
		bytes.len -= end ? len + 1 : len;
	}
	if (request->roles.count == before)
		return err_set_at(
			err, ERR_USAGE, name, 0, 0, "names no account: one role a line is wanted");
	return 0;
}

static int
take_accounts(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	struct buf bytes = {0};
	int code;

	(void)opt;
	if (!*value)
		return err_set(err, ERR_USAGE, "the path is empty");
	code = file_read(request, value, LIMIT_CONFIG_BYTES, &bytes, err);
	if (code == 0)
		code = add_roles(request, buf_slice(&bytes), file_title(value), err);
	buf_release(&bytes);
	return code;
}

/* --- what is collected ----------------------------------------------------------------------- */

static int
take_regions(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!id_is_region(slice_of(value)))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no region: one such as us-east-1 is wanted", value);
	vec_foreach (region, &request->regions) /* named twice it is one region still */
		if (strcmp(*region, value) == 0)
			return 0;
	vec_push(&request->regions, value);
	return 0;
}

static void
clear_regions(struct request *request)
{
	request->regions.count = 0;
}

static int
take_collect_ami(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)opt;
	if (!id_is(slice_of(value), "ami-"))
		return err_set(err, ERR_USAGE,
			"\"%s\" is no AMI id: ami- and 8 or 17 hex digits are wanted", value);
	vec_push(&request->collect_amis, value);
	return 0;
}

static void
clear_collect_amis(struct request *request)
{
	request->collect_amis.count = 0;
}

static int
take_details(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	static const char *const words[] = {[COLLECT_ALL] = "all",
		[COLLECT_CANDIDATES] = "candidates",
		[COLLECT_NONE] = "none"};

	(void)opt;
	for (size_t i = COLLECT_ALL; i < COUNT_OF(words); i++)
		if (strcmp(value, words[i]) == 0) {
			request->details = (enum collect_choice)i;
			return 0;
		}
	return err_set(err, ERR_USAGE, "\"%s\" is none of all, candidates, none", value);
}

/* --- what is carried out --------------------------------------------------------------------- */

static int
take_no_dry_run(struct request *request, const struct opt *opt, const char *value, struct err *err)
{
	(void)request;
	(void)opt;
	(void)value;
	return err_set(err, ERR_USAGE,
		"this version only asks AWS what it would do and carries nothing out");
}

static void
clear_only(struct request *request)
{
	request->policy.only.count = 0;
}

/* --- the tables ------------------------------------------------------------------------------ */

#define AT(member) offsetof(struct request, member)

static const struct opt connection[] = {
	{.name = "profile",
		.value = "NAME",
		.take = take_text,
		.at = AT(profile),
		.help = "the profile of ~/.aws/config and ~/.aws/credentials (default: "
			"AWS_PROFILE, else default)"},
	{.name = "endpoint-url",
		.value = "URL",
		.take = take_text,
		.at = AT(endpoint_url),
		.help = "call this address instead of AWS's own"},
	{.name = "ca-bundle",
		.value = "FILE",
		.take = take_text,
		.at = AT(ca_bundle),
		.help = "trust these certificate authorities (PEM) instead of the system's"},
	{.name = "concurrency",
		.value = "N",
		.take = take_concurrency,
		.at = AT(concurrency),
		.help = "calls under way at a time (default 32)"},
	{.name = "cli-read-timeout",
		.value = "SECONDS",
		.take = take_seconds,
		.at = AT(read_timeout),
		.help = "an answer that has not begun, or that stalls, for so long is given up, "
			"and the call is tried again (default 60); as a whole an answer gets 300"},
	{.name = "cli-connect-timeout",
		.value = "SECONDS",
		.take = take_seconds,
		.at = AT(connect_timeout),
		.help = "a connection that does not stand after so long, its name found and its "
			"certificate checked, is given up, and the call is tried again (default "
			"10)"},
};

static const struct opt roles[] = {
	{.name = "role-arn",
		.value = "ARN",
		.take = take_role,
		.clear = clear_roles,
		.help = "assume this role, and work in its account"},
	{.name = "accounts",
		.value = "FILE",
		.take = take_accounts,
		.help = "assume the roles that this file names, one a line: an ARN, or an account "
			"and a role's name"},
	{.name = "external-id",
		.value = "ID",
		.take = take_text,
		.at = AT(external_id),
		.help = "the external id that the roles ask for"},
};

static const struct opt collection[] = {
	{.name = "region",
		.value = "REGION",
		.take = take_regions,
		.clear = clear_regions,
		.help = "collect this region (default: that of the settings)"},
	{.name = "all-regions",
		.take = take_flag,
		.at = AT(all_regions),
		.help = "collect every region that the account has enabled"},
	{.name = "details",
		.value = "WHICH",
		.take = take_details,
		.help = "which AMIs are asked about one by one (launch permissions, image "
			"references): all, candidates (no live instance runs them, or --ami "
			"names them) or none; default all in a region of 2,000 AMIs or fewer, "
			"else candidates"},
	{.name = "ami",
		.value = "ID",
		.take = take_collect_ami,
		.clear = clear_collect_amis,
		.help = "ask about this AMI in any case, and about its instances' termination "
			"protection"},
	{.name = "snapshot-permissions",
		.take = take_flag,
		.at = AT(snapshot_permissions),
		.help = "ask of each snapshot whom it is shared with: one call a snapshot"},
	{.name = "no-old-versions",
		.take = take_flag,
		.at = AT(no_old_versions),
		.help = "read only the default and latest versions of launch templates; what the "
			"others name is then not known"},
	{.name = "whoami",
		.take = take_flag,
		.at = AT(whoami),
		.help = "only say which identity this is, and where each setting comes from"},
	{.name = "blocks",
		.value = "PLAN",
		.take = take_text,
		.at = AT(blocks_plan),
		.help = "instead, read the block lists that make the saving of this plan exact, "
			"into the inventory DIRECTORY; requests are charged: how many and what "
			"they cost is said first, and lists that are there are not read again"},
	{.name = "prices",
		.value = "FILE",
		.take = take_prices,
		.clear = clear_prices,
		.help = "with --blocks, the price list that says what a request costs, instead of "
			"the built-in one"},
	{.name = "max-cost",
		.value = "USD",
		.take = take_text,
		.at = AT(max_cost),
		.help = "with --blocks, what the requests may cost without asking back (default "
			"1)"},
	{.name = "yes",
		.take = take_flag,
		.at = AT(yes),
		.help = "with --blocks, do not ask back, whatever it costs"},
	{.name = "force",
		.take = take_flag,
		.at = AT(force),
		.help = "replace directories that hold files which no collection wrote"},
};

static const struct opt prices[] = {
	{.name = "prices",
		.value = "FILE",
		.take = take_prices,
		.clear = clear_prices,
		.help = "print this price list instead of the built-in one: amiplan's own, an "
			"answer of pricing:GetProducts, or the bulk list as CSV"},
	{.name = "refresh",
		.take = take_flag,
		.at = AT(refresh),
		.help = "ask AWS's price list (pricing:GetProducts), which is free, and print what "
			"it says"},
	{.name = "region",
		.value = "REGION",
		.take = take_regions,
		.clear = clear_regions,
		.help = "only this region (default: all of the price book; with --refresh, those "
			"of "
			"the INVENTORY)"},
};

static const struct opt carrying_out[] = {
	{.name = "only",
		.value = "ACCOUNT[/REGION]",
		.take = take_only,
		.clear = clear_only,
		.help = "only the steps of this place"},
	{.name = "no-dry-run", .take = take_no_dry_run, .help = "refused: this version only asks"},
};

#define GROUP(title, array)                                                                        \
	{                                                                                          \
		title, array, COUNT_OF(array)                                                      \
	}

const struct opt_group aws_options = GROUP("AWS", connection);
const struct opt_group role_options = GROUP("AWS", roles);
const struct opt_group collect_options_group = GROUP("Collection", collection);
const struct opt_group prices_options = GROUP("Prices", prices);
const struct opt_group apply_options = GROUP("Steps", carrying_out);
