/*
 * The checks behind the rule table: each looks at one item and speaks, or stays silent.
 * It must not know: fates. A check never decides what becomes of the item; block.c does.
 */
#ifndef AMIPLAN_PLANNER_RULES_H
#define AMIPLAN_PLANNER_RULES_H

#include "internal.h"

typedef void rule_check(struct inquiry *inquiry);

#define RULE(name, word, class, kinds, blocks, check, source, remedy) rule_check check;
#include "rules.def"
#undef RULE

/* rules_image.c: speaks if something of one of these standings (bits 1 << enum reference) refers to
 * the item. NULL: nothing does, or accepted. */
struct reason *speak_of_references(struct inquiry *inquiry, enum rule rule, unsigned standings);

#endif
