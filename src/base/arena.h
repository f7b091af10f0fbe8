/*
 * Memory that is freed all at once: many small pieces, one lifetime.
 * It must not know: what is put into it.
 */
#ifndef AMIPLAN_BASE_ARENA_H
#define AMIPLAN_BASE_ARENA_H

#include "slice.h"
#include <stdarg.h>
#include <stddef.h>

struct arena_block;

/* Lifetime: its owner's. Zero-initialise. Never fails: out of memory ends the process. */
struct arena {
	struct arena_block *head;
	size_t used; /* bytes used in head */
};

/* Zeroed memory, aligned for any type, valid until arena_clear or arena_release. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A terminated copy of `text`. */
char *arena_text(struct arena *arena, struct slice text);
/* The texts one behind the other: a format of nothing but %s takes several times as long. */
#define arena_join(arena, ...) arena_join_texts(arena, (const char *const[]){__VA_ARGS__, NULL})
char *arena_join_texts(struct arena *arena, const char *const texts[]); /* up to a NULL */
char *arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_format_list(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Forgets everything, keeps one block for the next use. */
void arena_clear(struct arena *arena);
void arena_release(struct arena *arena);

#endif
