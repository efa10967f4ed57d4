// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: kept until a worker sends them.
 *
 * What has to be told each time (levels, sweeps) is put into a ring.  What may
 * happen thousands of times a second (slabs taken, populates refused) is added
 * up in a tally, one a node and one a pool and reason; a tally with something
 * to tell waits in a list until its period is over and the ring has room, and
 * goes through the ring then.  So the worker sends in the order of the numbers,
 * and a listener may take every gap for a loss.
 *
 * A ring that is full loses the event and keeps its number; a tally loses
 * nothing.  That of a pool that goes away is told at once, in time or not: later
 * there is nothing to add to it.
 *
 * Those who leave a record may hold anything, and may be in the middle of an
 * allocation: there is one spinlock, held for a few instructions, and whatever
 * sleeps or allocates is the worker's.  Nobody who frees memory ever waits for
 * the worker.
 */
#include <linux/ktime.h>
#include <linux/numa.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/workqueue.h>
#include "client.h"
#include "event.h"
#include "holder.h"
#include "notice.h"
#include "pool.h"

/* More than clients die at once on a host; 72 KiB. */
#define RING_EVENTS		512

/* What one run of the worker sends, with one look for the largest holders. */
#define EVENTS_A_RUN		64

#define NODE_PERIOD_NS		(NSEC_PER_SEC / 10)
#define POOL_PERIOD_NS		NSEC_PER_SEC

#define NEVER			U64_MAX

/**
 * struct node - what was taken of a node
 * @tally: not told yet
 * @blocks: since the module was loaded
 */
struct node {
	struct aoipool_tally tally;
	atomic64_t blocks;
};

static struct node *nodes;	/* nr_node_ids of them */
static struct workqueue_struct *workers;

static DEFINE_SPINLOCK(lock);	/* protects the rest, and all tallies */
static struct aoipool_event ring[RING_EVENTS];
static unsigned int ring_first;
static unsigned int ring_used;
static LIST_HEAD(waiting);	/* tallies */
static u64 next_due_ns = NEVER;	/* of those, or earlier */
static u64 last_seq;
static u64 nr_dropped;		/* for want of room in the ring */
static u64 nr_unsent;		/* for want of memory */
static bool is_ending;		/* nothing is added, nothing waits */

static void send_events(struct work_struct *work);
static DECLARE_DELAYED_WORK(sender, send_events);

/**
 * aoipool_event_count() - how many events there were
 * @seq: out, the number of the last one
 * @lost: out, how many of them the module has lost
 */
void aoipool_event_count(u64 *seq, u64 *lost)
{
	spin_lock(&lock);
	*seq = last_seq;
	*lost = nr_dropped + nr_unsent;
	spin_unlock(&lock);
}

/**
 * aoipool_event_reclaimed() - blocks taken of a node since the module was loaded
 * @nid: the node
 */
u64 aoipool_event_reclaimed(int nid)
{
	return atomic64_read(&nodes[nid].blocks);
}

/*
 * Brings a run forward that waits for a period; is nothing where one is due.
 * Under the lock: else whoever comes second relies on one who may be preempted
 * on his way to here.
 */
static void wake_sender(void)
{
	lockdep_assert_held(&lock);
	mod_delayed_work(workers, &sender, 0);
}

static bool ring_has_room(void)
{
	return ring_used < RING_EVENTS;
}

/* The event gets its number here, whether it has a place or not. */
static void ring_push(struct aoipool_event *event)
{
	lockdep_assert_held(&lock);
	event->seq = ++last_seq;
	event->nr_lost = nr_dropped;
	if (ring_has_room())
		ring[(ring_first + ring_used++) % RING_EVENTS] = *event;
	else
		nr_dropped++;
}

static bool ring_pop(struct aoipool_event *event)
{
	lockdep_assert_held(&lock);
	if (!ring_used)
		return false;
	*event = ring[ring_first];
	ring_first = (ring_first + 1) % RING_EVENTS;
	ring_used--;
	return true;
}

