/*
 * The documented process of the AWS page, by its phases.
 * It must not know: steps.
 */
#ifndef AMIPLAN_REPORT_PHASE_H
#define AMIPLAN_REPORT_PHASE_H

#include <stdint.h>

/* "1 Deregister AMI", "2 Delete snapshot", "3 Terminate instance (optional)"; "Another phase" for
 * what a saved plan may say beside. */
const char *phase_title(uint32_t phase);

#endif
