/*
 * What the inventory lacks: as text, as JSON, and as a bash script that collects it.
 * It must not know: why a plan needs it, or how the commands came about.
 */
#include "ids.h"
#include "layout.h"
#include "quote.h"
#include "view_json.h"

/* --- commands
 * ------------------------------------------------------------------------------------- */

/* The words of a command, one after another. False: no more. */
static bool
next_word(struct slice *rest, struct slice *word)
{
	const char *blank;

	while (rest->len && *rest->at == ' ')
		rest->at++, rest->len--;
	if (!rest->len)
		return false;
	blank = memchr(rest->at, ' ', rest->len);
	*word = (struct slice){rest->at, blank ? (size_t)(blank - rest->at) : rest->len};
	rest->at += word->len;
	rest->len -= word->len;
	return true;
}

static bool
is_made_of(struct slice text, const char *others)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		bool is_plain =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!is_plain && (c == '\0' || !strchr(others, c)))
			return false;
	}
	return text.len > 0;
}

/* Documented patterns only: ids of the four kinds that are asked for, or a parameter's name, which
 * never starts like an option. */
static bool
is_subject(const char *text)
{
	static const char *const PREFIXES[] = {"ami-", "snap-", "i-", "lt-"};
	struct slice subject = slice_of(text);

	for (size_t i = 0; i < sizeof(PREFIXES) / sizeof(PREFIXES[0]); i++)
		if (id_is(subject, PREFIXES[i]))
			return true;
	return subject.len <= 2048 && is_made_of(subject, "_./:-") && *text != '-';
}

/* The word of a command that a subject takes the place of. */
static bool
is_placeholder(struct slice word)
{
	return slice_is(word, "ID") || slice_is(word, "NAME");
}

static bool
has_placeholder(const char *command)
{
	struct slice rest = slice_of(command), word;

	while (next_word(&rest, &word))
		if (is_placeholder(word))
			return true;
	return false;
}

/* --- text
 * ----------------------------------------------------------------------------------------- */

/* Whole on one line, so that it can be copied; the subject stands in it when there is but one. */
static void
put_command(struct layout *layout, const struct view_missing *missing)
{
	struct slice rest = slice_of(missing->command), word;
	struct buf line = {0};

	while (next_word(&rest, &word)) {
		if (line.len)
			buf_add_char(&line, ' ');
		if (is_placeholder(word) && missing->subjects.count == 1 &&
			is_subject(missing->subjects.items[0]))
			buf_add_text(&line, missing->subjects.items[0]);
		else
			buf_add_slice(&line, word);
	}
	if (*missing->region)
		buf_format(&line, " --region %s", missing->region);
	layout_to(layout, 6);
	layout_data(layout, line.at ? line.at : "");
	layout_line(layout);
	buf_release(&line);
	if (missing->subjects.count < 2)
		return;
	layout->indent = 8;
	layout_to(layout, 8);
	layout_format(layout, "for each of %zu: ", missing->subjects.count);
	layout_list(layout, &missing->subjects, layout->verbose ? 0 : 5);
	layout_line(layout);
}

/* "DescribeFleets" of "ec2:DescribeFleets". */
static const char *
call_name(const struct view_failure *failure)
{
	const char *colon = strchr(failure->action, ':');

	return colon ? colon + 1 : *failure->action ? failure->action : "a call";
}

/* One line: what the collection met, and which action is to be allowed. */
static void
describe_failure(const struct view_failure *failure, struct buf *out)
{
	buf_format(out, "%s %s", call_name(failure), failure->denied ? "was denied" : "failed");
	if (failure->denied && *failure->action)
		buf_format(out, ": allow %s", failure->action);
	if (*failure->code)
		buf_format(out, ": %s", failure->code);
	if (*failure->message)
		buf_format(out, ": %s", failure->message);
}

static void
put_failures(struct layout *layout, const struct view_missing *missing)
{
	for (size_t i = 0; i < missing->failure_count; i++) {
		struct buf text = {0};

		describe_failure(&missing->failures[i], &text);
		layout_to(layout, 6);
		layout_wrap(layout, text.at);
		layout_line(layout);
		buf_release(&text);
	}
}

