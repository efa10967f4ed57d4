// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Checks: one file that is mapped again and again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exam.h"

/*
 * A library is mapped once, by four or five mappings of which one begins at the
 * file's beginning: those are counted.  dlmopen() may load one up to 16 times.
 */
#define MANY_IMAGES	12
#define VERY_MANY_IMAGES 200
/* Of other files: databases and caches map one in pieces. */
#define MANY_PIECES	128

/* Mappings of one name, sorted to lie together. */
struct entry {
	const struct mapping *mapping;
	const char *base;
	size_t base_bytes;
};

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	size_t shorter = x->base_bytes < y->base_bytes ? x->base_bytes :
							 y->base_bytes;
	int order = memcmp(x->base, y->base, shorter);

	if (order)
		return order;
	return (x->base_bytes > y->base_bytes) - (x->base_bytes < y->base_bytes);
}

/* Of files only, sorted by the last part of their names; NULL: no memory. */
static struct entry *sort(const struct smaps *smaps, size_t *nr)
{
	struct entry *entries = calloc(smaps->nr + 1, sizeof(*entries)), *entry;

	*nr = 0;
	if (!entries)
		return NULL;
	for (size_t i = 0; i < smaps->nr; i++) {
		if (smaps->mappings[i].kind != MAPPING_FILE)
			continue;
		entry = &entries[(*nr)++];
		entry->mapping = &smaps->mappings[i];
		entry->base = mapping_base_name(entry->mapping,
						&entry->base_bytes);
	}
	qsort(entries, *nr, sizeof(*entries), compare);
	return entries;
}

/* What there is of one name. */
struct group {
	const struct entry *first;
	size_t nr, images, deleted;
	uint64_t bytes;
	bool is_code;
};

static struct group group_at(const struct entry *entries, size_t nr)
{
	struct group group = { .first = entries };
	const struct mapping *mapping;

	while (group.nr < nr && !compare(entries, entries + group.nr)) {
		mapping = entries[group.nr++].mapping;
		group.images += !mapping->offset;
		group.deleted += !!strstr(mapping->name, " (deleted)");
		group.is_code |= mapping->is_executable;
		group.bytes += mapping->end - mapping->start;
	}
	return group;
}

static void add_numbers(struct finding *finding, const struct patient *patient,
			const struct group *group)
{
	evidence_text(finding, "file", group->first->mapping->name,
		      "/proc/%d/smaps", patient->pid);
	evidence_count(finding, "mappings", group->nr, "/proc/%d/smaps",
		       patient->pid);
	evidence_bytes(finding, "mapped_bytes", group->bytes, "/proc/%d/smaps",
		       patient->pid);
	if (group->deleted)
		evidence_count(finding, "of_deleted_files", group->deleted,
			       "/proc/%d/smaps", patient->pid);
}

static void add_library(struct exam *exam, struct patient *patient,
			const struct check *check, const struct group *group)
{
	struct finding *finding;

	if (!group->is_code || group->images < MANY_IMAGES)
		return;
	finding = finding_add(exam, check, patient, group->images <
			      VERY_MANY_IMAGES ? SEVERITY_WARNING :
						 SEVERITY_CRITICAL,
			      "%.*s is loaded %zu times.",
			      (int)group->first->base_bytes, group->first->base,
			      group->images);
	evidence_count(finding, "loaded", group->images,
		       "/proc/%d/smaps, mappings of its beginning", patient->pid);
	add_numbers(finding, patient, group);
}

static void add_file(struct exam *exam, struct patient *patient,
		     const struct check *check, const struct group *group)
{
	struct finding *finding;

	if (group->is_code || group->nr < MANY_PIECES)
		return;
	finding = finding_add(exam, check, patient, SEVERITY_WARNING,
			      "%.*s is mapped %zu times.",
			      (int)group->first->base_bytes, group->first->base,
			      group->nr);
	add_numbers(finding, patient, group);
}

typedef void judge_fn(struct exam *exam, struct patient *patient,
		      const struct check *check, const struct group *group);

static void for_each_group(struct exam *exam, struct patient *patient,
			   const struct check *check, judge_fn *judge)
{
	const struct smaps *smaps;
	struct entry *entries;
	struct group group;
	size_t nr;
	int err = patient_smaps(patient, &smaps);

	if (err) {
		unseen_add(exam, check, patient, err, "/proc/%d/smaps",
			   patient->pid);
		return;
	}
	entries = sort(smaps, &nr);
	if (!entries)
		exam->failed = true;
	for (size_t i = 0; entries && i < nr; i += group.nr) {
		group = group_at(entries + i, nr - i);
		judge(exam, patient, check, &group);
	}
	free(entries);
}

static void run_libraries(struct exam *exam, struct patient *patient,
			  const struct check *check)
{
	for_each_group(exam, patient, check, add_library);
}

static void run_files(struct exam *exam, struct patient *patient,
		      const struct check *check)
{
	for_each_group(exam, patient, check, add_file);
}

const struct check checks_maps[] = {
	{
		.id = "library-repeated",
		.of = CHECK_PROCESS,
		.summary = "one library is loaded many times",
		.why = "Counted by the name of the file, as copies of a plugin "
		       "lie in folders of their own: mappings of its "
		       "beginning, from 12 on; from 200 on critical. Each has "
		       "its own data, and its threads and pools may run on.",
		.advice = "Keep the handle of dlopen() and call dlclose() "
			  "before the plugin is loaded anew, or do not unload "
			  "at all; a library with thread-local destructors is "
			  "never unloaded.",
		.run = run_libraries,
	}, {
		.id = "file-repeated",
		.of = CHECK_PROCESS,
		.summary = "one file is mapped many times",
		.why = "Mappings of one name that is no code, from 128 on: "
		       "images or recipes that are mapped for each board and "
		       "not unmapped.",
		.advice = "munmap() what was mapped, or keep one mapping of "
			  "it.",
		.run = run_files,
	},
	{ 0 },
};
