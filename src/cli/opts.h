/*
 * Options as tables: one row an option. Parsing, help and the manual page all come from the same
 * rows. It must not know: what a verb does with them.
 */
#ifndef AMIPLAN_CLI_OPTS_H
#define AMIPLAN_CLI_OPTS_H

#include "request.h"

struct opt;

/*
 * Takes one value into the request. `value` is NULL for a flag of the command line ("true" or
 * "false" from a policy file) and stays valid as long as the request. Errors are ERR_USAGE (or
 * ERR_IO for a file) with a text that begins after the option's name.
 */
typedef int opt_take(
	struct request *request, const struct opt *opt, const char *value, struct err *err);

struct opt {
	const char *name;  /* long name, without dashes */
	const char *value; /* what its value is called in help; NULL: a flag */
	const char *help;  /* lower case, no full stop */
	opt_take *take;
	void (*clear)(
		struct request *request); /* empties the list it adds to; NULL: single-valued */
	/* On the command line: forgets what of the policy it takes the place of. NULL: its own. */
	void (*displace)(struct request *request);
	size_t at;      /* where take_flag and take_text put it: offset in struct request */
	char letter;    /* short name, 0: none */
	bool in_policy; /* may stand in a --policy file */
	bool is_path;   /* in a policy file, relative to that file's directory */
};

struct opt_group {
	const char *title;
	const struct opt *opts;
	size_t count;
};

/* The groups of one verb, ended by NULL. */
typedef const struct opt_group *const *opt_groups;

/* Decimal digits only, at most `max`. */
bool opt_number(struct slice text, uint64_t max, uint64_t *out);

/* take functions for any row: a bool, a text, at `at`. */
opt_take take_flag, take_text;
/* --only: one more place of the policy's (policy_opts.c). */
opt_take take_only;
/* A price list: of every verb that needs prices. */
opt_take take_prices;
void clear_prices(struct request *request);

/* The row of that name, or NULL. */
const struct opt *opt_find(opt_groups groups, struct slice name);

/*
 * Parses argv[1] … into the request: options anywhere before `--`, later ones win; exact names
 * only. argv[0] is not looked at. Reads the --policy file first, if there is one. With --help,
 * `request->help` is set and nothing else is judged.
 */
int opts_parse(opt_groups groups, int argc, char **argv, struct request *request, struct err *err);

/* The tables (options.c, policy_opts.c, aws_options.c). */
extern const struct opt_group common_options, inventory_options, pins_options, selection_options,
	format_options, plan_options, script_options, exitcode_options, graph_options_group,
	cost_options, bill_options, help_options, aws_options, role_options, collect_options_group,
	apply_options, prices_options;

#endif
