/*
 * A small inventory on disk for a test.
 * It must not know: which part is tested.
 */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "given.h"

void
given_begin(struct given *given)
{
	const char *tmp = getenv("TMPDIR");

	memset(given, 0, sizeof(*given));
	(void)snprintf(given->dir, sizeof(given->dir), "%.40s/given-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(given->dir));
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void
unload(struct given *given)
{
	inventory_free(given->inventory);
	given->inventory = NULL;
	given->graph = NULL;
}

void
given_end(struct given *given)
{
	unload(given);
	(void)nftw(given->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_release(&given->paths);
}

const char *
given_path(struct given *given, const char *path)
{
	return arena_format(&given->paths, path[0] ? "%s/%s" : "%s%s", given->dir, path);
}

void
given_file(struct given *given, const char *path, const char *text)
{
	char *full = arena_text(&given->paths, slice_of(given_path(given, path)));
	FILE *file;

	for (char *slash = full + strlen(given->dir) + 1; (slash = strchr(slash, '/')) != NULL;
		slash++) {
		*slash = '\0';
		assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
	file = fopen(full, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static void
hear(const char *line, void *to)
{
	struct given *given = to;
	size_t used = strlen(given->said);

	(void)snprintf(given->said + used, sizeof(given->said) - used, "%s\n", line);
}

int
given_load_paths(struct given *given, const char *const *paths, size_t count)
{
	const char **full = arena_array(&given->paths, count, sizeof(*full));
	int code;

	for (size_t i = 0; i < count; i++)
		full[i] = given_path(given, paths[i]);
	unload(given);
	memset(&given->err, 0, sizeof(given->err));
	given->said[0] = '\0';
	given->options.paths = full;
	given->options.path_count = count;
	given->options.say = hear;
	given->options.say_to = given;
	code = inventory_load(&given->options, &given->inventory, &given->err);
	if (code == 0) {
		given->graph = given->inventory->graph;
		assert_int_equal(graph_check(given->graph, &given->err), 0);
	}
	return code;
}

int
given_load(struct given *given)
{
	static const char *const here[] = {""};

	return given_load_paths(given, here, 1);
}

int
given_document(struct given *given, const char *text)
{
	given_file(given, "111122223333/us-east-1/document.json", text);
	return given_load(given);
}

nid
given_node(const struct given *given, const char *id)
{
	return graph_find(given->graph, slice_of(id));
}

const struct edge *
given_edge(const struct given *given, const char *from, enum edge_kind kind, const char *to)
{
	nid n = given_node(given, from);
	struct edge_walk walk;

	if (n == 0)
		return NULL;
	for (walk = graph_out(given->graph, n); edge_next(given->graph, &walk);) {
		if (walk.edge->kind == kind &&
			strcmp(graph_id(given->graph, walk.edge->to), to) == 0)
			return walk.edge;
	}
	return NULL;
}

bool
given_notice(const struct given *given, const char *code, const char *id)
{
	vec_foreach (notice, &given->graph->notices) {
		if (strcmp(notice->code, code) == 0 && notice->node &&
			strcmp(graph_id(given->graph, notice->node), id) == 0)
			return true;
	}
	return false;
}

const struct document *
given_doc(const struct given *given, const char *path)
{
	for (size_t i = 1; i < given->graph->documents.count; i++) {
		const struct document *document = &given->graph->documents.items[i];

		if (path == NULL || strcmp(document->path, path) == 0)
			return document;
	}
	return NULL;
}

const char *
given_text(const struct given *given, sid text)
{
	return strpool_text(&given->graph->strings, text);
}
