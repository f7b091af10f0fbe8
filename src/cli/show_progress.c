/*
 * Progress on standard error.
 * It must not know: what is called.
 */
#include "show_progress.h"

#include "terminal.h"

#include <unistd.h>

/* How often the live line is drawn, and a plain one written. */
enum { LIVE_MS = 100, PLAIN_MS = 5000, WIDTH_USUAL = 80 };

static void
describe(const struct progress_show *show, const struct progress *progress, struct buf *line)
{
	const struct progress_words *words = &show->words;
	int64_t seconds = (http_clock() - show->begun_ms) / 1000;

	if (words->places)
		buf_format(line, "%s %llu/%llu, ", words->places,
			(unsigned long long)progress->places_done,
			(unsigned long long)progress->places);
	buf_format(line, "%llu calls", (unsigned long long)progress->counts.calls);
	if (words->records)
		buf_format(
			line, ", %llu %s", (unsigned long long)progress->records, words->records);
	if (words->items && progress->items)
		buf_format(line, ", %s %llu/%llu", words->items,
			(unsigned long long)progress->items_done,
			(unsigned long long)progress->items);
	if (progress->counts.throttled)
		buf_format(
			line, ", %llu throttled", (unsigned long long)progress->counts.throttled);
	buf_format(line, ", %lld:%02lld", (long long)seconds / 60, (long long)seconds % 60);
	if (progress->region && progress->action)
		buf_format(line, "  %s %s", progress->region, progress->action);
}

static void
draw(struct progress_show *show, const struct progress *progress)
{
	struct buf line = {0};
	int room = (int)show->width - 1;

	describe(show, progress, &line);
	if (show->is_terminal)
		fprintf(stderr, "\r\033[K%.*s", room, line.at);
	else
		fprintf(stderr, "amiplan: %s\n", line.at);
	fflush(stderr);
	show->is_drawn = show->is_terminal;
	buf_release(&line);
}

static void
watch(void *to, enum progress_event event, const struct progress *progress)
{
	struct progress_show *show = to;
	int64_t now = http_clock();

	(void)event;
	if (now - show->shown_ms < (show->is_terminal ? LIVE_MS : PLAIN_MS))
		return;
	show->shown_ms = now;
	draw(show, progress);
}

void
progress_show_begin(struct progress_show *show, struct progress *progress,
	struct progress_words words, bool quiet)
{
	struct request none = {0};
	struct report_options options = terminal_options(&none, stderr);

	*show = (struct progress_show){
		.words = words,
		.is_terminal = isatty(STDERR_FILENO) == 1,
		.width = options.width ? options.width : WIDTH_USUAL,
		.begun_ms = http_clock(),
		.shown_ms = http_clock(),
	};
	progress->watch = quiet ? NULL : watch;
	progress->watch_to = show;
}

void
progress_show_next(
	struct progress_show *show, struct progress *progress, struct progress_words words)
{
	show->words = words;
	progress->items = progress->items_done = 0;
}

void
progress_show_end(struct progress_show *show)
{
	if (show->is_drawn)
		fputs("\r\033[K", stderr);
	show->is_drawn = false;
}

int64_t
progress_show_seconds(const struct progress_show *show)
{
	return (http_clock() - show->begun_ms) / 1000;
}
