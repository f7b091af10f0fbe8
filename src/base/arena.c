/*
 * Memory that is freed all at once, in blocks that grow.
 * It must not know: what is put into it.
 */
#include <stdarg.h>

#include "arena.h"
#include "err.h"

enum { BLOCK_FIRST = 4096 - 64, BLOCK_MOST = 1 << 20 };

struct arena_block {
	struct arena_block *next;
	size_t size; /* of bytes[] */
	_Alignas(max_align_t) char bytes[];
};

static struct arena_block *
block_new(size_t size, struct arena_block *next)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		die_oom();
	block = xmalloc(sizeof(*block) + size);
	block->next = next;
	block->size = size;
	return block;
}

/* A piece for which the head has no room: a block of its own if it is large, else a new head. */
static void *
alloc_outside(struct arena *arena, size_t size)
{
	size_t next = BLOCK_FIRST;

	if (arena->head && arena->head->size >= BLOCK_FIRST)
		next = arena->head->size * 2 > BLOCK_MOST ? BLOCK_MOST : arena->head->size * 2;
	if (arena->head && size > next / 4) {
		arena->head->next = block_new(size, arena->head->next);
		return arena->head->next->bytes;
	}
	arena->head = block_new(size > next ? size : next, arena->head);
	arena->used = size;
	return arena->head->bytes;
}

/* What was there before is still in it. */
static void *
take(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	size_t rounded = (size + align - 1) & ~(align - 1);
	void *memory;

	if (rounded < size)
		die_oom();
	if (rounded == 0)
		rounded = align;
	if (arena->head && rounded <= arena->head->size - arena->used) {
		memory = arena->head->bytes + arena->used;
		arena->used += rounded;
	} else {
		memory = alloc_outside(arena, rounded);
	}
	return memory;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		die_oom();
	return arena_alloc(arena, total);
}

char *
arena_text(struct arena *arena, struct slice text)
{
	char *copy;

	if (text.len == SIZE_MAX)
		die_oom();
	copy = take(arena, text.len + 1);
	if (text.len)
		memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return copy;
}

char *
arena_join_texts(struct arena *arena, const char *const texts[])
{
	size_t size = 1;
	char *joined, *to;

	for (size_t i = 0; texts[i]; i++)
		size += strlen(texts[i]);
	joined = to = take(arena, size);
	for (size_t i = 0; texts[i]; i++)
		to = stpcpy(to, texts[i]);
	return joined;
}

char *
arena_format_list(struct arena *arena, const char *format, va_list args)
{
	size_t room = arena->head ? arena->head->size - arena->used : 0;
	char *free_room = room ? arena->head->bytes + arena->used : NULL;
	va_list again;
	int length;
	char *text;

	/* Mostly it fits where the next allocation will be, and is made but once. */
	va_copy(again, args);
	length = vsnprintf(free_room, room, format, again);
	va_end(again);
	if (length < 0)
		die_oom();
	text = take(arena, (size_t)length + 1);
	if (text != free_room)
		vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = arena_format_list(arena, format, args);
	va_end(args);
	return text;
}

static void
free_chain(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void
arena_clear(struct arena *arena)
{
	arena->used = 0;
	if (!arena->head || !arena->head->next)
		return;
	free_chain(arena->head->next);
	arena->head->next = NULL;
}

void
arena_release(struct arena *arena)
{
	free_chain(arena->head);
	arena->head = NULL;
	arena->used = 0;
}
