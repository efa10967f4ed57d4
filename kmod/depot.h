/* SPDX-License-Identifier: GPL-2.0-only */
/* The depot: clean blocks of each node, ready to be handed out. */
#ifndef AOIPOOL_DEPOT_H
#define AOIPOOL_DEPOT_H

#include <linux/types.h>
#include "block.h"
#include "policy.h"

#define AOIPOOL_DEPOT_MAX_BLOCKS	(1U << 16)

enum aoipool_watermark {
	AOIPOOL_DEPOT_LOW,	/* below this the worker fills */
	AOIPOOL_DEPOT_HIGH,	/* up to this */
};

struct page *aoipool_depot_get(int nid, enum aoipool_effort effort);
unsigned long aoipool_depot_count(int nid);
unsigned long aoipool_depot_reclaim(int nid, unsigned long nr_blocks);
void aoipool_depot_pause(int nid);
void aoipool_depot_keep(int nid, enum aoipool_keep keep);
u64 aoipool_depot_blocks(void);

unsigned int aoipool_depot_watermark(int nid, enum aoipool_watermark which);
void aoipool_depot_set_watermark(int nid, enum aoipool_watermark which,
				 unsigned int blocks);

void aoipool_depot_open(void);
void aoipool_depot_close(void);

int aoipool_depot_init(void);
void aoipool_depot_exit(void);

#endif /* AOIPOOL_DEPOT_H */
