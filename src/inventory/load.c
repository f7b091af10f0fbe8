/*
 * The whole way from paths to a graph: find, map, digest, sort, read, settle places, freeze.
 * Documents are taken in the order of their digests, so that no order of arguments or names can
 * change a result. It must not know: JSON, members, policy, output.
 */
#include "load.h"

#include "cache.h"
#include "collection.h"
#include "gunzip.h"
#include "parallel.h"
#include "reread.h"
#include "strpool.h"
#include "texts.h"
#include "unpack.h"

#include <pthread.h>

/* What the documents of one folder agree on. */
struct folder {
	struct place place;
	bool many_accounts, many_regions;
	size_t files;          /* documents of a known kind in it */
	struct digest *digest; /* of them all, while they are counted; NULL: none yet */
	char sha256[DIGEST_TEXT_SIZE];
	size_t keeper; /* number of its collection document plus one; 0: none */
};

/* Lifetime: one inventory_load. */
struct load {
	const struct inventory_options *options;
	struct inventory *inventory;
	struct builder *builder;
	struct cache *cache; /* NULL: none */
	struct reader reader;
	struct strpool folder_names;
	VEC(struct folder) folders; /* by number of the name */
	struct strpool paths;
	VEC(size_t) by_path; /* number of the file, by number of the path */
	struct err *err;
};

/* --- files -------------------------------------------------------------------------------------
 */

static int
find_files(struct load *load, file_list *found)
{
	bool stdin_named = false;

	for (size_t i = 0; i < load->options->path_count; i++) {
		const char *path = load->options->paths[i];
		int code;

		if (strcmp(path, "-") == 0 && stdin_named)
			return err_set(load->err, ERR_USAGE,
				"standard input (-) is named twice; it can be read once");
		stdin_named = stdin_named || strcmp(path, "-") == 0;
		code = files_find(load->inventory->text, path, FILES_JSON, found, load->err);
		if (code)
			return code;
	}
	return 0;
}

/*
 * The digest is of the document as it was before somebody packed it: the same document is the same
 * evidence.
 */
static void
digest_file(void *files, size_t i)
{
	struct mapped_file *file = (struct mapped_file *)files + i;
	const struct file_bytes *bytes = &file->bytes;
	struct digest *digest;

	if (file->digested)
		return;
	digest = digest_new();
	for (size_t at = 0; at < bytes->size;) {
		size_t next = bytes->size - at > LIMIT_WINDOW ? at + LIMIT_WINDOW : bytes->size;

		digest_add(digest, bytes->at + at, next - at);
		file_let_go(bytes, at, next);
		at = next;
	}
	digest_end_take(digest, file->sha256);
}

static int
open_file(struct mapped_file *file, struct err *err)
{
	const char *path = file->found.path;
	int code = file_load(path, &file->bytes, err);

	if (code == 0)
		code = file_unpack(path, &file->bytes, err);
	if (code)
		return code;
	if (file->bytes.size == 0)
		return err_set_at(err, ERR_SYNTAX, path, 0, 0,
			"this file is empty; run the command that was to fill it again");
	if (gunzip_is_packed((struct slice){file->bytes.at, file->bytes.size}))
		return err_set_at(err, ERR_SYNTAX, path, 0, 0,
			"this file is gzip-compressed twice; decompress it (gunzip), then name the "
			"result");
	place_of_path(path, &file->path);
	return 0;
}

/* Files that are opened side by side. The first of them that fails is the one that tells. */
struct opening {
	struct mapped_file *files;
	struct meter *meter;
	pthread_mutex_t lock;
	/* below: guarded by `lock` */
	size_t failed; /* number of that file, or how many there are */
	int code;
	struct err err;
};

static void
open_one(void *context, size_t i)
{
	struct opening *opening = context;
	struct err err = {0};
	bool wanted;
	int code;

	pthread_mutex_lock(&opening->lock);
	wanted = i < opening->failed;
	pthread_mutex_unlock(&opening->lock);
	code = wanted ? open_file(&opening->files[i], &err) : 0;
	meter_add(opening->meter, 1, opening->files[i].bytes.size);
	if (code == 0)
		return;
	pthread_mutex_lock(&opening->lock);
	if (i < opening->failed) {
		opening->failed = i;
		opening->code = code;
		opening->err = err;
	}
	pthread_mutex_unlock(&opening->lock);
}

