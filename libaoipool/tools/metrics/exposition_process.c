// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What the ledgers of processes say: their pools, and what is out of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposition.h"
#include "field.h"
#include "outstanding.h"
#include "rank.h"

#define LEDGER(type, member, name, help)                                    \
	FIELD(type, struct aoipool_pool_entry, member,                      \
	      "aoipool_process_pool_" name, help)
#define OUTSTANDING(member, name, help)                                     \
	FIELD(GAUGE, struct outstanding, member, "aoipool_custody_" name, help)

static const struct field ledger_fields[] = {
	LEDGER(GAUGE, level, "pressure_level",
	       "Pressure that a process's pool was told: 0 none, 1 low, 2 high, 3 critical."),
	LEDGER(GAUGE, slots, "slots", "Slots of a process's pool; its bound."),
	LEDGER(GAUGE, slots_out, "slots_out", "Slots that the process holds."),
	LEDGER(GAUGE, slot_bytes, "slot_bytes", "Size of one slot."),
	LEDGER(GAUGE, resident_bytes, "resident_bytes",
	       "Memory that a process's pool has; 0 where only the module knows."),
	LEDGER(GAUGE, idle_bytes, "idle_bytes",
	       "Memory of idle slabs; 0 where only the module knows."),
	LEDGER(COUNTER, exhausted, "exhausted_total",
	       "Gets that found no free slot."),
	LEDGER(COUNTER, no_memory, "no_memory_total",
	       "Gets that found a slot but no memory for it."),
	LEDGER(COUNTER, reclaimed_slabs, "reclaimed_slabs_total",
	       "Slabs that were taken from a process's pool."),
	LEDGER(COUNTER, misuses, "misuses_total",
	       "Puts that were refused: doubled, stale, foreign, or of another type."),
};

static const struct field outstanding_fields[] = {
	OUTSTANDING(count, "slots",
		"Slots that are out of a process's pool, by what they were taken for."),
	OUTSTANDING(bytes, "bytes", "Memory of those slots."),
	{
		.family = { "aoipool_custody_oldest_seconds",
			    "Since when the oldest of those slots is out.",
			    METRIC_GAUGE, true },
		.offset = offsetof(struct outstanding, oldest_ns),
		.bytes = sizeof(((struct outstanding *)0)->oldest_ns),
	},
};

static const struct metric_family pools_left_out = {
	"aoipool_process_pools_left_out",
	"Pools of processes without series of their own: those with the least memory out.",
	METRIC_GAUGE, false,
};
static const struct metric_family tags_left_out = {
	"aoipool_custody_left_out",
	"Tags of processes' pools without series of their own: those with the least memory out.",
	METRIC_GAUGE, false,
};
static const struct metric_family ages = {
	"aoipool_custody_age_seconds",
	"Since when slots are out of a process's pool, of those that are out now: counts fall, too.",
	METRIC_HISTOGRAM, true,
};
static const struct metric_family hidden = {
	"aoipool_hidden_processes",
	"Processes that may have pools and may not be looked into by this user.",
	METRIC_GAUGE, false,
};

#define NR(array)	(sizeof(array) / sizeof(*(array)))

struct numbers {
	char pid[16], pool[24];
};

static void print_numbers(struct numbers *numbers, uint32_t pid, uint64_t pool)
{
	snprintf(numbers->pid, sizeof(numbers->pid), "%u", pid);
	snprintf(numbers->pool, sizeof(numbers->pool), "%llu",
		 (unsigned long long)pool);
}

static void put_ledger(struct metric_sink *sink, const struct field *field,
		       const struct aoipool_pool_entry *pool)
{
	struct numbers numbers;
	const struct metric_label labels[] = {
		{ "pid", numbers.pid },
		{ "comm", pool->comm },
		{ "pool", numbers.pool },
		{ "name", pool->name },
		{ "type", pool->type },
		{ "provider", pool->is_kernel ? "kernel" : "user" },
		{ 0 },
	};

	print_numbers(&numbers, pool->pid, pool->pool);
	sink->sample(sink, "", labels, field_value(field, pool));
}

static uint64_t ledger_weight(const void *entry)
{
	const struct aoipool_pool_entry *pool = entry;

	return pool->slots_out * pool->slot_bytes;
}

