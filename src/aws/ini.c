/*
 * The INI dialect of ~/.aws/config and ~/.aws/credentials.
 * It must not know: which keys there are, which file comes first.
 */
#include "ini.h"
#include "buf.h"
#include "digest.h"
#include "utf8.h"
#include "words.h"

/* Names and values point into ini->text. */
struct ini_entry {
	const char *block; /* "": the key stands in the section itself */
	const char *key;
	char *value;
	uint32_t line;
};

struct ini_section {
	const char *raw; /* between the brackets */
	const char *name;
	int kind; /* enum ini_kind, or NO_KIND */
	uint32_t line;
	VEC(struct ini_entry) entries; /* sorted when the file is read: block, key, line */
};

struct ini {
	char *text; /* a copy, cut into strings in place */
	size_t size;
	struct arena names;
	VEC(struct ini_section) sections; /* sorted: kind, name, line */
};

enum { NO_KIND = -1 };

/* Lifetime: one ini_parse. */
struct reader {
	struct ini *ini;
	enum ini_dialect dialect;
	const char *title;
	struct err *err;
	uint32_t line;
	size_t indent;  /* of the last section or key */
	bool after_key; /* a continuation may follow */
};

/* --- words of a line ------------------------------------------------------------------------- */

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Cuts blanks off both ends, in place. */
static char *
strip(char *text)
{
	size_t len;

	while (is_space(*text))
		text++;
	len = strlen(text);
	while (len && is_space(text[len - 1]))
		text[--len] = '\0';
	return text;
}

static void
lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text | 0x20); /* ASCII's lower case */
}

static int
wrong(struct reader *reader, const char *what)
{
	return err_set_at(reader->err, ERR_SYNTAX, reader->title, reader->line, 0, "%s", what);
}

/* Parts `line` at the first of `marks` into a stripped key and value. False: there is none. */
static bool
split_pair(char *line, const char *marks, char **key, char **value)
{
	char *mark = strpbrk(line, marks);

	if (!mark)
		return false;
	*mark = '\0';
	*key = strip(line);
	*value = strip(mark + 1);
	return **key != '\0';
}

/* --- sections -------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	int kind;
} kinds[] = {
	{"profile", INI_PROFILE},
	{"sso-session", INI_SSO_SESSION},
	{"services", INI_SERVICES},
};

/* What a header of the config file names; one that names nothing of ours stays NO_KIND. */
static void
name_section(struct reader *reader, struct ini_section *section)
{
	word_list words = {0};
	bool whole;

	section->kind = INI_PROFILE;
	section->name = section->raw;
	if (reader->dialect == INI_CREDENTIALS || strcmp(section->raw, "default") == 0)
		return;
	section->kind = NO_KIND;
	whole = words_split(slice_of(section->raw), &reader->ini->names, &words);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!whole || words.count != 2 || strcmp(words.items[0], kinds[i].word) != 0)
			continue;
		section->kind = kinds[i].kind;
		section->name = words.items[1];
	}
	vec_release(&words);
}

static int
read_header(struct reader *reader, char *line)
{
	struct ini_section section = {.raw = line + 1, .line = reader->line};
	char *close = strrchr(line, ']');

	if (!close || close == line + 1)
		return wrong(reader, "a section's name ends in ']'");
	*close = '\0';
	name_section(reader, &section);
	vec_push(&reader->ini->sections, section);
	reader->after_key = false;
	return 0;
}

/* --- keys ------------------------------------------------------------------------------------ */

static int
read_key(struct reader *reader, char *line)
{
	struct ini *ini = reader->ini;
	struct ini_entry entry = {.block = "", .line = reader->line};
	char *key;

	if (ini->sections.count == 0)
		return wrong(reader, "a line before the first [section]");
	if (!split_pair(line, "=:", &key, &entry.value))
		return wrong(reader, "neither a [section] nor `key = value`");
	lower(key);
	entry.key = key;
	vec_push(&ini->sections.items[ini->sections.count - 1].entries, entry);
	reader->after_key = true;
	return 0;
}

/*
 * A line that continues the key before it. Below an empty value it is a pair of that key's block;
 * below any other it makes a value of several lines, of which no setting has any use: the `aws`
 * command takes it and fails later, without saying where.
 */
static int
read_continuation(struct reader *reader, char *line)
{
	struct ini *ini = reader->ini;
	struct ini_section *section = &ini->sections.items[ini->sections.count - 1];
	const struct ini_entry *last = &section->entries.items[section->entries.count - 1];
	struct ini_entry entry = {.line = reader->line};
	char *key;

	if (*last->block == '\0' && *last->value != '\0')
		return wrong(reader, "this line is indented, so it continues the value above; "
				     "take the blanks before it away");
	if (!split_pair(line, "=", &key, &entry.value))
		return wrong(reader, "a line of a nested block that is not `key = value`");
	entry.block = *last->block ? last->block : last->key;
	entry.key = key;
	vec_push(&section->entries, entry);
	return 0;
}

static int
read_line(struct reader *reader, char *line)
{
	size_t indent = 0;

	while (is_space(line[indent]))
		indent++;
	line = strip(line);
	if (*line == '\0' || *line == '#' || *line == ';')
		return 0;
	if (reader->after_key && indent > reader->indent)
		return read_continuation(reader, line);
	reader->indent = indent;
	return *line == '[' ? read_header(reader, line) : read_key(reader, line);
}

