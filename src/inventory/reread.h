/*
 * Mapped documents opened once more, to read single elements of them: without the faults of a
 * mapping. It must not know: JSON, what an element is.
 */
#ifndef AMIPLAN_INVENTORY_REREAD_H
#define AMIPLAN_INVENTORY_REREAD_H

#include "inventory.h"

/* Lifetime: its inventory's, from which it borrows. */
struct reread *reread_new(const struct inventory *inventory);
void reread_free(struct reread *again);

/*
 * Puts the bytes of a document from `at` on into `to`: `len`, or as many as there are. 0: ask the
 * mapping, since the file cannot be opened, is another one by now, or too many are open. Several
 * threads may ask at once.
 */
size_t reread_bytes(struct reread *again, uint32_t doc, size_t at, char *to, size_t len);

#endif
