/*
 * Events of a collection, told to who watches.
 * It must not know: how they are shown.
 */
#include "progress.h"

void
progress_tell(struct progress *progress, enum progress_event event, const char *account,
	const char *region, const char *action)
{
	if (account)
		progress->account = account;
	if (region)
		progress->region = region;
	if (action)
		progress->action = action;
	if (progress->watch)
		progress->watch(progress->watch_to, event, progress);
}
