/*
 * What a run is configured with: options, environment, ~/.aws/config and ~/.aws/credentials, in
 * that order, each value with the place it came from. It must not know: how credentials are got,
 * what is called. Source: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
#ifndef AMIPLAN_AWS_SETTINGS_H
#define AMIPLAN_AWS_SETTINGS_H

#include "err.h"
#include <stdbool.h>
#include <stdint.h>

struct setting {
	const char *value;  /* NULL: nobody set it */
	const char *origin; /* "--region", "AWS_REGION", "~/.aws/config [profile build]", "default";
			       NULL with value */
};

/* What the command line says; NULL for nothing. Borrowed until settings_free. */
struct settings_options {
	const char *profile, *region, *endpoint_url, *ca_bundle;
};

/* Lifetime: process. Texts are its own. */
struct settings;

/*
 * Reads the environment and both files. Missing files are empty ones, and so are empty variables.
 * Errors: ERR_IO for a file that is there and cannot be read; ERR_SYNTAX with file and line for a
 * line that is not INI; ERR_UNKNOWN for a profile that was named (--profile, AWS_PROFILE) and is in
 * neither file; ERR_VALUE for a setting that does not parse.
 */
int settings_load(const struct settings_options *options, struct settings **out, struct err *err);
void settings_free(struct settings *settings);

struct setting settings_profile(
	const struct settings *settings); /* value is never NULL: at least "default" */
bool settings_profile_explicit(
	const struct settings *settings); /* by --profile: the environment's keys are not taken */
struct setting settings_region(const struct settings *settings);
struct setting settings_ca_bundle(const struct settings *settings);
/*
 * The endpoint that is configured for a service; value NULL: the partition's rule holds.
 * ERR_UNKNOWN: the profile names a services section that is not there. --endpoint-url counts only
 * with `option`.
 */
int settings_endpoint(const struct settings *settings, const char *variable,
	const char *services_key, bool option, struct setting *out, struct err *err);
bool settings_fips(const struct settings *settings);
bool settings_dual_stack(const struct settings *settings);
bool settings_legacy_global_sts(const struct settings *settings);
uint32_t settings_max_attempts(
	const struct settings *settings); /* at least 1; standard mode's default is 3 */

/* How instance metadata is asked. */
struct metadata_settings {
	bool disabled;        /* AWS_EC2_METADATA_DISABLED */
	bool v1_disabled;     /* without a token nothing is asked */
	const char *endpoint; /* "http://169.254.169.254", never with a final slash */
	uint32_t timeout_ms, attempts;
};
struct metadata_settings settings_metadata(const struct settings *settings);

/* A variable of the environment; NULL: not set, or empty. */
const char *settings_variable(const char *name);
/* A path with a leading ~ replaced by the home directory. To be freed. */
char *settings_home_path(const char *path);

/* A key of a profile, whichever file has it (credentials win); and of an sso-session. NULL: not
 * there, or empty. */
const char *settings_profile_key(
	const struct settings *settings, const char *profile, const char *key);
bool settings_has_profile(const struct settings *settings, const char *profile);
const char *settings_session_key(
	const struct settings *settings, const char *sso_session, const char *key);
bool settings_has_session(const struct settings *settings, const char *sso_session);

/* Static keys are looked for in each file by itself, at two places of the chain. */
enum settings_file { SETTINGS_CONFIG, SETTINGS_CREDENTIALS };
const char *settings_file_key(const struct settings *settings, enum settings_file file,
	const char *profile, const char *key);
/* Where a profile stands, for people: "~/.aws/config [profile build]". To be freed. */
char *settings_place(const struct settings *settings, enum settings_file file, const char *profile);

#endif
