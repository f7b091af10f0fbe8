/*
 * A bundle: a directory beside its final name, a file for each format, their digests, one rename.
 * It must not know: how a format is written.
 */
#include "bundle.h"
#include "texts.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lifetime: one bundle. */
struct bundle {
	const struct saved_plan *plan;
	struct report_options options;
	struct arena arena;
	char *staging; /* the directory while it has another name */
	VEC(const char *) files;
	VEC(const char *) accounts; /* that have steps */
};

static const char *
path_of(struct bundle *bundle, const char *file)
{
	return arena_format(&bundle->arena, "%s/%s", bundle->staging, file);
}

/* --- what goes into it ----------------------------------------------------------------------- */

static void
add_account(struct bundle *bundle, const char *account)
{
	vec_foreach (known, &bundle->accounts)
		if (strcmp(*known, account) == 0)
			return;
	vec_push(&bundle->accounts, arena_text(&bundle->arena, slice_of(account)));
}

/* Steps stand by account within a phase: nearly always the last one is met again. */
static void
find_accounts(struct bundle *bundle)
{
	const struct plan_view *view = &bundle->plan->view;
	struct arena arena = {0};

	for (size_t i = 0; i < view->step_count; i++) {
		struct view_target target;

		view->target(view, i, &arena, &target);
		if (i == 0 || strcmp(bundle->accounts.items[bundle->accounts.count - 1],
				      target.account) != 0)
			add_account(bundle, target.account);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

static int
write_file(struct bundle *bundle, const char *name, const char *format, struct err *err)
{
	const struct buf *saved = &bundle->plan->bytes;
	struct out out;
	int code = out_open(&out, path_of(bundle, name), err);

	if (code != 0)
		return code;
	if (strcmp(format, "json") == 0) /* the very bytes that were approved */
		fwrite(saved->at, 1, saved->len, out.file);
	else
		code = work_write_plan(
			format, out.file, &bundle->plan->view, &bundle->options, err);
	if (code == 0)
		code = out_commit(&out, err);
	else
		out_abandon(&out);
	if (code == 0)
		vec_push(&bundle->files, name);
	return code;
}

/* A name with a place for the account is written once for each. */
static int
write_format(struct bundle *bundle, const struct plan_format *format, struct err *err)
{
	const char *mark = strchr(format->file, '%');
	int code = 0;

	if (!mark)
		return write_file(bundle, format->file, format->name, err);
	for (size_t i = 0; i < bundle->accounts.count && code == 0; i++) {
		bundle->options.account = bundle->accounts.items[i];
		code = write_file(bundle,
			arena_format(&bundle->arena, "%.*s%s%s", (int)(mark - format->file),
				format->file, bundle->options.account, mark + 1),
			format->name, err);
	}
	bundle->options.account = NULL;
	return code;
}

static int
write_sums(struct bundle *bundle, struct err *err)
{
	struct out out;
	int code = out_open(&out, path_of(bundle, "SHA256SUMS"), err);

	if (code != 0)
		return code;
	texts_sort(bundle->files.items, bundle->files.count);
	vec_foreach (file, &bundle->files) {
		char text[DIGEST_TEXT_SIZE];
		uint8_t digest[DIGEST_SIZE];
		struct buf bytes = {0};

		code = file_read(NULL, path_of(bundle, *file), 0, &bytes, err);
		if (code != 0)
			break;
		digest_of(buf_slice(&bytes), digest);
		digest_text(digest, text);
		fprintf(out.file, "%s  %s\n", text + strlen("sha256:"), *file);
		buf_release(&bytes);
	}
	if (code == 0)
		return out_commit(&out, err);
	out_abandon(&out);
	return code;
}

static int
write_all(struct bundle *bundle, struct err *err)
{
	size_t count;
	const struct plan_format *formats = plan_formats(&count);
	int code = 0;

	find_accounts(bundle);
	for (size_t i = 0; i < count && code == 0; i++)
		code = write_format(bundle, &formats[i], err);
	return code == 0 ? write_sums(bundle, err) : code;
}

/* --- the directory --------------------------------------------------------------------------- */

static void
remove_staging(struct bundle *bundle)
{
	(void)unlink(path_of(bundle, "SHA256SUMS"));
	vec_foreach (file, &bundle->files)
		(void)unlink(path_of(bundle, *file));
	(void)rmdir(bundle->staging);
}

static int
make_staging(struct bundle *bundle, const char *directory, struct err *err)
{
	if (access(directory, F_OK) == 0)
		return err_set_at(err, ERR_IO, directory, 0, 0,
			"it exists: a bundle is a directory of its own, name a new one");
	bundle->staging = arena_format(&bundle->arena, "%s.new-XXXXXX", directory);
	if (!mkdtemp(bundle->staging) || chmod(bundle->staging, 0755) != 0)
		return err_set_at(
			err, ERR_IO, directory, 0, 0, "cannot be made: %s", strerror(errno));
	return 0;
}

int
bundle_write(
	const char *directory, const struct saved_plan *plan, const char *digest, struct err *err)
{
	struct bundle bundle = {.plan = plan, .options = {.digest = digest, .verbose = true}};
	struct slice name = slice_of(directory);
	int code;

	while (name.len > 1 && name.at[name.len - 1] == '/')
		name.len--;
	directory = arena_text(&bundle.arena, name);
	code = make_staging(&bundle, directory, err);
	if (code == 0) {
		code = write_all(&bundle, err);
		if (code == 0 && rename(bundle.staging, directory) != 0)
			code = err_set_at(err, ERR_IO, directory, 0, 0, "cannot be made: %s",
				strerror(errno));
		if (code != 0)
			remove_staging(&bundle);
	}
	vec_release(&bundle.files);
	vec_release(&bundle.accounts);
	arena_release(&bundle.arena);
	return code;
}
