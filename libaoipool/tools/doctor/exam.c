// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#include "exam.h"

#include <errno.h>
#include <stdlib.h>

#include "cgroup_of.h"
#include "fields.h"
#include "source.h"

int exam_sample(struct exam *exam)
{
	if (exam->has_sample)
		return exam->sample_err;
	exam->has_sample = true;
	exam->sample_err = sample_take(&exam->sample, SAMPLE_NODES |
				       SAMPLE_POOLS | SAMPLE_HOLDERS);
	if (!exam->sample_err && !exam->sample.has_module)
		exam->sample_err = -ENODEV;
	return exam->sample_err;
}

static uint64_t host_room(void)
{
	uint64_t bytes = UINT64_MAX;
	char *text;

	if (source_read(&text, "/proc/meminfo"))
		return bytes;
	if (!fields_get(text, "MemAvailable", &bytes))
		bytes = UINT64_MAX;
	free(text);
	return bytes;
}

/* What the cgroup could let go is not counted in: so it is rather less. */
static uint64_t group_room(const struct cgroup *cgroup)
{
	const char *limit = cgroup->is_v2 ? "memory.max" :
					    "memory.limit_in_bytes";
	const char *usage = cgroup->is_v2 ? "memory.current" :
					    "memory.usage_in_bytes";
	uint64_t max, now;

	if (source_number(&max, "%s%s/%s", cgroup->mount, cgroup->path, limit) ||
	    source_number(&now, "%s%s/%s", cgroup->mount, cgroup->path, usage))
		return UINT64_MAX;
	if (max == UINT64_MAX)
		return UINT64_MAX;
	return max > now ? max - now : 0;
}

uint64_t exam_room(const struct patient *patient)
{
	uint64_t least = host_room(), room;
	struct cgroup cgroup;

	if (patient_cgroup(patient, "memory", &cgroup))
		return least;
	do {
		room = group_room(&cgroup);
		least = room < least ? room : least;
	} while (cgroup_up(&cgroup));
	return least;
}

void exam_free(struct exam *exam)
{
	for (size_t i = 0; i < exam->nr_patients; i++)
		patient_close(&exam->patients[i]);
	for (size_t i = 0; i < exam->nr_findings; i++)
		finding_free(exam->findings[i]);
	for (size_t i = 0; i < exam->nr_unseen; i++)
		unseen_free(&exam->unseen[i]);
	free(exam->patients);
	free(exam->findings);
	free(exam->unseen);
	if (exam->has_sample && !exam->sample_err)
		sample_free(&exam->sample);
	*exam = (struct exam){ 0 };
}
