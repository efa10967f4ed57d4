// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "user_process.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

const char *const user_process_lacks[] = {
	"reclaim while a process is stopped or hangs",
	"help before the OOM killer strikes",
	"a sweep by the kernel of what a dead process shared",
	NULL,
};

/* A sample has the ledgers of a process one after the other. */
static int add(struct user_processes *processes, const struct sample *sample,
	       const struct aoipool_pool_entry *ledger)
{
	struct user_process *last = processes->nr ?
					    &processes->rows[processes->nr - 1] :
					    NULL;
	struct user_process fresh = {
		.pid = ledger->pid,
		.level = ledger->level,
		.nr_pools = 1,
	};

	if (last && last->pid == ledger->pid) {
		last->nr_pools++;
		if (ledger->level > last->level)
			last->level = ledger->level;
		return 0;
	}
	fresh.kinds = kinds_of_ledgers(sample, ledger->pid);
	memcpy(fresh.comm, ledger->comm, sizeof(fresh.comm));
	return array_add(&processes->rows, &processes->nr, &fresh);
}

static uint64_t bytes_of(const struct user_process *process)
{
	return process->kinds.leased_bytes + process->kinds.reclaimable_bytes +
	       process->kinds.reserved_bytes;
}

static int most_first(const void *a, const void *b)
{
	uint64_t first = bytes_of(a), second = bytes_of(b);

	return (first < second) - (first > second);
}

int user_processes_make(struct user_processes *processes,
			const struct sample *sample)
{
	int err = 0;

	*processes = (struct user_processes){ 0 };
	for (size_t i = 0; !err && i < sample->nr_ledgers; i++)
		if (!sample->ledgers[i].is_kernel)
			err = add(processes, sample, &sample->ledgers[i]);
	if (err)
		user_processes_free(processes);
	else if (processes->nr)
		qsort(processes->rows, processes->nr, sizeof(*processes->rows),
		      most_first);
	return err;
}

void user_processes_free(struct user_processes *processes)
{
	free(processes->rows);
	*processes = (struct user_processes){ 0 };
}
