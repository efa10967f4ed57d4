/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * How memory looks from here: that of the host, and that which the cgroups of
 * this process leave it.  One thread looks.
 */
#ifndef OUTLOOK_H
#define OUTLOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup_watch.h"
#include "host.h"
#include "level.h"

/* What an epoll set says of a descriptor of ours */
enum outlook_source {
	OUTLOOK_HOST	= 1,
	OUTLOOK_CGROUP	= 2,
};

struct outlook {
	int psi_fd;			/* of the host; -1: the kernel tells nothing */
	struct cgroup_watch watch;
	/* at the last look; total_bytes 0: not known, or without a limit */
	struct host_memory host, cgroup;
	struct level host_level, cgroup_level;
	/* heard since: the level is at least this */
	enum aoipool_pressure_level host_least, cgroup_least;
};

/* Cannot fail: who is told nothing has to look. */
void outlook_open(struct outlook *outlook, int epoll);
void outlook_close(struct outlook *outlook);

/* Something was heard from @source. */
void outlook_hear(struct outlook *outlook, uint64_t source);

/* Brings numbers and levels up to date. */
void outlook_look(struct outlook *outlook, uint64_t now_ns);

/* Of a pool whose host is watched by us, or by the module. */
enum aoipool_pressure_level outlook_level(const struct outlook *outlook,
					  bool host_too);

/* Bytes to be given back before levels fall; UINT64_MAX: all that is idle. */
uint64_t outlook_missing(const struct outlook *outlook);

/* What is tight: the cgroup where a smaller part of it is left. */
const struct host_memory *outlook_memory(const struct outlook *outlook);

/* Whether there is need to look without being told; at most this long ago. */
uint64_t outlook_pause_ns(const struct outlook *outlook, bool gives);

#endif
