/*
 * Tests of the backlog: bodies are read whole, in order, when nothing else is to be done.
 * It must not know: HTTP, what a body holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backlog.h"

/* Lifetime: a test. */
struct scene {
	struct backlog backlog;
	volatile sig_atomic_t stop;
	char order[64]; /* what happened, a letter each */
	size_t count;
};

/* One body and who reads it. */
struct reader {
	struct scene *scene;
	struct body body;
	char letter; /* in the order: small for a piece, capital for the end, '!' if it was refused
		      */
	struct buf text;
	size_t refuse_at;    /* bytes; 0: never */
	struct reader *then; /* is whole when this one is done */
};

static void
note(struct scene *scene, char letter)
{
	if (scene->count < sizeof(scene->order) - 1)
		scene->order[scene->count++] = letter;
}

static bool
on_read(void *to, struct slice bytes)
{
	struct reader *reader = to;

	note(reader->scene, reader->letter);
	buf_add_slice(&reader->text, bytes);
	return reader->refuse_at == 0 || reader->text.len < reader->refuse_at;
}

static void
on_done(void *to, bool read)
{
	struct reader *reader = to;

	note(reader->scene, read ? (char)(reader->letter - 'a' + 'A') : '!');
	if (reader->then)
		backlog_end(&reader->scene->backlog, &reader->then->body);
}

static void
open_scene(struct scene *scene)
{
	struct http_options options = {.concurrency = 1, .stop = &scene->stop};

	*scene = (struct scene){.stop = 0};
	assert_int_equal(http_new(&options, &scene->backlog.http, NULL), 0);
}

static void
close_scene(struct scene *scene)
{
	assert_int_equal(scene->backlog.bytes, 0);
	http_free(scene->backlog.http);
}

static void
begin(struct reader *reader, struct scene *scene, char letter)
{
	*reader = (struct reader){.scene = scene, .letter = letter};
	reader->body = (struct body){.read = on_read, .done = on_done, .to = reader};
}

/* `len` bytes in pieces of `piece`. */
static bool
add(struct reader *reader, size_t len, size_t piece)
{
	static const char bytes[1 << 10];
	bool wanted = true;

	for (size_t at = 0; at < len && wanted; at += piece)
		wanted = backlog_add(&reader->scene->backlog, &reader->body,
			(struct slice){bytes, piece < len - at ? piece : len - at});
	return wanted;
}

static void
bodies_are_read_in_the_order_of_their_ends(void **state)
{
	struct scene scene;
	struct reader a, b, c;

	(void)state;
	open_scene(&scene);
	begin(&a, &scene, 'a');
	begin(&b, &scene, 'b');
	begin(&c, &scene, 'c');
	assert_true(add(&a, 100, 10));
	assert_true(add(&b, 100 << 10, 1 << 10)); /* more than is read at a time */
	assert_true(add(&c, 0, 1));
	assert_true(backlog_add(&scene.backlog, &c.body, SLICE("text")));
	assert_string_equal(scene.order, ""); /* that may wait */
	b.then = &a;
	backlog_end(&scene.backlog, &b.body);
	backlog_end(&scene.backlog, &c.body);
	assert_string_equal(scene.order, "");
	http_run(scene.backlog.http);
	assert_string_equal(scene.order, "bbBcCaA");
	assert_int_equal(a.text.len, 100);
	assert_int_equal(b.text.len, 100 << 10);
	assert_string_equal(c.text.at, "text");
	buf_release(&a.text);
	buf_release(&b.text);
	buf_release(&c.text);
	close_scene(&scene);
}

static void
an_empty_body_has_an_end_too(void **state)
{
	struct scene scene;
	struct reader a;

	(void)state;
	open_scene(&scene);
	begin(&a, &scene, 'a');
	backlog_end(&scene.backlog, &a.body);
	http_run(scene.backlog.http);
	assert_string_equal(scene.order, "A");
	close_scene(&scene);
}

