/*
 * Shows how a run goes on that takes longer than a second: a live line, if standard error is a
 * terminal. It must not know: what the work is.
 */
#ifndef AMIPLAN_CLI_SHOW_WORK_H
#define AMIPLAN_CLI_SHOW_WORK_H

#include "meter.h"
#include "request.h"

/* Lifetime: one run. */
struct show;

/* NULL, which every function below takes: nobody would see it. */
struct show *show_new(const struct request *request);
/* What is going on from now on: a literal, "reading the inventory". NULL: nothing; the line is
 * wiped. The meter is zero again. */
void show_phase(struct show *show, const char *phase);
/* For who counts the phase's files and bytes. */
struct meter *show_meter(struct show *show);
/* A line on standard error, whoever sees it; the live line makes room. */
void show_say(struct show *show, const char *line);
void show_free(struct show *show);

#endif
