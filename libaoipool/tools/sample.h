/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Everything that can be known of aoipool on this host at one moment: what the
 * module says, and what the ledgers of processes say that the caller may look
 * into.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <aoipool-events.h>
#include <aoipool/custody.h>

/* What is wanted; the rest stays empty. */
#define SAMPLE_NODES	(1U << 0)
#define SAMPLE_POOLS	(1U << 1)
#define SAMPLE_HOLDERS	(1U << 2)
#define SAMPLE_SLABS	(1U << 3)	/* each held slab of the module's pools */
#define SAMPLE_LEDGERS	(1U << 4)	/* pools of processes, by ledgers */
#define SAMPLE_CUSTODY	(1U << 5)	/* what is out of those pools */
#define SAMPLE_ALL	(~0U)

/**
 * struct sample - what there is
 * @time: of CLOCK_REALTIME
 * @has_module: @host, @nodes, @pools, @holders and @slabs are the module's; else
 *	they are empty
 * @ledgers: pools that keep a ledger, of both providers
 * @custody: what is out of those
 * @hidden_processes: that may have ledgers, and may not be looked into
 */
struct sample {
	struct timespec time;
	bool has_module;
	struct aoipool_host_state host;
	struct aoipool_node_state *nodes;
	size_t nr_nodes;
	struct aoipool_pool_state *pools;
	size_t nr_pools;
	struct aoipool_holder_state *holders;
	size_t nr_holders;
	struct aoipool_held_slab *slabs;
	size_t nr_slabs;
	struct aoipool_pool_entry *ledgers;
	size_t nr_ledgers;
	struct aoipool_custody *custody;
	size_t nr_custody;
	size_t hidden_processes;
};

/**
 * sample_take() - look
 * @wanted: SAMPLE_*
 *
 * Without the module there is less to see, which is no error.
 *
 * Return: 0, and sample_free() is the caller's to call; a negative errno value,
 * and nothing is left behind.
 */
int sample_take(struct sample *sample, unsigned int wanted);

/* Nanoseconds since 1970. */
uint64_t sample_time(const struct sample *sample);

void sample_free(struct sample *sample);

#endif
