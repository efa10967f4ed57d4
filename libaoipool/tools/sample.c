// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "ledgers.h"

static int add_node(void *arg, const struct aoipool_node_state *node)
{
	struct sample *sample = arg;

	return array_add(&sample->nodes, &sample->nr_nodes, node);
}

static int add_pool(void *arg, const struct aoipool_pool_state *pool)
{
	struct sample *sample = arg;

	return array_add(&sample->pools, &sample->nr_pools, pool);
}

static int add_holder(void *arg, const struct aoipool_holder_state *holder)
{
	struct sample *sample = arg;

	return array_add(&sample->holders, &sample->nr_holders, holder);
}

static int add_slab(void *arg, const struct aoipool_held_slab *slab)
{
	struct sample *sample = arg;

	return array_add(&sample->slabs, &sample->nr_slabs, slab);
}

static int take_lists(struct sample *sample, unsigned int wanted)
{
	int err = 0;

	if (wanted & SAMPLE_NODES)
		err = aoipool_for_each_node(add_node, sample);
	if (!err && wanted & SAMPLE_POOLS)
		err = aoipool_for_each_pool(add_pool, sample);
	if (!err && wanted & SAMPLE_HOLDERS)
		err = aoipool_for_each_holder(add_holder, sample);
	if (!err && wanted & SAMPLE_SLABS)
		err = aoipool_for_each_held_slab(0, add_slab, sample);
	return err;
}

/* What the module has said before it went is of no use. */
static void forget_module(struct sample *sample)
{
	struct timespec time = sample->time;

	sample_free(sample);
	sample->time = time;
}

static int take_module(struct sample *sample, unsigned int wanted)
{
	int err;

	sample->host.size = sizeof(sample->host);
	err = aoipool_listener_state(NULL, &sample->host);
	if (!err)
		err = take_lists(sample, wanted);
	sample->has_module = !err;
	if (err == -ENODEV || err == -EPROTONOSUPPORT) {
		forget_module(sample);
		err = 0;
	}
	return err;
}

int sample_take(struct sample *sample, unsigned int wanted)
{
	int err;

	*sample = (struct sample){ 0 };
	clock_gettime(CLOCK_REALTIME, &sample->time);
	err = take_module(sample, wanted);
	if (!err && wanted & (SAMPLE_LEDGERS | SAMPLE_CUSTODY))
		err = ledgers_take(sample, wanted);
	if (err)
		sample_free(sample);
	return err;
}

void sample_free(struct sample *sample)
{
	free(sample->nodes);
	free(sample->pools);
	free(sample->holders);
	free(sample->slabs);
	free(sample->ledgers);
	free(sample->custody);
	*sample = (struct sample){ 0 };
}

uint64_t sample_time(const struct sample *sample)
{
	return sample->time.tv_sec * UINT64_C(1000000000) + sample->time.tv_nsec;
}