static int
open_all(struct load *load)
{
	struct inventory *inventory = load->inventory;
	struct opening opening = {.files = inventory->files,
		.meter = load->options->meter,
		.failed = inventory->file_count};

	meter_begin(opening.meter, inventory->file_count, 0);
	pthread_mutex_init(&opening.lock, NULL);
	parallel_for(inventory->file_count, open_one, &opening);
	pthread_mutex_destroy(&opening.lock);
	if (opening.code)
		*load->err = opening.err;
	return opening.code;
}

static int
compare_files(const void *a, const void *b)
{
	const struct mapped_file *x = a;
	const struct mapped_file *y = b;
	int order = memcmp(x->sha256, y->sha256, sizeof(x->sha256));

	return order ? order : strcmp(x->found.path, y->found.path);
}

static int
open_files(struct load *load)
{
	struct inventory *inventory = load->inventory;
	file_list found = {0};
	int code = find_files(load, &found);

	if (code == 0 && found.count) {
		inventory->files = xcalloc(found.count, sizeof(*inventory->files));
		inventory->file_count = found.count;
		for (size_t i = 0; i < found.count; i++)
			inventory->files[i].found = found.items[i];
		code = open_all(load);
	}
	vec_release(&found);
	if (code || inventory->file_count == 0)
		return code;
	cache_know(load->cache, inventory->files, inventory->file_count);
	parallel_for(inventory->file_count, digest_file, inventory->files);
	qsort(inventory->files, inventory->file_count, sizeof(*inventory->files), compare_files);
	for (size_t i = 1; i < inventory->file_count; i++) {
		inventory->files[i].number = i;
		bool copy = memcmp(inventory->files[i].sha256, inventory->files[i - 1].sha256,
				    DIGEST_SIZE) == 0;

		inventory->files[i].twin = copy ? inventory->files[i - 1].twin : i;
	}
	return 0;
}

/* --- reading -----------------------------------------------------------------------------------
 */

static int
read_file(struct load *load, struct mapped_file *file)
{
	struct document base = {
		.bytes = file->bytes.at, .size = file->bytes.size, .mapped = file->bytes.mapped};

	base.path = file_text(load->inventory->text, file->found.relative);
	base.opened = file->found.path;
	memcpy(base.sha256, file->sha256, sizeof(base.sha256));
	int code = document_read(&load->reader, &base, &file->bytes, file->found.path, &file->read);
	file_let_go(&file->bytes, 0, file->bytes.size);
	return code;
}

/* A name is shown as in an error: what a terminal would act on is escaped. */
static void
say(struct load *load, const struct mapped_file *file, const char *what)
{
	struct buf line = {0};
	struct err shown;

	if (!load->options->say)
		return;
	(void)err_set_at(&shown, ERR_OK, file->found.path, 0, 0, "%s", what);
	buf_format(&line, "%s: %s", shown.file, shown.text);
	load->options->say(line.at, load->options->say_to);
	buf_release(&line);
}

/* What was no document of a known kind: an error if it was named, or looks like what was meant;
 * else one line. */
static int
judge_use(struct load *load, const struct mapped_file *file)
{
	const char *path = file->found.path;
	bool named = file->found.named;

	switch (file->read.use) {
	case USE_RECORDS:
		break;
	case USE_BARE:
		if (named || file->read.is_listing)
			return err_set_at(load->err, ERR_VALUE, path, 1, 1,
				"a bare list, as --query makes it: "
				"save the whole document that `aws … --output json` prints");
		say(load, file, "skipped: a bare list, of no known kind of document");
		break;
	case USE_UNKNOWN:
		if (named)
			return err_set_at(load->err, ERR_VALUE, path, 1, 1,
				"of no known kind of document: "
				"amiplan reads what `aws ec2 describe-images --output json` "
				"and its neighbours print");
		say(load, file, "skipped: of no known kind of document");
		break;
	case USE_OWN:
		if (named)
			return err_set_at(load->err, ERR_VALUE, path, 1, 1,
				"amiplan's own output, no inventory: name the documents it was "
				"made from");
		break;
	case USE_COLLECTION:
		break;
	case USE_LATER:
		if (named)
			say(load, file,
				"skipped: this version takes nothing from this kind of document");
		break;
	}
	return 0;
}

