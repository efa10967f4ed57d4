/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts: what each node has seen since the module was loaded. */
#ifndef AOIPOOL_COUNT_H
#define AOIPOOL_COUNT_H

#include <linux/types.h>

/* Of the node; NUMA_NO_NODE: of all nodes together */
u64 aoipool_count_populated(int nid);
u64 aoipool_count_failures(int nid);

void aoipool_count_add_populated(int nid);
void aoipool_count_add_failure(int nid);

int aoipool_count_init(void);
void aoipool_count_exit(void);

#endif /* AOIPOOL_COUNT_H */
