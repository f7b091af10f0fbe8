/*
 * Text for people: wrapped sentences, padded columns, colours that are only decoration.
 * It must not know: plans, graphs, what any text says.
 */
#include "layout.h"
#include "err.h"
#include "quote.h"
#include "unicode.h"
#include <inttypes.h>
#include <stdarg.h>

#define DEFAULT_WIDTH 80
#define NARROWEST 40
#define ASIDE_GAP 2 /* blanks at least between a text and what stands at its right */

void
layout_begin(struct layout *layout, FILE *file, const struct report_options *options)
{
	*layout = (struct layout){.file = file, .width = DEFAULT_WIDTH};
	if (!options)
		return;
	layout->color = options->color;
	layout->verbose = options->verbose;
	if (options->width)
		layout->width = options->width < NARROWEST ? NARROWEST : options->width;
}

void
layout_put(struct layout *layout, const char *text)
{
	fputs(text, layout->file);
	layout->column += quote_text_width(slice_of(text));
}

void
layout_format(struct layout *layout, const char *format, ...)
{
	va_list list;
	char *text = NULL;

	va_start(list, format);
	if (vasprintf(&text, format, list) < 0)
		die_oom();
	va_end(list);
	layout_put(layout, text);
	free(text);
}

static void
put_slice(struct layout *layout, struct slice text)
{
	quote_text(layout->file, text);
	layout->column += quote_text_width(text);
}

void
layout_data(struct layout *layout, const char *text)
{
	put_slice(layout, slice_of(text));
}

/* The longest beginning of `text`, in whole characters, that needs no more than `room` columns. */
static struct slice
beginning(struct slice text, unsigned room)
{
	size_t end = 0;

	for (size_t at = 0; at < text.len; end = at) {
		unsigned width;

		unicode_next(text, &at);
		width = quote_text_width((struct slice){text.at + end, at - end});
		if (width > room)
			break;
		room -= width;
	}
	return (struct slice){text.at, end};
}

/* Columns that a text may fill: what waits for the right edge has its place there. */
static unsigned
text_width(const struct layout *layout)
{
	unsigned aside = layout->aside ? quote_text_width(slice_of(layout->aside)) + ASIDE_GAP : 0;

	return aside < layout->width ? layout->width - aside : 0;
}

void
layout_cut(struct layout *layout, const char *text)
{
	struct slice whole = slice_of(text);
	unsigned end = text_width(layout);
	unsigned room = layout->column < end ? end - layout->column : 1;

	if (quote_text_width(whole) <= room) {
		put_slice(layout, whole);
		return;
	}
	put_slice(layout, beginning(whole, room - 1));
	layout_put(layout, "…");
}

void
layout_to(struct layout *layout, unsigned column)
{
	unsigned blanks = layout->column < column ? column - layout->column : layout->column > 0;

	fprintf(layout->file, "%*s", (int)blanks, "");
	layout->column += blanks;
}

void
layout_number(struct layout *layout, uint64_t number, unsigned columns)
{
	layout_format(layout, "%*" PRIu64, (int)columns, number);
}

void
layout_aside(struct layout *layout, const char *text)
{
	layout->aside = text;
}

static void
end_line(struct layout *layout)
{
	fputc('\n', layout->file);
	layout->column = 0;
}

static void
put_aside(struct layout *layout)
{
	const char *text = layout->aside;
	unsigned width = quote_text_width(slice_of(text));
	bool fits = layout->column <= text_width(layout);

	layout->aside = NULL;
	if (!fits)
		end_line(layout);
	layout_to(layout, width < layout->width ? layout->width - width : 0);
	layout_put(layout, text);
}

void
layout_line(struct layout *layout)
{
	if (layout->aside)
		put_aside(layout);
	end_line(layout);
}

/* The first word stays where its label stands; the others go to the next line where they do not
 * fit. */
static void
put_word(struct layout *layout, struct slice word, bool is_first)
{
	unsigned width = quote_text_width(word);

	if (!is_first && layout->column + 1 + width > text_width(layout))
		layout_line(layout);
	else if (!is_first)
		layout_put(layout, " ");
	if (!is_first && layout->column == 0)
		layout_to(layout, layout->indent);
	put_slice(layout, word);
}

void
layout_wrap(struct layout *layout, const char *text)
{
	struct slice rest = slice_of(text);
	bool is_first = true;

	while (rest.len) {
		const char *blank = memchr(rest.at, ' ', rest.len);
		struct slice word = {rest.at, blank ? (size_t)(blank - rest.at) : rest.len};

		if (word.len)
			put_word(layout, word, is_first);
		is_first = is_first && !word.len;
		rest.at += word.len + (blank != NULL);
		rest.len -= word.len + (blank != NULL);
	}
}

void
layout_list(struct layout *layout, const struct texts *texts, size_t most)
{
	size_t shown = most && texts->count > most ? most : texts->count;
	struct buf line = {0};

	for (size_t i = 0; i < shown; i++)
		buf_format(&line, "%s%s", i ? ", " : "", texts->items[i]);
	if (shown < texts->count)
		buf_format(&line, " and %zu more", texts->count - shown);
	layout_wrap(layout, line.at ? line.at : "none");
	buf_release(&line);
}

void
layout_style(struct layout *layout, enum style style)
{
	static const char *const CODES[] = {
		[STYLE_PLAIN] = "\033[0m",
		[STYLE_HEAD] = "\033[1m",
		[STYLE_GO] = "\033[31m",
		[STYLE_BLOCKED] = "\033[33m",
		[STYLE_KEPT] = "\033[32m",
		[STYLE_WARNING] = "\033[35m",
		[STYLE_DIM] = "\033[2m",
	};

	if (layout->color && style != layout->style)
		fputs(CODES[style], layout->file);
	layout->style = style;
}