static int
read_collection(struct load *load, struct mapped_file *file)
{
	struct slice bytes = {file->bytes.at, file->bytes.size};

	file->collected = arena_alloc(load->inventory->text, sizeof(*file->collected));
	return collection_read(
		bytes, file->found.path, load->inventory->text, file->collected, load->err);
}

static size_t
bytes_of_all(const struct inventory *inventory)
{
	size_t bytes = 0;

	for (size_t i = 0; i < inventory->file_count; i++)
		bytes += inventory->files[i].bytes.size;
	return bytes;
}

static int
read_originals(struct load *load)
{
	struct inventory *inventory = load->inventory;

	meter_begin(load->options->meter, inventory->file_count, bytes_of_all(inventory));
	for (size_t i = 0; i < inventory->file_count; i++) {
		struct mapped_file *file = &inventory->files[i];
		int code = 0;

		if (file->twin == i) {
			code = read_file(load, file);
		} else {
			file->read = inventory->files[file->twin].read;
			meter_add(load->options->meter, 1, file->bytes.size);
		}
		if (code == 0)
			code = judge_use(load, file);
		if (code == 0 && file->read.use == USE_COLLECTION)
			code = read_collection(load, file);
		if (code)
			return code;
	}
	return 0;
}

/* --- places ------------------------------------------------------------------------------------
 */

static int
join(struct load *load, const struct mapped_file *file, char *known, size_t room,
	const char *inside, const char *what)
{
	if (place_set(known, room, slice_of(inside)))
		return 0;
	return err_set_at(load->err, ERR_CONFLICT, file->found.path, 0, 0,
		"the path says %s %s, but the content says %s", what, known, inside);
}

/* A collection's word and the path's. */
static int
join_collection(struct load *load, struct mapped_file *file)
{
	const struct mapped_file *governor = &load->inventory->files[file->governor];
	const struct place *told = &governor->collected->place;

	if (!place_set(file->base.account, sizeof(file->base.account), slice_of(told->account)))
		return err_set_at(load->err, ERR_CONFLICT, governor->found.path, 0, 0,
			"the path says account %s, but the collection is of %s", file->base.account,
			told->account);
	if (!place_set(file->base.region, sizeof(file->base.region), slice_of(told->region)))
		return err_set_at(load->err, ERR_CONFLICT, governor->found.path, 0, 0,
			"the path says region %s, but the collection is of %s", file->base.region,
			told->region);
	return 0;
}

/* What collection, path and content say together. */
static int
join_place(struct load *load, struct mapped_file *file)
{
	const struct place *inside = &file->read.inside;
	struct place *base = &file->base;
	int code;

	*base = file->path;
	if (file->governor != NOBODY && (code = join_collection(load, file)) != 0)
		return code;
	if (file->read.per_item)
		return 0;
	code = join(load, file, base->account, sizeof(base->account), inside->account, "account");
	if (code)
		return code;
	return join(load, file, base->region, sizeof(base->region), inside->region, "region");
}

static struct folder *
folder_of(struct load *load, const struct mapped_file *file)
{
	sid id = strpool_add(&load->folder_names, slice_of(file->found.folder));

	while (load->folders.count <= id) {
		struct folder none;

		memset(&none, 0, sizeof(none));
		vec_push(&load->folders, none);
	}
	return &load->folders.items[id];
}

/* The collection document in the file's folder or the nearest above it. */
static size_t
find_governor(const struct load *load, const struct mapped_file *file)
{
	struct slice folder = slice_of(file->found.folder);

	while (folder.len) {
		sid id = strpool_find(&load->folder_names, folder);

		if (id && id < load->folders.count && load->folders.items[id].keeper)
			return load->folders.items[id].keeper - 1;
		while (folder.len && folder.at[--folder.len] != '/')
			;
	}
	return NOBODY;
}

/* Two of one folder say two things of the same documents, unless they are one. */
static int
note_keepers(struct load *load)
{
	struct inventory *inventory = load->inventory;

	for (size_t i = 0; i < inventory->file_count; i++) {
		const struct mapped_file *file = &inventory->files[i];
		struct folder *folder;

		if (file->read.use != USE_COLLECTION)
			continue;
		folder = folder_of(load, file);
		if (folder->keeper && inventory->files[folder->keeper - 1].twin != file->twin)
			return err_set_at(load->err, ERR_CONFLICT, file->found.path, 0, 0,
				"there are two collection documents in this directory: keep the "
				"one that its files are from");
		if (!folder->keeper)
			folder->keeper = i + 1;
	}
	for (size_t i = 0; i < inventory->file_count; i++)
		inventory->files[i].governor = find_governor(load, &inventory->files[i]);
	return 0;
}

