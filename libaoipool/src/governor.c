/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * A turn: look how memory is; then, pool by pool, warn of a level that has
 * changed, and age; then take, where a level wants it and its grace is over;
 * then, pool by pool, report.  So whoever is warned at all is warned before
 * anything is taken for that level, from whichever pool.
 *
 * Between turns the thread sleeps until the first pool is due.  With nothing to
 * give, nothing to report and a kernel that tells of stalls, that is never: then
 * it says so before it looks a last time, and whoever brings memory brings it
 * first and looks then whether to wake it.
 *
 * The caller's functions are called with no lock held.  Meanwhile the pool is
 * kept: it is the current one, and whoever closes it waits.
 *
 * In a child there is no such thread.  Its state is wiped there; what is left of
 * the parent's are descriptors, and those are closed with the first pool.
 */
#include "governor.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "helper.h"
#include "pool.h"
#include "sys.h"
#include "user_slabs.h"
#include "wiped.h"

/* What the epoll set says of a descriptor: this, OUTLOOK_*, or a pool's id */
#define SOURCE_WAKE	0
#define FIRST_ID	16

#define MAX_EVENTS	16

#define NAME		"aoipool-press"

/*
 * Taken between two looks: other processes give at the same time, and together
 * they are not to give much too much.
 */
#define STEP_BLOCKS	32

/*
 * A populate that would leave less than this part of memory is refused: below it
 * a fallocate() does not fail, it calls the OOM killer.
 */
#define FLOOR_SHIFT	6

/* Lock order: coming, lock, and then those of the pools' memory. */
struct governor {
	pthread_mutex_t coming;	/* one pool comes or goes at a time */
	/* protects what follows, but for the atomics */
	pthread_mutex_t lock;
	pthread_cond_t passed;	/* current has changed */
	struct governed *pools;
	struct governed *current;
	uint64_t last_id;
	pthread_t thread;
	pthread_t self;		/* the same, as it knows it; atomic */
	uint32_t running;	/* atomic */
	uint32_t stopping;	/* atomic */
	/* the thread sleeps without bound; atomic */
	uint32_t asleep;
};

/* In pages that are wiped in a child: all zeroes is what it begins with. */
static struct governor *governor;

/* Of the process that opened them, and of its children until they close them. */
static struct {
	bool open;
	int epoll;
	int wake;
	struct outlook outlook;
} eyes;

