// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "summary.h"

static void add_kind(struct summary_kind *kind, uint64_t bytes, bool is_first)
{
	if (is_first)
		*kind = (struct summary_kind){ bytes, bytes, bytes, bytes, 0 };
	kind->last = bytes;
	if (bytes < kind->least)
		kind->least = bytes;
	if (bytes > kind->most)
		kind->most = bytes;
	kind->mean += bytes;	/* the sum, until all are there */
}

static void sum_kinds(struct summary *summary,
		      const struct recording *recording)
{
	uint64_t all;

	for (size_t i = 0; i < recording->nr_samples; i++) {
		all = 0;
		for (int kind = 0; kind < KINDS; kind++) {
			add_kind(&summary->kinds[kind],
				 recording->samples[i].kinds[kind], !i);
			all += recording->samples[i].kinds[kind];
		}
		if (all > summary->most_bytes)
			summary->most_bytes = all;
	}
	for (int kind = 0; kind < KINDS && recording->nr_samples; kind++)
		summary->kinds[kind].mean /= recording->nr_samples;
}

/* A counter that fell was begun anew. */
static void add_growth(uint64_t *sum, uint64_t before, uint64_t after)
{
	if (after > before)
		*sum += after - before;
}

static void sum_counters(struct summary *summary,
			 const struct recording *recording)
{
	const struct recording_sample *one = recording->samples, *before = NULL;

	for (; one < recording->samples + recording->nr_samples; one++) {
		if (!one->has_module)
			continue;
		if (before) {
			add_growth(&summary->reclaimed_bytes,
				   before->reclaimed_bytes,
				   one->reclaimed_bytes);
			add_growth(&summary->failures, before->failures,
				   one->failures);
			add_growth(&summary->oom_calls, before->oom_calls,
				   one->oom_calls);
		}
		before = one;
	}
}

static void sum_levels(struct summary *summary,
		       const struct recording *recording)
{
	const struct recording_level *one = recording->levels, *before = NULL;

	for (; one < recording->levels + recording->nr_levels; one++) {
		summary->has_level = true;
		if (one->level > summary->level)
			summary->level = one->level;
		if (one->node >= 0)
			continue;
		if (before && before->level && one->time_ns > before->time_ns)
			summary->pressed_ns += one->time_ns - before->time_ns;
		before = one;
	}
}

void summary_make(struct summary *summary, const struct recording *recording)
{
	const struct recording_latency *one = recording->latencies;

	*summary = (struct summary){ 0 };
	sum_kinds(summary, recording);
	sum_counters(summary, recording);
	sum_levels(summary, recording);
	for (; one < recording->latencies + recording->nr_latencies; one++)
		if (!summary->worst || one->p99_ns > summary->worst->p99_ns)
			summary->worst = one;
}

static struct summary_process *find(struct summary_process *processes,
				    size_t nr, int pid)
{
	for (size_t i = 0; i < nr; i++)
		if (processes[i].first->pid == pid)
			return &processes[i];
	return NULL;
}

size_t summary_processes(struct summary_process processes[SUMMARY_PROCESSES],
			 const struct recording *recording)
{
	const struct recording_figures *one = recording->figures;
	struct summary_process *process;
	size_t nr = 0;

	for (; one < recording->figures + recording->nr_figures; one++) {
		process = find(processes, nr, one->pid);
		if (!process && nr == SUMMARY_PROCESSES)
			continue;
		if (!process) {
			process = &processes[nr++];
			*process = (struct summary_process){ .first = one };
		}
		process->last = one;
		if (one->rss_bytes > process->most_rss_bytes)
			process->most_rss_bytes = one->rss_bytes;
	}
	return nr;
}
