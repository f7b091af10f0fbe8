/*
 * A policy's life: empty, filled in by whoever parsed it, completed with the defaults.
 * It must not know: how options are spelled.
 */
#include "policy.h"

void
policy_init(struct policy *policy)
{
	*policy = (struct policy){
		.template_depth = TEMPLATE_DEPTH_DEFAULT,
		.max_steps = -1,
		.max_percent_milli = -1,
		.as_of = TIME_NONE,
	};
}

void
policy_complete(struct policy *policy)
{
	static const struct age_limit month = {.age = {.seconds = INT64_C(30) * 24 * 3600}, .text = "30d"};

	if (policy->amis.count > 0 || policy->unused || policy->orphans)
		return;
	policy->defaulted = true;
	policy->unused = true;
	policy->orphans = true;
	if (!policy->older_than.text)
		policy->older_than = month;
	if (!policy->not_launched_for.text)
		policy->not_launched_for = month;
}

void
policy_release(struct policy *policy)
{
	vec_release(&policy->amis);
	vec_release(&policy->names);
	vec_release(&policy->tags);
	vec_release(&policy->architectures);
	vec_release(&policy->group_keys);
	vec_release(&policy->protect_tags);
	vec_release(&policy->in_use_selectors);
	vec_release(&policy->pins);
	vec_release(&policy->accepts);
	vec_release(&policy->only);
}
