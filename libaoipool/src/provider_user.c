/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The embedded default: the same words and the same library where no module
 * is.  Memory is user_memory's, the kernel's arcs are user_slabs', and the
 * governor decides when to take.
 */
#include <errno.h>
#include <stdlib.h>

#include "host.h"
#include "provider.h"
#include "user_memory.h"
#include "user_slabs.h"

/* There is no second client: nobody else can map this pool. */
#define ONLY_CLIENT	1

#define SMALL_PAGE	4096

struct user_provider {
	struct user_memory memory;
	struct user_slabs slabs;
};

static void tell_pages(struct provider *provider,
		       const struct user_memory *memory)
{
	switch (memory->pages) {
	case USER_PAGES_HUGETLB:
		provider_because(provider, "memfd with 2 MiB pages of the "
					   "host's huge page pool");
		break;
	case USER_PAGES_COLLAPSED:
		provider_because(provider, "memfd with 2 MiB pages by collapse%s",
				 memory->verified ? "" : " (unverified: smaps "
							 "does not tell)");
		break;
	default:
		provider_because(provider, "memfd with 4 KiB pages: this "
					   "kernel made no huge page of them "
					   "(see transparent_hugepage/"
					   "shmem_enabled)");
	}
}

static void publish(struct provider *provider, struct user_provider *user,
		    const struct provider_params *params)
{
	provider->info = user->slabs.info;
	provider->slabs = &user->slabs;
	provider->words = user->slabs.words;
	provider->data = user->memory.data;
	provider->nr_slabs = params->nr_slabs;
	provider->slab_blocks = params->slab_blocks;
	provider->client = ONLY_CLIENT;
	provider->numa = params->numa;
	provider->nodes = params->nodes ? params->nodes : host_nodes();
	provider->block_bytes = user->memory.pages == USER_PAGES_SMALL ?
					SMALL_PAGE : AOIPOOL_BLOCK_BYTES;
	provider->priv = user;
}

static int open_parts(struct user_provider *user,
		      const struct provider_params *params)
{
	size_t slab_bytes = (size_t)params->slab_blocks << AOIPOOL_BLOCK_SHIFT;
	size_t bytes;
	int err;

	if (__builtin_mul_overflow(slab_bytes, params->nr_slabs, &bytes))
		return -ENOMEM;
	err = user_memory_open(&user->memory, bytes);
	if (err)
		return err;
	err = user_slabs_init(&user->slabs, &user->memory, params->nr_slabs,
			      params->slab_blocks, params->reserve_slabs);
	if (err) {
		user_memory_close(&user->memory);
		return err;
	}
	user->slabs.yields = params->reserve_yields;
	user->slabs.decay_ms = params->decay_ms;
	user->slabs.idle_max_blocks = params->idle_max_blocks;
	return 0;
}

static int user_open(struct provider *provider,
		     const struct provider_params *params)
{
	struct user_provider *user = calloc(1, sizeof(*user));
	int err;

	if (!user)
		return -ENOMEM;
	err = open_parts(user, params);
	if (err) {
		log_line(&provider->log, AOIPOOL_LOG_ERROR,
			 "pool %s: no memfd of %u slabs of %u MiB: %s",
			 params->name, params->nr_slabs,
			 params->slab_blocks * 2, aoipool_strerror(err));
		free(user);
		return err;
	}
	publish(provider, user, params);
	tell_pages(provider, &user->memory);
	return 0;
}

/* Said once, when the first block could not be had as a huge page. */
static void note_small(struct provider *provider,
		       const struct user_slabs *slabs)
{
	if (__atomic_load_n(&provider->block_bytes, __ATOMIC_RELAXED) ==
		    SMALL_PAGE ||
	    !__atomic_load_n(&slabs->small_blocks, __ATOMIC_RELAXED))
		return;
	if (__atomic_exchange_n(&provider->block_bytes, SMALL_PAGE,
				__ATOMIC_RELAXED) == SMALL_PAGE)
		return;
	__atomic_fetch_or(&provider->notes, PROVIDER_NOTE_SMALL_PAGES,
			  __ATOMIC_RELAXED);
	if (provider->live)
		__atomic_store_n(&provider->live->block_bytes, SMALL_PAGE,
				 __ATOMIC_RELAXED);
}

static int user_populate(struct provider *provider, uint32_t first_slab,
			 uint32_t nr_slabs)
{
	struct user_provider *user = provider->priv;
	uint32_t i;
	int err = 0;

	for (i = 0; i < nr_slabs && !err; i++)
		err = user_slabs_populate(&user->slabs, first_slab + i);
	note_small(provider, &user->slabs);
	return err;
}

static int user_trim(struct provider *provider, uint64_t max_blocks,
		     uint64_t *freed_blocks)
{
	struct user_provider *user = provider->priv;

	*freed_blocks = user_slabs_take(&user->slabs, max_blocks,
					USER_SLABS_ANY, false);
	return 0;
}

static void user_close(struct provider *provider)
{
	struct user_provider *user = provider->priv;

	/* now, also where a child still has the descriptor */
	user_memory_punch(&user->memory, 0,
			  user->memory.bytes >> AOIPOOL_BLOCK_SHIFT);
	user_slabs_exit(&user->slabs);
	user_memory_close(&user->memory);
	free(user);
}

static void user_abandon(struct provider *provider)
{
	struct user_provider *user = provider->priv;

	user_slabs_exit(&user->slabs);
	user_memory_abandon(&user->memory);
	free(user);
}

const struct aoipool_provider_ops provider_user_ops = {
	.name = "user",
	.open = user_open,
	.populate = user_populate,
	.trim = user_trim,
	.close = user_close,
	.abandon = user_abandon,
};
