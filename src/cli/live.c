/*
 * Settings, connections, credentials and signals, for every verb that calls AWS.
 * It must not know: what is called.
 */
#include "live.h"

#include "civil.h"
#include "manual.h"
#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#define CONCURRENCY_USUAL 32

/* --- signals --------------------------------------------------------------------------------- */

static volatile sig_atomic_t stopped_by;

static void
stop(int number)
{
	stopped_by = number;
}

/* A second one finds the default action: a run that hangs can still be ended. */
static void
catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = stop, .sa_flags = (int)SA_RESETHAND};
	struct sigaction before;

	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
}

int
live_signal_status(void)
{
	return stopped_by ? 128 + (int)stopped_by : 0;
}

/* --- what calls need ------------------------------------------------------------------------- */

static int64_t
now(void *to)
{
	(void)to;
	return (int64_t)time(NULL);
}

static int
open_terminal(const char *refusal, struct err *err)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? err_set(err, ERR_IO, "%s", refusal) : fd;
}

/* One line without its end; the rest of a longer one is dropped. */
static bool
read_line(int fd, char *line, size_t size)
{
	size_t len = 0;
	ssize_t got;
	char c;

	while ((got = read(fd, &c, 1)) == 1 && c != '\n')
		if (len + 1 < size)
			line[len++] = c;
	line[len] = '\0';
	return len > 0 && (got == 1 || got == 0);
}

/* The code is shown while it is typed: it is worth nothing half a minute later. */
static int
ask_code(void *to, const char *serial, char *code, size_t size, struct err *err)
{
	int fd = open_terminal(
		"an MFA code is asked for, and there is no terminal to type it on", err);
	struct buf question = {0};
	bool answered;

	(void)to;
	if (fd < 0)
		return ERR_IO;
	buf_format(&question, "MFA code of %s: ", serial);
	answered = write(fd, question.at, question.len) == (ssize_t)question.len &&
		   read_line(fd, code, size);
	buf_release(&question);
	(void)close(fd);
	return answered ? 0 : err_set(err, ERR_IO, "no MFA code was typed");
}

int
live_confirm(const char *question, const char *refusal, bool *yes, struct err *err)
{
	int fd = open_terminal(refusal, err);
	char line[8];

	if (fd < 0)
		return ERR_IO;
	*yes = write(fd, question, strlen(question)) == (ssize_t)strlen(question) &&
	       read_line(fd, line, sizeof(line)) &&
	       (strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0);
	(void)close(fd);
	return 0;
}

static uint64_t
seed(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_nsec ^ (uint64_t)getpid() << 32;
}

/* --- whom AWS sees --------------------------------------------------------------------------- */

static const char *
role_arn(struct live *live, const struct wanted_role *role)
{
	const char *region = live_region(live);

	if (role->arn)
		return role->arn;
	return arena_format(&live->text, "arn:%s:iam::%s:role/%s",
		partition_of_region(region ? region : "us-east-1")->name, role->account,
		role->name);
}

static void
open_sources(const struct request *request, struct live *live)
{
	struct live_source source;

	live->base = provider_chain(&live->context);
	if (request->roles.count == 0) {
		source.provider = live->base;
		source.name = arena_format(
			&live->text, "profile %s", settings_profile(live->settings).value);
		vec_push(&live->sources, source);
	}
	vec_foreach (role, &request->roles) {
		const struct role wanted = {
			.arn = role_arn(live, role), .external_id = request->external_id};

		source.provider = provider_role(&live->context, live->base, &wanted);
		source.name = wanted.arn;
		vec_push(&live->sources, source);
	}
}

int
live_open(const struct request *request, const char *region, struct live *live, struct err *err)
{
	const struct settings_options options = {
		.profile = request->profile,
		.region = region,
		.endpoint_url = request->endpoint_url,
		.ca_bundle = request->ca_bundle,
	};
	struct http_options http = {.stop = &stopped_by};
	struct caller_options caller = {.seed = seed(), .now = now};
	int code = settings_load(&options, &live->settings, err);

	if (code != 0)
		return code;
	http.ca_bundle = settings_ca_bundle(live->settings).value;
	http.user_agent = arena_format(&live->text, "amiplan/%s", amiplan_version);
	http.concurrency = request->concurrency ? request->concurrency : CONCURRENCY_USUAL;
	http.stall_seconds = request->read_timeout;
	http.connect_seconds = request->connect_timeout;
	code = http_new(&http, &live->http, err);
	if (code == 0) {
		caller.settings = live->settings;
		caller.http = live->http;
		live->caller = caller_new(&caller);
		live->context = (struct provider_context){.settings = live->settings,
			.http = live->http,
			.ask_code = ask_code,
			.now = now};
		open_sources(request, live);
		catch_signals();
	}
	return code;
}

void
live_close(struct live *live)
{
	vec_foreach (source, &live->sources)
		if (source->provider != live->base)
			provider_free(source->provider);
	vec_release(&live->sources);
	provider_free(live->base);
	caller_free(live->caller);
	http_free(live->http);
	settings_free(live->settings);
	arena_release(&live->text);
}

const char *
live_region(const struct live *live)
{
	return settings_region(live->settings).value;
}
