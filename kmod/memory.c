// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: how much the host has, and how much of it could be had now.
 *
 * The kernel offers modules its estimate for the host only.  That for a node is
 * made here by the same rule: free pages above the watermarks, and of page cache
 * and reclaimable slab what is not needed to keep the system going, which is
 * half of it or the low watermark, whichever is less.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include "memory.h"

void aoipool_memory_of_host(struct aoipool_memory *memory)
{
	memory->available = max(si_mem_available(), 0L);
	memory->total = totalram_pages();
}

static unsigned long node_pages(struct pglist_data *node,
				enum node_stat_item item)
{
	return max(atomic_long_read(&node->vm_stat[item]), 0L);
}

static unsigned long beyond_need(unsigned long pages, unsigned long low)
{
	return pages - min(pages / 2, low);
}

void aoipool_memory_of_node(int nid, struct aoipool_memory *memory)
{
	struct pglist_data *node = NODE_DATA(nid);
	unsigned long free = 0, low = 0, cache, available;
	struct zone *zone;

	memory->total = 0;
	for (zone = node->node_zones; zone < node->node_zones + MAX_NR_ZONES;
	     zone++) {
		memory->total += zone_managed_pages(zone);
		free += zone_page_state(zone, NR_FREE_PAGES);
		low += low_wmark_pages(zone);
	}
	cache = node_pages(node, NR_ACTIVE_FILE) +
		node_pages(node, NR_INACTIVE_FILE);
	available = beyond_need(cache, low) +
		    /* counted in pages, whatever its name says */
		    beyond_need(node_pages(node, NR_SLAB_RECLAIMABLE_B), low);
	available += free - min(free, node->totalreserve_pages);
	memory->available = min(available, memory->total);
}

/* Whether the kernel reclaims on the node, or would at the next allocation. */
bool aoipool_memory_is_short(int nid)
{
	struct pglist_data *node = NODE_DATA(nid);
	unsigned long free = 0, high = 0;
	struct zone *zone;

	for (zone = node->node_zones; zone < node->node_zones + MAX_NR_ZONES;
	     zone++) {
		free += zone_page_state(zone, NR_FREE_PAGES);
		high += high_wmark_pages(zone);
	}
	return free < high;
}
