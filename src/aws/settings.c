/*
 * What a run is configured with, each value with the place it came from.
 * It must not know: how credentials are got, what is called.
 */
#include "settings.h"
#include "buf.h"
#include "ini.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 2 /* enum settings_file */

struct settings {
	struct settings_options options;
	struct setting profile;
	struct ini *files[FILES]; /* NULL: there is no such file */
	char *titles[FILES];      /* as people write them: "~/.aws/config" */
	char *origins[FILES];     /* the profile's place in each */
	uint32_t max_attempts, metadata_attempts, metadata_seconds;
};

/* --- paths ----------------------------------------------------------------------------------- */

const char *
settings_variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static const char *
home(void)
{
	const char *path = settings_variable("HOME");
	const struct passwd *user = path ? NULL : getpwuid(getuid());

	return user ? user->pw_dir : path ? path : "";
}

char *
settings_home_path(const char *path)
{
	struct buf whole = {0};

	if (path[0] == '~' && (path[1] == '/' || path[1] == '\0')) {
		buf_add_text(&whole, home());
		path++;
	}
	buf_add_text(&whole, path);
	return whole.at;
}

/* The length of a variable's name at `at`. */
static size_t
name_length(const char *at)
{
	size_t length = 0;

	while (isalnum((unsigned char)at[length]) || at[length] == '_')
		length++;
	return length;
}

/* $NAME and ${NAME} replaced, unknown ones left alone: the files' own names may have them. */
static char *
expand_variables(const char *path)
{
	struct buf whole = {0};

	buf_add_text(&whole, "");
	while (*path) {
		bool braces = path[0] == '$' && path[1] == '{';
		const char *from = path + 1 + braces;
		size_t length = *path == '$' ? name_length(from) : 0;
		char *name = xstrndup(from, length);
		const char *value =
			length && (!braces || from[length] == '}') ? getenv(name) : NULL;

		if (value) {
			buf_add_text(&whole, value);
			path = from + length + braces;
		} else {
			buf_add_char(&whole, *path++);
		}
		free(name);
	}
	return whole.at;
}

/* --- files ----------------------------------------------------------------------------------- */

static const struct {
	const char *variable, *usual;
	enum ini_dialect dialect;
} file_table[FILES] = {
	[SETTINGS_CONFIG] = {"AWS_CONFIG_FILE", "~/.aws/config", INI_CONFIG},
	[SETTINGS_CREDENTIALS] = {"AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials",
		INI_CREDENTIALS},
};

static int
cannot_read(const char *path, int reason, struct err *err)
{
	return err_set_at(err, ERR_IO, path, 0, 0, "cannot be read: %s", strerror(reason));
}

static int
read_text(int fd, const char *path, char **text, size_t *size, struct err *err)
{
	size_t room = LIMIT_CONFIG_BYTES + 1, len = 0;
	char *bytes = xmalloc(room);
	ssize_t got;

	while (len < room && (got = read(fd, bytes + len, room - len)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(bytes);
			return cannot_read(path, errno, err);
		}
		len += (size_t)got;
	}
	if (len == room) {
		free(bytes);
		return err_set_at(err, ERR_LIMIT, path, 0, 0,
			"larger than %u bytes: this is no AWS configuration", LIMIT_CONFIG_BYTES);
	}
	*text = bytes;
	*size = len;
	return 0;
}

/* A file that is not there, or is no file (/dev/null), is an empty one. */
static int
load_file(struct settings *settings, enum settings_file file, struct err *err)
{
	char *expanded = expand_variables(settings->titles[file]);
	char *path = settings_home_path(expanded);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	char *text = NULL;
	size_t size = 0;
	int code = 0;

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
		code = cannot_read(path, errno, err);
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		code = read_text(fd, path, &text, &size, err);
	if (text) {
		code = ini_parse((struct slice){text, size}, file_table[file].dialect, path,
			&settings->files[file], err);
		memset(text, 0, size);
	}
	if (fd >= 0)
		close(fd);
	free(text);
	free(path);
	free(expanded);
	return code;
}

static int
load_files(struct settings *settings, struct err *err)
{
	for (int file = 0; file < FILES; file++) {
		const char *named = settings_variable(file_table[file].variable);
		int code;

		named = named ? named : file_table[file].usual;
		settings->titles[file] = xstrndup(named, strlen(named));
		code = load_file(settings, (enum settings_file)file, err);
		if (code)
			return code;
	}
	return 0;
}

/* --- looking up ------------------------------------------------------------------------------ */

const char *
settings_file_key(const struct settings *settings, enum settings_file file, const char *profile,
	const char *key)
{
	const struct ini *ini = settings->files[file];
	const char *value = ini ? ini_value(ini, INI_PROFILE, profile, key) : NULL;

	return value && *value ? value : NULL;
}

const char *
settings_profile_key(const struct settings *settings, const char *profile, const char *key)
{
	const char *value = settings_file_key(settings, SETTINGS_CREDENTIALS, profile, key);

	return value ? value : settings_file_key(settings, SETTINGS_CONFIG, profile, key);
}

