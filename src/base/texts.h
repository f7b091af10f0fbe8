/*
 * Lists of terminated texts in byte order: the order of every sorted output.
 * It must not know: what the texts mean.
 */
#ifndef AMIPLAN_BASE_TEXTS_H
#define AMIPLAN_BASE_TEXTS_H

#include <stddef.h>

/* The order of two elements of such a list, for qsort and bsearch. */
int texts_compare(const void *a, const void *b);

/* `texts` may be NULL where there are none. */
void texts_sort(const char **texts, size_t count);

/* Leaves each text once; returns how many that are. */
size_t texts_sort_once(const char **texts, size_t count);

#endif
