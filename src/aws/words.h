/*
 * A line as words, quoted as a POSIX shell quotes them: names of sections, commands of
 * credential_process. No shell runs, nothing is expanded.
 * It must not know: what the words mean.
 */
#ifndef AMIPLAN_AWS_WORDS_H
#define AMIPLAN_AWS_WORDS_H

#include "arena.h"
#include "slice.h"
#include "vec.h"

typedef VEC(char *) word_list;

/*
 * Appends the words of `line` to `words`, in `arena`. Blanks part words; '…' is literal; in "…" a
 * backslash makes " and \ literal; outside quotes it makes any character literal. False if a quote
 * stays open or a backslash ends the line.
 */
bool words_split(struct slice line, struct arena *arena, word_list *words);

#endif
