/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* One run of the doctor: what was asked for, who was looked at, what came of it. */
#ifndef EXAM_H
#define EXAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "finding.h"
#include "patient.h"
#include "sample.h"
#include "unit.h"

/**
 * struct exam - one run
 * @watch_s: how long growth is watched
 * @frames_per_s: that the engine takes; 0: not told
 * @frame_bytes: of one; 0: not told
 * @held_ns: that a slot may be held without being news
 * @sample: of the module; the exam's own is taken by exam_sample() only
 */
struct exam {
	double watch_s;
	double frames_per_s;
	uint64_t frame_bytes;
	uint64_t held_ns;
	struct patient *patients;
	size_t nr_patients;
	struct finding **findings;
	size_t nr_findings;
	struct unseen *unseen;
	size_t nr_unseen;
	size_t nr_checks;
	bool failed;
	bool has_sample;
	int sample_err;
	struct sample sample;
};

/* The module's numbers, read once.  Return: 0; -ENODEV: not loaded; others. */
int exam_sample(struct exam *exam);

/* Watches all patients for a while; progress on stderr if that is a terminal. */
void exam_watch(struct exam *exam);

/*
 * What is left on the host, or in the cgroup of the patient where that is less.
 * UINT64_MAX: not to be known.
 */
uint64_t exam_room(const struct patient *patient);

void exam_free(struct exam *exam);

#endif
