// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: 4 KiB where 2 MiB could be, and pages that are not there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exam.h"
#include "fields.h"
#include "source.h"

#define MIB		(1ULL << 20)
#define SMALL_PAGE	4096

/* Of a mapping: at least two blocks, half of it in use. */
#define LEAST_MAPPING	(4 * MIB)
/* Of all: less is not worth anybody's time. */
#define LEAST_BYTES	(64 * MIB)
#define LEAST_PERCENT	50

/*
 * struct census - of the mappings that could have huge pages
 * @bytes: resident, in whole aligned 2 MiB
 * @small_bytes: of that, what lies in small pages
 * @refused_bytes: of that, where the program refused huge ones
 * @wanted_bytes: of that, where it asked for them
 */
struct census {
	uint64_t bytes, small_bytes, refused_bytes, wanted_bytes;
	const struct mapping *largest;
	uint64_t largest_bytes;
};

static bool has_room(const struct mapping *mapping)
{
	uint64_t bytes = mapping->end - mapping->start;

	return mapping_aligned_bytes(mapping) >= LEAST_MAPPING &&
	       mapping->page_bytes <= SMALL_PAGE &&
	       mapping->rss_bytes >= bytes / 2;
}

static bool is_of(const struct mapping *mapping, bool shmem)
{
	if (shmem)
		return mapping->kind == MAPPING_SHMEM;
	return mapping->kind == MAPPING_ANON || mapping->kind == MAPPING_HEAP;
}

static void count(struct census *census, const struct mapping *mapping)
{
	uint64_t could = mapping_aligned_bytes(mapping), small;

	if (could > mapping->rss_bytes)
		could = mapping->rss_bytes;
	small = could > mapping->huge_bytes ? could - mapping->huge_bytes : 0;
	census->bytes += could;
	census->small_bytes += small;
	if (mapping->refuses_huge)
		census->refused_bytes += small;
	if (mapping->wants_huge)
		census->wanted_bytes += small;
	if (small <= census->largest_bytes)
		return;
	census->largest = mapping;
	census->largest_bytes = small;
}

static struct census census_of(const struct smaps *smaps, bool shmem)
{
	struct census census = { 0 };

	for (size_t i = 0; i < smaps->nr; i++)
		if (is_of(&smaps->mappings[i], shmem) &&
		    has_room(&smaps->mappings[i]))
			count(&census, &smaps->mappings[i]);
	return census;
}

/* What the host says, as a reason. */
static void add_setting(struct finding *finding, const char *file)
{
	static const char folder[] = "/sys/kernel/mm/transparent_hugepage";
	char line[128], word[32];

	if (source_line(line, sizeof(line), "%s/%s", folder, file))
		return;
	fields_chosen(line, word, sizeof(word));
	evidence_text(finding, file, word, "%s/%s", folder, file);
}

static void advise(struct finding *finding, const struct census *census)
{
	if (census->refused_bytes > census->small_bytes / 2)
		finding_advise(finding, "The program refused them by "
			       "madvise(MADV_NOHUGEPAGE) or prctl("
			       "PR_SET_THP_DISABLE): take that out.");
	else if (census->wanted_bytes > census->small_bytes / 2)
		finding_advise(finding, "The program asked for them, and there "
			       "were none: see fragmentation and thp-disabled, "
			       "or let the module bring the memory.");
}

