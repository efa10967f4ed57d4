// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "ledgers.h"

#include <errno.h>
#include <unistd.h>

#include "array.h"
#include "process.h"
#include "processes.h"

struct taking {
	struct sample *sample;
	unsigned int wanted;
};

static int add_pool(void *arg, const struct aoipool_pool_entry *pool)
{
	struct sample *sample = arg;

	return array_add(&sample->ledgers, &sample->nr_ledgers, pool);
}

static int add_custody(void *arg, const struct aoipool_custody *custody)
{
	struct sample *sample = arg;

	return array_add(&sample->custody, &sample->nr_custody, custody);
}

static int add_all(const struct taking *taking,
		   const struct aoipool_snapshot *snapshot)
{
	int err = 0;

	if (taking->wanted & SAMPLE_LEDGERS)
		err = aoipool_snapshot_each_pool(snapshot, add_pool,
						 taking->sample);
	if (!err && taking->wanted & SAMPLE_CUSTODY)
		err = aoipool_snapshot_each(snapshot, add_custody,
					    taking->sample);
	return err;
}

/* Threads of the kernel and dead processes have none, who may look or not. */
static bool may_have_ledgers(pid_t pid)
{
	struct process process;

	return !process_look_briefly(pid, &process) && !process.is_kernel_thread &&
	       process.state != 'Z';
}

static int not_taken(struct sample *sample, pid_t pid, int err)
{
	if (err == -ESRCH)
		return 0;
	if (err != -EACCES && err != -EPROTO)
		return err;
	sample->hidden_processes += may_have_ledgers(pid);
	return 0;
}

static int take(void *arg, pid_t pid)
{
	const struct taking *taking = arg;
	struct aoipool_snapshot *snapshot;
	int err;

	if (pid == getpid())
		return 0;
	err = aoipool_snapshot_take(&snapshot, pid);
	if (err)
		return not_taken(taking->sample, pid, err);
	err = add_all(taking, snapshot);
	aoipool_snapshot_free(snapshot);
	return err;
}

int ledgers_take_of(struct sample *sample, unsigned int wanted, pid_t pid)
{
	struct taking taking = { .sample = sample, .wanted = wanted };

	return take(&taking, pid);
}

int ledgers_take(struct sample *sample, unsigned int wanted)
{
	struct taking taking = {.sample = sample, .wanted = wanted};

	return processes_each(take, &taking);
}
