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

/* What the command line says; NULL and 0 for nothing. */
struct settings_options {
	const char *profile, *region, *endpoint_url, *ca_bundle;
};

/* Lifetime: process. Texts are its own. */
struct settings;

/*
 * Reads the environment and both files. Missing files are empty ones. Errors: ERR_SYNTAX with file
 * and line for a line that is not INI; ERR_UNKNOWN for a profile that was named (--profile,
 * AWS_PROFILE) and is in neither file; ERR_VALUE for a setting that does not parse.
 */
int settings_load(const struct settings_options *options, struct settings **out, struct err *err);
void settings_free(struct settings *settings);

struct setting settings_profile(
	const struct settings *settings); /* value is never NULL: at least "default" */
bool settings_profile_explicit(
	const struct settings *settings); /* by --profile: the environment's keys are not taken */
struct setting settings_region(const struct settings *settings);
struct setting settings_ca_bundle(const struct settings *settings);
struct setting settings_endpoint(
	const struct settings *settings, const char *variable_suffix, const char *services_key);
bool settings_fips(const struct settings *settings);
bool settings_dual_stack(const struct settings *settings);
bool settings_legacy_global_sts(const struct settings *settings);
uint32_t settings_max_attempts(
	const struct settings *settings); /* at least 1; standard mode's default is 3 */

/* A key of a profile, whichever file has it (credentials win); and of an sso-session. NULL: not
 * there. */
const char *settings_profile_key(
	const struct settings *settings, const char *profile, const char *key);
struct setting settings_profile_setting(
	const struct settings *settings, const char *profile, const char *key);
bool settings_has_profile(const struct settings *settings, const char *profile);
const char *settings_session_key(
	const struct settings *settings, const char *sso_session, const char *key);
/* True if the credentials file (not the config file) has the key: static keys there come earlier in
 * the chain. */
bool settings_in_credentials_file(
	const struct settings *settings, const char *profile, const char *key);

#endif