/* Who finds events in the ring knows that the worker was woken for them. */
static void event_put(struct aoipool_event *event)
{
	event->time_ns = ktime_get_ns();
	spin_lock(&lock);
	if (!is_ending) {
		if (!ring_used)
			wake_sender();
		ring_push(event);
	}
	spin_unlock(&lock);
}

static void event_of_pool(struct aoipool_event *event,
			  const struct aoipool_pool *pool)
{
	event->pool = pool->id;
	event->level = READ_ONCE(pool->info->pressure_level);
	strscpy(event->name, pool->name, sizeof(event->name));
}

static void tally_init(struct aoipool_tally *tally, struct aoipool_pool *pool,
		       u32 key)
{
	INIT_LIST_HEAD(&tally->link);
	tally->pool = pool;
	tally->key = key;
}

/* The worker has to hear only of the first that a tally has to tell. */
static void tally_begin(struct aoipool_tally *tally)
{
	lockdep_assert_held(&lock);
	list_add_tail(&tally->link, &waiting);
	tally->since_ns = ktime_get_ns();
	next_due_ns = min(next_due_ns, tally->not_before_ns);
	wake_sender();
}

static void tally_add(struct aoipool_tally *tally, u64 count, u64 blocks,
		      u32 causes)
{
	spin_lock(&lock);
	if (!is_ending && list_empty(&tally->link))
		tally_begin(tally);
	tally->count += count;
	tally->blocks += blocks;
	tally->causes |= causes;
	spin_unlock(&lock);
}

static void event_of_tally(struct aoipool_event *event,
			   const struct aoipool_tally *tally)
{
	*event = (struct aoipool_event) {
		.time_ns = tally->since_ns,
		.count = tally->count,
		.blocks = tally->blocks,
	};
	if (tally->pool) {
		event->cmd = AOIPOOL_GENL_EXHAUSTED;
		event->key = tally->key;
		event_of_pool(event, tally->pool);
	} else {
		event->cmd = AOIPOOL_GENL_RECLAIM;
		event->key = tally->causes;
		event->nid = tally->key;
	}
}

/* What it has added up becomes an event, and it begins anew. */
static void tally_tell(struct aoipool_tally *tally, u64 now)
{
	struct aoipool_event event;

	lockdep_assert_held(&lock);
	event_of_tally(&event, tally);
	ring_push(&event);
	list_del_init(&tally->link);
	tally->count = 0;
	tally->blocks = 0;
	tally->causes = 0;
	tally->not_before_ns =
		now + (tally->pool ? POOL_PERIOD_NS : NODE_PERIOD_NS);
}

/* Looks at those that wait only when one of them may be due. */
static void tell_due(u64 now)
{
	struct aoipool_tally *tally, *next;

	lockdep_assert_held(&lock);
	if (now < next_due_ns)
		return;
	next_due_ns = NEVER;
	list_for_each_entry_safe(tally, next, &waiting, link) {
		if (!ring_has_room()) {
			next_due_ns = now;
			return;
		}
		if (is_ending || now >= tally->not_before_ns)
			tally_tell(tally, now);
		else
			next_due_ns = min(next_due_ns, tally->not_before_ns);
	}
}

/*
 * The next event to send, with what was lost of those before it: no more may be
 * dropped of them, and what was not sent was not sent by us.
 *
 * A tally that is due takes the place that was made here, for those who flood
 * the ring leave it no other.
 */
static bool next_event(struct aoipool_event *event)
{
	u64 now = ktime_get_ns();
	bool found;

	spin_lock(&lock);
	found = ring_pop(event);
	tell_due(now);
	if (!found)
		found = ring_pop(event);
	event->nr_lost += nr_unsent;
	spin_unlock(&lock);
	return found;
}

static void count_unsent(void)
{
	spin_lock(&lock);
	nr_unsent++;
	spin_unlock(&lock);
}

