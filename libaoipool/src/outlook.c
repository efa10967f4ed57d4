/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "outlook.h"

#include <string.h>

#include "psi.h"
#include "sys.h"

#define MS_NS		1000000ULL

/* A look costs some ten microseconds, more with many cgroups to read. */
#define CALM_NS		(1000 * MS_NS)	/* while there is something to give */
#define LOW_NS		(250 * MS_NS)
#define HIGH_NS		(100 * MS_NS)

void outlook_open(struct outlook *outlook, int epoll)
{
	int fd = psi_open("/proc/pressure/memory");

	if (fd >= 0 &&
	    sys_epoll_add(epoll, fd, EPOLLPRI | EPOLLET, OUTLOOK_HOST)) {
		sys_close(fd);
		fd = -1;
	}
	memset(outlook, 0, sizeof(*outlook));
	outlook->psi_fd = fd;
	cgroup_watch_open(&outlook->watch, epoll, OUTLOOK_CGROUP);
}

void outlook_close(struct outlook *outlook)
{
	cgroup_watch_close(&outlook->watch);
	sys_close(outlook->psi_fd);
	outlook->psi_fd = -1;
}

static void at_least(enum aoipool_pressure_level *least,
		     enum aoipool_pressure_level level)
{
	if (*least < level)
		*least = level;
}

void outlook_hear(struct outlook *outlook, uint64_t source)
{
	if (source == OUTLOOK_HOST)
		at_least(&outlook->host_least, AOIPOOL_LEVEL_LOW);
	if (source != OUTLOOK_CGROUP)
		return;
	at_least(&outlook->cgroup_least, AOIPOOL_LEVEL_LOW);
	at_least(&outlook->cgroup_least, cgroup_watch_heard(&outlook->watch));
}

static void read_memory(struct outlook *outlook)
{
	if (host_memory(&outlook->host))
		outlook->host = (struct host_memory){ 0 };
	if (!outlook->watch.there ||
	    cgroup_memory(&outlook->watch.cgroup, 0, &outlook->cgroup))
		outlook->cgroup = (struct host_memory){ 0 };
}

void outlook_look(struct outlook *outlook, uint64_t now_ns)
{
	read_memory(outlook);
	level_update(&outlook->host_level, &outlook->host, outlook->host_least,
		     now_ns);
	level_update(&outlook->cgroup_level, &outlook->cgroup,
		     outlook->cgroup_least, now_ns);
	outlook->host_least = AOIPOOL_LEVEL_NONE;
	outlook->cgroup_least = AOIPOOL_LEVEL_NONE;
}

enum aoipool_pressure_level outlook_level(const struct outlook *outlook,
					  bool host_too)
{
	enum aoipool_pressure_level level = outlook->cgroup_level.now;

	if (host_too && level < outlook->host_level.now)
		level = outlook->host_level.now;
	return level;
}

uint64_t outlook_missing(const struct outlook *outlook)
{
	uint64_t host = level_missing(outlook->host_level.now, &outlook->host);
	uint64_t cgroup = level_missing(outlook->cgroup_level.now,
					&outlook->cgroup);

	if (outlook_level(outlook, true) == AOIPOOL_LEVEL_CRITICAL)
		return UINT64_MAX;
	return host > cgroup ? host : cgroup;
}

const struct host_memory *outlook_memory(const struct outlook *outlook)
{
	if (!outlook->cgroup.total_bytes)
		return &outlook->host;
	if (!outlook->host.total_bytes)
		return &outlook->cgroup;
	return host_memory_is_tighter(&outlook->cgroup, &outlook->host) ?
		       &outlook->cgroup :
		       &outlook->host;
}

uint64_t outlook_pause_ns(const struct outlook *outlook, bool gives)
{
	switch (outlook_level(outlook, true)) {
	case AOIPOOL_LEVEL_NONE:
		return gives || outlook->psi_fd < 0 ? CALM_NS : UINT64_MAX;
	case AOIPOOL_LEVEL_LOW:
		return LOW_NS;
	default:
		return HIGH_NS;
	}
}
