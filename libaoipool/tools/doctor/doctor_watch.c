// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Watching processes for a while.
 *
 * Reading smaps makes the kernel walk all page tables of a process and holds the
 * lock that its mmap() and page faults want: of one with many gigabytes in small
 * pages that takes a second.  So the pace follows the cost: no more than a
 * twentieth of the time goes into it, and the beginning and the end are read in
 * any case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "complain.h"
#include "exam.h"
#include "fields.h"
#include "source.h"

#define TICKS		20
#define COST_FACTOR	20
#define SNAPSHOT_TICKS	(TICKS / (MAX_SNAPSHOTS - 1))

static double now_s(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void sleep_until(double time_s)
{
	double left = time_s - now_s();
	struct timespec time = { .tv_sec = (time_t)left };

	if (left <= 0)
		return;
	time.tv_nsec = (long)((left - time.tv_sec) * 1e9);
	nanosleep(&time, NULL);
}

static void add(struct exam *exam, struct patient *patient,
		enum watched watched, double time_s, double value)
{
	if (series_add(&patient->watched[watched], time_s, value))
		exam->failed = true;
}

static void look_at_mappings(struct exam *exam, struct patient *patient)
{
	const struct smaps *smaps;
	double begin = now_s();

	smaps_free(&patient->last);
	if (patient_smaps(patient, &smaps))
		return;
	patient->smaps_time_s = now_s();
	patient->smaps_cost_s = patient->smaps_time_s - begin;
	add(exam, patient, WATCHED_HEAP, begin, smaps_bytes(smaps, MAPPING_HEAP));
	add(exam, patient, WATCHED_ANON, begin, smaps_bytes(smaps, MAPPING_ANON));
	add(exam, patient, WATCHED_SHMEM, begin,
	    smaps_bytes(smaps, MAPPING_SHMEM));
	add(exam, patient, WATCHED_MAPPINGS, begin, smaps->nr);
	if (patient->first.text)
		return;
	patient->first = patient->last;
	patient->last = (struct smaps){ 0 };
}

static void look_at_counts(struct exam *exam, struct patient *patient)
{
	long fds = source_count("/proc/%d/fd", patient->pid);
	uint64_t threads;

	if (fds >= 0)
		add(exam, patient, WATCHED_FDS, now_s(), fds);
	if (!patient_status(patient, "Threads", &threads))
		add(exam, patient, WATCHED_THREADS, now_s(), threads);
}

static void look(struct exam *exam, struct patient *patient, bool is_end)
{
	double next = patient->smaps_time_s +
		      COST_FACTOR * patient->smaps_cost_s;

	look_at_counts(exam, patient);
	if (!patient->smaps_err && (is_end || now_s() >= next))
		look_at_mappings(exam, patient);
}

static void show_progress(const struct exam *exam, double left_s)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (left_s > 0)
		fprintf(stderr, "\rwatching %zu process%s, %.0f s to go ... ",
			exam->nr_patients, exam->nr_patients == 1 ? "" : "es",
			left_s);
	else
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

static void tick(struct exam *exam, int nr)
{
	for (size_t i = 0; i < exam->nr_patients; i++) {
		look(exam, &exam->patients[i], nr == TICKS);
		if (nr % SNAPSHOT_TICKS == 0)
			patient_snapshot(&exam->patients[i]);
	}
}

void exam_watch(struct exam *exam)
{
	double begin = now_s(), step = exam->watch_s / TICKS;

	for (int i = 0; i < TICKS; i++) {
		tick(exam, i);
		show_progress(exam, exam->watch_s - i * step);
		sleep_until(begin + (i + 1) * step);
	}
	tick(exam, TICKS);
	show_progress(exam, 0);
}