static void
a_refused_body_is_read_no_further(void **state)
{
	struct scene scene;
	struct reader a, b;

	(void)state;
	open_scene(&scene);
	begin(&a, &scene, 'a');
	begin(&b, &scene, 'b');
	a.refuse_at = 100 << 10;
	assert_true(add(&a, 1 << 20, 1 << 10));
	assert_true(add(&b, 1, 1));
	backlog_end(&scene.backlog, &a.body);
	backlog_end(&scene.backlog, &b.body);
	http_run(scene.backlog.http);
	assert_string_equal(scene.order, "aa!bB");
	buf_release(&a.text);
	buf_release(&b.text);
	close_scene(&scene);
}

static void
a_dropped_body_is_forgotten(void **state)
{
	struct scene scene;
	struct reader a;

	(void)state;
	open_scene(&scene);
	begin(&a, &scene, 'a');
	assert_true(add(&a, 1000, 10));
	backlog_drop(&scene.backlog, &a.body);
	assert_true(backlog_add(&scene.backlog, &a.body, SLICE("anew")));
	backlog_end(&scene.backlog, &a.body);
	http_run(scene.backlog.http);
	assert_string_equal(scene.order, "aA");
	assert_string_equal(a.text.at, "anew");
	buf_release(&a.text);
	close_scene(&scene);
}

/* What goes beyond the limit is read as it comes, after what was kept of its body. */
static void
what_is_kept_is_bounded(void **state)
{
	struct scene scene;
	struct reader a, b;

	(void)state;
	open_scene(&scene);
	begin(&a, &scene, 'a');
	begin(&b, &scene, 'b');
	assert_true(backlog_add(&scene.backlog, &b.body, SLICE("kept, ")));
	assert_true(add(&a, LIMIT_BACKLOG - 10, 1 << 10));
	assert_string_equal(scene.order, "");
	assert_true(backlog_add(&scene.backlog, &b.body, SLICE("not kept, ")));
	assert_string_equal(scene.order, "bb");
	assert_int_equal(scene.backlog.bytes, LIMIT_BACKLOG - 10);
	assert_true(backlog_add(&scene.backlog, &b.body, SLICE("kept")));
	assert_string_equal(scene.order, "bb");
	backlog_drop(&scene.backlog, &a.body);
	backlog_end(&scene.backlog, &b.body);
	http_run(scene.backlog.http);
	assert_string_equal(scene.order, "bbbB");
	assert_string_equal(b.text.at, "kept, not kept, kept");
	buf_release(&b.text);
	close_scene(&scene);
}

static void
a_body_beyond_the_limit_may_be_refused_at_once(void **state)
{
	struct scene scene;
	struct reader a;

	(void)state;
	open_scene(&scene);
	begin(&a, &scene, 'a');
	a.refuse_at = 1;
	assert_false(add(&a, 2 * LIMIT_BACKLOG, 1 << 10));
	assert_string_equal(scene.order, "a");
	buf_release(&a.text);
	close_scene(&scene);
}

static void
a_stop_leaves_no_body_without_an_end(void **state)
{
	struct scene scene;
	struct reader a, b;

	(void)state;
	open_scene(&scene);
	begin(&a, &scene, 'a');
	begin(&b, &scene, 'b');
	assert_true(add(&a, 10, 10));
	assert_true(add(&b, 10, 10));
	backlog_end(&scene.backlog, &a.body);
	backlog_end(&scene.backlog, &b.body);
	scene.stop = 1;
	http_run(scene.backlog.http);
	assert_string_equal(scene.order, "aAbB");
	buf_release(&a.text);
	buf_release(&b.text);
	close_scene(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_read_in_the_order_of_their_ends),
		cmocka_unit_test(an_empty_body_has_an_end_too),
		cmocka_unit_test(a_refused_body_is_read_no_further),
		cmocka_unit_test(a_dropped_body_is_forgotten),
		cmocka_unit_test(what_is_kept_is_bounded),
		cmocka_unit_test(a_body_beyond_the_limit_may_be_refused_at_once),
		cmocka_unit_test(a_stop_leaves_no_body_without_an_end),
	};

	return cmocka_run_group_tests_name("backlog", tests, NULL, NULL);
}
