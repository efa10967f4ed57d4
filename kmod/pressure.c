// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pressure: what level the host and each node are on.
 *
 * A gauge, one for the host and one for each node with memory, goes by three
 * things: the memory that is available, tasks that had to wait for memory (the
 * shrinker was called by their direct reclaim), and the OOM notifier.
 *
 *            less is available than a level's percent,
 *            or a stall (low), or the notifier (critical)
 *	NONE ------> LOW ------> HIGH ------> CRITICAL	at once, over any distance
 *
 *	NONE <------ LOW <------ HIGH <------ CRITICAL	a step at a time
 *            the percent and the hysteresis are available, and
 *            hold_ms have passed since the last change, stall or notifier
 *
 * A stall counts where the node really is short: reclaim also runs where free
 * memory is only scattered.  kswapd alone says nothing: it also runs on a host that only recycles its page
 * cache, and the memory that is available tells one from the other.
 *
 * The governor's worker is the only one that moves gauges; all read them.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include "event.h"
#include "memory.h"
#include "policy.h"
#include "pressure.h"
#include "trace.h"

/* No host comes by more memory than that: what to expect between two looks. */
#define FASTEST_PAGES_PER_MS	((4UL << 30) / 1000 >> PAGE_SHIFT)

/* Under pressure, and where the next threshold is near; else up to a second. */
#define LOOK_MIN_MS	100
#define LOOK_MAX_MS	1000

struct aoipool_thresholds aoipool_thresholds = {
	.percent = {
		[AOIPOOL_PRESSURE_LOW] = 20,
		[AOIPOOL_PRESSURE_HIGH] = 10,
		[AOIPOOL_PRESSURE_CRITICAL] = 5,
	},
	.hysteresis_percent = 3,
	.hold_ms = 1000,
};

/**
 * struct gauge - the level of the host or of a node
 * @level: read by anybody, as one
 * @changed: jiffies
 * @alarmed: jiffies of the last stall or call of the notifier; by anybody
 * @alarm: how high that was, or NONE when it is over; by anybody
 * @grace_ends: jiffies; nothing young is taken before
 * @grace_ends_ns: the same, CLOCK_MONOTONIC
 */
struct gauge {
	enum aoipool_pressure level;
	unsigned long changed;
	unsigned long alarmed;
	enum aoipool_pressure alarm;
	unsigned long grace_ends;
	u64 grace_ends_ns;
};

static struct gauge host;
static struct gauge *nodes;	/* nr_node_ids of them */
static unsigned int next_ms = LOOK_MAX_MS;

enum aoipool_pressure aoipool_pressure_of_host(void)
{
	return READ_ONCE(host.level);
}

enum aoipool_pressure aoipool_pressure_of_node(int nid)
{
	return READ_ONCE(nodes[nid].level);
}

/* What memory on the node is treated by: its own level, or the host's. */
enum aoipool_pressure aoipool_pressure_on_node(int nid)
{
	return max(aoipool_pressure_of_host(), aoipool_pressure_of_node(nid));
}

enum aoipool_pressure aoipool_pressure_of_nodes(const nodemask_t *mask)
{
	enum aoipool_pressure level = aoipool_pressure_of_host();
	int nid;

	for_each_node_mask(nid, *mask)
		level = max(level, aoipool_pressure_of_node(nid));
	return level;
}

bool aoipool_pressure_is_none(void)
{
	return aoipool_pressure_of_nodes(&node_states[N_MEMORY]) ==
	       AOIPOOL_PRESSURE_NONE;
}

/* The last grace on these nodes, 0 where none was ever given. */
u64 aoipool_pressure_grace_ns(const nodemask_t *mask)
{
	u64 end = READ_ONCE(host.grace_ends_ns);
	int nid;

	for_each_node_mask(nid, *mask)
		end = max(end, READ_ONCE(nodes[nid].grace_ends_ns));
	return end;
}

/* A level without grace ends that of the levels below it. */
bool aoipool_pressure_in_grace(int nid)
{
	enum aoipool_pressure level = aoipool_pressure_on_node(nid);

	if (!READ_ONCE(aoipool_policies[level].grace_ms))
		return false;
	return time_before(jiffies, READ_ONCE(host.grace_ends)) ||
	       time_before(jiffies, READ_ONCE(nodes[nid].grace_ends));
}

/* Return: whether that is news. */
static bool alarm(struct gauge *gauge, enum aoipool_pressure level)
{
	bool news = READ_ONCE(gauge->alarm) < level;

	WRITE_ONCE(gauge->alarmed, jiffies);
	if (news)
		WRITE_ONCE(gauge->alarm, level);
	return news;
}

/**
 * aoipool_pressure_note_stall() - a task waits for memory of a node
 * @nid: the node
 *
 * Return: whether the governor should look now.
 */
bool aoipool_pressure_note_stall(int nid)
{
	return alarm(&nodes[nid], AOIPOOL_PRESSURE_LOW);
}

