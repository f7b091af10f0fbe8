/*
 * Steps in plan order: phase, account, region, id.
 *
 * A snapshot depends on AMIs, an instance on its AMI, an AMI on nothing: every dependency leads to
 * an earlier phase, so the graph of steps has no cycle and this order is topological by
 * construction. The phases are the kinds in the order of kinds.def, which is the order of nodes,
 * so ordering is one pass. replay.c proves it for each plan. It must not know: why anything is a
 * step.
 */
#include "internal.h"

void
order_steps(struct plan *plan)
{
	vec_foreach (item, &plan->candidates)
		if (plan->fate[*item] == FATE_STEP)
			vec_push(&plan->steps, *item);
}