static void
learn_folder(struct load *load, const struct mapped_file *file)
{
	struct folder *folder = folder_of(load, file);
	struct place *place = &folder->place;

	folder->files++;
	if (!folder->digest)
		folder->digest = digest_new();
	digest_add_line(folder->digest, file->sha256); /* files come sorted by it */
	if (!place_set(place->account, sizeof(place->account), slice_of(file->base.account)))
		folder->many_accounts = true;
	if (!place_set(place->region, sizeof(place->region), slice_of(file->base.region)))
		folder->many_regions = true;
}

/* What path and content leave open: from the neighbours, then from the command line. */
static void
settle_place(struct load *load, struct mapped_file *file)
{
	const struct inventory_options *options = load->options;
	struct place *place = &file->place;
	const struct folder *folder = folder_of(load, file);

	*place = file->base;
	if (file->read.per_item)
		return;
	if (!place->account[0] && !folder->many_accounts)
		memcpy(place->account, folder->place.account, sizeof(place->account));
	if (!place->account[0] && options->account_count == 1)
		(void)place_set(
			place->account, sizeof(place->account), slice_of(options->accounts[0]));
	if (!place->region[0] && !folder->many_regions)
		memcpy(place->region, folder->place.region, sizeof(place->region));
	if (!place->region[0] && options->region)
		(void)place_set(place->region, sizeof(place->region), slice_of(options->region));
}

static sid
intern(struct load *load, const char *text)
{
	return text[0] ? builder_text(load->builder, slice_of(text)) : 0;
}

static void
set_place(struct load *load, const struct mapped_file *file)
{
	struct document *document = builder_document_at(load->builder, file->read.doc);

	document->account = intern(load, file->place.account);
	document->region = intern(load, file->place.region);
}

static bool
has_place(const struct mapped_file *file)
{
	return file->read.use == USE_RECORDS || file->read.use == USE_COLLECTION;
}

static int
settle_places(struct load *load)
{
	struct inventory *inventory = load->inventory;
	int code = note_keepers(load);

	for (size_t i = 0; code == 0 && i < inventory->file_count; i++) {
		struct mapped_file *file = &inventory->files[i];

		code = has_place(file) ? join_place(load, file) : 0;
		if (code == 0 && file->read.use == USE_RECORDS)
			learn_folder(load, file);
	}
	for (size_t i = 0; code == 0 && i < inventory->file_count; i++) {
		if (has_place(&inventory->files[i]))
			settle_place(load, &inventory->files[i]);
	}
	return code;
}

/* --- copies: the same bytes elsewhere -----------------------------------------------------------
 */

static int
compare_copies(const void *a, const void *b)
{
	const struct mapped_file *x = a;
	const struct mapped_file *y = b;
	int order = memcmp(&x->place, &y->place, sizeof(x->place));

	return order ? order : strcmp(x->found.path, y->found.path);
}

static bool
same_place(const struct mapped_file *a, const struct mapped_file *b)
{
	return memcmp(&a->place, &b->place, sizeof(a->place)) == 0;
}

/*
 * The same bytes at the same place are the same statement, and count once; at another place (an
 * empty list, say) they are another document. Files `first + 1` to `end - 1` are copies of `first`.
 */
static int
read_copies(struct load *load, size_t first, size_t end)
{
	struct mapped_file *files = load->inventory->files;

	qsort(files + first + 1, end - first - 1, sizeof(*files), compare_copies);
	for (size_t i = first + 1; i < end; i++) {
		int code = 0;

		files[i].read.doc = 0;
		if (same_place(&files[i], &files[first]) ||
			(i > first + 1 && same_place(&files[i], &files[i - 1])))
			continue;
		code = read_file(load, &files[i]);
		if (code)
			return code;
		set_place(load, &files[i]);
	}
	return 0;
}

