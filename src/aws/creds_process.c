/*
 * Credentials that a program of the user's prints. No shell is involved, the time and the output
 * are bounded, and what it says on standard error is shown to nobody: it may be a secret.
 * It must not know: what the program does.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
#include "creds_provider.h"
#include "words.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Lifetime: one run. */
struct run {
	const char *title; /* "credential_process of profile x" */
	pid_t pid;
	int fd; /* its standard output */
	int64_t deadline;
};

static int
cannot_start(const struct run *run, int reason, struct err *err)
{
	return err_set(err, ERR_IO, "%s cannot be started: %s", run->title, strerror(reason));
}

/* Standard output is ours, standard error goes nowhere; 0 or errno. */
static int
spawn(struct run *run, char *const *words, const int ends[2])
{
	posix_spawn_file_actions_t actions;
	int reason = posix_spawn_file_actions_init(&actions);

	if (reason)
		return reason;
	reason = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (!reason)
		reason = posix_spawn_file_actions_addopen(
			&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (!reason)
		reason = posix_spawnp(&run->pid, words[0], &actions, NULL, words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return reason;
}

static int
start(struct run *run, char *const *words, struct err *err)
{
	int ends[2], reason;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return cannot_start(run, errno, err);
	reason = spawn(run, words, ends);
	close(ends[1]);
	if (reason) {
		close(ends[0]);
		return cannot_start(run, reason, err);
	}
	run->fd = ends[0];
	run->deadline = http_clock() + LIMIT_PROCESS_MS;
	return 0;
}

/* Reads to the end. ERR_IO: too late, or interrupted; ERR_LIMIT: too much. */
static int
read_output(const struct run *run, struct buf *output, struct err *err)
{
	const size_t most = LIMIT_CREDS_BYTES;

	output->at = xmalloc(most + 1);
	output->room = most + 1;
	for (;;) {
		struct pollfd wait = {.fd = run->fd, .events = POLLIN};
		int64_t left = run->deadline - http_clock();
		ssize_t got;

		if (left <= 0)
			return err_set(err, ERR_IO, "%s took longer than %d seconds", run->title,
				LIMIT_PROCESS_MS / 1000);
		if (poll(&wait, 1, (int)left) < 0)
			return err_set(err, ERR_IO, "%s: interrupted", run->title);
		if (wait.revents == 0)
			continue;
		if (output->len == most)
			return err_set(err, ERR_LIMIT, "%s printed more than %u bytes", run->title,
				LIMIT_CREDS_BYTES);
		got = read(run->fd, output->at + output->len, most - output->len);
		if (got < 0)
			return err_set(
				err, ERR_IO, "%s cannot be read: %s", run->title, strerror(errno));
		output->len += (size_t)got;
		output->at[output->len] = '\0';
		if (got == 0)
			return 0;
	}
}

/* Its status; one that does not end by itself is ended. */
static int
finish(struct run *run, bool let_it_end, int *status)
{
	close(run->fd);
	while (let_it_end && http_clock() < run->deadline) {
		pid_t ended = waitpid(run->pid, status, WNOHANG);

		if (ended != 0)
			return ended < 0 ? -1 : 0;
		sleep_ms(10);
	}
	kill(run->pid, SIGKILL);
	while (waitpid(run->pid, status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

static int
run_words(const char *title, char *const *words, struct buf *output, struct err *err)
{
	struct run run = {.title = title};
	int status = -1;
	int code = start(&run, words, err);

	if (code)
		return code;
	code = read_output(&run, output, err);
	if (finish(&run, code == 0, &status) < 0 && code == 0)
		code = err_set(err, ERR_IO, "%s: its end was missed", title);
	if (code == 0 && WIFSIGNALED(status))
		code = err_set(err, ERR_IO, "%s was ended by signal %d", title, WTERMSIG(status));
	if (code == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		code = err_set(err, ERR_IO, "%s failed with status %d; run it by hand to see why",
			title, WEXITSTATUS(status));
	return code;
}

static int
run_line(const char *title, const char *line, struct buf *output, struct err *err)
{
	struct arena arena = {0};
	word_list words = {0};
	bool whole = words_split(slice_of(line), &arena, &words);
	int code;

	if (!whole || words.count == 0 || words.count > LIMIT_PROCESS_WORDS) {
		code = err_set(err, ERR_VALUE, "%s: %s", title,
			whole ? "not one word, or too many" : "a quote is left open");
	} else {
		vec_push(&words, NULL);
		code = run_words(title, words.items, output, err);
	}
	vec_release(&words);
	arena_release(&arena);
	return code;
}

static int
process_load(struct provider *self, struct creds *out, struct err *err)
{
	static const struct creds_names names = {.access_key = "AccessKeyId",
		.secret_key = "SecretAccessKey",
		.session_token = "SessionToken",
		.expiration = "Expiration",
		.account = "AccountId",
		.versioned = true};
	const struct settings *settings = self->context.settings;
	const char *line = settings_profile_key(settings, self->profile, "credential_process");
	struct buf title = {0}, output = {0};
	int code;

	if (!line)
		return PROVIDER_NOTHING;
	buf_format(&title, "credential_process of profile %s", self->profile);
	code = run_line(title.at, line, &output, err);
	if (code == 0)
		code = creds_read_json(buf_slice(&output), &names, title.at, out, err);
	if (code == 0 && !out->account)
		out->account =
			text_copy(settings_profile_key(settings, self->profile, "aws_account_id"));
	out->origin = title.at;
	secret_buf_release(&output);
	return code;
}

static const struct provider_kind process_kind = {
	"the profile's credential_process", process_load, NULL};

struct provider *
provider_process(const struct provider_context *context, const char *profile)
{
	return provider_new(&process_kind, sizeof(struct provider), context, profile);
}
