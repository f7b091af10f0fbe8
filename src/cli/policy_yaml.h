/*
 * A --policy file: the options of the selection as YAML (or JSON, which is YAML).
 * It must not know: what an option means; every value goes through the option's own row.
 */
#ifndef AMIPLAN_CLI_POLICY_YAML_H
#define AMIPLAN_CLI_POLICY_YAML_H

#include "opts.h"

/* `name` is the file's path, for errors and as the base of relative paths. What is wrong in it is
 * ERR_USAGE with line and column. */
int policy_yaml_read(struct slice bytes, const char *name, opt_groups groups,
	struct request *request, struct err *err);

#endif