static int make_governor(void)
{
	struct governor *none = NULL;
	void *page;
	int err;

	if (__atomic_load_n(&governor, __ATOMIC_ACQUIRE))
		return 0;
	err = wiped_map(sizeof(*governor), &page);
	if (err)
		return err;
	if (!__atomic_compare_exchange_n(&governor, &none, page, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		sys_unmap(page, sizeof(*governor));
	return 0;
}

static void lock(void)
{
	pthread_mutex_lock(&governor->lock);
}

static void unlock(void)
{
	pthread_mutex_unlock(&governor->lock);
}

static bool is_running(void)
{
	const struct governor *made = __atomic_load_n(&governor,
						      __ATOMIC_ACQUIRE);

	return made && __atomic_load_n(&made->running, __ATOMIC_ACQUIRE);
}

bool governor_is_this(void)
{
	return is_running() && __atomic_load_n(&governor->self,
					       __ATOMIC_RELAXED) ==
				       pthread_self();
}

static bool is_stopping(void)
{
	return __atomic_load_n(&governor->stopping, __ATOMIC_RELAXED);
}

static void wake(void)
{
	const uint64_t one = 1;

	sys_write(eyes.wake, &one, sizeof(one));
}

void governor_stir(void)
{
	if (is_running() &&
	    __atomic_load_n(&governor->asleep, __ATOMIC_SEQ_CST) &&
	    __atomic_exchange_n(&governor->asleep, 0, __ATOMIC_SEQ_CST))
		wake();
}

/*
 * Keeps the first ready pool behind @at and lets go of that one, which is in the
 * list as long as it is the current one; NULL begins.
 */
static struct governed *next_pool(struct governed *at)
{
	lock();
	at = at ? at->next : governor->pools;
	while (at && !__atomic_load_n(&at->ready, __ATOMIC_ACQUIRE))
		at = at->next;
	governor->current = at;
	pthread_cond_broadcast(&governor->passed);
	unlock();
	return at;
}

#define for_each_pool(at) \
	for (at = next_pool(NULL); at; at = next_pool(at))

/* The lock is held, here and below. */
static void feed_all(void)
{
	struct governed *at;

	for (at = governor->pools; at; at = at->next)
		governed_feed(at);
}

static bool is_asked(const struct governed *governed, bool at_once)
{
	if (at_once)
		return governed_is_ours(governed);
	return governed_is_ripe(governed, &eyes.outlook, sys_now_ns());
}

/* Of each pool in proportion to what it has idle.  Return: blocks. */
static uint64_t take_shares(uint64_t blocks, bool at_once, uint32_t cause)
{
	const bool spare = !at_once && outlook_level(&eyes.outlook, true) <
					       AOIPOOL_LEVEL_CRITICAL;
	uint64_t total = 0, taken = 0, idle, got;
	struct governed *at;

	for (at = governor->pools; at; at = at->next)
		if (is_asked(at, at_once))
			total += governed_idle(at);
	for (at = governor->pools; at && total && blocks; at = at->next) {
		if (!is_asked(at, at_once))
			continue;
		idle = governed_idle(at);
		idle = idle < total ? idle : total;
		got = (blocks * idle + total - 1) / total;
		got = got ? governed_take(at, got, spare, cause) : 0;
		total -= idle;
		blocks -= got < blocks ? got : blocks;
		taken += got;
	}
	return taken;
}

void governor_make_room(uint64_t blocks)
{
	if (!is_running())
		return;
	lock();
	take_shares(blocks, true, AOIPOOL_EVENT_CAUSE_LIMIT);
	unlock();
}

int governor_look_for_room(uint64_t bytes)
{
	struct host_memory memory;

	if (!host_memory(&memory) &&
	    memory.available_bytes < bytes + (memory.total_bytes >> FLOOR_SHIFT))
		return -ENOMEM;
	if (is_running() && eyes.outlook.watch.there &&
	    !cgroup_memory(&eyes.outlook.watch.cgroup, bytes, &memory) &&
	    memory.available_bytes <= memory.total_bytes >> FLOOR_SHIFT)
		return -EDQUOT;
	return 0;
}

/* Below a step another look would see nothing. */
static uint64_t step_blocks(void)
{
	uint64_t missing = outlook_missing(&eyes.outlook);
	uint64_t blocks = missing >> AOIPOOL_BLOCK_SHIFT;

	if (missing && !blocks)
		return 1;
	return blocks < STEP_BLOCKS ? blocks : STEP_BLOCKS;
}

/* Return: whether anything was taken. */
static bool relieve(void)
{
	uint64_t blocks, taken = 0, sum = 0;

	while (outlook_level(&eyes.outlook, true) >= AOIPOOL_LEVEL_HIGH &&
	       !is_stopping()) {
		blocks = step_blocks();
		lock();
		taken = blocks ? take_shares(blocks, false,
					     AOIPOOL_EVENT_CAUSE_SHRINKER) :
				 0;
		unlock();
		if (!taken)
			break;
		sum += taken;
		outlook_look(&eyes.outlook, sys_now_ns());
	}
	return sum;
}

static uint64_t turn(void)
{
	uint64_t now = sys_now_ns(), taken = 0, due = UINT64_MAX, one, pause;
	struct governed *at;
	bool gives = false;

	outlook_look(&eyes.outlook, now);
	for_each_pool(at) {
		governed_warn(at, &eyes.outlook, now);
		taken += governed_age(at, now);
	}
	if (relieve() || taken) {
		lock();
		feed_all();
		unlock();
	}
	for_each_pool(at) {
		now = sys_now_ns();
		governed_report(at, &eyes.outlook, now);
		one = governed_due(at, &eyes.outlook, now);
		due = one < due ? one : due;
		gives |= governed_gives(at);
	}
	pause = outlook_pause_ns(&eyes.outlook, gives);
	if (pause != UINT64_MAX && now + pause < due)
		due = now + pause;
	return due;
}

/* Room has appeared in the module's pool, or its level has changed. */
static void hear_pool(uint64_t id)
{
	struct governed *at;

	lock();
	for (at = governor->pools; at && at->id != id; at = at->next)
		;
	if (at)
		__atomic_store_n(&at->heard, 1, __ATOMIC_RELAXED);
	unlock();
}

static void hear(const struct epoll_event *event)
{
	uint64_t source = event->data.u64, wakes;

	if (source == SOURCE_WAKE)
		sys_read(eyes.wake, &wakes, sizeof(wakes));
	else if (source < FIRST_ID && event->events & EPOLLPRI)
		outlook_hear(&eyes.outlook, source);
	else if (source >= FIRST_ID)
		hear_pool(source);
}

static int timeout_ms(uint64_t due)
{
	uint64_t now = sys_now_ns();

	if (due == UINT64_MAX)
		return -1;
	return due <= now ? 0 : (due - now) / 1000000 + 1;
}

static void sleep_until(uint64_t due)
{
	struct epoll_event events[MAX_EVENTS];
	int n = sys_epoll_wait(eyes.epoll, events, MAX_EVENTS, timeout_ms(due));

	__atomic_store_n(&governor->asleep, 0, __ATOMIC_SEQ_CST);
	while (n-- > 0)
		hear(&events[n]);
}

/* With asleep set a turn sees whatever was brought, or is woken for it. */
static void *governor_main(void *unused)
{
	uint64_t due;

	__atomic_store_n(&governor->self, pthread_self(), __ATOMIC_RELAXED);
	while (!is_stopping()) {
		due = turn();
		if (due == UINT64_MAX) {
			__atomic_store_n(&governor->asleep, 1,
					 __ATOMIC_SEQ_CST);
			due = turn();
		}
		sleep_until(due);
	}
	return unused;
}

/*
 * Whoever opens a pool may be a camera's thread, real-time and bound to a CPU:
 * this thread is neither, where the kernel lets it (who is SCHED_IDLE may not
 * leave that, and a sandbox may forbid all of it).
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

static int start_thread(void)
{
	pthread_attr_t attr;
	int err;

	err = pthread_attr_init(&attr);
	if (err)
		return -err;
	choose_schedule(&attr);
	err = helper_start(&governor->thread, &attr, NAME, governor_main, NULL);
	pthread_attr_destroy(&attr);
	if (err == -EPERM)
		err = helper_start(&governor->thread, NULL, NAME, governor_main,
				   NULL);
	return err;
}

/* One pool at a time comes or goes, here and below. */
static void close_eyes(void)
{
	if (!eyes.open)
		return;
	/* first: a child that is made just now had better leave them open */
	eyes.open = false;
	outlook_close(&eyes.outlook);
	sys_close(eyes.wake);
	sys_close(eyes.epoll);
}

static int open_eyes(void)
{
	int err;

	eyes.epoll = sys_epoll();
	if (eyes.epoll < 0)
		return eyes.epoll;
	eyes.wake = sys_eventfd();
	err = eyes.wake < 0 ? eyes.wake :
			      sys_epoll_add(eyes.epoll, eyes.wake, EPOLLIN,
					    SOURCE_WAKE);
	if (err) {
		sys_close(eyes.wake);
		sys_close(eyes.epoll);
		return err;
	}
	outlook_open(&eyes.outlook, eyes.epoll);
	eyes.open = true;
	return 0;
}

static int start(void)
{
	int err;

	if (is_running())
		return 0;
	/* of a parent that had pools when it forked */
	close_eyes();
	err = open_eyes();
	if (err)
		return err;
	__atomic_store_n(&governor->stopping, 0, __ATOMIC_RELAXED);
	governor->last_id = FIRST_ID;
	err = start_thread();
	if (err) {
		close_eyes();
		return err;
	}
	__atomic_store_n(&governor->running, 1, __ATOMIC_RELEASE);
	return 0;
}

static void stop(void)
{
	__atomic_store_n(&governor->stopping, 1, __ATOMIC_RELAXED);
	wake();
	pthread_join(governor->thread, NULL);
	__atomic_store_n(&governor->running, 0, __ATOMIC_RELEASE);
	close_eyes();
}

static void link_pool(struct governed *governed)
{
	struct governed **at = &governor->pools;

	lock();
	while (*at)
		at = &(*at)->next;
	governed->id = ++governor->last_id;
	governed->joined = true;
	*at = governed;
	if (governed->pool->provider.slabs)
		governed->pool->provider.slabs->governed = true;
	unlock();
}

/* It is not to be the current one again.  Return: whether it was the last. */
static bool unlink_pool(struct governed *governed)
{
	struct governed **at = &governor->pools;
	bool last;

	lock();
	__atomic_store_n(&governed->ready, false, __ATOMIC_RELAXED);
	while (governor->current == governed)
		pthread_cond_wait(&governor->passed, &governor->lock);
	while (*at != governed)
		at = &(*at)->next;
	*at = governed->next;
	last = !governor->pools;
	unlock();
	return last;
}

/* Without the descriptor's word the pool is looked at now and then. */
static void listen_to(struct governed *governed)
{
	int fd = governed->pool->provider.watch_fd;

	governed->deaf = fd >= 0 &&
			 sys_epoll_add(eyes.epoll, fd,
				       EPOLLIN | EPOLLPRI | EPOLLET,
				       governed->id);
}

int governor_join(struct governed *governed)
{
	int err = make_governor();

	if (err)
		return err;
	pthread_mutex_lock(&governor->coming);
	err = start();
	if (!err) {
		link_pool(governed);
		listen_to(governed);
	}
	pthread_mutex_unlock(&governor->coming);
	return err;
}

void governor_begin(struct governed *governed)
{
	if (!governed->joined)
		return;
	__atomic_store_n(&governed->ready, true, __ATOMIC_RELEASE);
	wake();
}

void governor_leave(struct governed *governed)
{
	if (!governed->joined)
		return;
	pthread_mutex_lock(&governor->coming);
	if (governed->pool->provider.watch_fd >= 0)
		sys_epoll_del(eyes.epoll, governed->pool->provider.watch_fd);
	if (unlink_pool(governed))
		stop();
	governed->joined = false;
	pthread_mutex_unlock(&governor->coming);
}

void governor_abandon(void)
{
	if (make_governor())
		return;
	pthread_mutex_lock(&governor->coming);
	if (!is_running())
		close_eyes();
	pthread_mutex_unlock(&governor->coming);
}

static enum aoipool_event_reason reason_of(int err)
{
	switch (err) {
	case -EAGAIN:
	case -ETIMEDOUT:
		return AOIPOOL_EVENT_REASON_SLOTS;
	case -ENOSPC:
		return AOIPOOL_EVENT_REASON_LIMIT;
	case -EDQUOT:
		return AOIPOOL_EVENT_REASON_CGROUP;
	default:
		return AOIPOOL_EVENT_REASON_MEMORY;
	}
}

void governor_note_failure(struct governed *governed, int err)
{
	if (!governed->joined)
		return;
	__atomic_fetch_add(&governed->failed[reason_of(err)], 1,
			   __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&governed->failing, __ATOMIC_SEQ_CST) &&
	    !__atomic_exchange_n(&governed->failing, 1, __ATOMIC_SEQ_CST))
		wake();
}

void governor_note_trim(struct governed *governed)
{
	if (!governed->joined)
		return;
	__atomic_fetch_or(&governed->causes, AOIPOOL_EVENT_CAUSE_TRIM,
			  __ATOMIC_RELAXED);
	lock();
	feed_all();
	unlock();
	if (governed->teller.tell)
		wake();
}
