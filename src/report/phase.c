/*
 * The documented process of the AWS page, by its phases.
 * It must not know: steps.
 */
#include "phase.h"
#include <stddef.h>

const char *
phase_title(uint32_t phase)
{
	/* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html */
	static const char *const titles[] = {"Another phase", "1 Deregister AMI",
		"2 Delete snapshot", "3 Terminate instance (optional)"};

	return titles[phase < sizeof(titles) / sizeof(titles[0]) ? phase : 0];
}