/* --- order ----------------------------------------------------------------------------------- */

static int
compare_names(const struct ini_section *a, int kind, const char *name)
{
	return a->kind != kind ? (a->kind < kind ? -1 : 1) : strcmp(a->name, name);
}

static int
compare_sections(const void *x, const void *y)
{
	const struct ini_section *a = x, *b = y;
	int order = compare_names(a, b->kind, b->name);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

static int
compare_keys(const struct ini_entry *a, const char *block, const char *key)
{
	int order = strcmp(a->block, block);

	return order ? order : strcmp(a->key, key);
}

static int
compare_entries(const void *x, const void *y)
{
	const struct ini_entry *a = x, *b = y;
	int order = compare_keys(a, b->block, b->key);

	return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* Twice the same key in a section is a mistake; in a block the last one counts. */
static int
sort_entries(struct reader *reader, struct ini_section *section)
{
	size_t kept = 0;

	if (section->entries.count == 0)
		return 0;
	qsort(section->entries.items, section->entries.count, sizeof(struct ini_entry),
		compare_entries);
	vec_foreach (entry, &section->entries) {
		struct ini_entry *before = section->entries.items + (kept ? kept - 1 : 0);

		if (kept && compare_keys(before, entry->block, entry->key) == 0) {
			if (*entry->block == '\0')
				return err_set_at(reader->err, ERR_SYNTAX, reader->title,
					entry->line, 0,
					"%s stands twice in this section; the first is "
					"in line %u",
					entry->key, (unsigned)before->line);
			*before = *entry;
			continue;
		}
		section->entries.items[kept++] = *entry;
	}
	section->entries.count = kept;
	return 0;
}

/*
 * The same header twice is a mistake; [default] and [profile default] are two that name one
 * profile, and the later one counts.
 */
static int
sort_sections(struct reader *reader)
{
	struct ini *ini = reader->ini;
	const struct ini_section *before = NULL;

	if (ini->sections.count)
		qsort(ini->sections.items, ini->sections.count, sizeof(struct ini_section),
			compare_sections);
	vec_foreach (section, &ini->sections) {
		int code = sort_entries(reader, section);

		if (code)
			return code;
		if (before && strcmp(before->raw, section->raw) == 0 &&
			before->kind == section->kind)
			return err_set_at(reader->err, ERR_SYNTAX, reader->title, section->line, 0,
				"the section [%s] stands twice; the first is in line %u",
				section->raw, (unsigned)before->line);
		before = section;
	}
	return 0;
}

/* --- the file -------------------------------------------------------------------------------- */

static int
check_text(struct reader *reader, struct slice text)
{
	const char *at = text.at, *end = text.at + text.len;

	reader->line = 1;
	while (at < end) {
		size_t length = utf8_read(at, end, NULL);

		if (length == 0 || *at == '\0')
			return wrong(reader, "this is not UTF-8 text; save the file again as such");
		reader->line += *at == '\n';
		at += length;
	}
	return 0;
}

static int
read_lines(struct reader *reader)
{
	char *line = reader->ini->text;

	if (strncmp(line, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
		line += 3;
	for (reader->line = 1; line; reader->line++) {
		char *feed = strchr(line, '\n');
		int code;

		if (feed)
			*feed = '\0';
		code = read_line(reader, line);
		if (code)
			return code;
		line = feed ? feed + 1 : NULL;
	}
	return sort_sections(reader);
}

int
ini_parse(struct slice text, enum ini_dialect dialect, const char *title, struct ini **out,
	struct err *err)
{
	struct ini *ini = xcalloc(1, sizeof(*ini));
	struct reader reader = {.ini = ini, .dialect = dialect, .title = title, .err = err};
	int code = check_text(&reader, text);

	ini->text = xstrndup(text.at ? text.at : "", text.len);
	ini->size = text.len;
	if (code == 0)
		code = read_lines(&reader);
	if (code)
		ini_free(ini);
	else
		*out = ini;
	return code;
}

void
ini_free(struct ini *ini)
{
	if (!ini)
		return;
	vec_foreach (section, &ini->sections)
		vec_release(&section->entries);
	vec_release(&ini->sections);
	arena_release(&ini->names);
	digest_wipe(ini->text, ini->size);
	free(ini->text);
	free(ini);
}

/* --- looking up ------------------------------------------------------------------------------ */

/* The last section of that kind and name: binary search for the end of its run. */
static const struct ini_section *
find_section(const struct ini *ini, enum ini_kind kind, const char *name)
{
	size_t low = 0, high = ini->sections.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_names(&ini->sections.items[middle], (int)kind, name) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || compare_names(&ini->sections.items[low - 1], (int)kind, name) != 0)
		return NULL;
	return &ini->sections.items[low - 1];
}

bool
ini_has(const struct ini *ini, enum ini_kind kind, const char *name)
{
	return find_section(ini, kind, name) != NULL;
}

const char *
ini_block_value(const struct ini *ini, enum ini_kind kind, const char *name, const char *block,
	const char *key)
{
	const struct ini_section *section = find_section(ini, kind, name);
	size_t low = 0, high = section ? section->entries.count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ini_entry *entry = &section->entries.items[middle];
		int order = compare_keys(entry, block, key);

		if (order == 0)
			return entry->value;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *
ini_value(const struct ini *ini, enum ini_kind kind, const char *name, const char *key)
{
	return ini_block_value(ini, kind, name, "", key);
}