static void
put_missing(struct layout *layout, const struct view_missing *missing)
{
	layout_to(layout, 4);
	layout_style(layout, missing->needed ? STYLE_BLOCKED : STYLE_WARNING);
	layout_data(layout, missing->kind);
	layout_style(layout, STYLE_PLAIN);
	layout_to(layout, 32);
	layout_data(layout, missing->status);
	layout_to(layout, 42);
	if (missing->blocks)
		layout_format(
			layout, "blocks %zu item%s", missing->blocks, plural(missing->blocks));
	else
		layout_put(layout, missing->needed ? "blocks nothing now" : "a warning");
	layout_line(layout);
	layout->indent = 6;
	layout_to(layout, 6);
	layout_wrap(layout, missing->why);
	layout_line(layout);
	put_failures(layout, missing);
	put_command(layout, missing);
}

static bool
is_same_place(const struct view_missing *a, const struct view_missing *b)
{
	return strcmp(a->account, b->account) == 0 && strcmp(a->region, b->region) == 0;
}

void
write_missing_text(
	FILE *file, const struct view_missings *missing, const struct report_options *options)
{
	struct layout layout;

	layout_begin(&layout, file, options);
	if (!missing->count) {
		layout_put(&layout, "Nothing is missing from the inventory.");
		layout_line(&layout);
		return;
	}
	layout_style(&layout, STYLE_HEAD);
	layout_format(&layout, "Missing from the inventory: %zu", missing->count);
	layout_style(&layout, STYLE_PLAIN);
	layout_line(&layout);
	for (size_t i = 0; i < missing->count; i++) {
		const struct view_missing *this = &missing->items[i];

		if (i == 0 || !is_same_place(this, &missing->items[i - 1])) {
			layout_line(&layout);
			layout_put(&layout, "  ");
			layout_data(&layout, *this->account ? this->account : "(account unknown)");
			layout_put(&layout, "/");
			layout_data(&layout,
				*this->region ? this->region : "(region unknown: say --region)");
			layout_line(&layout);
		}
		put_missing(&layout, this);
	}
	layout_line(&layout);
	layout.indent = 0;
	layout_wrap(&layout,
		"The same call with `-T aws-cli` prints a script that runs these commands and "
		"saves what they answer.");
	layout_line(&layout);
}

/* --- JSON
 * ----------------------------------------------------------------------------------------- */

