/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
#include "user_reclaim.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "helper.h"
#include "sys.h"

/*
 * The level "high" of the kernel provider's governor: below a tenth of the
 * memory available a host begins to reclaim page cache that it needs.
 */
#define AVAILABLE_PERCENT	10

/*
 * Some thread waited for memory for 150 ms of 2 s.  2 s is the only window that
 * the kernel grants without privileges.
 */
#define PSI_FILE	"/proc/pressure/memory"
#define PSI_TRIGGER	"some 150000 2000000"

/* After a stall at least this much: available memory may be a guess too high */
#define STALL_BLOCKS	32

/*
 * Taken between two looks: other pools and processes give at the same time, and
 * together they are not to give much too much.
 */
#define STEP_BLOCKS	32

/* A look a second costs nothing; while there is something to do, ten. */
#define IDLE_MS		1000
#define BUSY_MS		100

uint64_t user_reclaim_want(const struct host_memory *memory, bool stalled)
{
	uint64_t goal = memory->total_bytes / 100 * AVAILABLE_PERCENT;
	uint64_t want = 0;

	if (memory->available_bytes < goal)
		want = (goal - memory->available_bytes +
			AOIPOOL_BLOCK_BYTES - 1) >> AOIPOOL_BLOCK_SHIFT;
	if (stalled && want < STALL_BLOCKS)
		want = STALL_BLOCKS;
	return want;
}

static int open_psi(void)
{
	int fd = sys_open(PSI_FILE, O_RDWR | O_NONBLOCK);
	ssize_t put;

	if (fd < 0)
		return -1;
	put = sys_write(fd, PSI_TRIGGER, sizeof(PSI_TRIGGER));
	if (put == sizeof(PSI_TRIGGER))
		return fd;
	sys_close(fd);
	return -1;
}

static bool is_stopped(const struct user_reclaim *reclaim)
{
	struct pollfd fd = { .fd = reclaim->stop_fd, .events = POLLIN };

	return sys_poll(&fd, 1, 0) > 0;
}

/* Return: whether the host is still short, so that it is worth looking soon. */
static bool look(struct user_reclaim *reclaim, bool stalled)
{
	struct host_memory memory;
	uint64_t want, taken = 0;
	bool drained = false;

	do {
		if (host_memory(&memory))
			return false;
		want = user_reclaim_want(&memory, stalled && !taken);
		if (want > STEP_BLOCKS)
			want = STEP_BLOCKS;
		if (want && !drained) {
			provider_drain(reclaim->provider);
			drained = true;
		}
		taken = want ? user_slabs_take(reclaim->slabs, want) : 0;
	} while (taken && !is_stopped(reclaim));
	return want;
}

static void *reclaim_main(void *arg)
{
	struct user_reclaim *reclaim = arg;
	struct pollfd fds[2] = {
		{ .fd = reclaim->stop_fd, .events = POLLIN },
		/* poll() passes over a descriptor of -1 */
		{ .fd = reclaim->psi_fd, .events = POLLPRI },
	};
	bool busy = false;
	bool worth;

	for (;;) {
		sys_poll(fds, 2, busy ? BUSY_MS : IDLE_MS);
		if (fds[0].revents)
			return NULL;
		if (fds[1].revents & (POLLERR | POLLNVAL))
			fds[1].fd = -1;
		worth = busy || user_slabs_age(reclaim->slabs) ||
			provider_can_drain(reclaim->provider);
		busy = worth && look(reclaim, fds[1].revents & POLLPRI);
	}
}

/*
 * Whoever opens a pool may be a camera's thread, real-time and bound to a CPU:
 * this thread is neither.
 */
static void choose_schedule(pthread_attr_t *attr)
{
	static const struct sched_param none;
	cpu_set_t cpus;

	memset(&cpus, 0xff, sizeof(cpus));
	pthread_attr_setinheritsched(attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(attr, SCHED_OTHER);
	pthread_attr_setschedparam(attr, &none);
	pthread_attr_setaffinity_np(attr, sizeof(cpus), &cpus);
}

static int start_thread(struct user_reclaim *reclaim)
{
	pthread_attr_t attr;
	int err;

	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	choose_schedule(&attr);
	err = helper_start(&reclaim->thread, &attr, "aoipool-reclaim",
			   reclaim_main, reclaim);
	pthread_attr_destroy(&attr);
	return err;
}

int user_reclaim_start(struct user_reclaim *reclaim, struct provider *provider,
		       struct user_slabs *slabs)
{
	int err;

	*reclaim = (struct user_reclaim){
		.provider = provider,
		.slabs = slabs,
		.stop_fd = sys_eventfd(),
		.psi_fd = -1,
	};
	if (reclaim->stop_fd < 0)
		return reclaim->stop_fd;
	reclaim->psi_fd = open_psi();
	err = start_thread(reclaim);
	if (err)
		user_reclaim_abandon(reclaim);
	return err;
}

void user_reclaim_stop(struct user_reclaim *reclaim)
{
	const uint64_t one = 1;

	if (reclaim->stop_fd < 0)
		return;
	sys_write(reclaim->stop_fd, &one, sizeof(one));
	pthread_join(reclaim->thread, NULL);
	user_reclaim_abandon(reclaim);
}

void user_reclaim_abandon(struct user_reclaim *reclaim)
{
	sys_close(reclaim->psi_fd);
	sys_close(reclaim->stop_fd);
	reclaim->psi_fd = -1;
	reclaim->stop_fd = -1;
}
