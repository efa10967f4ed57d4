/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A cgroup's own limits are counted in its memory.events.local; what its
 * neighbours meet under a common ancestor is that one's business and counted
 * there.  A cgroup that reads many files meets its limit all the time and is
 * none the worse for it: hence no more than LOW for that, the numbers say the
 * rest.
 */
#include "cgroup_watch.h"

#include <fcntl.h>

#include "psi.h"
#include "sys.h"
#include "text.h"

static int watch_fd(int fd, int epoll, uint64_t data)
{
	if (fd < 0 || !sys_epoll_add(epoll, fd, EPOLLPRI | EPOLLET, data))
		return fd;
	sys_close(fd);
	return -1;
}

/* Reading is also what makes the kernel tell again. */
static void read_events(struct cgroup_events *events)
{
	char text[512];

	if (text_read_fd(events->fd, text, sizeof(text)))
		return;
	events->squeezed = text_number(text, "high ") +
			   text_number(text, "max ");
	events->killed = text_number(text, "oom ");
}

static void watch_events(struct cgroup_watch *watch, const struct cgroup *cgroup,
			 int epoll, uint64_t data)
{
	struct cgroup_events *events = &watch->events[watch->nr_events];
	char path[CGROUP_PATH_BYTES];

	if (!cgroup_file(cgroup, "memory.events.local", path))
		return;
	events->fd = watch_fd(sys_open(path, O_RDONLY), epoll, data);
	if (events->fd < 0)
		return;
	read_events(events);
	watch->nr_events++;
}

void cgroup_watch_open(struct cgroup_watch *watch, int epoll, uint64_t data)
{
	char path[CGROUP_PATH_BYTES];
	struct cgroup at;

	*watch = (struct cgroup_watch){ .psi_fd = -1 };
	watch->there = !cgroup_find(&watch->cgroup);
	if (!watch->there)
		return;
	if (cgroup_file(&watch->cgroup, "memory.pressure", path))
		watch->psi_fd = watch_fd(psi_open(path), epoll, data);
	at = watch->cgroup;
	do
		watch_events(watch, &at, epoll, data);
	while (cgroup_climb(&at) && watch->nr_events < CGROUP_WATCH_DEPTH);
}

void cgroup_watch_close(struct cgroup_watch *watch)
{
	sys_close(watch->psi_fd);
	while (watch->nr_events)
		sys_close(watch->events[--watch->nr_events].fd);
	watch->psi_fd = -1;
}

enum aoipool_pressure_level cgroup_watch_heard(struct cgroup_watch *watch)
{
	enum aoipool_pressure_level least = AOIPOOL_LEVEL_NONE;
	struct cgroup_events before, *now;
	uint32_t i;

	for (i = 0; i < watch->nr_events; i++) {
		now = &watch->events[i];
		before = *now;
		read_events(now);
		if (now->killed > before.killed)
			least = AOIPOOL_LEVEL_CRITICAL;
		else if (now->squeezed > before.squeezed && !least)
			least = AOIPOOL_LEVEL_LOW;
	}
	return least;
}
