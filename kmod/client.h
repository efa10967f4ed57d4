/* SPDX-License-Identifier: GPL-2.0-only */
/* A client: one open descriptor of a pool, with a number that owns slabs. */
#ifndef AOIPOOL_CLIENT_H
#define AOIPOOL_CLIENT_H

#include <linux/types.h>

struct aoipool_pool;

struct aoipool_client {
	struct aoipool_pool *pool;	/* a reference */
	u32 number;			/* unique among the pool's clients */
	u64 seen_seq;			/* of pressure_seq: poll() has told it */
};

struct aoipool_client *aoipool_client_create(struct aoipool_pool *pool);
void aoipool_client_destroy(struct aoipool_client *client);

u64 aoipool_swept_slabs(void);

#endif /* AOIPOOL_CLIENT_H */