bool
settings_has_profile(const struct settings *settings, const char *profile)
{
	for (int file = 0; file < FILES; file++)
		if (settings->files[file] && ini_has(settings->files[file], INI_PROFILE, profile))
			return true;
	return false;
}

const char *
settings_session_key(const struct settings *settings, const char *sso_session, const char *key)
{
	const struct ini *ini = settings->files[SETTINGS_CONFIG];
	const char *value = ini ? ini_value(ini, INI_SSO_SESSION, sso_session, key) : NULL;

	return value && *value ? value : NULL;
}

bool
settings_has_session(const struct settings *settings, const char *sso_session)
{
	const struct ini *ini = settings->files[SETTINGS_CONFIG];

	return ini && ini_has(ini, INI_SSO_SESSION, sso_session);
}

char *
settings_place(const struct settings *settings, enum settings_file file, const char *profile)
{
	struct buf place = {0};
	bool plain = file == SETTINGS_CREDENTIALS || strcmp(profile, "default") == 0;

	buf_format(&place, "%s [%s%s]", settings->titles[file], plain ? "" : "profile ", profile);
	return place.at;
}

/* A key of the chosen profile, with the file it stands in. */
static struct setting
from_profile(const struct settings *settings, const char *key)
{
	static const enum settings_file order[] = {SETTINGS_CREDENTIALS, SETTINGS_CONFIG};

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		const char *value =
			settings_file_key(settings, order[i], settings->profile.value, key);

		if (value)
			return (struct setting){value, settings->origins[order[i]]};
	}
	return (struct setting){NULL, NULL};
}

/* Option, variables in order (NULL: none), key of the profile. */
static struct setting
look_up(const struct settings *settings, struct setting option, const char *const variables[2],
	const char *key)
{
	if (option.value)
		return option;
	for (int i = 0; i < 2 && variables[i]; i++) {
		const char *value = settings_variable(variables[i]);

		if (value)
			return (struct setting){value, variables[i]};
	}
	return from_profile(settings, key);
}

static struct setting
variable_or_key(const struct settings *settings, const char *variable, const char *key)
{
	return look_up(settings, (struct setting){NULL, NULL},
		(const char *const[2]){variable, NULL}, key);
}

/* Anything but "true" is false, as the `aws` command has it. */
static bool
is_true(struct setting setting)
{
	return setting.value && strcasecmp(setting.value, "true") == 0;
}

/* --- numbers --------------------------------------------------------------------------------- */

static int
read_number(const struct settings *settings, const char *variable, const char *key, uint32_t usual,
	uint32_t most, uint32_t *out, struct err *err)
{
	struct setting setting = variable_or_key(settings, variable, key);
	unsigned long number;
	char *end;

	*out = usual;
	if (!setting.value)
		return 0;
	errno = 0;
	number = strtoul(setting.value, &end, 10);
	if (errno || *end || setting.value[0] < '0' || setting.value[0] > '9' || number == 0 ||
		number > most)
		return err_set(err, ERR_VALUE, "%s: %s is '%s', not a number from 1 to %u",
			setting.origin, key, setting.value, (unsigned)most);
	*out = (uint32_t)number;
	return 0;
}

static int
read_numbers(struct settings *settings, struct err *err)
{
	int code = read_number(settings, "AWS_MAX_ATTEMPTS", "max_attempts", 3, LIMIT_ATTEMPTS,
		&settings->max_attempts, err);

	if (code == 0)
		code = read_number(settings, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
			"metadata_service_num_attempts", 1, LIMIT_METADATA_ATTEMPTS,
			&settings->metadata_attempts, err);
	if (code == 0)
		code = read_number(settings, "AWS_METADATA_SERVICE_TIMEOUT",
			"metadata_service_timeout", 1, LIMIT_METADATA_SECONDS,
			&settings->metadata_seconds, err);
	return code;
}

/* --- loading --------------------------------------------------------------------------------- */

/* AWS_DEFAULT_PROFILE comes first, as it does in the `aws` command. */
static int
choose_profile(struct settings *settings, struct err *err)
{
	static const char *const variables[] = {"AWS_DEFAULT_PROFILE", "AWS_PROFILE"};
	struct setting chosen = {settings->options.profile, "--profile"};

	for (size_t i = 0; i < 2 && !chosen.value; i++)
		chosen = (struct setting){settings_variable(variables[i]), variables[i]};
	if (chosen.value && !settings_has_profile(settings, chosen.value))
		return err_set(err, ERR_UNKNOWN,
			"the profile '%s' (%s) is neither in %s nor in %s; "
			"`aws configure list-profiles` lists those that are",
			chosen.value, chosen.origin, settings->titles[SETTINGS_CONFIG],
			settings->titles[SETTINGS_CREDENTIALS]);
	settings->profile = chosen.value ? chosen : (struct setting){"default", "default"};
	for (int file = 0; file < FILES; file++)
		settings->origins[file] =
			settings_place(settings, (enum settings_file)file, settings->profile.value);
	return 0;
}

