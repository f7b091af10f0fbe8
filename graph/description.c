/*
 * The grammar of snapshot descriptions: one table, one row a form, and the matcher that reads a
 * row. It must not know: whether any of the ids exists.
 *
 * A machine's text stands at the very start of a description, with nothing before it. A text that
 * is only nearly a machine's is a person's, and proves nothing: so is one that says for which AMI
 * it was made and then goes on, since who wrote behind it may have meant to keep the snapshot.
 */
#include "description.h"
#include "err.h"
#include "ids.h"

/* What may stand behind the matched piece. */
enum after {
	AFTER_NOTE,    /* the end, or a blank and a note: ids in the note are mentions */
	AFTER_END,     /* the end */
	AFTER_FOREIGN, /* anything: an older text that speaks of another place; its ids are mentions
			*/
	AFTER_NAME,    /* anything: a name somebody chose; its ids are nothing */
};

/*
 * A row's pieces are matched one after the other; the first must match, each further one may go on
 * where the one before it ended. In a piece `%` and a letter stand for a value (the table `values`
 * says which), all else for itself.
 */
#define PIECES 4

struct row {
	enum description_form form;
	enum after after;
	bool repeats; /* the (single) piece may stand several times, with or without a blank between
		       */
	const char *pieces[PIECES];
};

static const struct row rows[] = {
	{DESCRIPTION_CREATE_IMAGE, AFTER_END, false,
		{"Created by CreateImage(%i) for %a", " from %v"}},
	{DESCRIPTION_COPY_IMAGE, AFTER_END, false,
		{"Copied for DestinationAmi %a", " from SourceAmi %b", " for SourceSnapshot %s",
			". Task created on %n."}},
	{DESCRIPTION_COPY_SNAPSHOT, AFTER_FOREIGN, true, {"[Copied %s from %r]"}},
	{DESCRIPTION_LIFECYCLE, AFTER_NAME, false, {WORDS_OF_LIFECYCLE "%p schedule: "}},
	{DESCRIPTION_BACKUP, AFTER_NOTE, false, {WORDS_OF_BACKUP_SNAPSHOT "."}},
	{DESCRIPTION_BACKUP, AFTER_NOTE, false, {WORDS_OF_BACKUP_IMAGE "."}},
	{DESCRIPTION_VM_IMPORT, AFTER_NOTE, false,
		{"Created by AWS-VMImport service", " for import-%r"}},
	{DESCRIPTION_MOTO, AFTER_END, false, {"Auto-created snapshot for AMI %a"}},
};

static const char *const form_names[] = {
	[DESCRIPTION_FREE] = "free",
	[DESCRIPTION_CREATE_IMAGE] = "create-image",
	[DESCRIPTION_COPY_IMAGE] = "copy-image",
	[DESCRIPTION_COPY_SNAPSHOT] = "copy-snapshot",
	[DESCRIPTION_LIFECYCLE] = "lifecycle",
	[DESCRIPTION_BACKUP] = "backup",
	[DESCRIPTION_VM_IMPORT] = "vm-import",
	[DESCRIPTION_MOTO] = "moto",
};

/* A value is an id (prefix and 8 or 17 hex digits, with a claim) or a run of certain characters, at
 * least one. */
struct value {
	char letter;
	const char *prefix; /* of an id, or of the run */
	const char *run;    /* characters of a run; NULL: an id */
	enum claim_role role;
};

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

static const struct value values[] = {
	{'i', "i-", NULL, CLAIM_SOURCE_INSTANCE},
	{'a', "ami-", NULL, CLAIM_MADE_FOR},
	{'b', "ami-", NULL, CLAIM_SOURCE_IMAGE},
	{'s', "snap-", NULL, CLAIM_SOURCE_SNAPSHOT},
	{'v', "vol-", NULL, CLAIM_SOURCE_VOLUME},
	{'r', "", LETTERS DIGITS "-", CLAIM_MENTIONS},
	{'p', "policy-", DIGITS "abcdef", CLAIM_MENTIONS},
	{'n', "", DIGITS ",", CLAIM_MENTIONS},
};

static void
add_claim(struct description *d, enum claim_role role, struct slice id)
{
	if (d->count < DESCRIPTION_CLAIMS)
		d->claims[d->count++] = (struct claim){role, id};
}

