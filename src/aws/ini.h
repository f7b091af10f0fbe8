/*
 * The INI dialect of ~/.aws/config and ~/.aws/credentials, as AWS's tools read it.
 * It must not know: which keys there are, which file comes first.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 *
 * Lines are `[section]`, `key = value` (or `key: value`), comments (first character # or ;) and
 * continuations: lines that stand further to the right than their key. A value that is empty and
 * continued is a block of `key = value` lines one level deep. Keys do not mind case. A section or
 * key that stands twice is an error, as it is for the `aws` command. No message shows a value: it
 * may be a secret.
 */
#ifndef AMIPLAN_AWS_INI_H
#define AMIPLAN_AWS_INI_H

#include "err.h"
#include "slice.h"
#include <stdbool.h>

enum ini_dialect {
	INI_CONFIG,      /* [default], [profile NAME], [sso-session NAME], [services NAME] */
	INI_CREDENTIALS, /* [NAME] is a profile */
};

/* What a named section is. */
enum ini_kind { INI_PROFILE, INI_SSO_SESSION, INI_SERVICES };

/* Lifetime: process. */
struct ini;

/* `title` is what messages call the file. ERR_SYNTAX with its line. */
int ini_parse(struct slice text, enum ini_dialect dialect, const char *title, struct ini **out,
	struct err *err);
/* Wipes: there are secrets in it. */
void ini_free(struct ini *ini);

bool ini_has(const struct ini *ini, enum ini_kind kind, const char *name);
/* The value of a key, NULL if it is not there; "" if it is empty or a block. */
const char *ini_value(const struct ini *ini, enum ini_kind kind, const char *name, const char *key);
/* The value of `key` in the block `block`. */
const char *ini_block_value(const struct ini *ini, enum ini_kind kind, const char *name,
	const char *block, const char *key);

#endif
