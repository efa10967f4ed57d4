// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts: what each node has seen since the module was loaded.
 *
 * Each is added to where a block is brought or refused, which takes so long that
 * an atomic addition is nothing beside it; what one node counts shares no cache
 * line with what another does.  (What was taken of a node event.c counts.)
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/slab.h>
#include "count.h"

/**
 * struct counts - of one node
 * @populated: blocks that pools were given
 * @failures: blocks that they were refused
 */
struct counts {
	atomic64_t populated;
	atomic64_t failures;
} ____cacheline_aligned_in_smp;

static struct counts *nodes;	/* nr_node_ids of them */

u64 aoipool_count_populated(int nid)
{
	u64 sum = 0;

	if (nid != NUMA_NO_NODE)
		return atomic64_read(&nodes[nid].populated);
	for (nid = 0; nid < nr_node_ids; nid++)
		sum += atomic64_read(&nodes[nid].populated);
	return sum;
}

u64 aoipool_count_failures(int nid)
{
	u64 sum = 0;

	if (nid != NUMA_NO_NODE)
		return atomic64_read(&nodes[nid].failures);
	for (nid = 0; nid < nr_node_ids; nid++)
		sum += atomic64_read(&nodes[nid].failures);
	return sum;
}

void aoipool_count_add_populated(int nid)
{
	atomic64_inc(&nodes[nid].populated);
}

void aoipool_count_add_failure(int nid)
{
	atomic64_inc(&nodes[nid].failures);
}

int aoipool_count_init(void)
{
	nodes = kcalloc(nr_node_ids, sizeof(*nodes), GFP_KERNEL);
	return nodes ? 0 : -ENOMEM;
}

void aoipool_count_exit(void)
{
	kfree(nodes);
}
