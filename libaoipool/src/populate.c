/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The threads take slab after slab from one list; the caller is one of them, so
 * that without any other the work is done all the same, only slower.  After the
 * first error nobody begins another slab: what fails for one mostly fails for
 * all, and each failure has the kernel look for memory everywhere.
 *
 * Every slab ends in one of three ways: it is whole, it has failed and is parked
 * by slab_complete(), or nobody came to it.  The last two are given up, and
 * others are taken for them in the way of a single one, which tries all nodes.
 */
#include "populate.h"

#include <errno.h>

#include "helper.h"
#include "sys.h"

/* Clearing 64 MiB takes 4 ms, starting a thread 30 us */
#define BYTES_PER_THREAD	((size_t)32 << 20)

/* Clearing memory is bound by its bandwidth: more than a few do not help. */
#define MAX_HELPERS		7

struct job {
	struct slab_table *table;
	struct slab *slabs;
	size_t n;
	size_t next;		/* atomic; all before it were begun */
	size_t done;		/* atomic; those that are whole */
	const struct progress *progress;
	int err;		/* atomic; the first */
};

static void bring(struct job *job, struct slab *slab)
{
	int none = 0, err;

	err = slab->fresh ? slab_complete(job->table, slab) : 0;
	if (!err) {
		__atomic_fetch_add(&job->done, 1, __ATOMIC_RELAXED);
		return;
	}
	slab->index = SLAB_NONE;
	__atomic_compare_exchange_n(&job->err, &none, err, false,
				    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

/* Return: whether there was one left to begin. */
static bool work_once(struct job *job)
{
	size_t i;

	if (__atomic_load_n(&job->err, __ATOMIC_RELAXED))
		return false;
	i = __atomic_fetch_add(&job->next, 1, __ATOMIC_RELAXED);
	if (i >= job->n)
		return false;
	bring(job, &job->slabs[i]);
	return true;
}

static void *work(void *job)
{
	while (work_once(job))
		;
	return NULL;
}

static void tell(const struct job *job)
{
	size_t bytes = provider_slab_bytes(job->table->provider);
	size_t done = __atomic_load_n(&job->done, __ATOMIC_RELAXED);

	if (job->progress && job->progress->tell)
		job->progress->tell(job->progress->arg, done * bytes,
				    job->n * bytes);
}

/* How many threads beside the caller are worth it. */
static uint32_t helpers_for(const struct job *job)
{
	size_t fresh = 0, most, i;
	uint32_t cpus;

	for (i = 0; i < job->n; i++)
		fresh += job->slabs[i].fresh;
	most = fresh * provider_slab_bytes(job->table->provider) /
	       BYTES_PER_THREAD;
	if (most > fresh)
		most = fresh;
	if (most < 2)
		return 0;
	cpus = sys_allowed_cpus();
	if (most > cpus)
		most = cpus;
	return most > MAX_HELPERS ? MAX_HELPERS : most - 1;
}

static void run(struct job *job)
{
	pthread_t helpers[MAX_HELPERS];
	uint32_t wanted = helpers_for(job), n = 0;

	while (n < wanted && !helper_start(&helpers[n], NULL, "aoipool-bring",
					   work, job))
		n++;
	while (work_once(job))
		tell(job);
	while (n--)
		pthread_join(helpers[n], NULL);
	tell(job);
}

/* What nobody came to. */
static void drop_rest(struct job *job)
{
	struct slab *slab = &job->slabs[job->next < job->n ? job->next : job->n];

	for (; slab < job->slabs + job->n; slab++) {
		if (!slab->fresh)
			continue;
		slab_drop(job->table, slab);
		slab->index = SLAB_NONE;
	}
}

/* That nothing else was free is not what was wrong. */
static int replace(struct job *job, uint32_t node)
{
	struct slab *slab;
	int err;

	for (slab = job->slabs; slab < job->slabs + job->n; slab++) {
		if (slab->index != SLAB_NONE)
			continue;
		err = slab_take(job->table, node, slab);
		if (!err)
			continue;
		slab->index = SLAB_NONE;
		return err == -EAGAIN ? job->err : err;
	}
	return 0;
}

static void give_back(struct job *job)
{
	struct slab *slab;

	for (slab = job->slabs; slab < job->slabs + job->n; slab++)
		if (slab->index != SLAB_NONE)
			slab_park(job->table, slab->index, slab->gen);
}

int populate_slabs(struct slab_table *table, uint32_t node, struct slab *slabs,
		   size_t n, const struct progress *progress)
{
	struct job job = {
		.table = table,
		.slabs = slabs,
		.n = n,
		.progress = progress,
	};
	int err;

	run(&job);
	if (!job.err)
		return 0;
	drop_rest(&job);
	err = replace(&job, node);
	if (err)
		give_back(&job);
	return err;
}
