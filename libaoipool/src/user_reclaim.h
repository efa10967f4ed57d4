/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The thread that plays the kernel's part in reclaim for the user provider.
 * What it cannot do: work while the process is stopped.
 */
#ifndef USER_RECLAIM_H
#define USER_RECLAIM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "host.h"
#include "provider.h"
#include "user_slabs.h"

struct user_reclaim {
	struct provider *provider;
	struct user_slabs *slabs;
	pthread_t thread;
	int stop_fd;
	int psi_fd;		/* -1: the kernel tells of no stalls */
};

int user_reclaim_start(struct user_reclaim *reclaim, struct provider *provider,
		       struct user_slabs *slabs);
void user_reclaim_stop(struct user_reclaim *reclaim);
void user_reclaim_abandon(struct user_reclaim *reclaim);

/* Blocks to take: by what is available, and because threads have stalled. */
uint64_t user_reclaim_want(const struct host_memory *memory, bool stalled);

#endif
