/* SPDX-License-Identifier: GPL-2.0-only */
/* An asker: who sent a netlink request, by what he may see. */
#ifndef AOIPOOL_ASKER_H
#define AOIPOOL_ASKER_H

#include <linux/types.h>
#include <linux/uidgid.h>

struct aoipool_pool;
struct sk_buff;

/**
 * struct aoipool_asker - what somebody may see
 * @uid: as whom he asked
 * @sees_all: not only what is his own
 */
struct aoipool_asker {
	kuid_t uid;
	bool sees_all;
};

void aoipool_asker_init(struct aoipool_asker *asker,
			const struct sk_buff *request);

/* What was created or opened by @owner */
static inline bool aoipool_asker_sees(const struct aoipool_asker *asker,
				      kuid_t owner)
{
	return asker->sees_all || uid_eq(owner, asker->uid);
}

bool aoipool_asker_sees_pool(const struct aoipool_asker *asker,
			     struct aoipool_pool *pool);

#endif /* AOIPOOL_ASKER_H */
