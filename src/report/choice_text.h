/*
 * How a plan's steps were chosen by money, as sentences for people.
 * It must not know: formats.
 */
#ifndef AMIPLAN_REPORT_CHOICE_TEXT_H
#define AMIPLAN_REPORT_CHOICE_TEXT_H

#include "buf.h"
#include "view.h"

/* Appended; nothing where nothing was chosen (view->choice is NULL). */
void choice_text(const struct plan_view *view, struct buf *out);

#endif
