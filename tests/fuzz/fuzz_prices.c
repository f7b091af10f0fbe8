/*
 * Fuzz target: any bytes as a price list, whichever of the kinds they look like.
 * It must not know: what is paid for.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "price_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* A book is sorted, and every price in it is one. */
static void
check_book(const struct price_book *book)
{
	must(book->row_count > 0);
	for (size_t i = 0; i < book->row_count; i++) {
		const struct price_row *row = &book->rows[i];

		must(row->units >= 0 && row->region < book->region_count &&
			row->name < book->name_count);
		must(price_is_path(slice_of(book->names[row->name])));
		must(i == 0 || row[-1].region < row->region ||
			(row[-1].region == row->region && row[-1].name < row->name));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	const char *const paths[] = {path};
	struct price_list list = {0};
	struct err err = {0};
	int fd = memfd_create("list", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (price_list_load(paths, 1, &list, &err) == 0)
		check_book(&list.book);
	else
		must(err.code && err.text[0]);
	price_list_release(&list);
	(void)close(fd);
	return 0;
}
