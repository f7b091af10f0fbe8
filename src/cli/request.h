/*
 * What one call of amiplan asks for, as understood from its command line: the target of every
 * option. It must not know: how options are spelled, or what a verb does.
 */
#ifndef AMIPLAN_CLI_REQUEST_H
#define AMIPLAN_CLI_REQUEST_H

#include "arena.h"
#include "policy.h"
#include "vec.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct command;

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* Lifetime: process. Texts are borrowed from argv, literals or `arena`. */
struct request {
	const struct command *command;
	struct arena arena;
	VEC(const char *) operands;
	/* every verb */
	const char *output; /* -o; NULL: standard output */
	const char *format; /* -T; NULL: by the name of -o, else the verb's own */
	bool help, quiet, verbose;
	enum color_choice color;
	/* inventories */
	VEC(const char *) accounts;
	/* plan, explain */
	struct policy policy; /* `pins` and `region` serve every verb that reads an inventory */
	const char *policy_file;
	bool grouped, ranked; /* --group-by, --keep-last were given */
	bool missing, list_rules;
	/* plan, show, diff */
	bool detailed_exitcode;
	/* graph */
	VEC(const char *) focus;
	unsigned depth; /* 0: not given */
	const char *plan_file;
	/* help */
	bool man;
	bool used_stdin; /* an option has read standard input already */
};

void request_init(struct request *request, const struct command *command);
/* Once all options are in: what only their combination shows, and the defaults. */
int request_complete(struct request *request, struct err *err);
void request_release(struct request *request);

#endif