static void
put_json_failures(struct json_writer *w, const struct view_missing *missing)
{
	json_name(w, "errors");
	json_open(w, '[');
	for (size_t i = 0; i < missing->failure_count; i++) {
		const struct view_failure *failure = &missing->failures[i];

		json_open(w, '{');
		view_json_text_or_null(w, "action", failure->action);
		json_field_bool(w, "denied", failure->denied);
		view_json_text_or_null(w, "code", failure->code);
		view_json_text_or_null(w, "message", failure->message);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void
write_missing_json(FILE *file, const struct view_missings *missing)
{
	struct json_writer w;

	json_writer_file(&w, file, true);
	json_open(&w, '{');
	json_field(&w, "format", "amiplan.missing/1");
	json_name(&w, "missing");
	json_open(&w, '[');
	for (size_t i = 0; i < missing->count; i++) {
		const struct view_missing *this = &missing->items[i];

		json_open(&w, '{');
		view_json_text_or_null(&w, "account", this->account);
		view_json_text_or_null(&w, "region", this->region);
		json_field(&w, "kind", this->kind);
		json_field(&w, "status", this->status);
		json_field_bool(&w, "needed", this->needed);
		json_field_integer(&w, "blocks", (int64_t)this->blocks);
		json_field(&w, "why", this->why);
		put_json_failures(&w, this);
		json_field(&w, "command", this->command);
		view_json_texts(&w, "subjects", &this->subjects);
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
	fputc('\n', file);
}

/* --- script
 * --------------------------------------------------------------------------------------- */

static const char SCRIPT_HEAD[] =
	"#!/usr/bin/env bash\n"
	"# Collects what the inventory lacks. It only reads. Usage: bash SCRIPT [DIRECTORY]\n"
	"# Answers are saved as DIRECTORY/ACCOUNT/REGION/*.json (DIRECTORY: inventory). Sections "
	"of an account\n"
	"# other than that of the credentials are left out: run it once with the credentials of "
	"each.\n"
	"set -euo pipefail\n"
	"\n"
	"directory=${1:-inventory}\n"
	"account='' region=''\n"
	"saved=0 failed=0 skipped=0\n"
	"\n"
	"# place ACCOUNT REGION: what follows belongs there. An account of '' is that of the "
	"credentials,\n"
	"# a region of '' that of the environment. False if the credentials are of another "
	"account.\n"
	"place() {\n"
	"\tregion=${2:-${AWS_REGION:-${AWS_DEFAULT_REGION:-}}}\n"
	"\tif [[ -z $region ]]; then\n"
	"\t\techo 'set AWS_REGION to the region of the inventory' >&2\n"
	"\t\texit 1\n"
	"\tfi\n"
	"\taccount=$(aws sts get-caller-identity --region \"$region\" --query Account --output "
	"text)\n"
	"\tif [[ -n $1 && $account != \"$1\" ]]; then\n"
	"\t\tprintf 'left out: %s/%s (the credentials are of account %s)\\n' \"$1\" \"$region\" "
	"\"$account\" >&2\n"
	"\t\tskipped=$((skipped + 1))\n"
	"\t\treturn 1\n"
	"\tfi\n"
	"\tmkdir -p -- \"$directory/$account/$region\" || exit 1\n"
	"}\n"
	"\n"
	"# save NAME COMMAND…: the answer as a file, whole or not at all. A failure is counted, "
	"and the rest goes on.\n"
	"save() {\n"
	"\tlocal file=$directory/$account/$region/$1.json\n"
	"\tshift\n"
	"\tif \"$@\" --region \"$region\" --output json >\"$file.part\"; then\n"
	"\t\tmv -- \"$file.part\" \"$file\"\n"
	"\t\tsaved=$((saved + 1))\n"
	"\telse\n"
	"\t\trm -f -- \"$file.part\"\n"
	"\t\tprintf 'failed: %s\\n' \"$*\" >&2\n"
	"\t\tfailed=$((failed + 1))\n"
	"\tfi\n"
	"}\n";

static const char SCRIPT_FOOT[] = "\n"
				  "printf '%d saved, %d failed, %d sections left out\\n' "
				  "\"$saved\" \"$failed\" \"$skipped\" >&2\n"
				  "((failed == 0 && (saved > 0 || skipped == 0)))\n";

/* Kinds that are asked for one by one, and how to list all that there are, when nobody named any.
 */
struct lister {
	const char *kind;
	const char *command; /* prints the ids as text */
};

#define LIST_IMAGES                                                                                \
	"aws ec2 describe-images --owners self --include-deprecated --include-disabled --query "   \
	"'Images[].ImageId'"
#define LIST_SNAPSHOTS                                                                             \
	"aws ec2 describe-snapshots --owner-ids self --query 'Snapshots[].SnapshotId'"

static const struct lister LISTERS[] = {
	{"launch-template-versions",
		"aws ec2 describe-launch-templates --query 'LaunchTemplates[].LaunchTemplateId'"},
	{"launch-permissions", LIST_IMAGES},
	{"image-references", LIST_IMAGES},
	{"image-usage", LIST_IMAGES},
	{"last-launched-time", LIST_IMAGES},
	{"snapshot-permissions", LIST_SNAPSHOTS},
	{"termination-protection",
		"aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceId'"},
};

static const char *
lister_of(const char *kind)
{
	for (size_t i = 0; i < sizeof(LISTERS) / sizeof(LISTERS[0]); i++)
		if (strcmp(LISTERS[i].kind, kind) == 0)
			return LISTERS[i].command;
	return NULL;
}

/* Words that the shell would read as more than a word are quoted. */
static void
put_word(FILE *file, struct slice word)
{
	if (is_made_of(word, "_./:=,@%+-"))
		fwrite(word.at, 1, word.len, file);
	else
		quote_sh(file, word);
}

/* `save NAME COMMAND…` with "$subject" for the placeholder. */
static void
put_save(FILE *file, const struct view_missing *missing, const char *indent, bool in_loop)
{
	struct slice rest = slice_of(missing->command), word;

	fprintf(file, "%ssave ", indent);
	if (in_loop)
		fprintf(file, "\"%s-${subject//\\//%%2F}\"", missing->kind);
	else
		fputs(missing->kind, file);
	while (next_word(&rest, &word)) {
		fputc(' ', file);
		if (is_placeholder(word))
			fputs("\"$subject\"", file);
		else
			put_word(file, word);
	}
	fputc('\n', file);
}

/* Names what is left out; returns how many are not, and the last of these. */
static size_t
count_subjects(FILE *file, const struct view_missing *missing, const char **last)
{
	size_t good = 0;

	for (size_t i = 0; i < missing->subjects.count; i++) {
		if (is_subject(missing->subjects.items[i])) {
			*last = missing->subjects.items[i];
			good++;
			continue;
		}
		fputs("\t# left out, neither an id nor a legal parameter name: ", file);
		quote_text(file, slice_of(missing->subjects.items[i]));
		fputc('\n', file);
	}
	return good;
}

static void
put_subjects(FILE *file, const struct view_missing *missing)
{
	const char *last = NULL;
	size_t good = count_subjects(file, missing, &last);

	if (good < 2) {
		fputs(good ? "\tsubject=" : "\t:", file);
		if (good)
			quote_sh(file, slice_of(last));
		fputc('\n', file);
		if (good)
			put_save(file, missing, "\t", true);
		return;
	}
	fputs("\tfor subject in", file);
	for (size_t i = 0; i < missing->subjects.count; i++)
		if (is_subject(missing->subjects.items[i])) {
			fputs(" \\\n\t\t", file);
			quote_sh(file, slice_of(missing->subjects.items[i]));
		}
	fputs("; do\n", file);
	put_save(file, missing, "\t\t", true);
	fputs("\tdone\n", file);
}

/* Nobody named the subjects: all that there are. */
static void
put_all_subjects(FILE *file, const struct view_missing *missing)
{
	const char *lister = lister_of(missing->kind);

	if (!lister) {
		fprintf(file, "\t: # %s: nothing says which ones to ask for\n", missing->kind);
		return;
	}
	fprintf(file,
		"\tsubjects=$(%s --region \"$region\" --output text) || failed=$((failed + 1))\n",
		lister);
	fputs("\tfor subject in $subjects; do\n", file);
	fputs("\t\t[[ $subject != None ]] || continue\n", file);
	put_save(file, missing, "\t\t", true);
	fputs("\tdone\n", file);
}

/* What a script may be made of at all: a kind of ours and a command of `aws`. */
static bool
is_usable(const struct view_missing *missing)
{
	return is_made_of(slice_of(missing->kind), "-") &&
	       slice_starts(slice_of(missing->command), "aws ");
}

static void
put_comment(FILE *file, const char *text)
{
	fputs("\t# ", file);
	quote_text(file, slice_of(text));
	fputc('\n', file);
}

static void
put_script_missing(FILE *file, const struct view_missing *missing)
{
	fputc('\n', file);
	put_comment(file, missing->why);
	for (size_t i = 0; i < missing->failure_count; i++) {
		struct buf text = {0};

		describe_failure(&missing->failures[i], &text);
		put_comment(file, text.at);
		buf_release(&text);
	}
	if (!is_usable(missing))
		fputs("\t: # no command gets it\n", file);
	else if (!has_placeholder(missing->command))
		put_save(file, missing, "\t", false);
	else if (missing->subjects.count)
		put_subjects(file, missing);
	else
		put_all_subjects(file, missing);
}

static bool
is_usable_place(const struct view_missing *missing)
{
	struct slice account = slice_of(missing->account), region = slice_of(missing->region);

	return (!account.len || id_is_account(account)) && (!region.len || id_is_region(region));
}

static void
put_place(FILE *file, const struct view_missing *missing)
{
	fputs("\nif place ", file);
	quote_sh(file, slice_of(missing->account));
	fputc(' ', file);
	quote_sh(file, slice_of(missing->region));
	fputs("; then", file);
}

void
write_missing_script(FILE *file, const struct view_missings *missing)
{
	bool is_open = false;

	if (!missing->count) {
		fputs("#!/usr/bin/env bash\n# Nothing is missing from the inventory.\nexit 0\n",
			file);
		return;
	}
	fputs(SCRIPT_HEAD, file);
	for (size_t i = 0; i < missing->count; i++) {
		const struct view_missing *this = &missing->items[i];

		if (i == 0 || !is_same_place(this, &missing->items[i - 1])) {
			if (is_open)
				fputs("fi\n", file);
			is_open = is_usable_place(this);
			if (is_open)
				put_place(file, this);
		}
		if (is_open)
			put_script_missing(file, this);
	}
	if (is_open)
		fputs("fi\n", file);
	fputs(SCRIPT_FOOT, file);
}
