/*
 * Errors as values, and the malloc family that cannot fail.
 * It must not know: who prints an error, which part of the tool made it.
 */
#include <stdarg.h>
#include <unistd.h>

#include "err.h"
#include "utf8.h"

static const struct {
	int code;
	int status;
} statuses[] = {
#define ERROR(name, status, meaning) {name, status},
#include "errors.def"
#undef ERROR
};

int
err_exit_status(int code)
{
	if (code == ERR_OK)
		return 0;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].code == code)
			return statuses[i].status;
	return 1;
}

/* A terminal acts on these, or a reader is misled by them: C0, DEL, C1, marks of direction. */
static int
is_control(uint32_t c)
{
	static const struct {
		uint32_t first;
		uint32_t last;
	} ranges[] = {{0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e},
		{0x2066, 0x2069}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return 1;
	return 0;
}

/* Writes one character of `from` as it may be shown; returns the bytes it came from. */
static size_t
show_character(const char *from, const char *end, char shown[16])
{
	uint32_t code = 0;
	size_t length = utf8_read(from, end, &code);

	if (length == 0) {
		snprintf(shown, 16, "\\x%02x", (unsigned)(unsigned char)*from);
		return 1;
	}
	if (!is_control(code)) {
		memcpy(shown, from, length);
		shown[length] = '\0';
	} else if (code == '\n' || code == '\t' || code == '\r') {
		snprintf(shown, 16, "\\%c", code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
	} else if (code < 0x80) {
		snprintf(shown, 16, "\\x%02x", (unsigned)code);
	} else {
		snprintf(shown, 16, "\\u%04x", (unsigned)code);
	}
	return length;
}

/* Copies `from` as one printable line; a text that does not fit ends in "...". */
static void
copy_shown(char *to, size_t room, const char *from)
{
	const char *end = from + strlen(from);
	size_t used = 0;
	size_t cut = 0; /* where "..." still fits */
	char shown[16];

	while (from < end) {
		from += show_character(from, end, shown);
		if (used + strlen(shown) >= room) {
			memcpy(to + cut, "...", 4);
			return;
		}
		memcpy(to + used, shown, strlen(shown));
		used += strlen(shown);
		if (used + 4 <= room)
			cut = used;
	}
	to[used] = '\0';
}

/* The end of a path tells more than its beginning: the left is what gets cut. */
static void
copy_file(char *to, size_t room, const char *file)
{
	const char *end = file + strlen(file);
	const char *from = file;
	size_t total = 0;
	char shown[16];

	for (const char *at = file; at < end;) {
		at += show_character(at, end, shown);
		total += strlen(shown);
	}
	if (total >= room) {
		memset(to, '.', 3);
		to += 3;
		room -= 3;
		while (total >= room) {
			from += show_character(from, end, shown);
			total -= strlen(shown);
		}
	}
	copy_shown(to, room, from);
}

static void __attribute__((format(printf, 3, 0)))
fill(struct err *err, int code, const char *format, va_list args)
{
	char raw[2 * LIMIT_ERR_TEXT];

	vsnprintf(raw, sizeof(raw), format, args);
	err->code = code;
	copy_shown(err->text, sizeof(err->text), raw);
	err->file[0] = '\0';
	err->line = err->column = 0;
}

int
err_set(struct err *err, int code, const char *format, ...)
{
	va_list args;

	if (err) {
		va_start(args, format);
		fill(err, code, format, args);
		va_end(args);
	}
	return code;
}

int
err_set_at(struct err *err, int code, const char *file, uint32_t line, uint32_t column,
	const char *format, ...)
{
	va_list args;

	if (err) {
		va_start(args, format);
		fill(err, code, format, args);
		va_end(args);
		copy_file(err->file, sizeof(err->file), file ? file : "");
		err->line = line;
		err->column = column;
	}
	return code;
}

void
die_oom(void)
{
	static const char text[] = "amiplan: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0) {
		/* Nobody is left to tell. */
	}
	_exit(70);
}

void *
xmalloc(size_t size)
{
	void *memory = malloc(size ? size : 1);

	if (!memory)
		die_oom();
	return memory;
}

void *
xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);

	if (!memory)
		die_oom();
	return memory;
}

void *
xreallocarray(void *old, size_t count, size_t size)
{
	void *memory = reallocarray(old, count ? count : 1, size ? size : 1);

	if (!memory)
		die_oom();
	return memory;
}

char *
xstrndup(const char *s, size_t len)
{
	char *copy = xmalloc(len + 1);

	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}