int
settings_load(const struct settings_options *options, struct settings **out, struct err *err)
{
	struct settings *settings = xcalloc(1, sizeof(*settings));
	int code;

	settings->options = *options;
	code = load_files(settings, err);
	if (code == 0)
		code = choose_profile(settings, err);
	if (code == 0)
		code = read_numbers(settings, err);
	if (code)
		settings_free(settings);
	else
		*out = settings;
	return code;
}

void
settings_free(struct settings *settings)
{
	if (!settings)
		return;
	for (int file = 0; file < FILES; file++) {
		ini_free(settings->files[file]);
		free(settings->titles[file]);
		free(settings->origins[file]);
	}
	free(settings);
}

/* --- what callers ask ------------------------------------------------------------------------ */

struct setting
settings_profile(const struct settings *settings)
{
	return settings->profile;
}

bool
settings_profile_explicit(const struct settings *settings)
{
	return settings->options.profile != NULL;
}

struct setting
settings_region(const struct settings *settings)
{
	return look_up(settings, (struct setting){settings->options.region, "--region"},
		(const char *const[2]){"AWS_REGION", "AWS_DEFAULT_REGION"}, "region");
}

struct setting
settings_ca_bundle(const struct settings *settings)
{
	return look_up(settings, (struct setting){settings->options.ca_bundle, "--ca-bundle"},
		(const char *const[2]){"AWS_CA_BUNDLE", NULL}, "ca_bundle");
}

/* The endpoint in the services section that the profile names. */
static int
services_endpoint(const struct settings *settings, const char *services_key, struct setting *out,
	struct err *err)
{
	struct setting section = from_profile(settings, "services");
	const struct ini *ini = settings->files[SETTINGS_CONFIG];
	const char *value;

	if (!section.value)
		return 0;
	if (!ini || !ini_has(ini, INI_SERVICES, section.value))
		return err_set(err, ERR_UNKNOWN,
			"%s names the services section '%s', which is not in %s", section.origin,
			section.value, settings->titles[SETTINGS_CONFIG]);
	value = ini_block_value(ini, INI_SERVICES, section.value, services_key, "endpoint_url");
	if (value && *value)
		*out = (struct setting){value, section.origin};
	return 0;
}

/* What the environment and the profile say, most special first. */
static int
configured_endpoint(const struct settings *settings, const char *variable, const char *services_key,
	struct setting *out, struct err *err)
{
	const char *const variables[] = {variable, "AWS_ENDPOINT_URL"};
	int code;

	for (size_t i = 0; i < 2; i++) {
		*out = (struct setting){settings_variable(variables[i]), variables[i]};
		if (out->value)
			return 0;
	}
	*out = (struct setting){NULL, NULL};
	code = services_endpoint(settings, services_key, out, err);
	if (code == 0 && !out->value)
		*out = from_profile(settings, "endpoint_url");
	return code;
}

int
settings_endpoint(const struct settings *settings, const char *variable, const char *services_key,
	bool option, struct setting *out, struct err *err)
{
	const char *url = option ? settings->options.endpoint_url : NULL;
	struct setting found = {url, url ? "--endpoint-url" : NULL};
	bool ignored = is_true(variable_or_key(settings, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		"ignore_configured_endpoint_urls"));
	int code = 0;

	if (!found.value && !ignored)
		code = configured_endpoint(settings, variable, services_key, &found, err);
	if (code == 0)
		*out = found;
	return code;
}

bool
settings_fips(const struct settings *settings)
{
	return is_true(variable_or_key(settings, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
}

bool
settings_dual_stack(const struct settings *settings)
{
	return is_true(
		variable_or_key(settings, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
}

bool
settings_legacy_global_sts(const struct settings *settings)
{
	struct setting mode =
		variable_or_key(settings, "AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints");

	return mode.value && strcasecmp(mode.value, "legacy") == 0;
}

uint32_t
settings_max_attempts(const struct settings *settings)
{
	return settings->max_attempts;
}

struct metadata_settings
settings_metadata(const struct settings *settings)
{
	struct setting endpoint = variable_or_key(
		settings, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
	struct setting mode = variable_or_key(settings, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
		"ec2_metadata_service_endpoint_mode");
	bool ipv6 = mode.value && strcasecmp(mode.value, "ipv6") == 0;
	const char *disabled = settings_variable("AWS_EC2_METADATA_DISABLED");

	return (struct metadata_settings){
		.disabled = disabled && strcasecmp(disabled, "true") == 0,
		.v1_disabled = is_true(variable_or_key(
			settings, "AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")),
		.endpoint = endpoint.value ? endpoint.value
			    : ipv6         ? "http://[fd00:ec2::254]"
					   : "http://169.254.169.254",
		.timeout_ms = settings->metadata_seconds * 1000,
		.attempts = settings->metadata_attempts,
	};
}
