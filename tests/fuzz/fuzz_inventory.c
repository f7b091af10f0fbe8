/*
 * Fuzz target: one document of any bytes, from sniffing to the frozen graph.
 * It must not know: which kind of document it is.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inventory.h"
#include "json_pull.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

static bool
is_json_object(struct slice text)
{
	struct json json;
	struct err err;
	bool good;

	json_begin(&json, text, "element", &err);
	good = json_peek(&json) == JSON_OBJECT && json_skip(&json, NULL);
	json_end(&json);
	return good;
}

/* What was accepted holds together, and every element and definition can be given back. */
static void
check_inventory(struct inventory *inventory)
{
	const struct graph *graph = inventory->graph;
	struct buf definition = {0};
	struct err err = {0};

	must(graph_check(graph, &err) == 0);
	for (rid r = 1; r < graph->records.count; r++)
		must(is_json_object(inventory_element(inventory, r)));
	for (nid n = 1; n < graph->nodes.count; n++) {
		if (graph->nodes.items[n].kind != NODE_IMAGE)
			continue;
		buf_clear(&definition);
		inventory_definition(inventory, n, &definition);
		must(is_json_object(buf_slice(&definition)));
	}
	buf_release(&definition);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	const char *const paths[] = {path};
	struct inventory_options options = {.paths = paths, .path_count = 1};
	struct inventory *inventory = NULL;
	struct err err = {0};
	int fd = memfd_create("document", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (inventory_load(&options, &inventory, &err) == 0)
		check_inventory(inventory);
	else
		must(err.code && err.text[0]);
	inventory_free(inventory);
	(void)close(fd);
	return 0;
}
