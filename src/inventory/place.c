/*
 * Places from paths, and the one way to learn a place: never twice differently.
 * It must not know: JSON, the graph, how far each source of a place is to be trusted.
 */
#include "place.h"

#include "ids.h"

bool
place_set(char *known, size_t room, struct slice value)
{
	if (value.len == 0 || value.len >= room)
		return true;
	if (known[0])
		return slice_is(value, known);
	memcpy(known, value.at, value.len);
	return true;
}

void
place_of_path(const char *path, struct place *out)
{
	memset(out, 0, sizeof(*out));
	while (*path) {
		struct slice part = {path, strcspn(path, "/")};

		if (id_is_account(part)) {
			memset(out->account, 0, sizeof(out->account));
			(void)place_set(out->account, sizeof(out->account), part);
		} else if (id_is_region(part)) {
			memset(out->region, 0, sizeof(out->region));
			(void)place_set(out->region, sizeof(out->region), part);
		}
		path += part.len + (path[part.len] == '/');
	}
}
