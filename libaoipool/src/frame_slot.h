/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* get, put and deref of a frame pool; the arguments were looked at. */
#ifndef FRAME_SLOT_H
#define FRAME_SLOT_H

#include <stddef.h>

#include "aoipool.h"

/* As aoipool_get_wait(); *@slot changes only on success. */
int frame_slot_get(struct aoipool_pool *pool, struct aoipool_slot *slot,
		   int timeout_ms);
/* As aoipool_get_many(). */
int frame_slot_get_many(struct aoipool_pool *pool, struct aoipool_slot *slots,
			size_t n, int timeout_ms);

/* Return: 0; why the ref or the pointer is refused. */
int frame_slot_put(struct aoipool_pool *pool, aoipool_ref_t ref);
int frame_slot_put_ptr(struct aoipool_pool *pool, const void *ptr);
int frame_slot_look_up(const struct aoipool_pool *pool, aoipool_ref_t ref,
		       void **ptr);

/* As aoipool_pool_reset(). */
int frame_slot_reset(struct aoipool_pool *pool);

#endif
