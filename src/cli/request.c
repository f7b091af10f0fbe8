/*
 * A request's life: empty, filled in by the options, completed, released.
 * It must not know: how options are spelled.
 */
#include "request.h"

void
request_init(struct request *request, const struct command *command)
{
	*request = (struct request){.command = command};
	policy_init(&request->policy);
}

int
request_complete(struct request *request, struct err *err)
{
	/* Whoever names groups believes that something is kept of each. */
	if (request->grouped && !request->ranked)
		return err_set(err, ERR_USAGE, "--group-by does nothing without --keep-last N");
	if (request->policy.terminate_instances && request->policy.amis.count == 0)
		return err_set(err, ERR_USAGE,
			"--terminate-instances does nothing without --ami: only instances of AMIs "
			"that --ami names are terminated");
	if (request->policy.max_saving && request->policy.save.known)
		return err_set(err, ERR_USAGE, "--save and --max-saving: say one of them");
	if (request->policy.max_saving && request->policy.max_steps < 0)
		return err_set(err, ERR_USAGE,
			"--max-saving needs --max-steps N: how many steps it may choose");
	if (request->measured && !policy_chooses(&request->policy))
		return err_set(err, ERR_USAGE,
			"--save-by does nothing without --save USD or --max-saving");
	if (request->verify_cache && !request->cache)
		return err_set(err, ERR_USAGE, "--verify-cache does nothing without --cache DIR");
	policy_complete(&request->policy);
	return 0;
}

void
request_release(struct request *request)
{
	vec_release(&request->operands);
	vec_release(&request->accounts);
	vec_release(&request->focus);
	vec_release(&request->roles);
	vec_release(&request->regions);
	vec_release(&request->collect_amis);
	vec_release(&request->price_files);
	vec_release(&request->bill_files);
	policy_release(&request->policy);
	arena_release(&request->arena);
}
