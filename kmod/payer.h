/* SPDX-License-Identifier: GPL-2.0-only */
/* A payer: the cgroup that blocks of one node are charged to. */
#ifndef AOIPOOL_PAYER_H
#define AOIPOOL_PAYER_H

#include <linux/types.h>

struct mem_cgroup;
struct page;
struct shrinker;

/**
 * struct aoipool_account - whose blocks are meant
 * @memcg: what is charged to it; of the root cgroup, or NULL: to nobody
 * @below_too: and to the cgroups below it
 */
struct aoipool_account {
	struct mem_cgroup *memcg;
	bool below_too;
};

int aoipool_payer_join(struct page *block);
void aoipool_payer_leave(struct page *block);
bool aoipool_payer_is_of(struct page *block,
			 const struct aoipool_account *account);

bool aoipool_account_is_nobodys(const struct aoipool_account *account);
bool aoipool_account_is_full(const struct aoipool_account *account);
bool aoipool_account_is_relieved(const struct aoipool_account *account);
unsigned long aoipool_account_blocks(const struct aoipool_account *account,
				     int nid);

int aoipool_payer_init(void);
void aoipool_payer_exit(void);
int aoipool_payer_watch(struct shrinker *shrinker);
void aoipool_payer_unwatch(void);

#endif /* AOIPOOL_PAYER_H */