/* Somebody is about to be killed: the governor is to look now. */
void aoipool_pressure_note_oom(void)
{
	alarm(&host, AOIPOOL_PRESSURE_CRITICAL);
}

static bool held_long_enough(unsigned long since)
{
	unsigned int hold_ms = READ_ONCE(aoipool_thresholds.hold_ms);

	return time_after_eq(jiffies, since + msecs_to_jiffies(hold_ms));
}

static bool is_below(const struct aoipool_memory *memory, unsigned int percent)
{
	return memory->available * 100 < memory->total * percent;
}

static enum aoipool_pressure level_of(const struct aoipool_memory *memory)
{
	enum aoipool_pressure level = AOIPOOL_PRESSURE_CRITICAL;

	while (level && !is_below(memory, READ_ONCE(aoipool_thresholds.percent[level])))
		level--;
	return level;
}

/* Each is heard once at least, however short it is held. */
static enum aoipool_pressure alarm_of(struct gauge *gauge)
{
	enum aoipool_pressure level = READ_ONCE(gauge->alarm);

	if (level && held_long_enough(READ_ONCE(gauge->alarmed)))
		WRITE_ONCE(gauge->alarm, AOIPOOL_PRESSURE_NONE);
	return level;
}

/* The arcs of the picture above. */
static enum aoipool_pressure next_level(struct gauge *gauge,
					const struct aoipool_memory *memory)
{
	const struct aoipool_thresholds *at = &aoipool_thresholds;
	enum aoipool_pressure level = gauge->level;
	enum aoipool_pressure wanted = max(level_of(memory), alarm_of(gauge));

	if (wanted >= level)
		return wanted;
	if (!held_long_enough(gauge->changed) ||
	    is_below(memory, READ_ONCE(at->percent[level]) +
				     READ_ONCE(at->hysteresis_percent)))
		return level;
	return level - 1;
}

static void give_grace(struct gauge *gauge)
{
	u32 grace_ms = READ_ONCE(aoipool_policies[gauge->level].grace_ms);

	WRITE_ONCE(gauge->grace_ends, jiffies + msecs_to_jiffies(grace_ms));
	WRITE_ONCE(gauge->grace_ends_ns,
		   ktime_get_ns() + (u64)grace_ms * NSEC_PER_MSEC);
}

/* Warn, then grace: what is taken is others' business. */
static bool update(struct gauge *gauge, int nid,
		   const struct aoipool_memory *memory)
{
	enum aoipool_pressure before = gauge->level;
	enum aoipool_pressure now = next_level(gauge, memory);

	if (now == before)
		return false;
	WRITE_ONCE(gauge->level, now);
	gauge->changed = jiffies;
	if (now > before)
		give_grace(gauge);
	trace_aoipool_level(nid, before, now, memory);
	aoipool_event_level(nid, before, now, memory);
	return true;
}

/* How soon the next threshold could be reached. */
static unsigned int look_ms(const struct gauge *gauge,
			    const struct aoipool_memory *memory)
{
	unsigned long low = memory->total / 100 *
			    READ_ONCE(aoipool_thresholds.percent[AOIPOOL_PRESSURE_LOW]);
	unsigned long ahead = memory->available - min(memory->available, low);

	if (gauge->level || gauge->alarm)
		return LOOK_MIN_MS;
	return clamp_t(unsigned long, ahead / FASTEST_PAGES_PER_MS, LOOK_MIN_MS,
		       LOOK_MAX_MS);
}

/**
 * aoipool_pressure_update() - look at everything, move the gauges
 *
 * Only for the governor.
 *
 * Return: whether any level changed.
 */
bool aoipool_pressure_update(void)
{
	struct aoipool_memory memory;
	bool changed;
	int nid;

	aoipool_memory_of_host(&memory);
	changed = update(&host, NUMA_NO_NODE, &memory);
	next_ms = look_ms(&host, &memory);
	for_each_node_state(nid, N_MEMORY) {
		aoipool_memory_of_node(nid, &memory);
		changed |= update(&nodes[nid], nid, &memory);
		next_ms = min(next_ms, look_ms(&nodes[nid], &memory));
	}
	return changed;
}

/* After how many milliseconds the governor is to look again. */
unsigned int aoipool_pressure_next_ms(void)
{
	return next_ms;
}

static void gauge_init(struct gauge *gauge)
{
	gauge->changed = jiffies;
	gauge->alarmed = jiffies;
	gauge->grace_ends = jiffies;
}

int aoipool_pressure_init(void)
{
	int nid;

	nodes = kcalloc(nr_node_ids, sizeof(*nodes), GFP_KERNEL);
	if (!nodes)
		return -ENOMEM;
	gauge_init(&host);
	for (nid = 0; nid < nr_node_ids; nid++)
		gauge_init(&nodes[nid]);
	return 0;
}

void aoipool_pressure_exit(void)
{
	kfree(nodes);
}
