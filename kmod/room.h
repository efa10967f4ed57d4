/* SPDX-License-Identifier: GPL-2.0-only */
/* Room: who was refused memory hears of some that came free. */
#ifndef AOIPOOL_ROOM_H
#define AOIPOOL_ROOM_H

#include <linux/types.h>

struct aoipool_pool;

long aoipool_room_seen(void);
void aoipool_room_missed(struct aoipool_pool *pool, long seen);
void aoipool_room_made(void);
void aoipool_room_announce(void);

#endif /* AOIPOOL_ROOM_H */
