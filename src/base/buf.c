/*
 * A growable byte buffer, always terminated.
 * It must not know: what the bytes mean.
 */
#include <stdarg.h>

#include "buf.h"
#include "err.h"

void
buf_reserve(struct buf *buf, size_t len)
{
	size_t wanted;

	if (__builtin_add_overflow(buf->len, len, &wanted) || wanted > SIZE_MAX / 2)
		die_oom();
	wanted++;
	if (wanted <= buf->room)
		return;
	if (wanted < buf->room + buf->room / 2)
		wanted = buf->room + buf->room / 2;
	buf->room = wanted < 64 ? 64 : wanted;
	buf->at = xreallocarray(buf->at, buf->room, 1);
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
	buf_reserve(buf, len);
	if (len)
		memcpy(buf->at + buf->len, bytes, len);
	buf->len += len;
	buf->at[buf->len] = '\0';
}

void
buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_add_slice(struct buf *buf, struct slice slice)
{
	buf_add(buf, slice.at, slice.len);
}

void
buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void
buf_format(struct buf *buf, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		die_oom();
	buf_reserve(buf, (size_t)length);
	va_start(args, format);
	vsnprintf(buf->at + buf->len, (size_t)length + 1, format, args);
	va_end(args);
	buf->len += (size_t)length;
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->at)
		buf->at[0] = '\0';
}

void
buf_release(struct buf *buf)
{
	free(buf->at);
	buf->at = NULL;
	buf->len = buf->room = 0;
}
