/*
 * The live line: a thread of its own draws it, so that who works only counts.
 * It must not know: what the work is.
 */
#include "show_work.h"

#include "terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

/* Nothing is shown before the first; then it is drawn anew after each of the second. */
enum { FIRST_MS = 1000, EACH_MS = 100, WIDTH_USUAL = 80 };

struct show {
	unsigned width;
	int bell[2]; /* closing the second end of this pipe ends the thread */
	pthread_t thread;
	bool running;
	struct meter meter;
	pthread_mutex_t lock;
	/* below: guarded by `lock` */
	const char *phase;
	bool is_drawn;
};

static void
describe(const struct show *show, struct buf *line)
{
	const struct meter *meter = &show->meter;
	size_t files = atomic_load(&meter->files), files_all = atomic_load(&meter->files_all);
	size_t bytes = atomic_load(&meter->bytes), bytes_all = atomic_load(&meter->bytes_all);

	buf_format(line, "amiplan: %s", show->phase);
	if (files_all)
		buf_format(line, ", %zu/%zu files", files, files_all);
	if (bytes_all)
		buf_format(line, ", %zu/%zu MB", bytes / 1000000, bytes_all / 1000000);
	else if (bytes)
		buf_format(line, ", %zu MB", bytes / 1000000);
}

static void
draw(struct show *show)
{
	struct buf line = {0};

	pthread_mutex_lock(&show->lock);
	if (show->phase) {
		describe(show, &line);
		fprintf(stderr, "\r\033[K%.*s", (int)show->width - 1, line.at);
		fflush(stderr);
		show->is_drawn = true;
	}
	pthread_mutex_unlock(&show->lock);
	buf_release(&line);
}

/* The lock is held. */
static void
wipe(struct show *show)
{
	if (show->is_drawn)
		fputs("\r\033[K", stderr);
	show->is_drawn = false;
}

static void *
watch(void *argument)
{
	struct show *show = argument;
	struct pollfd bell = {.fd = show->bell[0], .events = POLLIN};

	for (int wait = FIRST_MS; poll(&bell, 1, wait) == 0; wait = EACH_MS)
		draw(show);
	return NULL;
}

struct show *
show_new(const struct request *request)
{
	struct show *show;
	unsigned width;

	if (request->quiet || isatty(STDERR_FILENO) != 1)
		return NULL;
	width = terminal_options(request, stderr).width;
	show = xcalloc(1, sizeof(*show));
	show->width = width ? width : WIDTH_USUAL;
	pthread_mutex_init(&show->lock, NULL);
	return show;
}

/* Without a pipe or a thread nothing is shown: the work does not depend on it. */
static void
start(struct show *show)
{
	if (pipe2(show->bell, O_CLOEXEC) != 0)
		return;
	show->running = pthread_create(&show->thread, NULL, watch, show) == 0;
	if (show->running)
		return;
	(void)close(show->bell[0]);
	(void)close(show->bell[1]);
}

void
show_phase(struct show *show, const char *phase)
{
	if (!show)
		return;
	pthread_mutex_lock(&show->lock);
	show->phase = phase;
	meter_begin(&show->meter, 0, 0);
	if (!phase)
		wipe(show);
	pthread_mutex_unlock(&show->lock);
	if (phase && !show->running)
		start(show);
}

struct meter *
show_meter(struct show *show)
{
	return show ? &show->meter : NULL;
}

void
show_say(struct show *show, const char *line)
{
	if (show) {
		pthread_mutex_lock(&show->lock);
		wipe(show);
	}
	fprintf(stderr, "amiplan: %s\n", line);
	if (show)
		pthread_mutex_unlock(&show->lock);
}

void
show_free(struct show *show)
{
	if (!show)
		return;
	show_phase(show, NULL);
	if (show->running) {
		(void)close(show->bell[1]);
		pthread_join(show->thread, NULL);
		(void)close(show->bell[0]);
	}
	pthread_mutex_destroy(&show->lock);
	free(show);
}
