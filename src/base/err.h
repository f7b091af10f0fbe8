/*
 * Errors as values: a code, one line of text, a place. And the one way to die for want of memory.
 * It must not know: who prints it.
 */
#ifndef AMIPLAN_BASE_ERR_H
#define AMIPLAN_BASE_ERR_H

#include "bounds.h"
#include <stddef.h>
#include <stdint.h>

enum err_index {
	ERR_NONE_INDEX,
#define ERROR(name, status, meaning) name##_INDEX,
#include "errors.def"
#undef ERROR
	ERR_INDEX_END
};

enum err_code {
	ERR_OK = 0,
#define ERROR(name, status, meaning) name = -(int)name##_INDEX,
#include "errors.def"
#undef ERROR
};

/*
 * One failure. Lifetime: the caller's. `text` and `file` are copies, printable; line and column
 * count from 1, 0 is unknown.
 */
struct err {
	int code;
	char text[LIMIT_ERR_TEXT];
	char file[256];
	uint32_t line;
	uint32_t column;
};

/* Records a failure and returns `code`, so that `return err_set(...)` reads naturally. A NULL `err`
 * is allowed. Text is one line: control characters become escapes. */
int err_set(struct err *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * As err_set, with a place. `file` is copied, made printable as the text is, and shortened from the
 * left when it is too long.
 */
int err_set_at(struct err *err, int code, const char *file, uint32_t line, uint32_t column,
	const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The exit status that errors.def gives `code`; 0 for ERR_OK. */
int err_exit_status(int code);

/* Out of memory: says so on standard error and exits with status 70. The only exit outside src/cli.
 */
void die_oom(void) __attribute__((noreturn, cold));

/* malloc family that never returns NULL: die_oom instead. xcalloc and xreallocarray check the
 * product. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrndup(const char *s, size_t len) __attribute__((malloc, returns_nonnull));

#include "banned.h" /* last: poisons names that the system headers above use */

#endif
