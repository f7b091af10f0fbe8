/*
 * What no plan can be faster than, in one thread: floor INVENTORY PLAN OUTPUT reads every document
 * and looks at each byte (memchr), digests the same bytes (SHA-256), and writes as many bytes as
 * the plan has. Prints the seconds of each as JSON. It must not know: what is in the documents.
 */
#include "digest.h"
#include "files.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 20)

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
fail(const char *what)
{
	perror(what);
	return 1;
}

/* Goes through a file by pieces: `look` sees each. False with errno. */
static bool
each_piece(const char *path, char *piece, void (*look)(void *to, struct slice piece), void *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;

	if (fd < 0)
		return false;
	while ((got = read(fd, piece, PIECE)) > 0)
		look(to, (struct slice){piece, (size_t)got});
	close(fd);
	return got == 0;
}

static void
count_lines(void *to, struct slice piece)
{
	size_t *lines = to;
	const char *end = piece.at + piece.len;
	const char *at = piece.at;

	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		++*lines;
		at++;
	}
}

static void
add_to_digest(void *to, struct slice piece)
{
	digest_add(to, piece.at, piece.len);
}

static void
write_piece(void *to, struct slice piece)
{
	int *fd = to;

	if (*fd >= 0 && write(*fd, piece.at, piece.len) != (ssize_t)piece.len)
		*fd = -1;
}

static int
run(const file_list *files, const char *plan, const char *output, char *piece)
{
	uint8_t sha256[DIGEST_SIZE];
	struct digest *digest = digest_new();
	size_t lines = 0;
	double start = seconds(), looked, digested;
	bool done = true;
	int fd;

	vec_foreach (file, files)
		done = done && each_piece(file->path, piece, count_lines, &lines);
	looked = seconds();
	vec_foreach (file, files)
		done = done && each_piece(file->path, piece, add_to_digest, digest);
	digest_end_take(digest, sha256);
	digested = seconds();
	fd = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	done = done && fd >= 0 && each_piece(plan, piece, write_piece, &fd) && fd >= 0;
	if (!done || close(fd) != 0)
		return fail("floor");
	printf("{\"look\": %.3f, \"sha256\": %.3f, \"write\": %.3f, \"lines\": %zu}\n",
		looked - start, digested - looked, seconds() - digested, lines);
	return 0;
}

int
main(int argc, char **argv)
{
	struct arena arena = {0};
	file_list files = {0};
	struct err err;
	char *piece;
	int status;

	if (argc != 4) {
		fputs("floor INVENTORY PLAN OUTPUT\n", stderr);
		return 64;
	}
	if (files_find(&arena, argv[1], FILES_JSON, &files, &err) != 0) {
		fprintf(stderr, "floor: %s: %s\n", err.file, err.text);
		return 1;
	}
	piece = xmalloc(PIECE);
	status = run(&files, argv[2], argv[3], piece);
	free(piece);
	vec_release(&files);
	arena_release(&arena);
	return status;
}
