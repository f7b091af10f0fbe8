/*
 * A growable array of any element type, as three members: items, count, room.
 * It must not know: its elements. Declare with VEC(type); zero-initialise; release with
 * vec_release.
 */
#ifndef AMIPLAN_BASE_VEC_H
#define AMIPLAN_BASE_VEC_H

#include "err.h"

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t count;                                                                      \
		size_t room;                                                                       \
	}

/* What every VEC looks like; copied in and out, since its pointer has another type there. */
struct vec_any {
	void *items;
	size_t count;
	size_t room;
};

#define vec_reserve(v, wanted)                                                                     \
	do {                                                                                       \
		if ((v)->room < (wanted)) {                                                        \
			(v)->room = vec_next_room((v)->room, (wanted));                            \
			(v)->items = xreallocarray((v)->items, (v)->room, sizeof(*(v)->items));    \
		}                                                                                  \
	} while (0)

#define vec_push(v, value)                                                                         \
	do {                                                                                       \
		vec_reserve((v), (v)->count + 1);                                                  \
		(v)->items[(v)->count++] = (value);                                                \
	} while (0)

/* An array that never grew has no memory, and nothing may be added to NULL, not even 0. */
#define vec_foreach(item, v)                                                                       \
	for (__typeof__(*(v)->items) *item = (v)->items; item && item < (v)->items + (v)->count;   \
		item++)

#define vec_release(v)                                                                             \
	do {                                                                                       \
		free((v)->items);                                                                  \
		(v)->items = NULL;                                                                 \
		(v)->count = (v)->room = 0;                                                        \
	} while (0)

static inline size_t
vec_next_room(size_t room, size_t wanted)
{
	size_t grown = room + room / 2 + 8;

	return grown < wanted ? wanted : grown;
}

#endif
