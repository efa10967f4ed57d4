/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Being told of what happens to the cgroup that this process is in. */
#ifndef CGROUP_WATCH_H
#define CGROUP_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "aoipool.h"
#include "cgroup.h"

/* Of the nearest ones; containers are seldom deeper */
#define CGROUP_WATCH_DEPTH	8

struct cgroup_watch {
	struct cgroup cgroup;
	bool there;
	int psi_fd;		/* of the cgroup itself; -1: not for us */
	/* memory.events.local of it and of those above */
	struct cgroup_events {
		int fd;
		uint64_t squeezed;	/* times that it met a limit */
		uint64_t killed;	/* times that nothing helped */
	} events[CGROUP_WATCH_DEPTH];
	uint32_t nr_events;
};

/**
 * cgroup_watch_open() - find and watch it
 * @epoll: gets the descriptors, edge-triggered
 * @data: of all of them
 *
 * Cannot fail: where there is none, or none for us, nothing is told.
 */
void cgroup_watch_open(struct cgroup_watch *watch, int epoll, uint64_t data);
void cgroup_watch_close(struct cgroup_watch *watch);

/* What has happened since the last call makes of the level: at least this. */
enum aoipool_pressure_level cgroup_watch_heard(struct cgroup_watch *watch);

#endif
