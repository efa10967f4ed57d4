/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory: how much the host has, and how much of it could be had now. */
#ifndef AOIPOOL_MEMORY_H
#define AOIPOOL_MEMORY_H

#include <linux/types.h>

/**
 * struct aoipool_memory - of a node or of the host, in base pages
 * @available: free, or page cache and slab that can go without being missed;
 *	for the host as MemAvailable in /proc/meminfo, for a node by the same
 *	rule
 * @total: that the page allocator manages
 */
struct aoipool_memory {
	unsigned long available;
	unsigned long total;
};

void aoipool_memory_of_host(struct aoipool_memory *memory);
void aoipool_memory_of_node(int nid, struct aoipool_memory *memory);
bool aoipool_memory_is_short(int nid);

#endif /* AOIPOOL_MEMORY_H */