static void put_ledgers(const struct exposition *exposition,
			const struct sample *sample, struct metric_sink *sink)
{
	struct rank rank;

	if (rank_make(&rank, sample->ledgers, sample->nr_ledgers,
		      sizeof(*sample->ledgers), exposition->top, ledger_weight))
		return;
	for (size_t i = 0; i < NR(ledger_fields) && rank.nr; i++) {
		sink->begin(sink, &ledger_fields[i].family);
		for (size_t n = 0; n < rank.nr; n++)
			put_ledger(sink, &ledger_fields[i], rank.entries[n]);
	}
	field_put(sink, &pools_left_out, sample->nr_ledgers - rank.nr);
	rank_free(&rank);
}

static void put_outstanding(struct metric_sink *sink, const struct field *field,
			const struct outstanding *outstanding)
{
	struct numbers numbers;
	const struct metric_label labels[] = {
		{ "pid", numbers.pid },
		{ "pool", numbers.pool },
		{ "name", outstanding->name },
		{ "tag", outstanding->tag },
		{ 0 },
	};

	print_numbers(&numbers, outstanding->pid, outstanding->pool);
	sink->sample(sink, "", labels, field_value(field, outstanding));
}

static uint64_t outstanding_weight(const void *outstanding)
{
	return ((const struct outstanding *)outstanding)->bytes;
}

static void put_by_tag(const struct exposition *exposition,
		       const struct outstanding *list, size_t nr,
		       struct metric_sink *sink)
{
	struct rank rank;

	if (rank_make(&rank, list, nr, sizeof(*list), exposition->top,
		      outstanding_weight))
		return;
	for (size_t i = 0; i < NR(outstanding_fields) && rank.nr; i++) {
		sink->begin(sink, &outstanding_fields[i].family);
		for (size_t n = 0; n < rank.nr; n++)
			put_outstanding(sink, &outstanding_fields[i],
					rank.entries[n]);
	}
	field_put(sink, &tags_left_out, nr - rank.nr);
	rank_free(&rank);
}

/* aoipool_custody.ages: each ten times as long as the one before it. */
static const char *const age_bounds[AOIPOOL_AGES] = {
	"0.001", "0.01", "0.1", "1", "10", "100", "1000", "10000", "+Inf",
};

static void put_ages_of(struct metric_sink *sink,
			const struct outstanding *outstanding)
{
	struct numbers numbers;
	struct metric_label labels[] = {
		{ "pid", numbers.pid },
		{ "pool", numbers.pool },
		{ "name", outstanding->name },
		{ 0 },
		{ 0 },
	};
	uint64_t so_far = 0;

	print_numbers(&numbers, outstanding->pid, outstanding->pool);
	for (size_t i = 0; i < AOIPOOL_AGES; i++) {
		so_far += outstanding->ages[i];
		labels[3] = (struct metric_label){ "le", age_bounds[i] };
		sink->sample(sink, "_bucket", labels, so_far);
	}
	labels[3] = (struct metric_label){ 0 };
	sink->sample(sink, "_count", labels, so_far);
}

static void put_ages(const struct exposition *exposition,
		     const struct outstanding *list, size_t nr,
		     struct metric_sink *sink)
{
	struct rank rank;

	if (rank_make(&rank, list, nr, sizeof(*list), exposition->top,
		      outstanding_weight))
		return;
	if (rank.nr)
		sink->begin(sink, &ages);
	for (size_t n = 0; n < rank.nr; n++)
		put_ages_of(sink, rank.entries[n]);
	rank_free(&rank);
}

static void put_custody(const struct exposition *exposition,
			const struct sample *sample, struct metric_sink *sink)
{
	struct outstanding *list;
	size_t nr;

	if (outstanding_list(&list, &nr, sample, OUTSTANDING_BY_TAG))
		return;
	put_by_tag(exposition, list, nr, sink);
	free(list);
	if (outstanding_list(&list, &nr, sample, OUTSTANDING_BY_POOL))
		return;
	put_ages(exposition, list, nr, sink);
	free(list);
}

void exposition_processes(const struct exposition *exposition,
			  const struct sample *sample, struct metric_sink *sink)
{
	field_put(sink, &hidden, sample->hidden_processes);
	if (!exposition->top)
		return;
	put_ledgers(exposition, sample, sink);
	put_custody(exposition, sample, sink);
}
