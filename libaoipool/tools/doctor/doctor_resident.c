// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: what a process has, against what its frames need. */
#include <stdio.h>

#include "exam.h"

/*
 * A frame that is taken, processed by a pipeline and given up lives for tens of
 * milliseconds; with a second's worth of frames resident there is a free list
 * that keeps a burst for good.
 */
#define MANY_S		1.0
#define TOO_MANY_S	5.0
/* Below it a process is small, whatever its frames. */
#define FEW_FRAMES	8

static uint64_t resident(const struct smaps *smaps)
{
	return smaps_bytes(smaps, MAPPING_HEAP) +
	       smaps_bytes(smaps, MAPPING_ANON);
}

/* Mappings that are as large as a frame, or a little more. */
static uint64_t frame_sized(const struct smaps *smaps, uint64_t frame_bytes)
{
	uint64_t nr = 0, bytes;

	for (size_t i = 0; i < smaps->nr; i++) {
		bytes = smaps->mappings[i].end - smaps->mappings[i].start;
		nr += smaps->mappings[i].kind == MAPPING_ANON &&
		      bytes >= frame_bytes &&
		      bytes < frame_bytes + frame_bytes / 8 + 8192;
	}
	return nr;
}

static void add(struct exam *exam, const struct patient *patient,
		const struct check *check, uint64_t bytes, double frames)
{
	double seconds = frames / exam->frames_per_s;
	struct finding *finding;

	finding = finding_add(exam, check, patient, seconds < TOO_MANY_S ?
			      SEVERITY_NOTE : SEVERITY_WARNING,
			      "%s of private memory are %.0f frames, all that "
			      "come in %.1f s: a free list that keeps what a "
			      "burst has left, or frames that are held.",
			      unit_bytes(bytes).text, frames, seconds);
	evidence_bytes(finding, "private_bytes", bytes, "/proc/%d/smaps",
		       patient->pid);
	evidence_bytes(finding, "frame_bytes", exam->frame_bytes,
		       "--frame, --frame-bytes");
	evidence_count(finding, "frames", frames + 0.5,
		       "private_bytes / frame_bytes");
	evidence_time(finding, "frames_ns", seconds * 1e9,
		      "frames / --frame-rate");
	evidence_count(finding, "mappings_of_a_frame",
		       frame_sized(&patient->last, exam->frame_bytes),
		       "/proc/%d/smaps", patient->pid);
}

static void run(struct exam *exam, struct patient *patient,
		const struct check *check)
{
	const struct smaps *smaps;
	double frames;
	int err;

	if (!exam->frame_bytes || !(exam->frames_per_s > 0)) {
		unseen_add(exam, check, patient, 0,
			   "wants --frame-rate, and --frame or --frame-bytes");
		return;
	}
	err = patient_smaps(patient, &smaps);
	if (err) {
		unseen_add(exam, check, patient, err, "/proc/%d/smaps",
			   patient->pid);
		return;
	}
	frames = (double)resident(smaps) / exam->frame_bytes;
	if (frames >= FEW_FRAMES && frames / exam->frames_per_s >= MANY_S)
		add(exam, patient, check, resident(smaps), frames);
}

const struct check checks_resident[] = {
	{
		.id = "resident-frames",
		.of = CHECK_PROCESS,
		.summary = "private memory against the frames that come in",
		.why = "With --frame-rate and the size of a frame: for how "
		       "many seconds of frames there is private memory. From 1 "
		       "s it is a note, from 5 s a warning. Pools of aoipool "
		       "are not counted: their bounds are known.",
		.advice = "Put the frames into a pool: its bound is what the "
			  "pipeline needs, and what is idle goes back by "
			  "itself. For malloc(), MALLOC_TRIM_THRESHOLD_ and "
			  "malloc_trim() give some of it back.",
		.run = run,
	},
	{ 0 },
};
