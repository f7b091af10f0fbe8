/*
 * Verbs as a table: one row a verb. To add one: a row in commands.c and a cmd_*.c.
 * It must not know: the command line's letters.
 */
#ifndef AMIPLAN_CLI_COMMANDS_H
#define AMIPLAN_CLI_COMMANDS_H

#include "choose.h"
#include "opts.h"

/* Does what the request asks for. Sets `status` (0 at entry) where success has several; a failure's
 * status is its code's. */
typedef int command_run(struct request *request, int *status, struct err *err);

struct command {
	const char *name;
	const char *operands; /* "INVENTORY...", "" */
	const char *summary;  /* one line, lower case, no full stop */
	const char *about;    /* sentences for help and manual */
	const char
		*exits; /* what its exit statuses mean beside 64 and 70; NULL: 0 done, 1 an error */
	opt_groups groups;
	const struct format_list *formats;   /* the first is the usual one; ended by one without
						names; NULL: -T is no option */
	unsigned min_operands, max_operands; /* 0: any number */
	command_run *run;
};

/* Every verb, in the order in which help lists them: first what most people come for. */
const struct command *commands(size_t *count);
const struct command *command_find(const char *name);

/* Words of the contract that this version does not have: NULL, or the word itself. */
const char *later_verb(struct slice name);
const char *later_option(struct slice name);

command_run cmd_plan, cmd_show, cmd_explain, cmd_verify, cmd_diff, cmd_graph, cmd_cost, cmd_collect,
	cmd_apply, cmd_prices, cmd_help;

/* The whole program: returns its exit status. */
int cli_main(int argc, char **argv);

#endif