static int
read_groups(struct load *load)
{
	struct inventory *inventory = load->inventory;
	size_t end;

	meter_begin(load->options->meter, 0, 0); /* copies are read again, and were counted */
	for (size_t first = 0; first < inventory->file_count; first = end) {
		int code = 0;

		for (end = first + 1;
			end < inventory->file_count && inventory->files[end].twin == first;)
			end++;
		if (inventory->files[first].read.use != USE_RECORDS)
			continue;
		set_place(load, &inventory->files[first]);
		if (end > first + 1)
			code = read_copies(load, first, end);
		if (code)
			return code;
	}
	return 0;
}

/* --- collections --------------------------------------------------------------------------------
 */

/* The name of something in the collection's directory, in `path`. */
static struct slice
path_beside(const struct mapped_file *collection, struct slice name, struct buf *path)
{
	buf_clear(path);
	buf_format(path, "%s/%.*s", collection->found.folder, (int)name.len, name.at);
	return buf_slice(path);
}

static const struct folder *
find_folder(const struct load *load, struct slice path)
{
	sid id = strpool_find(&load->folder_names, path);

	return id && id < load->folders.count ? &load->folders.items[id] : NULL;
}

static void
end_digests(struct load *load)
{
	uint8_t sha256[DIGEST_SIZE];

	vec_foreach (folder, &load->folders) {
		if (!folder->digest)
			continue;
		digest_end_take(folder->digest, sha256);
		digest_text(sha256, folder->sha256);
		folder->digest = NULL;
	}
}

/* The name under which a file was collected, though somebody has packed it since. */
static struct slice
saved_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct slice name = slice_of(slash ? slash + 1 : path);
	const struct slice packed = SLICE(".gz");

	if (name.len > packed.len &&
		memcmp(name.at + name.len - packed.len, packed.at, packed.len) == 0)
		name.len -= packed.len;
	return name;
}

/* Every file by its resolved path, so that each call finds the one it was saved to. */
static void
index_paths(struct load *load)
{
	struct inventory *inventory = load->inventory;
	struct buf path = {0};

	for (size_t i = 0; i < inventory->file_count; i++) {
		const struct mapped_file *file = &inventory->files[i];
		sid id = strpool_add(
			&load->paths, path_beside(file, saved_name(file->found.path), &path));

		while (load->by_path.count <= id)
			vec_push(&load->by_path, 0);
		load->by_path.items[id] = i;
	}
	buf_release(&path);
}

static struct mapped_file *
find_file(const struct load *load, struct slice path)
{
	sid id = strpool_find(&load->paths, path);

	return id ? &load->inventory->files[load->by_path.items[id]] : NULL;
}

/* What has become of the files that a call was saved to, a document or a folder of them. Only what
 * is still as it was written is vouched for. */
enum saved { SAVED_AS_WRITTEN, SAVED_CHANGED, SAVED_GONE };

static enum saved
find_saved(const struct load *load, struct slice path, const struct collected_call *call)
{
	const struct mapped_file *file = find_file(load, path);
	const struct folder *folder = find_folder(load, path);
	char sha256[DIGEST_TEXT_SIZE] = "";

	if (!call->file)
		return SAVED_AS_WRITTEN;
	if (file)
		digest_text(file->sha256, sha256);
	else if (!folder || folder->files < call->files)
		return SAVED_GONE;
	else
		memcpy(sha256, folder->sha256, sizeof(sha256));
	return !call->sha256 || strcmp(call->sha256, sha256) == 0 ? SAVED_AS_WRITTEN
								  : SAVED_CHANGED;
}

static void
say_changed(struct load *load, const struct mapped_file *collection, const char *name)
{
	struct buf what = {0};

	buf_format(&what,
		"%s was changed after it was collected: the collection does not vouch for it",
		name);
	say(load, collection, what.at);
	buf_release(&what);
}

/* An empty list does not tell what it is a list of; the call that it answers does. */
static void
settle_empty(struct load *load, struct slice path, const struct collected_call *call)
{
	const struct mapped_file *file = call->file ? find_file(load, path) : NULL;
	struct document *document;

	if (!file || !file->read.doc)
		return;
	document = builder_document_at(load->builder, file->read.doc);
	if (document->records == 0)
		document->kind = call->kind;
}

