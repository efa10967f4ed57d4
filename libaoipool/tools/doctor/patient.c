// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "patient.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <aoipool/custody.h>

#include "fields.h"
#include "printable.h"
#include "source.h"

bool patient_lives(const struct patient *patient)
{
	char path[SOURCE_PATH_BYTES], state[64], *text;
	bool lives;

	if (source_path(path, "/proc/%d", patient->pid) || access(path, F_OK))
		return false;
	/* A zombie has its folder, and nothing that could be looked at. */
	if (source_read(&text, "/proc/%d/status", patient->pid))
		return false;
	fields_text(text, "State", state, sizeof(state));
	lives = *state != 'Z' && *state != 'X';
	free(text);
	return lives;
}

int patient_open(struct patient *patient, pid_t pid)
{
	int err;

	*patient = (struct patient){ .pid = pid };
	err = source_line(patient->comm, sizeof(patient->comm), "/proc/%d/comm",
			  pid);
	printable_name(patient->comm);
	return err == -ENOENT ? -ESRCH : err;
}

void patient_close(struct patient *patient)
{
	smaps_free(&patient->first);
	smaps_free(&patient->last);
	for (int i = 0; i < NR_WATCHED; i++)
		free(patient->watched[i].readings);
	for (unsigned int i = 0; i < patient->nr_snapshots; i++)
		aoipool_snapshot_free(patient->snapshots[i]);
}

int patient_snapshot(struct patient *patient)
{
	struct aoipool_snapshot **next;

	if (patient->snapshot_err || patient->nr_snapshots == MAX_SNAPSHOTS)
		return patient->snapshot_err;
	next = &patient->snapshots[patient->nr_snapshots];
	patient->snapshot_err = aoipool_snapshot_take(next, patient->pid);
	if (!patient->snapshot_err)
		patient->nr_snapshots++;
	return patient->snapshot_err;
}

int patient_text(const struct patient *patient, const char *file, char **text)
{
	int err = source_read(text, "/proc/%d/%s", patient->pid, file);

	return err == -ENOENT && !patient_lives(patient) ? -ESRCH : err;
}

int patient_smaps(struct patient *patient, const struct smaps **smaps)
{
	char *text;
	int err;

	if (!patient->last.text && !patient->smaps_err) {
		err = patient_text(patient, "smaps", &text);
		if (!err)
			err = smaps_parse(&patient->last, text);
		/* Of a zombie it is empty. */
		if (!err && !patient->last.nr)
			err = patient_lives(patient) ? -ENODATA : -ESRCH;
		patient->smaps_err = err;
	}
	*smaps = &patient->last;
	return patient->smaps_err;
}

int patient_status(const struct patient *patient, const char *name,
		   uint64_t *value)
{
	char *text;
	int err = patient_text(patient, "status", &text);

	if (err)
		return err;
	/* A kernel thread or a zombie has no memory. */
	if (!fields_get(text, name, value))
		err = -ENODATA;
	free(text);
	return err;
}

int patient_cgroup(const struct patient *patient, const char *controller,
		   struct cgroup *cgroup)
{
	char *membership, *mounts;
	int err = patient_text(patient, "cgroup", &membership);

	if (err)
		return err;
	err = source_read(&mounts, "/proc/self/mountinfo");
	if (!err && !cgroup_parse(cgroup, controller, membership, mounts))
		err = -ENOENT;
	free(mounts);
	free(membership);
	return err;
}
