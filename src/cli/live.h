/*
 * What every verb that calls AWS needs: settings, connections, credentials, a way to stop.
 * It must not know: what is called.
 */
#ifndef AMIPLAN_CLI_LIVE_H
#define AMIPLAN_CLI_LIVE_H

#include "call.h"
#include "commands.h"

/* An identity that calls are made with. */
struct live_source {
	struct provider *provider;
	const char *name; /* for messages: "profile build", a role's ARN */
};

/* Lifetime: one verb. Zero-initialise. */
struct live {
	struct settings *settings;
	struct http *http;
	struct caller *caller;
	struct provider_context context;
	struct provider *base;           /* of the settings' profile */
	VEC(struct live_source) sources; /* each role, else the base alone */
	struct arena text;
};

/*
 * From the request's options. `region` is where roles are assumed and the default of calls: NULL
 * for the settings'. Ctrl-C and SIGTERM from now on stop the calls; a second one ends the process.
 */
int live_open(
	const struct request *request, const char *region, struct live *live, struct err *err);
void live_close(struct live *live);

/* The region of the options, else of the settings; NULL: nobody named one. */
const char *live_region(const struct live *live);
/* Asks on the terminal, and returns true for "y" or "yes". ERR_IO, with `refusal` as its text,
 * where there is none. */
int live_confirm(const char *question, const char *refusal, bool *yes, struct err *err);
/* The exit status of a run that a signal ended; 0: none did. */
int live_signal_status(void);

#endif