static void
register_collection(struct load *load, struct mapped_file *file)
{
	struct document document = {
		.path = file_text(load->inventory->text, file->found.relative),
		.opened = file->found.path,
		.kind = DOC_COLLECTION,
		.records = file->collected->call_count,
		.bytes = file->bytes.at,
		.size = file->bytes.size,
	};

	memcpy(document.sha256, file->sha256, sizeof(document.sha256));
	file->read.doc = builder_document(load->builder, &document);
	set_place(load, file);
}

static void
vouch_kinds(struct load *load, const struct mapped_file *file, struct collected_kind *kinds)
{
	struct document *document = builder_document_at(load->builder, file->read.doc);

	for (enum doc_kind kind = DOC_NONE + 1; kind < DOC_KINDS; kind++)
		if (collected_kind_speaks(&kinds[kind]))
			builder_vouch(load->builder, document->account, document->region, kind,
				collected_kind_status(&kinds[kind]));
}

/* IAM's name of the call; what is no such name is not made one. */
static sid
intern_action(struct load *load, const struct collected_call *call)
{
	struct buf name = {0};
	sid id;

	if (!call->service || !call->action)
		return 0;
	buf_format(&name, "%s:%s", call->service, call->action);
	id = intern(load, name.at);
	buf_release(&name);
	return id;
}

static void
note_failure(
	struct load *load, const struct collected *collected, const struct collected_call *call)
{
	const struct failed_call failed = {
		.kind = call->kind,
		.account = intern(load, collected->place.account),
		.region = intern(load, collected->place.region),
		.action = intern_action(load, call),
		.code = intern(load, call->code ? call->code : ""),
		.text = intern(load, call->message ? call->message : ""),
		.denied = call->status == COVERAGE_DENIED,
	};

	if (call->code || call->message)
		builder_failed_call(load->builder, &failed);
}

/* Of the kinds that a call answered, those where one was not asked for managed resources, or none
 * was: where a service's resources are hidden, they are not in the answer. */
struct asked_managed {
	bool with[DOC_KINDS], without[DOC_KINDS];
};

static void
note_managed(struct asked_managed *asked, const struct collected_call *call)
{
	if (call->status == COVERAGE_ABSENT || call->status == COVERAGE_DENIED)
		return;
	asked->with[call->kind] = asked->with[call->kind] || call->managed;
	asked->without[call->kind] = asked->without[call->kind] || !call->managed;
}

static void
vouch(struct load *load, size_t number)
{
	struct mapped_file *file = &load->inventory->files[number];
	const struct collected *collected = file->collected;
	struct collected_kind kinds[DOC_KINDS] = {{0}};
	struct asked_managed asked = {{0}, {0}};
	struct collection_facts facts = {.started = collected->started};
	struct buf path = {0};

	register_collection(load, file);
	for (size_t i = 0; i < collected->call_count; i++) {
		const struct collected_call *call = &collected->calls[i];
		struct slice at = path_beside(file, slice_of(call->file ? call->file : ""), &path);
		enum saved saved = find_saved(load, at, call);

		if (call->kind == DOC_NONE)
			continue;
		note_failure(load, collected, call);
		collected_kind_add(&kinds[call->kind], call, saved == SAVED_AS_WRITTEN);
		if (saved == SAVED_CHANGED)
			say_changed(load, file, call->file);
		if (saved != SAVED_AS_WRITTEN)
			continue;
		settle_empty(load, at, call);
		facts.disabled = facts.disabled || (call->kind == DOC_IMAGES && call->disabled);
		note_managed(&asked, call);
	}
	for (size_t kind = 0; kind < DOC_KINDS; kind++)
		facts.managed[kind] = asked.with[kind] && !asked.without[kind];
	vouch_kinds(load, file, kinds);
	facts.account = intern(load, file->place.account);
	facts.region = intern(load, file->place.region);
	builder_collected(load->builder, &facts);
	buf_release(&path);
}

/* A copy says it of its own directory, unless that is of the same place. */
static void
vouch_all(struct load *load)
{
	struct inventory *inventory = load->inventory;

	index_paths(load);
	end_digests(load);
	for (size_t i = 0; i < inventory->file_count; i++)
		if (inventory->files[i].read.use == USE_COLLECTION && inventory->files[i].twin == i)
			vouch(load, i);
}

/* --- freeze -------------------------------------------------------------------------------------
 */