/* Where somebody wakes the worker meanwhile, that run is sooner. */
static void order_next_run(void)
{
	u64 now = ktime_get_ns(), due;

	spin_lock(&lock);
	due = ring_used ? now : next_due_ns;
	spin_unlock(&lock);
	if (due == NEVER)
		return;
	/* rounded up */
	queue_delayed_work(workers, &sender,
			   due > now ? nsecs_to_jiffies(due - now) + 1 : 0);
}

static void send_events(struct work_struct *work)
{
	struct aoipool_holders holders = {};
	unsigned int left = EVENTS_A_RUN;
	struct aoipool_event event = {};

	while (left-- && next_event(&event)) {
		if (aoipool_notice_send(&event, &holders))
			count_unsent();
		cond_resched();
	}
	order_next_run();
}

void aoipool_event_level(int nid, enum aoipool_pressure before,
			 enum aoipool_pressure now,
			 const struct aoipool_memory *memory)
{
	struct aoipool_event event = {
		.cmd = AOIPOOL_GENL_LEVEL,
		.nid = nid,
		.before = before,
		.level = now,
		.memory = *memory,
	};

	event_put(&event);
}

void aoipool_event_reclaim(int nid, u32 cause, unsigned long nr_slabs,
			   unsigned long nr_blocks)
{
	atomic64_add(nr_blocks, &nodes[nid].blocks);
	tally_add(&nodes[nid].tally, nr_slabs, nr_blocks, cause);
}

void aoipool_event_sweep(const struct aoipool_client *client, u32 nr_slabs,
			 u64 nr_blocks)
{
	struct aoipool_event event = {
		.cmd = AOIPOOL_GENL_SWEEP,
		.client = client->number,
		.pid = pid_nr(client->pid),
		.count = nr_slabs,
		.blocks = nr_blocks,
	};

	event_of_pool(&event, client->pool);
	strscpy(event.comm, client->comm, sizeof(event.comm));
	event_put(&event);
}

void aoipool_event_exhausted(struct aoipool_pool *pool,
			     enum aoipool_exhausted reason, u32 count)
{
	tally_add(&pool->exhausted[reason], count, 0, 0);
}

void aoipool_event_pool_begin(struct aoipool_pool *pool)
{
	unsigned int reason;

	for (reason = 0; reason < AOIPOOL_EXHAUSTED_REASONS; reason++)
		tally_init(&pool->exhausted[reason], pool, reason);
}

/* Nobody adds to them any more. */
void aoipool_event_pool_end(struct aoipool_pool *pool)
{
	u64 now = ktime_get_ns();
	unsigned int reason;

	spin_lock(&lock);
	for (reason = 0; reason < AOIPOOL_EXHAUSTED_REASONS; reason++) {
		if (list_empty(&pool->exhausted[reason].link))
			continue;
		tally_tell(&pool->exhausted[reason], now);
		wake_sender();
	}
	spin_unlock(&lock);
}

int aoipool_event_init(void)
{
	unsigned int nid;

	nodes = kcalloc(nr_node_ids, sizeof(*nodes), GFP_KERNEL);
	if (!nodes)
		return -ENOMEM;
	for (nid = 0; nid < nr_node_ids; nid++)
		tally_init(&nodes[nid].tally, NULL, nid);
	workers = alloc_workqueue("aoipool_event", WQ_MEM_RECLAIM | WQ_UNBOUND,
				  1);
	if (!workers) {
		kfree(nodes);
		return -ENOMEM;
	}
	return 0;
}

/**
 * aoipool_event_end() - send what is left, and nothing any more
 *
 * What happens from here on is nobody's news.  Does nothing the second time.
 */
void aoipool_event_end(void)
{
	spin_lock(&lock);
	is_ending = true;
	next_due_ns = 0;
	wake_sender();
	spin_unlock(&lock);
	/* a run that leaves something orders the next one */
	while (flush_delayed_work(&sender))
		;
}

void aoipool_event_exit(void)
{
	aoipool_event_end();
	destroy_workqueue(workers);
	kfree(nodes);
}