static void add(struct exam *exam, struct patient *patient,
		const struct check *check, const struct census *census,
		bool shmem)
{
	struct finding *finding;
	char largest[128];

	finding = finding_add(exam, check, patient, SEVERITY_WARNING,
			      "%s that could lie in pages of 2 MiB lie in "
			      "pages of 4 KiB: 512 page faults and TLB entries in "
			      "place of one.",
			      unit_bytes(census->small_bytes).text);
	evidence_bytes(finding, "small_bytes", census->small_bytes,
		       "/proc/%d/smaps Rss, %s", patient->pid,
		       shmem ? "ShmemPmdMapped" : "AnonHugePages");
	evidence_bytes(finding, "could_be_huge_bytes", census->bytes,
		       "/proc/%d/smaps", patient->pid);
	evidence_bytes(finding, "refused_bytes", census->refused_bytes,
		       "/proc/%d/smaps VmFlags nh", patient->pid);
	evidence_bytes(finding, "asked_for_bytes", census->wanted_bytes,
		       "/proc/%d/smaps VmFlags hg", patient->pid);
	snprintf(largest, sizeof(largest), "%llx-%llx %.64s",
		 (unsigned long long)census->largest->start,
		 (unsigned long long)census->largest->end,
		 census->largest->name);
	evidence_text(finding, "largest", largest, "/proc/%d/smaps",
		      patient->pid);
	add_setting(finding, shmem ? "shmem_enabled" : "enabled");
	if (!shmem)
		advise(finding, census);
}

static void judge(struct exam *exam, struct patient *patient,
		  const struct check *check, bool shmem)
{
	const struct smaps *smaps;
	struct census census;
	int err = patient_smaps(patient, &smaps);

	if (err) {
		unseen_add(exam, check, patient, err, "/proc/%d/smaps",
			   patient->pid);
		return;
	}
	census = census_of(smaps, shmem);
	if (census.small_bytes < LEAST_BYTES ||
	    100 * census.small_bytes < LEAST_PERCENT * census.bytes)
		return;
	add(exam, patient, check, &census, shmem);
}

static void run_anon(struct exam *exam, struct patient *patient,
		     const struct check *check)
{
	judge(exam, patient, check, false);
}

static void run_shmem(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	judge(exam, patient, check, true);
}

#define SWAPPED_NOTE		(4 * MIB)
#define SWAPPED_WARNING		(32 * MIB)

static void run_swapped(struct exam *exam, struct patient *patient,
			const struct check *check)
{
	struct finding *finding;
	uint64_t bytes;
	int err = patient_status(patient, "VmSwap", &bytes);

	if (err) {
		unseen_add(exam, check, patient, err, "/proc/%d/status VmSwap",
			   patient->pid);
		return;
	}
	if (bytes < SWAPPED_NOTE)
		return;
	finding = finding_add(exam, check, patient, bytes < SWAPPED_WARNING ?
			      SEVERITY_NOTE : SEVERITY_WARNING,
			      "%s of it are in swap.", unit_bytes(bytes).text);
	evidence_bytes(finding, "swapped_bytes", bytes,
		       "/proc/%d/status VmSwap", patient->pid);
}

const struct check checks_pages[] = {
	{
		.id = "small-pages",
		.of = CHECK_PROCESS,
		.summary = "private memory in pages of 4 KiB that could be 2 "
			   "MiB",
		.why = "Mappings of 4 MiB or more that are half in use: from "
		       "64 MiB in small pages on, where that is half of what "
		       "could be huge.",
		.advice = "Align large buffers to 2 MiB and ask by "
			  "madvise(MADV_HUGEPAGE); "
			  "GLIBC_TUNABLES=glibc.malloc.hugetlb=1 does so for "
			  "malloc(). Pools of frames have them by themselves.",
		.run = run_anon,
	}, {
		.id = "small-shmem-pages",
		.of = CHECK_PROCESS,
		.summary = "shared memory in pages of 4 KiB that could be 2 "
			   "MiB",
		.why = "As small-pages, of memfds, /dev/shm, System V and "
		       "shared anonymous memory.",
		.advice = "echo advise "
			  ">/sys/kernel/mm/transparent_hugepage/shmem_enabled "
			  "and madvise(MADV_HUGEPAGE), or MADV_COLLAPSE from "
			  "Linux 6.1 on; or a pool, by the module.",
		.run = run_shmem,
	}, {
		.id = "swapped",
		.of = CHECK_PROCESS,
		.summary = "memory of the process that is in swap",
		.why = "From 4 MiB on a note, from 32 MiB on a warning.",
		.advice = "MemorySwapMax=0 for its service, swapoff -a, or "
			  "mlockall() of what must be there; and see why the "
			  "host was short.",
		.run = run_swapped,
	},
	{ 0 },
};