static int
freeze(struct load *load)
{
	const struct inventory_options *options = load->options;
	struct freeze_options to = {0};
	sid *accounts = xcalloc(options->account_count + 1, sizeof(*accounts));
	int code;

	for (size_t i = 0; i < options->account_count; i++)
		accounts[i] = intern(load, options->accounts[i]);
	to.accounts = accounts;
	to.account_count = (uint32_t)options->account_count;
	to.identities = load->reader.sink.identities.items;
	to.identity_count = (uint32_t)load->reader.sink.identities.count;
	code = builder_freeze(load->builder, &to, &load->inventory->graph, load->err);
	free(accounts);
	return code;
}

/*
 * One digest for all: of the sorted lines "sha256 kind account region". A document that turned out
 * to be of no kind (an empty Snapshots list) is listed nowhere and counts nowhere.
 */
static void
digest_inventory(struct inventory *inventory)
{
	const struct graph *graph = inventory->graph;
	const char **lines = xcalloc(graph->documents.count + 1, sizeof(*lines));
	struct digest *digest = digest_new();
	struct arena arena = {0};
	size_t count = 0;

	for (size_t i = 1; i < graph->documents.count; i++) {
		const struct document *document = &graph->documents.items[i];
		char hex[DIGEST_TEXT_SIZE];

		if (document->kind == DOC_NONE)
			continue;
		digest_text(document->sha256, hex);
		lines[count++] = arena_format(&arena, "%s %s %s %s\n", hex + strlen("sha256:"),
			doc_kind_word(document->kind),
			strpool_text(&graph->strings, document->account),
			strpool_text(&graph->strings, document->region));
	}
	texts_sort(lines, count);
	for (size_t i = 0; i < count; i++)
		digest_add(digest, lines[i], strlen(lines[i]));
	digest_end_take(digest, inventory->digest);
	arena_release(&arena);
	free(lines);
}

static int
read_all(struct load *load)
{
	int code = read_originals(load);

	if (code == 0)
		code = settle_places(load);
	if (code == 0)
		code = read_groups(load);
	if (code == 0)
		vouch_all(load);
	if (code == 0)
		code = pins_load(load->options, load->inventory, load->builder, load->err);
	if (code == 0)
		code = freeze(load);
	if (code == 0)
		digest_inventory(load->inventory);
	return code;
}

static int
load_all(struct load *load)
{
	int code = open_files(load);

	if (code == 0 && !cache_find(load->cache, load->inventory))
		code = read_all(load);
	if (code == 0)
		cache_keep(load->cache, load->inventory);
	return code;
}

/* Through the cache, if there is one, goes all that is said. */
static int
open_cache(struct load *load, struct inventory_options *heard)
{
	int code = cache_open(load->options, &load->cache, load->err);

	if (!load->cache)
		return code;
	heard->say = cache_hear;
	heard->say_to = load->cache;
	load->options = heard;
	return code;
}

int
inventory_load(const struct inventory_options *options, struct inventory **out, struct err *err)
{
	struct err own = {0};
	struct load load = {.options = options, .err = err ? err : &own};
	struct inventory_options heard = *options;
	int code;

	load.inventory = xcalloc(1, sizeof(*load.inventory));
	load.inventory->text = xcalloc(1, sizeof(*load.inventory->text));
	load.builder = builder_new();
	strpool_init(&load.folder_names);
	strpool_init(&load.paths);
	reader_init(&load.reader, load.builder, load.err);
	load.reader.meter = options->meter;
	code = open_cache(&load, &heard);
	if (code == 0)
		code = load_all(&load);
	cache_close(load.cache);
	reader_release(&load.reader);
	strpool_release(&load.folder_names);
	strpool_release(&load.paths);
	vec_release(&load.by_path);
	end_digests(&load);
	vec_release(&load.folders);
	builder_free(load.builder);
	if (code) {
		inventory_free(load.inventory);
		return code;
	}
	load.inventory->reread = reread_new(load.inventory);
	*out = load.inventory;
	return 0;
}

void
inventory_free(struct inventory *inventory)
{
	if (!inventory)
		return;
	reread_free(inventory->reread);
	graph_free(inventory->graph);
	for (size_t i = 0; i < inventory->file_count; i++)
		file_release(&inventory->files[i].bytes);
	free(inventory->files);
	arena_release(inventory->text);
	free(inventory->text);
	free(inventory);
}
