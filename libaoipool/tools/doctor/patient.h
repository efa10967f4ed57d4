/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* A process that is looked at, which may end at any time. */
#ifndef PATIENT_H
#define PATIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroup_of.h"
#include "slope.h"
#include "smaps.h"

struct aoipool_snapshot;

#define MAX_SNAPSHOTS	6

/* What is watched. */
enum watched {
	WATCHED_HEAP,
	WATCHED_ANON,		/* all that is private, without the heap */
	WATCHED_SHMEM,
	WATCHED_MAPPINGS,
	WATCHED_FDS,
	WATCHED_THREADS,
	NR_WATCHED,
};

/**
 * struct patient - one
 * @gone: it ended, and that has been told
 * @first: its mappings when watching began; @first.text is NULL without any
 * @last: when it ended, or what patient_smaps() read
 * @smaps_err: why there are none
 * @smaps_cost_s: what reading them took the last time
 * @snapshots: of its pools, while it was watched
 * @snapshot_err: why there are no more
 */
struct patient {
	pid_t pid;
	char comm[32];
	bool gone;
	struct smaps first, last;
	int smaps_err;
	double smaps_cost_s, smaps_time_s;
	struct series watched[NR_WATCHED];
	struct aoipool_snapshot *snapshots[MAX_SNAPSHOTS];
	unsigned int nr_snapshots;
	int snapshot_err;
};

/* Return: 0; -ESRCH: no such process; others. */
int patient_open(struct patient *patient, pid_t pid);
void patient_close(struct patient *patient);

/* Whether there is such a process still. */
bool patient_lives(const struct patient *patient);

/* The mappings, read once.  Return: 0 and *@smaps; an error. */
int patient_smaps(struct patient *patient, const struct smaps **smaps);

/* One more snapshot of its pools.  Return: 0; as aoipool_snapshot_take(). */
int patient_snapshot(struct patient *patient);

/* All of a file of /proc/PID, to be freed by the caller. */
int patient_text(const struct patient *patient, const char *file, char **text);

/* Of a field of /proc/PID/status; bytes where the kernel writes kB. */
int patient_status(const struct patient *patient, const char *name,
		   uint64_t *value);

/* Return: 0; -ENOENT: the controller is nowhere mounted; others. */
int patient_cgroup(const struct patient *patient, const char *controller,
		   struct cgroup *cgroup);

#endif