static const struct value *
value_of(char letter)
{
	const struct value *value = values;

	while (value->letter != letter)
		value++;
	return value;
}

/* Characters at the start of `text` that are in `set`. */
static size_t
run_length(struct slice text, const char *set)
{
	size_t len = 0;

	while (len < text.len && text.at[len] && strchr(set, text.at[len]))
		len++;
	return len;
}

/* Matches a value at the start of `text`: its length, or 0. */
static size_t
match_value(const struct value *value, struct slice text)
{
	size_t start = strlen(value->prefix);
	struct slice rest;
	size_t run;

	if (!slice_starts(text, value->prefix))
		return 0;
	rest = (struct slice){text.at + start, text.len - start};
	run = run_length(rest, value->run ? value->run : DIGITS "abcdef");
	if (run == 0 ||
		(!value->run && !id_is((struct slice){text.at, start + run}, value->prefix)))
		return 0;
	return start + run;
}

/* Matches a piece at the start of `text`, adding its claims to `d`: its length, or 0. */
static size_t
match_piece(const char *piece, struct slice text, struct description *d)
{
	size_t at = 0;

	for (const char *p = piece; *p; p++) {
		const struct value *value;
		size_t len;

		if (*p != '%') {
			if (at == text.len || text.at[at++] != *p)
				return 0;
			continue;
		}
		value = value_of(*++p);
		len = match_value(value, (struct slice){text.at + at, text.len - at});
		if (len == 0)
			return 0;
		if (!value->run)
			add_claim(d, value->role, (struct slice){text.at + at, len});
		at += len;
	}
	return at;
}

static bool
may_end(enum after after, struct slice text, size_t at)
{
	if (at == text.len)
		return true;
	return after == AFTER_NOTE ? text.at[at] == ' ' : after != AFTER_END;
}

/* The further copies of a repeating piece are older history: only the first one speaks of this
 * snapshot. */
static size_t
skip_repeats(const char *piece, struct slice text, size_t at)
{
	for (;;) {
		struct description older = {.count = 0};
		size_t next = at + (at < text.len && text.at[at] == ' ');
		size_t len =
			match_piece(piece, (struct slice){text.at + next, text.len - next}, &older);

		if (len == 0)
			return at;
		at = next + len;
	}
}

/*
 * Matches as many of the row's pieces as leave a good end behind them, as a regular expression with
 * nested optional groups would. False, `out` untouched, if not even the first does.
 */
static bool
match_row(const struct row *row, struct slice text, struct description *out)
{
	struct description trial = {.form = row->form};
	size_t at = 0;
	bool found = false;

	for (unsigned i = 0; i < PIECES && row->pieces[i]; i++) {
		size_t len = match_piece(
			row->pieces[i], (struct slice){text.at + at, text.len - at}, &trial);

		if (len == 0)
			break;
		at += len;
		if (row->repeats)
			at = skip_repeats(row->pieces[i], text, at);
		if (!may_end(row->after, text, at))
			continue;
		trial.matched = (struct slice){text.at, at};
		*out = trial;
		found = true;
	}
	return found;
}

static void
add_mentions(struct description *d, struct slice text)
{
	size_t from = 0;
	struct slice id;

	while (d->count < DESCRIPTION_CLAIMS && id_find(text, "ami-", &from, &id))
		add_claim(d, CLAIM_MENTIONS, id);
}

void
description_read(struct slice text, struct description *out)
{
	*out = (struct description){.form = DESCRIPTION_FREE};
	if (text.len == 0)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!match_row(&rows[i], text, out))
			continue;
		if (rows[i].after == AFTER_NOTE || rows[i].after == AFTER_FOREIGN)
			add_mentions(out, (struct slice){text.at + out->matched.len,
						  text.len - out->matched.len});
		return;
	}
	add_mentions(out, text);
}

bool
description_is_of_service(struct slice text)
{
	return slice_starts(text, WORDS_OF_LIFECYCLE) ||
	       slice_starts(text, WORDS_OF_BACKUP_SNAPSHOT) ||
	       slice_starts(text, WORDS_OF_BACKUP_IMAGE);
}

bool
description_is_made_for(enum description_form form)
{
	return form == DESCRIPTION_CREATE_IMAGE || form == DESCRIPTION_COPY_IMAGE;
}

const char *
description_form_name(enum description_form form)
{
	return form_names[form];
}
