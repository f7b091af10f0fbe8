/*
 * Lists of terminated texts in byte order.
 * It must not know: what the texts mean.
 */
#include <stdlib.h>
#include <string.h>

#include "texts.h"

int
texts_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
texts_sort(const char **texts, size_t count)
{
	if (count > 1)
		qsort(texts, count, sizeof(*texts), texts_compare);
}

size_t
texts_sort_once(const char **texts, size_t count)
{
	size_t kept = 0;

	texts_sort(texts, count);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(texts[kept - 1], texts[i]) != 0)
			texts[kept++] = texts[i];
	return kept;
}
